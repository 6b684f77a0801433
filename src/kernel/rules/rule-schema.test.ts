import { Compile } from "typebox/schema";
import { describe, expect, it } from "vitest";
import { ruleExamples } from "../../testing/rules/examples.data.ts";
import { ruleSchema } from "./rule-schema.ts";

describe("the JSON Schema of rules", () => {
  const schema = Compile(ruleSchema);

  it("accepts every example of the language", () => {
    for (const [index, example] of ruleExamples.entries())
      expect(schema.Check(example), `example ${index + 1}`).toBe(true);
  });

  it("refuses unknown nodes, second keys, and unknown keys anywhere in the tree", () => {
    for (const rule of [
      { wat: 1 },
      { all: [], any: [] },
      { all: [{ event: { name: "pageView", colour: 1 } }] },
      { attribute: { path: "profile.x", op: "is" } },
      { event: { name: "pageView", window: { last: "two days" } } },
      {
        event: { name: "pageView", distinct: "event.x", aggregate: { fn: "sum", path: "event.x", op: "gt", value: 1 } },
      },
      { sequence: { steps: [{ name: "a" }] } },
    ]) {
      expect(schema.Check(rule), JSON.stringify(rule)).toBe(false);
    }
  });
});
