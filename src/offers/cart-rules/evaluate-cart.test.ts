import { describe, expect, it } from "vitest";
import { aCartRule, aTree, evaluateLines, ofSku } from "../../testing/rules/a-cart-rule.ts";
import type { CodeFacts } from "../coupons/index.ts";
import type { Evaluation } from "./evaluate-cart.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const shipping = { pricing: "per_order", rate: 900n } as const;
const applied = ({ verdicts }: Evaluation) =>
  verdicts.filter(({ outcome }) => outcome === "applied").map(({ rule }) => rule.key);
const discounts = ({ units }: Evaluation) => Object.fromEntries(units.map(({ id, discount }) => [id, discount]));
const codeOf = (fields: Partial<CodeFacts> = {}) => ({
  codes: new Map([["X", { ruleKey: "rule", limit: null, used: 0, expires: null, poolId: null, ...fields }]]),
  usesByCustomer: new Map<string, number>(),
  spent: new Map<string, { uses: number; minor: number }>(),
});
const withCode = aCartRule({ coupon: "pool" });
const rejection = ({ codes }: Evaluation) => codes[0]?.rejection;

describe("free shipping", () => {
  it("is given by lines that take no discount", () => {
    const result = evaluateLines({
      rules: [aCartRule({ freeShipping: "shipment" })],
      lines: [{ id: "card", price: 5_000, noDiscount: true }],
      cart: { shipping },
    });
    expect(result.shipping).toMatchObject({ amount: 0, free: "shipment" });
    expect(result.itemDiscount).toBe(0);
    expect(applied(result)).toEqual(["rule"]);
  });

  it("covers only so many units of a line as the rule does", () => {
    const result = evaluateLines({
      rules: [aCartRule({ freeShipping: "items", action: { type: "percent", percent: "0", maxQty: 2 } })],
      lines: [{ id: "a", qty: 5, price: 100 }],
      cart: { shipping: { pricing: "per_item", rate: 300n } },
    });
    expect(result.shipping).toMatchObject({ amount: 900, free: "items" });
  });

  it("sees no discounts yet", () => {
    const node = { attribute: { path: "cart.subtotal_with_discount", op: "gte", value: usd(1_000) } } as const;
    const result = evaluateLines({
      rules: [
        aCartRule({ key: "first", action: { type: "percent", percent: "50" } }),
        aCartRule({ key: "free", priority: 1, freeShipping: "shipment", conditions: aTree(node) }),
      ],
      lines: [{ id: "a", price: 1_000 }],
      cart: { shipping },
    });
    // It gave free shipping before the first rule ran; afterwards its conditions hold no more, so it takes nothing off.
    expect(result.shipping.amount).toBe(0);
    expect(discounts(result)).toEqual({ a: 500 });
    expect(applied(result)).toEqual(["first", "free"]);
  });
});

describe("a bundle with dynamic prices", () => {
  const bundle = {
    id: "bundle",
    productType: "bundle_dynamic",
    qty: 2,
    children: [
      { id: "strap", price: 300, qty: 1 },
      { id: "bag", price: 700, qty: 2 },
    ],
  };

  it("is one line of the cart, with what its parts come to", () => {
    const holds = (node: Parameters<typeof aTree>[0]) =>
      applied(evaluateLines({ rules: [aCartRule({ conditions: aTree(node) })], lines: [bundle] })).length === 1;
    expect(holds({ attribute: { path: "cart.total_qty", op: "eq", value: 2 } })).toBe(true);
    expect(holds({ attribute: { path: "cart.line_count", op: "eq", value: 1 } })).toBe(true);
    expect(holds({ attribute: { path: "cart.subtotal", op: "eq", value: usd(3_400) } })).toBe(true);
    expect(holds({ items: { of: "cart", measure: "amount", op: "eq", value: usd(3_400) } })).toBe(true);
  });

  it("gives each part the discount, or only the parts that match", () => {
    expect(discounts(evaluateLines({ rules: [aCartRule()], lines: [bundle] }))).toEqual({ strap: 60, bag: 280 });
    const onBag = aCartRule({ targets: ofSku("bag") });
    expect(discounts(evaluateLines({ rules: [onBag], lines: [bundle] }))).toEqual({ strap: 0, bag: 280 });
    const onBundle = aCartRule({ targets: ofSku("bundle") });
    expect(discounts(evaluateLines({ rules: [onBundle], lines: [bundle] }))).toEqual({ strap: 60, bag: 280 });
  });

  it("takes no discount at all when the bundle takes none", () => {
    const result = evaluateLines({ rules: [aCartRule()], lines: [{ ...bundle, noDiscount: true }] });
    expect(discounts(result)).toEqual({ strap: 0, bag: 0 });
    expect(applied(result)).toEqual([]);
  });
});

