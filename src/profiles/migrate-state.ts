import { rebaseAffinity } from "./affinity.ts";
import { emptyState } from "./empty-state.ts";
import { setLines } from "./fold-cart.ts";
import { sessionGapMs } from "./fold-sessions.ts";
import type { CartOperation, ProfileState } from "./profile.ts";

/** The layout before versions were counted; sessions were not kept, the cart and the wish list had no history. */
type FirstLayout = Pick<
  ProfileState,
  | "attributes"
  | "counters"
  | "firstSeenAt"
  | "lastSeenAt"
  | "session"
  | "sessionCount"
  | "viewed"
  | "searches"
  | "cart"
  | "orders"
  | "ordersBefore"
  | "wishlist"
  | "affinity"
  | "consents"
  | "leaves"
  | "memberships"
>;

function logOf({ cart }: FirstLayout): readonly CartOperation[] {
  return cart === null ? [] : [setLines(cart.updatedAt, "", cart.cartId, cart.items)];
}

/**
 * A stored state in the present layout. Earlier sessions are known by their number only, so that late events of their time start
 * none.
 */
export function migrateState(stored: ProfileState): ProfileState {
  if (stored.v === 2) return stored;
  // Written by the version before: everything but the new parts is there.
  const old: FirstLayout = stored;
  const earlier = Math.max(0, old.sessionCount - (old.session ? 1 : 0));
  const kept = old.wishlist.length;
  return {
    ...emptyState(old.firstSeenAt),
    ...old,
    v: 2,
    session: old.session && { startedAt: old.session.startedAt, lastAt: old.session.lastAt },
    sessionsBefore: {
      count: earlier,
      until: earlier === 0 ? 0 : (old.session?.startedAt ?? old.lastSeenAt) - 1 - sessionGapMs,
    },
    sessionCount: earlier + (old.session ? 1 : 0),
    cartLog: logOf(old),
    wishlistLog: old.wishlist.map((sku, place) => ({ sku, at: old.firstSeenAt - kept + place, on: true })).reverse(),
    affinity: rebaseAffinity(old.affinity),
  };
}
