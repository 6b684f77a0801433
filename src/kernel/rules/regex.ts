/**
 * Matches in time linear in the text, whatever the pattern: a set of states walks over the text once (Thompson's
 * construction), so no pattern that a marketer saves can stop a request. The platform's own engine backtracks and takes
 * exponential time on `(a+)+$`.
 */
import { type CharRange, parseRegex, RegexFault, type RegexTree } from "./regex-parser.ts";
import { foldText } from "./text.ts";

type Step =
  | { readonly op: "chars"; readonly ranges: readonly CharRange[]; readonly negated: boolean }
  | { readonly op: "any" | "start" | "end" | "match" }
  | { readonly op: "word"; readonly negated: boolean }
  | { readonly op: "split"; first: number; second: number };

const maxSteps = 2000;

export type TextMatcher = (text: string) => boolean;

/**
 * Compiles a pattern. Without `caseSensitive` both sides are compared in lower case.
 *
 * @throws {RegexFault} when the syntax is not allowed or the pattern unfolds to more than 2,000 states
 */
export function compileRegex(pattern: string, caseSensitive: boolean): TextMatcher {
  const steps: Step[] = [];
  emit(parseRegex(caseSensitive ? pattern : pattern.normalize("NFC")), steps);
  push(steps, { op: "match" });
  const walk = createWalk(steps, caseSensitive);
  return caseSensitive ? walk : (text) => walk(foldText(text));
}

/** @returns why a pattern is refused, or undefined */
export function regexFault(pattern: string): string | undefined {
  try {
    compileRegex(pattern, true);
    return undefined;
  } catch (error) {
    if (error instanceof RegexFault) return error.message;
    throw error;
  }
}

function push(steps: Step[], step: Step): number {
  if (steps.length >= maxSteps) throw new RegexFault("the pattern repeats too much");
  steps.push(step);
  return steps.length - 1;
}

function emit(tree: RegexTree, steps: Step[]): void {
  switch (tree.kind) {
    case "empty":
      return;
    case "any":
    case "start":
    case "end":
      push(steps, { op: tree.kind });
      return;
    case "word":
      push(steps, { op: "word", negated: tree.negated });
      return;
    case "chars":
      push(steps, { op: "chars", ranges: tree.ranges, negated: tree.negated });
      return;
    case "sequence":
      for (const part of tree.parts) emit(part, steps);
      return;
    case "choice":
      emitChoice(tree.parts, steps);
      return;
    case "repeat":
      emitRepeat(tree.part, tree.min, tree.max, steps);
      return;
  }
}

function emitChoice(parts: readonly RegexTree[], steps: Step[]): void {
  const exits: { first: number; second: number }[] = [];
  parts.forEach((part, index) => {
    if (index === parts.length - 1) {
      emit(part, steps);
      return;
    }
    const split = { op: "split" as const, first: 0, second: 0 };
    split.first = push(steps, split) + 1;
    emit(part, steps);
    const exit = { op: "split" as const, first: 0, second: 0 };
    push(steps, exit);
    exits.push(exit);
    split.second = steps.length;
  });
  for (const exit of exits) {
    exit.first = steps.length;
    exit.second = steps.length;
  }
}

function emitRepeat(part: RegexTree, min: number, max: number, steps: Step[]): void {
  for (let at = 0; at < min; at += 1) emit(part, steps);
  if (max === Number.POSITIVE_INFINITY) {
    const split = { op: "split" as const, first: 0, second: 0 };
    const start = push(steps, split);
    split.first = start + 1;
    emit(part, steps);
    push(steps, { op: "split", first: start, second: start });
    split.second = steps.length;
    return;
  }
  const optional: { second: number }[] = [];
  for (let at = min; at < max; at += 1) {
    const split = { op: "split" as const, first: 0, second: 0 };
    split.first = push(steps, split) + 1;
    optional.push(split);
    emit(part, steps);
  }
  for (const split of optional) split.second = steps.length;
}

function inRanges(ranges: readonly CharRange[], code: number): boolean {
  for (const [from, to] of ranges) {
    if (code >= from && code <= to) return true;
  }
  return false;
}

function isWordCode(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
}

function upperCode(code: number): number {
  const upper = String.fromCodePoint(code).toUpperCase();
  return upper.length <= 2 ? (upper.codePointAt(0) ?? code) : code;
}

function accepts(step: Step, code: number, caseSensitive: boolean): boolean {
  if (step.op === "any") return code !== 10;
  if (step.op !== "chars") return false;
  const inside = inRanges(step.ranges, code) || (!caseSensitive && inRanges(step.ranges, upperCode(code)));
  return inside !== step.negated;
}

function createWalk(steps: readonly Step[], caseSensitive: boolean): TextMatcher {
  // Two lists and a mark per state, kept between calls: a match allocates nothing.
  let current = new Int32Array(steps.length);
  let following = new Int32Array(steps.length);
  const marks = new Uint32Array(steps.length);
  const pending = new Int32Array(steps.length * 2 + 2);
  let mark = 0;

  // Adds a state and all it reaches without a character; −1 says that the end of the pattern was reached.
  function add(list: Int32Array, size: number, state: number, before: number, after: number): number {
    let length = size;
    let top = 0;
    pending[top++] = state;
    while (top > 0) {
      const next = pending[--top] ?? 0;
      if (marks[next] === mark) continue;
      marks[next] = mark;
      const step = steps[next];
      if (step === undefined) continue;
      if (step.op === "match") return -1;
      if (step.op === "split") {
        pending[top++] = step.second;
        pending[top++] = step.first;
      } else if (step.op === "start") {
        if (before === -1) pending[top++] = next + 1;
      } else if (step.op === "end") {
        if (after === -1) pending[top++] = next + 1;
      } else if (step.op === "word") {
        if ((isWordCode(before) !== isWordCode(after)) !== step.negated) pending[top++] = next + 1;
      } else {
        list[length++] = next;
      }
    }
    return length;
  }

  return (text) => {
    let size = 0;
    let before = -1;
    let at = 0;
    mark += 1;
    for (;;) {
      const code = text.codePointAt(at) ?? -1;
      // Unanchored: every position may be the first of a match.
      size = add(current, size, 0, before, code);
      if (size === -1) return true;
      if (code === -1) return false;
      at += code > 0xffff ? 2 : 1;
      const after = text.codePointAt(at) ?? -1;
      mark += 1;
      let length = 0;
      for (let index = 0; index < size; index += 1) {
        const state = current[index] ?? 0;
        const step = steps[state];
        if (step && accepts(step, code, caseSensitive)) {
          length = add(following, length, state + 1, code, after);
          if (length === -1) return true;
        }
      }
      [current, following] = [following, current];
      size = length;
      before = code;
    }
  };
}
