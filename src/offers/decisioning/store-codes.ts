import type { Postgres, Sql } from "../../storage/index.ts";
import { everybody } from "./store.ts";

export type PersonalCode = { readonly code: string; readonly expires: string | null };
type Row = { code: string; expires: string | null };

/** A code and who has it. */
type HeldCode = { readonly holder: string; readonly ruleKey: string; readonly code: PersonalCode };
/** A code as its person may see it. */
type GivenCode = PersonalCode & { readonly ruleKey: string; readonly givenAt: number };

const maxCodes = 10_000;

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
    async ofHolders(holders: readonly string[]): Promise<readonly HeldCode[]> {
      const { rows } = await postgres.query<Row & { holder: string; rule_key: string }>(
        `select ${columns}, c.holder, c.rule_key from offer_codes c where c.holder = any($1::text[]) limit ${maxCodes}`,
        [holders],
      );
      return rows.map(({ holder, rule_key, code, expires }) => ({
        holder,
        ruleKey: rule_key,
        code: { code, expires },
      }));
    },
    /** With those of which another one took the place. @param sql the transaction of an erasure, or none */
    async given(holders: readonly string[], sql: Sql = postgres): Promise<readonly GivenCode[]> {
      const { rows } = await sql.query<Row & { rule_key: string; created_at: Date }>(
        `select ${columns}, c.rule_key, c.created_at from (
           select o.holder, o.rule_key, o.code, o.expires, o.created_at from offer_codes o
           union all select f.holder, f.rule_key, f.code, f.expires, f.created_at from offer_former_codes f) c
         where c.holder = any($1::text[]) order by c.created_at, c.rule_key limit ${maxCodes}`,
        [holders],
      );
      return rows.map(({ rule_key, created_at, code, expires }) => ({
        ...{ code, expires, ruleKey: rule_key, givenAt: created_at.getTime() },
      }));
    },
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
      const pairs = [losers, losers.map((loser) => survivorByLoser.get(loser) ?? everybody)];
      await tx.query(
        `with moved as (
           delete from offer_codes c using unnest($1::text[], $2::text[]) as m(loser, survivor) where c.holder = m.loser
           returning m.survivor, c.rule_key, c.code, c.expires, c.created_at),
         kept as (
           insert into offer_codes (holder, rule_key, code, expires, created_at)
           select distinct on (moved.survivor, moved.rule_key)
             moved.survivor, moved.rule_key, moved.code, moved.expires, moved.created_at
           from moved where moved.survivor <> '${everybody}'
           order by moved.survivor, moved.rule_key, moved.created_at
           on conflict (holder, rule_key) do nothing returning holder, code)
         insert into offer_former_codes (holder, code, rule_key, expires, created_at)
         select moved.survivor, moved.code, moved.rule_key, moved.expires, moved.created_at from moved
         where moved.survivor <> '${everybody}' and not exists (
           select 1 from kept k where k.holder = moved.survivor and k.code = moved.code)
         on conflict (holder, code) do nothing`,
        pairs,
      );
      await tx.query(
        `update offer_former_codes f set holder = m.survivor from unnest($1::text[], $2::text[]) as m(loser, survivor)
         where f.holder = m.loser`,
        pairs,
      );
    },
    /** @returns rows deleted */
    async erase(tx: Sql, holders: readonly string[]): Promise<number> {
      const codes = await tx.query("delete from offer_codes c where c.holder = any($1::text[])", [holders]);
      const former = await tx.query("delete from offer_former_codes f where f.holder = any($1::text[])", [holders]);
      return codes.rowCount + former.rowCount;
    },
  };
}

export type PersonalCodeStore = ReturnType<typeof createPersonalCodeStore>;
