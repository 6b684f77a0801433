import type { JsonValue } from "../kernel/index.ts";
import type { Postgres, Sql } from "../storage/index.ts";
import type { CanonicalEvent } from "./event.ts";

export type InboxRow = { readonly inboxId: number; readonly payload: Buffer | null };

/** What the exporter needs to send one processed batch again after a crash. */
export type BatchRow = {
  readonly batchId: string;
  readonly exportId: string | null;
  readonly dropped: readonly (readonly [number, number])[];
  readonly links: readonly JsonValue[];
  readonly derived: readonly CanonicalEvent[];
};

export type DeadLetter = {
  readonly id: string;
  readonly at: number;
  readonly sourceId: string;
  readonly sourceKind: string;
  readonly code: string;
  readonly message: string;
  readonly payload: JsonValue;
  readonly verified: boolean;
  readonly replayedAt: number | null;
};

/** Which letters; what is not named does not matter. */
export type DeadLetterFilter = {
  readonly sourceId?: string | undefined;
  readonly code?: string | undefined;
  /** Only those that were not replayed. */
  readonly isOpen?: boolean | undefined;
};

type DeadLetterRow = {
  dead_letter_id: string;
  at: Date;
  source_id: string;
  source_kind: string;
  code: string;
  message: string;
  payload: JsonValue;
  verified: boolean;
  replayed_at: Date | null;
};

const toDeadLetter = (row: DeadLetterRow): DeadLetter => ({
  id: row.dead_letter_id,
  at: row.at.getTime(),
  sourceId: row.source_id,
  sourceKind: row.source_kind,
  code: row.code,
  message: row.message,
  payload: row.payload,
  verified: row.verified,
  replayedAt: row.replayed_at?.getTime() ?? null,
});

const uniqueViolation = "23505";
const deadLetterColumns = "dead_letter_id, at, source_id, source_kind, code, message, payload, verified, replayed_at";

/** All PostgreSQL of the event path. Functions with a `tx` run inside the caller's transaction. */
export type CollectStore = ReturnType<typeof createCollectStore>;

