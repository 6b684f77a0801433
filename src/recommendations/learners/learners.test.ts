import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../kernel/index.ts";
import { createEase } from "./ease.ts";
import { invertSymmetric } from "./invert-symmetric.ts";
import { createItemRules, createItemToItem, createPopular } from "./item-rules.ts";
import { type Baskets, createPersonalFrequency, createTifuKnn, tifuVector } from "./next-basket.ts";

describe("the inverse of a symmetric matrix", () => {
  it("times the matrix is one, over the borders of its blocks", () => {
    for (const size of [1, 5, 63, 64, 65, 130]) {
      const random = createRandom(size);
      const matrix = new Float32Array(size * size);
      for (let row = 0; row < size; row += 1)
        for (let column = 0; column <= row; column += 1) matrix[row * size + column] = random() - 0.3;
      for (let row = 0; row < size; row += 1) matrix[row * size + row] = size;
      const inverse = matrix.slice();
      invertSymmetric(inverse, size);
      const at = (row: number, column: number) => matrix[Math.max(row, column) * size + Math.min(row, column)]!;
      for (let row = 0; row < size; row += 1) {
        for (let column = 0; column < size; column += 1) {
          let sum = 0;
          for (let k = 0; k < size; k += 1) sum += at(row, k) * inverse[k * size + column]!;
          expect(sum).toBeCloseTo(row === column ? 1 : 0, 4);
        }
      }
    }
  });

  it("is refused for a matrix without one", () => {
    expect(() => invertSymmetric(Float32Array.from([1, 2, 2, 1]), 2)).toThrow("positive definite");
    expect(() => invertSymmetric(Float32Array.from([Number.NaN]), 1)).toThrow("positive definite");
  });
});

describe("EASE", () => {
  it("solves four items as by hand", () => {
    // Two people with a and b, one with c and d: G of a, b is [[2v, 2v], [2v, 2v]] + 1 with v = ln² 2, so that
    // B_ab = 2v / (2v + 1); of c, d it is v / (v + 1). The pairs know nothing of each other.
    const ease = createEase([{ items: ["a", "b"] }, { items: ["a", "b"] }, { items: ["c", "d"] }], {
      regularisation: 1,
    });
    const value = Math.LN2;
    const v = value ** 2;
    expect(ease.next(["a"])).toEqual([expect.objectContaining({ item: "b" })]);
    expect(ease.next(["a"])[0]?.score).toBeCloseTo((value * 2 * v) / (2 * v + 1), 5);
    expect(ease.next(["d"])[0]?.score).toBeCloseTo((value * v) / (v + 1), 5);
    expect(ease.next(["unknown"])).toEqual([]);
  });

  it("is refused above its number of items", () => {
    expect(() => createEase([{ items: ["a", "b", "c"] }], { maxItems: 2 })).toThrow("at most 2 items");
  });
});

describe("rules", () => {
  const sessions = [{ items: ["a", "b", "c"] }, { items: ["a", "b", "a"] }, { items: ["c", "a"] }];

  it("count what follows, nearer views more, the same item too", () => {
    // a: b follows twice at one step, c once at two, a again at two; c → a in one step speaks for c only.
    expect(createItemRules(sessions, "follows").next(["c", "a"])).toEqual([
      { item: "b", score: 2, because: "" },
      { item: "a", score: 0.5, because: "" },
      { item: "c", score: 0.5, because: "" },
    ]);
  });

  it("count sessions with both, for one item or for all that somebody has", () => {
    expect(
      createItemRules(sessions, "together")
        .next(["a"])
        .map(({ score }) => score),
    ).toEqual([2, 2]);
    expect(createItemToItem(sessions).next(["b", "c"])[0]).toMatchObject({ item: "a", score: 4 });
    expect(createPopular(sessions).next([], 1)).toEqual([{ item: "a", score: 4, because: "" }]);
    expect(createItemToItem(sessions).next(["__proto__"])).toEqual([]);
  });
});

const baskets: fc.Arbitrary<Baskets> = fc.array(
  fc.array(fc.constantFrom(..."abcdef"), { minLength: 1, maxLength: 4 }),
  { minLength: 1, maxLength: 20 },
);

describe("the next basket", () => {
  it("holds what somebody buys most, or bought last where old baskets fade", () => {
    const own = [["milk"], ["milk"], ["tea"]];
    expect(createPersonalFrequency().next(own)[0]).toEqual({ item: "milk", score: 2, because: "milk" });
    expect(createPersonalFrequency(0.5).next(own)[0]).toMatchObject({ item: "tea", score: 1 });
  });

  it("weighs a basket by its place in its group and the group's", () => {
    const settings = { groupSize: 2, withinDecay: 0.5, groupDecay: 0.1, neighbours: 1, ownShare: 1 };
    const vector = tifuVector([[0], [0], [0, 0]], settings);
    // Two groups: [b, new] and [old]. (1 + 0.5) / 2 / 2 + 1 · 0.1 / 2.
    expect(vector.get(0)).toBeCloseTo(0.425, 9);
  });

  it("adds what the nearest people buy, by their Euclidean distance", () => {
    fc.assert(
      fc.property(fc.array(baskets, { minLength: 2, maxLength: 12 }), (people) => {
        const settings = { groupSize: 7, withinDecay: 0.9, groupDecay: 0.7, neighbours: 3, ownShare: 0.5 };
        const names = [..."abcdef"];
        const vectorOf = (own: Baskets) => {
          const numbered = own.map((basket) => basket.map((name) => names.indexOf(name)));
          const vector = tifuVector(numbered, settings);
          return names.map((_, at) => vector.get(at) ?? 0);
        };
        const [own = []] = people;
        const vectors = people.map(vectorOf);
        const distance = (a: readonly number[], b: readonly number[]) =>
          a.reduce((sum, value, at) => sum + (value - (b[at] ?? 0)) ** 2, 0);
        const mine = vectorOf(own);
        const others = vectors.map((vector) => distance(mine, vector)).sort((a, b) => a - b);
        // Equal distances leave a choice: only clear cases are compared.
        fc.pre(others.every((value, at) => at === 0 || value - (others[at - 1] ?? 0) > 1e-6));
        const near = vectors.filter(
          (vector) => distance(mine, vector) <= (others[3] ?? Infinity) && vector !== vectors[0],
        );
        const expected = names.map(
          (_, at) =>
            0.5 * (mine[at] ?? 0) +
            (0.5 * near.reduce((sum, vector) => sum + (vector[at] ?? 0), 0)) / Math.max(1, near.length),
        );
        const found = createTifuKnn(people, settings).next(own);
        for (const { item, score } of found) expect(score).toBeCloseTo(expected[names.indexOf(item)] ?? -1, 5);
      }),
    );
  });
});
