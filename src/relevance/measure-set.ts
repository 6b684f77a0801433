import { setImmediate as pause } from "node:timers/promises";
import { comparePairs, type PairedDifference } from "./compare-pairs.ts";
import { type Judgement, queryKeyOf } from "./judgement.ts";
import { judgedShareOf, ndcgOf } from "./ndcg.ts";

/** SKUs of the answer to a query, best first. */
export type AnswerQuery = (query: string) => readonly string[];

export type QueryResult = {
  readonly query: string;
  readonly ndcg: number;
  readonly judgedShare: number;
  readonly skus: readonly string[];
};

export type Measured = {
  /** Mean over the queries with a positive grade. */
  readonly ndcg: number;
  readonly judgedShare: number;
  readonly zeroResultShare: number;
  readonly queries: readonly QueryResult[];
};

export type Compared = { readonly a: Measured; readonly b: Measured; readonly difference: PairedDifference | null };

type Query = { readonly query: string; readonly grades: ReadonlyMap<string, number> };

/** Judgements by query, in their order; only the queries that can be measured. */
export function measurableQueries(judgements: readonly Judgement[]): readonly Query[] {
  const byKey = new Map<string, { readonly query: string; readonly grades: Map<string, number> }>();
  for (const { query, sku, grade } of judgements) {
    const key = queryKeyOf(query);
    const one = byKey.get(key) ?? { query, grades: new Map<string, number>() };
    one.grades.set(sku, grade);
    byKey.set(key, one);
  }
  return [...byKey.values()].filter(({ grades }) => [...grades.values()].some((grade) => grade > 0));
}

/** Asks every query, with a pause after each so that shoppers are answered meanwhile. */
export async function measureSet(queries: readonly Query[], answer: AnswerQuery, cutoff: number): Promise<Measured> {
  const results: QueryResult[] = [];
  for (const { query, grades } of queries) {
    const skus = answer(query).slice(0, cutoff);
    results.push({
      query,
      skus,
      ndcg: ndcgOf(skus, grades, cutoff) ?? 0,
      judgedShare: judgedShareOf(skus, grades, cutoff),
    });
    await pause();
  }
  const mean = (read: (result: QueryResult) => number): number =>
    results.length === 0 ? 0 : results.reduce((sum, result) => sum + read(result), 0) / results.length;
  return {
    ndcg: mean(({ ndcg }) => ndcg),
    judgedShare: mean(({ judgedShare }) => judgedShare),
    zeroResultShare: mean(({ skus }) => (skus.length === 0 ? 1 : 0)),
    queries: results,
  };
}

export async function compareSettings(
  queries: readonly Query[],
  settings: { readonly a: AnswerQuery; readonly b: AnswerQuery },
  cutoff: number,
): Promise<Compared> {
  const a = await measureSet(queries, settings.a, cutoff);
  const b = await measureSet(queries, settings.b, cutoff);
  const ndcgs = (measured: Measured) => measured.queries.map(({ ndcg }) => ndcg);
  return { a, b, difference: comparePairs(ndcgs(a), ndcgs(b)) ?? null };
}
