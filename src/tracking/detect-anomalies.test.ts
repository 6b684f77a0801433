import fc from "fast-check";
import { expect, it } from "vitest";
import { detectAnomalies } from "./detect-anomalies.ts";
import { schemaOfShape, shapeOf } from "./event-shape.ts";
import { editDistance, nearNames } from "./near-names.ts";

const hour = (count: number, before: readonly number[]) => ({ sourceId: "shop", type: "pageView", count, before });

it("reports an hour beyond 4 standard deviations of the same hour before", () => {
  const before = [100, 110, 90, 105, 95, 100, 100];
  expect(detectAnomalies([hour(100, before)])).toEqual([]);
  expect(detectAnomalies([hour(141, before)])).toMatchObject([{ expected: 100, count: 141, deviation: 4.1 }]);
  expect(detectAnomalies([hour(0, before)])).toMatchObject([{ deviation: -10 }]);
});

it("stays silent about small counts, short histories and perfectly regular events", () => {
  expect(detectAnomalies([hour(9, [0, 0, 0, 0, 0])])).toEqual([]);
  expect(detectAnomalies([hour(1_000, [1, 1, 1])])).toEqual([]);
  expect(detectAnomalies([hour(130, [100, 100, 100, 100, 100])])).toEqual([]);
});

it("describes properties without their values, and makes a schema of that", () => {
  const shape = shapeOf({
    name: "secret",
    lines: [
      { sku: "A", qty: 1 },
      { sku: "B", qty: 1.5 },
    ],
    none: null,
  });
  expect([...shape].join()).not.toContain("secret");
  expect(schemaOfShape(shape)).toEqual({
    type: "object",
    properties: {
      name: { type: "string" },
      none: { type: "null" },
      lines: {
        type: "array",
        items: { type: "object", properties: { sku: { type: "string" }, qty: { type: "number" } } },
      },
    },
  });
});

it("never fails on any JSON, and bounds what it keeps", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const shape = shapeOf(value);
      expect(shape.size).toBeLessThanOrEqual(200);
      schemaOfShape(shape);
    }),
  );
});

it("counts edits as the plain recursion does", () => {
  const naive = (a: string, b: string): number => {
    if (a === "" || b === "") return a.length + b.length;
    const same = a[0] === b[0] ? 0 : 1;
    return Math.min(naive(a.slice(1), b) + 1, naive(a, b.slice(1)) + 1, naive(a.slice(1), b.slice(1)) + same);
  };
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 5 });
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 5 }), (a, b, limit) => {
      expect(editDistance(a, b, limit)).toBe(Math.min(naive(a, b), limit + 1));
    }),
  );
});

it("suggests the names that somebody may have meant", () => {
  const known = ["addToCart", "removeFromCart", "Product Clicked"];
  expect(nearNames("add_to_cart", known)).toEqual(["addToCart"]);
  expect(nearNames("Product Click", known)).toEqual(["Product Clicked"]);
  expect(nearNames("somethingElse", known)).toEqual([]);
});
