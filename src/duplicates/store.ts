import { type Page, toPage } from "../kernel/index.ts";
import type { Postgres, Sql } from "../storage/index.ts";
import type { Explanation } from "./explanation.ts";
import type { Proposal, ProposalStatus } from "./proposal.ts";
import { createRunStore } from "./run-store.ts";

type Row = {
  id: string;
  profile_a: string;
  profile_b: string;
  source: Proposal["source"];
  probability: number | null;
  weight: number | null;
  explanation: Explanation | null;
  status: ProposalStatus;
  found_at: Date;
  updated_at: Date;
  closed_at: Date | null;
  closed_by: string | null;
};

const columns = `p.id, p.profile_a, p.profile_b, p.source, p.probability, p.weight, p.explanation, p.status, p.found_at, p.updated_at,
  p.closed_at, p.closed_by`;

const toProposal = (row: Row): Proposal => ({
  id: row.id,
  profileA: row.profile_a,
  profileB: row.profile_b,
  source: row.source,
  probability: row.probability,
  weight: row.weight,
  explanation: row.explanation,
  status: row.status,
  foundAt: row.found_at.getTime(),
  updatedAt: row.updated_at.getTime(),
  closedAt: row.closed_at?.getTime() ?? null,
  closedBy: row.closed_by,
});

export type NewProposal = Pick<
  Proposal,
  "id" | "profileA" | "profileB" | "source" | "probability" | "weight" | "explanation"
>;

export type ProposalFilter = {
  readonly status?: ProposalStatus | undefined;
  readonly profileId?: string | undefined;
  readonly minProbability: number;
  readonly limit: number;
  readonly after: { readonly probability: number; readonly id: string } | null;
};

export type OpenPair = Pick<Proposal, "id" | "profileA" | "profileB" | "source">;

/** All PostgreSQL of duplicates. */
export type DuplicateStore = ReturnType<typeof createDuplicateStore>;

export function createDuplicateStore(postgres: Postgres) {
  return {
    ...createRunStore(postgres),
    ...proposalWrites(postgres),

    /** Most probable first. */
    async list(filter: ProposalFilter): Promise<Page<Proposal>> {
      const { rows } = await postgres.query<Row>(
        `select ${columns} from duplicate_proposals p
         where ($1::text is null or p.status = $1) and coalesce(p.probability, 0) >= $2::double precision
           and ($3::uuid is null or p.profile_a = $3::uuid or p.profile_b = $3::uuid)
           and ($4::double precision is null or (coalesce(p.probability, 0), p.id) < ($4::double precision, $5::uuid))
         order by coalesce(p.probability, 0) desc, p.id desc limit $6`,
        [
          filter.status ?? null,
          filter.minProbability,
          filter.profileId ?? null,
          filter.after?.probability ?? null,
          filter.after?.id ?? null,
          filter.limit + 1,
        ],
      );
      return toPage(rows.map(toProposal), filter.limit, ({ probability, id }) => [probability ?? 0, id]);
    },

    async find(id: string): Promise<Proposal | undefined> {
      const { rows } = await postgres.query<Row>(`select ${columns} from duplicate_proposals p where p.id = $1`, [id]);
      return rows[0] && toProposal(rows[0]);
    },

    async countByStatus(): Promise<Readonly<Record<ProposalStatus, number>>> {
      const { rows } = await postgres.query<{ status: ProposalStatus; count: string | number }>(
        "select p.status, count(*) as count from duplicate_proposals p group by p.status",
      );
      const counts = { open: 0, merged: 0, dismissed: 0, withdrawn: 0 };
      for (const row of rows) counts[row.status] = Number(row.count);
      return counts;
    },

    /** Open ones in order of id, in pages. */
    async openPairs(afterId: string | null, limit: number): Promise<readonly OpenPair[]> {
      type PairRow = Pick<Row, "id" | "profile_a" | "profile_b" | "source">;
      const { rows } = await postgres.query<PairRow>(
        `select p.id, p.profile_a, p.profile_b, p.source from duplicate_proposals p
         where p.status = 'open' and ($1::uuid is null or p.id > $1::uuid) order by p.id limit $2`,
        [afterId, limit],
      );
      return rows.map((row) => ({
        id: row.id,
        profileA: row.profile_a,
        profileB: row.profile_b,
        source: row.source,
      }));
    },
  };
}

function proposalWrites(postgres: Postgres) {
  return {
    /** Adds pairs, and renews open and withdrawn ones; what somebody decided stays. @returns how many were new or open again */
    async propose(proposals: readonly NewProposal[], nowMs: number): Promise<number> {
      if (proposals.length === 0) return 0;
      const { rows } = await postgres.query<{ is_new: boolean }>(
        `with given as (
           select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::double precision[], $6::double precision[], $7::text[])
             as g(id, profile_a, profile_b, source, probability, weight, explanation)
         ), before as (
           select p.profile_a, p.profile_b from duplicate_proposals p
           join given on given.profile_a = p.profile_a and given.profile_b = p.profile_b where p.status = 'open'
         ), written as (
           insert into duplicate_proposals as p
             (id, profile_a, profile_b, source, probability, weight, explanation, status, found_at, updated_at)
           select given.id, given.profile_a, given.profile_b, given.source, given.probability, given.weight, given.explanation::jsonb,
             'open', to_timestamp($8::double precision / 1000), to_timestamp($8::double precision / 1000) from given
           on conflict (profile_a, profile_b) do update set
             probability = coalesce(excluded.probability, p.probability), weight = coalesce(excluded.weight, p.weight),
             explanation = coalesce(excluded.explanation, p.explanation),
             source = case when p.source = 'identity' then p.source else excluded.source end,
             status = 'open', updated_at = excluded.updated_at, closed_at = null, closed_by = null
           where p.status in ('open', 'withdrawn')
           returning p.profile_a, p.profile_b
         )
         select not exists (
           select 1 from before where before.profile_a = written.profile_a and before.profile_b = written.profile_b
         ) as is_new from written`,
        [
          proposals.map(({ id }) => id),
          proposals.map(({ profileA }) => profileA),
          proposals.map(({ profileB }) => profileB),
          proposals.map(({ source }) => source),
          proposals.map(({ probability }) => probability),
          proposals.map(({ weight }) => weight),
          proposals.map(({ explanation }) => (explanation === null ? null : JSON.stringify(explanation))),
          nowMs,
        ],
      );
      return rows.filter((row) => row.is_new).length;
    },

    /** @returns how many were open until now */
    async close(
      sql: Sql,
      ids: readonly string[],
      status: Exclude<ProposalStatus, "open">,
      by: string | null,
      nowMs: number,
    ): Promise<number> {
      if (ids.length === 0) return 0;
      const { rowCount } = await sql.query(
        `update duplicate_proposals set status = $2, closed_by = $3, closed_at = to_timestamp($4::double precision / 1000),
           updated_at = to_timestamp($4::double precision / 1000)
         where duplicate_proposals.id = any($1::uuid[]) and duplicate_proposals.status = 'open'`,
        [ids, status, by, nowMs],
      );
      return rowCount;
    },

    /** Removes everything that names these profiles. */
    async forget(profileIds: readonly string[]): Promise<void> {
      await postgres.query(
        "delete from duplicate_proposals p where p.profile_a = any($1::uuid[]) or p.profile_b = any($1::uuid[])",
        [profileIds],
      );
      await postgres.query("delete from duplicate_fingerprints f where f.profile_id = any($1::uuid[])", [profileIds]);
    },

    transaction: <T>(work: (tx: Sql) => Promise<T>) => postgres.transaction(work),
    sql: postgres as Sql,
  };
}
