import type { Random } from "./random.ts";
import { createRandom } from "./random.ts";
import { dayMs } from "./season.ts";

/** A product as the simulation needs it. */
export type SimulatorProduct = {
  readonly sku: string;
  readonly name: string;
  /** Paths of category keys, e.g. `gear/bags`. */
  readonly categories: readonly string[];
  /** In minor units of `currency`. */
  readonly price: number;
  readonly currency: string;
  /** SKUs of what is really bought; empty or absent when the product itself is. */
  readonly variants?: readonly string[];
};

/** A category without children: what a taste is made of. */
export type Leaf = {
  readonly path: string;
  /** First step of the path, e.g. `women`. */
  readonly root: string;
  /** e.g. `jackets` for `women/tops-women/jackets-women`. */
  readonly label: string;
  /** Similar products stand side by side: who looks at one looks at its neighbours. */
  readonly products: readonly SimulatorProduct[];
  readonly medianPrice: number;
};

export type Assortment = {
  readonly products: readonly SimulatorProduct[];
  readonly leaves: readonly Leaf[];
  /** Products that rise in the last days. */
  readonly trending: readonly SimulatorProduct[];
  readonly leafOf: (product: SimulatorProduct) => Leaf;
  /** How wanted a product is at an instant: its lasting popularity, times its trend. */
  readonly demand: (product: SimulatorProduct, at: number) => number;
  /** 0 before the rise of the trending products, 1 at its height. */
  readonly rise: (at: number) => number;
  /** Products whose name or category has every word of `query`. */
  readonly matching: (query: string) => readonly SimulatorProduct[];
};

const trendingCount = 5;
const trendDays = 5;
const trendStrength = 14;

function labelOf(path: string): string {
  const steps = path.split("/");
  const above = new Set(steps.slice(0, -1).flatMap((step) => step.split("-")));
  const words = (steps.at(-1) ?? "").split("-");
  const own = words.filter((word) => !above.has(word));
  return (own.length > 0 ? own : words).join(" ");
}

function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  return list
    .map((value) => ({ value, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

function toLeaf(path: string, products: readonly SimulatorProduct[], seed: number): Leaf {
  const prices = products.map(({ price }) => price).sort((a, b) => a - b);
  return {
    path,
    root: path.split("/")[0] ?? "",
    label: labelOf(path),
    products: shuffled(products, createRandom(seed, "leaf", path)),
    medianPrice: Math.max(1, prices[prices.length >> 1] ?? 1),
  };
}

function readLeaves(products: readonly SimulatorProduct[], seed: number): readonly Leaf[] {
  const byPath = new Map<string, SimulatorProduct[]>();
  for (const product of products) {
    for (const path of product.categories.length > 0 ? product.categories : [""]) {
      const listed = byPath.get(path);
      if (listed) listed.push(product);
      else byPath.set(path, [product]);
    }
  }
  const paths = [...byPath.keys()].sort();
  const leaves = paths.filter((path) => !paths.some((other) => other.startsWith(`${path}/`)));
  return leaves.map((path) => toLeaf(path, byPath.get(path) ?? [], seed));
}

/**
 * What the simulated shop sells, and what of it is wanted: popularity follows Zipf's law inside each category, and a few
 * products rise in the last days.
 *
 * @param endAt when the rise is at its height; it stays there
 * @throws {RangeError} without products
 */
export function createAssortment(products: readonly SimulatorProduct[], seed: number, endAt: number): Assortment {
  const leaves = readLeaves(products, seed);
  const [firstLeaf] = leaves;
  if (!firstLeaf) throw new RangeError("a simulated shop needs at least one product");
  const popularity = new Map<string, number>();
  const leafBySku = new Map<string, Leaf>();
  for (const leaf of leaves) {
    const ranks = shuffled(leaf.products, createRandom(seed, "popularity", leaf.path));
    for (const [rank, { sku }] of ranks.entries()) {
      popularity.set(sku, Math.max(popularity.get(sku) ?? 0, 1 / (rank + 2) ** 0.8));
      if (!leafBySku.has(sku)) leafBySku.set(sku, leaf);
    }
  }
  const trending = shuffled(products, createRandom(seed, "trending")).slice(
    0,
    Math.min(trendingCount, Math.ceil(products.length / 4)),
  );
  const rising = new Set(trending.map(({ sku }) => sku));
  const texts = products.map((product) => ({
    product,
    text: `${product.name} ${product.categories.join(" ").replaceAll(/[/-]/g, " ")}`.toLowerCase(),
  }));
  const riseFrom = endAt - trendDays * dayMs;
  const rise = (at: number): number => Math.min(1, Math.max(0, (at - riseFrom) / (endAt - riseFrom)));

  return {
    products,
    leaves,
    trending,
    leafOf: ({ sku }) => leafBySku.get(sku) ?? firstLeaf,
    demand: ({ sku }, at) => (popularity.get(sku) ?? 0) * (rising.has(sku) ? 1 + trendStrength * rise(at) : 1),
    rise,
    matching: (query) => {
      const words = query.toLowerCase().split(" ");
      return texts.filter(({ text }) => words.every((word) => text.includes(word))).map(({ product }) => product);
    },
  };
}
