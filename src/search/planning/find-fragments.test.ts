import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTermDictionary } from "../indexing/term-dictionary.ts";
import { termsWith } from "./find-fragments.ts";

const term = fc.string({ unit: fc.constantFrom("a", "b", "1", "é", "靴"), minLength: 1, maxLength: 6 });

describe("terms that hold a piece", () => {
  it("are those that looking into each one finds", () => {
    fc.assert(
      fc.property(fc.uniqueArray(term, { maxLength: 60 }), term, (terms, piece) => {
        const sorted = [...terms].sort();
        const expected = sorted.flatMap((each, at) => (each.includes(piece) ? at : []));
        expect([...termsWith(createTermDictionary(sorted), piece)]).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
