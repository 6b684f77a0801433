import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAttributeCatalog } from "./attribute-catalog.ts";
import { compileRule } from "./compile.ts";
import type { Operator, RuleNode } from "./grammar.ts";
import { neverHolds } from "./never-holds.ts";

const catalog = createAttributeCatalog([
  { path: "profile.age", type: "number", label: "Age" },
  { path: "profile.city", type: "text", label: "City" },
  { path: "profile.member", type: "boolean", label: "Member" },
  { path: "cart.subtotal", type: "money", label: "Subtotal" },
  { path: "cart.country", type: "key", label: "Country" },
  { path: "product.color", type: "text", label: "Colour" },
]);
const options = { typeOf: (path: string) => catalog.find(path)?.type };
const leaf = (path: string, op: Operator, value?: unknown) =>
  ({ attribute: { path, op, ...(value === undefined ? {} : { value }) } }) as RuleNode;
const usd = (minor: number) => ({ minor, currency: "USD" });
const over = (node: RuleNode) => neverHolds(node, options)?.over;

const ages = [0, 1, 2, 3, "2.5"];
const cities = ["Rom", "rom", "Ulm", ""];
const leaves = fc.oneof(
  fc.record({
    path: fc.constant("profile.age"),
    op: fc.constantFrom<Operator>("eq", "neq", "gt", "gte", "lt", "lte"),
    value: fc.constantFrom(...ages),
  }),
  fc.record({
    path: fc.constant("profile.age"),
    op: fc.constant<Operator>("between"),
    value: fc.constantFrom([0, 1], [2, 3], [1, 2]),
  }),
  fc.record({
    path: fc.constant("profile.city"),
    op: fc.constantFrom<Operator>("in", "not_in"),
    value: fc.constantFrom(["Rom"], ["Rom", "Ulm"], ["Bonn"]),
  }),
  fc.record({
    path: fc.constant("profile.city"),
    op: fc.constantFrom<Operator>("eq", "neq", "contains", "starts_with"),
    value: fc.constantFrom("Rom", "Ulm", "R"),
  }),
  fc.record({
    path: fc.constantFrom("profile.age", "profile.city", "profile.member"),
    op: fc.constantFrom<Operator>("exists", "not_exists"),
  }),
  fc.record({
    path: fc.constant("profile.member"),
    op: fc.constantFrom<Operator>("is_true", "is_false"),
  }),
  fc.record({
    path: fc.constant("profile.member"),
    op: fc.constantFrom<Operator>("eq", "neq"),
    value: fc.boolean(),
  }),
  fc.record({
    path: fc.constant("cart.subtotal"),
    op: fc.constantFrom<Operator>("eq", "neq", "gt", "gte", "lt", "lte"),
    value: fc.integer({ min: 0, max: 3 }).map(usd),
  }),
);
const { node } = fc.letrec<{ node: RuleNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaves.map((attribute) => ({ attribute }) as RuleNode),
    fc.array(tie("node"), { minLength: 1, maxLength: 4 }).map((all) => ({ all })),
    fc.array(tie("node"), { minLength: 1, maxLength: 4 }).map((any) => ({ any })),
    tie("node").map((not) => ({ not })),
    fc.constant<RuleNode>({ everyone: true }),
  ),
}));

/** Every kind of subject that these leaves can tell apart. */
const subjects = [undefined, 0, 0.5, 1, 1.5, 2, 2.5, 2.7, 3, 4].flatMap((age) =>
  [undefined, ...cities, "R", "Bonn"].flatMap((city) =>
    [undefined, true, false].flatMap((member) =>
      [undefined, 0, 1, 2, 3, 4].map((subtotal) => ({
        profile: {
          ...(age === undefined ? {} : { age }),
          ...(city === undefined ? {} : { city }),
          ...(member === undefined ? {} : { member }),
        },
        ...(subtotal === undefined ? {} : { cart: { subtotal: usd(subtotal) } }),
      })),
    ),
  ),
);

