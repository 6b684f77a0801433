import type { CatalogSnapshot } from "../catalog/index.ts";
import type { CanonicalEvent } from "../collect/index.ts";
import { isObject } from "../kernel/index.ts";
import type { Collection, RuleEvent, RuleObject, RuleSubject } from "../kernel/rules/index.ts";
import {
  consentStatus,
  isUnconfirmed,
  type Order,
  type OwnedIdentifier,
  type ProfileState,
} from "../profiles/index.ts";
import { productFacts } from "./product-facts.ts";
import { cartTotal, lazyTraits, type TraitOptions } from "./traits.ts";

/** What of a profile the rules read. */
export type JudgedProfile = {
  readonly profileId: string;
  readonly state: ProfileState;
  readonly identifiers: readonly OwnedIdentifier[];
  readonly createdAt?: number;
};

export type SubjectOptions = Pick<TraitOptions, "convert" | "timezone" | "defined"> & {
  readonly nowMs: number;
  readonly currency: string;
  readonly catalog: CatalogSnapshot;
  /** Id of the audience behind a key or id. */
  readonly audienceId: (reference: string) => string | undefined;
  /** Default: the stored memberships. */
  readonly memberships?: ProfileState["memberships"];
  /** State of leaves that the profile does not keep, for previews of rules that are not live. */
  readonly extraLeaves?: (leafHash: string) => readonly number[] | undefined;
  readonly context?: RuleObject;
};

const noTimes: readonly number[] = [];

/** A profile as the subject of rules: traits, open cart, histories, memberships, consent. */
export function subjectOf(profile: JudgedProfile, options: SubjectOptions): RuleSubject {
  const { state } = profile;
  const { catalog, currency, memberships = state.memberships } = options;
  const lists = new Map<Collection, readonly RuleObject[]>();
  const { extraLeaves } = options;
  return {
    profile: lazyTraits({
      state,
      nowMs: options.nowMs,
      currency,
      identifiers: profile.identifiers,
      convert: options.convert,
      timezone: options.timezone,
      defined: options.defined,
    }),
    cart: cartFacts(state, currency),
    context: options.context,
    list: (of) => {
      const known = lists.get(of);
      if (known) return known;
      const made = listOf(state, of, options.nowMs);
      lists.set(of, made);
      return made;
    },
    productOf: (sku) => productFacts(catalog, sku),
    eventTimes: (hash) => state.leaves[hash] ?? extraLeaves?.(hash) ?? noTimes,
    member: (reference) => memberships[options.audienceId(reference) ?? reference],
    outsideSince: () => profile.createdAt ?? state.firstSeenAt,
    consent: (category, channel) => {
      const status = consentStatus(state, category, channel, options.nowMs);
      return status === "unset" ? undefined : status;
    },
    bucketValue: profile.profileId,
    session: state.session ?? undefined,
  };
}

function cartFacts(state: ProfileState, currency: string): RuleObject | undefined {
  const { cart } = state;
  if (!cart) return undefined;
  const subtotal = cartTotal(state, currency);
  return {
    cart_id: cart.cartId,
    subtotal,
    grand_total: subtotal,
    total_qty: cart.items.reduce((sum, { qty }) => sum + qty, 0),
    line_count: cart.items.length,
    updated_at: cart.updatedAt,
  };
}

function listOf(state: ProfileState, of: Collection, nowMs: number): readonly RuleObject[] {
  switch (of) {
    case "cart":
      return state.cart?.items.map(lineFacts) ?? [];
    case "wishlist":
      return state.wishlist.map((sku) => ({ sku }));
    case "viewed":
      return state.viewed;
    case "orders":
      return state.orders.map((order) => orderFacts(order, nowMs));
    case "ordered":
      return state.orders.flatMap((order) =>
        order.items.map((line) => ({ ...lineFacts(line), at: order.placedAt, status: order.status })),
      );
    case "addresses": {
      const addresses = state.attributes["addresses"]?.value;
      return Array.isArray(addresses) ? addresses.filter(isObject) : [];
    }
    case "order":
    case "event":
      // Only an event in hand has these; a profile has none.
      return [];
  }
}

function lineFacts(line: ProfileLine): RuleObject {
  const { sku, qty, lineTotal, unitPrice, name } = line;
  return { sku, qty, row_total: lineTotal, price: unitPrice, name };
}

type ProfileLine = Order["items"][number] & { readonly unitPrice?: unknown; readonly name?: string };

function orderFacts(order: Order, nowMs: number): RuleObject {
  return {
    order_id: order.orderId,
    status: order.status,
    at: order.placedAt,
    grand_total: order.total,
    qty: order.items.reduce((sum, { qty }) => sum + qty, 0),
    coupon: order.coupon,
    channel: order.channel,
    shipping: order.shipping,
    billing: order.billing,
    unconfirmed: isUnconfirmed(order, nowMs),
  };
}

/** An event as event leaves read it. */
export function toRuleEvent(event: CanonicalEvent): RuleEvent {
  const { type, timestamp, sourceId, storeView, properties, context } = event;
  return { type, timestamp, source: sourceId, storeView, properties, context };
}
