// What each strategy proposes, best first, before anything is left out. A product may be proposed that a shopper must not
// see: the caller filters.
import { assertNever } from "../kernel/index.ts";
import { affinityShares, type ProfileState } from "../profiles/index.ts";
import type { UnitFilters } from "./filters.ts";
import type { RankedSku, RankedStrategy } from "./model.ts";
import type { Neighbour } from "./pair-scores.ts";
import { completeTheLook, frequentlyBoughtTogether, substitutes, visuallySimilar } from "./pairing-strategies.ts";
import { backInStock, buyAgain, priceDrop, replenishment } from "./personal-strategies.ts";
import { bestFirst, categoryName, createTally, nameOf, type Proposal, type Situation } from "./situation.ts";
import type { Reason, Strategy } from "./strategy.ts";

const historyAgeMs = 30 * 86_400_000;
const historyLength = 20;
const maxNext = 200;
const topCategories = 5;
/** People do return to what they viewed, but they have a list of that; here something new comes first. */
const viewedFactor = 0.3;

const rankedReasons: Readonly<Record<RankedStrategy, Reason>> = {
  "most-viewed": { code: "most_viewed", text: "Among the most viewed this week" },
  "most-purchased": { code: "most_purchased", text: "Among the most bought this week" },
  "most-added-to-cart": { code: "most_added_to_cart", text: "Often put into carts this week" },
  "view-to-cart-rate": { code: "view_to_cart_rate", text: "Who looks at it often wants it" },
  "view-to-purchase-rate": { code: "view_to_purchase_rate", text: "Who looks at it often buys it" },
};

/** Products the visitor viewed lately, oldest first. */
function historyOf({ profile, catalog, nowMs }: Situation): readonly string[] {
  const viewed = (profile?.viewed ?? []).filter(({ at }) => nowMs - at <= historyAgeMs).slice(0, historyLength);
  return [...new Set(viewed.flatMap(({ sku }) => catalog.parentOf(sku)?.sku ?? []))].reverse();
}

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

/** Products of the running session and lately viewed ones, and what past sessions like it went on to. */
export function nextItems(situation: Situation): readonly Proposal[] {
  return nextAfter(historyOf(situation), situation);
}

function nextAfter(steps: readonly string[], situation: Situation): readonly Proposal[] {
  if (steps.length === 0) return [];
  return situation.model.next.next(steps, maxNext).map(({ item, score, because }) => ({
    sku: item,
    score,
    reason:
      because === "" || because === item || !steps.includes(because)
        ? { code: "viewed_before", text: "You viewed this" }
        : { code: "because_viewed", text: `Because you viewed ${nameOf(situation, because)}` },
  }));
}

/** What sessions like the running one went on to: the one that was given, else the shopper's last views. */
function next(situation: Situation): readonly Proposal[] {
  return nextAfter(situation.steps.length > 0 ? situation.steps : historyOf(situation), situation);
}

/** Popular products of the categories the visitor likes, weighted by how much. */
export function byTaste(situation: Situation): readonly Proposal[] {
  const { profile, catalog, model, categoryRankings, nowMs } = situation;
  const bySku = new Map<string, Proposal>();
  const brandShares = new Map(
    affinityShares(profile?.affinity["brand"], nowMs).map(({ value, score }) => [value, score]),
  );
  // The leaves say what the visitor likes; their parents only repeat it in other words.
  const shares = affinityShares(profile?.affinity["category"], nowMs).slice(0, 3 * topCategories);
  const leaves = shares
    .filter(({ value }) => !shares.some((other) => other.value.startsWith(`${value}/`)))
    .slice(0, topCategories);
  const strongest = leaves[0]?.score ?? 1;
  for (const { value: path, score: share } of leaves) {
    const ranked = categoryRankings.of(path, model, catalog, situation.nowMs);
    const popular =
      ranked.length > 0
        ? ranked
        : catalog
            .inCategory(path)
            .slice(0, 50)
            .map(({ sku }) => ({ sku, score: 0 }));
    const most = ranked[0]?.score ?? 1;
    for (const { sku, score } of popular.slice(0, 50)) {
      const brand = catalog.get(sku)?.brand;
      const taste = share / strongest + 0.5 * (brand ? (brandShares.get(brand) ?? 0) : 0);
      const proposal = {
        sku,
        score: taste * (0.5 + 0.5 * (score / most)),
        reason: { code: "taste", text: `Because you like ${categoryName(catalog, path)}` },
      };
      if (proposal.score > (bySku.get(sku)?.score ?? 0)) bySku.set(sku, proposal);
    }
  }
  return bestFirst(bySku.values());
}

function signalsOf(profile: ProfileState | null): number {
  if (!profile) return 0;
  return (
    profile.viewed.reduce((sum, { count }) => sum + count, 0) +
    (profile.cart?.items.length ?? 0) +
    profile.orders.length
  );
}

/**
 * Personal proposals and popular ones in one list. What was viewed lately counts at once, v/(v + 3) for v products; taste
 * counts as soon as that, or with n signals in all, n/(n + 10).
 */
function recommendedForYou(situation: Situation): readonly Proposal[] {
  const history = historyOf(situation);
  const signals = signalsOf(situation.profile);
  const lately = history.length / (history.length + 3);
  const taste = Math.max(lately, signals / (signals + 10));
  const parts = [
    { proposals: nextItems(situation), weight: 0.6 * lately },
    { proposals: byTaste(situation), weight: 0.4 * taste },
    { proposals: first(ranked(situation, "most-viewed"), 200), weight: 0.3 * (1 - lately) },
  ];
  const known = new Set(history);
  const tally = createTally();
  for (const { proposals, weight } of parts) {
    // What was viewed stands far ahead in its own sessions; the others are measured by the best of themselves.
    const most = proposals.find(({ sku }) => !known.has(sku))?.score ?? proposals[0]?.score ?? 0;
    if (most <= 0 || weight === 0) continue;
    for (const { sku, score, reason } of proposals)
      tally.add({ sku, score: weight * Math.min(1, score / most), reason });
  }
  return bestFirst(
    tally
      .proposals()
      .map(({ sku, score, reason }) => ({ sku, score: known.has(sku) ? score * viewedFactor : score, reason })),
  );
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
      return recommendedForYou(situation);
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
