import { describe, expect, it } from "vitest";
import type { RuleNode } from "../../kernel/rules/index.ts";
import { aTree } from "../../testing/rules/a-cart-rule.ts";
import { canNearlyHold, failingLeaf, missingOf } from "./failing-leaf.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const from = (path: string, value: unknown, op: "gte" | "gt" = "gte"): RuleNode => ({
  attribute: { path, op, value: value as number },
});
const inGermany: RuleNode = { attribute: { path: "cart.country", op: "eq", value: "DE" } };
const everyone: RuleNode = { everyone: true };
const subject = {
  cart: { subtotal: usd(4_000), total_qty: 2 },
  list: () => [{ sku: "a", qty: 2, row_total: usd(4_000) }],
};

function seen(node: RuleNode) {
  return aTree(node).rule.explain(subject, 0);
}

describe("the leaf that is to blame", () => {
  it("is the first that fails, and of alternatives one of those that need least", () => {
    const node: RuleNode = {
      all: [everyone, { any: [{ all: [inGermany, from("cart.total_qty", 3)] }, from("cart.total_qty", 5)] }],
    };
    expect(failingLeaf(node, seen(node))).toMatchObject({
      path: "cart.total_qty",
      value: 5,
      observed: 2,
      isOfCart: true,
    });
  });

  it("is not told of a rule that holds", () => {
    expect(failingLeaf(everyone, seen(everyone))).toBeUndefined();
  });

  it("below a not is the not itself", () => {
    const node: RuleNode = { not: from("cart.total_qty", 1) };
    expect(failingLeaf(node, seen(node))).toMatchObject({ node: "not", isOfCart: true });
    const ofProfile: RuleNode = { not: { not: { audience: { id: "vips" } } } };
    expect(failingLeaf(ofProfile, seen(ofProfile))).toMatchObject({ isOfCart: false });
  });
});

describe("what is missing", () => {
  it("is told for one amount or quantity", () => {
    const node: RuleNode = { all: [everyone, from("cart.subtotal", usd(5_000))] };
    expect(missingOf(node, seen(node))).toEqual({
      attribute: "cart.subtotal",
      op: "gte",
      need: usd(5_000),
      have: usd(4_000),
      lacks: usd(1_000),
    });
    const pieces = from("cart.total_qty", 2, "gt");
    expect(missingOf(pieces, seen(pieces))).toMatchObject({ op: "gt", need: 2, have: 2, lacks: 0 });
  });

  it("is told of lines, also where nothing was summed yet", () => {
    const where: RuleNode = { attribute: { path: "product.sku", op: "eq", value: "none" } };
    const node: RuleNode = { items: { of: "cart", measure: "amount", op: "gte", value: usd(100), where } };
    expect(missingOf(node, seen(node))).toMatchObject({ attribute: "items.amount", need: usd(100), lacks: usd(100) });
  });

  it("is the amount of the cart's currency where a rule names several", () => {
    const several = [{ minor: 4_500, currency: "EUR" }, usd(5_000)];
    const node: RuleNode = { items: { of: "cart", measure: "amount", op: "gte", value: several } };
    expect(missingOf(node, seen(node))).toMatchObject({ need: usd(5_000), lacks: usd(1_000) });
  });

  it("is not told where more than one condition fails, or one that no product can turn", () => {
    for (const node of [{ all: [from("cart.subtotal", usd(5_000)), inGermany] }, inGermany, { not: everyone }])
      expect(missingOf(node as RuleNode, seen(node as RuleNode))).toBeUndefined();
    expect(canNearlyHold(inGermany)).toBe(false);
    expect(canNearlyHold({ any: [inGermany, from("cart.weight", 1)] })).toBe(true);
  });
});
