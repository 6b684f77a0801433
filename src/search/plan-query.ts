import { foldText, hasDigit, joinLettersAndDigits, type Token } from "./analysis.ts";
import type { ProductIndex } from "./product-index.ts";
import { type Alternative, maxSlots, type QueryPlan, type Slot } from "./query-plan.ts";
import { isSkuTerm } from "./sku-terms.ts";
import { bestSplit, completions, corrections } from "./suggest-terms.ts";

export type PlanOptions = {
  /** Treats the last word as the beginning of one, even when it is a word itself. */
  readonly asYouType?: boolean;
  /** Second try after a thin result: also corrects known words that are a hundred times rarer than a near one. */
  readonly relaxed?: boolean;
};

/** A known word is corrected when it is this much rarer than its best correction. */
const rareRatio = 0.01;

type Draft = { surface: string; alternatives: Alternative[]; replacement?: Replacement };
/** A better spelling for a stretch of the folded query. */
type Replacement = { readonly start: number; readonly end: number; readonly text: string };

/** Turns a query into slots of index terms: measures, product codes, prefixes, and corrections where a word is unknown. */
export function planQuery(index: ProductIndex, text: string, options: PlanOptions = {}): QueryPlan {
  const code = wholeCode(index, text);
  if (code) return { slots: [code] };
  const all = index.analyzer.tokens(text);
  const words = all.filter(({ surface }) => !index.analyzer.isStopWord(surface));
  const tokens = words.length > 0 ? words : all;
  const drafts: Draft[] = [];
  let suggested = false;
  let corrected = false;
  for (let at = 0; at < tokens.length && drafts.length < maxSlots; ) {
    const token = tokens[at];
    if (!token) break;
    const isLast = at === tokens.length - 1;
    const measure = measureSlot(index, token, tokens, at);
    if (measure) {
      drafts.push(measure.draft);
      at += measure.span;
      continue;
    }
    const joined = joinedSlot(index, tokens, at, options);
    if (joined) {
      drafts.push(joined);
      corrected = true;
      at += 2;
      continue;
    }
    const found = wordSlots(index, token, isLast, options);
    corrected ||= found.kind === "corrected";
    suggested ||= found.kind === "suggested";
    drafts.push(...found.drafts);
    at += 1;
  }
  drafts.push(...codeSlots(index, text, drafts));
  const slots = withoutRepeats(drafts).slice(0, maxSlots);
  if (!corrected && !suggested) return { slots };
  const spelling = respell(foldText(text), drafts);
  return { slots, ...(corrected ? { corrected: spelling } : { didYouMean: spelling }) };
}

function respell(folded: string, drafts: readonly Draft[]): string {
  let spelling = "";
  let at = 0;
  for (const { replacement } of drafts) {
    if (!replacement || replacement.start < at) continue;
    spelling += folded.slice(at, replacement.start) + replacement.text;
    at = replacement.end;
  }
  return (spelling + folded.slice(at)).replace(/\s+/g, " ").trim();
}

function typed(index: ProductIndex, term: string): Alternative[] {
  const documents = index.documentCount(term);
  return documents > 0 ? [{ term, documents, weight: 1, reason: "typed" }] : [];
}

/** `15 inch` is looked up as `15in` when a product says so; else its words stand for themselves. */
function measureSlot(
  index: ProductIndex,
  token: Token,
  tokens: readonly Token[],
  at: number,
): { draft: Draft; span: number } | undefined {
  if (token.measure === undefined) return undefined;
  const alternatives = typed(index, token.measure);
  if (alternatives.length === 0) return undefined;
  if (token.measureSpan === 1 && token.measure !== token.term) alternatives.push(...typed(index, token.term));
  const span = tokens.slice(at, at + token.measureSpan);
  return { draft: { surface: span.map(({ surface }) => surface).join(" "), alternatives }, span: span.length };
}

/** `lap top` is tried as `laptop` when one of the halves is unknown, or when the plain words found too little. */
function joinedSlot(
  index: ProductIndex,
  tokens: readonly Token[],
  at: number,
  options: PlanOptions,
): Draft | undefined {
  const [left, right] = [tokens[at], tokens[at + 1]];
  if (!left || !right || hasDigit(left.surface) || hasDigit(right.surface)) return undefined;
  const rarer = Math.min(index.documentCount(left.term), index.documentCount(right.term));
  if (rarer > 0 && !options.relaxed) return undefined;
  const whole = left.surface + right.surface;
  const alternatives = typed(index, index.analyzer.stem(whole));
  const documents = alternatives[0]?.documents ?? 0;
  if (documents === 0 || rarer >= rareRatio * documents) return undefined;
  return {
    surface: `${left.surface} ${right.surface}`,
    alternatives,
    replacement: { start: left.start, end: right.end, text: whole },
  };
}

