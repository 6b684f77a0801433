// Language models answer as they like: fenced, with thoughts before and after, cut off in the middle, as a list or an object. What
// can be told apart as texts is taken, the rest is thrown away.
import { isObject } from "../../kernel/index.ts";
import { maxTextLength } from "./variation.ts";

const maxAnswerLength = 400_000;
const maxDepth = 5;
/** Candidates of JSON that are tried. */
const maxTries = 20;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON; the next candidate is tried.
    return undefined;
  }
}

/** From an opening brace to the one that closes it; undefined when the text ends before. */
function balancedAt(text: string, start: number): string | undefined {
  let [depth, inText] = [0, false];
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (inText) {
      if (char === "\\") at += 1;
      else if (char === '"') inText = false;
      continue;
    }
    if (char === '"') inText = true;
    else if (char === "{" || char === "[") depth += 1;
    else if (char === "}" || char === "]") depth -= 1;
    if (depth === 0) return text.slice(start, at + 1);
  }
  return undefined;
}

function* candidates(text: string): Iterable<string> {
  yield text;
  for (const [, fenced = ""] of text.matchAll(/```(?:\w{0,10})\s*([\s\S]*?)```/g)) yield fenced;
  let start = text.search(/[{[]/);
  for (let tries = 0; start >= 0 && tries < maxTries; tries += 1) {
    const found = balancedAt(text, start);
    if (found !== undefined) yield found;
    // Behind what was just read; else behind the brace that nothing closes.
    const behind = text.slice(start + (found?.length ?? 1)).search(/[{[]/);
    start = behind < 0 ? -1 : start + (found?.length ?? 1) + behind;
  }
}

function textsOf(value: unknown, depth = 0): readonly string[] {
  if (depth > maxDepth) return [];
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.slice(0, 100).flatMap((item) => textsOf(item, depth + 1));
  if (!isObject(value)) return [];
  const named = ["variants", "variations", "texts", "text", "content", "html"].find((key) => Object.hasOwn(value, key));
  return named === undefined ? [] : textsOf(value[named], depth + 1);
}

/** Texts of an answer that was cut off: those that are whole. */
function salvage(text: string): readonly string[] {
  return [...text.matchAll(/"(?:text|content|html)"\s*:\s*("(?:[^"\\]|\\.)*")/g)].flatMap(([, literal = ""]) => {
    const found = parse(literal);
    return typeof found === "string" ? [found] : [];
  });
}

/** @returns different texts in their order, at most `limit`; empty when the answer holds none */
export function readVariants(answer: string, limit: number): readonly string[] {
  const text = answer.slice(0, maxAnswerLength).replace(/<think>[\s\S]*?<\/think>/g, "");
  const clean = (found: readonly string[]) =>
    [...new Set(found.map((item) => item.trim()))]
      .filter((item) => item !== "" && item.length <= maxTextLength && !item.includes("\0"))
      .slice(0, limit);
  // Of an answer that was cut off, the single parts are whole as well: what holds most is the list.
  let best = clean(salvage(text));
  for (const candidate of candidates(text)) {
    const parsed = parse(candidate.trim());
    // A lone text is no list of variants: it may be an apology.
    const found = typeof parsed === "object" ? clean(textsOf(parsed)) : [];
    if (found.length > best.length) best = found;
    if (best.length === limit) break;
  }
  return best;
}
