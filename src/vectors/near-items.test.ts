import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../kernel/index.ts";
import { dotProduct, normalise } from "./dot-products.ts";
import { buildNearGraph } from "./hnsw.ts";
import { createNearItems } from "./near-items.ts";

const size = 8;
const buildGraph = async (vectors: Float32Array) => buildNearGraph(vectors, size);

function aVector(random: () => number): Float32Array {
  const vector = Float32Array.from({ length: size }, () => random() - 0.5);
  normalise(vector, 0, size);
  return vector;
}

describe("near products", () => {
  it("are those of a list that compares all, after any changes", () => {
    const change = fc.record({ item: fc.integer({ min: 0, max: 30 }), seed: fc.integer(), isGone: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 120 }), fc.integer(), (changes, seed) => {
        const items = createNearItems({ size, buildGraph });
        const naive = new Map<string, Float32Array>();
        for (const { item, seed: own, isGone } of changes) {
          const vector = isGone ? undefined : aVector(createRandom(own));
          items.set(`p${item}`, vector);
          if (vector) naive.set(`p${item}`, vector);
          else naive.delete(`p${item}`);
        }
        const query = aVector(createRandom(seed));
        const wanted = [...naive.values()]
          .map((vector) => dotProduct(vector, 0, query, 0, size))
          .sort((a, b) => b - a)
          .slice(0, 5);
        expect(items.nearest(query, 5).map(({ cosine }) => cosine)).toEqual(wanted);
        expect(items.count()).toBe(naive.size);
      }),
      { numRuns: 60 },
    );
  });

  it("come from a graph when there are many, which follows changes", async () => {
    const random = createRandom(1);
    const items = createNearItems({ size, buildGraph, exactUpTo: 100 });
    const all = Array.from({ length: 400 }, (_, at) => [`p${at}`, aVector(random)] as const);
    for (const [sku, vector] of all) items.set(sku, vector);
    const own = (sku: string, vector: Float32Array) => items.nearest(vector, 3)[0]?.sku === sku;
    expect(items.nearest(all[0]![1], 3)).toEqual([]);
    await items.prepare();
    expect(all.every(([sku, vector]) => own(sku, vector))).toBe(true);

    const moved = aVector(random);
    items.set("p7", moved);
    items.set("p8", undefined);
    items.set("new", all[8]![1]);
    expect(own("p7", moved)).toBe(true);
    expect(own("new", all[8]![1])).toBe(true);
  });

  it("are found while a catalog of 1,500 changes throughout", async () => {
    const random = createRandom(2);
    const items = createNearItems({ size, buildGraph, exactUpTo: 50 });
    for (let round = 0; round < 3; round += 1) {
      for (let at = 0; at < 500; at += 1) items.set(`p${at}`, aVector(random));
      await items.prepare();
    }
    const vector = aVector(random);
    items.set("p3", vector);
    expect(items.count()).toBe(500);
    expect(items.nearest(vector, 1)[0]?.sku).toBe("p3");
  });
});
