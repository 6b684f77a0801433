import { type CatalogProduct, type CatalogSnapshot, finalPriceAt, type ProductPrices } from "../catalog/index.ts";
import type { Money } from "../kernel/index.ts";
import type { Cart, ProfileState } from "../profiles/index.ts";
import { linkedProducts, namedByFilters, popularNearby, propose } from "./candidates.ts";
import { byTaste } from "./category-taste.ts";
import { createProductFilter, isWithin, needsAnchor, type ProductFilter } from "./filters.ts";
import { type Readiness, readinessOf } from "./model.ts";
import { nextItems } from "./next-strategy.ts";
import { lastPurchases, type Proposal, type Situation } from "./situation.ts";
import { type Reason, type Strategy, strategyFacts } from "./strategy.ts";
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
  /** Price of the product of the page as the client shows it; default: what it costs the shopper. */
  readonly currentPrice?: Money | null;
  /** What products cost the shopper, for what is shown and for filters by price; default: what the catalog says. */
  readonly prices?: ProductPrices | undefined;
  /** `next` may answer with SKUs that the catalog does not know, for a shop whose events came without a catalog. Default false. */
  readonly allowsUnlisted?: boolean;
  /** Also tell what was left out, and why. Default false. */
  readonly explain?: boolean;
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
  /** What proposed it. */
  readonly strategy: RungName;
};

export type RungName = Strategy | "popular-nearby" | "next-items" | "taste" | "linked-products" | "included";

/** A product that was proposed and not shown. */
export type LeftOut = { readonly sku: string; readonly strategy: RungName; readonly score: number } & {
  readonly because: Reason;
};

export type Recommendation = {
  readonly items: readonly RecommendedItem[];
  /** The strategy that was asked for, or the first that filled in when it had nothing. */
  readonly strategyUsed: RungName;
  readonly reasons: readonly Reason[];
  readonly readiness: Readiness;
  /** The strongest of what was left out, at most 200; only when asked for. */
  readonly leftOut?: readonly LeftOut[];
};

type Rung = { readonly name: RungName; readonly proposals: () => Iterable<Proposal> };

const maxLeftOut = 200;
/** Of one list; filters that let less than one in a thousand through are served by what they name. Takes about 3 ms. */
const maxLooked = 20_000;

/** The ladder of ranking.md 5.6: each rung fills what the ones above it left open. */
function ladder({ strategy, filters }: UnitSettings, situation: Situation): readonly Rung[] {
  const rung = (name: Strategy): Rung => ({ name, proposals: () => propose(name, situation) });
  const personal: readonly Rung[] = strategyFacts[strategy].needsItem
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
    { name: "included", proposals: () => namedByFilters(filters, situation) },
  ];
}

function toCard(
  sku: string,
  product: CatalogProduct | undefined,
  proposal: Proposal,
  strategy: RungName,
  isFallback: boolean,
  prices: ProductPrices | undefined,
): RecommendedItem {
  return {
    sku,
    name: product?.name ?? sku,
    url: product?.url ?? "",
    image: product?.images[0] ?? null,
    price: product?.price ?? null,
    finalPrice: (product && finalPriceAt(product, prices)) ?? null,
    rating: product?.rating ?? null,
    score: Number(proposal.score.toPrecision(6)),
    reasons: isFallback
      ? [proposal.reason, { code: "fallback", text: "Fills a place that the unit's own strategy left open" }]
      : [proposal.reason],
    isFallback,
    strategy,
  };
}

/** Who goes on to what they have seen stays with the running session, except where the page shows it already. */
function itemsOfPage({ unit, items }: RecommendRequest): readonly string[] {
  if (unit.strategy !== "next" || unit.pageType === "Cart" || unit.pageType === "Checkout") return items;
  return unit.pageType === "Product" ? items.slice(-1) : [];
}

/** What must not be shown, each with the reason; parents and variants stand for each other. */
function excludedBy(request: RecommendRequest, situation: Situation): ReadonlyMap<string, Reason> {
  const { unit, profile, nowMs } = request;
  const { catalog, model } = situation;
  const excluded = new Map<string, Reason>();
  const put = (skus: Iterable<string>, reason: Reason) => {
    for (const sku of skus) {
      excluded.set(sku, reason);
      excluded.set(catalog.parentOf(sku)?.sku ?? sku, reason);
    }
  };
  if (unit.excludePurchased && !strategyFacts[unit.strategy].keepsPurchased) {
    const reason = { code: "purchased", text: "The shopper has it already" };
    const bought = [...lastPurchases(profile, catalog.parentOf)];
    put(
      bought.filter(([sku, at]) => !model.repurchase.isDue(sku, at, catalog, nowMs)).map(([sku]) => sku),
      reason,
    );
  }
  const cart = request.cart ?? profile?.cart ?? null;
  if (unit.excludeCart)
    put(
      (cart?.items ?? []).map(({ sku }) => sku),
      { code: "in_cart", text: "It is in the cart" },
    );
  put(itemsOfPage(request), { code: "on_page", text: "The page is about it" });
  return excluded;
}

type Gate = (sku: string, product: CatalogProduct | undefined) => Reason | null;

