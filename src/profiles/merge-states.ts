// Two profiles become one. Each event was folded into exactly one of them, so counters and scores add up to what a
// recount over both histories would give; lists are united and cut to their bounds.
import { mergeLeafRows } from "../kernel/rules/index.ts";
import { affinityHalfLifeMs } from "./affinity.ts";
import { keepNewest } from "./fold-orders.ts";
import type {
  Attribute,
  Cart,
  Consent,
  DecayedScore,
  Order,
  ProfileState,
  SearchTerm,
  ViewedProduct,
} from "./profile.ts";

const keptViewed = 50;
const keptSearches = 10;

function mergeRecords<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  combine: (x: T, y: T, key: string) => T,
): Readonly<Record<string, T>> {
  const merged: Record<string, T> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const known = Object.hasOwn(merged, key) ? merged[key] : undefined;
    merged[key] = known === undefined ? value : combine(known, value, key);
  }
  return merged;
}

function addScores(a: DecayedScore, b: DecayedScore): DecayedScore {
  const [older, newer] = a.at <= b.at ? [a, b] : [b, a];
  return { s: newer.s + older.s * 2 ** (-(newer.at - older.at) / affinityHalfLifeMs), at: newer.at };
}

function mergeViewed(a: readonly ViewedProduct[], b: readonly ViewedProduct[]): readonly ViewedProduct[] {
  const bySku = new Map<string, ViewedProduct>();
  for (const product of [...a, ...b]) {
    const known = bySku.get(product.sku);
    bySku.set(
      product.sku,
      known ? { sku: product.sku, at: Math.max(known.at, product.at), count: known.count + product.count } : product,
    );
  }
  return [...bySku.values()].sort((x, y) => y.at - x.at || (x.sku < y.sku ? -1 : 1)).slice(0, keptViewed);
}

function mergeSearches(a: readonly SearchTerm[], b: readonly SearchTerm[]): readonly SearchTerm[] {
  const byQuery = new Map<string, SearchTerm>();
  for (const term of [...a, ...b].sort((x, y) => x.at - y.at)) byQuery.set(term.query.toLowerCase(), term);
  return [...byQuery.values()].sort((x, y) => y.at - x.at).slice(0, keptSearches);
}

function mergeOrders(a: ProfileState, b: ProfileState): Pick<ProfileState, "orders" | "ordersBefore"> {
  const byId = new Map<string, Order>();
  for (const order of [...a.orders, ...b.orders]) {
    const known = byId.get(order.orderId);
    byId.set(
      order.orderId,
      !known || (known.confirmedBy === "storefront" && order.confirmedBy !== "storefront") ? order : known,
    );
  }
  return keepNewest([...byId.values()], {
    count: a.ordersBefore.count + b.ordersBefore.count,
    totalByCurrency: mergeRecords(a.ordersBefore.totalByCurrency, b.ordersBefore.totalByCurrency, (x, y) => x + y),
  });
}

// The cart touched last is the one the person goes on with.
function mergeCarts(a: Cart | null, b: Cart | null): Cart | null {
  if (!a || !b) return a ?? b;
  return a.updatedAt >= b.updatedAt ? a : b;
}

function newest<T extends Attribute | Consent>(x: T, y: T): T {
  return y.at > x.at ? y : x;
}

// Two decisions of the same instant: the more restrictive one holds (profiles-and-journeys G.2).
function mergeConsent(x: Consent, y: Consent): Consent {
  if (x.at === y.at) return x.status === "denied" ? x : y;
  return newest(x, y);
}

/** The state of the merged person; commutative but for exact ties of time. */
export function mergeStates(a: ProfileState, b: ProfileState): ProfileState {
  const aIsLater = (a.session?.lastAt ?? 0) >= (b.session?.lastAt ?? 0);
  return {
    attributes: mergeRecords(a.attributes, b.attributes, newest),
    counters: mergeRecords(a.counters, b.counters, (x, y) => x + y),
    firstSeenAt: Math.min(a.firstSeenAt, b.firstSeenAt),
    lastSeenAt: Math.max(a.lastSeenAt, b.lastSeenAt),
    session: aIsLater ? (a.session ?? b.session) : (b.session ?? a.session),
    sessionCount: a.sessionCount + b.sessionCount,
    viewed: mergeViewed(a.viewed, b.viewed),
    searches: mergeSearches(a.searches, b.searches),
    cart: mergeCarts(a.cart, b.cart),
    ...mergeOrders(a, b),
    wishlist: [...new Set([...a.wishlist, ...b.wishlist])],
    affinity: mergeRecords(a.affinity, b.affinity, (x, y) => mergeRecords(x, y, addScores)),
    consents: mergeRecords(a.consents, b.consents, mergeConsent),
    leaves: mergeRecords(a.leaves, b.leaves, (x, y, hash) => mergeLeafRows(hash, x, y)),
    memberships: mergeRecords(a.memberships, b.memberships, (x, y) => (x.since <= y.since ? x : y)),
  };
}
