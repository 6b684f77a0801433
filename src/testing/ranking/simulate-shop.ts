// A shop in which everything is known: what each visitor likes, and how likely each place of a list is looked at. Visitors have a
// taste for categories, products come and go, categories have their seasons, and the order that is logged goes by popularity.
import { createRandom } from "../../kernel/index.ts";
import type { RankedLists } from "../../ranking/lists.ts";

export const simulatedFeatures = ["quality_seen", "popularity", "taste", "price", "plain_score"] as const;

export type SimulatedShop = {
  readonly lists: RankedLists;
  /** By row: chance of a click for somebody who looks. */
  readonly truth: Float64Array;
  /** By row: number of the product. */
  readonly product: Int32Array;
};

export type Simulation = {
  readonly lists: number;
  readonly size: number;
  readonly seed: number;
  /** Chance that a place is looked at. @param slot 1-based */
  readonly examination: (slot: number) => number;
  /** Weight of a click in a place; default 1. */
  readonly weight?: (slot: number) => number;
  /** From this list on, what is seen of quality and taste is noise. */
  readonly staleFrom?: number;
  /** How much chance there is in the logged order; default 0.3. */
  readonly jitter?: number;
};

const products = 240;
/** Products that are on sale at one time. */
const onSale = 80;
const categories = 8;

export function simulateShop(given: Simulation): SimulatedShop {
  const { lists: count, size, seed, examination, weight = () => 1, jitter = 0.3 } = given;
  const random = createRandom(seed);
  const normal = (): number => random() + random() + random() - 1.5;
  const quality = Float64Array.from({ length: products }, random);
  const popularity = quality.map((value) => 0.35 * value + 0.65 * random());
  const price = Float64Array.from({ length: products }, random);
  const rows = count * size;
  const width = simulatedFeatures.length;
  const values = new Float32Array(rows * width);
  const gains = new Float32Array(rows);
  const slots = new Uint16Array(rows);
  const truth = new Float64Array(rows);
  const product = new Int32Array(rows);
  const weights = new Float32Array(rows);
  for (let list = 0; list < count; list += 1) {
    const taste = Math.floor(random() * categories);
    const season = Math.floor((list / count) * 4) % categories;
    const first = Math.floor((list / count) * (products - onSale));
    const isStale = list >= (given.staleFrom ?? Number.POSITIVE_INFINITY);
    const shown = Array.from({ length: size }, () => first + Math.floor(random() * onSale))
      .map((item) => ({ item, order: popularity[item]! + jitter * normal() }))
      .sort((a, b) => b.order - a.order);
    for (const [at, { item, order }] of shown.entries()) {
      const row = list * size + at;
      const category = item % categories;
      const likes = (category === taste ? 1 : 0) + (category === season ? 0.3 : 0);
      truth[row] = 1 / (1 + Math.exp(4.2 - 2.4 * quality[item]! - 1.8 * likes));
      product[row] = item;
      slots[row] = at + 1;
      weights[row] = weight(at + 1);
      gains[row] = random() < examination(at + 1) * truth[row]! ? 1 : 0;
      const seen = isStale ? random() : quality[item]! + 0.15 * normal();
      const match = isStale ? Math.round(random()) : Number(category === taste);
      values.set([seen, popularity[item]!, match, price[item]!, order], row * width);
    }
  }
  return {
    lists: {
      features: simulatedFeatures,
      values,
      starts: Int32Array.from({ length: count + 1 }, (_, list) => list * size),
      at: Float64Array.from({ length: count }, (_, list) => list * 60_000),
      gains,
      learned: new Uint8Array(rows).fill(1),
      slots,
      weights,
      segments: [],
    },
    truth,
    product,
  };
}
