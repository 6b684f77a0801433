import type { JsonValue } from "../kernel/index.ts";
import type { Postgres, Sql } from "../storage/index.ts";

/** One trait that somebody changed by hand. */
export type Correction = {
  readonly correctionId: string;
  readonly profileId: string;
  /** In snake_case. */
  readonly trait: string;
  /** Null = there was nothing. */
  readonly oldValue: JsonValue;
  /** Null = it was removed. */
  readonly newValue: JsonValue;
  readonly reason: string;
  readonly actor: string;
  readonly at: number;
  readonly messageId: string;
  /** The correction that this one takes back. */
  readonly undoes: string | null;
};

type Row = {
  correction_id: string;
  profile_id: string;
  trait: string;
  old_value: JsonValue;
  new_value: JsonValue;
  reason: string;
  actor: string;
  at: Date;
  message_id: string;
  undoes: string | null;
};

const columns =
  "c.correction_id, c.profile_id, c.trait, c.old_value, c.new_value, c.reason, c.actor, c.at, c.message_id, c.undoes";
const toCorrection = (row: Row): Correction => ({
  correctionId: row.correction_id,
  profileId: row.profile_id,
  trait: row.trait,
  oldValue: row.old_value,
  newValue: row.new_value,
  reason: row.reason,
  actor: row.actor,
  at: row.at.getTime(),
  messageId: row.message_id,
  undoes: row.undoes,
});

/** Corrections of traits; `profileIds` are a profile and those merged into it. */
export function createCorrectionStore(postgres: Postgres) {
  return {
    async append(tx: Sql, corrections: readonly Correction[]): Promise<void> {
      await tx.query(
        `insert into trait_corrections (correction_id, profile_id, trait, old_value, new_value, reason, actor, at, message_id, undoes)
         select g."correctionId", g."profileId", g.trait, g."oldValue", g."newValue", g.reason, g.actor, to_timestamp(g.at / 1000), g."messageId", g.undoes
         from jsonb_to_recordset($1::jsonb) as g("correctionId" uuid, "profileId" uuid, trait text, "oldValue" jsonb, "newValue" jsonb,
           reason text, actor text, at double precision, "messageId" text, undoes uuid)`,
        [JSON.stringify(corrections)],
      );
    },

    /** Newest first. */
    async list(profileIds: readonly string[], limit: number): Promise<readonly Correction[]> {
      const { rows } = await postgres.query<Row>(
        `select ${columns} from trait_corrections c where c.profile_id = any($1::uuid[])
         order by c.at desc, c.correction_id desc, c.trait limit $2`,
        [profileIds, limit],
      );
      return rows.map(toCorrection);
    },

    /** The traits of one correction; empty when there is none. */
    async find(profileIds: readonly string[], correctionId: string): Promise<readonly Correction[]> {
      const { rows } = await postgres.query<Row>(
        `select ${columns} from trait_corrections c
         where c.profile_id = any($1::uuid[]) and c.correction_id = $2::uuid order by c.trait limit 500`,
        [profileIds, correctionId],
      );
      return rows.map(toCorrection);
    },

    /** Forgets values of a trait that were written before a time. @returns rows deleted */
    async forget(trait: string, before: number): Promise<number> {
      const { rowCount } = await postgres.query(
        "delete from trait_corrections c where c.trait = $1 and c.at < to_timestamp($2::double precision / 1000)",
        [trait, before],
      );
      return rowCount;
    },

    async erase(tx: Sql, profileIds: readonly string[]): Promise<number> {
      return (await tx.query("delete from trait_corrections where profile_id = any($1::uuid[])", [profileIds]))
        .rowCount;
    },
  };
}

export type CorrectionStore = ReturnType<typeof createCorrectionStore>;
