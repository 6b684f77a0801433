import type { Postgres, Sql } from "../storage/index.ts";

export type ConsentChange = {
  readonly profileId: string;
  readonly category: string;
  /** Empty = the category as a whole. */
  readonly channel: string;
  readonly status: "granted" | "denied";
  readonly at: number;
  readonly source: string;
  readonly textVersion: string | null;
  readonly expiresAt: number | null;
  readonly proof: string | null;
  readonly messageId: string;
};

type ChangeRow = {
  category: string;
  channel: string;
  status: "granted" | "denied";
  at: Date;
  source: string;
  text_version: string | null;
  expires_at: Date | null;
  proof: string | null;
};

/** Every change of a consent: who agreed to what, when, by which wording. */
export function createConsentStore(postgres: Postgres) {
  return {
    /** Leaves out what the latest earlier entry says already. May be repeated. */
    async append(tx: Sql, changes: readonly ConsentChange[]): Promise<void> {
      await tx.query(
        `insert into consent_history (profile_id, category, channel, status, at, source, text_version, expires_at, proof, message_id)
         select given."profileId", given.category, given.channel, given.status, to_timestamp(given.at / 1000), given.source, given."textVersion",
           to_timestamp(given."expiresAt" / 1000), given.proof, given."messageId"
         from jsonb_to_recordset($1::jsonb) as given("profileId" uuid, category text, channel text, status text, at double precision, source text,
           "textVersion" text, "expiresAt" double precision, proof text, "messageId" text)
         left join lateral (
           select h.status, h.text_version, h.message_id from consent_history h
           where h.profile_id = given."profileId" and h.category = given.category and h.channel = given.channel and h.at <= to_timestamp(given.at / 1000)
           order by h.at desc, h.consent_history_id desc limit 1) as latest on true
         where latest.status is null or ((latest.status, coalesce(latest.text_version, '')) <> (given.status, coalesce(given."textVersion", ''))
           and latest.message_id <> given."messageId")
         order by given.at`,
        [JSON.stringify(changes)],
      );
    },

    /** Newest first. */
    async history(profileIds: readonly string[], limit: number): Promise<readonly object[]> {
      const { rows } = await postgres.query<ChangeRow>(
        `select h.category, h.channel, h.status, h.at, h.source, h.text_version, h.expires_at, h.proof from consent_history h
         where h.profile_id = any($1::uuid[]) order by h.at desc, h.consent_history_id desc limit $2`,
        [profileIds, limit],
      );
      return rows.map((row) => ({
        category: row.category,
        ...(row.channel === "" ? {} : { channel: row.channel }),
        status: row.status,
        at: row.at.toISOString(),
        source: row.source,
        ...(row.text_version === null ? {} : { textVersion: row.text_version }),
        ...(row.expires_at === null ? {} : { expiresAt: row.expires_at.toISOString() }),
        ...(row.proof === null ? {} : { proof: row.proof }),
      }));
    },

    async erase(tx: Sql, profileIds: readonly string[]): Promise<number> {
      return (await tx.query("delete from consent_history where profile_id = any($1::uuid[])", [profileIds])).rowCount;
    },
  };
}

export type ConsentStore = ReturnType<typeof createConsentStore>;
