// Lists of what the shopper bought, looked at or wished for. Each promises something of its products, so nothing else fills them.
import { bestFirst, createTally, lastPurchases, type Proposal, type Situation } from "./situation.ts";

const dayMs = 86_400_000;
const wishWeight = 3;
const viewWeight = 1;
/** What others may care for stands behind all that the shopper looked at. */
const strangerFactor = 0.25;

/** Only what is due: bought as long ago as people usually take to buy it again. */
export function replenishment({ catalog, model, nowMs, profile }: Situation): readonly Proposal[] {
  const tally = createTally();
  for (const [sku, boughtAt] of lastPurchases(profile, catalog.parentOf)) {
    const window = model.repurchase.windowOf(sku, catalog, nowMs);
    const age = nowMs - boughtAt;
    if (!window || age < window.fromMs || age > window.toMs) continue;
    const usualDays = Math.max(1, Math.round(window.usualMs / dayMs));
    const reason = { code: "due", text: `Usually bought again after ${usualDays} ${usualDays === 1 ? "day" : "days"}` };
    tally.add({ sku, score: Math.min(age, window.usualMs) / Math.max(age, window.usualMs, 1), reason });
  }
  return tally.proposals();
}

/** Interest in a product, by parent: what was wished for or put into the cart weighs 3 views. */
function interestsOf({ catalog, profile, nowMs }: Situation): ReadonlyMap<string, { weight: number; at: number }> {
  const bySku = new Map<string, { weight: number; at: number }>();
  const add = (sku: string, weight: number, at: number) => {
    const parent = catalog.parentOf(sku)?.sku;
    if (parent === undefined) return;
    const known = bySku.get(parent) ?? { weight: 0, at };
    bySku.set(parent, { weight: known.weight + weight, at: Math.min(known.at, at) });
  };
  for (const { sku, at, count } of profile?.viewed ?? []) add(sku, viewWeight * Math.min(3, count), at);
  for (const { sku, at } of profile?.added ?? []) add(sku, wishWeight, at);
  const wishedAt = new Map((profile?.wishlistLog ?? []).map(({ sku, at }) => [sku, at]));
  for (const sku of profile?.wishlist ?? []) add(sku, wishWeight, wishedAt.get(sku) ?? nowMs);
  return bySku;
}

function percentOff(before: number, after: number): number {
  return before > 0 ? Math.round((1 - after / before) * 100) : 0;
}

/**
 * Products that became cheaper: first those the shopper looked at, wished for or had in the cart before that, then others, then what
 * the shop marks as reduced.
 */
export function priceDrop(situation: Situation): readonly Proposal[] {
  const { catalog, model, categoryRankings, nowMs } = situation;
  const interests = interestsOf(situation);
  const bySku = new Map<string, Proposal>();
  for (const { sku, at, fromMinor, currency } of model.changes.drops) {
    const now = catalog.get(sku)?.finalPrice;
    if (!now || now.currency !== currency || now.minor >= fromMinor) continue;
    const off = percentOff(fromMinor, now.minor);
    const interest = interests.get(sku);
    const isKnown = interest !== undefined && interest.at <= at;
    bySku.set(sku, {
      sku,
      score: (off / 100) * (isKnown ? 1 + interest.weight : strangerFactor),
      reason: isKnown
        ? { code: "cheaper_since_viewed", text: `${off} % cheaper than when you looked` }
        : { code: "price_drop", text: `${off} % cheaper than before` },
    });
  }
  const reduced = categoryRankings.reduced(situation.categoryPath, catalog, nowMs);
  for (const { sku, score } of reduced) {
    if (bySku.has(sku)) continue;
    const reason = { code: "reduced", text: `Reduced by ${Math.round(score * 100)} %` };
    bySku.set(sku, { sku, score: score * strangerFactor * (interests.has(sku) ? 1 : 0.5), reason });
  }
  return bestFirst(bySku.values());
}

/** Products that can be had again: those the shopper looked at first, then others by popularity. */
export function backInStock(situation: Situation): readonly Proposal[] {
  const { catalog, model } = situation;
  const interests = interestsOf(situation);
  const bySku = new Map<string, Proposal>();
  for (const { sku, at } of model.changes.restocks) {
    if (!catalog.get(sku)?.inStock) continue;
    const interest = interests.get(sku);
    const isKnown = interest !== undefined && interest.at <= at;
    const popularity = model.mostPopular > 0 ? (model.popularity.get(sku) ?? 0) / model.mostPopular : 0;
    bySku.set(sku, {
      sku,
      score: isKnown ? 1 + interest.weight : strangerFactor * (0.5 + popularity),
      reason: isKnown
        ? { code: "back_since_viewed", text: "Back in stock since you looked" }
        : { code: "back_in_stock", text: "Back in stock" },
    });
  }
  return bestFirst(bySku.values());
}
