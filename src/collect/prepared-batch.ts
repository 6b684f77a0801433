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

/** Events of one export as the event store takes them. */
export type ExportRows = { readonly events: readonly CanonicalEvent[]; readonly links: readonly JsonValue[] };
export type ExportEvents = (rows: ExportRows, deduplicationToken: string) => Promise<void>;