/** Joins everything that may keep a product out, cheapest question first. */
function gateOf(
  request: RecommendRequest,
  situation: Situation,
  within: string | null,
  filter: ProductFilter,
  isUnlistedAllowed: boolean,
): Gate {
  const excluded = excludedBy(request, situation);
  return (sku, product) => {
    const known = excluded.get(sku);
    if (known) return known;
    if (request.seen.has(sku)) return { code: "seen", text: "Shown elsewhere on the page" };
    if (!product) return isUnlistedAllowed ? null : { code: "unknown", text: "The catalog does not know it" };
    if (product.type === "variant" || product.visibility === "none")
      return { code: "hidden", text: "Not visible by itself" };
    if (!product.inStock && !request.unit.showOutOfStock) return { code: "out_of_stock", text: "Out of stock" };
    if (within !== null && !isWithin(product, within)) return { code: "category", text: `Not in ${within}` };
    return filter(product);
  };
}

/** Products that the page is about: as given, else the lines of the cart for a strategy that starts from products. */
function aboutOf(request: RecommendRequest): readonly string[] {
  if (request.items.length > 0 || !strategyFacts[request.unit.strategy].needsItem) return request.items;
  const cart = request.cart ?? request.profile?.cart ?? null;
  return (cart?.items ?? []).map(({ sku }) => sku);
}

function anchorOf(request: RecommendRequest, catalog: CatalogSnapshot, items: readonly string[]): Money | null {
  if (request.currentPrice) return request.currentPrice;
  const product = catalog.get(items.at(-1) ?? "");
  return (product && finalPriceAt(product, request.prices)) ?? null;
}

/** True for products of a log that came without a catalog: of none that the session names the catalog knows anything. */
function isOutsideCatalog({ items }: RecommendRequest, catalog: CatalogSnapshot): boolean {
  return catalog.products.size === 0 || (items.length > 0 && items.every((sku) => catalog.get(sku) === undefined));
}

/** Chooses the products of one unit. Pure but for `seen`, which takes what was chosen. */
export function recommend(
  request: RecommendRequest,
  base: Pick<Situation, "model" | "catalog" | "similar" | "categoryRankings">,
): Recommendation {
  const { unit, seen, profile, nowMs } = request;
  const { catalog } = base;
  const { strategy } = unit;
  const facts = strategyFacts[strategy];
  const about = aboutOf(request);
  const items = [...new Set(about.flatMap((sku) => catalog.parentOf(sku)?.sku ?? []))];
  const categoryPath = unit.category ?? request.categoryPath;
  // A unit of popular things on a category page is about that category; others may lead out of it.
  const within = unit.category ?? (facts.isPopular ? request.categoryPath : null);
  const steps = about.map((sku) => catalog.parentOf(sku)?.sku ?? sku);
  const situation: Situation = { ...base, items, steps, profile, nowMs, categoryPath };
  const anchor = anchorOf(request, catalog, items);
  const categoryPaths = request.categoryPath
    ? [request.categoryPath]
    : items.flatMap((sku) => catalog.get(sku)?.categories ?? []);
  const filter = createProductFilter(unit.filters, { categoryPaths, anchor, prices: request.prices });
  const isUnlistedAllowed = request.allowsUnlisted === true && isOutsideCatalog(request, catalog);
  const gate = gateOf(request, situation, within, filter, isUnlistedAllowed);

  const chosen = new Map<string, RecommendedItem>();
  const leftOut: LeftOut[] = [];
  let strategyUsed: RungName = strategy;
  const fill = ({ name, proposals }: Rung, isFallback: boolean) => {
    let looked = 0;
    for (const proposal of proposals()) {
      looked += 1;
      if (chosen.size >= unit.limit || looked > maxLooked) return;
      const product = catalog.parentOf(proposal.sku);
      const sku = product?.sku ?? proposal.sku;
      if (chosen.has(sku)) continue;
      const because = gate(sku, product);
      if (because) {
        if (request.explain && leftOut.length < maxLeftOut)
          leftOut.push({ sku, strategy: name, score: proposal.score, because });
        continue;
      }
      if (chosen.size === 0) strategyUsed = name;
      chosen.set(sku, toCard(sku, product, proposal, name, isFallback, request.prices));
    }
  };

  const lacksAnchor = needsAnchor(unit.filters) && anchor === null;
  if (!lacksAnchor) {
    fill({ name: strategy, proposals: () => propose(strategy, situation) }, false);
    if (unit.fallback && facts.isFillable)
      for (const rung of ladder(unit, situation)) if (chosen.size < unit.limit) fill(rung, true);
  }
  for (const sku of chosen.keys()) seen.add(sku);

  const readiness = readinessOf(base.model, strategy);
  const reasons: Reason[] = readiness.reasons.map((text) => ({
    code: "not_trained",
    text: `${strategy} has seen ${text}`,
  }));
  if (facts.needsItem && items.length === 0)
    reasons.push({ code: "no_item", text: `${strategy} needs a product to start from` });
  if (lacksAnchor)
    reasons.push({ code: "no_price", text: "The unit compares prices, and the product of the page has none" });
  if (chosen.size === 0) reasons.push({ code: "empty", text: "No product may be shown here" });
  return {
    items: [...chosen.values()],
    strategyUsed,
    reasons,
    readiness,
    ...(request.explain ? { leftOut } : {}),
  };
}
