// What a rule would meet: products that it reaches, rules that reach the same ones, rules that it hides or that hide it.
import { createTurn } from "../../kernel/index.ts";
import { type AttributeType, neverHolds, type RuleEnvironment, type RuleObject } from "../../kernel/rules/index.ts";
import { type CartRule, compareRules } from "./cart-rule.ts";
import { type Piece, type ProductTree, pieceOf, productTreeOf, type ReadTree } from "./one-piece.ts";
import { canMeet, canStack, covers, createRelations, isOver, type Relations } from "./rule-relation.ts";
import { unitOff } from "./unit-off.ts";

export type ConflictCode =
  | "ended"
  | "impossible"
  | "no_products"
  | "below_floor"
  | "guarded"
  | "shadowed"
  | "shadows"
  | "never_wins"
  | "always_wins"
  | "one_of_both"
  | "overlaps"
  | "stops"
  | "stopped";

export type RuleConflict = {
  /**
   * `shadowed` and `shadows`: the earlier of both stops the later on every line; `never_wins` and `always_wins`: one of both always acts
   * instead of the other, in their group; `one_of_both`: on `products`, a cart has the discount of one of both; `overlaps`: both run on
   * `products`; `stops` and `stopped`: on `products`, the earlier of both keeps the later away. `below_floor`: alone it takes `products`
   * below the margin floor; `guarded`: the margin guard holds it back there.
   */
  readonly code: ConflictCode;
  readonly rule?: string;
  readonly name?: string;
  readonly priority?: number;
  /** Key of the group in which one of both acts. */
  readonly group?: string;
  /** Of the products that were compared. */
  readonly products?: number;
  readonly examples?: readonly string[];
};

export type RuleReach = {
  /** Products of the catalog that were looked at. */
  readonly looked: number;
  /** Those that the rule reaches, in some cart. */
  readonly reached: number;
  readonly examples: readonly string[];
  /** Of those reached: compared with other rules. */
  readonly compared: number;
  readonly conflicts: readonly RuleConflict[];
};

export type ConflictDeps = {
  readonly skus: Iterable<string>;
  readonly productOf: (sku: string) => RuleObject | undefined;
  readonly read: ReadTree;
  readonly typeOf: (path: string) => AttributeType | undefined;
  readonly rateOf: RuleEnvironment["rateOf"];
  readonly currency: string;
  readonly nowMs: number;
  /** Local day of the store. */
  readonly today: number;
  /** Millionths; null = there is no margin guard, and the floor is the cost. */
  readonly marginFactor: bigint | null;
};

const maxLooked = 50_000;
const maxCompared = 500;
const maxRules = 200;
const shownConflicts = 50;
const shownExamples = 5;
/** The cost itself, in millionths. */
export const costFactor = 1_000_000n;

/**
 * Looks at the catalog in turns of 8 ms. Conditions on the cart are looked at for contradictions only: two rules overlap if some cart
 * could bring both.
 *
 * @param others rules that are published, in any order
 */
