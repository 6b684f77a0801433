// Vectors of the products of a catalog by SKU, and the nearest ones to a vector: every one compared up to 20,000, a graph above.
import { dotProduct } from "./dot-products.ts";
import { createNearIndex, graphSettings, type NearGraph, type NearIndex } from "./hnsw.ts";

export type NearItem = { readonly sku: string; readonly cosine: number };

export type NearItemsDeps = {
  readonly size: number;
  /** Builds a graph, away from requests. @param vectors handed over */
  readonly buildGraph: (vectors: Float32Array, size: number) => Promise<NearGraph>;
  /** Products up to which all are compared: 20,000 × 128 take about 4 ms. */
  readonly exactUpTo?: number;
};

type Found = { readonly slot: number; readonly cosine: number };

/** 100 MB of vectors. */
export const maxItems = 200_000;
const defaultExact = 20_000;
const maxDeadShare = 0.3;
const mostNear = 1_000;

export function createNearItems({ size, buildGraph, exactUpTo = defaultExact }: NearItemsDeps) {
  let matrix = new Float32Array(1_024 * size);
  let skus: (string | undefined)[] = [];
  const slotOf = new Map<string, number>();
  let index: NearIndex | undefined;
  let isLost = false;

  const grow = (): void => {
    const wider = new Float32Array(matrix.length * 2);
    wider.set(matrix);
    matrix = wider;
    if (index) index = createNearIndex(matrix, size, index.graph());
  };
  /** Without the places of products that went or moved. */
  const close = (): void => {
    const kept = new Float32Array(Math.max(1_024, slotOf.size + (slotOf.size >> 2)) * size);
    const names: string[] = [];
    for (const [sku, slot] of slotOf) {
      kept.set(matrix.subarray(slot * size, (slot + 1) * size), names.length * size);
      names.push(sku);
    }
    matrix = kept;
    skus = names;
    for (const [slot, sku] of names.entries()) slotOf.set(sku, slot);
    index = undefined;
  };
  const remove = (sku: string): void => {
    const slot = slotOf.get(sku);
    if (slot === undefined) return;
    skus[slot] = undefined;
    slotOf.delete(sku);
  };
  const isSame = (slot: number, vector: Float32Array): boolean =>
    vector.every((value, at) => matrix[slot * size + at] === value);

  // By SKU where equally near: places depend on what came before.
  const byCosine = (a: Found, b: Found): number =>
    b.cosine - a.cosine || ((skus[a.slot] ?? "") < (skus[b.slot] ?? "") ? -1 : 1);

  const compareAll = (vector: Float32Array, limit: number): readonly NearItem[] => {
    const best: Found[] = [];
    let least = Number.NEGATIVE_INFINITY;
    for (let slot = 0; slot < skus.length; slot += 1) {
      if (skus[slot] === undefined) continue;
      const cosine = dotProduct(matrix, slot * size, vector, 0, size);
      if (best.length >= limit * 2 && cosine < least) continue;
      best.push({ slot, cosine });
      if (best.length < limit * 4) continue;
      best.sort(byCosine);
      best.length = limit * 2;
      least = best.at(-1)?.cosine ?? least;
    }
    best.sort(byCosine);
    return best.slice(0, limit).flatMap(({ slot, cosine }) => {
      const sku = skus[slot];
      return sku === undefined ? [] : [{ sku, cosine }];
    });
  };

  return {
    /** Adds or moves a product; undefined takes it away. Beyond 200,000 products it stays out. */
    set: (sku: string, vector: Float32Array | undefined): void => {
      const slot = slotOf.get(sku);
      if (slot !== undefined && vector && isSame(slot, vector)) return;
      remove(sku);
      if (!vector || slotOf.size >= maxItems) return;
      if ((skus.length + 1) * size > matrix.length) {
        if (skus.length - slotOf.size > skus.length * maxDeadShare) close();
        else grow();
      }
      matrix.set(vector, skus.length * size);
      slotOf.set(sku, skus.length);
      skus.push(sku);
      if (index && index.count() === skus.length - 1) index.add();
    },
    /** A view into memory: read it at once. */
    vectorOf: (sku: string): Float32Array | undefined => {
      const slot = slotOf.get(sku);
      return slot === undefined ? undefined : matrix.subarray(slot * size, (slot + 1) * size);
    },
    has: (sku: string): boolean => slotOf.has(sku),
    count: (): number => slotOf.size,
    skus: (): Iterable<string> => slotOf.keys(),
    /** Best first; nothing while a graph that is needed has yet to be built. */
    nearest: (vector: Float32Array, limit: number): readonly NearItem[] => {
      const wanted = Math.min(mostNear, Math.max(0, limit));
      if (wanted === 0) return [];
      if (slotOf.size <= exactUpTo) return compareAll(vector, wanted);
      if (!index) return [];
      const { numbers, scores, count } = index.nearest(vector, wanted * 2, Math.max(graphSettings.ef, wanted * 2));
      const found: NearItem[] = [];
      for (let at = 0; at < count && found.length < wanted; at += 1) {
        const sku = skus[numbers[at] ?? 0];
        if (sku !== undefined) found.push({ sku, cosine: scores[at] ?? 0 });
      }
      return found;
    },
    /** Builds the graph when there are too many products to compare all. */
    prepare: async (): Promise<void> => {
      const dead = skus.length - slotOf.size;
      const isWorn = dead > 1_000 && dead > skus.length * maxDeadShare;
      if (slotOf.size <= exactUpTo || isLost || (index && !isWorn)) return;
      if (isWorn) close();
      const own = matrix;
      const graph = await buildGraph(own.slice(0, skus.length * size), size);
      // What moved the places meanwhile was a close-up: the next turn builds again.
      if (skus.length < graph.count) return;
      const built = createNearIndex(matrix, size, graph);
      while (built.count() < skus.length) built.add();
      index = built;
    },
    /** Ends the use of it: no graph is built any more. */
    discard: (): void => {
      isLost = true;
    },
  };
}

export type NearItems = ReturnType<typeof createNearItems>;
