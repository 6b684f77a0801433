// The profile after one event. Pure: state and event in, new state out. Events may arrive in any order: each part of the state is
// folded so that the order does not matter.
import { type CanonicalEvent, isTrustedSource } from "../collect/index.ts";
import { addAffinity, affinityWeights } from "./affinity.ts";
import { foldConsents } from "./consent.ts";
import { type EventLine, readLines } from "./event-lines.ts";
import { foldAccounts } from "./fold-accounts.ts";
import { foldAttributes } from "./fold-attributes.ts";
import { foldCart, isCartEvent } from "./fold-cart.ts";
import { foldEngagement } from "./fold-engagement.ts";
import { foldAdded, foldSearches, foldViewed } from "./fold-interests.ts";
import { foldOrders, isOrderEvent } from "./fold-orders.ts";
import { foldRecent } from "./fold-recent.ts";
import { foldSession } from "./fold-sessions.ts";
import { foldStoreViews } from "./fold-store-views.ts";
import { followOrders, type TasteContext } from "./fold-taste.ts";
import { foldWishlist } from "./fold-wishlist.ts";
import type { MergePolicy, ProfileState } from "./profile.ts";

export type FoldContext = TasteContext & {
  /** Leaf times of the audiences after this event. */
  readonly applyLeaves: (leaves: ProfileState["leaves"], event: CanonicalEvent) => ProfileState["leaves"];
  /** What the values of defined traits follow from, after this event. Default: nothing is kept. */
  readonly applyTraits?:
    | ((traits: ProfileState["traits"], event: CanonicalEvent) => ProfileState["traits"])
    | undefined;
  /** Merge policy of an attribute; default `latest`. */
  readonly policyOf?: ((attribute: string) => MergePolicy | undefined) | undefined;
  /** Currency of amounts that name none. */
  readonly currency: string;
};

const keptCounters = 500;
const otherTypes = "other";

const serverKinds = new Set<string>(["server", "connector", "history"]);

function countType(counters: ProfileState["counters"], type: string): ProfileState["counters"] {
  if (Object.hasOwn(counters, type)) return { ...counters, [type]: (counters[type] ?? 0) + 1 };
  // Names come from outside: after five hundred different ones a profile stops telling them apart.
  const key = Object.keys(counters).length < keptCounters ? type : otherTypes;
  const known = Object.hasOwn(counters, key) ? (counters[key] ?? 0) : 0;
  return { ...counters, [key]: known + 1 };
}

/** The newer of two sign-ins, either of which may not have been. */
export function signedIn(a: number | undefined, b: number | undefined): Pick<ProfileState, "signedInAt"> {
  const at = a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
  return at === undefined ? {} : { signedInAt: at };
}

function parentSku(line: EventLine, context: FoldContext): string {
  return context.parentOf(line.sku)?.sku ?? line.parentSku ?? line.sku;
}

/**
 * Folds one event into a profile.
 *
 * @returns a new state; the given one is never changed
 */
export function foldEvent(state: ProfileState, event: CanonicalEvent, context: FoldContext): ProfileState {
  const { type, timestamp, properties } = event;
  const lines = readLines(event);
  const skus = lines.length === 0 ? [] : lines.map((line) => parentSku(line, context));
  const isShopper = !serverKinds.has(event.sourceKind);
  // A trusted server speaks of a person who may be nowhere near the shop, whichever protocol it speaks.
  const visit = isShopper && !isTrustedSource(event) ? foldSession(state, timestamp) : state;
  let { viewed, added } = state;
  if (type === "productPageView") for (const sku of skus) viewed = foldViewed(viewed, sku, timestamp);
  else if (type === "addToCart" && isShopper) for (const sku of skus) added = foldAdded(added, sku, timestamp);
  const cart = isCartEvent(type) ? foldCart(state, event, context.currency) : state;
  const wishlist =
    type === "addToWishlist" || type === "removeFromWishlist"
      ? foldWishlist(state, skus, timestamp, type === "addToWishlist")
      : state;
  const orders = isOrderEvent(type) ? foldOrders(state, event, context.currency) : state;
  let { affinity } = state;
  const weight = affinityWeights[type];
  if (weight !== undefined) {
    const products = lines.flatMap(({ sku }) => context.parentOf(sku) ?? []);
    affinity = addAffinity(affinity, products, weight, timestamp, context.tasteAttributes);
  }
  if (orders !== state) affinity = followOrders(affinity, state, orders, context);
  return {
    v: 2,
    // Traits of a group call are the company's.
    attributes:
      "traits" in properties && type !== "group"
        ? foldAttributes(state.attributes, event, context.policyOf)
        : state.attributes,
    counters: countType(state.counters, type),
    firstSeenAt: Math.min(state.firstSeenAt, timestamp),
    lastSeenAt: Math.max(state.lastSeenAt, timestamp),
    session: visit.session,
    sessions: visit.sessions,
    sessionsBefore: visit.sessionsBefore,
    sessionCount: visit.sessionCount,
    ...signedIn(type === "signIn" ? timestamp : undefined, state.signedInAt),
    storeViews: foldStoreViews(state.storeViews, event.storeView, timestamp),
    viewed,
    searches:
      type === "searchRequestSent"
        ? foldSearches(state.searches, properties["searchQuery"], timestamp)
        : state.searches,
    added,
    cart: cart.cart,
    cartLog: cart.cartLog,
    orders: orders.orders,
    ordersBefore: orders.ordersBefore,
    pendingOrders: orders.pendingOrders,
    wishlist: wishlist.wishlist,
    wishlistLog: wishlist.wishlistLog,
    wishlistSharedAt:
      type === "shareWishlist" ? Math.max(state.wishlistSharedAt ?? timestamp, timestamp) : state.wishlistSharedAt,
    engagement: foldEngagement(state.engagement, event),
    affinity,
    consents: foldConsents(state.consents, event),
    leaves: context.applyLeaves(state.leaves, event),
    memberships: state.memberships,
    exits: state.exits,
    accounts: type === "group" ? foldAccounts(state.accounts, properties["groupId"], timestamp) : state.accounts,
    traits: context.applyTraits ? context.applyTraits(state.traits, event) : state.traits,
    predictions: state.predictions,
    recent: foldRecent(state.recent, event),
  };
}
