import { describe, expect, it } from "vitest";
import { createRandom } from "../kernel/index.ts";
import { createWordTable } from "./collect-words.ts";
import { dotProduct } from "./dot-products.ts";
import { packRows } from "./packed-rows.ts";
import { learnTextSpace, loadTextSpace, placeText, storeTextSpace } from "./text-space.ts";

const wordsOf = (text: string) => new Map(text.split(" ").map((word) => [word, 1] as const));
const topics = ["seat", "light", "blade"].map((topic) => Array.from({ length: 10 }, (_, at) => `${topic}${at}`));
const names = ["sofa", "lamp", "knife"];

/** Texts of three kinds of products; one sofa in eight is named couch, and none both. */
function aTable(count = 480) {
  const random = createRandom(5);
  const table = createWordTable();
  for (let at = 0; at < count; at += 1) {
    const own = topics[at % 3]!.filter(() => random() < 0.6);
    own.push(at % 24 === 0 ? "couch" : names[at % 3]!);
    table.add(wordsOf([...own, "shop", `only${at}`].join(" ")));
  }
  return table.take();
}

describe("the space of texts", () => {
  const space = learnTextSpace(aTable(), 1)!;
  const cosine = (a: string, b: string) => {
    const [left, right] = [placeText(space, wordsOf(a))!, placeText(space, wordsOf(b))!];
    return dotProduct(left, 0, right, 0, space.size);
  };

  it("puts words near to each other that stand beside the same words, without a text in common", () => {
    expect(cosine("sofa", "couch")).toBeGreaterThan(0.6);
    expect(cosine("sofa", "knife")).toBeLessThan(0.2);
    expect(cosine("sofa", "blade1 blade7")).toBeLessThan(0.2);
  });

  it("learns neither from words of one text nor from words of every text", () => {
    expect(space.numberOf.has("only7")).toBe(false);
    expect(space.numberOf.has("shop")).toBe(false);
  });

  it("says nothing of a text it mostly does not know", () => {
    expect(placeText(space, wordsOf("banana bread"))).toBeUndefined();
    expect(placeText(space, wordsOf("sofa banana bread recipe"))).toBeUndefined();
    expect(placeText(space, new Map())).toBeUndefined();
  });

  it("is the same after it was stored", () => {
    const back = loadTextSpace(JSON.parse(JSON.stringify(storeTextSpace(space))));
    expect(placeText(back, wordsOf("sofa seat3"))).toEqual(placeText(space, wordsOf("sofa seat3")));
    expect(learnTextSpace(aTable(), 1)).toEqual(space);
  });

  it("needs words that texts share", () => {
    const table = createWordTable();
    for (const word of ["one", "two", "three"]) table.add(wordsOf(word));
    expect(learnTextSpace(table.take(), 1)).toBeUndefined();
    expect(learnTextSpace(createWordTable().take(), 1)).toBeUndefined();
  });
});

describe("packed rows", () => {
  it("keep every number to a 127th of the largest of its row", () => {
    const random = createRandom(2);
    const rows = Float32Array.from({ length: 60 }, (_, at) => (random() - 0.5) * 10 ** (at % 3));
    const { values, scales } = packRows(rows, 6);
    for (const [at, value] of rows.entries()) {
      const row = Math.floor(at / 6);
      expect(Math.abs(values[at]! * scales[row]! - value)).toBeLessThanOrEqual(scales[row]! / 2 + 1e-6);
    }
    expect(packRows(new Float32Array(6), 6).scales[0]).toBe(0);
  });
});
