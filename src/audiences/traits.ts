/** The standard commerce traits, computed from a profile's state when they are read; nothing here is stored. */
import type { Money } from "../kernel/index.ts";
import { affinityShares, type Order, type OwnedIdentifier, type ProfileState } from "../profiles/index.ts";

export type TraitOptions = {
  /** Currency of revenue traits. */
  readonly currency: string;
  /** Decides `is_registered`, `email` and `phone`; default none. */
  readonly identifiers?: readonly OwnedIdentifier[];
};

export type TraitInput = TraitOptions & { readonly state: ProfileState; readonly nowMs: number };

const dayMs = 86_400_000;
const keptSearches = 10;
const keptViews = 50;

function countedOrders({ state }: TraitInput): readonly Order[] {
  return state.orders.filter(({ status }) => status !== "cancelled");
}

function ordersCount(input: TraitInput): number {
  return countedOrders(input).length + input.state.ordersBefore.count;
}

/** Orders in other currencies are left out: there is no rate table to convert them with. */
function revenueNet(input: TraitInput): Money {
  const { currency, state } = input;
  const known = countedOrders(input).filter(({ total }) => total.currency === currency);
  const net = known.reduce((sum, { total, refunded }) => sum + total.minor - refundIn(refunded, currency), 0);
  return { minor: net + (state.ordersBefore.totalByCurrency[currency] ?? 0), currency };
}

function refundIn(refunded: Money, currency: string): number {
  return refunded.currency === currency ? refunded.minor : 0;
}

function averageOrder(input: TraitInput): Money | undefined {
  const count = ordersCount(input);
  if (count === 0) return undefined;
  return { minor: Math.round(revenueNet(input).minor / count), currency: input.currency };
}

function orderTimes(input: TraitInput): readonly number[] {
  return countedOrders(input).map(({ placedAt }) => placedAt);
}

function latest(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : Math.max(...times);
}

function earliest(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : Math.min(...times);
}

function daysBetweenOrders(input: TraitInput): number | undefined {
  const times = orderTimes(input);
  if (times.length < 2) return undefined;
  const span = Math.max(...times) - Math.min(...times);
  return Math.round((span / dayMs / (times.length - 1)) * 10) / 10;
}

function daysSinceLastOrder(input: TraitInput): number | undefined {
  const last = latest(orderTimes(input));
  return last === undefined ? undefined : Math.max(0, Math.floor((input.nowMs - last) / dayMs));
}

function itemsBought(input: TraitInput): number {
  return countedOrders(input).reduce((sum, { items }) => sum + items.reduce((inner, { qty }) => inner + qty, 0), 0);
}

/** Share of money that went back, 0..1. */
function returnsRate(input: TraitInput): number | undefined {
  const orders = countedOrders(input).filter(({ total }) => total.currency === input.currency);
  const total = orders.reduce((sum, order) => sum + order.total.minor, 0);
  if (total <= 0) return undefined;
  return orders.reduce((sum, { refunded }) => sum + refundIn(refunded, input.currency), 0) / total;
}

function couponsUsed(input: TraitInput): readonly string[] {
  return [...new Set(countedOrders(input).flatMap(({ coupon }) => (coupon === undefined ? [] : [coupon])))];
}

function favourite(attribute: string): (input: TraitInput) => string | undefined {
  return ({ state, nowMs }) => affinityShares(state.affinity[attribute], nowMs)[0]?.value;
}

/** The categories of the greatest affinity are roots; the favourite is the deepest one that still holds half of the best share. */
function favouriteCategory({ state, nowMs }: TraitInput): string | undefined {
  const shares = affinityShares(state.affinity["category"], nowMs);
  const best = shares[0]?.score ?? 0;
  return shares
    .filter(({ score }) => score >= best / 2)
    .reduce<string | undefined>((deepest, { value }) => (depth(value) > depth(deepest) ? value : deepest), undefined);
}

function depth(path: string | undefined): number {
  return path === undefined ? 0 : path.split("/").length;
}

/** Value of the cart in the given currency; lines in others are left out. */
export function cartTotal(state: ProfileState, currency: string): Money {
  const lines = state.cart?.items.filter(({ lineTotal }) => lineTotal.currency === currency) ?? [];
  return { minor: lines.reduce((sum, { lineTotal }) => sum + lineTotal.minor, 0), currency };
}

