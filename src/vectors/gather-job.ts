// What a learning is given: the words of the catalog, the sessions of the last months, and what followed queries.
import { setImmediate as pause } from "node:timers/promises";
import type { CatalogProduct, CatalogSnapshot } from "../catalog/index.ts";
import { createRandom, sampleIndexes } from "../kernel/index.ts";
import type { WordCounter } from "../search/index.ts";
import { createWordTable } from "./collect-words.ts";
import type { SessionTable } from "./item2vec.ts";
import type { QueryItems, VectorJob } from "./learn-vectors.ts";
import type { QueryRow, SessionRow } from "./store.clickhouse.ts";

/** Products that are learned from; of more, a sample. */
export const maxLearned = 50_000;
const productsPerSlice = 100;
const maxQueries = 20_000;
const maxViews = 100;

function deepest({ categories }: CatalogProduct): string {
  let best = "";
  for (const path of categories) if (best === "" || path.split("/").length > best.split("/").length) best = path;
  return best;
}

/** @param numberOf product of a SKU or of the variant's parent */
export function toSessionTable(
  rows: readonly SessionRow[],
  numberOf: (sku: string) => number | undefined,
): SessionTable {
  const [viewStarts, boughtStarts] = [[0], [0]];
  const views: number[] = [];
  const bought: number[] = [];
  for (const row of rows) {
    const own = row.views.slice(-maxViews).flatMap((sku) => numberOf(sku) ?? []);
    const ordered = [...new Set(row.bought.flatMap((sku) => numberOf(sku) ?? []))].slice(0, maxViews);
    if (own.length + ordered.length < 2) continue;
    for (const number of own) views.push(number);
    for (const number of ordered) bought.push(number);
    viewStarts.push(views.length);
    boughtStarts.push(bought.length);
  }
  return {
    viewStarts: Uint32Array.from(viewStarts),
    views: Uint32Array.from(views),
    boughtStarts: Uint32Array.from(boughtStarts),
    bought: Uint32Array.from(bought),
  };
}

/** Attention by query, each product named by its parent; shares of a query sum to 1. */
export function toQueryItems(
  rows: readonly QueryRow[],
  parentOf: (sku: string) => string | undefined,
): readonly QueryItems[] {
  const byQuery = new Map<string, Map<string, number>>();
  for (const { query, sku, weight } of rows) {
    const own = byQuery.get(query) ?? new Map<string, number>();
    if (own.size === 0 && byQuery.size >= maxQueries) continue;
    byQuery.set(query, own);
    const parent = parentOf(sku);
    if (parent !== undefined && weight > 0) own.set(parent, (own.get(parent) ?? 0) + weight);
  }
  return [...byQuery].flatMap(([query, items]): readonly QueryItems[] => {
    const total = [...items.values()].reduce((sum, weight) => sum + weight, 0);
    return total > 0 ? [[query, [...items.keys()], [...items.values()].map((weight) => weight / total)]] : [];
  });
}

/** Reads the catalog in slices of about 10 ms. */
export async function gatherJob(
  snapshot: CatalogSnapshot,
  counter: WordCounter,
  events: { readonly sessions: readonly SessionRow[]; readonly queries: readonly QueryRow[] },
  seed: number,
): Promise<VectorJob> {
  const all = [...snapshot.products.values()].filter(({ parentSku }) => parentSku === null);
  const table = createWordTable();
  const skus: string[] = [];
  const categories: number[] = [];
  const categoryNumbers = new Map<string, number>();
  for (const [taken, at] of sampleIndexes(all.length, maxLearned, createRandom(seed)).entries()) {
    if (taken % productsPerSlice === productsPerSlice - 1) await pause();
    const product = all[at];
    const words = product && counter.ofProduct(product, snapshot);
    if (!product || !words) continue;
    const category = deepest(product);
    if (!categoryNumbers.has(category)) categoryNumbers.set(category, categoryNumbers.size);
    table.add(words);
    skus.push(product.sku);
    categories.push(categoryNumbers.get(category) ?? 0);
  }
  const numbers = new Map(skus.map((sku, number) => [sku, number]));
  const parentOf = (sku: string): string | undefined => snapshot.parentOf(sku)?.sku;
  const numberOf = (sku: string): number | undefined => numbers.get(parentOf(sku) ?? "");
  return {
    skus,
    words: table.take(),
    categories: Uint32Array.from(categories),
    sessions: toSessionTable(events.sessions, numberOf),
    queries: toQueryItems(events.queries, parentOf),
    seed,
  };
}
