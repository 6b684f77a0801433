// What each strategy proposes, best first, before anything is left out. A product may be proposed that a shopper must not
// see: the caller filters.
import { assertNever } from "../kernel/index.ts";
import { buyAgain, nextBasket } from "./buy-again.ts";
import type { UnitFilters } from "./filters.ts";
import type { RankedSku, RankedStrategy } from "./model.ts";
import { next } from "./next-strategy.ts";
import type { Neighbour } from "./pair-scores.ts";
import { completeTheLook, frequentlyBoughtTogether, substitutes, visuallySimilar } from "./pairing-strategies.ts";
import { backInStock, priceDrop, replenishment } from "./personal-strategies.ts";
import { recommendedForYou } from "./recommended-for-you.ts";
import { bestFirst, categoryName, createTally, nameOf, type Proposal, type Situation } from "./situation.ts";
import type { Reason, Strategy } from "./strategy.ts";

const rankedReasons: Readonly<Record<RankedStrategy, Reason>> = {
  "most-viewed": { code: "most_viewed", text: "Among the most viewed this week" },
  "most-purchased": { code: "most_purchased", text: "Among the most bought this week" },
  "most-added-to-cart": { code: "most_added_to_cart", text: "Often put into carts this week" },
  "view-to-cart-rate": { code: "view_to_cart_rate", text: "Who looks at it often wants it" },
  "view-to-purchase-rate": { code: "view_to_purchase_rate", text: "Who looks at it often buys it" },
};

function together(
  situation: Situation,
  neighbours: ReadonlyMap<string, readonly Neighbour[]>,
  code: string,
  words: string,
): readonly Proposal[] {
  const tally = createTally();
  for (const item of situation.items)
    for (const { sku, score } of neighbours.get(item) ?? [])
      tally.add({ sku, score, reason: { code, text: `${words} ${nameOf(situation, item)}` } });
  return tally.proposals();
}

function moreLikeThis(situation: Situation): readonly Proposal[] {
  const bySku = new Map<string, Proposal>();
  for (const item of situation.items) {
    const product = situation.catalog.get(item);
    for (const { sku, score } of product ? situation.similar.like(product, situation.catalog, situation.nowMs) : []) {
      if (score <= (bySku.get(sku)?.score ?? 0)) continue;
      bySku.set(sku, {
        sku,
        score,
        reason: { code: "similar", text: `Similar to ${product?.name}` },
      });
    }
  }
  return bestFirst(bySku.values());
}

function recentlyViewed(situation: Situation): readonly Proposal[] {
  const { profile, catalog } = situation;
  const seen = new Set<string>();
  return (profile?.viewed ?? []).flatMap(({ sku, at }) => {
    const parent = catalog.parentOf(sku)?.sku;
    if (parent === undefined || seen.has(parent)) return [];
    seen.add(parent);
    return [{ sku: parent, score: at, reason: { code: "recently_viewed", text: "You viewed this" } }];
  });
}

/** A list of popular things, made only as far as it is read; on a category page the category's own. */
function* popular<Entry extends RankedSku>(
  situation: Situation,
  name: RankedStrategy | "trending",
  list: readonly Entry[],
  reasonOf: (entry: Entry) => Reason,
  reasonIn: (category: string) => Reason,
): Generator<Proposal> {
  const { categoryPath, catalog, categoryRankings, model, nowMs } = situation;
  if (categoryPath === null) {
    for (const entry of list) yield { sku: entry.sku, score: entry.score, reason: reasonOf(entry) };
    return;
  }
  const reason = reasonIn(categoryName(catalog, categoryPath));
  for (const { sku, score } of categoryRankings.within(name, categoryPath, list, model, catalog, nowMs))
    yield { sku, score, reason };
}

function ranked(situation: Situation, strategy: RankedStrategy): Iterable<Proposal> {
  const reason = rankedReasons[strategy];
  return popular(
    situation,
    strategy,
    situation.model.rankings[strategy],
    () => reason,
    (category) => ({ code: reason.code, text: `Popular in ${category} this week` }),
  );
}

function trending(situation: Situation): Iterable<Proposal> {
  return popular(
    situation,
    "trending",
    situation.model.trends,
    ({ visitors }) => ({ code: "trending", text: `Trending: ${visitors} people looked at it in the last 24 hours` }),
    (category) => ({ code: "trending", text: `Trending in ${category}` }),
  );
}

