import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newId } from "./ids.ts";
import { decodeCursor, decodeTimeCursor, encodeCursor, toPage } from "./paging.ts";

const naiveRows = (all: readonly number[], after: number | null, limit: number) =>
  all.filter((value) => after === null || value > after).slice(0, limit);

describe("pages", () => {
  it("hold every row once, in order, and only the last one has no cursor", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { maxLength: 50 }), fc.integer({ min: 1, max: 10 }), (values, limit) => {
        const all = values.toSorted((a, b) => a - b);
        const seen: number[] = [];
        let after: number | null = null;
        for (;;) {
          const page: ReturnType<typeof toPage<number>> = toPage(naiveRows(all, after, limit + 1), limit, (row) => [
            row,
          ]);
          seen.push(...page.items);
          expect(page.items.length).toBeLessThanOrEqual(limit);
          if (page.nextCursor === undefined) break;
          expect(page.items).toHaveLength(limit);
          after = Number(decodeCursor(page.nextCursor, 1)?.[0]);
        }
        expect(seen).toEqual(all);
      }),
    );
  });
});

describe("a cursor", () => {
  it("comes back as it was made, and only with its own number of parts", () => {
    const part = fc.oneof(fc.string(), fc.integer());
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (key) => {
        expect(decodeCursor(encodeCursor(key), key.length)).toEqual(key);
        expect(decodeCursor(encodeCursor(key), key.length + 1)).toBeUndefined();
      }),
    );
  });

  it("is refused, never thrown at, when it is foreign", () => {
    fc.assert(fc.property(fc.string(), (text) => void decodeCursor(text, 1)));
    for (const foreign of ["", "abc", "e30", encodeCursor([1])]) expect(decodeCursor(foreign, 2)).toBeUndefined();
    expect(decodeCursor(Buffer.from("[null,{}]").toString("base64url"), 2)).toBeUndefined();
  });

  it("of a list by time holds an instant and an id", () => {
    const id = newId(5);
    expect(decodeTimeCursor(encodeCursor([5, id]))).toEqual({ at: 5, id });
    for (const key of [["5", id], [5, "x"], [1e300, id], [5], [5, id, 1]])
      expect(() => decodeTimeCursor(encodeCursor(key))).toThrow(expect.objectContaining({ code: "http.badRequest" }));
  });
});
