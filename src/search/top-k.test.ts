import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTopHits, type Hit } from "./top-k.ts";

const isBefore = (a: Hit, b: Hit) => (a.key === b.key ? a.doc < b.doc : a.key > b.key);

describe("the best of many hits", () => {
  it("are those that sorting all of them gives", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }), fc.nat({ max: 12 }), (keys, limit) => {
        const top = createTopHits(limit, isBefore);
        for (const [doc, key] of keys.entries()) if (key >= top.threshold()) top.offer(0, doc, key, key);
        const all = keys.map((key, doc): Hit => ({ segment: 0, doc, score: key, key }));
        expect(top.ranked()).toEqual(all.sort((a, b) => (isBefore(a, b) ? -1 : 1)).slice(0, limit));
      }),
    );
  });
});
