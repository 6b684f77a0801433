import { hasDigit, type Token } from "../analysis/analysis.ts";
import type { ProductIndex } from "../indexing/product-index.ts";
import { compoundsOf, splitCompound } from "./compounds.ts";
import { fragmentTerms } from "./find-fragments.ts";
import type { Alternative } from "./query-plan.ts";
import { bestSplit, type Correction, completions, corrections } from "./suggest-terms.ts";
import type { Vocabulary } from "./vocabulary.ts";

export type PlanOptions = {
  /** Treats the last word as the beginning of one, even when it is a word itself. */
  readonly asYouType?: boolean;
  /** Second try after a thin result: also corrects known words that are a hundred times rarer than a near one. */
  readonly relaxed?: boolean;
  /** Synonyms and stop words of the shop; default none. */
  readonly vocabulary?: Vocabulary;
};

/** A better spelling for a stretch of the folded query. */
export type Replacement = { readonly start: number; readonly end: number; readonly text: string };

/** A slot in the making, and the words of the query that it stands for. */
export type Draft = {
  readonly surface: string;
  readonly alternatives: readonly Alternative[];
  readonly replacement?: Replacement;
};

export type WordSlots = { readonly drafts: readonly Draft[]; readonly kind: "typed" | "corrected" | "suggested" };

/** A known word is corrected when it is this much rarer than its best correction. */
const rareRatio = 0.01;

/** The term itself, when a product holds it. */
export function typed(index: ProductIndex, term: string): readonly Alternative[] {
  const documents = index.documentCount(term);
  return documents > 0 ? [{ term, documents, weight: 1, reason: "typed" }] : [];
}

/** `15 inch` is looked up as `15in` when a product says so; else its words stand for themselves. */
export function measureSlot(
  index: ProductIndex,
  token: Token,
  tokens: readonly Token[],
  at: number,
): { readonly draft: Draft; readonly span: number } | undefined {
  if (token.measure === undefined) return undefined;
  const alternatives = [...typed(index, token.measure)];
  if (alternatives.length === 0) return undefined;
  if (token.measureSpan === 1 && token.measure !== token.term) alternatives.push(...typed(index, token.term));
  const span = tokens.slice(at, at + token.measureSpan);
  return { draft: { surface: span.map(({ surface }) => surface).join(" "), alternatives }, span: span.length };
}

/** `lap top` is tried as `laptop` when one of the halves is unknown, or when the plain words found too little. */
export function joinedSlot(
  index: ProductIndex,
  left: Token,
  right: Token | undefined,
  options: PlanOptions,
): Draft | undefined {
  if (!right || hasDigit(left.surface) || hasDigit(right.surface)) return undefined;
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

/**
 * Slots of one word.
 *
 * @param synonyms other words for it; a word that has some is known
 * @param isCovered a synonym stands for it together with its neighbours, so that it needs no correction
 */
export function wordSlots(
  index: ProductIndex,
  token: Token,
  isLast: boolean,
  options: PlanOptions,
  synonyms: readonly Alternative[],
  isCovered: boolean,
): WordSlots {
  const alternatives = [...typed(index, token.term)];
  // The form as typed is rarer than the stem, so a product with the very word stands above one with another form of it.
  if (token.surface !== token.term) alternatives.push(...typed(index, token.surface));
  alternatives.push(...synonyms);
  if (index.analyzer.hasCompounds) alternatives.push(...compoundsOf(index, token.term));
  const known = alternatives.length > 0;
  if (isLast && (options.asYouType || !known)) alternatives.push(...completions(index, token.surface));
  const draft: Draft = { surface: token.surface, alternatives };
  if (known) return options.relaxed ? withBetterSpelling(index, token, draft) : { drafts: [draft], kind: "typed" };
  if (alternatives.length > 0 || isCovered) return { drafts: [draft], kind: "typed" };
  const fragments = fragmentTerms(index, token.surface);
  if (fragments.length > 0) return { drafts: [{ ...draft, alternatives: fragments }], kind: "typed" };
  if (token.parts.length > 0)
    return { drafts: token.parts.map((part) => ({ surface: part, alternatives: typed(index, part) })), kind: "typed" };
  const parts = index.analyzer.hasCompounds ? splitCompound(index, token.surface) : [];
  if (parts.length > 0)
    return { drafts: parts.map((part) => ({ surface: part, alternatives: typed(index, part) })), kind: "typed" };
  return corrected(index, token, options);
}

function alternativeOf({ term, documents, weight, edits }: Correction): Alternative {
  return { term, documents, weight, reason: "correction", edits };
}

function corrected(index: ProductIndex, token: Token, { vocabulary }: PlanOptions): WordSlots {
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
  if (!best) return { drafts: [{ surface: token.surface, alternatives: [] }], kind: "typed" };
  const meant = vocabulary?.alternativesOf([best.term], 0) ?? [];
  const synonyms = meant.flatMap(({ length, words: [word, ...more] }): readonly Alternative[] =>
    length !== 1 || word === undefined || more.length > 0
      ? []
      : typed(index, index.analyzer.stem(word)).map((each) => ({
          ...each,
          weight: best.weight * synonymWeight,
          reason: "synonym",
        })),
  );
  const draft: Draft = {
    surface: token.surface,
    alternatives: [...found.map(alternativeOf), ...synonyms],
    replacement: { start: token.start, end: token.end, text: best.term },
  };
  return { drafts: [draft], kind: "corrected" };
}

/** A synonym counts this share of the word itself. */
export const synonymWeight = 0.8;

function withBetterSpelling(index: ProductIndex, token: Token, draft: Draft): WordSlots {
  const own = draft.alternatives.reduce(
    (most, { reason, documents }) => (reason === "prefix" ? most : Math.max(most, documents)),
    0,
  );
  const better = corrections(index, token.surface).filter(({ documents }) => own < rareRatio * documents);
  const best = better[0];
  if (!best) return { drafts: [draft], kind: "typed" };
  return {
    drafts: [
      {
        ...draft,
        alternatives: [...draft.alternatives, ...better.map(alternativeOf)],
        replacement: { start: token.start, end: token.end, text: best.term },
      },
    ],
    kind: "suggested",
  };
}
