// The profile after one event. Pure: state and event in, new state out; arrival order may differ from event order.
import type { CatalogProduct } from "../catalog/index.ts";
import type { CanonicalEvent } from "../collect/index.ts";
import { isObject, type JsonValue } from "../kernel/index.ts";
import { addAffinity, affinityWeights } from "./affinity.ts";
import { type EventLine, readLines, readText } from "./event-lines.ts";
import { foldCart } from "./fold-cart.ts";
import { foldOrders, isOrderEvent } from "./fold-orders.ts";
import type { Attribute, Consent, ProfileState, Session } from "./profile.ts";

export type FoldContext = {
  /** The product an affinity counts for: the parent of a variant. */
  readonly parentOf: (sku: string) => CatalogProduct | undefined;
  /** Leaf times of the audiences after this event. */
  readonly applyLeaves: (leaves: ProfileState["leaves"], event: CanonicalEvent) => ProfileState["leaves"];
  /** Currency of amounts that name none. */
  readonly currency: string;
};

const sessionGapMs = 30 * 60_000;
const keptViewed = 50;
const keptSearches = 10;
const keptSessionSkus = 50;
const keptWishlist = 200;
const keptAttributes = 500;

const serverKinds = new Set<string>(["server", "connector", "history"]);
const cartTypes = new Set<string>([
  "openCart",
  "addToCart",
  "removeFromCart",
  "shoppingCartView",
  "startCheckout",
  "completeCheckout",
]);

function foldSession(session: Session | null, event: CanonicalEvent, skus: readonly string[]): Session {
  const named = readText(event.context["sessionId"], 64);
  const at = event.timestamp;
  const goesOn = session !== null && at - session.lastAt <= sessionGapMs && session.lastAt - at <= sessionGapMs;
  if (session === null || !goesOn) {
    // A late event of an earlier session does not end the present one.
    if (session !== null && at < session.startedAt) return session;
    return { id: named ?? `${event.messageId}`, startedAt: at, lastAt: at, skus: skus.slice(0, keptSessionSkus) };
  }
  const all =
    skus.length === 0
      ? session.skus
      : [...session.skus.filter((sku) => !skus.includes(sku)), ...skus].slice(-keptSessionSkus);
  return {
    id: named ?? session.id,
    startedAt: Math.min(session.startedAt, at),
    lastAt: Math.max(session.lastAt, at),
    skus: all,
  };
}

function foldViewed(viewed: ProfileState["viewed"], sku: string, at: number): ProfileState["viewed"] {
  const known = viewed.find((product) => product.sku === sku);
  const entry = { sku, at: Math.max(at, known?.at ?? 0), count: (known?.count ?? 0) + 1 };
  const rest = viewed.filter((product) => product.sku !== sku);
  const place = rest.findIndex((product) => product.at <= entry.at);
  const next = place < 0 ? [...rest, entry] : [...rest.slice(0, place), entry, ...rest.slice(place)];
  return next.slice(0, keptViewed);
}

function foldSearches(searches: ProfileState["searches"], event: CanonicalEvent): ProfileState["searches"] {
  const query = readText(event.properties["searchQuery"], 255)?.trim();
  if (!query) return searches;
  const others = searches.filter((term) => term.query.toLowerCase() !== query.toLowerCase());
  return [{ query, at: event.timestamp }, ...others].sort((a, b) => b.at - a.at).slice(0, keptSearches);
}

const maxAttributeBytes = 4_096;

