import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aCartRule, evaluateLines, ofSku } from "../../testing/rules/a-cart-rule.ts";
import type { CartAction, CartRule } from "./cart-rule.ts";
import type { Evaluation } from "./evaluate-cart.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
const skus = ["a", "b", "c"] as const;

type Line = { readonly id: string; readonly sku: string; readonly qty: number; readonly price: number };

const linesArbitrary = (maxQty: number, maxLength = 4): fc.Arbitrary<readonly Line[]> =>
  fc
    .array(
      fc.record({
        sku: fc.constantFrom(...skus),
        qty: fc.integer({ min: 1, max: maxQty }),
        price: fc.integer({ min: 1, max: 3_000 }),
      }),
      { maxLength },
    )
    .map((lines) => lines.map((line, at) => ({ ...line, id: `l${at}` })));

function byLine({ units }: Evaluation): readonly number[] {
  return units.map(({ discount }) => discount);
}

const act = (action: CartAction, lines: readonly Line[], fields: Partial<CartRule> = {}): Evaluation =>
  evaluateLines({ rules: [aCartRule({ action, ...fields })], lines });

/** One entry a unit, with the line it is of. */
function unitsOf(lines: readonly Line[]) {
  return lines.flatMap(({ qty, price, sku }, line) => Array.from({ length: qty }, () => ({ line, price, sku })));
}

const half = (over: bigint, under: bigint): bigint => (2n * over + under) / (2n * under);

describe("any so many units for a price", () => {
  it("groups units by price and shares what a group is above its price by the running remainder", () => {
    const options = fc.record({
      qty: fc.integer({ min: 1, max: 5 }),
      price: fc.integer({ min: 0, max: 6_000 }),
      pick: fc.constantFrom("cheapest" as const, "dearest" as const),
      repeat: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(linesArbitrary(7), options, (lines, { qty, price, pick, repeat }) => {
        const order = pick === "cheapest" ? 1 : -1;
        const units = unitsOf(lines).sort((a, b) => order * (a.price - b.price) || a.line - b.line);
        const naive = lines.map(() => 0);
        for (let group = 0; (group + 1) * qty <= units.length && group < (repeat ?? 1e9); group += 1) {
          const members = units.slice(group * qty, (group + 1) * qty);
          const whole = sum(members.map((unit) => unit.price));
          const above = Math.max(0, whole - price);
          let [running, given] = [0, 0n];
          for (const unit of members) {
            running += unit.price;
            const upTo = half(BigInt(above) * BigInt(running), BigInt(whole));
            naive[unit.line]! += Number(upTo - given);
            given = upTo;
          }
        }
        const action = { type: "group_price" as const, qty, amounts: [usd(price)], pick };
        expect(byLine(act(repeat === undefined ? action : { ...action, repeat }, lines))).toEqual(naive);
      }),
      { numRuns: 500 },
    );
  });

  it("makes any five cost 15.00 together, the dearest first", () => {
    const lines = [
      { id: "x", sku: "x", qty: 4, price: 400 },
      { id: "y", sku: "y", qty: 3, price: 500 },
    ];
    const { units, total } = act({ type: "group_price", qty: 5, amounts: [usd(1_500)] }, lines);
    expect(units.map(({ discount }) => discount)).toEqual([278, 522]);
    expect(total).toBe(1_500 + 800);
  });

  it("takes no long time for a million units", () => {
    const lines = Array.from({ length: 100 }, (_, at) => ({ id: `${at}`, sku: "x", qty: 1_000_000, price: 100 + at }));
    const { itemDiscount } = act({ type: "group_price", qty: 3, amounts: [usd(1)] }, lines);
    expect(itemDiscount).toBeGreaterThan(0);
  });
});

describe("buy some, get others", () => {
  it("reduces as many units as can be, the first by price, and uses each unit once", () => {
    const some = fc.subarray([...skus], { minLength: 1 });
    const options = fc.record({
      buy: some,
      get: some,
      buyQty: fc.integer({ min: 1, max: 3 }),
      getQty: fc.integer({ min: 1, max: 2 }),
      pick: fc.constantFrom("cheapest" as const, "dearest" as const),
      repeat: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(linesArbitrary(3, 3), options, (lines, { buy, get, buyQty, getQty, pick, repeat }) => {
        const units = unitsOf(lines).slice(0, 7);
        fc.pre(units.length === unitsOf(lines).length);
        // Every way to leave, buy or get each unit.
        let best: readonly number[] = [];
        const order = pick === "cheapest" ? 1 : -1;
        for (let way = 0; way < 3 ** units.length; way += 1) {
          const roles = units.map((_, at) => Math.floor(way / 3 ** at) % 3);
          const isAllowed = units.every(({ sku }, at) => {
            if (roles[at] === 1) return buy.includes(sku as (typeof skus)[number]);
            return roles[at] === 0 || get.includes(sku as (typeof skus)[number]);
          });
          if (!isAllowed) continue;
          const got = units.filter((_, at) => roles[at] === 2).map(({ price }) => price * order);
          const bought = roles.filter((role) => role === 1).length;
          if (bought < Math.ceil(got.length / getQty) * buyQty || got.length > (repeat ?? 99) * getQty) continue;
          got.sort((a, b) => a - b);
          if (got.length > best.length || (got.length === best.length && isBefore(got, best))) best = got;
        }
        const action = { type: "buy_get" as const, buyQty, getQty, percent: "100", pick };
        const { itemDiscount } = act(repeat === undefined ? action : { ...action, repeat }, lines, {
          bought: ofSku(...buy),
          got: ofSku(...get),
        });
        expect(itemDiscount).toBe(Math.abs(sum(best)));
      }),
      { numRuns: 300 },
    );
  });

  it("is buy x get y where there is one line", () => {
    const counts = fc.tuple(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
    );
    fc.assert(
      fc.property(counts, ([qty, buy, get]) => {
        fc.pre(get <= buy);
        const lines = [{ id: "x", sku: "x", qty, price: 333 }];
        const across = act({ type: "buy_get", buyQty: buy, getQty: get, percent: "100" }, lines);
        expect(byLine(across)).toEqual(byLine(act({ type: "buy_x_get_y", buy, get }, lines)));
      }),
    );
  });
});

/** In order of the prices to pick by. */
function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((each, index) => each !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}

describe("tiers", () => {
  const lines = [
    { id: "x", sku: "a", qty: 2, price: 1_500 },
    { id: "y", sku: "b", qty: 3, price: 1_000 },
  ];
  const tiers = [
    { fromAmounts: [usd(3_000)], percent: "5" },
    { fromAmounts: [usd(6_000)], percent: "10" },
    { fromAmounts: [usd(6_001)], percent: "20" },
  ];

  it("take the highest that is reached and no other", () => {
    const whole = act({ type: "tiered_percent", measure: "subtotal", tiers }, lines, { targets: ofSku("a") });
    expect(byLine(whole)).toEqual([300, 0]);
    const eligible = act({ type: "tiered_percent", measure: "eligible_subtotal", tiers }, lines, {
      targets: ofSku("a"),
    });
    expect(byLine(eligible)).toEqual([150, 0]);
  });

  it("count units, and take an amount once or from each unit", () => {
    const of = (per: "cart" | "unit") =>
      act(
        {
          ...{ type: "tiered_fixed", measure: "qty", per },
          tiers: [
            { fromQty: 2, amounts: [usd(100)] },
            { fromQty: 5, amounts: [usd(300)] },
            { fromQty: 6, amounts: [usd(900)] },
          ],
        },
        lines,
      );
    expect(of("cart").itemDiscount).toBe(300);
    expect(of("unit").itemDiscount).toBe(5 * 300);
  });

  it("come out as any percentage of the tier's size", () => {
    fc.assert(
      fc.property(
        linesArbitrary(9),
        fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 4 }),
        (given, starts) => {
          const rising = [...new Set(starts)].sort((a, b) => a - b);
          const made = rising.map((minor, at) => ({ fromAmounts: [usd(minor)], percent: String(5 * (at + 1)) }));
          const subtotal = sum(given.map(({ qty, price }) => qty * price));
          const reached = made.filter(({ fromAmounts }) => fromAmounts[0]!.minor <= subtotal).at(-1);
          const plain = act({ type: "percent", percent: reached?.percent ?? "0" }, given);
          const tiered = act({ type: "tiered_percent", measure: "subtotal", tiers: made }, given);
          expect(byLine(tiered)).toEqual(byLine(plain));
          expect(tiered.verdicts[0]?.outcome === "applied").toBe(reached !== undefined && given.length > 0);
        },
      ),
    );
  });

  it("tell what the first one lacks", () => {
    const [verdict] = act({ type: "tiered_percent", measure: "eligible_subtotal", tiers }, lines.slice(1), {
      targets: ofSku("a"),
    }).verdicts;
    expect(verdict).toMatchObject({ outcome: "conditions_not_met", tier: { need: 3_000, have: 0 } });
  });
});

