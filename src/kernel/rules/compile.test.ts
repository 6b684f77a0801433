import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exampleCatalog } from "../../testing/rules/catalog.ts";
import { attributeRule, noon, ruleOf } from "../../testing/rules/subjects.ts";
import { type AttributeType, createAttributeCatalog, operatorsByType } from "./attribute-catalog.ts";
import { compileRule } from "./compile.ts";
import { complementOf, type Operator, type RuleNode } from "./grammar.ts";
import type { RuleSubject } from "./subject.ts";

function holds(rule: unknown, subject: RuleSubject, nowMs = noon): boolean {
  return ruleOf(rule).test(subject, nowMs);
}

function profile(values: Record<string, unknown>): RuleSubject {
  return { profile: values };
}

const typeSamples: Readonly<
  Record<AttributeType, { values: readonly unknown[]; right: Partial<Record<Operator, readonly unknown[]>> }>
> = {
  text: {
    values: ["", "Anna", "anna", "10.0", "x y", 10, ["a", "Anna"], { a: 1 }],
    right: { eq: ["anna", "10", ""], in: [["anna", "10"], []], regex: ["^a.*a$"], starts_with: ["An"] },
  },
  key: { values: ["24-MB01", "24-mb01", ["red"], 7], right: { eq: ["24-mb01", "7"], in: [["RED"], []] } },
  number: { values: [0, 1.5, "1.50", "abc", true], right: { eq: [1.5, "1.5"], in: [[0, "1.5"]] } },
  money: {
    values: [{ minor: 100, currency: "EUR" }, { minor: 100, currency: "USD" }, 100],
    right: { eq: [{ minor: "100.0", currency: "EUR" }], in: [[{ minor: 100, currency: "EUR" }]] },
  },
  boolean: { values: [true, false, "true", 1, 0, "no"], right: { eq: [true, false], is_true: [undefined] } },
  date: { values: ["2026-03-10", noon, "2026-03-10T23:30:00Z", "never"], right: { eq: ["2026-03-10"] } },
  instant: { values: [noon, "2026-03-10T12:00:00Z", "2026-03-10"], right: { eq: ["2026-03-10T12:00:00Z"] } },
  version: { values: ["1.2.3", "v1.2.3", "2"], right: { eq: ["1.2.3"] } },
  point: { values: [{ lat: 1, lon: 1 }], right: {} },
  list: {
    values: [["SPRING", "VIP10"], ["spring"], "vip10", [1, 2]],
    right: { eq: ["spring"], contains: ["VIP10", 1], in: [["vip10", 2], []], contains_all: [["spring", "VIP10"], []] },
  },
  objects: { values: [[{ a: 1 }], [{}]], right: {} },
  json: {
    values: ["a", "A", 3, "3", [1, 3], [], { a: [1] }, false],
    right: { eq: [3, "a", [1, 3], { a: [1] }], in: [[3, "a"], []], contains_all: [[1], []], regex: ["^a$", "3"] },
  },
};

