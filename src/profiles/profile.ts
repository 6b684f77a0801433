import type { Identifier } from "../collect/index.ts";
import type { JsonValue, Money } from "../kernel/index.ts";
import type { TraitState } from "./trait-state.ts";

/**
 * Which of several writes of an attribute holds (profiles-and-journeys A.5). `latest` is the default. `sum`, `max` and `union`
 * (at most 500 values) go over what each source wrote last.
 */
export type MergePolicy =
  | "latest"
  | "oldest"
  | "non_empty"
  | "sum"
  | "max"
  | "union"
  | { readonly sourceOrder: readonly string[] };

/** What one source wrote. Writes of one instant are ordered by the time of receipt, then by message id. */
export type Fragment = {
  readonly value: JsonValue;
  readonly at: number;
  readonly receivedAt?: number;
  readonly messageId?: string;
};

/** A written attribute with its origin. */
export type Attribute = Fragment & {
  readonly sourceId: string;
  /** Absent = `latest`; kept with the attribute, so that two profiles merge without looking it up. */
  readonly policy?: MergePolicy;
  /** What each source wrote, when several did. */
  readonly fragments?: Readonly<Record<string, Fragment>>;
};

export type CartLine = {
  readonly sku: string;
  readonly parentSku?: string;
  readonly name?: string;
  readonly qty: number;
  readonly unitPrice?: Money;
  readonly lineTotal: Money;
};

/** Amounts and choices of a cart view, of a checkout, or of a call. */
export type CartTotals = {
  readonly subtotal?: Money;
  readonly subtotalWithDiscount?: Money;
  readonly subtotalInclTax?: Money;
  readonly grandTotal?: Money;
  readonly tax?: Money;
  readonly shipping?: Money;
  readonly storeCredit?: Money;
  readonly giftCard?: Money;
  readonly weight?: number;
  readonly shippingMethod?: string;
  readonly paymentMethod?: string;
  readonly country?: string;
  readonly region?: string;
  readonly postcode?: string;
  /** Codes that the shopper entered, as entered; at most 20. */
  readonly couponCodes?: readonly string[];
};

/**
 * One change of the cart: `set` replaces all lines (a cart view of the shop), `close` ends the cart (a purchase). `m` is the message
 * id, which orders changes of one instant.
 */
export type CartOperation = {
  readonly t: number;
  readonly m: string;
  readonly k: "open" | "add" | "remove" | "set" | "close";
  readonly c?: string;
  /** Lines as `[sku, qty, minor, currency, minor of the unit price, its currency, name, parentSku]`, without empty ends. */
  readonly l?: readonly (readonly (string | number | null)[])[];
  /** Of a `set`: what the shop says the cart comes to. */
  readonly a?: CartTotals;
};

export type Cart = {
  readonly cartId: string | null;
  readonly items: readonly CartLine[];
  readonly updatedAt: number;
  /** What the shop said the whole cart comes to; gone, but for the coupons, with the next line that is added or taken out. */
  readonly totals?: CartTotals;
};

export type OrderStatus = "placed" | "invoiced" | "shipped" | "completed" | "cancelled" | "closed";

export type OrderLine = {
  readonly sku: string;
  readonly parentSku?: string;
  readonly qty: number;
  readonly lineTotal: Money;
};

export type OrderOrigin = "storefront" | "history" | "back_office";
export type OrderAddress = {
  readonly city?: string;
  readonly region?: string;
  readonly postcode?: string;
  readonly country?: string;
};
/** Money given back; `minor` null = everything, or the price of `lines` (SKU and quantity) where those are named. */
export type Refund = {
  readonly minor: number | null;
  readonly currency: string;
  readonly at: number;
  readonly lines?: readonly (readonly [string, number])[];
};
export type OrderReturn = {
  /** When it was opened. */
  readonly at: number;
  readonly updatedAt: number;
  /** SKU and quantity. */
  readonly lines: readonly (readonly [string, number])[];
};
/** What of an order can come from different reports of it. */
export type OrderPart =
  | ("total" | "items" | "coupon" | "discount" | "channel" | "storeView")
  | ("shipping" | "billing" | "buyer");

/** Who spoke of an order: the shop's pages, the back office (its history too), or both. */
export type OrderVoice = "storefront" | "office" | "both";

