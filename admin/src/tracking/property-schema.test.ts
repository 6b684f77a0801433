import { expect, it } from "vitest";
import { propertiesOf, withoutProperty, withProperty } from "./property-schema.ts";

const schema = {
  type: "object",
  properties: { stars: { type: "integer", minimum: 1 }, kind: { enum: ["a"] } },
  required: ["stars"],
  additionalProperties: true,
};

it("shows names, types and duties, and says where there is more", () => {
  expect(propertiesOf(schema)).toEqual([
    { name: "stars", type: "integer", isRequired: true, hasMore: true },
    { name: "kind", type: "any", isRequired: false, hasMore: true },
  ]);
  expect(propertiesOf(undefined)).toEqual([]);
});

it("renames in place and keeps what the form does not show", () => {
  const renamed = withProperty(schema, "stars", { name: "rating", type: "number", isRequired: false });
  expect(renamed).toEqual({
    ...schema,
    properties: { rating: { type: "number", minimum: 1 }, kind: { enum: ["a"] } },
    required: [],
  });
  expect(Object.keys(renamed["properties"] as object)).toEqual(["rating", "kind"]);
});

it("adds to nothing, and takes away again", () => {
  const added = withProperty(undefined, "sku", { name: "sku", type: "string", isRequired: true });
  expect(added).toEqual({ type: "object", properties: { sku: { type: "string" } }, required: ["sku"] });
  expect(withoutProperty(added, "sku")).toEqual({ type: "object", properties: {}, required: [] });
});
