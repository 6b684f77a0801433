import type { Postgres, Sql } from "../../storage/index.ts";
import { interestStore } from "./store-interests.ts";
import { mailStore } from "./store-mails.ts";
import { reportStore } from "./store-report.ts";
import { runStore } from "./store-runs.ts";
import { sequenceStore } from "./store-sequences.ts";
import { watchStore } from "./store-watch.ts";

/** Tables of reminders that know persons. */
export const personalReminderTables = [
  "reminder_watch",
  "reminder_queue",
  "reminder_interests",
  "reminder_sequences",
  "reminder_mails",
  "reminder_addresses",
] as const;

/** All PostgreSQL of reminders. Functions with a `tx` run inside the caller's transaction. */
export function createReminderStore(postgres: Postgres) {
  return {
    transaction: <T>(work: (tx: Sql) => Promise<T>): Promise<T> => postgres.transaction(work),
    runs: runStore(postgres),
    watch: watchStore(postgres),
    interests: interestStore(postgres),
    sequences: sequenceStore(postgres),
    mails: mailStore(postgres),
    reports: reportStore(postgres),
    /** Deletes everything of a person. @returns rows deleted */
    erase: async (tx: Sql, profileIds: readonly string[], addressHashes: readonly string[]): Promise<number> => {
      let deleted = 0;
      const tables = ["reminder_watch", "reminder_queue", "reminder_interests", "reminder_sequences", "reminder_mails"];
      for (const table of tables) {
        const { rowCount } = await tx.query(`delete from ${table} where profile_id = any($1::uuid[])`, [profileIds]);
        deleted += rowCount;
      }
      const { rowCount } = await tx.query("delete from reminder_addresses where address_hash = any($1::text[])", [
        addressHashes,
      ]);
      return deleted + rowCount;
    },
    /** Codes that were made for a person. @param sql the transaction of an erasure, or none */
    codesOf: async (profileIds: readonly string[], sql: Sql = postgres): Promise<readonly string[]> => {
      const { rows } = await sql.query<{ code: string }>(
        "select distinct s.code from reminder_sequences s where s.profile_id = any($1::uuid[]) and s.code is not null limit 10000",
        [profileIds],
      );
      return rows.map(({ code }) => code);
    },
    /** Sequences and mails of a person, for an export. */
    exportOf: async (profileIds: readonly string[]): Promise<readonly object[]> => {
      const { rows } = await postgres.query<object>(
        `select s.rule_id as "ruleId", s.sequence, s.first_match_at as "firstMatchAt", s.code, s.ended_at as "endedAt",
           s.ended_reason as "endedReason", m.step, m.state, m.reason, m.due_at as "dueAt", m.settled_at as "settledAt",
           m.template, m.channel
         from reminder_sequences s left join reminder_mails m
           on m.profile_id = s.profile_id and m.rule_id = s.rule_id and m.sequence = s.sequence
         where s.profile_id = any($1::uuid[]) order by s.first_match_at, m.step limit 10000`,
        [profileIds],
      );
      return rows;
    },
    /** What was sent longer ago than this and belongs to sequences that are over. @returns how many */
    countOld: async (before: number): Promise<number> => {
      const { rows } = await postgres.query<{ n: number }>(`select count(*) as n from reminder_mails m where ${old}`, [
        new Date(before).toISOString(),
      ]);
      return rows[0]?.n ?? 0;
    },
    forgetOld: async (before: number): Promise<number> => {
      const { rowCount } = await postgres.query(`delete from reminder_mails m where ${old}`, [
        new Date(before).toISOString(),
      ]);
      return rowCount;
    },
  };
}

const old = `m.due_at < $1 and m.state not in ('due', 'claimed') and not exists (
  select 1 from reminder_sequences s where s.profile_id = m.profile_id and s.rule_id = m.rule_id and s.sequence = m.sequence
    and s.ended_at is null)`;

export type ReminderStore = ReturnType<typeof createReminderStore>;
