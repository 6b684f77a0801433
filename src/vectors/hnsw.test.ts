import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../kernel/index.ts";
import { dotProduct, normalise } from "./dot-products.ts";
import { buildNearGraph, createNearIndex } from "./hnsw.ts";

/** Vectors around a few centres, as products of a few kinds lie. */
function clustered(count: number, size: number, clusters: number, spread: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const centres = Float32Array.from({ length: clusters * size }, () => random() - 0.5);
  const vectors = new Float32Array(count * size);
  for (let vector = 0; vector < count; vector += 1) {
    const centre = Math.floor(random() * clusters);
    for (let at = 0; at < size; at += 1)
      vectors[vector * size + at] = centres[centre * size + at]! + spread * (random() - 0.5);
    normalise(vectors, vector * size, size);
  }
  return vectors;
}

function exactNearest(vectors: Float32Array, size: number, query: Float32Array, limit: number): readonly number[] {
  return Array.from({ length: vectors.length / size }, (_, number) => number)
    .map((number) => ({ number, score: dotProduct(vectors, number * size, query, 0, size) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ number }) => number);
}

function recallOf(index: ReturnType<typeof createNearIndex>, vectors: Float32Array, size: number): number {
  let found = 0;
  const queries = clustered(40, size, 7, 2, 99);
  for (let query = 0; query < 40; query += 1) {
    const own = queries.subarray(query * size, (query + 1) * size);
    const near = new Set(index.nearest(own, 10).numbers);
    found += exactNearest(vectors, size, own, 10).filter((number) => near.has(number)).length;
  }
  return found / 400;
}

describe("the near graph", () => {
  it("finds at least 95 of 100 of the true ten nearest, however the vectors lie", () => {
    fc.assert(
      fc.property(
        fc.record({
          count: fc.integer({ min: 30, max: 1_000 }),
          size: fc.constantFrom(7, 16, 32),
          clusters: fc.integer({ min: 1, max: 40 }),
          spread: fc.constantFrom(0.05, 0.3, 1),
          seed: fc.integer({ min: 1, max: 1_000 }),
        }),
        ({ count, size, clusters, spread, seed }) => {
          const vectors = clustered(count, size, clusters, spread, seed);
          const index = createNearIndex(vectors, size, buildNearGraph(vectors, size));
          expect(recallOf(index, vectors, size)).toBeGreaterThanOrEqual(0.95);
        },
      ),
      { numRuns: 10, seed: 7 },
    );
  });

  it("finds every vector itself, also among copies of it", () => {
    const size = 8;
    const vectors = clustered(600, size, 5, 0.3, 3);
    for (let copy = 0; copy < 200; copy += 1) vectors.copyWithin(copy * size, 599 * size, 600 * size);
    const index = createNearIndex(vectors, size, buildNearGraph(vectors, size));
    for (let number = 200; number < 599; number += 1)
      expect([...index.nearest(vectors.subarray(number * size, (number + 1) * size), 1).numbers]).toEqual([number]);
    const copies = index.nearest(vectors.subarray(0, size), 300).numbers.subarray(0, 201);
    expect([...copies].sort((a, b) => a - b)).toEqual([...Array.from({ length: 200 }, (_, at) => at), 599]);
  });

  it("takes vectors that come later", () => {
    const size = 16;
    const vectors = clustered(900, size, 9, 0.5, 5);
    const first = buildNearGraph(vectors.slice(0, 700 * size), size);
    const index = createNearIndex(vectors, size, first);
    expect(index.count()).toBe(700);
    while (index.count() < 900) index.add();
    expect(recallOf(index, vectors, size)).toBeGreaterThanOrEqual(0.95);
  });

  it("is the same graph each time", () => {
    const vectors = clustered(300, 16, 4, 0.5, 5);
    expect(buildNearGraph(vectors, 16)).toEqual(buildNearGraph(vectors, 16));
  });

  it("has no neighbours to offer when it is empty", () => {
    expect(createNearIndex(new Float32Array(), 4).nearest(new Float32Array(4), 5).count).toBe(0);
  });
});
