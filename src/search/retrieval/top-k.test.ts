import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTopHits, type Hit } from "./top-k.ts";

const isBefore = (a: Hit, b: Hit) => (a.key === b.key ? a.doc < b.doc : a.key > b.key);

const key = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer(), fc.constant(Number.NEGATIVE_INFINITY));

describe("the best of many hits", () => {
  it("are those that sorting all of them gives", () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 600 }), fc.nat({ max: 40 }), fc.boolean(), (keys, limit, isCutEarly) => {
        const top = createTopHits(limit, isBefore);
        for (const [doc, key] of keys.entries()) {
          if (key >= top.threshold()) top.offer(0, doc, key, key);
          if (isCutEarly && doc % 7 === 0) top.cut();
        }
        const all = keys.map((key, doc): Hit => ({ segment: 0, doc, score: key, key }));
        expect(top.ranked()).toEqual(all.sort((a, b) => (isBefore(a, b) ? -1 : 1)).slice(0, limit));
      }),
    );
  });
});
