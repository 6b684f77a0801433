import { foldText, hasDigit, joinLettersAndDigits } from "../analysis/analysis.ts";
import type { ProductIndex } from "../indexing/product-index.ts";
import { fragmentTerms } from "./find-fragments.ts";
import { bridgeWeight, findSynonyms, type WordBridge } from "./plan-synonyms.ts";
import {
  type Draft,
  joinedSlot,
  measureSlot,
  type PlanOptions,
  typed,
  type WordSlots,
  wordSlots,
} from "./plan-words.ts";
import { type Bridge, maxSlots, type QueryPlan, type Slot } from "./query-plan.ts";
import { isSkuTerm } from "./sku-terms.ts";

/** A shorter piece of a code, written with separators, is in too many codes. */
const minPiece = 4;

/** A draft with the words of the query that it stands for, `to` exclusive. */
type Placed = Draft & { readonly from: number; readonly to: number };

/** Turns a query into slots of index terms: measures, product codes, synonyms, prefixes, and corrections of unknown words. */
export function planQuery(index: ProductIndex, text: string, options: PlanOptions = {}): QueryPlan {
  const code = wholeCode(index, text);
  if (code) return { slots: [code] };
  const all = index.analyzer.tokens(text);
  const isStopWord = (word: string) => index.analyzer.isStopWord(word) || options.vocabulary?.isStopWord(word) === true;
  const kept = all.flatMap(({ surface }, place) => (isStopWord(surface) ? [] : place));
  const places = kept.length > 0 ? kept : all.map((_, place) => place);
  const tokens = places.flatMap((place) => all[place] ?? []);
  const words = all.map(({ surface }) => surface);
  const { ofWord, bridges, isCovered } = findSynonyms(index, options.vocabulary, words);
  const drafts: Placed[] = [];
  const kinds = new Set<WordSlots["kind"]>();
  for (let at = 0; at < tokens.length && drafts.length < maxSlots; ) {
    const token = tokens[at];
    const from = places[at] ?? 0;
    if (!token) break;
    const place = (found: readonly Draft[], span: number) => {
      const to = (places[at + span - 1] ?? from) + 1;
      drafts.push(...found.map((draft) => ({ ...draft, from, to })));
      at += span;
    };
    const measure = measureSlot(index, token, tokens, at);
    if (measure) {
      place([measure.draft], measure.span);
      continue;
    }
    const synonyms = ofWord(from);
    const meant = synonyms.length > 0 || isCovered(from);
    const joined = meant ? undefined : joinedSlot(index, token, tokens[at + 1], options);
    if (joined) {
      kinds.add("corrected");
      place([joined], 2);
      continue;
    }
    const found = wordSlots(index, token, at === tokens.length - 1, options, synonyms, isCovered(from));
    kinds.add(found.kind);
    place(found.drafts, 1);
  }
  const codes = codeSlots(index, text, drafts).map((draft) => ({ ...draft, from: -1, to: -1 }));
  return toPlan(index, text, [...drafts, ...codes], bridges, kinds);
}

function toPlan(
  index: ProductIndex,
  text: string,
  drafts: readonly Placed[],
  wordBridges: readonly WordBridge[],
  kinds: ReadonlySet<WordSlots["kind"]>,
): QueryPlan {
  const distinct = withoutRepeats(drafts).slice(0, maxSlots);
  const bridges = wordBridges.flatMap((bridge) => toBridge(index, bridge, distinct));
  const plan = {
    slots: distinct.map(({ surface, alternatives }): Slot => ({ surface, alternatives })),
    ...(bridges.length > 0 ? { bridges } : {}),
  };
  if (!kinds.has("corrected") && !kinds.has("suggested")) return plan;
  const spelling = respell(foldText(text), drafts);
  return { ...plan, ...(kinds.has("corrected") ? { corrected: spelling } : { didYouMean: spelling }) };
}

/** The slots that a bridge stands for: those whose words all lie in its stretch. */
function toBridge(index: ProductIndex, bridge: WordBridge, slots: readonly Placed[]): readonly Bridge[] {
  const inside = slots.flatMap(({ from, to }, at) => (from >= bridge.from && to <= bridge.to ? at : []));
  const [first] = inside;
  const last = inside.at(-1);
  if (first === undefined || last === undefined || last - first + 1 !== inside.length) return [];
  const own = slots.slice(first, last + 1);
  const known = own.flatMap(({ alternatives }) => {
    const typedOnes = alternatives.filter(({ reason }) => reason === "typed");
    return typedOnes.length > 0 ? Math.max(...typedOnes.map(({ documents }) => documents)) : [];
  });
  return [
    {
      from: first,
      length: own.length,
      surface: own.map(({ surface }) => surface).join(" "),
      words: bridge.words,
      terms: bridge.terms,
      weight: bridgeWeight(index, known, bridge),
    },
  ];
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

/** A query that is one SKU finds that product alone: its pieces say nothing about others. */
function wholeCode(index: ProductIndex, text: string): Slot | undefined {
  const code = joinLettersAndDigits(text);
  if (!isCode(code) || !isSkuTerm(index, code)) return undefined;
  return { surface: code, alternatives: typed(index, code) };
}

/**
 * Product codes written with separators: `24-MB01` also as `24mb01`, a short query also as one code (`mh01 xs black`);
 * a code that no product has as a piece of one.
 */
function codeSlots(index: ProductIndex, text: string, drafts: readonly Draft[]): readonly Draft[] {
  const chunks = text.split(/\s+/).filter((chunk) => chunk !== "");
  const separated = chunks.flatMap((chunk) => {
    const joined = joinLettersAndDigits(chunk);
    return joined !== "" && joined.length < chunk.length ? joined : [];
  });
  const whole = chunks.length > 1 && chunks.length < 6 ? [joinLettersAndDigits(text)] : [];
  const present = new Set(drafts.flatMap(({ alternatives }) => alternatives.map(({ term }) => term)));
  return [...new Set([...separated, ...whole])].flatMap((code) => {
    if (present.has(code) || !(isCode(code) || isSkuTerm(index, code))) return [];
    const exact = typed(index, code);
    const isPiece = exact.length === 0 && code.length >= minPiece && separated.includes(code);
    const alternatives = isPiece ? fragmentTerms(index, code) : exact;
    return alternatives.length > 0 ? { surface: code, alternatives } : [];
  });
}

/** Letters and digits, or many digits: `15.6` is no code. */
function isCode(text: string): boolean {
  return hasDigit(text) && (text.length > 4 || /\p{L}/u.test(text));
}

function withoutRepeats(drafts: readonly Placed[]): readonly Placed[] {
  const seen = new Set<string>();
  return drafts.filter(({ surface, alternatives }) => {
    const key = alternatives.length > 0 ? alternatives.map(({ term }) => term).join(" ") : surface;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