function openCart({ state, currency }: TraitInput): unknown {
  const { cart } = state;
  if (!cart || cart.items.length === 0) return undefined;
  const items = cart.items.reduce((sum, { qty }) => sum + qty, 0);
  return { cart_id: cart.cartId, value: cartTotal(state, currency), items, updated_at: cart.updatedAt };
}

function identifierOf(namespace: string): (input: TraitInput) => string | undefined {
  return ({ identifiers = [], nowMs }) =>
    identifiers.find((each) => each.namespace === namespace && (each.validTo === null || each.validTo > nowMs))?.value;
}

const registeredId = identifierOf("user_id");

/** Each trait by its key; undefined means that there is no value yet. */
export const traitReaders: Readonly<Record<string, (input: TraitInput) => unknown>> = {
  is_registered: (input) => registeredId(input) !== undefined,
  first_seen_at: ({ state }) => state.firstSeenAt,
  last_seen_at: ({ state }) => state.lastSeenAt,
  sessions: ({ state }) => state.sessionCount,
  orders_count: ordersCount,
  orders_revenue_net: revenueNet,
  aov: averageOrder,
  first_order_at: (input) => earliest(orderTimes(input)),
  last_order_at: (input) => latest(orderTimes(input)),
  days_since_last_order: daysSinceLastOrder,
  avg_days_between_orders: daysBetweenOrders,
  items_bought: itemsBought,
  returns_rate: returnsRate,
  favourite_category: favouriteCategory,
  favourite_brand: favourite("brand"),
  price_band: favourite("price_band"),
  last_search_terms: ({ state }) => state.searches.slice(0, keptSearches).map(({ query }) => query),
  last_viewed_products: ({ state }) => state.viewed.slice(0, keptViews).map(({ sku }) => sku),
  open_cart: openCart,
  wishlist: ({ state }) => state.wishlist,
  coupons_used: couponsUsed,
  counters: ({ state }) => state.counters,
  consents: ({ state }) => Object.fromEntries(Object.entries(state.consents).map(([key, { status }]) => [key, status])),
};

/** Traits that the shop's own write takes the place of. */
const fallbackReaders: Readonly<Record<string, (input: TraitInput) => unknown>> = {
  email: identifierOf("email"),
  phone: identifierOf("phone"),
};

const inputKey = Symbol("input");
const memoKey = Symbol("memo");
type LazyTraits = { [inputKey]: TraitInput; [memoKey]: Record<string, unknown> };

const lazyPrototype: object = Object.create(null);
for (const [key, read] of Object.entries(traitReaders)) {
  Object.defineProperty(lazyPrototype, key, {
    enumerable: true,
    get(this: LazyTraits) {
      const memo = this[memoKey];
      if (!(key in memo)) memo[key] = read(this[inputKey]);
      return memo[key];
    },
  });
}

/**
 * The traits of one profile as rules read them: written attributes at once, computed traits when first asked for.
 * Judging 200 audiences touches few of them, and summing orders for each profile of a batch would cost more than the rules.
 */
export function lazyTraits(input: TraitInput): Readonly<Record<string, unknown>> {
  const traits: Record<string, unknown> & Partial<LazyTraits> = Object.create(lazyPrototype);
  for (const [key, read] of Object.entries(fallbackReaders)) traits[key] = read(input);
  for (const key of Object.keys(input.state.attributes)) {
    if (!Object.hasOwn(traitReaders, key)) traits[key] = input.state.attributes[key]?.value;
  }
  traits[inputKey] = input;
  traits[memoKey] = Object.create(null);
  return traits;
}

/**
 * All traits of a profile: the standard ones and the written attributes by snake_case key. Absent ones are left out.
 *
 * @param nowMs traits that count days count up to here
 */
export function traitsOf(state: ProfileState, nowMs: number, options: TraitOptions): Readonly<Record<string, unknown>> {
  const input: TraitInput = { ...options, state, nowMs };
  const written = Object.entries(state.attributes).map(([key, { value }]) => [key, value] as const);
  const computed = Object.entries(traitReaders).map(([key, read]) => [key, read(input)] as const);
  const fallbacks = Object.entries(fallbackReaders).map(([key, read]) => [key, read(input)] as const);
  return Object.fromEntries([...fallbacks, ...written, ...computed].filter(([, value]) => value !== undefined));
}
