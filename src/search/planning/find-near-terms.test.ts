import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTermDictionary } from "../indexing/term-dictionary.ts";
import { allowedEdits, editDistance, typingErrors } from "./edit-distance.ts";
import { findNearTerms } from "./find-near-terms.ts";

const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "d", "e", "é"), minLength: 1, maxLength: 9 });
const termOrCode = fc.oneof(word, fc.string({ unit: fc.constantFrom("a", "b", "1", "2"), minLength: 1, maxLength: 6 }));

describe("typing errors", () => {
  it.each([
    ["ca", "abc", 3],
    ["jakcet", "jacket", 1],
    ["jaket", "jacket", 1],
    ["jackets", "jacket", 1],
    ["kitten", "sitting", 3],
    ["", "abc", 3],
  ])("counts the edits from %s to %s", (a, b, edits) => {
    expect(editDistance(a, b)).toBe(edits);
  });

  it("allows none below four letters, one up to seven, two from eight", () => {
    expect(["abc", "abcd", "abcdefg", "abcdefgh"].map(allowedEdits)).toEqual([0, 1, 1, 2]);
  });

  it("finds exactly the terms that comparing with each one finds", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(termOrCode, { maxLength: 80 }),
        word,
        fc.integer({ min: 0, max: 2 }),
        (terms, typed, maxEdits) => {
          const dictionary = createTermDictionary([...terms].sort());
          const expected = terms
            .filter((term) => !/\d/.test(term))
            .map((term) => ({ term, edits: typingErrors(typed, term) }))
            .filter(({ edits }) => edits > 0 && edits <= maxEdits);
          const byTerm = (a: { term: string }, b: { term: string }) => (a.term < b.term ? -1 : 1);
          expect([...findNearTerms(dictionary, typed, maxEdits)].sort(byTerm)).toEqual(expected.sort(byTerm));
        },
      ),
      { numRuns: 500 },
    );
  });
});
