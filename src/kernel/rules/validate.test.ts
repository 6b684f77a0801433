import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exampleCatalog } from "../../testing/rules/catalog.ts";
import { ruleExamples } from "../../testing/rules/examples.data.ts";
import { operatorsByType } from "./attribute-catalog.ts";
import { compileRule } from "./compile.ts";
import { requireRule, validateRule } from "./validate.ts";
import type { ValidationOptions } from "./validation.ts";

const options: ValidationOptions = { catalog: exampleCatalog, use: "audience", timezone: "Europe/Berlin" };

function codesOf(rule: unknown, more: Partial<ValidationOptions> = {}): readonly (readonly string[])[] {
  const result = validateRule(rule, { ...options, ...more });
  return result.ok ? [] : result.faults.map(({ path, code }) => [path, code]);
}

const manual = readFileSync(new URL("../../../docs/manual/rules.md", import.meta.url), "utf8");

describe("the manual", () => {
  const examples = [...manual.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = ""]) => JSON.parse(text) as unknown);

  it("shows rules that are accepted, and not broken once compiled", () => {
    expect(examples.length).toBeGreaterThan(6);
    for (const example of examples) {
      expect(codesOf(example), JSON.stringify(example)).toEqual([]);
      const rule = requireRule(example, options);
      expect(compileRule(rule, { catalog: exampleCatalog }).broken, JSON.stringify(example)).toBe(false);
    }
  });

  it("shows every node, collection and measure that matters, and names every operator of every type", () => {
    const text = JSON.stringify(examples);
    const nodes = [
      "all",
      "any",
      "not",
      "everyone",
      "attribute",
      "items",
      "event",
      "sequence",
      "audience",
      "subscription",
    ];
    for (const node of [...nodes, "consent", "journey", "message", "bucket", "list", "geo", "aggregate", "distinct"]) {
      expect(text, node).toContain(`"${node}":`);
    }
    for (const [type, operators] of Object.entries(operatorsByType)) {
      if (operators.length === 0) continue;
      const row = manual.split("\n").find((line) => new RegExp(`^\\| [^|]*\\b${type}\\b[^|]*\\| \``).test(line)) ?? "";
      expect(row.match(/[a-z_]+/g) ?? [], type).toEqual(expect.arrayContaining([...operators]));
      for (const op of operators) expect(manual, op).toMatch(new RegExp(`\`[^\`]*\\b${op}\\b[^\`]*\``));
    }
  });
});