describe("operators", () => {
  it("makes every negative operator the exact complement of its positive one, for every type and any value", () => {
    let pairs = 0;
    for (const [type, samples] of Object.entries(typeSamples)) {
      const catalog = createAttributeCatalog([{ path: "profile.x", type: type as AttributeType, label: "x" }]);
      for (const negative of operatorsByType[type as AttributeType]) {
        const positive = complementOf[negative];
        // Conditions on elements have tests of their own below.
        if (!positive || positive === "any_match") continue;
        for (const value of samples.right[positive] ?? samples.right.eq ?? []) {
          const shared = { path: "profile.x", ...(value === undefined ? {} : { value }) };
          const yes = compileRule({ attribute: { ...shared, op: positive } } as RuleNode, { catalog });
          const no = compileRule({ attribute: { ...shared, op: negative } } as RuleNode, { catalog });
          expect(yes.broken, `${type} ${positive} ${JSON.stringify(value)}`).toBe(false);
          pairs += 1;
          const arbitrary = fc.oneof(fc.constantFrom(...samples.values, undefined, null, ""), fc.jsonValue());
          fc.assert(
            fc.property(arbitrary, (x) => yes.test(profile({ x }), noon) !== no.test(profile({ x }), noon)),
            { numRuns: 60 },
          );
        }
      }
    }
    expect(pairs).toBeGreaterThan(40);
  });

  it("is false for every positive operator and comparison on a missing value", () => {
    for (const missing of [undefined, null, "", []]) {
      for (const [op, value] of [
        ["eq", "a"],
        ["gt", "a"],
        ["lt", "a"],
        ["in", ["a"]],
        ["regex", ""],
        ["contains", ""],
      ] as const) {
        expect(holds(attributeRule("profile.name", op, value), profile({ name: missing })), op).toBe(false);
      }
      expect(holds(attributeRule("profile.name", "not_exists"), profile({ name: missing }))).toBe(true);
      expect(holds(attributeRule("profile.coupons_used", "size", 0), profile({ coupons_used: missing }))).toBe(true);
    }
    expect(holds(attributeRule("profile.data", "exists"), profile({ data: "" }))).toBe(true);
    expect(holds(attributeRule("profile.data", "size", 0), profile({}))).toBe(false);
  });

  it("compares text folded, and strictly numeric texts as numbers, unless case matters", () => {
    expect(holds(attributeRule("profile.name", "eq", "STRASSE É"), profile({ name: "strasse e\u0301" }))).toBe(true);
    expect(holds(attributeRule("profile.name", "eq", "10.0"), profile({ name: "10" }))).toBe(true);
    expect(holds(attributeRule("profile.name", "lt", "9"), profile({ name: "10" }))).toBe(false);
    expect(holds(attributeRule("profile.name", "in", ["10.0"]), profile({ name: "10" }))).toBe(true);
    const exact = { caseSensitive: true };
    expect(holds(attributeRule("profile.name", "eq", "10.0", exact), profile({ name: "10" }))).toBe(false);
    expect(holds(attributeRule("profile.name", "lt", "9", exact), profile({ name: "10" }))).toBe(true);
    expect(holds(attributeRule("profile.name", "eq", "Anna", exact), profile({ name: "anna" }))).toBe(false);
    expect(holds(attributeRule("profile.group", "eq", "10.0"), profile({ group: "10" }))).toBe(false);
  });

  it("keeps numbers and money exact", () => {
    expect(
      holds(attributeRule("profile.age", "eq", "12345678901234567890.1"), profile({ age: "12345678901234567890.10" })),
    ).toBe(true);
    expect(
      holds(attributeRule("profile.age", "eq", "12345678901234567890.1"), profile({ age: "12345678901234567890.2" })),
    ).toBe(false);
    const thirds = {
      items: { of: "orders", measure: "average_amount", op: "gt", value: { minor: "33.33", currency: "USD" } },
    };
    const orders = [50, 25, 25].map((minor) => ({ grand_total: { minor, currency: "USD" } }));
    expect(holds(thirds, { list: () => orders })).toBe(true);
    const tenth = { items: { of: "cart", measure: "quantity", op: "eq", value: "0.3" } };
    expect(holds(tenth, { list: () => [{ qty: 0.1 }, { qty: "0.2" }] })).toBe(true);
  });

  it("converts money with the day's rate into the left side's currency, and is false without a rate", () => {
    const rule = attributeRule("cart.subtotal", "gte", { minor: 1000, currency: "JPY" });
    const subject = { cart: { subtotal: { minor: 700, currency: "EUR" } } };
    const rateOf = (from: string, to: string): string | undefined =>
      from === "JPY" && to === "EUR" ? "0.007" : undefined;
    expect(ruleOf(rule, { rateOf }).test(subject, noon)).toBe(true);
    expect(ruleOf(rule, { rateOf: () => "0.00701" }).test(subject, noon)).toBe(false);
    expect(ruleOf(rule).test(subject, noon)).toBe(false);
    const perCurrency = attributeRule("cart.subtotal", "gte", [
      { minor: 900, currency: "USD" },
      { minor: 600, currency: "EUR" },
    ]);
    expect(ruleOf(perCurrency).test(subject, noon)).toBe(true);
  });

  it("orders versions with pre-releases before releases", () => {
    const rule = attributeRule("profile.app", "gte", "10.2.0-beta");
    expect(["10.2.0", "v10.2.0-rc.1", "10.10.0+build"].map((app) => holds(rule, profile({ app })))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["10.1.9", "10.2.0-alpha", "9.9.9"].map((app) => holds(rule, profile({ app })))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("compares JSON deeply and never across types", () => {
    expect(holds(attributeRule("profile.data", "eq", 3), profile({ data: "3" }))).toBe(false);
    expect(holds(attributeRule("profile.data", "gt", 2), profile({ data: "3" }))).toBe(true);
    expect(holds(attributeRule("profile.data", "eq", { a: ["X"] }), profile({ data: { a: ["x"] } }))).toBe(true);
    expect(holds(attributeRule("profile.data", "in", [2, 3]), profile({ data: [3, 9] }))).toBe(true);
    expect(holds(attributeRule("profile.data", "type_is", "array"), profile({ data: [] }))).toBe(true);
  });

  it("judges list elements together with any_match", () => {
    const rule = (op: string): unknown =>
      attributeRule("profile.pets", op, undefined, {
        where: { all: [attributeRule("item.kind", "eq", "dog"), attributeRule("item.age", "gt", 3)] },
      });
    const young = profile({
      pets: [
        { kind: "dog", age: 1 },
        { kind: "cat", age: 9 },
      ],
    });
    expect([holds(rule("any_match"), young), holds(rule("none_match"), young)]).toEqual([false, true]);
    expect(holds(rule("any_match"), profile({ pets: [{ kind: "Dog", age: 4 }] }))).toBe(true);
    // An empty text is no list of one element: nothing can be missing in it.
    const unnamed = { where: attributeRule("item.kind", "not_exists") };
    for (const pets of ["", [], undefined])
      expect(holds(attributeRule("profile.pets", "any_match", undefined, unnamed), profile({ pets }))).toBe(false);
    expect(holds(rule("none_match"), profile({}))).toBe(true);
  });

  it("reads neither what every object inherits nor into lists", () => {
    expect(holds(attributeRule("context.constructor.name", "exists"), { context: { a: 1 } })).toBe(false);
    expect(holds(attributeRule("context.list.length", "exists"), { context: { list: [1] } })).toBe(false);
    expect(holds(attributeRule("context.a\\.b", "eq", 1), { context: { "a.b": 1 } })).toBe(true);
  });
});

describe("items", () => {
  const products: Record<string, Record<string, unknown>> = {
    tent: { sku: "tent", category_ids: ["tents", "outdoor"], color: "red", brand: "Acme" },
    mug: { sku: "mug", category_ids: ["kitchen"], color: "blue", brand: "Pot" },
  };
  const productOf = (sku: string): Record<string, unknown> | undefined => products[sku];
  const eur = (minor: number): object => ({ minor, currency: "EUR" });

  it("asks one element for all conditions", () => {
    const rule = {
      items: {
        of: "cart",
        match: "some",
        where: { all: [attributeRule("product.color", "eq", "red"), attributeRule("item.price", "gte", eur(2000))] },
      },
    };
    const list = () => [
      { sku: "tent", price: eur(1000) },
      { sku: "mug", price: eur(3000) },
    ];
    expect(holds(rule, { list, productOf })).toBe(false);
    expect(holds(rule, { list: () => [{ sku: "tent", price: eur(2000) }], productOf })).toBe(true);
  });

  it("answers none and every for an empty cart with true", () => {
    const where = attributeRule("item.sku", "eq", "x");
    for (const match of ["none", "every"]) expect(holds({ items: { of: "cart", match, where } }, {})).toBe(true);
    expect(holds({ items: { of: "cart", match: "some" } }, {})).toBe(false);
    expect(holds(attributeRule("cart.subtotal", "lt", eur(1)), {})).toBe(true);
    expect(holds(attributeRule("cart.shipping_method", "neq", "flat"), {})).toBe(true);
  });

  it("holds for a composite line when the parent or a child fits, negative leaves included", () => {
    const list = () => [{ sku: "set", children: [{ sku: "tent" }, { sku: "mug" }] }];
    const some = (leaf: unknown): boolean =>
      holds({ items: { of: "cart", match: "some", where: leaf } }, { list, productOf });
    expect(some(attributeRule("product.color", "eq", "blue"))).toBe(true);
    expect(some(attributeRule("product.color", "neq", "red"))).toBe(true);
    expect(some({ not: attributeRule("product.color", "eq", "red") })).toBe(false);
    expect(
      some({ all: [attributeRule("product.color", "eq", "blue"), attributeRule("product.brand", "eq", "acme")] }),
    ).toBe(true);
  });

  it("leaves out cancelled orders unless statuses are named", () => {
    const list = () => [
      { status: "canceled", at: noon, grand_total: eur(100) },
      { status: "complete", at: noon, grand_total: eur(10) },
    ];
    const amount = (value: number, statuses?: readonly string[]): unknown => ({
      items: { of: "orders", measure: "amount", op: "eq", value: eur(value), ...(statuses ? { statuses } : {}) },
    });
    expect(holds(amount(10), { list })).toBe(true);
    expect(holds(amount(100, ["Cancelled"]), { list })).toBe(true);
  });

  it("compares a candidate with the product it was matched with", () => {
    const cheaper = ruleOf(
      attributeRule("product.final_price", "lte", { ref: "matched.final_price", percent: 80, plus: eur(1) }),
      {},
      "products_to_display",
    );
    const against = (minor: number): RuleSubject => ({
      product: { final_price: eur(minor) },
      matched: { final_price: eur(1000) },
    });
    expect([cheaper.test(against(801), noon), cheaper.test(against(802), noon)]).toEqual([true, false]);
    expect(cheaper.test({ product: { final_price: eur(1) }, matched: {} }, noon)).toBe(false);
    const children = ruleOf(
      attributeRule("product.category_ids", "in", { ref: "matched.category_ids", relation: "children" }),
      { childrenOf: (category) => (category === "outdoor" ? ["tents"] : []) },
      "products_to_display",
    );
    expect(children.test({ product: products["tent"], matched: { category_ids: ["outdoor"] } }, noon)).toBe(true);
    expect(children.test({ product: products["mug"], matched: { category_ids: ["outdoor"] } }, noon)).toBe(false);
  });
});

describe("broken leaves", () => {
  it("make themselves and every not above them false, and never throw", () => {
    const environment = { catalog: exampleCatalog, exists: () => false };
    const gone: RuleNode = { audience: { id: "gone" } };
    expect(compileRule(gone, environment).test({ member: () => ({ since: 0 }) }, noon)).toBe(false);
    const negated = compileRule({ not: { any: [gone, { not: { everyone: true } }] } }, environment);
    expect([negated.test({}, noon), negated.broken]).toEqual([false, true]);
    expect(compileRule({ any: [gone, { everyone: true }] }, environment).test({}, noon)).toBe(true);
    const unknown = { attribute: { path: "profile.nope", op: "neq", value: 1 } } as RuleNode;
    expect(compileRule(unknown, environment).test({}, noon)).toBe(false);
    expect(compileRule({ newer: {} } as unknown as RuleNode, environment).test({}, noon)).toBe(false);
  });
});

describe("explain", () => {
  it("shows each leaf with the value seen, its truth and a sentence", () => {
    const rule = ruleOf({
      all: [attributeRule("profile.gender", "eq", "female"), { not: attributeRule("profile.age", "gte", 18) }],
    });
    const explanation = rule.explain(profile({ gender: "male", age: 20 }), noon);
    expect(explanation).toMatchObject({
      node: "all",
      truth: false,
      children: [
        {
          path: "profile.gender",
          op: "eq",
          value: "female",
          observed: "male",
          truth: false,
          sentence: 'Gender is "female" (seen: "male")',
        },
        { node: "not", truth: false, children: [{ truth: true, observed: 20 }] },
      ],
    });
  });

  it("agrees with test on every example", () => {
    const rule = ruleOf({ event: { name: "pageView", count: { op: "eq", value: 0 } } });
    expect(rule.explain({}, noon)).toMatchObject({ truth: true, observed: 0 });
    expect(rule.test({}, noon)).toBe(true);
  });
});

describe("other leaves", () => {
  it("reads consent as unset when nothing was decided", () => {
    expect(holds({ consent: { category: "marketing", status: "unset" } }, {})).toBe(true);
    const granted = { consent: () => "granted" as const };
    expect(holds({ consent: { category: "marketing", status: "granted" } }, granted)).toBe(true);
  });

  it("judges membership, its length, and lists of audiences", () => {
    const subject: RuleSubject = {
      member: (id) => (id === "vip" ? { since: noon - 86_400_000 } : undefined),
      outsideSince: () => noon - 1000,
    };
    expect(holds({ audience: { id: "vip", for: "1d" } }, subject)).toBe(true);
    const rule = ruleOf({ audience: { id: "vip", for: "2d" } });
    expect(rule.nextChangeAt(subject, noon)).toBe(noon + 86_400_000);
    expect(holds({ audience: { ids: ["a", "vip"] } }, subject)).toBe(true);
    expect(holds({ audience: { ids: ["a", "vip"], member: false } }, subject)).toBe(false);
    expect(ruleOf({ audience: { id: "a", member: false, for: "1s" } }).test(subject, noon)).toBe(true);
  });

  it("puts about the right share of profiles into a bucket", () => {
    const rule = ruleOf({ bucket: { salt: "welcome-2026", from: 0, to: 1000 } });
    let inside = 0;
    for (let index = 0; index < 10_000; index += 1) inside += rule.test({ bucketValue: `p${index}` }, noon) ? 1 : 0;
    expect(inside).toBeGreaterThan(900);
    expect(inside).toBeLessThan(1100);
    expect(rule.test({}, noon)).toBe(false);
  });

  it("measures great-circle distance", () => {
    const berlinToParis = (km: number): unknown => ({
      geo: { path: "profile.home", within: { lat: 48.8566, lon: 2.3522, km } },
    });
    const home = profile({ home: { lat: 52.52, lon: 13.405 } });
    expect([holds(berlinToParis(880), home), holds(berlinToParis(875), home)]).toEqual([true, false]);
  });
});
