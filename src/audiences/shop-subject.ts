import type { CatalogSnapshot } from "../catalog/index.ts";
import type { Collection, RuleObject, RuleSubject } from "../kernel/rules/index.ts";
import {
  type CoMembers,
  consentStatus,
  isUnconfirmed,
  type Order,
  type OwnedIdentifier,
  type ProfileState,
} from "../profiles/index.ts";
import { type MemberOptions, memberSubjects } from "./account-members.ts";
import { addressesOf } from "./address-book.ts";
import { cartFacts } from "./cart-facts.ts";
import { isGivenKey } from "./given-members.ts";
import { type FillOf, rowsOfLeaf } from "./leaf-state.ts";
import { unconfirmedFrom } from "./order-traits.ts";
import { productFacts } from "./product-facts.ts";
import { consentsChangeAt, lazyTraits, type TraitOptions } from "./traits.ts";

/** What of a profile the rules read. */
export type JudgedProfile = {
  readonly profileId: string;
  readonly state: ProfileState;
  readonly identifiers: readonly OwnedIdentifier[];
  readonly createdAt?: number;
  /** Members of its accounts, where they were loaded. */
  readonly coMembers?: CoMembers;
};

export type SubjectOptions = Pick<TraitOptions, "convert" | "timezone" | "defined"> &
  Pick<MemberOptions, "memberRows"> & {
    readonly nowMs: number;
    readonly currency: string;
    readonly catalog: CatalogSnapshot;
    /** Id of the audience behind a key or id. */
    readonly audienceId: (reference: string) => string | undefined;
    /** Default: the stored memberships. */
    readonly memberships?: ProfileState["memberships"];
    /** When the person last left an audience, by id; default: as stored. */
    readonly exitOf?: (audienceId: string) => number | undefined;
    /** Where the profile keeps the rows of a leaf; default: it keeps none. */
    readonly fillOf?: FillOf;
    /** State of leaves that the profile does not keep, for previews of rules that are not live. */
    readonly extraLeaves?: (leafHash: string) => readonly number[] | undefined;
    readonly context?: RuleObject;
    /** Whether one of these identifiers is in an uploaded list; default: there are no lists. */
    readonly isInList?: (reference: string, identifiers: readonly OwnedIdentifier[]) => boolean;
  };

const noTimes: readonly number[] = [];
const noElements: readonly RuleObject[] = [];
/** A visitor has an empty wish list, no orders and no addresses; traits such as `orders_count` know of guest orders. */
const ofCustomers: ReadonlySet<Collection> = new Set(["wishlist", "orders", "ordered", "addresses"]);

/** A profile as the subject of rules: traits, open cart, histories, memberships, consent. */
export function subjectOf(profile: JudgedProfile, options: SubjectOptions): RuleSubject {
  const { state } = profile;
  const {
    catalog,
    currency,
    audienceId,
    memberships = state.memberships,
    exitOf = (id) => state.exits?.[id],
  } = options;
  const lists = new Map<Collection, readonly RuleObject[]>();
  const { extraLeaves } = options;
  const traits = lazyTraits({
    state,
    nowMs: options.nowMs,
    currency,
    identifiers: profile.identifiers,
    convert: options.convert,
    timezone: options.timezone,
    defined: options.defined,
  });
  return {
    profile: traits,
    cart: cartFacts(state, currency),
    context: options.context,
    list: (of) => {
      const known = lists.get(of);
      if (known) return known;
      const isHidden = ofCustomers.has(of) && traits["is_registered"] !== true;
      const made = isHidden ? noElements : listOf(state, of, options.nowMs);
      lists.set(of, made);
      return made;
    },
    productOf: (sku) => productFacts(catalog, sku),
    eventTimes: (hash) => {
      const extra = extraLeaves?.(hash);
      if (extra) return extra;
      if (isGivenKey(hash)) return state.leaves[hash] ?? noTimes;
      const fill = options.fillOf?.(hash);
      return (fill && rowsOfLeaf(state.leaves, fill)) ?? noTimes;
    },
    member: (reference) => memberships[audienceId(reference) ?? reference],
    outsideSince: (reference) => exitOf(audienceId(reference) ?? reference) ?? profile.createdAt ?? state.firstSeenAt,
    consent: (category, channel) => {
      const status = consentStatus(state, category, channel, options.nowMs);
      return status === "unset" ? undefined : status;
    },
    consentChangesAt: () => consentsChangeAt({ state, nowMs: options.nowMs }),
    bucketValue: profile.profileId,
    inList: (reference) => options.isInList?.(reference, profile.identifiers) ?? false,
    session: state.session ?? undefined,
    accountMembers: () => memberSubjects(profile.coMembers, options),
  };
}

function listOf(state: ProfileState, of: Collection, nowMs: number): readonly RuleObject[] {
  switch (of) {
    case "cart":
      return cartLines(state);
    case "wishlist":
      return wishlistItems(state);
    case "viewed":
      return state.viewed;
    case "orders":
      return state.orders.map((order) => orderFacts(order, nowMs));
    case "ordered":
      return state.orders.flatMap((order) =>
        order.items.map((line) => ({ ...lineFacts(line, order.placedAt, order.storeView), status: order.status })),
      );
    case "addresses":
      return addressesOf(state);
    case "order":
    case "event":
      // Only an event in hand has these; a profile has none.
      return [];
  }
}

function cartLines({ cart, added }: ProfileState): readonly RuleObject[] {
  if (!cart) return noElements;
  return cart.items.map((line) => lineFacts(line, added.find(({ sku }) => sku === line.sku)?.at ?? cart.updatedAt));
}

function wishlistItems({ wishlist, wishlistLog }: ProfileState): readonly RuleObject[] {
  if (wishlist.length === 0) return noElements;
  const times = new Map(wishlistLog.map(({ sku, at }) => [sku, at]));
  return wishlist.map((sku) => ({ sku, at: times.get(sku) }));
}

/** @param at when it was put into the cart, or ordered */
function lineFacts(line: ProfileLine, at: number, storeView?: string): RuleObject {
  const { sku, parentSku, qty, lineTotal, unitPrice, name } = line;
  const facts = { sku, qty, row_total: lineTotal, price: unitPrice, name, store_view: storeView, at };
  // A condition holds for a variant when it holds for the variant or for the product that it belongs to.
  return parentSku === undefined || parentSku === sku ? facts : { ...facts, children: [{ ...facts, sku: parentSku }] };
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
    store_view: order.storeView,
    shipping: order.shipping,
    billing: order.billing,
    unconfirmed: isUnconfirmed(order, nowMs),
    unconfirmed_changes_at: unconfirmedFrom(order, nowMs),
  };
}
