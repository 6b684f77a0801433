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
  /** Gathers what belongs elsewhere, e.g. new or reduced products. */
  readonly isCollection: boolean;
};

export type Assortment = {
  readonly products: readonly SimulatorProduct[];
  readonly leaves: readonly Leaf[];
  /** Products that rise in the last days. */
  readonly trending: readonly SimulatorProduct[];
  /** The category that says most: the deepest one, of equals the smallest. */
  readonly leafOf: (product: SimulatorProduct) => Leaf;
  /** What is bought with things of a category: a wanted product of another one, cheap rather than dear. */
  readonly companionOf: (leaf: Leaf) => SimulatorProduct | null;
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

type Listing = readonly [path: string, products: readonly SimulatorProduct[]];

const fewProducts = 5;

const isBelow = (path: string, other: string): boolean => path.startsWith(`${other}/`);

/** Products by category without children, in order of paths; a child with few products counts as part of its parent. */
function listLeaves(products: readonly SimulatorProduct[]): readonly Listing[] {
  const byPath = new Map<string, Set<SimulatorProduct>>();
  for (const product of products) {
    for (const path of product.categories.length > 0 ? product.categories : [""]) {
      const listed = byPath.get(path);
      if (listed) listed.add(product);
      else byPath.set(path, new Set([product]));
    }
  }
  // From the end of the alphabet: children before their parents.
  for (const path of [...byPath.keys()].sort().reverse()) {
    const listed = byPath.get(path);
    const parent = [...byPath.keys()]
      .filter((other) => isBelow(path, other))
      .sort()
      .at(-1);
    if (!listed || listed.size >= fewProducts || parent === undefined) continue;
    for (const product of listed) byPath.get(parent)?.add(product);
    byPath.delete(path);
  }
  const paths = [...byPath.keys()].sort();
  const leaves = paths.filter((path) => !paths.some((other) => isBelow(other, path)));
  return leaves.map((path) => [path, [...(byPath.get(path) ?? [])]]);
}

function homesOf(listings: readonly Listing[]): ReadonlyMap<string, string> {
  const depth = (path: string): number => path.split("/").length;
  const bySpecificity = [...listings].sort(([a, inA], [b, inB]) => depth(b) - depth(a) || inA.length - inB.length);
  const homes = new Map<string, string>();
  for (const [path, products] of bySpecificity)
    for (const { sku } of products) if (!homes.has(sku)) homes.set(sku, path);
  return homes;
}

function toLeaf([path, products]: Listing, homes: ReadonlyMap<string, string>, seed: number): Leaf {
  const prices = products.map(({ price }) => price).sort((a, b) => a - b);
  return {
    path,
    root: path.split("/")[0] ?? "",
    label: labelOf(path),
    products: shuffled(products, createRandom(seed, "leaf", path)),
    medianPrice: Math.max(1, prices[prices.length >> 1] ?? 1),
    isCollection: products.filter(({ sku }) => homes.get(sku) === path).length * 2 < products.length,
  };
}

type Wanted = (product: SimulatorProduct) => number;

/** For each category one product that goes with it, of the same root where there is another category in it. */
function chooseCompanions(
  leaves: readonly Leaf[],
  wanted: Wanted,
  seed: number,
): ReadonlyMap<string, SimulatorProduct> {
  const companions = new Map<string, SimulatorProduct>();
  for (const { path, root, products } of leaves) {
    const others = leaves.filter((other) => other.path !== path && !other.isCollection);
    const near = others.filter((other) => other.root === root);
    const candidates = (near.length > 0 ? near : others)
      .flatMap((leaf) => leaf.products)
      .filter((product) => !products.includes(product));
    const weights = candidates.map((product) => wanted(product) / Math.max(1, product.price));
    const companion = candidates[createRandom(seed, "companion", path).index(weights)];
    if (companion) companions.set(path, companion);
  }
  return companions;
}

/**
 * What the simulated shop sells, and what of it is wanted: popularity follows Zipf's law inside each category, and a few
 * products rise in the last days.
 *
 * @param endAt when the rise is at its height; it stays there
 * @throws {RangeError} without products
 */
export function createAssortment(products: readonly SimulatorProduct[], seed: number, endAt: number): Assortment {
  const listings = listLeaves(products);
  const homes = homesOf(listings);
  const leaves = listings.map((listing) => toLeaf(listing, homes, seed));
  const leafByPath = new Map(leaves.map((leaf) => [leaf.path, leaf]));
  const [firstLeaf] = leaves;
  if (!firstLeaf) throw new RangeError("a simulated shop needs at least one product");
  const popularity = new Map<string, number>();
  for (const leaf of leaves) {
    const ranks = shuffled(leaf.products, createRandom(seed, "popularity", leaf.path));
    for (const [rank, { sku }] of ranks.entries()) {
      popularity.set(sku, Math.max(popularity.get(sku) ?? 0, 1 / (rank + 2)));
    }
  }
  const wanted: Wanted = ({ sku }) => popularity.get(sku) ?? 0;
  const companions = chooseCompanions(leaves, wanted, seed);
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
    leafOf: ({ sku }) => leafByPath.get(homes.get(sku) ?? "") ?? firstLeaf,
    companionOf: ({ path }) => companions.get(path) ?? null,
    demand: (product, at) => wanted(product) * (rising.has(product.sku) ? 1 + trendStrength * rise(at) : 1),
    rise,
    matching: (query) => {
      const words = query.toLowerCase().split(" ");
      return texts.filter(({ text }) => words.every((word) => text.includes(word))).map(({ product }) => product);
    },
  };
}
