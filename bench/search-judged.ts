// How well search ranks a judged catalog, beside its peers: with the weights that ship, with weights chosen on other queries
// than those they are measured on, and over HTTP after an import. clientele bench search --catalog file --judgments file
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogProduct } from "../src/catalog/index.ts";
import { createAnalyzer } from "../src/search/analysis/analysis.ts";
import { localTextOf } from "../src/search/analysis/local-text.ts";
import { type Icecat, ndcgAt10, readIcecat } from "../src/search/icecat-fixture.ts";
import { defaultFields, type FieldSetting } from "../src/search/indexing/fields.ts";
import { toIndexDocument } from "../src/search/indexing/product-document.ts";
import { createProductIndex, type ProductIndex } from "../src/search/indexing/product-index.ts";
import { createWorkspace } from "../src/search/retrieval/retrieve.ts";
import type { SearchContext } from "../src/search/search-context.ts";
import { searchProducts } from "../src/search/search-products.ts";
import { createDataDir } from "../src/testing/engines.ts";
import { runCli, startServerProcess } from "../src/testing/server-process.ts";
import { against, type BenchRow, row } from "./bench-row.ts";
import { snapshotOf } from "./lib/snapshot-of.ts";
import { buildFts5, buildMiniSearch } from "./search-peers.ts";

const folds = 5;
const budget = "≥ 0.84";

/** Settings that a shop might choose from: one weight or length norm changed, or none. */
const settings: readonly (readonly FieldSetting[])[] = [
  defaultFields,
  ...(["name", "brand", "description", "attributes5"] as const).flatMap((name) =>
    [0.5, 0.7, 1.5, 2].map((factor) =>
      defaultFields.map((field) => (field.name === name ? { ...field, weight: field.weight * factor } : field)),
    ),
  ),
  ...[0.15, 0.6].map((lengthNorm) =>
    defaultFields.map((field) => (field.name === "name" ? { ...field, lengthNorm } : field)),
  ),
];

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

type Judged = { readonly query: string; readonly grades: ReadonlyMap<string, number> };

/** Queries with something to find. */
function judgedOf({ judgments }: Icecat): readonly Judged[] {
  return [...judgments].flatMap(([query, grades]) => (ndcgAt10([], grades) === undefined ? [] : { query, grades }));
}

const scoreOf = (judged: Judged, skus: readonly string[]) => ndcgAt10(skus, judged.grades) ?? 0;

function contextOf(icecat: Icecat): SearchContext {
  const snapshot = snapshotOf(icecat.products, icecat.attributes);
  const localText = localTextOf("en");
  const index = createProductIndex({ analyzer: createAnalyzer() });
  const bulk = index.startBulk();
  for (const product of icecat.products) bulk.add(toIndexDocument(product, snapshot, localText));
  bulk.commit();
  return { index, snapshot, localText, workspace: createWorkspace(), priceScale: 100 };
}

/** The same index as if it had been made with other weights: they count at query time only. */
function withFields(index: ProductIndex, fields: readonly FieldSetting[]): ProductIndex {
  const statistics = { ...index.statistics() };
  return { ...index, fields, statistics: () => statistics };
}

function searchWith(context: SearchContext, fields: readonly FieldSetting[]) {
  const own = { ...context, index: withFields(context.index, fields) };
  return (q: string) => searchProducts(own, { q, limit: 10 }).items.map(({ sku }) => sku);
}

/** Chooses the weights for each fifth of the queries on the other four, and measures them on that fifth. */
function crossValidated(context: SearchContext, judged: readonly Judged[]): readonly number[] {
  const scores = settings.map((fields) => {
    const search = searchWith(context, fields);
    return judged.map((each) => scoreOf(each, search(each.query)));
  });
  return Array.from({ length: folds }, (_, fold) => {
    const inFold = (at: number) => at % folds === fold;
    const training = scores.map((row) => mean(row.filter((_, at) => !inFold(at))));
    const best = training.indexOf(Math.max(...training));
    return mean((scores[best] ?? []).filter((_, at) => inFold(at)));
  });
}

/** As a shop sends it: no word about its attributes. */
function importRow({ sku, name, description, brand, price, images, attributes }: CatalogProduct) {
  const money = price === null ? {} : { price: price.minor / 100, currency: price.currency };
  return { ...{ sku, name, description, brand, images, attributes }, ...money };
}

/** NDCG@10 of answers over HTTP, after the command that imports a catalog. */
async function overHttp(icecat: Icecat, judged: readonly Judged[]): Promise<number> {
  const dataDir = await createDataDir();
  const file = join(dataDir, "products.jsonl");
  try {
    writeFileSync(file, icecat.products.map((product) => JSON.stringify(importRow(product))).join("\n"));
    runCli(dataDir, ["import", "catalog", file]);
    const server = await startServerProcess(dataDir, { CLIENTELE_OPEN_DISCOVERY: "true" });
    try {
      const read = async (query: string) => {
        const answer = await fetch(`${server.url}/v1/search?limit=10&q=${encodeURIComponent(query)}`);
        if (!answer.ok) throw new Error(`search answered ${answer.status}`);
        return (await answer.json()) as { total: number; items: { sku: string }[] }; // our own API
      };
      await untilIndexed(async () => (await read("")).total, icecat.products.length);
      const scores: number[] = [];
      for (const each of judged)
        scores.push(
          scoreOf(
            each,
            (await read(each.query)).items.map(({ sku }) => sku),
          ),
        );
      return mean(scores);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const indexLimitMs = 60_000;

/** The index of a new process is searchable while it grows. */
async function untilIndexed(count: () => Promise<number>, wanted: number): Promise<void> {
  const until = performance.now() + indexLimitMs;
  while ((await count()) < wanted) {
    if (performance.now() > until) throw new Error(`${wanted} products were not indexed in ${indexLimitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function benchJudged(catalogFile: string, judgmentFile: string): Promise<readonly BenchRow[]> {
  const icecat = readIcecat(catalogFile, judgmentFile);
  const judged = judgedOf(icecat);
  const context = contextOf(icecat);
  const shipped = searchWith(context, defaultFields);
  const own = mean(judged.map((each) => scoreOf(each, shipped(each.query))));
  const byFold = crossValidated(context, judged);
  const spread = byFold.map((value) => value.toFixed(3)).join(", ");
  const note = `linear gain, unjudged 0, ${judged.length} of ${icecat.judgments.size} queries have something to find`;
  const rows = [
    row("search.judged.ndcg10", own, "NDCG@10", budget, `${note}; the weights that ship`),
    row(
      "search.judged.ndcg10.folds",
      mean(byFold),
      "NDCG@10",
      budget,
      `mean of ${folds} folds (${spread}), each with the best of ${settings.length} settings on the other queries`,
    ),
    row(
      "search.judged.ndcg10.http",
      await overHttp(icecat, judged),
      "NDCG@10",
      budget,
      "after clientele import catalog",
    ),
  ];
  const peers = [
    { name: "MiniSearch", engine: buildMiniSearch(icecat.products) },
    { name: "SQLite FTS5", engine: buildFts5(icecat.products) },
  ];
  for (const { name, engine } of peers) {
    const theirs = mean(judged.map((each) => scoreOf(each, engine.search(each.query))));
    rows.push(
      against(row("search.judged.ndcg10", own, "NDCG@10", "ratio ≥ 1"), `${name} ${theirs.toFixed(3)}`, own / theirs),
    );
  }
  return rows;
}
