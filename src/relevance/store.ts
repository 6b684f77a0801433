import { decodeTimeCursor, type Page, toPage } from "../kernel/index.ts";
import type { Postgres, Sql } from "../storage/index.ts";
import {
  type GivenJudgement,
  type JudgedQuery,
  type Judgement,
  type QuerySet,
  queryKeyOf,
  type Run,
} from "./judgement.ts";

type SetRow = {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly queries: string | number;
  readonly judgements: string | number;
  readonly updated_at: Date | string;
};

const setColumns = `relevance_sets.key, relevance_sets.name, relevance_sets.description, relevance_sets.updated_at,
  (select count(distinct relevance_judgements.query_key) from relevance_judgements
   where relevance_judgements.set_key = relevance_sets.key) as queries,
  (select count(*) from relevance_judgements where relevance_judgements.set_key = relevance_sets.key) as judgements`;

function toSet(row: SetRow): QuerySet {
  return {
    key: row.key,
    name: row.name,
    description: row.description,
    queries: Number(row.queries),
    judgements: Number(row.judgements),
    updatedAt: new Date(row.updated_at).getTime(),
  };
}

/** All PostgreSQL of query sets and their judgements. */
export function createRelevanceStore(postgres: Postgres) {
  return {
    transaction: postgres.transaction,

    async sets(): Promise<readonly QuerySet[]> {
      const { rows } = await postgres.query<SetRow>(
        `select ${setColumns} from relevance_sets order by relevance_sets.name, relevance_sets.key`,
      );
      return rows.map(toSet);
    },

    async set(key: string): Promise<QuerySet | undefined> {
      const { rows } = await postgres.query<SetRow>(
        `select ${setColumns} from relevance_sets where relevance_sets.key = $1`,
        [key],
      );
      return rows[0] && toSet(rows[0]);
    },

    /** @returns false when there are `limit` sets already, or one of that key */
    async create(tx: Sql, set: { key: string; name: string; description: string }, limit: number): Promise<boolean> {
      const { rows } = await tx.query<{ key: string }>(
        `insert into relevance_sets (key, name, description)
         select $1::text, $2::text, $3::text where (select count(*) from relevance_sets) < $4::int
         on conflict (key) do nothing returning key`,
        [set.key, set.name, set.description, limit],
      );
      return rows.length === 1;
    },

    async change(tx: Sql, set: { key: string; name: string; description: string }): Promise<boolean> {
      const { rows } = await tx.query<{ key: string }>(
        "update relevance_sets set name = $2, description = $3, updated_at = now() where key = $1 returning key",
        [set.key, set.name, set.description],
      );
      return rows.length === 1;
    },

    async remove(tx: Sql, key: string): Promise<boolean> {
      const { rows } = await tx.query<{ key: string }>("delete from relevance_sets where key = $1 returning key", [
        key,
      ]);
      return rows.length === 1;
    },

    async queries(key: string): Promise<readonly JudgedQuery[]> {
      const { rows } = await postgres.query<{ query: string; judgements: string | number; relevant: string | number }>(
        `select max(relevance_judgements.query) as query, count(*) as judgements,
                count(*) filter (where relevance_judgements.grade > 0) as relevant
         from relevance_judgements where relevance_judgements.set_key = $1
         group by relevance_judgements.query_key order by relevance_judgements.query_key`,
        [key],
      );
      return rows.map(({ query, judgements, relevant }) => ({
        query,
        judgements: Number(judgements),
        relevant: Number(relevant),
      }));
    },

    /** Of one query, or of all, in order of query and SKU. */
    async judgements(key: string, query?: string): Promise<readonly Judgement[]> {
      const { rows } = await postgres.query<Judgement>(
        `select relevance_judgements.query, relevance_judgements.sku, relevance_judgements.grade::int as grade
         from relevance_judgements
         where relevance_judgements.set_key = $1 and ($2::text is null or relevance_judgements.query_key = $2::text)
         order by relevance_judgements.query_key, relevance_judgements.sku`,
        [key, query === undefined ? null : queryKeyOf(query)],
      );
      return rows;
    },

    /** All or nothing; the last of two judgements of one product counts. */
    async judge(key: string, given: readonly GivenJudgement[], by: string): Promise<void> {
      const last = new Map(given.map((one) => [JSON.stringify([queryKeyOf(one.query), one.sku]), one]));
      const kept = [...last.values()].filter(({ grade }) => grade !== null);
      const removed = [...last.values()].filter(({ grade }) => grade === null);
      await postgres.transaction(async (tx) => {
        await tx.query(
          `insert into relevance_judgements (set_key, query_key, sku, query, grade, judged_by)
           select $1::text, given.query_key, given.sku, given.query, given.grade, $6::text
           from unnest($2::text[], $3::text[], $4::text[], $5::smallint[]) as given(query_key, sku, query, grade)
           on conflict (set_key, query_key, sku)
           do update set grade = excluded.grade, judged_by = excluded.judged_by, judged_at = now()`,
          [
            key,
            kept.map(({ query }) => queryKeyOf(query)),
            kept.map(({ sku }) => sku),
            kept.map(({ query }) => query.trim()),
            kept.map(({ grade }) => grade),
            by,
          ],
        );
        await tx.query(
          `delete from relevance_judgements
           using unnest($2::text[], $3::text[]) as given(query_key, sku)
           where relevance_judgements.set_key = $1 and relevance_judgements.query_key = given.query_key
             and relevance_judgements.sku = given.sku`,
          [key, removed.map(({ query }) => queryKeyOf(query)), removed.map(({ sku }) => sku)],
        );
        await tx.query("update relevance_sets set updated_at = now() where key = $1", [key]);
      });
    },

    async addRun(key: string, run: Run): Promise<void> {
      await postgres.query(
        `insert into relevance_runs (id, set_key, ran_at, ran_by, ndcg, judged_share, zero_result_share, queries)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [run.id, key, new Date(run.ranAt), run.ranBy, run.ndcg, run.judgedShare, run.zeroResultShare, run.queries],
      );
    },

    /** Newest first. */
    async runs(key: string, limit: number, cursor?: string): Promise<Page<Run>> {
      const after = cursor === undefined ? undefined : decodeTimeCursor(cursor);
      const { rows } = await postgres.query<{
        id: string;
        ran_at: Date | string;
        ran_by: string;
        ndcg: number;
        judged_share: number;
        zero_result_share: number;
        queries: number;
      }>(
        `select relevance_runs.id, relevance_runs.ran_at, relevance_runs.ran_by, relevance_runs.ndcg,
                relevance_runs.judged_share, relevance_runs.zero_result_share, relevance_runs.queries
         from relevance_runs
         where relevance_runs.set_key = $1
           and ($3::timestamptz is null or (relevance_runs.ran_at, relevance_runs.id) < ($3::timestamptz, $4::uuid))
         order by relevance_runs.ran_at desc, relevance_runs.id desc limit $2`,
        [key, limit + 1, after ? new Date(after.at) : null, after?.id ?? null],
      );
      const runs = rows.map((row) => ({
        id: row.id,
        ranAt: new Date(row.ran_at).getTime(),
        ranBy: row.ran_by,
        ndcg: row.ndcg,
        judgedShare: row.judged_share,
        zeroResultShare: row.zero_result_share,
        queries: row.queries,
      }));
      return toPage(runs, limit, (run) => [run.ranAt, run.id]);
    },
  };
}

export type RelevanceStore = ReturnType<typeof createRelevanceStore>;
