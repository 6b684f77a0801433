import type { JsonValue } from "../kernel/index.ts";
import type { Postgres, Sql } from "../storage/index.ts";

/** PostgreSQL tables of the event path that hold personal data for a time. */
export const personalCollectTables = ["inbox", "batches", "dead_letters"] as const;

type LetterRow = { dead_letter_id: string; at: Date; code: string; message: string; payload: JsonValue };
export type PersonalLetter = {
  readonly id: string;
  readonly at: string;
  readonly code: string;
  readonly message: string;
  readonly payload: JsonValue;
};

const pageSize = 200;

/** Dead letters of one person. What waits in the inbox is processed before a person is erased, so nothing is searched there. */
export function createCollectPrivacyStore(postgres: Postgres) {
  return {
    /** Letters that the test accepts, in pages: at most 200 payloads are in memory. */
    async *lettersWhere(mentions: (payload: unknown) => boolean): AsyncGenerator<PersonalLetter> {
      let after = "00000000-0000-0000-0000-000000000000";
      for (;;) {
        const { rows } = await postgres.query<LetterRow>(
          `select d.dead_letter_id, d.at, d.code, d.message, d.payload from dead_letters d
           where d.dead_letter_id > $1::uuid order by d.dead_letter_id limit $2`,
          [after, pageSize],
        );
        for (const row of rows) {
          if (!mentions(row.payload)) continue;
          const { dead_letter_id: id, at, code, message, payload } = row;
          yield { id, at: at.toISOString(), code, message, payload };
        }
        const last = rows.at(-1);
        if (!last || rows.length < pageSize) return;
        after = last.dead_letter_id;
      }
    },

    /** May be repeated. @returns letters deleted */
    async deleteLetters(ids: readonly string[], sql: Sql = postgres): Promise<number> {
      if (ids.length === 0) return 0;
      return (await sql.query("delete from dead_letters where dead_letter_id = any($1::uuid[])", [ids])).rowCount;
    },
  };
}

export type CollectPrivacyStore = ReturnType<typeof createCollectPrivacyStore>;
