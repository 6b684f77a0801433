import { expect, it } from "vitest";
import type { CanonicalEvent } from "../collect/index.ts";
import type { JsonObject } from "../kernel/index.ts";
import { anEvent } from "../testing/builders.ts";
import { compilePlan } from "./compile-plan.ts";
import type { PlanBody } from "./plan.ts";
import { schemaFaults } from "./schema-subset.ts";
import { shippedPlan } from "./shipped-plan.data.ts";

const plan = (body: Partial<PlanBody>) =>
  compilePlan({ key: "p", version: 1, body: { sources: [], mode: "observe", events: {}, ...body } });
const anEventWith = (properties: JsonObject, type = "rated"): CanonicalEvent => anEvent({ type, properties });

const rated = {
  type: "object",
  properties: {
    stars: { type: "integer", minimum: 1, maximum: 5 },
    kind: { enum: ["shop", "product"] },
    sku: { type: "string", pattern: "^[A-Z]+" },
    lines: { type: "array", items: { type: "object", properties: { sku: { type: "string" } } } },
  },
  required: ["stars"],
};

it("names every way in which an event breaks its plan", () => {
  const compiled = plan({ events: { rated: { schema: rated } } });
  const broken = anEventWith({
    kind: "other",
    sku: "mh01",
    note: "hi",
    lines: [{ sku: "A" }, { sku: 1, extra: true }],
  });
  expect(
    compiled
      .violationsOf(broken)
      .map(({ kind, path }) => `${kind} ${path}`)
      .sort(),
  ).toEqual([
    "enum /kind",
    "missing_required /stars",
    "pattern /sku",
    "unplanned_property /lines/*/extra",
    "unplanned_property /note",
    "wrong_type /lines/*/sku",
  ]);
  expect(compiled.violationsOf(anEventWith({ stars: 9 }))).toMatchObject([{ kind: "pattern", path: "/stars" }]);
  expect(compiled.violationsOf(anEventWith({ stars: 5, kind: "shop" }))).toEqual([]);
  expect(compiled.violationsOf(anEventWith({}, "unknown"))).toMatchObject([{ kind: "unplanned_event" }]);
});

it("takes out what no schema names and leaves the rest as it came", () => {
  const compiled = plan({
    common: { properties: { campaign: { type: "string" } } },
    events: { rated: { schema: rated } },
  });
  const event = anEventWith({ stars: "five", note: "hi", campaign: "spring", lines: [{ sku: "A", "a/b": 1 }] });
  expect(compiled.withoutUnplanned(event).properties).toEqual({
    stars: "five",
    campaign: "spring",
    lines: [{ sku: "A" }],
  });
  expect(event.properties["note"]).toBe("hi");
});

it("refuses schemas that fetch, recurse, backtrack or have no bound", () => {
  const deep = Array.from({ length: 20 }).reduce<object>((schema) => ({ properties: { a: schema } }), {});
  for (const schema of [
    { $ref: "https://elsewhere.example/schema" },
    { properties: { a: { pattern: "(a" } } },
    { type: "text" },
    { enum: [] },
    { anyOf: [] },
    { patternProperties: {} },
    { maximum: "5" },
    "object",
    deep,
  ])
    expect(schemaFaults(schema, "/s"), JSON.stringify(schema).slice(0, 60)).not.toEqual([]);
  expect(schemaFaults(rated, "/s")).toEqual([]);
});

it("ships a plan whose schemas compile and whose own examples keep to it", () => {
  const compiled = compilePlan({ key: "shipped", version: 1, body: shippedPlan });
  const money = { minor: 1_000, currency: "EUR" };
  expect(
    compiled.violationsOf(
      anEventWith({ orderId: "1", orderTotal: money, items: [{ sku: "A", qty: 1, lineTotal: money }] }, "orderPlaced"),
    ),
  ).toEqual([]);
  expect(compiled.violationsOf(anEventWith({ items: [] }, "orderPlaced"))).toMatchObject([
    { kind: "missing_required", path: "/orderId" },
  ]);
});