export function createCollectStore(postgres: Postgres) {
  return {
    async appendInbox(receivedAt: number, eventCount: number, payload: Buffer): Promise<number> {
      const { rows } = await postgres.query<{ inbox_id: number }>(
        "insert into inbox (received_at, event_count, payload) values (to_timestamp($1::double precision / 1000), $2, $3) returning inbox_id",
        [receivedAt, eventCount, payload],
      );
      return Number(rows[0]?.inbox_id);
    },

    /**
     * Takes up to `limit` rows for this processor. Rows in `inMemory` come back without payload: this process
     * still holds their events, and reading megabytes back through the socket halved the throughput.
     */
    async claimInbox(
      worker: string,
      leaseMs: number,
      limit: number,
      inMemory: readonly number[],
    ): Promise<readonly InboxRow[]> {
      const { rows } = await postgres.query<{ inbox_id: number; payload: Buffer | null }>(
        `update inbox set claimed_by = $1, claimed_until = now() + $2::double precision * interval '1 millisecond'
         where inbox.inbox_id in (
           select pending.inbox_id from inbox pending
           where pending.batch_id is null and (pending.claimed_until is null or pending.claimed_until < now() or pending.claimed_by = $1)
           order by pending.inbox_id limit $3 for update skip locked)
         returning inbox.inbox_id, case when inbox.inbox_id = any($4::bigint[]) then null else inbox.payload end as payload`,
        [worker, leaseMs, limit, inMemory],
      );
      return rows
        .map((row) => ({ inboxId: Number(row.inbox_id), payload: row.payload }))
        .sort((a, b) => a.inboxId - b.inboxId);
    },

    /** Frees every claim; right at the start of the only process on an embedded engine, where no other claim can be alive. */
    async releaseClaims(): Promise<void> {
      await postgres.query(
        "update inbox set claimed_until = null where batch_id is null and claimed_until is not null",
      );
      await postgres.query("update batches set claimed_until = null where claimed_until is not null");
    },

    async knownMessageHashes(hashes: readonly string[]): Promise<ReadonlySet<string>> {
      const { rows } = await postgres.query<{ message_hash: string }>(
        // As `messageHash` writes them.
        `select replace(message_ids.message_hash::text, '-', '') as message_hash from message_ids
         where message_ids.message_hash = any($1::uuid[])`,
        [hashes],
      );
      return new Set(rows.map((row) => row.message_hash));
    },

    /**
     * Without `on conflict`, whose speculative insert takes half as long again: repeats are rare.
     *
     * @returns false when one of the hashes was known: the transaction can then only be rolled back
     */
    async insertMessageHashes(tx: Sql, hashes: readonly string[], receivedAt: number): Promise<boolean> {
      // In one order in every process, so that writers of the same messages wait for each other instead of deadlocking.
      const sorted = [...hashes].sort();
      try {
        await tx.query(
          `insert into message_ids (message_hash, received_at)
           select given.hash, to_timestamp($2::double precision / 1000) from unnest($1::uuid[]) as given(hash)`,
          [`{${sorted.join(",")}}`, receivedAt],
        );
        return true;
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === uniqueViolation) return false;
        throw error;
      }
    },

    /** Marks the claimed rows as processed. @returns rows marked; fewer than asked when another processor took them over */
    async markProcessed(tx: Sql, worker: string, inboxIds: readonly number[], batchId: string): Promise<number> {
      const { rowCount } = await tx.query(
        "update inbox set batch_id = $1, claimed_until = null where inbox_id = any($2::bigint[]) and claimed_by = $3 and batch_id is null",
        [batchId, inboxIds, worker],
      );
      return rowCount;
    },

    async insertBatch(
      tx: Sql,
      batch: Omit<BatchRow, "exportId"> & { readonly processedAt: number; readonly eventCount: number },
    ): Promise<void> {
      await tx.query(
        `insert into batches (batch_id, processed_at, event_count, dropped, links, derived)
         values ($1, to_timestamp($2::double precision / 1000), $3, $4::jsonb, $5::jsonb, $6::jsonb)`,
        [
          batch.batchId,
          batch.processedAt,
          batch.eventCount,
          JSON.stringify(batch.dropped),
          JSON.stringify(batch.links),
          JSON.stringify(batch.derived),
        ],
      );
    },

    /** Takes exports that were begun and not finished, each with the batches it was begun with: own ones, and those whose exporter died. */
    async claimUnfinishedExports(worker: string, leaseMs: number): Promise<readonly string[]> {
      const { rows } = await postgres.query<{ export_id: string }>(
        `update batches set claimed_by = $1, claimed_until = now() + $2::double precision * interval '1 millisecond'
         where batches.export_id is not null and (batches.claimed_until is null or batches.claimed_until < now() or batches.claimed_by = $1)
         returning batches.export_id`,
        [worker, leaseMs],
      );
      return [...new Set(rows.map((row) => row.export_id))].sort();
    },

    /** Those of the given batches that are still to be exported. */
    async unexportedBatches(batchIds: readonly string[]): Promise<ReadonlySet<string>> {
      const { rows } = await postgres.query<{ batch_id: string }>(
        "select batches.batch_id from batches where batches.batch_id = any($1::uuid[])",
        [batchIds],
      );
      return new Set(rows.map((row) => row.batch_id));
    },

    /** Fixes which batches one export holds, so that a repeat after a crash has the same content under the same token. */
    async beginExport(exportId: string, maxEvents: number, worker: string, leaseMs: number): Promise<number> {
      const { rowCount } = await postgres.query(
        `update batches set export_id = $1, claimed_by = $3, claimed_until = now() + $4::double precision * interval '1 millisecond'
         where batches.batch_id in (
           select candidate.batch_id from (
             select waiting.batch_id, sum(waiting.event_count) over (order by waiting.processed_at, waiting.batch_id) - waiting.event_count as before
             from batches waiting where waiting.export_id is null) candidate
           where candidate.before < $2) and batches.export_id is null`,
        [exportId, maxEvents, worker, leaseMs],
      );
      return rowCount;
    },

    async batchesOfExport(exportId: string): Promise<readonly BatchRow[]> {
      const { rows } = await postgres.query<{
        batch_id: string;
        export_id: string;
        dropped: [number, number][];
        links: JsonValue[];
        derived: CanonicalEvent[];
      }>(
        `select batches.batch_id, batches.export_id, batches.dropped, batches.links, batches.derived
         from batches where batches.export_id = $1 order by batches.processed_at, batches.batch_id`,
        [exportId],
      );
      return rows.map((row) => ({
        batchId: row.batch_id,
        exportId: row.export_id,
        dropped: row.dropped,
        links: row.links,
        derived: row.derived,
      }));
    },

    /** Number of the newest inbox row; 0 = none waits or is being exported. */
    async newestInboxId(): Promise<number> {
      const { rows } = await postgres.query<{ id: number }>("select coalesce(max(inbox.inbox_id), 0) as id from inbox");
      return Number(rows[0]?.id ?? 0);
    },

    /** False once every row up to this one is exported: rows are deleted then. */
    async hasInboxUpTo(inboxId: number): Promise<boolean> {
      const { rows } = await postgres.query<{ found: boolean }>(
        "select exists (select 1 from inbox where inbox.inbox_id <= $1) as found",
        [inboxId],
      );
      return rows[0]?.found ?? false;
    },

    async payloadsOfBatch(batchId: string): Promise<readonly { readonly inboxId: number; readonly payload: Buffer }[]> {
      const { rows } = await postgres.query<{ inbox_id: number; payload: Buffer }>(
        "select inbox.inbox_id, inbox.payload from inbox where inbox.batch_id = $1 order by inbox.inbox_id",
        [batchId],
      );
      return rows.map((row) => ({ inboxId: Number(row.inbox_id), payload: row.payload }));
    },

    async finishExport(exportId: string): Promise<void> {
      await postgres.transaction(async (tx) => {
        await tx.query(
          "delete from inbox using batches where inbox.batch_id = batches.batch_id and batches.export_id = $1",
          [exportId],
        );
        await tx.query("delete from batches where batches.export_id = $1", [exportId]);
      });
    },

    async insertDeadLetters(letters: readonly Omit<DeadLetter, "replayedAt">[], sql: Sql = postgres): Promise<void> {
      if (letters.length === 0) return;
      const rows = letters.map(({ at, ...letter }) => ({ ...letter, at_ms: at }));
      await sql.query(
        `insert into dead_letters (dead_letter_id, at, source_id, source_kind, code, message, payload, verified)
         select given.id, to_timestamp(given.at_ms / 1000), given."sourceId", given."sourceKind", given.code, given.message, coalesce(given.payload, 'null'::jsonb), given.verified
         from jsonb_to_recordset($1::jsonb) as given(id uuid, at_ms double precision, "sourceId" text, "sourceKind" text, code text, message text, payload jsonb, verified boolean)
         on conflict (dead_letter_id) do nothing`,
        [JSON.stringify(rows)],
      );
    },

    async listDeadLetters(
      limit: number,
      before: { readonly at: number; readonly id: string } | null,
      filter: DeadLetterFilter,
    ): Promise<readonly DeadLetter[]> {
      const { rows } = await postgres.query<DeadLetterRow>(
        `select ${deadLetterColumns} from dead_letters
         where ($1::double precision is null or (at, dead_letter_id) < (to_timestamp($1::double precision / 1000), $2::uuid))
           and ($4::text is null or source_id = $4) and ($5::text is null or code = $5) and (not $6::boolean or replayed_at is null)
         order by at desc, dead_letter_id desc limit $3`,
        [
          before?.at ?? null,
          before?.id ?? null,
          limit,
          filter.sourceId ?? null,
          filter.code ?? null,
          filter.isOpen ?? false,
        ],
      );
      return rows.map(toDeadLetter);
    },

    async findDeadLetter(id: string): Promise<DeadLetter | undefined> {
      const { rows } = await postgres.query<DeadLetterRow>(
        `select ${deadLetterColumns} from dead_letters where dead_letter_id = $1`,
        [id],
      );
      return rows[0] && toDeadLetter(rows[0]);
    },

    async markReplayed(id: string, at: number): Promise<void> {
      await postgres.query(
        "update dead_letters set replayed_at = to_timestamp($2::double precision / 1000) where dead_letter_id = $1",
        [id, at],
      );
    },

    async counts(): Promise<{
      readonly pending: number;
      readonly oldestAt: number | null;
      readonly unexported: number;
      readonly deadLetters: number;
    }> {
      const { rows } = await postgres.query<{ pending: number; oldest: Date | null; unexported: number; dead: number }>(
        `select (select count(*) from inbox where inbox.batch_id is null) as pending,
                (select min(inbox.received_at) from inbox where inbox.batch_id is null) as oldest,
                (select count(*) from batches) as unexported,
                (select count(*) from dead_letters where dead_letters.replayed_at is null) as dead`,
      );
      const row = rows[0];
      return {
        pending: Number(row?.pending ?? 0),
        oldestAt: row?.oldest?.getTime() ?? null,
        unexported: Number(row?.unexported ?? 0),
        deadLetters: Number(row?.dead ?? 0),
      };
    },

    /** Forgets message ids and dead letters past their retention. */
    async forget(messageIdsBefore: number, deadLettersBefore: number): Promise<void> {
      await postgres.query("delete from message_ids where received_at < to_timestamp($1::double precision / 1000)", [
        messageIdsBefore,
      ]);
      await postgres.query("delete from dead_letters where at < to_timestamp($1::double precision / 1000)", [
        deadLettersBefore,
      ]);
    },

    transaction: <T>(work: (tx: Sql) => Promise<T>) => postgres.transaction(work),
  };
}
