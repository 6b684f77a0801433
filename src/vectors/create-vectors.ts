import { ClienteleError, type Clock, type Logger } from "../kernel/index.ts";
import { createModelStore } from "../models/index.ts";
import { createWordCounter } from "../search/index.ts";
import type { ClickHouse, Postgres } from "../storage/index.ts";
import { cosineOf, weightedMean } from "./dot-products.ts";
import { buildGraphInThread } from "./in-thread.ts";
import { createVectorKeeper, type FollowedCatalog } from "./keep-vectors.ts";
import type { NearItem } from "./near-items.ts";
import { beginLearning, isLearningDue, type LearningDeps, vectorsKey } from "./run-learning.ts";
import { createVectorEvents } from "./store.clickhouse.ts";
import { placeText } from "./text-space.ts";

export type VectorsDeps = {
  readonly postgres: Postgres;
  readonly clickhouse: ClickHouse;
  readonly catalog: FollowedCatalog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Language of the texts, e.g. `de-AT`; default English. */
  readonly locale?: string;
  /** Does the learning; default: a worker thread. */
  readonly learn?: LearningDeps["learn"];
  /** Products up to which all are compared; default 20,000. */
  readonly exactUpTo?: number;
};

/** Where a query or a product stands: among texts, and among what shoppers look at together. Vectors are one long. */
export type Place = { readonly text: Float32Array | undefined; readonly behaviour: Float32Array | undefined };

/**
 * The lowest cosine that is called alike. On the judged Icecat queries, half of the products graded 2 or 3 lie above 0.69 and three
 * quarters of the irrelevant candidates below 0.60.
 */
const leastCosine = 0.6;

const normaliseQuery = (text: string): string => text.trim().toLowerCase().replaceAll(/\s+/g, " ").slice(0, 255);

/**
 * Vectors learned from the shop's own texts and sessions (ranking.md 3).
 *
 * Answers read memory only; before the first learning they are undefined. `runDue` learns once a day in a worker thread.
 */
export function createVectors(deps: VectorsDeps) {
  const { catalog, clock, logger } = deps;
  const counter = createWordCounter(deps.locale ?? "en");
  const models = createModelStore(deps.postgres);
  const stopping = new AbortController();
  const keeper = createVectorKeeper({
    ...{ models, catalog, counter, logger },
    buildGraph: (vectors, size) => buildGraphInThread(vectors, size, stopping.signal),
    ...(deps.exactUpTo === undefined ? {} : { exactUpTo: deps.exactUpTo }),
  });
  const learning: LearningDeps = {
    ...{ events: createVectorEvents(deps.clickhouse), models, catalog, counter, clock, logger },
    stopping: stopping.signal,
    ...(deps.learn ? { learn: deps.learn } : {}),
  };
  let running: Promise<void> | undefined;

  const ofItem = (sku: string): Place => ({
    text: keeper.state().text?.items.vectorOf(sku),
    behaviour: keeper.itemOf(sku),
  });

  const ofQuery = (query: string): Place => {
    const { text, queries } = keeper.state();
    const attention = queries.get(normaliseQuery(query)) ?? [];
    const meanOf = (kind: keyof Place) =>
      weightedMean(
        attention.flatMap(([sku, share]) => {
          const vector = ofItem(sku)[kind];
          return vector ? [[vector, share] as const] : [];
        }),
      );
    return {
      text: meanOf("text") ?? (text && placeText(text.space, counter.ofText(query.slice(0, 255)))),
      behaviour: meanOf("behaviour"),
    };
  };

  return {
    /**
     * Where a query stands: by what shoppers looked at after it, or by its words when nobody has typed it yet; `text` undefined
     * where most of its words are unknown.
     */
    ofQuery,
    /** Where a product stands; views into memory, to be read at once. */
    ofItem,
    /** Mean of the behaviour of products, e.g. of those a session has viewed; undefined where none is known. */
    meanOf: (skus: Iterable<string>): Float32Array | undefined =>
      weightedMean(
        [...skus].flatMap((sku) => {
          const vector = keeper.itemOf(sku);
          return vector ? [[vector, 1] as const] : [];
        }),
      ),
    /** Products whose texts mean the same as a query, best first, none below a cosine of 0.6; undefined = nothing is known of it. */
    nearest: (query: string, limit: number): readonly NearItem[] | undefined => {
      const { text } = keeper.state();
      const place = text && ofQuery(query).text;
      return place && text.items.nearest(place, limit).filter(({ cosine }) => cosine >= leastCosine);
    },
    /** How alike the texts of two products are, -1 to 1; undefined where one is unknown. */
    textCosine: (sku: string, other: string): number | undefined => cosineOf(ofItem(sku).text, ofItem(other).text),
    /** Version that serves, null before the first learning. */
    version: (): number | null => keeper.state().version,
    /** Loads what was learned elsewhere. A job of every process that answers. */
    refresh: keeper.load,
    /** Job of the trainer: learns when it is due. */
    runDue: async (): Promise<void> => {
      if (!isLearningDue(await models.runs(vectorsKey, 1), clock.now()) || stopping.signal.aborted) return;
      const begun = await beginLearning(learning, "schedule");
      if (!begun) return;
      const done = begun.done.then(keeper.load);
      running = done.catch(() => undefined);
      await done.catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error;
      });
    },
    /** Resolves when every change of the catalog has its vectors. */
    settled: keeper.settled,
    /** Ends a learning under way; who starts next begins it anew. */
    stop: async (): Promise<void> => {
      stopping.abort(new ClienteleError("models.failed", "the program is stopping"));
      keeper.close();
      await running;
    },
  };
}

export type Vectors = ReturnType<typeof createVectors>;
