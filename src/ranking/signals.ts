// What everybody did, counted: per product, per query and product, per category and brand. Read from the stores every few minutes and
// held in memory; nothing here knows a person.

/** What happened to one product; sums decay by half every 7 days, views apart. */
export type ItemSignals = {
  readonly views1d: number;
  readonly views7d: number;
  readonly views28d: number;
  /** Impressions in lists, each by how likely its place is looked at. */
  readonly shown: number;
  readonly clicks: number;
  readonly carts: number;
  readonly orders: number;
  readonly returns: number;
};

/** One product for one query. */
export type QueryItemSignals = Pick<ItemSignals, "shown" | "clicks" | "carts" | "orders">;

export type QuerySignals = {
  readonly clicks: number;
  readonly items: ReadonlyMap<string, QueryItemSignals>;
};

export type ShopSignals = {
  readonly items: ReadonlyMap<string, ItemSignals>;
  /** By normalised query. */
  readonly queries: ReadonlyMap<string, QuerySignals>;
  /** Impressions in lists by exploration that each product has had. */
  readonly explored: ReadonlyMap<string, number>;
};

export const noSignals: ShopSignals = { items: new Map(), queries: new Map(), explored: new Map() };

const none: ItemSignals = {
  views1d: 0,
  views7d: 0,
  views28d: 0,
  shown: 0,
  clicks: 0,
  carts: 0,
  orders: 0,
  returns: 0,
};

export function signalsOf({ items }: ShopSignals, sku: string): ItemSignals {
  return items.get(sku) ?? none;
}

/** Clicks that the rate of the parents weighs as (ranking.md 4). */
export const priorClicks = 10;

/**
 * (a0 + clicks) / (a0 / r0 + shown): the own rate with much evidence, the parent's with little.
 *
 * @param parentRate r0, above 0
 */
export function smoothedRate(clicks: number, shown: number, parentRate: number, prior = priorClicks): number {
  const base = Math.max(1e-6, parentRate);
  return (prior + clicks) / (prior / base + shown);
}

/** (c − μ) / √(μ + 1): how far the last day is above an ordinary one (ranking.md 4). */
export function trendOf({ views1d, views28d }: ItemSignals): number {
  const usual = Math.max(0, views28d - views1d) / 27;
  return (views1d - usual) / Math.sqrt(usual + 1);
}

/** Clicks and impressions summed, with the rates that they make. */
export type Rates = { readonly click: number; readonly cart: number; readonly order: number };

type Sums = { shown: number; clicks: number; views: number; carts: number; orders: number };

const noSums = (): Sums => ({ shown: 0, clicks: 0, views: 0, carts: 0, orders: 0 });

function addSignals(sums: Sums, item: ItemSignals): void {
  sums.shown += item.shown;
  sums.clicks += item.clicks;
  sums.views += item.views28d;
  sums.carts += item.carts;
  sums.orders += item.orders;
}

/** Rates of a group, drawn to those of its parent. */
function ratesOf({ shown, clicks, views, carts, orders }: Sums, parent: Rates): Rates {
  return {
    click: smoothedRate(clicks, shown, parent.click),
    cart: smoothedRate(carts, views, parent.cart),
    order: smoothedRate(orders, carts, parent.order),
  };
}

/** Before a shop has seen anything. */
const usualRates: Rates = { click: 0.05, cart: 0.08, order: 0.3 };

export type RateTree = {
  /** Rates that a product of the brand and category is expected to have. */
  readonly expected: (brand: string, category: string) => Rates;
  /** Share of all list clicks and views that the brand, category or price band has. */
  readonly shareOf: (attribute: "brand" | "category", value: string) => number;
};

/**
 * Rates by brand × category, drawn to those of the category, drawn to those of the shop.
 *
 * @param placeOf brand and leaf category of a product; undefined when it is gone
 */
export function buildRates(
  { items }: Pick<ShopSignals, "items">,
  placeOf: (sku: string) => { readonly brand: string; readonly category: string } | undefined,
): RateTree {
  const shop = noSums();
  const byCategory = new Map<string, Sums>();
  const byBrand = new Map<string, Sums>();
  const byBoth = new Map<string, Sums>();
  const into = (map: Map<string, Sums>, key: string): Sums => {
    const sums = map.get(key) ?? noSums();
    map.set(key, sums);
    return sums;
  };
  for (const [sku, item] of items) {
    const place = placeOf(sku);
    if (!place) continue;
    addSignals(shop, item);
    addSignals(into(byCategory, place.category), item);
    addSignals(into(byBrand, place.brand), item);
    addSignals(into(byBoth, `${place.brand}\n${place.category}`), item);
  }
  const shopRates = ratesOf(shop, usualRates);
  const categoryRates = new Map([...byCategory].map(([key, sums]) => [key, ratesOf(sums, shopRates)]));
  const bothRates = new Map(
    [...byBoth].map(([key, sums]) => [
      key,
      ratesOf(sums, categoryRates.get(key.slice(key.indexOf("\n") + 1)) ?? shopRates),
    ]),
  );
  const total = Math.max(1, shop.views);
  return {
    expected: (brand, category) => bothRates.get(`${brand}\n${category}`) ?? categoryRates.get(category) ?? shopRates,
    shareOf: (attribute, value) => ((attribute === "brand" ? byBrand : byCategory).get(value)?.views ?? 0) / total,
  };
}
