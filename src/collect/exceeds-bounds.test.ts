import fc from "fast-check";
import { expect, it } from "vitest";
import { exceedsBounds } from "./build-event.ts";

/** Levels of objects and lists, and keys and places in all of them. */
function measure(value: unknown): { readonly depth: number; readonly keys: number } {
  if (typeof value !== "object" || value === null) return { depth: -1, keys: 0 };
  const children = Object.values(value).map(measure);
  return {
    depth: 1 + Math.max(-1, ...children.map(({ depth }) => depth)),
    keys: children.length + children.reduce((sum, { keys }) => sum + keys, 0),
  };
}

it("is true exactly when there are more levels or more keys than the bounds allow", () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 6 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 20 }),
      (value, depthLimit, keyLimit) => {
        const { depth, keys } = measure(value);
        expect(exceedsBounds(value, depthLimit, keyLimit)).toBe(depth > depthLimit || keys > keyLimit);
      },
    ),
    { numRuns: 500 },
  );
});

it("ends at the bound, however deep and however wide the value is", () => {
  const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`) as unknown;
  expect(exceedsBounds(deep)).toBe(true);
  expect(exceedsBounds({ wide: new Array(1_000_000).fill({}) })).toBe(true);
  expect(exceedsBounds("text")).toBe(false);
});
