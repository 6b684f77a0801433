import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffJson } from "./diff.ts";

describe("difference of two documents", () => {
  it("finds none between equal documents", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ noNullPrototype: true }),
        (value) => diffJson(value, structuredClone(value)).length === 0,
      ),
    );
  });

  it("finds some between documents that differ", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noNullPrototype: true }), fc.jsonValue({ noNullPrototype: true }), (before, after) => {
        fc.pre(JSON.stringify(before) !== JSON.stringify([after]));
        expect(diffJson({ x: before }, { x: [after] }).length).toBeGreaterThan(0);
      }),
    );
  });

  it("names the place as a JSON pointer", () => {
    expect(diffJson({ a: [1, { "b/c": 2 }] }, { a: [1, { "b/c": 3 }] })).toEqual([
      { path: "/a/1/b~1c", before: 2, after: 3 },
    ]);
  });

  it("tells what was added and what was taken away", () => {
    expect(diffJson({ a: 1 }, { b: 2 })).toEqual([
      { path: "/a", before: 1, after: undefined },
      { path: "/b", before: undefined, after: 2 },
    ]);
  });
});