type WordSlots = { drafts: Draft[]; kind: "typed" | "corrected" | "suggested" };

function wordSlots(index: ProductIndex, token: Token, isLast: boolean, options: PlanOptions): WordSlots {
  const alternatives = typed(index, token.term);
  // The form as typed is rarer than the stem, so a product with the very word stands above one with another form of it.
  if (token.surface !== token.term) alternatives.push(...typed(index, token.surface));
  const known = alternatives.length > 0;
  if (isLast && (options.asYouType || !known)) alternatives.push(...completions(index, token.surface));
  const draft: Draft = { surface: token.surface, alternatives };
  if (known) return options.relaxed ? withBetterSpelling(index, token, draft) : { drafts: [draft], kind: "typed" };
  if (alternatives.length > 0) return { drafts: [draft], kind: "typed" };
  if (token.parts.length > 0)
    return { drafts: token.parts.map((part) => ({ surface: part, alternatives: typed(index, part) })), kind: "typed" };
  return corrected(index, token);
}

const replaced = (token: Token, text: string): Replacement => ({ start: token.start, end: token.end, text });

function corrected(index: ProductIndex, token: Token): WordSlots {
  const found = corrections(index, token.surface);
  const split = bestSplit(index, token.surface, index.analyzer.stem);
  const splitEvidence = split
    ? Math.exp(-0.9) * Math.log1p(Math.min(...split.map((half) => index.documentCount(half))))
    : 0;
  const best = found[0];
  if (split && (!best || splitEvidence > Math.exp(-0.9 * best.edits) * Math.log1p(best.documents))) {
    const drafts = split.map((half): Draft => ({ surface: half, alternatives: typed(index, half) }));
    const [first, ...rest] = drafts;
    const replacement = { start: token.start, end: token.end, text: split.join(" ") };
    return { drafts: first ? [{ ...first, replacement }, ...rest] : [], kind: "corrected" };
  }
  const alternatives = found.map(
    ({ term, documents, weight }): Alternative => ({ term, documents, weight, reason: "correction" }),
  );
  const draft: Draft = {
    surface: token.surface,
    alternatives,
    ...(best ? { replacement: replaced(token, best.term) } : {}),
  };
  return { drafts: [draft], kind: best ? "corrected" : "typed" };
}

function withBetterSpelling(index: ProductIndex, token: Token, draft: Draft): WordSlots {
  const own = index.documentCount(token.term);
  const better = corrections(index, token.surface).filter(({ documents }) => own < rareRatio * documents);
  const best = better[0];
  if (!best) return { drafts: [draft], kind: "typed" };
  const added = better.map(
    ({ term, documents, weight }): Alternative => ({ term, documents, weight, reason: "correction" }),
  );
  return {
    drafts: [{ ...draft, alternatives: [...draft.alternatives, ...added], replacement: replaced(token, best.term) }],
    kind: "suggested",
  };
}

/** A query that is one SKU finds that product alone: its pieces say nothing about others. */
function wholeCode(index: ProductIndex, text: string): Slot | undefined {
  const code = joinLettersAndDigits(text);
  if (!isCode(code) || !isSkuTerm(index, code)) return undefined;
  return { surface: code, alternatives: typed(index, code) };
}

/** Product codes written with separators: `24-MB01` also as `24mb01`, a short query also as one code (`mh01 xs black`). */
function codeSlots(index: ProductIndex, text: string, drafts: readonly Draft[]): Draft[] {
  const chunks = text.split(/\s+/).filter((chunk) => chunk !== "");
  const candidates = new Set<string>();
  for (const chunk of chunks) {
    const joined = joinLettersAndDigits(chunk);
    if (joined !== "" && joined.length < chunk.length) candidates.add(joined);
  }
  if (chunks.length > 1 && chunks.length < 6) candidates.add(joinLettersAndDigits(text));
  const present = new Set(drafts.flatMap(({ alternatives }) => alternatives.map(({ term }) => term)));
  return [...candidates].flatMap((code) => {
    if (!isCode(code) || present.has(code)) return [];
    const alternatives = typed(index, code);
    return alternatives.length > 0 ? { surface: code, alternatives } : [];
  });
}

/** Letters and digits, or many digits: `15.6` is no code. */
function isCode(text: string): boolean {
  return hasDigit(text) && (text.length > 4 || /\p{L}/u.test(text));
}

function withoutRepeats(drafts: readonly Draft[]): Slot[] {
  const seen = new Set<string>();
  return drafts.flatMap(({ surface, alternatives }) => {
    const key = alternatives.length > 0 ? alternatives.map(({ term }) => term).join(" ") : surface;
    if (seen.has(key)) return [];
    seen.add(key);
    return { surface, alternatives };
  });
}
