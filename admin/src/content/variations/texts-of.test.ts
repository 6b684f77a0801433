import { describe, expect, it } from "vitest";
import { textAt } from "../../../../src/content/variations/block-text.ts";
import { textsOf } from "./texts-of.ts";

describe("texts of a block", () => {
  it("names every text by a place at which the server finds it", () => {
    const body = {
      html: "<p>Hi</p>",
      alt: "A sale",
      json: { title: "Sale", "a/b~c": { deep: ["one", "two"] }, count: 3, empty: "", none: null },
    };
    const places = textsOf(body);
    expect(places.map(({ field }) => field)).toEqual([
      "/html",
      "/alt",
      "/json/title",
      "/json/a~1b~0c/deep/0",
      "/json/a~1b~0c/deep/1",
    ]);
    for (const { field, text } of places) expect(textAt(body, field)).toBe(text);
  });

  it("ends with data that is very wide or very deep", () => {
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`t${index}`, "x"]));
    expect(textsOf({ json: wide })).toHaveLength(200);
    const deep = JSON.parse(`${'{"a":'.repeat(500)}"x"${"}".repeat(500)}`);
    expect(textsOf({ json: deep })).toEqual([]);
  });
});