describe("a cap", () => {
  it("bounds what a percentage takes from lines and shipping together, by shares of it", () => {
    fc.assert(
      fc.property(
        linesArbitrary(9),
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 0, max: 900 }),
        (lines, cap, rate) => {
          const of = (action: CartAction) =>
            evaluateLines({
              rules: [aCartRule({ action: { ...action, applyToShipping: true } as CartAction })],
              lines,
              cart: { shipping: { pricing: "per_order", rate: BigInt(rate) } },
            });
          const free = of({ type: "percent", percent: "30" });
          const capped = of({ type: "percent", percent: "30", cap: [usd(cap)] });
          const size = ({ itemDiscount, shipping }: Evaluation) => itemDiscount + shipping.discount;
          expect(size(capped)).toBe(Math.min(cap, size(free)));
          for (const [at, discount] of byLine(capped).entries())
            expect(discount).toBeLessThanOrEqual(byLine(free)[at] ?? 0);
        },
      ),
    );
  });
});

describe("one unit only", () => {
  it("is the cheapest that the rule reaches", () => {
    fc.assert(
      fc.property(linesArbitrary(9), (lines) => {
        const cheapest = lines.reduce<Line | undefined>(
          (best, each) => (best && best.price <= each.price ? best : each),
          undefined,
        );
        const { units } = act({ type: "percent", percent: "50", applyOnce: true }, lines);
        const expected = lines.map((line) => (line === cheapest ? Number(half(BigInt(line.price), 2n)) : 0));
        expect(units.map(({ discount }) => discount)).toEqual(expected);
      }),
    );
  });
});

describe("a gift that the shopper chooses", () => {
  it("is free so many times in all, whichever of the choices are in the cart", () => {
    const lines = [
      { id: "x", sku: "mug", qty: 1, price: 700 },
      { id: "y", sku: "cap", qty: 3, price: 900 },
    ];
    const { units } = act({ type: "free_gift", sku: "mug", choices: ["CAP", "pen"], qty: 2 }, lines);
    expect(units.map(({ discount }) => discount)).toEqual([700, 900]);
  });
});
