import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAttributeCatalog } from "./attribute-catalog.ts";
import { compileRule } from "./compile.ts";
import { createGateIndex } from "./gate-index.ts";
import type { AttributeLeaf, RuleNode } from "./grammar.ts";
import { parsePath, readerOf } from "./paths.ts";
import type { RuleGate } from "./rule-gate.ts";
import type { RuleSubject } from "./subject.ts";

const types = ["text", "key", "number", "boolean", "list", "json", "money", "instant", "version"] as const;
const catalog = createAttributeCatalog(
  ["profile", "context", "cart"].flatMap((subject) =>
    types.map((type) => ({ path: `${subject}.${type}`, type, label: type })),
  ),
);
const environment = {
  catalog,
  listValues: () => ["Gold", 10, "3"],
};

// Of each run few values, written in many ways: most comparisons are of values that are equal somehow.
const pools: readonly (readonly unknown[])[] = [
  ["Gold", "gold", "GOLD", "golden", ""],
  ["ΣΑΣ", "σας", "σασ", "é", "e\u0301", "É"],
  [0, "0", -0, "-0", false, "false", "", 1, "1", true, "true", "TRUE"],
  [10, "10", "10.0", "+10", 10.5, "10.50", -3, "-3"],
  [1e21, "1e+21", "1E+21", "1000000000000000000000"],
  [1e-7, "0.0000001", "1e-7", 1, "1"],
  ["9007199254740993", 9_007_199_254_740_992, "9007199254740992.0"],
  ["2026-03-10", "2026-03-10T12:00:00Z", "1.2.0", "1.2", 1.2],
];
const others = [null, undefined, { minor: 10, currency: "EUR" }, [["Gold"], [10]], "Gold", 3];
const someOf = (pool: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...pool) },
    { weight: 2, arbitrary: fc.array(fc.constantFrom(...pool), { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(...others) },
  );
const operators = [
  ...(["eq", "eq", "eq", "eq", "in", "in", "in", "gte", "contains"] as const),
  ...(["eq", "neq", "in", "not_in", "gt", "gte", "lt", "lte", "between", "is_true", "is_false", "exists"] as const),
  ...(["contains", "contains_all", "contains_any", "starts_with", "not_contains", "size", "not_exists"] as const),
];
const path = fc
  .tuple(fc.constantFrom("profile", "profile", "profile", "context", "cart"), fc.constantFrom(...types))
  .map(([subject, type]) => `${subject}.${type}`);
const leafOf = (pool: readonly unknown[]): fc.Arbitrary<RuleNode> =>
  fc
    .record({
      path,
      op: fc.constantFrom(...operators),
      value: fc.oneof(
        { weight: 9, arbitrary: someOf(pool) },
        { weight: 1, arbitrary: fc.constantFrom({ list: "some" }, { ref: "profile.text" }) },
      ),
      caseSensitive: fc.boolean(),
    })
    // Not validated on purpose: what a stored rule says need not fit the attributes of today.
    .map((drawn): RuleNode => ({ attribute: drawn as AttributeLeaf }));
function ruleOf(pool: readonly unknown[]): fc.Arbitrary<RuleNode> {
  const leaf = leafOf(pool);
  return fc.oneof(
    { weight: 8, arbitrary: leaf },
    { weight: 1, arbitrary: leaf.map((not): RuleNode => ({ not })) },
    { weight: 1, arbitrary: fc.tuple(leaf, leaf).map((any): RuleNode => ({ any })) },
  );
}
function subjectOf(pool: readonly unknown[]): fc.Arbitrary<RuleSubject> {
  const facts = fc.record(Object.fromEntries(types.map((type) => [type, someOf(pool)])));
  return fc.record({ profile: facts, context: facts, cart: facts }, { requiredKeys: ["profile"] });
}
const drawn = fc.constantFrom(...pools).chain((pool) =>
  fc.record({
    // Of each rule the parts that must all hold.
    rules: fc.array(fc.array(ruleOf(pool), { minLength: 1, maxLength: 3 }), {
      ...{ minLength: 15, maxLength: 30, size: "large" },
    }),
    subjects: fc.array(subjectOf(pool), { minLength: 2, maxLength: 4 }),
  }),
);

/** As rules read it. */
function readOf(from: RuleSubject): (path: string) => unknown {
  return (path) => {
    const parsed = parsePath(path);
    return parsed && readerOf(parsed.keys)(from[parsed.subject]);
  };
}

function gatesOf(parts: readonly RuleNode[]): readonly RuleGate[] {
  return parts.flatMap((part) => compileRule(part, environment).gate?.() ?? []);
}

describe("an index of what rules ask for", () => {
  it("shuts out no rule that holds, whatever is compared with whatever", () => {
    const seen = { holding: 0, gatedAndHolding: 0, shut: 0, open: 0 };
    fc.assert(
      fc.property(drawn, ({ rules, subjects }) => {
        const compiled = rules.map((all) => compileRule({ all }, environment));
        const gates = rules.map(gatesOf);
        const shutFor = createGateIndex(gates);
        for (const each of subjects) {
          const shut = shutFor(readOf(each));
          expect(shut).toHaveLength(rules.length);
          for (const [at, { test }] of compiled.entries()) {
            const holds = test(each, 0);
            if (holds && shut[at] === 1)
              expect.fail(`${JSON.stringify(rules[at])} is shut for ${JSON.stringify(each)}`);
            seen.holding += holds ? 1 : 0;
            seen.gatedAndHolding += holds && gates[at]?.length ? 1 : 0;
            seen[shut[at] === 1 ? "shut" : "open"] += 1;
          }
        }
      }),
      { numRuns: Number(process.env["CLIENTELE_TEST_RUNS"] ?? 400) },
    );
    // The rules that were compared did hold, did have gates, and most of those that have one were shut.

    expect(seen.holding).toBeGreaterThan(800);
    expect(seen.gatedAndHolding).toBeGreaterThan(100);
    expect(seen.shut).toBeGreaterThan(1_000);
  });

  it("looks up equality and ranges, and leaves what it does not know to the rule", () => {
    const rules: readonly AttributeLeaf[] = [
      { path: "profile.key", op: "eq", value: "GOLD" },
      { path: "profile.key", op: "in", value: ["silver", "bronze"] },
      { path: "profile.number", op: "between", value: [3, "7.5"] },
      { path: "profile.number", op: "gt", value: 7 },
      { path: "profile.key", op: "neq", value: "gold" },
      { path: "cart.number", op: "eq", value: 0 },
    ];
    const shutFor = createGateIndex(rules.map((attribute) => gatesOf([{ attribute }])));
    expect([...shutFor(readOf({ profile: { key: "gold", number: 7.5 } }))]).toEqual([0, 1, 0, 0, 0, 0]);
    expect([...shutFor(readOf({ profile: { key: ["Silver"], number: "2" } }))]).toEqual([1, 0, 1, 1, 0, 0]);
    expect([...shutFor(readOf({}))]).toEqual([1, 1, 1, 1, 0, 0]);
  });
});
