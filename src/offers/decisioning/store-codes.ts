import type { Postgres, Sql } from "../../storage/index.ts";
import { everybody } from "./store.ts";

export type PersonalCode = { readonly code: string; readonly expires: string | null };
type Row = { code: string; expires: string | null };

const columns = "c.code, c.expires::text as expires";
const time = (parameter: string) => `to_timestamp(${parameter}::double precision / 1000)`;

/** All PostgreSQL of personal codes: which of a rule's codes is whose. */
export function createPersonalCodeStore(postgres: Postgres) {
  const of = async (holder: string, ruleKey: string): Promise<PersonalCode | undefined> => {
    const { rows } = await postgres.query<Row>(
      `select ${columns} from offer_codes c where c.holder = $1 and c.rule_key = $2`,
      [holder, ruleKey],
    );
    return rows[0];
  };
  return {
    of,
    /** The code of a device becomes that of the profile, where that has none. */
    async adopt(device: string, profileId: string, ruleKey: string): Promise<void> {
      await postgres.query(
        `update offer_codes c set holder = $2 where c.holder = $1 and c.rule_key = $3
           and not exists (select 1 from offer_codes o where o.holder = $2 and o.rule_key = $3)`,
        [device, profileId, ruleKey],
      );
    },
    /** @returns what the holder has now: an earlier code stays */
    async keep(
      holder: string,
      ruleKey: string,
      { code, expires }: PersonalCode,
      nowMs: number,
    ): Promise<PersonalCode | undefined> {
      await postgres.query(
        `insert into offer_codes (holder, rule_key, code, expires, created_at) values ($1, $2, $3, $4::date, ${time("$5")})
         on conflict (holder, rule_key) do nothing`,
        [holder, ruleKey, code, expires, nowMs],
      );
      return of(holder, ruleKey);
    },
    /** Codes of profiles that are merged: who they are now keeps its own, else the oldest of theirs. */
    async merge(tx: Sql, survivorByLoser: ReadonlyMap<string, string>): Promise<void> {
      const losers = [...survivorByLoser.keys()].sort();
      await tx.query(
        `with moved as (
           delete from offer_codes c using unnest($1::text[], $2::text[]) as m(loser, survivor) where c.holder = m.loser
           returning m.survivor, c.rule_key, c.code, c.expires, c.created_at)
         insert into offer_codes (holder, rule_key, code, expires, created_at)
         select distinct on (moved.survivor, moved.rule_key) moved.survivor, moved.rule_key, moved.code, moved.expires, moved.created_at
         from moved where moved.survivor <> '${everybody}'
         order by moved.survivor, moved.rule_key, moved.created_at
         on conflict (holder, rule_key) do nothing`,
        [losers, losers.map((loser) => survivorByLoser.get(loser) ?? everybody)],
      );
    },
    /** @returns rows deleted */
    async erase(tx: Sql, profileIds: readonly string[]): Promise<number> {
      const { rowCount } = await tx.query("delete from offer_codes c where c.holder = any($1::text[])", [profileIds]);
      return rowCount;
    },
  };
}

export type PersonalCodeStore = ReturnType<typeof createPersonalCodeStore>;