export async function findConflicts(
  draft: CartRule,
  others: readonly CartRule[],
  deps: ConflictDeps,
): Promise<RuleReach> {
  const turn = createTurn();
  const treeOf = (tree: CartRule["targets"]): ProductTree | null => tree && productTreeOf(tree, deps.read);
  const own = treeOf(draft.targets);
  const reached: Piece[] = [];
  const skus: string[] = [];
  const low = { products: 0, examples: [] as string[] };
  let looked = 0;
  let count = 0;
  for (const sku of deps.skus) {
    if (looked === maxLooked) break;
    looked += 1;
    const piece = pieceOf(sku, deps.marginFactor ?? costFactor, deps);
    if (own?.may.rule.test(piece.subject, deps.nowMs) ?? true) {
      count += 1;
      if (unitOff(draft, piece, deps.rateOf) > piece.room) {
        low.products += 1;
        if (low.examples.length < shownExamples) low.examples.push(sku);
      }
      if (skus.length < maxCompared) {
        reached.push(piece);
        skus.push(sku);
      }
    }
    await turn();
  }
  const conflicts: RuleConflict[] = [];
  if (isOver(draft, deps)) conflicts.push({ code: "ended" });
  if (draft.conditions && neverHolds(draft.conditions.node, deps)) conflicts.push({ code: "impossible" });
  if (looked > 0 && count === 0) conflicts.push({ code: "no_products" });
  if (low.products > 0) conflicts.push({ code: floorCode(draft, deps), ...low });
  const published = others.filter((each) => each.key !== draft.key);
  const relations = createRelations([...published, draft], { ...deps, hasMarginGuard: deps.marginFactor !== null });
  const near = published
    .filter((each) => canMeet(draft, each, deps.today))
    .sort(compareRules)
    .slice(0, maxRules);
  const isWhole = skus.length === count && looked < maxLooked;
  for (const other of near) {
    if (conflicts.length >= shownConflicts) break;
    const comparison = { reached, skus, isWhole, nowMs: deps.nowMs, today: deps.today, turn, relations };
    const found = await conflictOf(draft, { rule: other, tree: treeOf(other.targets) }, comparison);
    if (found) conflicts.push({ ...found, rule: other.key, name: other.name, priority: other.priority });
  }
  return { looked, reached: count, examples: skus.slice(0, shownExamples), compared: skus.length, conflicts };
}

/** Whether the guard holds a rule back at the floor, or it goes below. */
export function floorCode(
  { isBelowCost }: CartRule,
  { marginFactor }: Pick<ConflictDeps, "marginFactor">,
): "below_floor" | "guarded" {
  return marginFactor !== null && !isBelowCost ? "guarded" : "below_floor";
}

type Comparison = {
  readonly reached: readonly Piece[];
  readonly skus: readonly string[];
  /** Every product that the draft reaches is compared. */
  readonly isWhole: boolean;
  readonly nowMs: number;
  readonly today: number;
  readonly turn: () => Promise<void>;
  readonly relations: Relations;
};

type Other = { readonly rule: CartRule; readonly tree: ProductTree | null };

async function conflictOf(
  draft: CartRule,
  { rule: other, tree }: Other,
  { reached, skus, isWhole, nowMs, today, turn, relations }: Comparison,
): Promise<RuleConflict | undefined> {
  const both: string[] = [];
  let isInside = true;
  for (const [at, { subject }] of reached.entries()) {
    const sku = skus[at];
    if (sku !== undefined && (tree?.may.rule.test(subject, nowMs) ?? true)) both.push(sku);
    isInside &&= tree?.sure.rule.test(subject, nowMs) ?? true;
    await turn();
  }
  const isSame = JSON.stringify(draft.targets?.node) === JSON.stringify(other.targets?.node);
  /** Whether each product of the loser is one of the winner, as far as it was looked at. */
  const holds = (winner: CartRule): boolean =>
    winner.targets === null || isSame || (winner === other && isWhole && isInside && reached.length > 0);
  const [earlier, later] = compareRules(draft, other) < 0 ? [draft, other] : [other, draft];
  const isFirst = earlier === draft;
  if (
    relations.alwaysStops(earlier) &&
    relations.leavesNothing(earlier, later) &&
    covers(earlier, later, today) &&
    holds(earlier)
  )
    return { code: isFirst ? "shadows" : "shadowed" };
  for (const [winner, loser] of [[draft, other] as const, [other, draft] as const])
    if (relations.alwaysBeats(winner, loser) && covers(winner, loser, today) && holds(winner))
      return { code: winner === draft ? "always_wins" : "never_wins", group: draft.group.key };
  if (both.length === 0) return undefined;
  const common = { products: both.length, examples: both.slice(0, shownExamples) };
  if (!canStack(draft, other))
    return { code: "one_of_both", ...common, ...(draft.group === other.group ? { group: draft.group.key } : {}) };
  return { code: earlier.stop ? (isFirst ? "stops" : "stopped") : "overlaps", ...common };
}
