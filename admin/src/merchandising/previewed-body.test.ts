import { describe, expect, it } from "vitest";
import { isEmptyRule, previewedBody } from "./previewed-body.ts";

describe("a body as it is previewed", () => {
  it("leaves out what is only half written", () => {
    expect(
      previewedBody({
        query: { match: "any", conditions: [{ operator: "contains", value: " " }] },
        ranking: { by: "attribute" },
        rule: { all: [] },
        events: [
          { action: "boost", where: { all: [] } },
          { action: "pin", sku: "a", position: 1 },
        ],
      }),
    ).toEqual({ events: [{ action: "pin", sku: "a", position: 1 }] });
  });

  it("keeps what is whole, and the finished parts of a mix", () => {
    const query = { match: "all" as const, conditions: [{ operator: "is", value: "tent" }] };
    const where = { all: [{ attribute: { path: "product.stock_qty", op: "lt", value: 3 } }] };
    const parts = [
      { by: "trending", weight: 1 },
      { by: "attribute", weight: 2 },
    ];
    expect(
      previewedBody({
        query,
        priority: 3,
        ranking: { by: "formula", terms: parts },
        events: [{ action: "bury", where }],
      }),
    ).toEqual({
      query,
      priority: 3,
      ranking: { by: "formula", terms: [{ by: "trending", weight: 1 }] },
      events: [{ action: "bury", where }],
    });
  });

  it("takes a condition without attribute or value for an empty one, and one that needs no value not", () => {
    expect(isEmptyRule({ all: [{ attribute: { path: "", op: "eq" } }] })).toBe(true);
    expect(isEmptyRule({ any: [{ attribute: { path: "product.brand", op: "eq", value: "" } }] })).toBe(true);
    expect(isEmptyRule({ attribute: { path: "product.brand", op: "exists" } })).toBe(false);
    expect(isEmptyRule({ attribute: { path: "product.in_stock", op: "eq", value: false } })).toBe(false);
  });
});