/** Why two numbers are one order (events.md 2.5). */
export type JoinedOrder = {
  /** The storefront's number and environment; the order itself goes by the back office's. */
  readonly orderId: string;
  readonly environment?: string;
  /** Same environment, same amount, at most 30 minutes apart; and the same address, or just the same person. */
  readonly by: "email_amount_time" | "person_amount_time";
  readonly apartMs: number;
  /** What each side says by itself, back office first: one that changes is matched anew. */
  readonly sides: readonly [Order, Order];
};

export type Order = {
  readonly orderId: string;
  /** Number ranges of environments may overlap. */
  readonly environment?: string;
  readonly placedAt: number;
  readonly status: OrderStatus;
  /** When it reached the status; absent while it is just placed. */
  readonly statusAt?: number;
  readonly total: Money;
  /** No report named an amount: the total is 0 for want of anything better. */
  readonly withoutTotal?: true;
  /** Sum of the refunds in the order's currency, at most the total. */
  readonly refunded: Money;
  readonly items: readonly OrderLine[];
  /** `storefront` until the back office confirms it (events.md 3.3). */
  readonly confirmedBy: OrderOrigin;
  /** Version of the report that counts: when the order was last changed as its source says; default the time of the event. */
  readonly updatedAt?: number;
  readonly coupon?: string;
  /** Minor units of the total's currency. */
  readonly discount?: number;
  readonly channel?: string;
  /** Where it was placed. */
  readonly storeView?: string;
  readonly shipping?: OrderAddress;
  readonly billing?: OrderAddress;
  /** By refund id. */
  readonly refunds?: Readonly<Record<string, Refund>>;
  /** By return id. */
  readonly returns?: Readonly<Record<string, OrderReturn>>;
  /** Start of the SHA-256 of the buyer's address: tells whether two orders name the same one. */
  readonly buyer?: string;
  /** Absent = only who `confirmedBy` says. */
  readonly heardFrom?: OrderVoice;
  /** The amount of the oldest version, where later ones changed it; reports under different numbers are compared by it. */
  readonly firstTotal?: Money & { readonly at: number };
  /** Set when storefront and back office number the order differently. */
  readonly joined?: JoinedOrder;
  /** Parts that come from another report than the one that counts: its origin and version. */
  readonly from?: Readonly<Partial<Record<OrderPart, readonly [OrderOrigin, number]>>>;
};

/** Orders beyond the newest 100: sums, and what recognises them when they are reported again. */
export type OrdersBefore = {
  readonly count: number;
  readonly totalByCurrency: Readonly<Record<string, number>>;
  readonly items?: number;
  readonly firstAt?: number;
  readonly lastAt?: number;
  /** Hashes of their keys, ascending. */
  readonly seen?: readonly number[];
};

/**
 * A decayed score: value at `now` is `s · 2^(−(now − at)/halfLife)`, so that scores of different age compare without rewriting rows
 * (profiles-and-journeys B.3). The fold keeps plain numbers, all relative to one fixed instant: then sums do not depend on the order.
 */
export type DecayedScore = number | { readonly s: number; readonly at: number };

/** When a message was received, and the FNV-1a hash of its source and id. */
export type RecentMessage = readonly [receivedAt: number, hash: number];

/** When a product was last put into the cart. */
export type TouchedProduct = { readonly sku: string; readonly at: number };
/** The last word on a product of the wish list. */
export type WishlistEntry = { readonly sku: string; readonly at: number; readonly on: boolean };
/** Carried for rules and API, written by a model. */
export type Prediction = {
  readonly value: JsonValue;
  readonly model: string;
  readonly version: string;
  readonly computedAt: number;
  /** 0..1 */
  readonly confidence?: number;
};
/** Contact with the person outside the shop's pages. */
export type Engagement = {
  /** Triples of e-mails, ascending by time: time, 0 sent 1 delivered 2 opened 3 clicked, hash of the message. */
  readonly email: readonly number[];
  /** Opens, clicks and orders by hour of the day, UTC. */
  readonly hours: readonly number[];
  /** Events by channel they named. */
  readonly channels: Readonly<Record<string, number>>;
  /** Ascending times of visits to a store, at most 200. */
  readonly storeVisits: readonly number[];
};

