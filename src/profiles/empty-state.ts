import type { ProfileState } from "./profile.ts";

/** A person of whom nothing is known yet, first seen at `at`. */
export function emptyState(at: number): ProfileState {
  return {
    attributes: {},
    counters: {},
    firstSeenAt: at,
    lastSeenAt: at,
    session: null,
    sessionCount: 0,
    viewed: [],
    searches: [],
    cart: null,
    orders: [],
    ordersBefore: { count: 0, totalByCurrency: {} },
    wishlist: [],
    affinity: {},
    consents: {},
    leaves: {},
    memberships: {},
  };
}
