import type { Person } from "../profiles/index.ts";
import type { Sql } from "../storage/index.ts";
import type { ErasureMode } from "./request.ts";

export type ErasureOf = { readonly person: Person; readonly mode: ErasureMode; readonly requestId: string };

/** Records that go by their age. */
export type ExpiringRecords = {
  /** How many are older than a time, UTC ms. */
  readonly count: (before: number) => Promise<number>;
  /** Deletes them. May be repeated. @returns rows deleted */
  readonly forget: (before: number) => Promise<number>;
};

/**
 * A capability that keeps something of persons. Tables that no participant names are found by their columns: see store-sweep.ts.
 */
export type PrivacyParticipant = {
  readonly name: string;
  /** PostgreSQL tables it answers for, in erasure and export; rewritten after an erasure so that no bytes stay. */
  readonly tables: readonly string[];
  /** Deletes in the transaction of the erasure. May be repeated. @returns rows deleted */
  readonly erase?: (tx: Sql, erasure: ErasureOf) => Promise<number>;
  /** Everything outside that transaction: event store, files, queues, other systems. May be repeated. @returns rows changed */
  readonly eraseElsewhere?: (erasure: ErasureOf) => Promise<number>;
  /** The person stays, and nothing may be told of them any more. May be repeated. */
  readonly suppressed?: (person: Person) => Promise<void>;
  /** Makes this process forget; called in every process, during an erasure and again at its end. */
  readonly forget?: (person: Person) => void;
  /** Logs of what was sent to persons: deleted after the period of the class `deliveries`. */
  readonly expires?: ExpiringRecords;
  /** Files of an export; rows are made as they are written. */
  readonly exports?: readonly { readonly file: string; readonly rows: (person: Person) => AsyncIterable<object> }[];
};