export type ViewedProduct = { readonly sku: string; readonly at: number; readonly count: number };
export type SearchTerm = { readonly query: string; readonly at: number };
export type Session = { readonly startedAt: number; readonly lastAt: number };
/** One decision; see consent.ts for how decisions fold. */
export type Consent = {
  readonly status: "granted" | "denied";
  readonly at: number;
  readonly source: string;
  /** Which wording the person agreed to. */
  readonly textVersion?: string;
  /** End of a grant; default 24 months after `at`. */
  readonly expiresAt?: number;
  /** What shows that the decision was made, e.g. a TC string or the number of a form. */
  readonly proof?: string;
  /** When a browser first opted out for its owner by GPC or DNT. */
  readonly signalAt?: number;
  /** The explicit decision that such a signal stands against. */
  readonly overruled?: Consent;
};
export type Membership = { readonly since: number; readonly version: number };

/**
 * Everything the hot path knows of one person; one JSON document, folded from events. The same events give the same state in any
 * order of arrival, and in any split over profiles that merge later; the exceptions are in docs/manual/traits.md.
 */
export type ProfileState = {
  /** Layout of this document; see migrate-state.ts. */
  readonly v: 2;
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Number of events by canonical type. */
  readonly counters: Readonly<Record<string, number>>;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** The newest session. */
  readonly session: Session | null;
  /** Earlier sessions, ascending: start, end, start, end… */
  readonly sessions: readonly number[];
  /** Sessions too old to keep; the last of them ended at `until`. */
  readonly sessionsBefore: { readonly count: number; readonly until: number };
  /** All sessions there were. */
  readonly sessionCount: number;
  /** The newest sign-in; absent before the first one. */
  readonly signedInAt?: number;
  /** Store view → when the person was last seen there; absent in states of the time before it was kept. */
  readonly storeViews?: Readonly<Record<string, number>>;
  /** Newest first, at most 50. */
  readonly viewed: readonly ViewedProduct[];
  /** Newest first, at most 10. */
  readonly searches: readonly SearchTerm[];
  /** Newest first, at most 50. */
  readonly added: readonly TouchedProduct[];
  /** What `cartLog` amounts to. */
  readonly cart: Cart | null;
  /** Changes since the newest `set` or `close`, ascending, at most 200. */
  readonly cartLog: readonly CartOperation[];
  /** Newest first, at most 100; older ones live on in `ordersBefore`. */
  readonly orders: readonly Order[];
  readonly ordersBefore: OrdersBefore;
  /**
   * What is known of orders that nobody has placed yet, e.g. a refund that came before its order. At most 50. The order id ""
   * holds refunds that name no order.
   */
  readonly pendingOrders: readonly Order[];
  /** Products on the wish list, the newest last. */
  readonly wishlist: readonly string[];
  /** Newest first, at most 400; products that were taken off stay as such. */
  readonly wishlistLog: readonly WishlistEntry[];
  readonly wishlistSharedAt: number | null;
  readonly engagement: Engagement | null;
  /** attribute (`category`, `brand`, …) → value → score. */
  readonly affinity: Readonly<Record<string, Readonly<Record<string, DecayedScore>>>>;
  readonly consents: Readonly<Record<string, Consent>>;
  /** Audience leaf hash → ascending times of its matching events. */
  readonly leaves: Readonly<Record<string, readonly number[]>>;
  /** Audience id → membership. */
  readonly memberships: Readonly<Record<string, Membership>>;
  /** Account id → newest time at which somebody said that the person belongs to it; the newest twenty. Absent = none. */
  readonly accounts?: Readonly<Record<string, number>> | undefined;
  /** Audience id → when the person last left it; absent when that never was. Bounded by the audiences, which write it. */
  readonly exits?: Readonly<Record<string, number>> | undefined;
  /**
   * Messages folded lately, ascending: a call that carries an event which has come on another way too must not count it twice.
   * Absent in states of the time before it was kept.
   */
  readonly recent?: readonly RecentMessage[];
  /** Hash of a trait definition → what its value follows from. */
  readonly traits: Readonly<Record<string, TraitState>>;
  /** What models and batch queries say, by name: `clv_12m`, `churn_probability`… */
  readonly predictions: Readonly<Record<string, Prediction>>;
};

/** How an identifier came to the profile; a closed interval (`validTo`) keeps old events with their owner. */
export type OwnedIdentifier = Identifier & {
  readonly validFrom: number;
  readonly validTo: number | null;
  readonly verified: boolean;
};

export type Profile = {
  readonly profileId: string;
  readonly version: number;
  readonly createdAt: number;
  readonly identifiers: readonly OwnedIdentifier[];
  readonly state: ProfileState;
};
