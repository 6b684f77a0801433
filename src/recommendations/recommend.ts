import type { CatalogProduct, CatalogSnapshot } from "../catalog/index.ts";
import type { Money } from "../kernel/index.ts";
import type { Cart, ProfileState } from "../profiles/index.ts";
import {
  byTaste,
  isInCategory,
  linkedProducts,
  nextItems,
  type Proposal,
  popularNearby,
  propose,
  type Situation,
} from "./candidates.ts";
import { type Readiness, readinessOf } from "./model.ts";
import type { Reason, Strategy } from "./strategy.ts";
import type { UnitSettings } from "./unit.ts";

export type RecommendRequest = {
  readonly unit: UnitSettings;
  /** Null: nobody known; the answer is then the same for everybody. */
  readonly profile: ProfileState | null;
  /** SKUs that the page is about, oldest first: the product of a product page, the lines of a cart page. */
  readonly items: readonly string[];
  /** Default: the cart of the profile. */
  readonly cart: Cart | null;
  /** Category of a category page. */
  readonly categoryPath: string | null;
  /** SKUs shown elsewhere on the page. What is recommended here is added to it. */
  readonly seen: Set<string>;
  readonly nowMs: number;
};

/** A product as a unit shows it. */
export type RecommendedItem = {
  readonly sku: string;
  readonly name: string;
  readonly url: string;
  readonly image: string | null;
  readonly price: Money | null;
  readonly finalPrice: Money | null;
  readonly rating: { readonly average: number; readonly count: number } | null;
  /** Comparable within the strategy that proposed it only. */
  readonly score: number;
  readonly reasons: readonly Reason[];
  /** True when another strategy filled this place. */
  readonly isFallback: boolean;
};

export type Recommendation = {
  readonly items: readonly RecommendedItem[];
  /** The strategy that was asked for, or the first that filled in when it had nothing. */
  readonly strategyUsed: Strategy | "popular-nearby" | "next-items" | "taste" | "linked-products";
  readonly reasons: readonly Reason[];
  readonly readiness: Readiness;
};

type Rung = { readonly name: Recommendation["strategyUsed"]; readonly proposals: () => readonly Proposal[] };

const popularityStrategies: ReadonlySet<Strategy> = new Set([
  "most-viewed",
  "most-purchased",
  "most-added-to-cart",
  "view-to-cart-rate",
  "view-to-purchase-rate",
  "trending",
  "new-arrivals",
]);
const needsItem: ReadonlySet<Strategy> = new Set([
  "viewed-also-viewed",
  "viewed-then-bought",
  "bought-together",
  "more-like-this",
]);

/** The ladder of ranking.md 5.6: each rung fills what the ones above it left open. */
function ladder(strategy: Strategy, situation: Situation): readonly Rung[] {
  const rung = (name: Strategy): Rung => ({ name, proposals: () => propose(name, situation) });
  const personal: readonly Rung[] = needsItem.has(strategy)
    ? [{ name: "linked-products", proposals: () => linkedProducts(situation, strategy) }, rung("more-like-this")]
    : [
        { name: "next-items", proposals: () => nextItems(situation) },
        { name: "taste", proposals: () => byTaste(situation) },
      ];
  return [
    ...personal,
    { name: "popular-nearby", proposals: () => popularNearby(situation) },
    rung("most-viewed"),
    rung("trending"),
    rung("new-arrivals"),
  ];
}

function toCard(product: CatalogProduct, proposal: Proposal, isFallback: boolean): RecommendedItem {
  return {
    sku: product.sku,
    name: product.name,
    url: product.url,
    image: product.images[0] ?? null,
    price: product.price,
    finalPrice: product.finalPrice,
    rating: product.rating,
    score: Number(proposal.score.toPrecision(6)),
    reasons: isFallback
      ? [proposal.reason, { code: "fallback", text: "Fills a place that the unit's own strategy left open" }]
      : [proposal.reason],
    isFallback,
  };
}

function excludedBy(request: RecommendRequest, catalog: CatalogSnapshot): ReadonlySet<string> {
  const { unit, profile } = request;
  const cart = request.cart ?? profile?.cart ?? null;
  const skus = [
    ...request.items,
    ...(unit.excludeCart ? (cart?.items ?? []) : []).map(({ sku }) => sku),
    ...(unit.excludePurchased ? (profile?.orders ?? []) : [])
      .filter(({ status }) => status !== "cancelled")
      .flatMap(({ items }) => items.map(({ sku }) => sku)),
  ];
  return new Set(skus.flatMap((sku) => [sku, catalog.parentOf(sku)?.sku ?? sku]));
}

/** Chooses the products of one unit. Pure but for `seen`, which takes what was chosen. */
export function recommend(
  request: RecommendRequest,
  base: Pick<Situation, "model" | "catalog" | "similar" | "categoryRankings">,
): Recommendation {
  const { unit, seen, profile, nowMs } = request;
  const { catalog } = base;
  const { strategy } = unit;
  // On a cart page the products to start from are those of the cart.
  const isAboutCart = request.items.length === 0 && needsItem.has(strategy);
  const cart = request.cart ?? profile?.cart ?? null;
  const about = isAboutCart ? (cart?.items ?? []).map(({ sku }) => sku) : request.items;
  const items = [...new Set(about.flatMap((sku) => catalog.parentOf(sku)?.sku ?? []))];
  const categoryPath = unit.category ?? request.categoryPath;
  // A unit of popular things on a category page is about that category; others may lead out of it.
  const within = unit.category ?? (popularityStrategies.has(strategy) ? request.categoryPath : null);
  const situation: Situation = { ...base, items, profile, nowMs, categoryPath };
  const excluded = excludedBy(request, catalog);
  const chosen = new Map<string, RecommendedItem>();
  let strategyUsed: Recommendation["strategyUsed"] = strategy;

  const fill = ({ name, proposals }: Rung, isFallback: boolean) => {
    for (const proposal of proposals()) {
      if (chosen.size >= unit.limit) return;
      const product = catalog.parentOf(proposal.sku);
      if (!product || product.type === "variant" || product.visibility === "none" || !product.inStock) continue;
      if (chosen.has(product.sku) || seen.has(product.sku) || excluded.has(product.sku)) continue;
      if (within !== null && !isInCategory(product, within)) continue;
      if (chosen.size === 0) strategyUsed = name;
      chosen.set(product.sku, toCard(product, proposal, isFallback));
    }
  };

  fill({ name: strategy, proposals: () => propose(strategy, situation) }, false);
  if (unit.fallback) for (const rung of ladder(strategy, situation)) if (chosen.size < unit.limit) fill(rung, true);
  for (const sku of chosen.keys()) seen.add(sku);

  const readiness = readinessOf(base.model, strategy);
  const reasons: Reason[] = readiness.reasons.map((text) => ({
    code: "not_trained",
    text: `${strategy} has seen ${text}`,
  }));
  if (needsItem.has(strategy) && items.length === 0)
    reasons.push({ code: "no_item", text: `${strategy} needs a product to start from` });
  if (chosen.size === 0) reasons.push({ code: "empty", text: "No product may be shown here" });
  return { items: [...chosen.values()], strategyUsed, reasons, readiness };
}
