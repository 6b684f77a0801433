import type { RuleObject, RuleSubject } from "../../kernel/rules/index.ts";
import { type Ledger, withoutTax, withTax } from "./ledger.ts";
import { decimalOf, type PricedCart } from "./price-cart.ts";

/** What conditions of the moment read beside the cart itself. */
export type Moment = {
  readonly ledger: Ledger;
  /** Minor units. */
  readonly shipping: bigint;
  /** Units that the action of the rule in hand reaches. */
  readonly eligible: () => readonly number[];
};

/**
 * The shopper with the cart that is evaluated, as conditions of cart price rules read them. Attributes are worked out when a rule
 * asks for them; `moment` says how far the evaluation has come.
 */
export function cartSubject(base: RuleSubject, cart: PricedCart, moment: () => Moment): RuleSubject {
  const lines = cart.lines.map(({ facts }) => facts);
  return {
    ...base,
    cart: cartFacts(cart, moment),
    list: (of) => (of === "cart" || of === "order" ? lines : (base.list?.(of) ?? [])),
  };
}

function cartFacts({ input, units, lines }: PricedCart, moment: () => Moment): RuleObject {
  const { currency, shipping, billing, tax } = input;
  const address = shipping?.country === undefined && billing !== undefined ? billing : shipping;
  const money = (minor: bigint) => ({ minor: Number(minor), currency });
  const sum = (amounts: readonly bigint[]) => amounts.reduce((total, each) => total + each, 0n);
  const rows = (given: readonly number[]) => sum(given.map((at) => plainRow(at)));
  const plainRow = (at: number): bigint => {
    const unit = units[at];
    return unit ? withoutTax(unit, unit.row, tax) : 0n;
  };
  const leftOf = (with_: typeof withTax) =>
    sum(units.map((unit, at) => with_(unit, unit.row - moment().ledger.discountOf(at), tax)));
  const subtotal = money(sum(units.map((_, at) => plainRow(at))));
  const totalQty = decimalOf(sum(lines.map(({ qty }) => qty)));
  const weight = decimalOf(sum(lines.map((line) => line.weight)));
  const unitLine = new Map(lines.flatMap((line) => line.units.map((at) => [at, line] as const)));
  const eligibleLines = () =>
    new Set(
      moment()
        .eligible()
        .flatMap((at) => unitLine.get(at) ?? []),
    );
  return {
    cart_id: input.cartId,
    subtotal,
    get subtotal_with_discount() {
      return money(leftOf(withoutTax));
    },
    subtotal_incl_tax: money(sum(units.map((unit) => withTax(unit, unit.row, tax)))),
    get tax() {
      return money(leftOf(withTax) - leftOf(withoutTax));
    },
    get shipping() {
      return money(moment().shipping - moment().ledger.shippingDiscount());
    },
    get grand_total() {
      return money(leftOf(withTax) + moment().shipping - moment().ledger.shippingDiscount());
    },
    store_credit: money(0n),
    gift_card: money(0n),
    total_qty: totalQty,
    line_count: lines.length,
    weight,
    get eligible_subtotal() {
      return money(rows(moment().eligible()));
    },
    get eligible_qty() {
      return decimalOf(
        sum(
          moment()
            .eligible()
            .map((at) => units[at]?.qty ?? 0n),
        ),
      );
    },
    get eligible_weight() {
      return decimalOf(sum([...eligibleLines()].map((line) => line.weight)));
    },
    shipping_method: shipping?.method,
    payment_method: input.paymentMethod,
    country: address?.country,
    region: address?.region,
    region_id: address?.regionId,
    postcode: address?.postcode,
  };
}
