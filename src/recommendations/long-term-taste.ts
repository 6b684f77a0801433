// What the shopper likes in the long run, by what people with like histories went for (ranking.md 5.4).
import { type Proposal, type Situation, signalWeights } from "./situation.ts";

const maxProposals = 200;
/** As in learning: repeats beyond five say nothing more. */
const maxRepeats = 5;
const maxPieces = 3;

/** Σ of signal weights of each product the shopper did something with, by parent. */
export function interestsOf({ profile, catalog }: Pick<Situation, "profile" | "catalog">): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const add = (sku: string, weight: number) => {
    const parent = catalog.parentOf(sku)?.sku ?? sku;
    sums.set(parent, (sums.get(parent) ?? 0) + weight);
  };
  for (const { sku, count } of profile?.viewed ?? []) add(sku, signalWeights.view * Math.min(maxRepeats, count));
  for (const { sku } of profile?.added ?? []) add(sku, signalWeights.cart);
  for (const sku of profile?.wishlist ?? []) add(sku, signalWeights.wish);
  for (const { status, items } of profile?.orders ?? []) {
    if (status === "cancelled") continue;
    for (const { sku, qty } of items) add(sku, signalWeights.piece * Math.min(maxPieces, Math.max(1, qty)));
  }
  return sums;
}

/** Empty before anything was learned. */
export function longTermTaste(situation: Situation): readonly Proposal[] {
  const reason = { code: "like_minded", text: "Shoppers with a taste like yours went for it" };
  return situation.model.personal.taste
    .like(interestsOf(situation), maxProposals)
    .map(({ item, score }) => ({ sku: item, score, reason }));
}
