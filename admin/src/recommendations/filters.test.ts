import { describe, expect, it } from "vitest";
import { completeFilters, kindsOf, newFilter, withSide } from "./filters.ts";

describe("filters of a unit", () => {
  it("leave out by stock, and include by everything else", () => {
    expect(kindsOf("exclusions")).toContain("stock");
    expect(kindsOf("inclusions")).not.toContain("stock");
  });

  it("are not written when there are none", () => {
    const only = { inclusions: [newFilter("price")] };
    expect(withSide(only, "inclusions", [])).toBeUndefined();
    expect(withSide({ ...only, exclusions: [newFilter("stock")] }, "inclusions", [])).toEqual({
      exclusions: [{ by: "stock", outOfStock: true }],
    });
  });

  it("stay out of the preview while they are not filled in", () => {
    const filters = {
      inclusions: [newFilter("category"), newFilter("product"), { by: "price", currency: "EU" } as const],
      exclusions: [{ by: "stock" } as const, { by: "category", sameAsPage: true } as const],
    };
    expect(completeFilters(filters)).toEqual({ inclusions: [], exclusions: [{ by: "category", sameAsPage: true }] });
  });
});
