// The common shape of everything that other systems hand over: a file row, a webhook, a row of a foreign database.
import type { TranslatedEvent } from "../../collect/index.ts";
import type { JsonObject } from "../../kernel/index.ts";

/** What a record is about. */
export type RecordKind = "customer" | "order" | "product" | "store" | "consent" | "loyalty" | "event";

export const recordKinds: readonly RecordKind[] = [
  "customer",
  "order",
  "product",
  "store",
  "consent",
  "loyalty",
  "event",
];

/** One object of a foreign system as it is now, in our vocabulary. */
export type SourceRecord = {
  readonly kind: RecordKind;
  /** Key in the foreign system, unique within kind and source. For orders the order number. */
  readonly externalId: string;
  /** When the foreign system changed it last, ISO 8601; the newer one of two records of one key wins. */
  readonly updatedAt?: string;
  readonly deleted?: boolean;
  /**
   * Orders: the order line of events.md 3.1. Customers, loyalty: the profile record of 1.5. Consents: `categories`.
   * Products: a row of the catalog import. Events: the native event of POST /v1/events.
   * Money is decimal text or a number in major units; times are ISO 8601.
   */
  readonly fields: JsonObject;
};

/** What the source says about every record of it. */
export type RecordFacts = {
  readonly sourceId: string;
  /** `history` never triggers a journey and may be as old as 1970. */
  readonly sourceKind: "connector" | "history";
  /** Person identifiers of the source are taken as proven. */
  readonly trusted: boolean;
  /** Namespace of the source's customer numbers: `user_id` for the main shop, `customer_id:<source>` for others. */
  readonly customerNamespace: string;
  /** ISO 4217; for amounts that name no currency. */
  readonly defaultCurrency: string;
  readonly defaultStoreView: string;
};

/** What the caller remembers of earlier records of the same key; everything absent = it remembers nothing. */
export type RecordMemory = {
  /** Whether a record of this key was taken before. Unknown: both the creation and the change are told. */
  readonly isKnown?: boolean;
  /** Parts that were told before (`RecordPart`); they are not told again. */
  readonly knownParts?: ReadonlySet<string>;
  /** Tells two states of one key apart where `updatedAt` does not, e.g. a hash of the content. */
  readonly version?: string;
  /** ISO 8601; stands for `updatedAt` where the record has none, or one that did not move although the content did. */
  readonly changedAt?: string;
};

export type RecordFault = { readonly path: string; readonly code: string; readonly message: string };

export type RecordResult =
  | {
      readonly ok: true;
      /** What happened, in order of time; each has a message id that depends on the record's content only. */
      readonly events: readonly TranslatedEvent[];
      /** For products: the row for the catalog. */
      readonly product?: JsonObject;
      /** Names of what `events` tell once and for all, e.g. `placed`, `refund:R-1`; give them back as `knownParts`. */
      readonly parts: readonly string[];
    }
  | { readonly ok: false; readonly faults: readonly RecordFault[] };
