import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inputOf, type RandomCase, randomCase } from "../../testing/rules/arbitrary-cart.ts";
import type { CartRule } from "./cart-rule.ts";
import { compareRules } from "./cart-rule.ts";
import { evaluateCart } from "./evaluate-cart.ts";
import { covers, createRelations } from "./rule-relation.ts";

const modes = ["stackable", "first", "highest", "lowest"] as const;
const groups = fc.array(
  fc.record({
    mode: fc.constantFrom(...modes),
    per: fc.constantFrom("cart" as const, "line" as const),
    priority: fc.integer({ min: -1, max: 1 }),
  }),
  { minLength: 2, maxLength: 2 },
);
const classes = fc.array(
  fc.constantFrom(null, null, null, null, null, null, ["order"] as const, ["product"] as const),
  {
    minLength: 6,
    maxLength: 6,
  },
);

/** Without conditions and limits, a pair of them is often one that something is told of. */
const plain = fc.array(fc.constantFrom("as it is", "5", "10", "15", "100"), { minLength: 6, maxLength: 6 });
function plainly(rule: CartRule, percent: string | undefined): CartRule {
  if (percent === undefined || percent === "as it is") return rule;
  return { ...rule, conditions: null, freeShipping: null, action: { type: "percent", percent } };
}

/** Carts under rules in two groups, of which some stand beside some only. */
const grouped = fc.tuple(randomCase, groups, classes, plain).map(([given, two, selective, plains]): RandomCase => {
  const named = two.map((each, at) => ({ ...each, key: `g${at}` }));
  const rules = given.rules.map((each, at) => ({
    ...each,
    rule: {
      ...plainly(each.rule, plains[at]),
      group: named[at % 2] ?? each.rule.group,
      combination: {
        ...{ class: each.rule.targets ? ("product" as const) : ("order" as const), tags: [] },
        with: selective[at] ? { classes: selective[at] ?? [], tags: [] } : null,
      },
    },
  }));
  return { ...given, rules };
});

const skusOf = ({ targets }: CartRule): readonly string[] | null => {
  const node = targets?.node;
  return node && "attribute" in node ? (node.attribute.value as readonly string[]) : null;
};
const reachesAll = (outer: CartRule, inner: CartRule): boolean => {
  const [all, some] = [skusOf(outer), skusOf(inner)];
  return all === null || (some?.every((sku) => all.includes(sku)) ?? false);
};
const totalsOf = (each: RandomCase) => {
  const { total, itemDiscount, shipping } = evaluateCart(inputOf(each));
  return [total, itemDiscount, shipping.amount, shipping.discount];
};
/** What is told of a case, pair by pair. */
function told(each: RandomCase) {
  const rules = each.rules.map(({ rule }) => rule);
  const { rateOf } = inputOf(each);
  const { currency } = each.cart;
  const relations = createRelations(rules, { today: 0, currency, rateOf, hasMarginGuard: false });
  const found: { code: "shadowed" | "loser"; key: string }[] = [];
  for (const a of rules)
    for (const b of rules) {
      if (a === b || !covers(a, b, 0) || !reachesAll(a, b)) continue;
      if (compareRules(a, b) < 0 && relations.alwaysStops(a) && relations.leavesNothing(a, b))
        found.push({ code: "shadowed", key: b.key });
      if (relations.alwaysBeats(a, b)) found.push({ code: "loser", key: b.key });
    }
  return found;
}

/** No line is so cheap that a rule takes nothing by rounding, and no rule outside of the group takes anything before. */
const oneGroup = grouped.map(
  (each): RandomCase => ({
    cart: {
      ...each.cart,
      lines: each.cart.lines.map((line) => ({ ...line, qty: "2", price: 10_000 + Math.abs(line.price) })),
    },
    rules: each.rules.map((own) => ({
      ...own,
      rule: { ...own.rule, group: each.rules[0]?.rule.group ?? own.rule.group },
    })),
  }),
);

function expectNoDifference(each: RandomCase, code: "shadowed" | "loser"): number {
  const whole = totalsOf(each);
  const found = told(each).filter((one) => one.code === code);
  for (const { key } of found) {
    const without = { ...each, rules: each.rules.filter(({ rule }) => rule.key !== key) };
    expect([key, totalsOf(without)]).toEqual([key, whole]);
  }
  return found.length;
}

describe("what two rules are to each other", () => {
  it("says of no rule that it is always stopped which makes a difference to some cart", () => {
    let seen = 0;
    fc.assert(
      fc.property(grouped, (each) => {
        seen += expectNoDifference(each, "shadowed");
      }),
      { numRuns: 700 },
    );
    expect(seen).toBeGreaterThan(20);
  });

  it("says of no rule that another of its group always takes its place which makes a difference to some cart", () => {
    let seen = 0;
    fc.assert(
      fc.property(oneGroup, (each) => {
        seen += expectNoDifference(each, "loser");
      }),
      { numRuns: 700 },
    );
    expect(seen).toBeGreaterThan(20);
  });
});
