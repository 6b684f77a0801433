import type { AuditInput, AuditTrail } from "../access/index.ts";
import type { AnswerList, ListAnswer, ListPreview } from "../discovery/index.ts";
import { ClienteleError, type Clock, newId, type Page } from "../kernel/index.ts";
import type { Postgres } from "../storage/index.ts";
import {
  type GivenJudgement,
  type JudgedQuery,
  type Judgement,
  type QuerySet,
  queryKeyOf,
  type Run,
} from "./judgement.ts";
import { type AnswerQuery, type Compared, compareSettings, measurableQueries, measureSet } from "./measure-set.ts";
import { createRelevanceStore } from "./store.ts";

export type RelevanceDeps = {
  readonly postgres: Postgres;
  readonly audit: AuditTrail;
  readonly answerList: AnswerList;
  readonly defaultStoreView: string;
  readonly clock: Clock;
};

/** How the lists of one side of a comparison are made; empty = as shoppers see them now. */
export type Setting = Omit<ListPreview, "asOf"> & { readonly storeView?: string };

/** Who changes a set, and from where. */
export type Actor = Pick<AuditInput, "actor" | "via" | "requestId">;

type SetTexts = { readonly key: string; readonly name: string; readonly description: string };

const maxSets = 100;
const maxQueries = 1_000;
const maxJudgements = 100_000;
const busyRetrySeconds = 5;

/** Query sets with judged answers: how good the search is, and whether a change makes it better. */
export function createRelevance(deps: RelevanceDeps) {
  const { clock, answerList } = deps;
  const store = createRelevanceStore(deps.postgres);
  let isMeasuring = false;

  const find = async (key: string): Promise<QuerySet> => {
    const set = await store.set(key);
    if (!set) throw new ClienteleError("relevance.unknownSet", `there is no query set ${key.slice(0, 100)}`);
    return set;
  };

  /** Nobody in particular asks: the order is the one of the shop, not of a person. */
  const listOf = (query: string, { storeView, ...preview }: Setting, limit: number): ListAnswer =>
    answerList({
      subject: { kind: "search", q: query },
      search: { limit, explain: false },
      visitor: { ok: false, reason: "no_identity" },
      identityKey: "",
      storeView: storeView ?? deps.defaultStoreView,
      preview,
    });

  const answerer =
    (setting: Setting, cutoff: number): AnswerQuery =>
    (query) =>
      listOf(query, setting, cutoff).items.map(({ sku }) => sku);

  /** One at a time: each takes a search for every query. */
  const alone = async <T>(measure: () => Promise<T>): Promise<T> => {
    if (isMeasuring)
      throw new ClienteleError("relevance.busy", "a measurement is under way", { retryAfterSeconds: busyRetrySeconds });
    isMeasuring = true;
    try {
      return await measure();
    } finally {
      isMeasuring = false;
    }
  };

  const queriesOf = async (key: string) => {
    const queries = measurableQueries(await store.judgements((await find(key)).key));
    if (queries.length === 0)
      throw new ClienteleError("relevance.nothingJudged", `no query of ${key} has a product with a grade above 0`);
    return queries;
  };

  const assertRoom = async (set: QuerySet, given: readonly GivenJudgement[]): Promise<void> => {
    const known = new Set((await store.queries(set.key)).map(({ query }) => queryKeyOf(query)));
    for (const { query } of given) known.add(queryKeyOf(query));
    if (known.size <= maxQueries && set.judgements + given.length <= maxJudgements) return;
    throw new ClienteleError(
      "relevance.tooMany",
      `a query set holds at most ${maxQueries} queries and ${maxJudgements} judgements`,
    );
  };

  return {
    sets: store.sets,
    set: find,

    /** @throws {ClienteleError} `relevance.exists` */
    create: async (set: SetTexts, by: Actor): Promise<QuerySet> => {
      await store.transaction(async (tx) => {
        if (!(await store.create(tx, set, maxSets)))
          throw new ClienteleError(
            "relevance.exists",
            `a query set ${set.key} is there already, or there are ${maxSets}`,
          );
        await deps.audit.record(tx, { ...by, ...about(set.key, "create"), before: null, after: set });
      });
      return find(set.key);
    },

    change: async (set: SetTexts, by: Actor): Promise<QuerySet> => {
      const { name, description } = await find(set.key);
      await store.transaction(async (tx) => {
        await store.change(tx, set);
        const before = { key: set.key, name, description };
        await deps.audit.record(tx, { ...by, ...about(set.key, "change"), before, after: set });
      });
      return find(set.key);
    },

    remove: async (key: string, by: Actor): Promise<void> => {
      const before = await find(key);
      await store.transaction(async (tx) => {
        await store.remove(tx, key);
        await deps.audit.record(tx, { ...by, ...about(key, "remove"), before, after: null });
      });
    },

    queries: async (key: string): Promise<readonly JudgedQuery[]> => store.queries((await find(key)).key),

    judgements: async (key: string, query?: string): Promise<readonly Judgement[]> =>
      store.judgements((await find(key)).key, query),

    /** All or nothing. @throws {ClienteleError} `relevance.unknownSet`, `relevance.tooMany` */
    judge: async (key: string, given: readonly GivenJudgement[], actor: string): Promise<void> => {
      await assertRoom(await find(key), given);
      await store.judge(key, given, actor);
    },

    /** The answer to a query with the grades that its products have. */
    look: async (key: string, query: string, setting: Setting, limit: number) => {
      const judged = await store.judgements((await find(key)).key, query);
      const grades = new Map(judged.map(({ sku, grade }) => [sku, grade]));
      const { items, total, rules } = listOf(query, setting, limit);
      const shown = new Set(items.map(({ sku }) => sku));
      return {
        total,
        rules,
        items: items.map((item) => ({ ...item, grade: grades.get(item.sku) ?? null })),
        /** Judged, but not among the products shown. */
        missing: judged.filter(({ sku }) => !shown.has(sku)),
      };
    },

    /** @throws {ClienteleError} `relevance.nothingJudged`, `relevance.busy` */
    compare: async (
      key: string,
      settings: { readonly a: Setting; readonly b: Setting },
      cutoff: number,
    ): Promise<Compared> => {
      const queries = await queriesOf(key);
      return alone(() =>
        compareSettings(queries, { a: answerer(settings.a, cutoff), b: answerer(settings.b, cutoff) }, cutoff),
      );
    },

    /** Measures the search as it is now, and keeps the result. */
    run: async (key: string, actor: string, cutoff: number): Promise<Run> => {
      const queries = await queriesOf(key);
      const measured = await alone(() => measureSet(queries, answerer({}, cutoff), cutoff));
      const { ndcg, judgedShare, zeroResultShare } = measured;
      const now = clock.now();
      const run: Run = {
        id: newId(now),
        ranAt: now,
        ranBy: actor,
        ndcg,
        judgedShare,
        zeroResultShare,
        queries: queries.length,
      };
      await store.addRun(key, run);
      return run;
    },

    runs: async (key: string, limit: number, cursor?: string): Promise<Page<Run>> =>
      store.runs((await find(key)).key, limit, cursor),
  };
}

function about(key: string, action: string) {
  return { action: `query-set.${action}`, objectKind: "query-set", objectId: key };
}

export type Relevance = ReturnType<typeof createRelevance>;