describe("validateRule", () => {
  it("accepts every example of the language, and none of them is broken once compiled", () => {
    expect(ruleExamples).toHaveLength(38);
    for (const [index, example] of ruleExamples.entries()) {
      const number = index + 1;
      const use = number >= 30 && number <= 32 ? "products_to_display" : "audience";
      const result = validateRule(example, { ...options, use });
      expect(result.ok ? [] : result.faults, `example ${number}`).toEqual([]);
      if (result.ok)
        expect(compileRule(result.rule, { catalog: exampleCatalog }).broken, `example ${number}`).toBe(false);
    }
  });

  it("reports all faults together, each with its pointer", () => {
    const faults = codesOf({
      all: [
        { attribute: { path: "profile.gendr", op: "eq", value: "female" } },
        { any: [{ attribute: { path: "product.sku", op: "eq", value: "a" } }, { wat: 1 }] },
        { attribute: { path: "cart.subtotal", op: "gte", value: 5000 } },
        { attribute: { path: "profile.gender", op: "gt", value: "a" } },
        { event: { name: "pageView", window: { last: "14 days" }, colour: 1 } },
        { attribute: { path: "profile.created_at", op: "gte", value: "2026-01-01T00:00:00" } },
        { attribute: { path: "profile.name", op: "regex", value: "(a)\\1" } },
        { items: { of: "cart", measure: "average_amount", op: "gt", value: { minor: 1, currency: "EUR" } } },
        { event: { name: "pageView", window: { between: ["1d", "2d"] } } },
        { attribute: { path: "profile.birth_date", op: "eq", value: "2026-02-30", timezone: "Mars/Base" } },
      ],
    });
    expect(faults).toEqual([
      ["/all/0/attribute/path", "rules.unknownAttribute"],
      ["/all/1/any/0/attribute/path", "rules.subjectNotAllowed"],
      ["/all/1/any/1/wat", "rules.unknownNode"],
      ["/all/2/attribute/value", "rules.currencyMissing"],
      ["/all/3/attribute/op", "rules.operatorNotAllowed"],
      ["/all/4/event/colour", "rules.unknownKey"],
      ["/all/4/event/window/last", "rules.badDuration"],
      ["/all/5/attribute/value", "rules.valueType"],
      ["/all/6/attribute/value", "rules.badRegex"],
      ["/all/7/items/measure", "rules.valueType"],
      ["/all/8/event/window/between", "rules.badWindow"],
      ["/all/9/attribute/timezone", "rules.badTimezone"],
      ["/all/9/attribute/value", "rules.valueType"],
    ]);
  });

  it("names the nearest attribute for a mistyped path", () => {
    const result = validateRule({ attribute: { path: "profile.gendr", op: "exists" } }, options);
    expect(result.ok ? "" : result.faults[0]?.message).toContain("profile.gender");
  });

  it("fills in the zone of the definition and splits comma lists", () => {
    const rule = requireRule(
      {
        all: [
          { attribute: { path: "profile.created_at", op: "gte", value: "2026-01-01" } },
          { attribute: { path: "profile.group", op: "in", value: "wholesale, retailer;vip" } },
          { event: { name: "pageView", window: { calendar: "month", offset: -1 } } },
        ],
      },
      options,
    );
    expect(rule).toEqual({
      all: [
        { attribute: { path: "profile.created_at", op: "gte", value: "2026-01-01", timezone: "Europe/Berlin" } },
        { attribute: { path: "profile.group", op: "in", value: ["wholesale", "retailer", "vip"] } },
        { event: { name: "pageView", window: { calendar: "month", offset: -1, timezone: "Europe/Berlin" } } },
      ],
    });
  });

  it("only warns of a value outside a closed list", () => {
    const result = validateRule({ attribute: { path: "profile.gender", op: "eq", value: "other" } }, options);
    expect(result.ok).toBe(true);
    expect(result.warnings.map(({ code }) => code)).toEqual(["rules.valueNotListed"]);
  });

  it("keeps to its limits", () => {
    let deep: unknown = { everyone: true };
    for (let level = 0; level < 29; level += 1) deep = { not: deep };
    expect(codesOf(deep)).toEqual([]);
    expect(codesOf({ not: deep })[0]?.[1]).toBe("rules.tooDeep");
    const leaf = { everyone: true };
    expect(codesOf({ all: Array(200).fill(leaf) })).toEqual([]);
    expect(codesOf({ all: Array(201).fill(leaf) })).toEqual([["", "rules.tooManyLeaves"]]);
    const long = { attribute: { path: "profile.name", op: "eq", value: "x".repeat(1001) } };
    expect(codesOf(long)[0]?.[1]).toBe("rules.tooLarge");
    const many = { attribute: { path: "profile.group", op: "in", value: Array(10_001).fill("a") } };
    expect(codesOf(many)[0]?.[1]).toBe("rules.tooLarge");
    expect(
      codesOf({
        all: Array(199).fill({ attribute: { path: "profile.name", op: "in", value: Array(9).fill("x".repeat(200)) } }),
      })[0]?.[1],
    ).toBe("rules.tooLarge");
  });

  it("refuses references to what does not exist and events that nobody sends", () => {
    const rule = { all: [{ audience: { id: "gone" } }, { event: { name: ["pageView", "pageVeiw"] } }] };
    const more = { exists: () => false, isKnownEvent: (name: string) => name === "pageView" };
    expect(codesOf(rule, more)).toEqual([
      ["/all/0/audience/id", "rules.unknownReference"],
      ["/all/1/event/name/1", "rules.unknownEvent"],
    ]);
  });

  it("lets the event's conditions see the event only, so that what was counted stays counted", () => {
    const where = { attribute: { path: "profile.gender", op: "eq", value: "female" } };
    expect(codesOf({ event: { name: "pageView", where } })).toEqual([
      ["/event/where/attribute/path", "rules.subjectNotAllowed"],
    ]);
  });

  it("throws one error with all details for callers that need a rule", () => {
    expect(() => requireRule({ nope: 1 }, options)).toThrow(
      expect.objectContaining({
        code: "rules.invalid",
        status: 422,
        details: [expect.objectContaining({ path: "/nope" })],
      }),
    );
  });

  it("never throws on arbitrary JSON", () => {
    for (const input of [
      null,
      1,
      "x",
      [],
      {},
      { all: 1 },
      { all: [null] },
      { constructor: 1 },
      { event: [] },
      undefined,
    ]) {
      expect(validateRule(input, options).ok).toBe(false);
    }
  });
});
