import type { Identifier } from "../collect/index.ts";
import type { JsonValue, Money } from "../kernel/index.ts";

/** A written attribute with its origin, so that merges can be recomputed from fragments. */
export type Attribute = { readonly value: JsonValue; readonly at: number; readonly sourceId: string };

export type CartLine = {
  readonly sku: string;
  readonly parentSku?: string;
  readonly name?: string;
  readonly qty: number;
  readonly unitPrice?: Money;
  readonly lineTotal: Money;
};

export type Cart = { readonly cartId: string | null; readonly items: readonly CartLine[]; readonly updatedAt: number };

export type OrderStatus = "placed" | "invoiced" | "shipped" | "completed" | "cancelled" | "closed";

export type OrderLine = {
  readonly sku: string;
  readonly parentSku?: string;
  readonly qty: number;
  readonly lineTotal: Money;
};

export type Order = {
  readonly orderId: string;
  readonly placedAt: number;
  readonly status: OrderStatus;
  readonly total: Money;
  readonly refunded: Money;
  readonly items: readonly OrderLine[];
  /** `storefront` until the back office confirms it (events.md 3.3). */
  readonly confirmedBy: "storefront" | "history" | "back_office";
  readonly coupon?: string;
};

/**
 * A decayed score, stored as `s = S · 2^(t/halfLife)` relative to `at` so that scores of different age compare
 * without rewriting rows (profiles-and-journeys B.3). Value at `now`: `s · 2^(−(now − at)/halfLife)`.
 */
export type DecayedScore = { readonly s: number; readonly at: number };

export type ViewedProduct = { readonly sku: string; readonly at: number; readonly count: number };
export type SearchTerm = { readonly query: string; readonly at: number };
export type Session = {
  readonly id: string;
  readonly startedAt: number;
  readonly lastAt: number;
  readonly skus: readonly string[];
};
export type Consent = { readonly status: "granted" | "denied"; readonly at: number; readonly source: string };
export type Membership = { readonly since: number; readonly version: number };

/** Everything the hot path knows of one person; one JSON document, folded from events in order of arrival. */
export type ProfileState = {
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Number of events by canonical type. */
  readonly counters: Readonly<Record<string, number>>;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly session: Session | null;
  readonly sessionCount: number;
  /** Newest first, at most 50. */
  readonly viewed: readonly ViewedProduct[];
  /** Newest first, at most 10. */
  readonly searches: readonly SearchTerm[];
  readonly cart: Cart | null;
  /** Newest first, at most 100; older ones live on in `ordersBefore`. */
  readonly orders: readonly Order[];
  readonly ordersBefore: { readonly count: number; readonly totalByCurrency: Readonly<Record<string, number>> };
  readonly wishlist: readonly string[];
  /** attribute (`category`, `brand`, …) → value → score. */
  readonly affinity: Readonly<Record<string, Readonly<Record<string, DecayedScore>>>>;
  readonly consents: Readonly<Record<string, Consent>>;
  /** Audience leaf hash → ascending times of its matching events. */
  readonly leaves: Readonly<Record<string, readonly number[]>>;
  /** Audience id → membership. */
  readonly memberships: Readonly<Record<string, Membership>>;
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
