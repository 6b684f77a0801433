// Two profiles become one. Each event was folded into exactly one of them, so that the union of what both know is what one fold over
// both histories gives.
import { mergeLeafRows } from "../kernel/rules/index.ts";
import { mergeAffinity } from "./affinity.ts";
import { mergeConsents } from "./consent.ts";
import { mergeAccounts } from "./fold-accounts.ts";
import { mergeAttribute } from "./fold-attributes.ts";
import { mergeCarts } from "./fold-cart.ts";
import { mergeEngagement } from "./fold-engagement.ts";
import { signedIn } from "./fold-event.ts";
import { mergeAdded, mergeSearches, mergeViewed } from "./fold-interests.ts";
import { mergeOrders } from "./fold-orders.ts";
import { mergeRecent } from "./fold-recent.ts";
import { mergeSessions } from "./fold-sessions.ts";
import { mergeStoreViews } from "./fold-store-views.ts";
import { followOrders, type TasteContext } from "./fold-taste.ts";
import { mergeWishlists } from "./fold-wishlist.ts";
import type { Membership, Prediction, ProfileState } from "./profile.ts";
import { mergeTraitStates } from "./trait-state.ts";

function mergeRecords<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  combine: (x: T, y: T, key: string) => T,
): Readonly<Record<string, T>> {
  const merged: Record<string, T> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const known = Object.hasOwn(merged, key) ? merged[key] : undefined;
    Object.defineProperty(merged, key, {
      value: known === undefined ? value : combine(known, value, key),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return merged;
}

function earlierMembership(x: Membership, y: Membership): Membership {
  if (x.since !== y.since) return x.since < y.since ? x : y;
  return x.version >= y.version ? x : y;
}

function newerPrediction(x: Prediction, y: Prediction): Prediction {
  if (x.computedAt !== y.computedAt) return x.computedAt > y.computedAt ? x : y;
  return JSON.stringify(x) >= JSON.stringify(y) ? x : y;
}

const nobodysProducts: TasteContext = { parentOf: () => undefined };

/**
 * The state of the merged person; commutative.
 *
 * @param context looks up the products of orders that both profiles knew of, so that they count once for taste; without it they
 * count twice
 */
export function mergeStates(a: ProfileState, b: ProfileState, context: TasteContext = nobodysProducts): ProfileState {
  const orders = mergeOrders(a, b);
  const both = { orders: [...a.orders, ...b.orders], pendingOrders: [...a.pendingOrders, ...b.pendingOrders] };
  return {
    v: 2,
    attributes: mergeRecords(a.attributes, b.attributes, mergeAttribute),
    counters: mergeRecords(a.counters, b.counters, (x, y) => x + y),
    firstSeenAt: Math.min(a.firstSeenAt, b.firstSeenAt),
    lastSeenAt: Math.max(a.lastSeenAt, b.lastSeenAt),
    ...mergeSessions(a, b),
    ...signedIn(a.signedInAt, b.signedInAt),
    ...mergeStoreViews(a.storeViews, b.storeViews),
    viewed: mergeViewed(a.viewed, b.viewed),
    searches: mergeSearches(a.searches, b.searches),
    added: mergeAdded(a.added, b.added),
    ...mergeCarts(a, b),
    orders: orders.orders,
    ordersBefore: orders.ordersBefore,
    pendingOrders: orders.pendingOrders,
    ...mergeWishlists(a, b),
    wishlistSharedAt:
      a.wishlistSharedAt === null || b.wishlistSharedAt === null
        ? (a.wishlistSharedAt ?? b.wishlistSharedAt)
        : Math.max(a.wishlistSharedAt, b.wishlistSharedAt),
    engagement: mergeEngagement(a.engagement, b.engagement),
    affinity: followOrders(mergeAffinity(a.affinity, b.affinity), both, orders, context),
    consents: mergeConsents(a.consents, b.consents),
    leaves: mergeRecords(a.leaves, b.leaves, (x, y, hash) => mergeLeafRows(hash, x, y)),
    memberships: mergeRecords(a.memberships, b.memberships, earlierMembership),
    accounts: mergeAccounts(a.accounts, b.accounts),
    exits: a.exits && b.exits ? mergeRecords(a.exits, b.exits, (x, y) => Math.max(x, y)) : (a.exits ?? b.exits),
    traits: mergeRecords(a.traits, b.traits, mergeTraitStates),
    predictions: mergeRecords(a.predictions, b.predictions, newerPrediction),
    ...mergeRecent(a.recent, b.recent),
  };
}
