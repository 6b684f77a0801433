import fc from "fast-check";
import { expect, it } from "vitest";
import { foldsTo, foldText } from "./text.ts";

/** Letters in both cases, what folds across the border of ASCII, and marks that compose with the letter before. */
const letters = fc.constantFrom(
  ..."aAbBzZ09 _[`{@",
  "é",
  "É",
  "e\u0301",
  "\u0301",
  "\u212a",
  "k",
  "K",
  "ς",
  "Σ",
  "İ",
  "ß",
);
const texts = fc.array(letters, { maxLength: 6 }).map((parts) => parts.join(""));

it("compares with folded text as folding does", () => {
  fc.assert(
    fc.property(texts, texts, fc.boolean(), (text, other, isSame) => {
      const folded = foldText(isSame ? text.toUpperCase() : other);
      expect(foldsTo(text, folded)).toBe(text === folded || foldText(text) === folded);
    }),
    { numRuns: 5_000 },
  );
});
