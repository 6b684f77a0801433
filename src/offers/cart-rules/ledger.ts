import { divideHalfUp } from "../../kernel/index.ts";
import type { CartRule } from "./cart-rule.ts";
import { minBig, scale, scaleHalfUp, wholePercent } from "./exact.ts";
import type { CartShipping, CartTax, PricedCart, Unit } from "./price-cart.ts";

/** What rules have taken so far; the only state of an evaluation. */
export type Ledger = ReturnType<typeof createLedger>;

type Entry = readonly [ruleKey: string, amount: number];
type Entries = readonly (readonly Entry[])[];

/** What a rule took from the units that it reached. */
type Booking = { readonly key: string; readonly reached: readonly number[]; readonly amounts: readonly number[] };

/** Amounts in minor units of the cart's currency. */
export type UnitResult = {
  readonly id: string;
  readonly discount: number;
  /** By rule key, in the order in which they ran; rules that reached the line with nothing are there with 0. */
  readonly byRule: readonly Entry[];
};

class BookedUnit implements UnitResult {
  readonly id: string;
  readonly discount: number;
  readonly #at: number;
  readonly #entries: () => Entries;

  constructor(id: string, discount: number, at: number, entries: () => Entries) {
    this.id = id;
    this.discount = discount;
    this.#at = at;
    this.#entries = entries;
  }

  get byRule(): readonly Entry[] {
    return this.#entries()[this.#at] ?? [];
  }
}

/** Books discounts of units and of shipping, in minor units; each rule once. */
export function createLedger({ units }: PricedCart) {
  const discounts = units.map(() => 0);
  const bookings: Booking[] = [];
  const stopped = units.map(() => false);
  const shippingByRule: Entry[] = [];
  let isAnyStopped = false;
  let shipping = 0;
  let total = 0;
  const entriesOf = (): Entries => {
    const entries: Entry[][] = units.map(() => []);
    for (const { key, reached, amounts } of bookings)
      for (const [index, unit] of reached.entries()) entries[unit]?.push([key, amounts[index] ?? 0]);
    return entries;
  };
  return {
    discountOf: (unit: number): number => discounts[unit] ?? 0,
    /** Each unit with what rules took from it, in the order in which they ran. For when all have run. */
    results: (): readonly UnitResult[] => {
      // One entry a rule and unit is most of what an evaluation holds: made for those who ask.
      let made: Entries | undefined;
      const entries = (): Entries => {
        made ??= entriesOf();
        return made;
      };
      return units.map(({ id }, at) => new BookedUnit(id, discounts[at] ?? 0, at, entries));
    },
    total: (): number => total,
    /** Notes that a rule reached units, also with nothing. */
    addAll: (reached: readonly number[], { key }: CartRule, amounts: readonly number[]): void => {
      for (let index = 0; index < reached.length; index += 1) {
        const unit = reached[index] ?? 0;
        const amount = amounts[index] ?? 0;
        discounts[unit] = (discounts[unit] ?? 0) + amount;
        total += amount;
      }
      bookings.push({ key, reached, amounts });
    },
    shippingDiscount: (): number => shipping,
    shippingByRule: (): readonly Entry[] => shippingByRule,
    addShipping: (rule: CartRule, amount: number): void => {
      shipping += amount;
      shippingByRule.push([rule.key, amount]);
    },
    /** Those of some units that no rule has stopped. */
    openOf: (given: readonly number[]): readonly number[] => {
      return isAnyStopped ? given.filter((unit) => stopped[unit] !== true) : given;
    },
    stop: (reached: readonly number[]): void => {
      isAnyStopped ||= reached.length > 0;
      for (const unit of reached) stopped[unit] = true;
    },
    isStopped: (unit: number): boolean => stopped[unit] === true,
  };
}

/** Tax in an amount that includes it, or on one that does not; minor units, rounded once. @param rate percent in millionths */
export function taxOf(amount: number, rate: number, isIncluded: boolean): number {
  return scaleHalfUp(amount, rate, isIncluded ? wholePercent + rate : wholePercent);
}

export function taxOfUnit(unit: Unit, discount: number, tax: CartTax): number {
  const base = tax.afterDiscount ? unit.row - discount : unit.row;
  return taxOf(base, unit.taxRate, tax.pricesIncludeTax);
}

/** An amount of a unit without tax. */
export function withoutTax(unit: Unit, amount: number, tax: CartTax | undefined): number {
  return tax?.pricesIncludeTax ? amount - taxOf(amount, unit.taxRate, true) : amount;
}

/** An amount of a unit with tax. */
export function withTax(unit: Unit, amount: number, tax: CartTax | undefined): number {
  return tax && !tax.pricesIncludeTax ? amount + taxOf(amount, unit.taxRate, false) : amount;
}

/** Units whose shipping is free, or the whole shipment; see `findFreeShipping`. */
export type FreeUnits = {
  readonly scope: "none" | "items" | "shipment";
  /** Free quantity of each unit, in millionths. */
  readonly qty: ReadonlyMap<number, bigint>;
  /** Of a cart with several shipments, the positions of those that are free as a whole. */
  readonly shipments: ReadonlySet<number>;
  /** Keys of the rules that gave it. */
  readonly givenBy: ReadonlySet<string>;
};

/** Shipping costs in minor units, of all shipments together. */
export function shippingCharge(cart: PricedCart, free: FreeUnits): number {
  const { input, units, shipments } = cart;
  if (shipments) return shipmentCharges(cart, free).reduce((sum, each) => sum + each, 0);
  const { shipping } = input;
  if (!shipping || free.scope === "shipment") return 0;
  if (free.scope === "none" && shipping.pricing === "per_order") return Number(shipping.rate);
  const whole = units.reduce((sum, { qty }) => sum + qty, 0n);
  const freeQty = units.reduce((sum, { qty }, at) => sum + minBig(qty, free.qty.get(at) ?? 0n), 0n);
  return chargeOf(shipping, whole, freeQty);
}

/** What each shipment of a cart with several costs, by its own rate over its own lines; minor units. */
export function shipmentCharges({ units, shipments }: PricedCart, free: FreeUnits): readonly number[] {
  return (shipments ?? []).map((shipment, index) => {
    if (free.shipments.has(index)) return 0;
    let whole = 0n;
    let freeQty = 0n;
    for (const at of shipment.units) {
      const qty = units[at]?.qty ?? 0n;
      whole += qty;
      freeQty += minBig(qty, free.qty.get(at) ?? 0n);
    }
    return chargeOf(shipment, whole, freeQty);
  });
}

/** @param whole quantity that is shipped, of which `freeQty` is free; millionths */
function chargeOf({ pricing, rate }: CartShipping, whole: bigint, freeQty: bigint): number {
  if (whole > 0n && freeQty >= whole) return 0;
  return Number(pricing === "per_item" ? divideHalfUp(rate * (whole - freeQty), scale) : rate);
}
