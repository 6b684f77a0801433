import type { RuleObject, RuleSubject } from "../../kernel/rules/index.ts";
import { type Ledger, withoutTax, withTax } from "./ledger.ts";
import { decimalOf, type PricedCart } from "./price-cart.ts";

/** What conditions of the moment read beside the cart itself. */
export type Moment = {
  readonly ledger: Ledger;
  /** Minor units. */
  readonly shipping: number;
  /** Units that the action of the rule in hand reaches. */
  readonly eligible: () => readonly number[];
};

/** Sums over units of a cart. */
export type CartSums = ReturnType<typeof createCartSums>;

/** @param discountOf minor units that rules took from a unit so far */
export function createCartSums({ units, input: { tax } }: PricedCart, discountOf: (unit: number) => number) {
  const plainRows = tax?.pricesIncludeTax
    ? units.map((unit) => withoutTax(unit, unit.row, tax))
    : units.map(({ row }) => row);
  const subtotal = plainRows.reduce((sum, each) => sum + each, 0);
  const leftOf = (with_: typeof withTax): number => {
    let sum = 0;
    for (const [at, unit] of units.entries()) sum += with_(unit, unit.row - discountOf(at), tax);
    return sum;
  };
  const leftWithoutTax = (at: number): number => {
    const unit = units[at];
    return unit ? withoutTax(unit, unit.row - discountOf(at), tax) : 0;
  };
  return {
    /** Before any discount, without tax; minor units as the others. */
    subtotal: (): number => subtotal,
    subtotalWithTax: (): number => units.reduce((sum, unit) => sum + withTax(unit, unit.row, tax), 0),
    left: (): number => leftOf(withoutTax),
    leftWithTax: (): number => leftOf(withTax),
    subtotalOf: (given: readonly number[]): number => given.reduce((sum, at) => sum + (plainRows[at] ?? 0), 0),
    leftOf: (given: readonly number[]): number => given.reduce((sum, at) => sum + leftWithoutTax(at), 0),
    /** Millionths. */
    qtyOf: (given: readonly number[]): bigint => given.reduce((sum, at) => sum + (units[at]?.qty ?? 0n), 0n),
  };
}

/** The shopper with the cart, and the same as conditions see it that look at what earlier rules left. */
export type CartSubjects = { readonly plain: RuleSubject; readonly discounted: RuleSubject };

/**
 * The shopper with the cart that is evaluated, as conditions of cart price rules read them. Attributes are worked out when a rule
 * asks for them; `moment` says how far the evaluation has come.
 */
export function cartSubjects(base: RuleSubject, cart: PricedCart, sums: CartSums, moment: Moment): CartSubjects {
  const lines = cart.lines.map(({ facts }) => facts);
  const facts = cartFacts(cart, sums, moment);
  const withLines = (cartOf: RuleObject, linesOf: () => readonly RuleObject[]): RuleSubject => ({
    ...base,
    cart: cartOf,
    list: (of) => (of === "cart" || of === "order" ? linesOf() : (base.list?.(of) ?? [])),
  });
  const plain = withLines(facts, () => lines);
  let discounted: RuleSubject | undefined;
  return {
    plain,
    get discounted() {
      discounted ??= withLines(discountedFacts(facts, cart, sums, moment), () => discountedLines(cart, moment.ledger));
      return discounted;
    },
  };
}

function cartFacts({ input, units, lines }: PricedCart, sums: CartSums, moment: Moment): RuleObject {
  const { currency, shipping, billing } = input;
  const address = shipping?.country === undefined && billing !== undefined ? billing : shipping;
  const money = (minor: number) => ({ minor, currency });
  const subtotal = money(sums.subtotal());
  const sumOf = (of: readonly bigint[]) => decimalOf(of.reduce((total, each) => total + each, 0n));
  const shippingLeft = (): number => moment.shipping - moment.ledger.shippingDiscount();
  let totalQty: number | string | undefined;
  return {
    cart_id: input.cartId,
    subtotal,
    get subtotal_with_discount() {
      return money(sums.left());
    },
    get subtotal_incl_tax() {
      return money(sums.subtotalWithTax());
    },
    get tax() {
      return money(sums.leftWithTax() - sums.left());
    },
    get shipping() {
      return money(shippingLeft());
    },
    get grand_total() {
      return money(sums.leftWithTax() + shippingLeft());
    },
    store_credit: money(0),
    gift_card: money(0),
    get total_qty() {
      totalQty ??= sumOf(lines.map(({ qty }) => qty));
      return totalQty;
    },
    line_count: lines.length,
    get weight() {
      return sumOf(lines.map((line) => line.weight));
    },
    get eligible_subtotal() {
      return money(sums.subtotalOf(moment.eligible()));
    },
    get eligible_qty() {
      return sumOf(moment.eligible().map((at) => units[at]?.qty ?? 0n));
    },
    get eligible_weight() {
      const eligible = new Set(moment.eligible());
      return sumOf(lines.filter((line) => line.units.some((at) => eligible.has(at))).map((line) => line.weight));
    },
    shipping_method: shipping?.method,
    payment_method: input.paymentMethod,
    country: address?.country,
    region: address?.region,
    region_id: address?.regionId,
    postcode: address?.postcode,
  };
}

/** Amounts of the cart after what earlier rules took. */
function discountedFacts(facts: RuleObject, { input }: PricedCart, sums: CartSums, moment: Moment): RuleObject {
  const money = (minor: number) => ({ minor, currency: input.currency });
  // Inherits what discounts do not change, with its getters.
  return Object.create(facts, {
    subtotal: { enumerable: true, get: () => money(sums.left()) },
    subtotal_incl_tax: { enumerable: true, get: () => money(sums.leftWithTax()) },
    eligible_subtotal: { enumerable: true, get: () => money(sums.leftOf(moment.eligible())) },
  }) as RuleObject;
}

function discountedLines({ input, lines, units }: PricedCart, ledger: Ledger): readonly RuleObject[] {
  return lines.map((line) => {
    const left = line.units.reduce((sum, at) => sum + (units[at]?.row ?? 0) - ledger.discountOf(at), 0);
    return { ...line.facts, row_total: { minor: left, currency: input.currency } };
  });
}
