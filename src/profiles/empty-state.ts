import type { ProfileState } from "./profile.ts";

/** A person of whom nothing is known yet, first seen at `at`. */
export function emptyState(at: number): ProfileState {
  return {
    v: 2,
    attributes: {},
    counters: {},
    firstSeenAt: at,
    lastSeenAt: at,
    session: null,
    sessions: [],
    sessionsBefore: { count: 0, until: 0 },
    sessionCount: 0,
    viewed: [],
    searches: [],
    added: [],
    cart: null,
    cartLog: [],
    orders: [],
    ordersBefore: { count: 0, totalByCurrency: {} },
    pendingOrders: [],
    wishlist: [],
    wishlistLog: [],
    wishlistSharedAt: null,
    engagement: null,
    affinity: {},
    consents: {},
    leaves: {},
    memberships: {},
    traits: {},
    predictions: {},
  };
}