function first(proposals: Iterable<Proposal>, count: number): readonly Proposal[] {
  const taken: Proposal[] = [];
  for (const proposal of proposals) {
    if (taken.length >= count) break;
    taken.push(proposal);
  }
  return taken;
}

function newArrivals(situation: Situation): readonly Proposal[] {
  const reason = { code: "new", text: "New in the shop" };
  return situation.categoryRankings
    .newest(situation.categoryPath, situation.catalog, situation.nowMs)
    .map(({ sku, score }) => ({ sku, score, reason }));
}

/** What the shop itself linked to the products of the page: cross-sells for what is bought together, related ones else. */
export function linkedProducts(situation: Situation, strategy: Strategy): readonly Proposal[] {
  const links = strategy === "bought-together" || strategy === "viewed-then-bought" ? "crosssell" : "related";
  return situation.items.flatMap((item) => {
    const product = situation.catalog.get(item);
    const skus = product?.[links] ?? [];
    const reason = { code: "linked", text: `Goes well with ${product?.name}` };
    return skus.map((sku, at) => ({ sku, score: 1 - at / skus.length, reason }));
  });
}

/** What is popular in the category of the page, or of the product on it, by decayed signals. */
export function popularNearby(situation: Situation): readonly Proposal[] {
  const { catalog, categoryRankings, model } = situation;
  const paths =
    situation.categoryPath === null
      ? situation.items.flatMap((sku) => catalog.get(sku)?.categories.slice(0, 3) ?? [])
      : [situation.categoryPath];
  return [...new Set(paths)].flatMap((path) => {
    const reason = { code: "popular_in_category", text: `Popular in ${categoryName(catalog, path)}` };
    return categoryRankings.of(path, model, catalog, situation.nowMs).map(({ sku, score }) => ({ sku, score, reason }));
  });
}

/**
 * Products that the unit's own filters name, for a unit whose filters leave little of what strategies propose: those of its product
 * lists, and the popular and newest ones of its categories.
 */
export function* namedByFilters({ inclusions = [] }: UnitFilters, situation: Situation): Generator<Proposal> {
  const { catalog, categoryRankings, model, nowMs } = situation;
  const reason = { code: "included", text: "Chosen by the shop for this place" };
  for (const filter of inclusions) {
    if (filter.isEnabled === false) continue;
    if (filter.by === "product") for (const sku of filter.skus) yield { sku, score: 0, reason };
    if (filter.by !== "category") continue;
    for (const path of filter.paths ?? []) {
      for (const { sku } of categoryRankings.of(path, model, catalog, nowMs)) yield { sku, score: 0, reason };
      for (const { sku } of categoryRankings.newest(path, catalog, nowMs)) yield { sku, score: 0, reason };
    }
  }
}

/** The proposals of one strategy. */
export function propose(strategy: Strategy, situation: Situation): Iterable<Proposal> {
  const { model } = situation;
  switch (strategy) {
    case "recommended-for-you":
      return recommendedForYou(situation, first(ranked(situation, "most-viewed"), 200));
    case "recently-viewed":
      return recentlyViewed(situation);
    case "viewed-also-viewed":
      return together(situation, model.viewedTogether, "viewed_together", "Often viewed with");
    case "viewed-then-bought":
      return together(situation, model.viewedThenBought, "viewed_then_bought", "Often bought after a look at");
    case "bought-together":
      return together(situation, model.boughtTogether, "bought_together", "Often bought with");
    case "more-like-this":
      return moreLikeThis(situation);
    case "next":
      return next(situation);
    case "frequently-bought-together":
      return frequentlyBoughtTogether(situation);
    case "visual-similarity":
      return visuallySimilar(situation);
    case "substitutes":
      return substitutes(situation);
    case "complete-the-look":
      return completeTheLook(situation);
    case "buy-again":
      return buyAgain(situation);
    case "next-basket":
      return nextBasket(situation);
    case "replenishment":
      return replenishment(situation);
    case "price-drop":
      return priceDrop(situation);
    case "back-in-stock":
      return backInStock(situation);
    case "trending":
      return trending(situation);
    case "new-arrivals":
      return newArrivals(situation);
    case "most-viewed":
    case "most-purchased":
    case "most-added-to-cart":
    case "view-to-cart-rate":
    case "view-to-purchase-rate":
      return ranked(situation, strategy);
    default:
      return assertNever(strategy);
  }
}
