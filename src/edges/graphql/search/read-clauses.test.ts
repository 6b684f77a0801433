import { describe, expect, it } from "vitest";
import type { AttributeMeta } from "../../../catalog/index.ts";
import { readClauses } from "./read-clauses.ts";
import { readSort } from "./read-sort.ts";

const meta = (code: string, more: Partial<AttributeMeta> = {}): [string, AttributeMeta] => [
  code,
  {
    ...{ code, label: code, input: "select", options: [], searchable: true, searchWeight: 1 },
    ...{ filterable: true, filterableInSearch: true, sortable: false, usedForPromoRules: false },
    ...more,
  },
];
const catalog = {
  attributes: new Map([
    meta("color"),
    meta("eco_collection", { input: "boolean" }),
    meta("activity_level", { sortable: true }),
    meta("secret", { filterable: false, filterableInSearch: false }),
  ]),
};
const read = (...clauses: Parameters<typeof readClauses>[0]) => readClauses(clauses, catalog);

describe("the clauses of a filter", () => {
  it("are one list where several name values of one attribute, and stand side by side otherwise", () => {
    expect(
      read({ attribute: "color", in: ["Red"] }, { attribute: "color", in: ["Blue"] }, { attribute: "size", eq: "M" })
        .filters,
    ).toEqual([
      { attribute: "color", values: ["Red", "Blue"], ranges: [] },
      { attribute: "size", values: ["M"], ranges: [] },
    ]);
  });

  it("narrow each other where they are ranges, with null for an open end", () => {
    const both = read(
      { attribute: "price", range: { from: 10, to: null } },
      { attribute: "price", range: { from: null, to: 50 } },
    );
    expect(both.filters).toEqual([{ attribute: "price", values: [], ranges: [{ from: 10, to: 50 }] }]);
    const empty = read({ attribute: "price", range: { from: 50 } }, { attribute: "price", range: { to: 50 } });
    expect(empty.isImpossible).toBe(true);
    expect(read({ attribute: "price", range: { from: null, to: null } }).filters).toEqual([]);
  });

  it("name a category to browse by categoryPath eq, and categories to filter by otherwise", () => {
    expect(
      read({ attribute: "categoryPath", eq: "/women/tops/" }, { attribute: "categories", in: ["women/x"] }),
    ).toEqual({
      categoryPath: "women/tops",
      filters: [{ attribute: "categories", values: ["women/x"], ranges: [] }],
      isImpossible: false,
    });
    expect(read({ attribute: "categoryPath", eq: "" }).categoryPath).toBeUndefined();
    expect(read({ attribute: "categoryIds", in: ["gear"] }).filters[0]?.attribute).toBe("categories");
  });

  it("leave visibility to the kind of list, but for what is never shown", () => {
    expect(read({ attribute: "visibility", in: ["Search", "Catalog, Search"] })).toMatchObject({
      filters: [],
      isImpossible: false,
    });
    expect(read({ attribute: "visibility", eq: "Not Visible Individually" }).isImpossible).toBe(true);
  });

  it("take yes and no of switches, and pieces of texts", () => {
    expect(read({ attribute: "eco_collection", in: ["yes"] }).filters[0]?.values).toEqual(["true"]);
    expect(read({ attribute: "name", startsWith: "Ae", contains: "pa" }).filters).toHaveLength(2);
  });

  it("match nothing when a list is empty, and are refused when there are too many or they must not be filtered by", () => {
    expect(read({ attribute: "color", in: [] }).isImpossible).toBe(true);
    const many = Array.from({ length: 31 }, () => ({ attribute: "color", eq: "Red" }));
    expect(() => read(...many)).toThrow("31 clauses");
    expect(() => read({ attribute: "color", in: Array.from({ length: 201 }, String) })).toThrow("201 values");
    expect(() => read({ attribute: "secret", eq: "x" })).toThrow("secret is not filterable");
    expect(() => read({ attribute: " ", eq: "x" })).toThrow("no attribute");
    expect(read({ attribute: "__proto__", eq: "x" }).filters).toHaveLength(1);
  });
});

describe("the order", () => {
  const sort = (...clauses: Parameters<typeof readSort>[0]) => readSort(clauses, catalog);

  it("is the default one by position in either direction, by relevance, and when nothing is said", () => {
    expect(sort()).toEqual({ sort: undefined, isByPosition: false });
    for (const direction of ["ASC", "DESC"] as const)
      expect(sort({ attribute: "position", direction })).toEqual({ sort: undefined, isByPosition: true });
    expect(sort({ attribute: "relevance", direction: "ASC" }, { attribute: "price", direction: "ASC" }).sort).toBe(
      undefined,
    );
  });

  it("takes several keys, and codes that a menu cut at their underscore", () => {
    expect(sort({ attribute: "activity", direction: "DESC" }, { attribute: "price", direction: "ASC" }).sort).toBe(
      "activity_level:desc,price:asc",
    );
    expect(sort({ attribute: "eco", direction: "DESC" }).sort).toBe("eco:desc");
  });
});
