// What the shopper buys, again or next (ranking.md 5.5). The shopper's own orders and those of the people who buy most alike say how
// likely a product is in the next basket; that people usually buy it again after such a time puts it first.
import { enoughPeople } from "./personal-keeper.ts";
import { bestFirst, lastPurchases, type Proposal, type Situation } from "./situation.ts";
import type { Reason } from "./strategy.ts";

const purchaseHalfLifeMs = 60 * 86_400_000;
const maxProposals = 200;
/** Others stand between the shopper's own products. */
const maxBought = 1_000;
const dueFactor = 2;

/** The products of each order, oldest first, by parent; cancelled orders left out. */
function basketsOf({
  profile,
  catalog,
}: Situation): readonly { readonly at: number; readonly skus: readonly string[] }[] {
  return (profile?.orders ?? [])
    .filter(({ status }) => status !== "cancelled")
    .map(({ placedAt, items }) => ({
      at: placedAt,
      skus: [...new Set(items.flatMap(({ sku }) => catalog.parentOf(sku)?.sku ?? []))],
    }))
    .sort((a, b) => a.at - b.at);
}

/** How often and how lately, half-life 60 d: what can be said while nobody else bought twice. */
function ownFrequency(situation: Situation): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { at, skus } of basketsOf(situation)) {
    const weight = 2 ** (-Math.max(0, situation.nowMs - at) / purchaseHalfLifeMs);
    for (const sku of skus) sums.set(sku, (sums.get(sku) ?? 0) + weight);
  }
  return sums;
}

function scoresOf(situation: Situation, limit: number): ReadonlyMap<string, number> {
  const { buyers, nextBasket: learned } = situation.model.personal;
  if (buyers < enoughPeople) return ownFrequency(situation);
  const baskets = basketsOf(situation).map(({ skus }) => skus);
  return new Map(baskets.length === 0 ? [] : learned.next(baskets, limit).map(({ item, score }) => [item, score]));
}

function proposalsOf(situation: Situation, limit: number): readonly Proposal[] {
  const { catalog, model, nowMs, profile } = situation;
  const last = lastPurchases(profile, catalog.parentOf);
  const reasonOf = (boughtAt: number | undefined, isDue: boolean): Reason => {
    if (boughtAt === undefined) return { code: "like_minded", text: "Shoppers who buy what you buy bought this" };
    return isDue
      ? { code: "due", text: "You bought this, and it may be time again" }
      : { code: "bought_before", text: "You bought this" };
  };
  return bestFirst(
    [...scoresOf(situation, limit)].map(([sku, score]) => {
      const boughtAt = last.get(sku);
      const isDue = boughtAt !== undefined && model.repurchase.isDue(sku, boughtAt, catalog, nowMs);
      return { sku, score: score * (isDue ? dueFactor : 1), reason: reasonOf(boughtAt, isDue) };
    }),
  );
}

/** What the shopper's next order is likely to hold: bought before or not. */
export const nextBasket = (situation: Situation): readonly Proposal[] => proposalsOf(situation, maxProposals);

/** Only what the shopper bought before. */
export function buyAgain(situation: Situation): readonly Proposal[] {
  const bought = lastPurchases(situation.profile, situation.catalog.parentOf);
  return proposalsOf(situation, maxBought).filter(({ sku }) => bought.has(sku));
}
