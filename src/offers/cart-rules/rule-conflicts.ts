// What a rule would meet: products that it reaches, rules that reach the same ones, rules that it hides or that hide it.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { RuleObject, RuleSubject } from "../../kernel/rules/index.ts";
import { type CartRule, compareRules } from "./cart-rule.ts";
import { scale } from "./exact.ts";
import { priceCart } from "./price-cart.ts";

export type RuleConflict = {
  /**
   * `shadowed` and `shadows`: the earlier of both stops the later on every line; `overlaps`: both run on `products`;
   * `stops` and `stopped`: on `products`, the earlier of both keeps the later away.
   */
  readonly code: "ended" | "no_products" | "shadowed" | "shadows" | "overlaps" | "stops" | "stopped";
  readonly rule?: string;
  readonly name?: string;
  readonly priority?: number;
  /** Of the products that were compared. */
  readonly products?: number;
  readonly examples?: readonly string[];
};

export type RuleReach = {
  /** Products of the catalog that were looked at. */
  readonly looked: number;
  /** Those that the rule reaches with one piece in the cart. */
  readonly reached: number;
  readonly examples: readonly string[];
  /** Of those reached: compared with other rules. */
  readonly compared: number;
  readonly conflicts: readonly RuleConflict[];
};

type Deps = {
  readonly skus: Iterable<string>;
  readonly productOf: (sku: string) => RuleObject | undefined;
  readonly currency: string;
  readonly nowMs: number;
  /** Local day of the store. */
  readonly today: number;
};

const maxLooked = 50_000;
const maxCompared = 500;
const maxRules = 200;
const shownConflicts = 50;
const shownExamples = 5;
/** One turn of work between others, in milliseconds. */
const turnMs = 8;

/**
 * Looks at the catalog in turns of 8 ms. Conditions on the cart are not looked at: two rules overlap if some cart could
 * bring both.
 *
 * @param others rules that are published, in any order
 */
export async function findConflicts(draft: CartRule, others: readonly CartRule[], deps: Deps): Promise<RuleReach> {
  const turn = createTurn();
  const reached: RuleSubject[] = [];
  const skus: string[] = [];
  let looked = 0;
  let count = 0;
  for (const sku of deps.skus) {
    if (looked === maxLooked) break;
    looked += 1;
    const subject = lineOf(sku, deps);
    if (reaches(draft, subject, deps.nowMs)) {
      count += 1;
      if (skus.length < maxCompared) {
        reached.push(subject);
        skus.push(sku);
      }
    }
    await turn();
  }
  const conflicts: RuleConflict[] = [];
  if (draft.toDay !== null && draft.toDay < deps.today) conflicts.push({ code: "ended" });
  if (looked > 0 && count === 0) conflicts.push({ code: "no_products" });
  const near = others
    .filter((each) => each.key !== draft.key && canMeet(draft, each, deps.today))
    .sort(compareRules)
    .slice(0, maxRules);
  for (const other of near) {
    if (conflicts.length >= shownConflicts) break;
    const found = await conflictOf(draft, other, { reached, skus, nowMs: deps.nowMs, today: deps.today, turn });
    if (found) conflicts.push({ ...found, rule: other.key, name: other.name, priority: other.priority });
  }
  return { looked, reached: count, examples: skus.slice(0, shownExamples), compared: skus.length, conflicts };
}

type Comparison = {
  readonly reached: readonly RuleSubject[];
  readonly skus: readonly string[];
  readonly nowMs: number;
  readonly today: number;
  readonly turn: () => Promise<void>;
};

