import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AttributeType, createAttributeCatalog, operatorsByType } from "./attribute-catalog.ts";
import { bindReferences } from "./bind-references.ts";
import { compileRule } from "./compile.ts";
import type { RuleNode } from "./grammar.ts";

const noon = Date.UTC(2026, 2, 10, 12);
const types = ["text", "key", "number", "money", "boolean", "date", "instant", "version", "list", "json"] as const;
const catalog = createAttributeCatalog(
  ["product", "matched", "profile", "context"].flatMap((subject) =>
    types.map((type: AttributeType) => ({ path: `${subject}.${type}`, type, label: type })),
  ),
);
const environment = { catalog, childrenOf: (category: string) => [`${category}/x`, `${category}/y`] };

const value = fc.constantFrom<unknown>(
  ...["Red", "red", "a", "a/x", "10", "10.0", "1.2.3", "2026-03-10", "", noon, 10, 0.1, true, false, null, undefined],
  ...[["red", "a"], ["a/x"], [], [10], { minor: 100, currency: "EUR" }, { minor: 300, currency: "USD" }],
);
const facts = fc.record(Object.fromEntries(types.map((type) => [type, value])), { requiredKeys: [] });
const leaf = fc
  .tuple(
    fc.constantFrom(...types),
    fc.constantFrom("matched", "profile", "context", "product"),
    fc.constantFrom(...types),
  )
  .chain(([type, subject, other]) =>
    fc.record({
      path: fc.constant(`product.${type}`),
      op: fc.constantFrom(
        ...operatorsByType[type].filter((op) => !/regex|size|type_is|_match|within|before|after/.test(op)),
      ),
      value: fc
        .constantFrom({}, {}, {}, { percent: 50 }, { percent: "33.33" }, { relation: "children" })
        .map((more) => ({ ref: `${subject}.${other}`, ...more })),
    }),
  )
  // Only what may be saved and what was once: the shape is that of a rule.
  .map((attribute): RuleNode => ({ attribute }) as RuleNode);
const { rule } = fc.letrec<{ rule: RuleNode }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    leaf,
    leaf,
    fc.array(tie("rule"), { maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie("rule"), { maxLength: 3 }).map((any) => ({ any })),
    tie("rule").map((not) => ({ not })),
  ),
}));

describe("bindReferences", () => {
  it("holds for the same products as the rule with its references", () => {
    let held = 0;
    fc.assert(
      fc.property(
        rule,
        facts,
        facts,
        facts,
        fc.array(facts, { minLength: 1, maxLength: 4 }),
        (node, matched, profile, context, products) => {
          const subject = { matched, profile, context };
          const whole = compileRule(node, environment);
          const bound = compileRule(bindReferences(node, subject, environment), environment);
          for (const product of products) {
            const expected = whole.test({ ...subject, product }, noon);
            expect(bound.test({ product, profile, context }, noon)).toBe(expected);
            held += Number(expected);
          }
        },
      ),
      { numRuns: 3_000 },
    );
    expect(held).toBeGreaterThan(500);
  });

  it("leaves references to the candidate itself, and what it cannot read, as they are", () => {
    const own: RuleNode = { attribute: { path: "product.key", op: "eq", value: { ref: "product.text" } } };
    const gone: RuleNode = { attribute: { path: "product.key", op: "neq", value: { ref: "matched.gone" } } };
    expect(bindReferences({ all: [own, gone] }, { matched: { gone: 1 } }, environment)).toEqual({ all: [own, gone] });
  });
});
