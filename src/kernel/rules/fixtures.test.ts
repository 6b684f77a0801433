import { describe, expect, it } from "vitest";
import { readFixture } from "../../testing/rules/fixtures.ts";
import { type ConditionCase, translateCondition } from "../../testing/rules/translate-condition.ts";
import {
  catalogOfPriceRule,
  type PriceRuleCase,
  translatePriceRule,
} from "../../testing/rules/translate-price-rule.ts";
import {
  catalogOfCase,
  isInReach,
  type SegmentCase,
  subjectOfCase,
  translateSegment,
} from "../../testing/rules/translate-segment.ts";
import { compileRule } from "./compile.ts";
import type { RuleUse } from "./rule-uses.ts";
import { requireRule } from "./validate.ts";

const segments = readFixture<readonly SegmentCase[]>("promotions/segments.json");
const conditions = readFixture<{ readonly cases: readonly ConditionCase[] }>("experiments/conditions.json");
const cartRules = readFixture<readonly PriceRuleCase[]>("promotions/cart-rules.json");
const catalogRules = readFixture<readonly PriceRuleCase[]>("promotions/catalog-rules.json");
const reason = "fixtures folder not found; set CLIENTELE_FIXTURES";

describe.skipIf(segments === null)(`segment cases${segments ? "" : ` (${reason})`}`, () => {
  it.each((segments ?? []).map((each) => [each.name, each] as const))("%s", (_name, fixture) => {
    const catalog = catalogOfCase(fixture);
    const rule = requireRule(translateSegment(fixture), { catalog, use: "audience", timezone: fixture.timezone });
    const compiled = compileRule(rule, { catalog, timezone: fixture.timezone });
    const subject = subjectOfCase(fixture);
    const now = Date.parse(fixture.now);
    const matches = isInReach(fixture) && compiled.test(subject, now);
    expect(matches).toBe(fixture.expected.matches);
    expect(compiled.broken).toBe(false);
    expect(compiled.explain(subject, now).truth).toBe(compiled.test(subject, now));
  });
});

describe.skipIf(conditions === null)(`targeting conditions${conditions ? "" : ` (${reason})`}`, () => {
  it.each((conditions?.cases ?? []).map((each) => [`${each.id} ${each.group}`, each] as const))(
    "%s",
    (_name, fixture) => {
      const { rule, catalog } = translateCondition(fixture.input.condition);
      const lists = fixture.input.savedGroups ?? {};
      const compiled = compileRule(requireRule(rule, { catalog, use: "experiment" }), {
        catalog,
        listValues: (id) => lists[id],
      });
      expect(compiled.test({ context: fixture.input.attributes }, 0)).toBe(fixture.expect.match);
    },
  );
});

describe.skipIf(!cartRules || !catalogRules)(`trees of price rules${cartRules ? "" : ` (${reason})`}`, () => {
  const compiles = (cases: readonly PriceRuleCase[] | null, use: RuleUse): number => {
    let trees = 0;
    for (const { name, currency = "USD", rules } of cases ?? []) {
      for (const { conditions, action } of rules) {
        for (const [tree, place] of [[conditions, use] as const, [action.conditions, "cart_action"] as const]) {
          if (tree === undefined) continue;
          const catalog = catalogOfPriceRule(tree);
          const rule = requireRule(translatePriceRule(tree, currency), { catalog, use: place });
          expect(compileRule(rule, { catalog, itemKind: "line" }).broken, name).toBe(false);
          trees += 1;
        }
      }
    }
    return trees;
  };

  it("of carts compile, conditions and actions", () => {
    expect(compiles(cartRules, "cart_rule")).toBeGreaterThan(0);
  });

  it("of the catalog compile", () => {
    expect(compiles(catalogRules, "catalog_rule")).toBeGreaterThan(0);
  });
});