describe("a rule that contradicts itself", () => {
  it("is none that holds for somebody", () => {
    let never = 0;
    fc.assert(
      fc.property(node, (rule) => {
        if (!neverHolds(rule, options)) return;
        never += 1;
        const compiled = compileRule(rule, { catalog });
        expect(subjects.filter((subject) => compiled.test(subject, 0))).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
    expect(never).toBeGreaterThan(100);
  });

  it("is found by ranges, values, what must be there, and a leaf beside its opposite", () => {
    const subtotal = (op: Operator, minor: number) => leaf("cart.subtotal", op, usd(minor));
    expect(over({ all: [subtotal("gte", 100), subtotal("lt", 100)] })).toEqual(["cart.subtotal"]);
    expect(over({ all: [subtotal("gte", 100), subtotal("lte", 100)] })).toBeUndefined();
    expect(over({ all: [leaf("profile.city", "eq", "Rom"), leaf("profile.city", "eq", "Ulm")] })).toEqual([
      "profile.city",
    ]);
    expect(over({ all: [leaf("profile.city", "eq", "Rom"), leaf("profile.city", "eq", "ROM")] })).toBeUndefined();
    expect(over({ all: [leaf("profile.age", "gt", 3), leaf("profile.age", "not_exists")] })).toEqual(["profile.age"]);
    const bought: RuleNode = { event: { name: "orderPlaced" } };
    expect(over({ all: [bought, { not: bought }] })).toEqual(["event"]);
    expect(over({ not: { everyone: true } })).toEqual(["everyone"]);
  });

  it("is none with one way to hold, and names what is over in each of the others", () => {
    const adult = leaf("profile.age", "gte", 18);
    const child = leaf("profile.age", "lt", 18);
    const city = { all: [leaf("profile.city", "eq", "Rom"), leaf("profile.city", "neq", "Rom")] };
    expect(over({ all: [adult, { any: [child, city] }] })).toEqual(["profile.age", "profile.city"]);
    expect(over({ all: [adult, { any: [child, leaf("profile.city", "eq", "Rom")] }] })).toBeUndefined();
  });

  it("is none that holds for a cart which goes to several addresses", () => {
    const country = fc.record({
      op: fc.constantFrom<Operator>("in", "not_in"),
      value: fc.subarray(["DE", "FR", "at"], { minLength: 1 }),
    });
    const places = [undefined, "DE", "FR", "AT", ["DE", "FR"], ["FR", "AT"], ["DE", "FR", "AT"]];
    let never = 0;
    fc.assert(
      fc.property(fc.array(country, { minLength: 1, maxLength: 4 }), (given) => {
        const rule: RuleNode = { all: given.map(({ op, value }) => leaf("cart.country", op, value)) };
        const compiled = compileRule(rule, { catalog });
        const isNever = neverHolds(rule, options) !== undefined;
        if (isNever) never += 1;
        const held = places.some((each) => compiled.test({ cart: { country: each } }, 0));
        expect(isNever && held).toBe(false);
      }),
      { numRuns: 1_000 },
    );
    expect(never).toBeGreaterThan(100);
    const is = (op: Operator, value: string) => leaf("cart.country", op, value);
    expect(over({ all: [is("eq", "DE"), is("eq", "FR")] })).toBeUndefined();
    expect(over({ all: [is("eq", "DE"), is("neq", "de")] })).toEqual(["cart.country"]);
  });

  it("is not looked for among products, other attributes or rates of the day", () => {
    expect(over({ all: [leaf("product.color", "eq", "red"), leaf("product.color", "eq", "blue")] })).toBeUndefined();
    const eur = { minor: 1, currency: "EUR" };
    expect(over({ all: [leaf("cart.subtotal", "gte", usd(100)), leaf("cart.subtotal", "lt", eur)] })).toBeUndefined();
    const ref = leaf("profile.age", "lt", { ref: "profile.other" });
    expect(over({ all: [leaf("profile.age", "gt", 5), ref] })).toBeUndefined();
  });

  it("knows audiences that are gone, where it is told which there are", () => {
    const rule: RuleNode = { audience: { id: "gone" } };
    expect(neverHolds(rule, { ...options, isAudience: () => false })).toEqual({ over: ["gone"] });
    const without: RuleNode = { audience: { id: "gone", member: false } };
    expect(neverHolds(without, { ...options, isAudience: () => false })).toBeUndefined();
  });

  it("gives up on a rule with thousands of alternatives at once", () => {
    const wide: RuleNode = {
      all: Array.from({ length: 20 }, (_, at) => ({
        any: [leaf("profile.age", "gt", 10 + at), leaf("profile.age", "lt", -at)],
      })),
    };
    const started = performance.now();
    expect(neverHolds({ all: [wide, leaf("profile.age", "eq", 5)] }, options)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