describe("what a rule reaches", () => {
  it("has amounts of its own beside those of the cart", () => {
    const lines = [
      { id: "a", price: 1_000, qty: 2, weight: 500_000n },
      { id: "b", price: 9_000, weight: 2_000_000n },
    ];
    const holds = (path: string, value: unknown) => {
      const conditions = aTree({ attribute: { path, op: "eq", value: value as number } });
      return applied(evaluateLines({ rules: [aCartRule({ conditions, targets: ofSku("a") })], lines })).length === 1;
    };
    expect(holds("cart.subtotal", usd(11_000))).toBe(true);
    expect(holds("cart.eligible_subtotal", usd(2_000))).toBe(true);
    expect(holds("cart.eligible_qty", 2)).toBe(true);
    expect(holds("cart.weight", 3)).toBe(true);
    expect(holds("cart.eligible_weight", 1)).toBe(true);
  });

  it("is not a line of a negative price", () => {
    const result = evaluateLines({
      rules: [aCartRule()],
      lines: [
        { id: "credit", price: -500 },
        { id: "a", price: 500 },
      ],
    });
    expect(discounts(result)).toEqual({ credit: 0, a: 50 });
    expect(result.total).toBe(-50);
  });
});

describe("prices with tax", () => {
  const tax = { rate: 20_000_000n, pricesIncludeTax: true, afterDiscount: true };

  it("make subtotals without tax in conditions, and totals with it", () => {
    const condition = (path: string, minor: number) => aTree({ attribute: { path, op: "eq", value: usd(minor) } });
    const rules = [
      aCartRule({ key: "without", conditions: condition("cart.subtotal", 5_000) }),
      aCartRule({
        key: "with",
        conditions: condition("cart.subtotal_incl_tax", 6_000),
        action: { type: "percent", percent: "0" },
      }),
    ];
    const result = evaluateLines({ rules, lines: [{ id: "a", price: 6_000 }], cart: { tax } });
    expect(applied(result)).toEqual(["with", "without"]);
    expect(result).toMatchObject({ subtotal: 6_000, total: 5_400, tax: { amount: 900, totalInclTax: 5_400 } });
  });

  it("come out as the cross-check of the contract: 10.00 off 50.00 and 20 percent", () => {
    const action = { type: "cart_fixed", amounts: [usd(1_000)] } as const;
    const included = evaluateLines({
      rules: [aCartRule({ action })],
      lines: [{ id: "a", price: 6_000 }],
      cart: { tax },
    });
    expect(included.tax).toEqual({ amount: 833, totalInclTax: 5_000 });
    const excluded = evaluateLines({
      rules: [aCartRule({ action })],
      lines: [{ id: "a", price: 5_000 }],
      cart: { tax: { ...tax, pricesIncludeTax: false } },
    });
    expect(excluded.tax).toEqual({ amount: 800, totalInclTax: 4_800 });
  });

  it("leave the odd cent where the shopper saw it: 10 percent off two lines at 22 percent", () => {
    const result = evaluateLines({
      rules: [aCartRule()],
      lines: [
        { id: "a", price: 264_990 },
        { id: "b", price: 142_512 },
      ],
      cart: { tax: { ...tax, rate: 22_000_000n } },
    });
    // 26,499 off the first, 14,251.2 off the second
    expect(discounts(result)).toEqual({ a: 26_499, b: 14_251 });
    expect(result.tax?.totalInclTax).toBe(366_752);
  });
});

