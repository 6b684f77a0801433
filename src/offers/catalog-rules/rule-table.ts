import type { CatalogProduct, CatalogSnapshot } from "../../catalog/index.ts";
import type { CompiledRule } from "../../kernel/rules/index.ts";
import type { ProductNumbers } from "./product-numbers.ts";
import { createRuleClasses } from "./rule-classes.ts";
import { createJudge, type Judgement } from "./rule-judge.ts";
import type { CatalogRule } from "./rule-set.ts";

// Conditions of catalog rules read products only, so which rules reach a product is one fact for every website, group and day.
// It is kept as one bit for each rule and product, and as one class for each product; a price of any website, group and day
// follows from the class by a chain that is compiled once. At 1 M products and 100 rules: 12.5 MB of bits, 4 MB of classes.

/** One bit a product; shared by rules and tables with the same condition. */
type Bits = { words: Uint32Array };

export type RuleTable = {
  /** In the order in which they run. */
  readonly rules: readonly CatalogRule[];
  /** Products are judged when they are asked for: good for a few, not for all. */
  readonly isPartial?: true;
  /** The class of a product; 0 = no rule reaches it. */
  readonly classOf: (sku: string) => number;
  /** Places in `rules` of the rules of a class, ascending. */
  readonly placesOf: (number: number) => readonly number[];
  readonly classCount: () => number;
  /** Judges products anew, those that went included. */
  readonly update: (skus: Iterable<string>, snapshot: Pick<CatalogSnapshot, "get">, nowMs: number) => void;
  /** When time alone may change what a rule reaches; Infinity = never. */
  readonly nextChangeAt: () => number;
  readonly bitsOf: (condition: CompiledRule) => Bits | undefined;
};

type BuildDeps = {
  /** In the order in which they run; equal conditions are best the same object. */
  readonly rules: readonly CatalogRule[];
  readonly numbers: ProductNumbers;
  readonly snapshot: Pick<CatalogSnapshot, "get" | "products">;
  /** Whether time alone can change what a rule reaches. */
  readonly isTimed: (rule: CatalogRule) => boolean;
  readonly nowMs: number;
  /** What is known of rules that stay the same; those that time changes are judged anew. */
  readonly prior: RuleTable | undefined;
};

const productsAPause = 64;
const wordsAPause = 2_048;

function setBit(bits: Bits, number: number, isSet: boolean): void {
  const at = number >>> 5;
  if (at >= bits.words.length) {
    if (!isSet) return;
    const wider = new Uint32Array(Math.max(at + 1, bits.words.length * 2));
    wider.set(bits.words);
    bits.words = wider;
  }
  const word = bits.words[at] ?? 0;
  bits.words[at] = isSet ? word | (1 << (number & 31)) : word & ~(1 << (number & 31));
}

/** Builds a table; pauses after every few products, so that the caller may let others run. */
export function* buildRuleTable(deps: BuildDeps): Generator<undefined, RuleTable> {
  const { rules, numbers, snapshot, isTimed, nowMs, prior } = deps;
  let nextChangeAt = Number.POSITIVE_INFINITY;
  const bitsByCondition = new Map<CompiledRule, Bits>();
  const fresh: number[] = [];
  for (const [place, rule] of rules.entries()) {
    if (bitsByCondition.has(rule.condition)) continue;
    const known = isTimed(rule) ? undefined : prior?.bitsOf(rule.condition);
    bitsByCondition.set(rule.condition, known ?? { words: new Uint32Array(0) });
    if (!known) fresh.push(place);
  }
  const bits = rules.flatMap(({ condition }) => bitsByCondition.get(condition) ?? []);
  if (fresh.length > 0) {
    const judge = createJudge(rules, fresh, isTimed);
    let seen = 0;
    for (const product of snapshot.products.values()) {
      const judged = judge(product, snapshot, nowMs);
      const number = numbers.take(product.sku);
      for (const place of judged.places) {
        const own = bits[place];
        if (own) setBit(own, number, true);
      }
      nextChangeAt = Math.min(nextChangeAt, judged.nextChangeAt);
      seen += 1;
      if (seen % productsAPause === 0) yield;
    }
  }
  const classes = createRuleClasses();
  let classOf = new Uint32Array(numbers.end());
  for (const [place, { words }] of bits.entries()) {
    const next = new Map<number, number>();
    for (let at = 0; at < words.length; at += 1) {
      if (at % wordsAPause === wordsAPause - 1) yield;
      for (let word = words[at] ?? 0; word !== 0; word &= word - 1) {
        const number = (at << 5) | (31 - Math.clz32(word & -word));
        const before = classOf[number] ?? 0;
        const after = next.get(before) ?? classes.withPlace(before, place);
        next.set(before, after);
        classOf[number] = after;
      }
    }
  }

  const all = createJudge(rules, [...rules.keys()], isTimed);
  const put = (sku: string, { places, nextChangeAt: next }: Judgement) => {
    const number = numbers.take(sku);
    if (number >= classOf.length) {
      const wider = new Uint32Array(Math.max(number + 1, classOf.length * 2));
      wider.set(classOf);
      classOf = wider;
    }
    const reached = new Set(places);
    for (const [place, own] of bits.entries()) setBit(own, number, reached.has(place));
    classOf[number] = classes.numberOf(places);
    nextChangeAt = Math.min(nextChangeAt, next);
  };
  const nothing: Judgement = { places: [], nextChangeAt: Number.POSITIVE_INFINITY };
  return {
    rules,
    classOf: (sku) => {
      const number = numbers.of(sku);
      return number === undefined ? 0 : (classOf[number] ?? 0);
    },
    placesOf: classes.placesOf,
    classCount: classes.size,
    update: (skus, current, now) => {
      for (const sku of skus) {
        const product: CatalogProduct | undefined = current.get(sku);
        if (product) put(sku, all(product, current, now));
        else if (numbers.of(sku) !== undefined) put(sku, nothing);
      }
    },
    nextChangeAt: () => nextChangeAt,
    bitsOf: (condition) => bitsByCondition.get(condition),
  };
}

/** A table over no rule: prices are those of the products. */
export const emptyTable: RuleTable = {
  rules: [],
  classOf: () => 0,
  placesOf: () => [],
  classCount: () => 1,
  update: () => undefined,
  nextChangeAt: () => Number.POSITIVE_INFINITY,
  bitsOf: () => undefined,
};
