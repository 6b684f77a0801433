// Vectors of products that few have looked at: half from the products whose texts are nearest, half from their category, and their own
// in proportion n / (n + 20) (ranking.md 3.1).
import { addScaled, dotProduct, normalise } from "./dot-products.ts";
import { createNearIndex } from "./hnsw.ts";

const ownAfter = 20;
const nearest = 10;
/** Up to here all are compared. */
const exactUpTo = 2_000;

export type ItemTable = {
  readonly size: number;
  /** One run a product, one long or zero. */
  readonly vectors: Float32Array;
  readonly counts: Uint32Array;
  readonly categories: Uint32Array;
};

function categoryMeans({ size, vectors, counts, categories }: ItemTable): ReadonlyMap<number, Float32Array> {
  const means = new Map<number, Float32Array>();
  for (let item = 0; item < counts.length; item += 1) {
    if (counts[item] === 0) continue;
    const mean = means.get(categories[item] ?? 0) ?? new Float32Array(size);
    means.set(categories[item] ?? 0, mean);
    addScaled(mean, 0, vectors, item * size, 1, size);
  }
  for (const mean of means.values()) normalise(mean, 0, size);
  return means;
}

/** The known products with the nearest texts. */
function createNearTexts(texts: Float32Array, width: number, known: readonly number[]) {
  const own = new Float32Array(known.length * width);
  for (const [place, item] of known.entries()) own.set(texts.subarray(item * width, (item + 1) * width), place * width);
  if (known.length > exactUpTo) {
    const index = createNearIndex(own, width);
    while (index.count() < known.length) index.add();
    return (text: Float32Array): readonly number[] =>
      Array.from(index.nearest(text, nearest).numbers, (place) => known[place] ?? 0);
  }
  return (text: Float32Array): readonly number[] =>
    known
      .map((item, place) => ({ item, cosine: dotProduct(own, place * width, text, 0, width) }))
      .sort((a, b) => b.cosine - a.cosine || a.item - b.item)
      .slice(0, nearest)
      .map(({ item }) => item);
}

/**
 * The vectors of all products, one long; zero where neither text nor category says anything.
 *
 * @param texts one run of `width` numbers a product, one long or zero
 */
export function warmItems(table: ItemTable, texts: Float32Array, width: number): Float32Array {
  const { size, vectors, counts, categories } = table;
  const means = categoryMeans(table);
  const hasText = (item: number): boolean =>
    width > 0 && dotProduct(texts, item * width, texts, item * width, width) > 0.5;
  const known = Array.from(counts.keys()).filter((item) => (counts[item] ?? 0) > 0 && hasText(item));
  const near = createNearTexts(texts, width, known);
  const result = new Float32Array(vectors.length);
  for (let item = 0; item < counts.length; item += 1) {
    const at = item * size;
    const count = counts[item] ?? 0;
    const own = count / (count + ownAfter);
    addScaled(result, at, vectors, at, own, size);
    const text = new Float32Array(size);
    if (hasText(item) && known.length > 0)
      for (const other of near(texts.subarray(item * width, (item + 1) * width)))
        if (other !== item) addScaled(text, 0, vectors, other * size, 1, size);
    if (normalise(text, 0, size)) addScaled(result, at, text, 0, (1 - own) / 2, size);
    const mean = means.get(categories[item] ?? 0);
    if (mean) addScaled(result, at, mean, 0, (1 - own) / 2, size);
    normalise(result, at, size);
  }
  return result;
}