/** Newest write of an attribute wins, by event time (merge policy `latest`). */
function foldAttributes(attributes: ProfileState["attributes"], event: CanonicalEvent): ProfileState["attributes"] {
  const { traits } = event.properties;
  if (!isObject(traits)) return attributes;
  const next: Record<string, Attribute> = { ...attributes };
  for (const [key, value] of Object.entries(traits as Record<string, JsonValue>)) {
    const name = toSnakeCase(key);
    const known = Object.hasOwn(next, name) ? next[name] : undefined;
    if (known && known.at > event.timestamp) continue;
    if (!known && Object.keys(next).length >= keptAttributes) break;
    if (JSON.stringify(value).length > maxAttributeBytes) continue;
    Object.defineProperty(next, name, {
      value: { value, at: event.timestamp, sourceId: event.sourceId },
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return next;
}

export function toSnakeCase(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .slice(0, 100);
}

function foldConsents(consents: ProfileState["consents"], event: CanonicalEvent): ProfileState["consents"] {
  const consent = event.context["consent"];
  const preferences = isObject(consent) ? consent["categoryPreferences"] : undefined;
  if (!isObject(preferences)) return consents;
  const next: Record<string, Consent> = { ...consents };
  for (const [category, granted] of Object.entries(preferences).slice(0, 50)) {
    if (typeof granted !== "boolean" || category === "__proto__") continue;
    const known = next[category];
    if (known && known.at > event.timestamp) continue;
    next[category] = { status: granted ? "granted" : "denied", at: event.timestamp, source: event.sourceId };
  }
  return next;
}

function foldWishlist(wishlist: readonly string[], event: CanonicalEvent, skus: readonly string[]): readonly string[] {
  const others = wishlist.filter((sku) => !skus.includes(sku));
  return event.type === "addToWishlist" ? [...others, ...skus].slice(-keptWishlist) : others;
}

function parentSkus(lines: readonly EventLine[], context: FoldContext): readonly string[] {
  return lines.map((line) => context.parentOf(line.sku)?.sku ?? line.parentSku ?? line.sku);
}

/** A first sight of an order counts for taste; its twin from the other source does not. */
function countsForTaste(state: ProfileState, event: CanonicalEvent): boolean {
  if (event.type !== "orderPlaced") return true;
  const orderId = readText(event.properties["orderId"], 128);
  const known = state.orders.find((order) => order.orderId === orderId);
  return !known || known.confirmedBy === "storefront";
}

/**
 * Folds one event into a profile.
 *
 * @returns a new state; the given one is never changed
 */
export function foldEvent(state: ProfileState, event: CanonicalEvent, context: FoldContext): ProfileState {
  const { type, timestamp } = event;
  const lines = readLines(event);
  const skus = lines.length === 0 ? [] : parentSkus(lines, context);
  const fromServer = serverKinds.has(event.sourceKind);
  const isInterest = type === "productPageView" || type === "addToCart";
  const session = fromServer ? state.session : foldSession(state.session, event, isInterest ? skus : []);
  const startsSession =
    session !== null &&
    session.startedAt !== state.session?.startedAt &&
    (state.session === null || session.startedAt > state.session.lastAt);

  let { affinity, viewed } = state;
  const weight = affinityWeights[type];
  if (weight !== undefined && countsForTaste(state, event)) {
    for (const line of lines) {
      const product = context.parentOf(line.sku);
      if (product) affinity = addAffinity(affinity, product, weight, timestamp);
    }
  }
  if (type === "productPageView") for (const sku of skus) viewed = foldViewed(viewed, sku, timestamp);
  const orders = isOrderEvent(type) ? foldOrders(state, event, context.currency) : state;
  const closesCart =
    type === "orderPlaced" &&
    event.sourceKind !== "history" &&
    state.cart !== null &&
    timestamp >= state.cart.updatedAt;
  return {
    attributes: "traits" in event.properties ? foldAttributes(state.attributes, event) : state.attributes,
    counters: {
      ...state.counters,
      [type]: (Object.hasOwn(state.counters, type) ? (state.counters[type] ?? 0) : 0) + 1,
    },
    firstSeenAt: Math.min(state.firstSeenAt, timestamp),
    lastSeenAt: Math.max(state.lastSeenAt, timestamp),
    session,
    sessionCount: state.sessionCount + (startsSession ? 1 : 0),
    viewed,
    searches: type === "searchRequestSent" ? foldSearches(state.searches, event) : state.searches,
    cart: cartTypes.has(type) ? foldCart(state.cart, event, context.currency) : closesCart ? null : state.cart,
    orders: orders.orders,
    ordersBefore: orders.ordersBefore,
    wishlist:
      type === "addToWishlist" || type === "removeFromWishlist"
        ? foldWishlist(state.wishlist, event, skus)
        : state.wishlist,
    affinity,
    consents: "consent" in event.context ? foldConsents(state.consents, event) : state.consents,
    leaves: context.applyLeaves(state.leaves, event),
    memberships: state.memberships,
  };
}
