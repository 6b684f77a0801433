import { describe, expect, it } from "vitest";
import { readCosines, type ShopVectors } from "./cosines.ts";
import { featureNames, rankingFeatures } from "./features.ts";

const [east, north] = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
const vectors: ShopVectors = {
  ofQuery: (query) => ({ text: query === "jacket" ? east : undefined, behaviour: undefined }),
  ofItem: (sku) => ({ text: sku === "new" ? undefined : east, behaviour: sku === "b" ? north : east }),
  meanOf: (skus) => ([...skus].length === 0 ? undefined : north),
};
const numbers = (values: Float32Array) => [...values];

describe("cosines of a list", () => {
  it("compare each candidate with the query and with what the shopper has in hand", () => {
    const cosines = readCosines(vectors, ["a", "b", "new"], { query: "jacket", viewed: ["x"], carted: ["y"] });
    expect(numbers(cosines.query)).toEqual([1, 1, Number.NaN]);
    expect(numbers(cosines.viewed)).toEqual([0, 1, 0]);
    expect(numbers(cosines.carted)).toEqual([0, 1, 0]);
    expect(numbers(cosines.attention)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it("have no value where nothing is known", () => {
    const none = [Number.NaN, Number.NaN];
    const browsing = readCosines(vectors, ["a", "b"], { query: "", viewed: [], carted: [] });
    const unlearned = readCosines(undefined, ["a", "b"], { query: "jacket", viewed: ["x"], carted: ["y"] });
    for (const cosines of [browsing, unlearned])
      expect(Object.values(cosines).map(numbers)).toEqual([none, none, none, none]);
  });

  it("are features, those of the shopper with consent only", () => {
    expect(featureNames.length).toBeLessThanOrEqual(80);
    const own = rankingFeatures.filter(({ name }) => name.endsWith("_cosine"));
    expect(own.map(({ name, isPersonal = false }) => [name, isPersonal])).toEqual([
      ["query_cosine", false],
      ["query_attention_cosine", false],
      ["session_viewed_cosine", true],
      ["session_carted_cosine", true],
    ]);
  });
});
