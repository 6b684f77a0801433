import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTermDictionary, findTerm, prefixRange, termAt } from "./term-dictionary.ts";

const term = fc.string({
  unit: fc.constantFrom("a", "b", "z", "1", "é", "日", "\ud83d", "\uffff"),
  minLength: 1,
  maxLength: 5,
});

describe("the term dictionary", () => {
  it("gives back its terms in the order of strings and finds each of them", () => {
    fc.assert(
      fc.property(fc.uniqueArray(term, { maxLength: 60 }), term, (words, other) => {
        const sorted = [...words].sort();
        const dictionary = createTermDictionary(sorted);
        expect(sorted.map((_, at) => termAt(dictionary, at))).toEqual(sorted);
        expect(sorted.map((word) => findTerm(dictionary, word))).toEqual(sorted.map((_, at) => at));
        expect(findTerm(dictionary, other)).toBe(sorted.indexOf(other));
      }),
    );
  });

  it("finds the range of a prefix", () => {
    fc.assert(
      fc.property(fc.uniqueArray(term, { maxLength: 60 }), term, (words, prefix) => {
        const sorted = [...words].sort();
        const { from, to } = prefixRange(createTermDictionary(sorted), prefix);
        expect(sorted.slice(from, to)).toEqual(sorted.filter((word) => word.startsWith(prefix)));
      }),
    );
  });
});
