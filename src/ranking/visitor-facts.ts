// What a profile says of a shopper, laid out for looking up products: long-term taste, this session's taste, and what they had in hand.
import { affinityShares, type ProfileState } from "../profiles/index.ts";
import type { ItemFacts } from "./item-facts.ts";

export type Taste = "brand" | "category" | "colour" | "size";

export type VisitorFacts = {
  /** Share of the long-term taste by value. */
  readonly taste: Readonly<Record<Taste, ReadonlyMap<string, number>>>;
  /** Signals that the long-term taste follows from. */
  readonly evidence: number;
  readonly session: SessionFacts;
  /** SKU → times seen. */
  readonly viewed: ReadonlyMap<string, number>;
  /** SKU → when it was last bought. */
  readonly bought: ReadonlyMap<string, number>;
  /** Brand → when something of it was last bought. */
  readonly brandBought: ReadonlyMap<string, number>;
  readonly carted: ReadonlySet<string>;
  readonly wished: ReadonlySet<string>;
  readonly sessions: number;
  readonly orders: number;
  /** Median price of what was bought; NaN without an order. */
  readonly boughtPrice: number;
};

export type SessionFacts = {
  /** Weight of what was seen and added lately, halving every 20 minutes. */
  readonly evidence: number;
  readonly taste: Readonly<Record<Taste, ReadonlyMap<string, number>>>;
  /** The last ten products seen. */
  readonly last: readonly ItemFacts[];
  /** Median price of them; NaN without one. */
  readonly medianPrice: number;
};

const sessionHalfLifeMs = 20 * 60_000;
/** What is older adds less than a thousandth. */
const sessionReachMs = 10 * sessionHalfLifeMs;
const addWeight = 4;
const lastViews = 10;

function valuesOf(item: ItemFacts, taste: Taste): readonly string[] {
  switch (taste) {
    case "brand":
      return item.brand === "" ? [] : [item.brand];
    case "category":
      return item.category === "" ? [] : [item.category];
    case "colour":
      return item.colours;
    case "size":
      return item.sizes;
  }
}

const tastes: readonly Taste[] = ["brand", "category", "colour", "size"];

export function medianOf(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

type Touched = { readonly sku: string; readonly at: number; readonly weight: number };
type ItemOf = (sku: string) => ItemFacts | undefined;

function readSession(
  touched: readonly Touched[],
  viewed: readonly string[],
  itemOf: ItemOf,
  nowMs: number,
): SessionFacts {
  const sums = new Map(tastes.map((taste) => [taste, new Map<string, number>()]));
  let evidence = 0;
  for (const { sku, at, weight } of touched) {
    const item = nowMs - at > sessionReachMs ? undefined : itemOf(sku);
    if (!item) continue;
    const decayed = weight * 2 ** (-Math.max(0, nowMs - at) / sessionHalfLifeMs);
    evidence += decayed;
    for (const [taste, values] of sums)
      for (const value of valuesOf(item, taste)) values.set(value, (values.get(value) ?? 0) + decayed);
  }
  const shares = (taste: Taste): ReadonlyMap<string, number> =>
    new Map([...(sums.get(taste) ?? [])].map(([value, sum]) => [value, evidence === 0 ? 0 : sum / evidence]));
  const last = viewed.slice(0, lastViews).flatMap((sku) => itemOf(sku) ?? []);
  return {
    evidence,
    taste: { brand: shares("brand"), category: shares("category"), colour: shares("colour"), size: shares("size") },
    last,
    medianPrice: medianOf(last.map(({ price }) => price)),
  };
}

/** Of a shopper without a profile, who told what they looked at. @param viewed SKUs, newest first */
export function sessionOnly(viewed: readonly string[], itemOf: ItemOf, nowMs: number): SessionFacts {
  return readSession(
    viewed.map((sku) => ({ sku, at: nowMs, weight: 1 })),
    viewed,
    itemOf,
    nowMs,
  );
}

function longTaste(state: ProfileState, attribute: string, nowMs: number): ReadonlyMap<string, number> {
  return new Map(
    affinityShares(state.affinity[attribute], nowMs).map(({ value, score }) => [
      attribute === "brand" || attribute === "category" ? value : value.toLowerCase(),
      score,
    ]),
  );
}

/** @param itemOf the product of a SKU, or the parent of a variant */
export function readVisitor(state: ProfileState, itemOf: ItemOf, nowMs: number): VisitorFacts {
  const bought = new Map<string, number>();
  const brandBought = new Map<string, number>();
  const prices: number[] = [];
  for (const order of state.orders)
    for (const line of order.items) {
      const item = itemOf(line.parentSku ?? line.sku);
      if (!item) continue;
      bought.set(item.sku, Math.max(bought.get(item.sku) ?? 0, order.placedAt));
      if (item.brand !== "") brandBought.set(item.brand, Math.max(brandBought.get(item.brand) ?? 0, order.placedAt));
      prices.push(item.price);
    }
  const { counters } = state;
  const touched = [
    ...state.viewed.map(({ sku, at }) => ({ sku, at, weight: 1 })),
    ...state.added.map(({ sku, at }) => ({ sku, at, weight: addWeight })),
  ];
  return {
    taste: {
      brand: longTaste(state, "brand", nowMs),
      category: longTaste(state, "category", nowMs),
      colour: longTaste(state, "attribute:color", nowMs),
      size: longTaste(state, "attribute:size", nowMs),
    },
    evidence: (counters["productPageView"] ?? 0) + addWeight * (counters["addToCart"] ?? 0),
    session: readSession(
      touched,
      state.viewed.map(({ sku }) => sku),
      itemOf,
      nowMs,
    ),
    viewed: new Map(state.viewed.map(({ sku, count }) => [sku, count])),
    bought,
    brandBought,
    carted: new Set((state.cart?.items ?? []).map(({ sku, parentSku }) => parentSku ?? sku)),
    wished: new Set(state.wishlist),
    sessions: state.sessionCount,
    orders: state.orders.length + state.ordersBefore.count,
    boughtPrice: medianOf(prices),
  };
}

/** Pseudo signals that the shop's own share of a value weighs as. */
const kappa = 5;

/**
 * How much of a shopper's taste a value has: long-term share and this session's, each drawn to the shop's share of the value, blended
 * by λ = n / (n + 3), n the session's signals (ranking.md 6.2).
 */
export function affinityOf(
  { taste, evidence, session }: Pick<VisitorFacts, "taste" | "evidence" | "session">,
  kind: Taste,
  value: string,
  shopShare: number,
): number {
  const long = ((taste[kind].get(value) ?? 0) * evidence + kappa * shopShare) / (evidence + kappa);
  const now =
    ((session.taste[kind].get(value) ?? 0) * session.evidence + kappa * shopShare) / (session.evidence + kappa);
  const lambda = session.evidence / (session.evidence + 3);
  return lambda * now + (1 - lambda) * long;
}
