// Everything that is learned from one shop at one time: pure, for a worker thread.
import type { WordTable } from "./collect-words.ts";
import { itemDimensions, learnItemVectors, type SessionTable } from "./item2vec.ts";
import { packRows, type StoredRows, storeRows } from "./packed-rows.ts";
import { learnTextSpace, placeText, type StoredTextSpace, storeTextSpace, type TextSpace } from "./text-space.ts";
import { warmItems } from "./warm-items.ts";

/** What shoppers looked at after a query: SKUs with their share of the attention. */
export type QueryItems = readonly [query: string, skus: readonly string[], shares: readonly number[]];

export type VectorJob = {
  /** Product of each row of words. */
  readonly skus: readonly string[];
  readonly words: WordTable;
  /** Category of each product, as a number. */
  readonly categories: Uint32Array;
  readonly sessions: SessionTable;
  readonly queries: readonly QueryItems[];
  readonly seed: number;
};

/** What is stored and served; JSON. */
export type VectorArtefact = {
  readonly text: StoredTextSpace | null;
  readonly items: { readonly skus: readonly string[]; readonly rows: StoredRows } | null;
  readonly queries: readonly QueryItems[];
};

export type VectorReport = {
  readonly products: number;
  readonly words: number;
  readonly textDimensions: number;
  readonly sessions: number;
  readonly productsInSessions: number;
  readonly epochs: number;
  readonly queries: number;
};

export type LearnedVectors = { readonly artefact: VectorArtefact; readonly report: VectorReport };

/** Fewer sessions say too little of which products belong together. */
export const leastSessions = 100;

function placeAll(space: TextSpace | undefined, { words, starts, columns, weights }: WordTable): Float32Array {
  if (!space) return new Float32Array();
  const count = starts.length - 1;
  const texts = new Float32Array(count * space.size);
  for (let row = 0; row < count; row += 1) {
    const own = new Map<string, number>();
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at += 1)
      own.set(words[columns[at] ?? 0] ?? "", weights[at] ?? 0);
    const vector = placeText(space, own, 0);
    if (vector) texts.set(vector, row * space.size);
  }
  return texts;
}

function learnItems(job: VectorJob, space: TextSpace | undefined) {
  const { skus, categories, sessions, seed } = job;
  const found = sessions.viewStarts.length - 1;
  if (found < leastSessions) return undefined;
  const { vectors, counts, epochs } = learnItemVectors(sessions, skus.length, {
    ...{ size: itemDimensions, seed, categories },
  });
  const table = { size: itemDimensions, vectors, counts, categories };
  const warmed = warmItems(table, placeAll(space, job.words), space?.size ?? 0);
  return { rows: packRows(warmed, itemDimensions), epochs, inSessions: counts.filter((count) => count > 0).length };
}

/** Deterministic by the job. */
export function learnVectors(job: VectorJob): LearnedVectors {
  const space = learnTextSpace(job.words, job.seed);
  const items = learnItems(job, space);
  return {
    artefact: {
      text: space ? storeTextSpace(space) : null,
      items: items ? { skus: job.skus, rows: storeRows(items.rows) } : null,
      queries: job.queries,
    },
    report: {
      products: job.skus.length,
      words: space?.numberOf.size ?? 0,
      textDimensions: space?.size ?? 0,
      sessions: job.sessions.viewStarts.length - 1,
      productsInSessions: items?.inSessions ?? 0,
      epochs: items?.epochs ?? 0,
      queries: job.queries.length,
    },
  };
}
