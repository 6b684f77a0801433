import { describe, expect, it } from "vitest";
import { type AttributeSpec, findAttribute, operatorsFor, shapeOf } from "./operators.ts";
import { listToValues, textToScalar, valuesToList } from "./value-text.ts";

const specs: readonly AttributeSpec[] = [
  { path: "profile.gender", type: "key", label: "Gender" },
  { path: "product.*", type: "json", label: "Product attribute" },
  { path: "product.attributes.color.*", type: "text", label: "Colour" },
  { path: "profile.orders.<code>.total", type: "money", label: "Total" },
];

describe("attribute of a path", () => {
  it("is the exact one before any pattern", () => {
    expect(findAttribute(specs, "profile.gender")?.label).toBe("Gender");
  });

  it("is the most specific pattern", () => {
    expect(findAttribute(specs, "product.attributes.color.shade")?.label).toBe("Colour");
    expect(findAttribute(specs, "product.brand")?.label).toBe("Product attribute");
  });

  it("lets a placeholder stand for exactly one key", () => {
    expect(findAttribute(specs, "profile.orders.web.total")?.label).toBe("Total");
    expect(findAttribute(specs, "profile.orders.web.shop.total")).toBeUndefined();
  });

  it("counts an escaped dot as part of the key", () => {
    expect(findAttribute(specs, "profile.orders.a\\.b.total")?.label).toBe("Total");
  });
});

describe("operators", () => {
  it("offers every type at least the question whether there is a value", () => {
    expect(operatorsFor("point")).toEqual(["exists", "not_exists"]);
  });

  it.each([
    ["between", "range"],
    ["within_last", "duration"],
    ["not_in", "many"],
    ["is_true", "none"],
    ["starts_with", "one"],
  ])("asks for %s with the form %s", (op, shape) => {
    expect(shapeOf(op)).toBe(shape);
  });
});

describe("typed values", () => {
  it("stay text unless the attribute is JSON, where 3 is not “3”", () => {
    expect(textToScalar("3", "text")).toBe("3");
    expect(textToScalar("3", "json")).toBe(3);
    expect(textToScalar("true", "json")).toBe(true);
  });

  it("become numbers in a list of numbers", () => {
    expect(valuesToList(["1", "2.5", "x"], "number")).toEqual([1, 2.5, "x"]);
    expect(listToValues([1, 2.5])).toEqual(["1", "2.5"]);
  });
});
