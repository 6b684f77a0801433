import type { JsonObject } from "../kernel/index.ts";

/** One identifier of a person or device, after normalisation; namespaces are those of docs/terms.md. */
export type Identifier = { readonly namespace: string; readonly value: string };

/** How an event came in; decides trust, time correction and the Segment name table. */
export type SourceKind =
  | "native"
  | "edge"
  | "server"
  | "snowplow"
  | "segment"
  | "instantsearch"
  | "connector"
  | "history";

/** Why a value differs from what was sent. */
export type EventFlag =
  | "future_clamped"
  | "past_clamped"
  | "bad_timestamp"
  | "name_truncated"
  | "message_id_hashed"
  | "simulated"
  /** A value that stands for nobody was sent as an identifier; it is in `extra._blocked_identifiers`. */
  | "identifier_blocked"
  /** Payment card numbers were taken out of it. */
  | "card_number_removed"
  /** An identity token proved the customer id, and nothing else: the rest is a claim of the browser. Absent on native events. */
  | "customer_proven"
  /** Person and device were taken off because consent for analytics was denied. */
  | "no_consent";

/**
 * The one event shape of the product: every edge translates into it, every step reads it.
 *
 * Times are UTC milliseconds. `properties` and `context` keep unknown keys as they came.
 */
export type CanonicalEvent = {
  readonly messageId: string;
  readonly sourceId: string;
  readonly sourceKind: SourceKind;
  /** Canonical name, e.g. `addToCart`; equals `originalName` for names without a row in the name table. */
  readonly type: string;
  readonly originalName: string;
  readonly timestamp: number;
  readonly receivedAt: number;
  /** Strongest first. */
  readonly identifiers: readonly Identifier[];
  /**
   * True when the person identifiers were proven by a server's token or key, or the customer id by an identity token signed by the
   * shop; which of them, `isTrustedSource` tells.
   */
  readonly verified: boolean;
  readonly storeView: string;
  readonly properties: JsonObject;
  readonly context: JsonObject;
  /** Top-level fields that no rule of ours reads. */
  readonly extra: JsonObject;
  readonly flags: readonly EventFlag[];
};

/**
 * Whether everything an event says of its person is proven, because a trusted server said it. A browser that comes with an identity
 * token proves its customer id only.
 */
export function isTrustedSource({
  verified,
  sourceKind,
  flags = [],
}: Pick<CanonicalEvent, "verified" | "sourceKind"> & { readonly flags?: CanonicalEvent["flags"] }): boolean {
  return verified && sourceKind !== "native" && !flags.includes("customer_proven");
}
