import type { Postgres, Sql } from "../storage/index.ts";
import type { ProfileState } from "./profile.ts";

/** What event conditions about accounts read of a member. */
export type AccountMember = Pick<ProfileState, "leaves" | "session"> & { readonly profileId: string };

/** An account whose members are to be judged again. */
export type AccountChange = { readonly accountId: string; readonly revision: number };

type MemberRow = {
  account_id: string;
  profile_id: string;
  leaves: ProfileState["leaves"] | null;
  session: ProfileState["session"];
};

/** PostgreSQL of accounts and their members. Functions with a `tx` run inside the transaction of a batch. */
export function createAccountStore(postgres: Postgres) {
  return {
    /**
     * The accounts of these profiles become the given ones; whoever is `gone` has none.
     *
     * @returns accounts that got or lost a member
     */
    async replaceAccounts(
      tx: Sql,
      given: readonly { readonly profileId: string; readonly accounts: readonly string[] }[],
      gone: readonly string[],
    ): Promise<readonly string[]> {
      const pairs = given.flatMap(({ profileId, accounts }) => accounts.map((accountId) => ({ profileId, accountId })));
      const arrays = [pairs.map(({ profileId }) => profileId), pairs.map(({ accountId }) => accountId)];
      const { rows: lost } = await tx.query<{ account_id: string }>(
        `delete from account_members m where m.profile_id = any($3::uuid[]) and not exists (
           select 1 from unnest($1::uuid[], $2::text[]) as given(profile_id, account_id)
           where given.profile_id = m.profile_id and given.account_id = m.account_id)
         returning m.account_id`,
        [...arrays, [...given.map(({ profileId }) => profileId), ...gone]],
      );
      if (pairs.length === 0) return lost.map((row) => row.account_id);
      const { rows: got } = await tx.query<{ account_id: string }>(
        `insert into account_members (profile_id, account_id)
         select given.profile_id, given.account_id from unnest($1::uuid[], $2::text[]) as given(profile_id, account_id)
         order by given.account_id, given.profile_id
         on conflict do nothing returning account_members.account_id`,
        arrays,
      );
      return [...lost, ...got].map((row) => row.account_id);
    },

    /** Notes that members of these accounts are to be judged again: one row an account, whatever its size. */
    async noteChanges(tx: Sql, accountIds: Iterable<string>, now: number): Promise<void> {
      const ids = [...new Set(accountIds)].sort();
      if (ids.length === 0) return;
      await tx.query(
        `insert into account_changes as c (account_id, revision, changed_at)
         select given.account_id, 1, to_timestamp($2::double precision / 1000) from unnest($1::text[]) as given(account_id)
         on conflict (account_id) do update set revision = c.revision + 1`,
        [ids, now],
      );
    },

    /** Longest waiting first. */
    async changes(limit: number): Promise<readonly AccountChange[]> {
      const { rows } = await postgres.query<{ account_id: string; revision: string | number }>(
        "select c.account_id, c.revision from account_changes c order by c.changed_at, c.account_id limit $1",
        [limit],
      );
      return rows.map((row) => ({ accountId: row.account_id, revision: Number(row.revision) }));
    },

    /** What changed meanwhile stays, behind the others. */
    async settleChange({ accountId, revision }: AccountChange, now: number): Promise<void> {
      const { rowCount } = await postgres.query(
        "delete from account_changes where account_changes.account_id = $1 and account_changes.revision = $2",
        [accountId, revision],
      );
      if (rowCount > 0) return;
      await postgres.query(
        "update account_changes set changed_at = to_timestamp($2::double precision / 1000) where account_changes.account_id = $1",
        [accountId, now],
      );
    },

    /** Ids of the members of an account in order, in pages. */
    async memberIds(accountId: string, afterId: string | null, limit: number): Promise<readonly string[]> {
      const { rows } = await postgres.query<{ profile_id: string }>(
        `select m.profile_id from account_members m where m.account_id = $1 and ($2::uuid is null or m.profile_id > $2::uuid)
         order by m.profile_id limit $3`,
        [accountId, afterId, limit],
      );
      return rows.map((row) => row.profile_id);
    },

    /** How many members accounts have, counted up to a limit; accounts without any are missing. */
    async sizes(accountIds: readonly string[], limit: number): Promise<ReadonlyMap<string, number>> {
      const { rows } = await postgres.query<{ account_id: string; n: string | number }>(
        `select wanted.account_id, (select count(*) from (
           select 1 from account_members m where m.account_id = wanted.account_id limit $2) as counted) as n
         from unnest($1::text[]) as wanted(account_id)`,
        [accountIds, limit],
      );
      return new Map(rows.map((row) => [row.account_id, Number(row.n)]));
    },

    /** Members by account, in order of their id, at most `limit` an account; of their leaves those of `keys` only. */
    async members(
      accountIds: readonly string[],
      keys: readonly string[],
      limit: number,
    ): Promise<ReadonlyMap<string, readonly AccountMember[]>> {
      const { rows } = await postgres.query<MemberRow>(
        `select m.account_id, m.profile_id, p.state -> 'session' as session,
           (select jsonb_object_agg(k.key, p.state -> 'leaves' -> k.key) from unnest($2::text[]) as k(key)
            where p.state -> 'leaves' -> k.key is not null) as leaves
         from unnest($1::text[]) as wanted(account_id)
         cross join lateral (select am.account_id, am.profile_id from account_members am
           where am.account_id = wanted.account_id order by am.profile_id limit $3) as m
         join profiles p on p.profile_id = m.profile_id
         order by m.account_id, m.profile_id`,
        [accountIds, keys, limit],
      );
      const byAccount = new Map<string, AccountMember[]>();
      for (const { account_id, profile_id, leaves, session } of rows) {
        const member = { profileId: profile_id, leaves: leaves ?? {}, session };
        const known = byAccount.get(account_id);
        if (known) known.push(member);
        else byAccount.set(account_id, [member]);
      }
      return byAccount;
    },
  };
}

export type AccountStore = ReturnType<typeof createAccountStore>;
