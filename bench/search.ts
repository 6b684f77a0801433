import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { AttributeMeta, CatalogProduct } from "../src/catalog/index.ts";
import { createLogger, systemClock } from "../src/kernel/index.ts";
import { type Icecat, loadIcecat, ndcgAt10 } from "../src/search/icecat-fixture.ts";
import { createSearch, type Search, type SearchableCatalog } from "../src/search/index.ts";
import { createTermDictionary } from "../src/search/indexing/term-dictionary.ts";
import { findNearTerms } from "../src/search/planning/find-near-terms.ts";
import { aProduct } from "../src/search/search-fixture.ts";
import { against, type BenchRow, row } from "./bench-row.ts";
import { quantile } from "./lib/quantile.ts";
import { createRandom } from "./lib/random.ts";
import { snapshotOf } from "./lib/snapshot-of.ts";
import { benchJudged } from "./search-judged.ts";
import { buildFts5, buildMiniSearch } from "./search-peers.ts";

// Search on the Icecat catalog beside MiniSearch and SQLite FTS5, and on a synthetic catalog of a million products whose
// words follow Zipf's law. Run alone: node --import tsx bench/search.ts [data folder] [synthetic products]

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

function usedBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function catalogOf(products: readonly CatalogProduct[], attributes: readonly AttributeMeta[]): SearchableCatalog {
  const snapshot = snapshotOf(products, attributes);
  return { current: () => snapshot, onChange: () => () => undefined };
}

async function build(
  catalog: SearchableCatalog,
): Promise<{ search: Search; buildMs: number; bytesPerProduct: number }> {
  const before = usedBytes();
  const startedAt = performance.now();
  const search = createSearch({ catalog, clock: systemClock, logger: createLogger("silent") });
  await search.settled();
  const buildMs = performance.now() - startedAt;
  // One query, so that the accumulators count too.
  search.search({ q: "warm up" });
  // Arrays that a thread handed over are not among those that the engine counts here: what the index says of itself is the least.
  const bytes = Math.max(usedBytes() - before, search.bytes());
  return { search, buildMs, bytesPerProduct: bytes / search.size() };
}

const warmUpRounds = 3;

/** Milliseconds of each run after a warm-up, ascending. */
function timesOf(run: (query: string) => unknown, queries: readonly string[], rounds: number): Float64Array {
  for (let round = 0; round < warmUpRounds; round += 1) for (const query of queries) run(query);
  const times = new Float64Array(queries.length * rounds);
  for (let at = 0; at < times.length; at += 1) {
    const startedAt = performance.now();
    run(queries[at % queries.length] ?? "");
    times[at] = performance.now() - startedAt;
  }
  return times.sort();
}

