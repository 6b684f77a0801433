import { emptyState, type ProfileState } from "../profiles/index.ts";

/** What a client without a profile says of its shopper. Only products: nothing of it can be read back. */
export type GivenHistory = {
  /** Views, in any order; without a time the first is the newest. */
  readonly viewed?: readonly { readonly sku: string; readonly at?: number | null }[];
  readonly purchased?: readonly { readonly skus: readonly string[]; readonly at?: number | null }[];
  readonly cartSkus?: readonly string[];
};

const maxViewed = 50;
const maxOrders = 100;
const maxLines = 100;
const nothing = { minor: 0, currency: "USD" } as const;

function viewsOf(given: GivenHistory, nowMs: number): ProfileState["viewed"] {
  return (given.viewed ?? []).slice(0, 2 * maxViewed).map(({ sku, at }, back) => ({
    sku,
    at: Math.min(nowMs, at ?? nowMs - back * 1_000),
    count: 1,
  }));
}

function ordersOf(given: GivenHistory, nowMs: number): ProfileState["orders"] {
  return (given.purchased ?? []).slice(0, maxOrders).map(({ skus, at }, index) => ({
    orderId: `given ${index}`,
    placedAt: Math.min(nowMs, at ?? nowMs),
    status: "completed",
    total: nothing,
    refunded: nothing,
    items: skus.slice(0, maxLines).map((sku) => ({ sku, qty: 1, lineTotal: nothing })),
    confirmedBy: "storefront",
  }));
}

/** The shopper as we know them, and what the client says beside it. What we know of the cart wins. */
export function withHistory(profile: ProfileState | null, given: GivenHistory, nowMs: number): ProfileState | null {
  const views = viewsOf(given, nowMs);
  const orders = ordersOf(given, nowMs);
  const cartSkus = (given.cartSkus ?? []).slice(0, maxLines);
  if (views.length === 0 && orders.length === 0 && cartSkus.length === 0) return profile;
  const state = profile ?? emptyState(nowMs);
  const bySku = new Map<string, ProfileState["viewed"][number]>();
  for (const view of [...state.viewed, ...views]) {
    const known = bySku.get(view.sku);
    if (!known || known.at < view.at) bySku.set(view.sku, view);
  }
  const viewed = [...bySku.values()].sort((a, b) => b.at - a.at).slice(0, maxViewed);
  const givenCart = {
    cartId: null,
    items: cartSkus.map((sku) => ({ sku, qty: 1, lineTotal: nothing })),
    updatedAt: nowMs,
  };
  return {
    ...state,
    viewed,
    orders: [...state.orders, ...orders],
    cart: state.cart ?? (cartSkus.length > 0 ? givenCart : null),
  };
}
