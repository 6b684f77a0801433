import { describe, expect, it } from "vitest";
import { validateMapping } from "../../../../src/connectors/mapping/validate-mapping.ts";
import {
  faultOfField,
  isFreePath,
  isProvisional,
  openTargets,
  parseValue,
  provisionalMapping,
  rowsOf,
  toDetailed,
  toSource,
  valueAt,
  wayOf,
  withColumns,
  withFields,
  withListPath,
  withoutSection,
  withWay,
} from "./mapping-model.ts";
import { type Mapping, recordKinds } from "./shapes.ts";

const orders: Mapping = {
  kind: "order",
  fields: { purchaseID: "no", createdDate: { from: "day", format: "DD.MM.YYYY" }, "attributes.branch": "branch" },
  items: { fields: { SKU: "sku", quantity: "qty", unitPrice: { from: "price", decimal: "," } } },
};

describe("a mapping in the form", () => {
  it("shows what is required first, then what is mapped, names of the merchant's own last", () => {
    const paths = rowsOf({ ...orders, fields: { "attributes.branch": "b", status: "s" } }, "fields").map(
      ({ path }) => path,
    );
    expect(paths).toEqual(["purchaseID", "createdDate", "status", "attributes.branch"]);
  });

  it("asks for nothing where rows are taken as they are", () => {
    expect(rowsOf(provisionalMapping("order", "id"), "fields").map(({ path }) => path)).toEqual(["externalId"]);
  });

  it("offers only fields that are not mapped yet", () => {
    const open = openTargets(orders, "items").map(({ path }) => path);
    expect(open).toContain("name");
    expect(open).not.toContain("SKU");
  });

  it("takes names of the merchant's own only where the server does", () => {
    expect(isFreePath(orders, "fields", "attributes.color")).toBe(true);
    expect(isFreePath(orders, "fields", "attributes.")).toBe(false);
    expect(isFreePath(orders, "fields", "color")).toBe(false);
    expect(isFreePath(orders, "items", "identifiers.x")).toBe(false);
    expect(isFreePath({ kind: "product", fields: {} }, "fields", "color")).toBe(true);
  });

  it("keeps conversions when the value comes from somewhere else, and spells a bare column shortly", () => {
    const source = { from: "day", format: "DD.MM.YYYY" };
    expect(withWay(source, "template")).toEqual({ template: "", format: "DD.MM.YYYY" });
    expect(wayOf(withWay(source, "value"))).toBe("value");
    expect(toSource({ from: "day" })).toBe("day");
    expect(toSource(source)).toBe(source);
    expect(toDetailed("day")).toEqual({ from: "day" });
    expect(withColumns({ from: "a", trim: false }, ["a", "b"])).toEqual({ from: ["a", "b"], trim: false });
  });

  it("changes one section and leaves the others", () => {
    const changed = withFields(orders, "refunds", { refundAmount: "refund" });
    expect(changed.items).toBe(orders.items);
    expect(changed.lists).toEqual({ refunds: { fields: { refundAmount: "refund" } } });
    expect(withoutSection(changed, "refunds")).toEqual(orders);
    const nested = withListPath(orders, "items", "lines");
    expect(nested.items).toEqual({ path: "lines", fields: orders.items?.fields });
    expect(withListPath(nested, "items", "")).toEqual(orders);
    for (const mapping of [orders, changed, nested]) expect(validateMapping(mapping).ok).toBe(true);
  });

  it("finds the fault that the server told of a field", () => {
    const faults = [
      { path: "/items/fields/unitPrice/format", code: "format", message: "no" },
      { path: "/fields/attributes.a~1b", code: "x", message: "slash" },
    ];
    expect(faultOfField(faults, "items", "unitPrice")?.message).toBe("no");
    expect(faultOfField(faults, "fields", "attributes.a/b")?.message).toBe("slash");
    expect(faultOfField(faults, "fields", "unitPrice")).toBeUndefined();
  });

  it("reads a value out of a record, of lists out of their first entry", () => {
    const fields = { customer: { id: "7" }, items: [{ SKU: "a" }, { SKU: "b" }] };
    expect(valueAt(fields, "fields", "customer.id")).toBe("7");
    expect(valueAt(fields, "items", "SKU")).toBe("a");
    expect(valueAt(fields, "fields", "constructor.name")).toBeUndefined();
  });

  it("takes a typed value as JSON only where it clearly is", () => {
    expect(["12.5", "true", '["a"]', "007", "12,5", "{x", ""].map(parseValue)).toEqual([
      12.5,
      true,
      ["a"],
      "007",
      "12,5",
      "{x",
      "",
    ]);
  });

  it("begins with a mapping that the server takes, for every kind of record", () => {
    for (const kind of recordKinds) {
      const mapping = provisionalMapping(kind, "");
      expect(isProvisional(mapping)).toBe(true);
      expect(validateMapping(mapping), kind).toMatchObject({ ok: true });
    }
  });
});
