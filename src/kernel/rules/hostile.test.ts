import { describe, expect, it } from "vitest";
import { exampleCatalog } from "../../testing/rules/catalog.ts";
import { attributeRule, noon, ruleOf } from "../../testing/rules/subjects.ts";
import { compileRule } from "./compile.ts";
import type { RuleNode } from "./grammar.ts";
import type { RuleUse } from "./rule-uses.ts";
import { validateRule } from "./validate.ts";

function codesOf(rule: unknown, use: RuleUse = "audience"): readonly (readonly string[])[] {
  const result = validateRule(rule, { catalog: exampleCatalog, use });
  return result.ok ? [] : result.faults.map(({ path, code }) => [path, code]);
}

describe("rules from outside", () => {
  it("are refused when they nest so deep that walking them would exhaust the stack", () => {
    let text = '{"everyone":true}';
    for (let level = 0; level < 14; level += 1)
      text = `${'{"not":'.repeat(2 ** level)}${text}${"}".repeat(2 ** level)}`;
    expect(codesOf(JSON.parse(text))).toEqual([["", "rules.tooDeep"]]);
  });

  it("are refused when a list stands for a word", () => {
    expect(codesOf({ items: { of: "cart", match: ["some"] } })).toEqual([["/items/match", "rules.valueType"]]);
    expect(codesOf({ items: { of: ["cart"], match: "some" } })).toEqual([["/items/of", "rules.valueType"]]);
    expect(codesOf({ event: { name: "pageView", count: { op: ["gte"], value: 1 } } })).toEqual([
      ["/event/count/op", "rules.valueType"],
    ]);
  });

  it("are refused when a number is a text of thousands of digits", () => {
    expect(codesOf(attributeRule("profile.age", "gt", "9".repeat(1001)))[0]?.[1]).toBe("rules.tooLarge");
  });

  it("ask about a person only where there is one", () => {
    const bought = { event: { name: "orderPlaced" } };
    expect(codesOf(bought, "catalog_rule")).toEqual([["/event", "rules.subjectNotAllowed"]]);
    expect(codesOf({ event: { name: "pageView", where: bought } })).toEqual([
      ["/event/where/event", "rules.subjectNotAllowed"],
    ]);
    expect(codesOf({ bucket: { salt: "s", from: 0, to: 1 } }, "tracking_plan")[0]?.[1]).toBe("rules.subjectNotAllowed");
  });

  it("name the nearest field of the element in hand", () => {
    const where = attributeRule("item.contry", "exists");
    const result = validateRule(
      { items: { of: "cart", match: "some", where } },
      { catalog: exampleCatalog, use: "audience" },
    );
    const price = attributeRule("item.prise", "exists");
    const near = validateRule(
      { items: { of: "cart", match: "some", where: price } },
      { catalog: exampleCatalog, use: "audience" },
    );
    expect(result.ok).toBe(false);
    expect(near.ok ? "" : near.faults[0]?.message).toContain("item.price");
  });
});

describe("values from outside", () => {
  it("are no time when no calendar reaches them, and throw nowhere", () => {
    for (const op of ["anniversary_within", "within_last"]) {
      const rule = ruleOf(
        attributeRule("profile.created_at", op, op === "within_last" ? "1d" : 3, { timezone: "Europe/Berlin" }),
      );
      expect(rule.test({ profile: { created_at: 1e300 } }, noon)).toBe(false);
      expect(rule.nextChangeAt({ profile: { created_at: 1e300 } }, noon)).toBeNull();
    }
  });

  it("may put anything among the parts of a line", () => {
    const rule = ruleOf({ items: { of: "cart", match: "some", where: attributeRule("item.sku", "eq", "a") } });
    const list = (): readonly Record<string, unknown>[] => [{ sku: "b", children: [null, 1, "a", { sku: "a" }] }];
    expect(rule.test({ list }, noon)).toBe(true);
  });
});

describe("the finer points", () => {
  const eur = (minor: number): object => ({ minor, currency: "EUR" });

  it("adds money of another currency to a reference by the day's rate", () => {
    const rule = attributeRule("product.final_price", "lte", {
      ref: "matched.final_price",
      plus: { minor: 100, currency: "USD" },
    });
    const rateOf = (from: string): string | undefined => (from === "USD" ? "0.8" : undefined);
    const subject = { product: { final_price: eur(580) }, matched: { final_price: eur(500) } };
    expect(ruleOf(rule, { rateOf }, "products_to_display").test(subject, noon)).toBe(true);
    expect(ruleOf(rule, {}, "products_to_display").test(subject, noon)).toBe(false);
  });

  it("reads the lines of an order from the event in hand", () => {
    const rule = { items: { of: "order", measure: "quantity", op: "gte", value: 3 } };
    const event = { properties: { items: [{ sku: "a", qty: 2 }, { sku: "b" }] } };
    expect(ruleOf(rule, {}, "journey").test({ event }, noon)).toBe(true);
  });

  it("judges the parts of a composite line in the conditions of an action", () => {
    const leaf = attributeRule("item.sku", "eq", "child") as RuleNode;
    const rule = compileRule(leaf, { catalog: exampleCatalog, itemKind: "line" });
    expect(rule.test({ item: { sku: "set", children: [{ sku: "child" }] } }, noon)).toBe(true);
    expect(rule.test({ item: { sku: "set" } }, noon)).toBe(false);
  });

  it("waits for a reference that changes by itself", () => {
    const rule = ruleOf(attributeRule("profile.age", "lt", { ref: "profile.days_since_last_order" }));
    const hour = 3_600_000;
    expect(rule.nextChangeAt({ profile: { age: 1, last_order_at: noon - 36 * hour } }, noon)).toBe(noon + 12 * hour);
  });

  it("knows one sigma", () => {
    expect(
      ruleOf(attributeRule("profile.name", "contains", "ΟΔΟΣ")).test({ profile: { name: "οδοσήμανση" } }, noon),
    ).toBe(true);
  });
});
