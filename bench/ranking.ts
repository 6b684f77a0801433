import { createRandom } from "../src/kernel/index.ts";
import { binRows } from "../src/models/index.ts";
import { fitRanker, plainFit } from "../src/ranking/fit-ranker.ts";
import type { ItemFacts } from "../src/ranking/item-facts.ts";
import type { RankedLists } from "../src/ranking/lists.ts";
import { flattenRanker, type RankerModel } from "../src/ranking/ranker.ts";
import { createReorder } from "../src/ranking/reorder.ts";
import { plainSettings } from "../src/ranking/serve-list.ts";
import { against, type BenchOptions, type BenchRow, row } from "./bench-row.ts";

// The learned order: training on 100,000 lists of 20 products with 40 features, scoring 300 products with 200 trees, and the variety
// and chance of a list. Every list has a click: one without teaches nothing and costs nothing.

const size = 20;
const width = 40;
const candidates = 300;

function someLists(count: number): RankedLists {
  const random = createRandom(1);
  const rows = count * size;
  const values = new Float32Array(rows * width);
  for (let at = 0; at < values.length; at += 1) values[at] = random() < 0.05 ? Number.NaN : random();
  const gains = new Float32Array(rows);
  for (let list = 0; list < count; list += 1) {
    let [best, highest] = [0, -1];
    for (let place = 0; place < size; place += 1) {
      const at = (list * size + place) * width;
      const value = (name: number): number => values[at + name] || 0;
      const worth = 2 * value(0) + 3 * value(1) * value(2) - Math.abs(value(3) - 0.5) + value(4) + 1.5 * random();
      if (worth > highest) [best, highest] = [place, worth];
    }
    gains[list * size + best] = random() < 0.1 ? 3 : random() < 0.3 ? 2 : 1;
  }
  return {
    features: Array.from({ length: width }, (_, at) => `f${at}`),
    values,
    starts: Int32Array.from({ length: count + 1 }, (_, list) => list * size),
    at: Float64Array.from({ length: count }, (_, list) => list),
    gains,
    learned: new Uint8Array(rows).fill(1),
    slots: Uint16Array.from({ length: rows }, (_, at) => 1 + (at % size)),
    weights: new Float32Array(rows).fill(1),
    segments: [],
  };
}

/** Reads every value of the table once for every tree: what any trainer must do at least. */
function readOnly(bins: readonly Uint8Array[], trees: number): number {
  let sum = 0;
  for (let tree = 0; tree < trees; tree += 1)
    for (const column of bins) for (let at = 0; at < column.length; at += 1) sum += column[at] as number;
  return sum;
}

const seconds = (from: number): number => (performance.now() - from) / 1_000;

function benchTraining(count: number): { readonly rows: readonly BenchRow[]; readonly model: RankerModel } {
  const lists = someLists(count);
  let from = performance.now();
  const binned = binRows(lists.values, width);
  const binning = seconds(from);
  from = performance.now();
  const cpu = process.cpuUsage();
  const spans = { train: { from: 0, to: count }, stop: { from: 0, to: 0 } };
  const model = fitRanker(lists, spans, new Set(["f0"]), { ...plainFit, seed: 1 }, binned);
  const fitting = seconds(from);
  const { user, system } = process.cpuUsage(cpu);
  from = performance.now();
  const sum = readOnly(binned.bins, 10);
  const reading = seconds(from) * (plainFit.trees / 10);
  const note = `${count.toLocaleString("en")} lists × ${size} × ${width}, ${model.trees.length} trees, ${((user + system) / 1e6).toFixed(0)} s of processor${sum === 0 ? "!" : ""}`;
  return {
    model,
    rows: [
      against(
        row("ranking.train", binning + fitting, "s", count === 100_000 ? "≤ 120" : "", note),
        `reading every value once a tree ${reading.toFixed(1)} s`,
        reading / (binning + fitting),
      ),
      row("ranking.bin", binning, "s", "", "64 quantile bins"),
    ],
  };
}

function benchScoring(model: RankerModel): readonly BenchRow[] {
  const random = createRandom(2);
  const values = Float32Array.from({ length: candidates * width }, random);
  const flat = flattenRanker(model, model.features);
  const out = new Float64Array(candidates);
  for (let round = 0; round < 200; round += 1) flat.score(values, candidates, out);
  // The median: a round that the machine interrupts says nothing.
  const times = Array.from({ length: 501 }, () => {
    const from = performance.now();
    flat.score(values, candidates, out);
    return performance.now() - from;
  });
  const ms = times.sort((a, b) => a - b)[250] ?? 0;
  return [row("ranking.score", ms, "ms", "≤ 2", `${candidates} products × ${model.trees.length} trees`)];
}

function benchReorder(): BenchRow {
  const random = createRandom(3);
  const items = new Map(
    Array.from({ length: candidates }, (_, at): [string, ItemFacts] => [
      `p${at}`,
      {
        ...{ sku: `p${at}`, brand: `b${at % 20}`, category: `c${at % 9}`, categories: ["shop", `shop/c${at % 9}`] },
        ...{ colours: [], sizes: [], price: 1_000 + 9_000 * random(), discount: 0, qty: 1, isInStock: true },
        ...{ rating: 4, reviews: 3, images: 2, variants: 0, createdAt: 0 },
      },
    ]),
  );
  const list = {
    skus: [...items.keys()],
    scores: Float64Array.from(items.keys(), (_, at) => 1 - at / 1_000),
    pinned: new Set<number>(),
  };
  const rounds = 300;
  const run = (round: number) =>
    createReorder({
      itemOf: (sku) => items.get(sku),
      knownOf: () => ({ clicks: 3, shown: 60 }),
      exploredOf: () => 0,
      seed: `visitor ${round}`,
      query: "jacket",
      page: { offset: 0, limit: 24 },
      settings: plainSettings,
      mayExplore: () => true,
      note: () => undefined,
    })(list);
  for (let round = 0; round < 100; round += 1) run(round);
  const from = performance.now();
  for (let round = 0; round < rounds; round += 1) run(round);
  const ms = (performance.now() - from) / rounds;
  return row("ranking.reorder", ms, "ms", "≤ 4", "variety over 50 products, one exploring slot with its chance");
}

export async function run({ quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const { rows, model } = benchTraining(quick ? 10_000 : 100_000);
  return [...rows, ...benchScoring(model), benchReorder()];
}
