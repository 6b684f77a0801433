import type { JsonValue } from "../kernel/index.ts";
import type { Sql } from "../storage/index.ts";
import type { CanonicalEvent } from "./event.ts";

/** Outcome of working out a batch in memory; nothing is written before `write` runs inside the batch's transaction. */
export type PreparedBatch = {
  /** Writes every effect. @returns false when another writer was faster: the transaction is rolled back and the batch repeated */
  readonly write: (tx: Sql) => Promise<boolean>;
  /** After the commit: caches take over the new state. */
  readonly committed: () => void;
  /** After a roll-back: caches forget what they assumed. */
  readonly abandoned: () => void;
  /** Events that may not be stored as they came: what is stored instead, null for nothing. */
  readonly replaced?: ReadonlyMap<CanonicalEvent, CanonicalEvent | null>;
  /** Events that follow from the batch (audience entered or left), for the event store. */
  readonly derived: readonly CanonicalEvent[];
  /** Identity changes for the event store's mapping, see measurement. */
  readonly links: readonly JsonValue[];
};

/** The steps of the event path joined by compose: identify, apply, re-evaluate audiences. */
export type PrepareBatch = (events: readonly CanonicalEvent[], batchId: string) => Promise<PreparedBatch>;

/** One export as the event store takes it: encoded events, and identity changes. */
export type ExportRows = { readonly encoded: readonly Buffer[]; readonly links: readonly JsonValue[] };

/** Where events go when they have been processed. */
export type EventSink = {
  /**
   * The events as rows of the event store: the same bytes whenever it is asked. A batch is encoded once, right after it was processed:
   * one buffer waits for its export in place of thousands of objects that the garbage collector would visit.
   */
  readonly encode: (events: readonly CanonicalEvent[]) => Buffer;
  /** Appends one export; a repeat of the token changes nothing. */
  readonly append: (rows: ExportRows, deduplicationToken: string) => Promise<void>;
};