async function conflictOf(
  draft: CartRule,
  other: CartRule,
  { reached, skus, nowMs, today, turn }: Comparison,
): Promise<RuleConflict | undefined> {
  const [earlier, later] = compareRules(draft, other) < 0 ? [draft, other] : [other, draft];
  const isFirst = earlier === draft;
  if (alwaysStops(earlier) && covers(earlier, later, today)) return { code: isFirst ? "shadows" : "shadowed" };
  const both: string[] = [];
  for (const [at, subject] of reached.entries()) {
    const sku = skus[at];
    if (sku !== undefined && reaches(other, subject, nowMs)) both.push(sku);
    await turn();
  }
  if (both.length === 0) return undefined;
  const code = earlier.stop ? (isFirst ? "stops" : "stopped") : "overlaps";
  return { code, products: both.length, examples: both.slice(0, shownExamples) };
}

function createTurn(): () => Promise<void> {
  let end = performance.now() + turnMs;
  return async () => {
    if (performance.now() < end) return;
    await nextTurn();
    end = performance.now() + turnMs;
  };
}

/** One piece of a product at its list price, as a line of a cart. */
function lineOf(sku: string, { productOf, currency }: Deps): RuleSubject {
  const facts = productOf(sku);
  const price = facts?.["price"] as { readonly minor?: unknown; readonly currency?: unknown } | null | undefined;
  const minor = typeof price?.minor === "number" && Number.isInteger(price.minor) ? price.minor : 0;
  const input = {
    currency: typeof price?.currency === "string" ? price.currency : currency,
    lines: [{ id: "1", sku, qty: scale, price: BigInt(minor) * scale }],
  };
  const line = priceCart(input, () => facts).lines[0]?.facts;
  return line ? { item: line, ...(facts ? { product: facts } : {}) } : {};
}

function reaches(rule: CartRule, subject: RuleSubject, nowMs: number): boolean {
  return rule.targets?.rule.test(subject, nowMs) ?? true;
}

/** On every line of every cart that it is for. */
function alwaysStops({ stop, coupon, conditions, targets, usesPerCustomer, budget }: CartRule): boolean {
  const isLimited = usesPerCustomer !== null || budget.uses !== null || budget.spend !== null;
  return stop && coupon === "none" && conditions === null && targets === null && !isLimited;
}

type Names = Iterable<string> | null;

function includesAll(outer: Names, inner: Names): boolean {
  if (outer === null) return true;
  if (inner === null) return false;
  const names = new Set(outer);
  return [...inner].every((name) => names.has(name));
}

function meets(a: Names, b: Names): boolean {
  if (a === null || b === null) return true;
  const names = new Set(a);
  return [...b].some((name) => names.has(name));
}

/** First and last moment of a rule from today on, in days and in milliseconds. */
function spanOf({ fromDay, toDay, window }: CartRule, today: number) {
  return {
    from: Math.max(fromDay ?? today, today),
    to: toDay ?? Number.POSITIVE_INFINITY,
    fromMs: window.fromMs ?? Number.NEGATIVE_INFINITY,
    toMs: window.toMs ?? Number.POSITIVE_INFINITY,
  };
}

/** Whether every cart that `later` is for is one that `earlier` is for, too. */
function covers(earlier: CartRule, later: CartRule, today: number): boolean {
  const [a, b] = [spanOf(earlier, today), spanOf(later, today)];
  return (
    includesAll(earlier.websites, later.websites) &&
    includesAll(earlier.customerGroups, later.customerGroups) &&
    includesAll(earlier.storeViews, later.storeViews) &&
    a.from <= b.from &&
    a.to >= b.to &&
    a.fromMs <= b.fromMs &&
    a.toMs >= b.toMs
  );
}

/** Whether some cart, today or later, is one that both are for. */
function canMeet(draft: CartRule, other: CartRule, today: number): boolean {
  const [a, b] = [spanOf(draft, today), spanOf(other, today)];
  return (
    meets(draft.websites, other.websites) &&
    meets(draft.customerGroups, other.customerGroups) &&
    meets(draft.storeViews, other.storeViews) &&
    Math.max(a.from, b.from) <= Math.min(a.to, b.to) &&
    Math.max(a.fromMs, b.fromMs) < Math.min(a.toMs, b.toMs)
  );
}
