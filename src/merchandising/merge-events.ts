// Several rules apply to one list: of what they say of one product, the first counts. A rule's event for a SKU stands before its events
// by condition; between rules their order decides.
import type { RuleObject, RuleSubject } from "../kernel/rules/index.ts";
import { boostFactor, buryFactor, type RuleEvent } from "./rule-events.ts";

/** A rule that applies, as its order among the others puts it. */
export type AppliedRule = {
  readonly id: string;
  readonly name: string;
  readonly events: readonly RuleEvent[];
};

/** Whether a condition fits a product: from a set that is known, or judged for this shopper. */
export type ConditionTest = {
  readonly has: (sku: string) => boolean;
  /** All products that fit; undefined for a condition about the shopper. */
  readonly skus: ReadonlySet<string> | undefined;
};

export type Winner = { readonly rule: AppliedRule; readonly event: RuleEvent; readonly order: number };

type ByCondition = Winner & { readonly test: ConditionTest };

export type MergedEvents = {
  /** The event that counts for a product. */
  readonly winnerOf: (sku: string) => Winner | undefined;
  readonly hasFactors: boolean;
  /** Products whose event is to hide them. */
  readonly hidden: () => ReadonlySet<string>;
  readonly pins: () => readonly { readonly sku: string; readonly position: number }[];
  /** What of each rule, by id, another one overruled, in words. */
  readonly overruled: ReadonlyMap<string, readonly string[]>;
};

const nothing: ReadonlySet<string> = new Set();

/**
 * @param rules in order of precedence
 * @param parentOf the SKU that lists show, of a variant its parent
 * @param testOf called once for each event with a condition
 */
export function mergeEvents(
  rules: readonly AppliedRule[],
  parentOf: (sku: string) => string,
  testOf: (event: RuleEvent) => ConditionTest,
): MergedEvents {
  const bySku = new Map<string, Winner>();
  const byCondition: ByCondition[] = [];
  const overruled = new Map<string, string[]>();
  for (const [place, rule] of rules.entries()) {
    for (const event of rule.events) {
      if (event.sku === undefined) {
        byCondition.push({ rule, event, order: 2 * place + 1, test: testOf(event) });
        continue;
      }
      const sku = parentOf(event.sku);
      const first = bySku.get(sku);
      if (!first) bySku.set(sku, { rule, event, order: 2 * place });
      else {
        const lost = overruled.get(rule.id) ?? [];
        overruled.set(rule.id, lost);
        lost.push(
          `its ${event.action} of ${sku} lost to the ${first.event.action} by ${JSON.stringify(first.rule.name)}`,
        );
      }
    }
  }

  const winnerOf = (sku: string): Winner | undefined => {
    const named = bySku.get(sku);
    for (const each of byCondition) {
      if (named && named.order < each.order) return named;
      if (each.test.has(sku)) return each;
    }
    return named;
  };

  const hidden = (): ReadonlySet<string> => {
    const hides = byCondition.filter(({ event }) => event.action === "hide");
    const [only] = hides;
    // The set itself, uncopied, where nothing else can have a say in it.
    if (only?.test.skus && hides.length === 1 && byCondition.length === 1 && bySku.size === 0) return only.test.skus;
    const found = new Set<string>();
    for (const [sku, { event }] of bySku) if (event.action === "hide" && winnerOf(sku)?.event === event) found.add(sku);
    for (const { test } of hides)
      for (const sku of test.skus ?? nothing) if (winnerOf(sku)?.event.action === "hide") found.add(sku);
    return found.size === 0 ? nothing : found;
  };

  return {
    winnerOf,
    hidden,
    hasFactors: [...bySku.values(), ...byCondition].some(({ event }) => factorOf(event) !== 1),
    pins: () =>
      [...bySku]
        .filter(([sku, { event }]) => event.action === "pin" && winnerOf(sku)?.event === event)
        .map(([sku, { event, order }]) => ({ sku, position: event.position ?? 1, order }))
        .sort((a, b) => a.position - b.position || a.order - b.order)
        .map(({ sku, position }) => ({ sku, position })),
    overruled,
  };
}

/** What an event multiplies a score with. */
export function factorOf({ action, factor }: RuleEvent): number {
  if (action === "boost") return factor ?? boostFactor;
  return action === "bury" ? (factor ?? buryFactor) : 1;
}

/** Judges a condition about product and shopper for one product after another. */
export function createPersonalTest(
  test: (subject: RuleSubject) => boolean,
  shopper: RuleSubject,
  factsOf: (sku: string) => RuleObject,
): ConditionTest {
  // One object for all candidates: a copy of the subject for each of 20,000 would cost more than the judging.
  const subject: { -readonly [K in keyof RuleSubject]: RuleSubject[K] } = { ...shopper };
  return {
    has: (sku) => {
      subject.product = factsOf(sku);
      return test(subject);
    },
    skus: undefined,
  };
}
