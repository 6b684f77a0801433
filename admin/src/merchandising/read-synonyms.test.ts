import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSynonyms, synonymText } from "./read-synonyms.ts";

const bodiesOf = (text: string) => readSynonyms(text).synonyms.map(({ body }) => body);

describe("synonyms as text", () => {
  it("reads both directions, and files with other separators", () => {
    expect(bodiesOf('sofa, couch, settee\nphone => iphone, android\r\n# a note\n\n"t-shirt";tee')).toEqual([
      { type: "two-way", keyword: "sofa", expansions: ["couch", "settee"] },
      { type: "one-way", keyword: "phone", expansions: ["iphone", "android"] },
      { type: "two-way", keyword: "t-shirt", expansions: ["tee"] },
    ]);
  });

  it("tells lines that it cannot read", () => {
    expect(readSynonyms("sofa\na => \na, b => c\n=> x\na => b => c").wrong).toEqual([
      "sofa",
      "a =>",
      "a, b => c",
      "=> x",
      "a => b => c",
    ]);
  });

  it("reads what it writes", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9 ]{0,8}[a-z0-9]$/);
    const words = fc.uniqueArray(word, { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(words, fc.constantFrom("one-way" as const, "two-way" as const), ([keyword = "", ...rest], type) => {
        const body = { type, keyword, expansions: rest };
        expect(bodiesOf(synonymText(body))).toEqual([body]);
      }),
    );
  });
});
