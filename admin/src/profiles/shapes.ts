import type { Json, JsonObject, Money } from "../api/shapes.ts";
import type { Consent } from "../privacy/shapes.ts";

type Instant = string | number;

export type ProfileSummary = {
  readonly profileId: string;
  readonly label: string;
  readonly identifiers: readonly { readonly namespace: string; readonly value: string }[];
  readonly lastSeenAt: Instant | null;
  readonly ordersCount: number;
  readonly revenue: Money | null;
  readonly audiences: number;
};

export type CartLine = {
  readonly sku: string;
  readonly name?: string;
  readonly qty: number;
  readonly lineTotal?: Money | null;
};

export type ProfileOrder = {
  readonly orderId: string;
  readonly placedAt: Instant;
  readonly status: string;
  readonly total: Money;
  readonly items: readonly CartLine[];
};

export type Membership = {
  readonly audienceId: string;
  readonly key: string;
  readonly name: string;
  readonly since: Instant | null;
};

/** An identifier and the time in which it is the person's. */
export type ProfileIdentifier = {
  readonly namespace: string;
  readonly value: string;
  readonly validFrom: Instant | null;
  readonly validTo: Instant | null;
  readonly verified: boolean;
};

/** A trait as a source or a person wrote it; null = removed. */
export type WrittenTrait = { readonly value: Json; readonly at: Instant; readonly sourceId: string };

export type ProfileDetail = {
  readonly profileId: string;
  readonly label: string;
  readonly createdAt: Instant;
  readonly lastSeenAt: Instant | null;
  readonly identifiers: readonly ProfileIdentifier[];
  readonly traits: JsonObject;
  /** Written traits by name; absent for those who may not see personal data. */
  readonly attributes?: Readonly<Record<string, WrittenTrait>>;
  readonly counters: Readonly<Record<string, number>>;
  readonly affinity: Readonly<Record<string, readonly { readonly value: string; readonly score: number }[]>>;
  readonly cart: { readonly items: readonly CartLine[]; readonly updatedAt: Instant } | null;
  readonly orders: readonly ProfileOrder[];
  readonly viewed: readonly { readonly sku: string; readonly at: Instant; readonly count?: number }[];
  readonly searches: readonly { readonly query: string; readonly at: Instant }[];
  readonly memberships: readonly Membership[];
  readonly consents: Readonly<Record<string, Consent>>;
  readonly mergedFrom: readonly string[];
};

export type TimelineEvent = {
  readonly eventId: string;
  readonly type: string;
  readonly originalName?: string;
  readonly ts: Instant;
  readonly source?: string;
  readonly properties?: JsonObject;
  readonly context?: JsonObject;
};

/** One decision of identity stitching. */
export type IdentityEntry = {
  readonly at: Instant;
  readonly action: string;
  readonly namespace: string | null;
  readonly value: string | null;
  readonly profileIds: readonly string[];
  readonly rule: string;
};
