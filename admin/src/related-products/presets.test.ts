import { describe, expect, it } from "vitest";
import { presetConditions, withCondition } from "./presets.ts";

describe("comparisons with the matched product", () => {
  const brand = presetConditions["same-brand"];

  it("are added to the conditions that must all hold", () => {
    const first = { attribute: { path: "product.in_stock", op: "is_true" } };
    expect(withCondition({ all: [first] }, brand)).toEqual({ all: [first, brand] });
  });

  it("must hold beside alternatives, not be one of them", () => {
    const either = { any: [brand] };
    expect(withCondition(either, presetConditions.cheaper)).toEqual({ all: [either, presetConditions.cheaper] });
  });

  it("stand alone where there was no condition", () => {
    expect(withCondition({}, brand)).toEqual({ all: [brand] });
  });
});