function meanNdcg({ judgments }: Icecat, search: (query: string) => readonly string[]): number {
  const values = [...judgments].flatMap(([query, grades]) => ndcgAt10(search(query), grades) ?? []);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function benchIcecat(icecat: Icecat): Promise<readonly BenchRow[]> {
  const { products, attributes, judgments } = icecat;
  const { search, buildMs, bytesPerProduct } = await build(catalogOf(products, attributes));
  const floors = [
    { name: "MiniSearch", engine: buildMiniSearch(products) },
    { name: "SQLite FTS5", engine: buildFts5(products) },
  ];
  // What people type: the judged queries, with a typing error, and half typed.
  const queries = [...judgments.keys()].flatMap((query) => [
    query,
    query.slice(0, -2),
    query.replace(/(\w)(\w)(\w)(\w)/, "$1$3$2$4"),
  ]);
  // The floors neither correct nor complete, so they are compared on the words as judged.
  const typed = [...judgments.keys()];
  const own = timesOf((q) => search.search({ q }), queries, 20);
  const skus = (q: string) => search.search({ q }).items.map(({ sku }) => sku);
  const rows = [
    row("search.icecat.build", products.length / (buildMs / 1000), "products/s", "", "with pauses for requests"),
    row(
      "search.icecat.p50",
      quantile(own, 0.5),
      "ms",
      "",
      "24 products with highlights; a third of the queries misspelt, a third half typed",
    ),
    row("search.icecat.p99", quantile(own, 0.99), "ms", "≤ 8"),
    row(
      "search.icecat.p99.facets",
      quantile(
        timesOf((q) => search.search({ q, facets: ["*"] }), queries, 5),
        0.99,
      ),
      "ms",
      "≤ 8",
      "all facets chosen by themselves",
    ),
    row(
      "search.icecat.suggest.p99",
      quantile(
        timesOf((q) => search.suggest(q, 10), queries, 10),
        0.99,
      ),
      "ms",
      "≤ 8",
    ),
    row("search.icecat.memory", bytesPerProduct, "bytes/product", "≤ 700", "heap and typed arrays beside the products"),
    row("search.icecat.ndcg10", meanNdcg(icecat, skus), "NDCG@10", "≥ 0.83", "linear gain, unjudged 0"),
  ];
  for (const { name, engine } of floors) {
    // Side by side, so that both meet the same machine.
    const ownTyped = timesOf((q) => search.search({ q }), typed, 20);
    const times = timesOf(engine.search, typed, 20);
    rows.push(
      against(
        row("search.icecat.typed.p50", quantile(ownTyped, 0.5), "ms", "faster than the floor"),
        `${name} p50 ${quantile(times, 0.5).toFixed(2)} ms`,
        quantile(times, 0.5) / quantile(ownTyped, 0.5),
      ),
      against(
        row("search.icecat.typed.p99", quantile(ownTyped, 0.99), "ms", "faster than the floor"),
        `${name} p99 ${quantile(times, 0.99).toFixed(2)} ms`,
        quantile(times, 0.99) / quantile(ownTyped, 0.99),
      ),
      against(
        row("search.icecat.build", products.length / (buildMs / 1000), "products/s"),
        `${name} ${Math.round(products.length / (engine.buildMs / 1000))} products/s`,
        engine.buildMs / buildMs,
      ),
      against(
        row("search.icecat.ndcg10", meanNdcg(icecat, skus), "NDCG@10"),
        `${name} ${meanNdcg(icecat, engine.search).toFixed(3)}`,
        meanNdcg(icecat, skus) / meanNdcg(icecat, engine.search),
      ),
    );
  }
  search.close();
  return rows;
}

const vocabularySize = 100_000;

/** A word by its rank; pronounceable, so that typing errors have neighbours. */
function wordAt(rank: number): string {
  const syllables = [
    "ba",
    "ke",
    "li",
    "mo",
    "nu",
    "ra",
    "se",
    "ti",
    "vo",
    "zu",
    "pan",
    "der",
    "lis",
    "mon",
    "tur",
    "gra",
  ];
  let word = "";
  for (let rest = rank + 16; rest > 0; rest = Math.floor(rest / 16)) word += syllables[rest % 16] ?? "";
  return word;
}

/** Ranks drawn by Zipf's law with exponent 1. */
function zipfRank(random: () => number): number {
  return Math.floor(vocabularySize ** random()) - 1;
}

function syntheticProducts(count: number): readonly CatalogProduct[] {
  const random = createRandom(1);
  const words = (length: number) => Array.from({ length }, () => wordAt(zipfRank(random))).join(" ");
  const colors = ["black", "white", "red", "blue", "green", "gray", "brown", "pink"];
  return Array.from({ length: count }, (_, at) => {
    const money = { minor: Math.floor(500 * 400 ** random()), currency: "USD" };
    return aProduct({
      sku: `SKU-${at}`,
      name: words(5),
      brand: wordAt(500 + Math.floor(random() ** 2 * 2_000)),
      description: words(25),
      categories: [`c${Math.floor(random() * 20)}/d${Math.floor(random() * 20)}`],
      price: money,
      finalPrice: money,
      attributes: { color: colors[Math.floor(random() * 8)] ?? "", material: wordAt(Math.floor(random() * 40)) },
      createdAt: at,
    });
  });
}

/** How long it takes to find what a misspelt word may mean, two typing errors away. */
function benchCorrections(): BenchRow {
  const words = [...new Set(Array.from({ length: vocabularySize }, (_, rank) => wordAt(rank)))].sort();
  const dictionary = createTermDictionary(words);
  const typed = Array.from({ length: 300 }, (_, at) =>
    wordAt((at * 7_919) % vocabularySize).replace(/(.)(.)(.)(.)/, "$1$2$4$3"),
  );
  const times = timesOf((word) => findNearTerms(dictionary, word, 2), typed, 5);
  return row("search.corrections.p99", quantile(times, 0.99), "ms", "≤ 1", `${words.length} terms, two typing errors`);
}

/** Lists by category and without a query, ordered by signals of behaviour as in the shop. */
function browsingRows(search: Search, label: string): readonly BenchRow[] {
  const popularity = (sku: string) => Number(sku.slice(4)) % 977;
  const signals = [{ name: "popularity", beta: 0.3, valueOf: popularity }];
  const lists = Array.from({ length: 20 }, (_, at) => `c${at}`);
  const browse = (path: string) => search.search({ categoryPath: path, facets: ["*"], signals });
  return [
    row(`search.${label}.category.p99`, quantile(timesOf(browse, lists, 3), 0.99), "ms", "≤ 40", "a twentieth of it"),
    row(
      `search.${label}.browse.p99`,
      quantile(
        timesOf(() => search.search({ facets: ["*"], signals }), lists, 1),
        0.99,
      ),
      "ms",
      "≤ 40",
      "all products, 20,000 of them ordered by signals",
    ),
  ];
}

async function benchSynthetic(count: number): Promise<readonly BenchRow[]> {
  const { search, buildMs, bytesPerProduct } = await build(catalogOf(syntheticProducts(count), []));
  const random = createRandom(2);
  // As shoppers type: one to four words, frequent ones most often, every fifth with a typing error.
  const queries = Array.from({ length: 500 }, (_, at) => {
    const text = Array.from({ length: 1 + (at % 4) }, () => wordAt(zipfRank(random))).join(" ");
    return at % 5 === 0 ? text.replace(/(.)(.)(.)(.)/, "$1$2$4$3") : text;
  });
  const times = timesOf((q) => search.search({ q }), queries, 4);
  const faceted = timesOf((q) => search.search({ q, facets: ["color", "price", "categories"] }), queries, 1);
  const label = count >= 1_000_000 ? `${count / 1_000_000}m` : String(count);
  const browsing = browsingRows(search, label);
  search.close();
  return [
    benchCorrections(),
    ...browsing,
    row(`search.${label}.build`, count / (buildMs / 1000), "products/s", "", "with pauses for requests"),
    row(`search.${label}.p50`, quantile(times, 0.5), "ms"),
    row(`search.${label}.p99`, quantile(times, 0.99), "ms", "≤ 40", "100,000 words by Zipf's law, 32 words a product"),
    row(`search.${label}.p99.facets`, quantile(faceted, 0.99), "ms", "≤ 40", "color, price, categories"),
    row(
      `search.${label}.memory`,
      bytesPerProduct,
      "bytes/product",
      "≤ 700",
      "heap and typed arrays beside the products",
    ),
  ];
}

/**
 * @param options.data folder of the data sets; without its `icecat` only the synthetic part runs
 * @param options.catalog products to search instead, with `options.judgments` (query, product, grade 0 to 3): how well it
 *   ranks, in process and over HTTP after an import
 * @param options.products synthetic products, default 1,000,000; 0 leaves that part out
 */
export async function run(options: {
  readonly data: string;
  readonly catalog?: string;
  readonly judgments?: string;
  readonly products?: number;
}): Promise<readonly BenchRow[]> {
  const { catalog, judgments } = options;
  if (catalog !== undefined && judgments !== undefined) return benchJudged(catalog, judgments);
  const icecat = loadIcecat(options.data);
  const rows = icecat ? [...(await benchIcecat(icecat))] : [];
  const products = options.products ?? 1_000_000;
  if (products > 0) rows.push(...(await benchSynthetic(products)));
  return rows;
}

if (import.meta.url === new URL(process.argv[1] ?? "", "file://").href) {
  console.table(
    await run({ data: process.argv[2] ?? "../shared/data", products: Number(process.argv[3] ?? 1_000_000) }),
  );
}
