import type { CartRule } from "./cart-rule.ts";
import { divideHalfUp, minBig, scale } from "./exact.ts";
import type { CartTax, PricedCart, Unit } from "./price-cart.ts";

/** What rules have taken so far; the only state of an evaluation. */
export type Ledger = ReturnType<typeof createLedger>;

/** Books discounts of units and of shipping, in minor units. */
export function createLedger({ units }: PricedCart) {
  const discounts = units.map(() => 0n);
  const byRule = units.map(() => new Map<string, bigint>());
  const stopped = new Set<number>();
  const shippingByRule = new Map<string, bigint>();
  let shipping = 0n;
  return {
    discountOf: (unit: number): bigint => discounts[unit] ?? 0n,
    byRuleOf: (unit: number): ReadonlyMap<string, bigint> => byRule[unit] ?? new Map<string, bigint>(),
    total: (): bigint => discounts.reduce((sum, each) => sum + each, 0n),
    /** Notes that a rule reached a unit, also with nothing. */
    add: (unit: number, rule: CartRule, amount: bigint): void => {
      discounts[unit] = (discounts[unit] ?? 0n) + amount;
      const book = byRule[unit];
      book?.set(rule.key, (book.get(rule.key) ?? 0n) + amount);
    },
    shippingDiscount: (): bigint => shipping,
    shippingByRule: (): ReadonlyMap<string, bigint> => shippingByRule,
    addShipping: (rule: CartRule, amount: bigint): void => {
      shipping += amount;
      shippingByRule.set(rule.key, amount);
    },
    stop: (reached: readonly number[]): void => {
      for (const unit of reached) stopped.add(unit);
    },
    isStopped: (unit: number): boolean => stopped.has(unit),
  };
}

/** Tax in an amount that includes it, or on one that does not; minor units, rounded once. */
export function taxOf(amount: bigint, rate: bigint, isIncluded: boolean): bigint {
  const whole = 100n * scale;
  return divideHalfUp(amount * rate, isIncluded ? whole + rate : whole);
}

export function taxOfUnit(unit: Unit, discount: bigint, tax: CartTax): bigint {
  const base = tax.afterDiscount ? unit.row - discount : unit.row;
  return taxOf(base, unit.taxRate, tax.pricesIncludeTax);
}

/** An amount of a unit without tax. */
export function withoutTax(unit: Unit, amount: bigint, tax: CartTax | undefined): bigint {
  return tax?.pricesIncludeTax ? amount - taxOf(amount, unit.taxRate, true) : amount;
}

/** An amount of a unit with tax. */
export function withTax(unit: Unit, amount: bigint, tax: CartTax | undefined): bigint {
  return tax && !tax.pricesIncludeTax ? amount + taxOf(amount, unit.taxRate, false) : amount;
}

/** Units whose shipping is free, or the whole shipment; see `findFreeShipping`. */
export type FreeUnits = {
  readonly scope: "none" | "items" | "shipment";
  /** Free quantity of each unit, in millionths. */
  readonly qty: ReadonlyMap<number, bigint>;
  /** Keys of the rules that gave it. */
  readonly givenBy: ReadonlySet<string>;
};

/** Shipping costs in minor units. */
export function shippingCharge({ input, units }: PricedCart, free: FreeUnits): bigint {
  const { shipping } = input;
  if (!shipping || free.scope === "shipment") return 0n;
  const whole = units.reduce((sum, { qty }) => sum + qty, 0n);
  const freeQty = units.reduce((sum, { qty }, at) => sum + minBig(qty, free.qty.get(at) ?? 0n), 0n);
  if (whole > 0n && freeQty >= whole) return 0n;
  return shipping.pricing === "per_item" ? divideHalfUp(shipping.rate * (whole - freeQty), scale) : shipping.rate;
}
