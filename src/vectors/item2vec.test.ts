import { describe, expect, it } from "vitest";
import { createRandom } from "../kernel/index.ts";
import { dotProduct } from "./dot-products.ts";
import { learnItemVectors, type SessionTable } from "./item2vec.ts";
import { warmItems } from "./warm-items.ts";

const groups = 4;
const perGroup = 12;
const items = groups * perGroup + 1;

/** Sessions that stay within one group of products; product 0 of each group is only bought. The last product is in none. */
function sessionsOf(count: number): SessionTable {
  const random = createRandom(3);
  const viewStarts = [0];
  const boughtStarts = [0];
  const views: number[] = [];
  const bought: number[] = [];
  for (let session = 0; session < count; session += 1) {
    const group = Math.floor(random() * groups);
    for (let view = 0; view < 4; view += 1) views.push(group * perGroup + 1 + Math.floor(random() * (perGroup - 1)));
    if (session % 3 === 0) bought.push(group * perGroup);
    viewStarts.push(views.length);
    boughtStarts.push(bought.length);
  }
  return {
    viewStarts: Uint32Array.from(viewStarts),
    views: Uint32Array.from(views),
    boughtStarts: Uint32Array.from(boughtStarts),
    bought: Uint32Array.from(bought),
  };
}

const settings = { size: 16, seed: 1, categories: new Uint32Array(items) };
const cosine = (vectors: Float32Array, a: number, b: number) => dotProduct(vectors, a * 16, vectors, b * 16, 16);

function meanCosines(vectors: Float32Array) {
  let [inside, outside, pairs, crossing] = [0, 0, 0, 0];
  for (let a = 0; a < items - 1; a += 1)
    for (let b = a + 1; b < items - 1; b += 1) {
      if (a % perGroup === 0 || b % perGroup === 0) continue;
      if (Math.floor(a / perGroup) === Math.floor(b / perGroup))
        [inside, pairs] = [inside + cosine(vectors, a, b), pairs + 1];
      else [outside, crossing] = [outside + cosine(vectors, a, b), crossing + 1];
    }
  return { inside: inside / pairs, outside: outside / crossing };
}

describe("vectors of products by the sessions they are viewed in", () => {
  const learned = learnItemVectors(sessionsOf(3_000), items, settings);

  it("put products that are viewed together near to each other, and others apart", () => {
    const { inside, outside } = meanCosines(learned.vectors);
    expect(inside).toBeGreaterThan(0.7);
    expect(outside).toBeLessThan(inside - 0.4);
  });

  it("leave a product without a session without a vector", () => {
    expect(learned.counts[items - 1]).toBe(0);
    expect(dotProduct(learned.vectors, (items - 1) * 16, learned.vectors, (items - 1) * 16, 16)).toBe(0);
  });

  it("follow from the seed", () => {
    const sessions = sessionsOf(200);
    expect(learnItemVectors(sessions, items, settings)).toEqual(learnItemVectors(sessions, items, settings));
    expect(learnItemVectors(sessions, items, { ...settings, seed: 2 }).vectors).not.toEqual(
      learnItemVectors(sessions, items, settings).vectors,
    );
  });

  it("learn no more than they may", () => {
    expect(learnItemVectors(sessionsOf(1_000), items, { ...settings, maxPairs: 30_000 }).epochs).toBe(2);
  });

  it("take what was bought for a context of every view", () => {
    const other = learnItemVectors({ ...sessionsOf(3_000), boughtStarts: new Uint32Array(3_001) }, items, settings);
    expect(other.vectors).not.toEqual(learned.vectors);
    expect(learned.counts[0]).toBeGreaterThan(0);
  });
});

describe("a product that nobody has looked at", () => {
  const size = 2;
  // Two known products of one category, one of another; the last is new.
  const table = (categories: readonly number[], counts: readonly number[]) => ({
    size,
    vectors: Float32Array.of(1, 0, 0.6, 0.8, 0, 1, 0, 0),
    counts: Uint32Array.from(counts),
    categories: Uint32Array.from(categories),
  });

  it("stands where its category stands when no text says more", () => {
    const warmed = warmItems(table([0, 0, 1, 1], [1_000, 1_000, 1_000, 0]), new Float32Array(), 0);
    expect([warmed[6], warmed[7]]).toEqual([0, 1]);
  });

  it("stands half there, half where the products with the nearest texts stand", () => {
    const texts = Float32Array.of(1, 0, 0, 1, 0, 1, 1, 0);
    // Its text is that of product 0; all three known ones are among the nearest ten.
    const warmed = warmItems(table([0, 0, 1, 1], [1_000, 1_000, 1_000, 0]), texts, 2);
    const text = [1.6, 1.8].map((value) => value / Math.hypot(1.6, 1.8));
    const sum = [text[0]! / 2, text[1]! / 2 + 0.5];
    expect(warmed[6]).toBeCloseTo(sum[0]! / Math.hypot(sum[0]!, sum[1]!), 5);
    expect(warmed[7]).toBeCloseTo(sum[1]! / Math.hypot(sum[0]!, sum[1]!), 5);
  });

  it("stands by itself the more, the more people look at it", () => {
    const few = warmItems(table([0, 0, 0, 1], [1_000, 1_000, 5, 0]), new Float32Array(), 0);
    const many = warmItems(table([0, 0, 0, 1], [1_000, 1_000, 5_000, 0]), new Float32Array(), 0);
    expect(many[5]).toBeGreaterThan(few[5]!);
    expect(many[5]).toBeGreaterThan(0.99);
  });
});