describe("amounts in another currency", () => {
  const action = { type: "fixed", amounts: [usd(999), { minor: 900, currency: "EUR" }] } as const;
  const yen = { currency: "JPY" };

  it("are those that the rule names, else the first at the rate, else none", () => {
    const lines = [{ id: "a", price: 5_000, qty: 3 }];
    const inEuro = evaluateLines({ rules: [aCartRule({ action })], lines, cart: { currency: "EUR" } });
    expect(discounts(inEuro)).toEqual({ a: 2_700 });
    const rateOf = (from: string) => (from === "USD" ? "151.37" : undefined);
    const inYen = evaluateLines({ rules: [aCartRule({ action })], lines, cart: yen, rateOf });
    expect(discounts(inYen)).toEqual({ a: 4_537 });
    const withoutRate = evaluateLines({
      rules: [aCartRule({ action, stop: true }), aCartRule({ key: "z" })],
      lines,
      cart: yen,
    });
    // A rule that cannot be worked out does nothing, and stops nothing.
    expect(withoutRate.verdicts.map(({ outcome }) => outcome)).toEqual(["no_rate", "applied"]);
  });
});

describe("limits", () => {
  const lines = [{ id: "a", price: 1_000 }];
  const couponCodes = ["x"];

  it("let a code be used on its last day, in the zone of the store, and not after", () => {
    const call = { rules: [withCode], lines, couponCodes, facts: codeOf({ expires: "2026-03-10" }) };
    expect(rejection(evaluateLines(call))).toBeNull();
    expect(rejection(evaluateLines({ ...call, nowMs: Date.parse("2026-03-10T23:30:00Z") }))).toBeNull();
    const inTokyo = { ...call, nowMs: Date.parse("2026-03-10T23:30:00Z"), timezone: "Asia/Tokyo" };
    expect(rejection(evaluateLines(inTokyo))).toBe("expired");
  });

  it("bind customers, never guests", () => {
    const facts = { ...codeOf(), usesByCustomer: new Map([["rule", 1]]) };
    const call = { rules: [{ ...withCode, usesPerCustomer: 1 }], lines, couponCodes, facts };
    expect(rejection(evaluateLines({ ...call, customerId: "c" }))).toBe("customer_usage_limit_reached");
    expect(rejection(evaluateLines(call))).toBeNull();
  });

  it("end with the budget of a rule, with or without a code", () => {
    const rule = aCartRule({ budget: { uses: null, spend: usd(10_000) } });
    const spent = new Map([["rule", { uses: 3, minor: 10_000 }]]);
    expect(applied(evaluateLines({ rules: [rule], lines, facts: { ...codeOf(), spent } }))).toEqual([]);
    const coded = { ...rule, coupon: "pool" } as const;
    const result = evaluateLines({ rules: [coded], lines, couponCodes, facts: { ...codeOf(), spent } });
    expect(rejection(result)).toBe("budget_exhausted");
  });

  it("reject the code of a rule that is off, over, or for others, in this order of reasons", () => {
    const reasonOf = (fields: Parameters<typeof aCartRule>[0], facts = codeOf()) =>
      rejection(evaluateLines({ rules: [{ ...withCode, ...fields }], lines, couponCodes, facts }));
    const elsewhere = { websites: new Set(["other"]), customerGroups: new Set(["vip"]) };
    expect(reasonOf({ isActive: false, ...elsewhere })).toBe("inactive_rule");
    expect(reasonOf({ fromDay: 30_000, ...elsewhere })).toBe("not_started");
    expect(reasonOf({ toDay: 1, ...elsewhere })).toBe("expired");
    expect(reasonOf(elsewhere)).toBe("website_mismatch");
    expect(reasonOf({ storeViews: ["german"] })).toBe("website_mismatch");
    expect(reasonOf({ customerGroups: new Set(["vip"]) }, codeOf({ limit: 1, used: 1 }))).toBe("group_mismatch");
    expect(reasonOf({}, codeOf({ limit: 1, used: 1 }))).toBe("usage_limit_reached");
    expect(reasonOf({ targets: ofSku("none") })).toBe("no_matching_items");
    expect(reasonOf({}, codeOf({ ruleKey: "gone" }))).toBe("inactive_rule");
  });
});

describe("a rule whose condition names something that is gone", () => {
  it("is false there, also below a not, and throws nothing", () => {
    const gone = { attribute: { path: "cart.gone", op: "eq", value: 1 } } as const;
    for (const node of [gone, { not: gone }])
      expect(
        applied(evaluateLines({ rules: [aCartRule({ conditions: aTree(node) })], lines: [{ id: "a", price: 100 }] })),
      ).toEqual([]);
  });
});
