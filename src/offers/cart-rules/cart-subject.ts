import type { Money } from "../../kernel/index.ts";
import type { Collection, RuleObject, RuleSubject } from "../../kernel/rules/index.ts";
import { decimalOf } from "./exact.ts";
import { type Ledger, withoutTax, withTax } from "./ledger.ts";
import type { CartShipment, PricedCart } from "./price-cart.ts";

/** What conditions of the moment read beside the cart itself. */
export type Moment = {
  readonly ledger: Ledger;
  /** Minor units. */
  readonly shipping: () => number;
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
    return units.reduce((sum, unit, at) => sum + with_(unit, unit.row - discountOf(at), tax), 0);
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
export type CartSubjects = { readonly plain: RuleSubject; readonly discounted: () => RuleSubject };

/**
 * The shopper with the cart that is evaluated, as conditions of cart price rules read them. Attributes are worked out when a rule
 * asks for them; `moment` says how far the evaluation has come.
 */
export function cartSubjects(base: RuleSubject, cart: PricedCart, sums: CartSums, moment: Moment): CartSubjects {
  const lines = cart.lines.map(({ facts }) => facts);
  const source: Source = { cart, sums, moment };
  const withLines = (facts: CartFacts, linesOf: () => readonly RuleObject[]): RuleSubject =>
    // Assigned, since a spread copy that grows costs the collector many times as much.
    Object.assign({ cart: undefined, list: undefined }, base, {
      cart: facts as unknown as RuleObject,
      list: (of: Collection) => (of === "cart" || of === "order" ? linesOf() : (base.list?.(of) ?? [])),
    });
  let discounted: RuleSubject | undefined;
  return {
    plain: withLines(new CartFacts(source, false), () => lines),
    discounted: () => {
      discounted ??= withLines(new CartFacts(source, true), () => discountedLines(cart, moment.ledger));
      return discounted;
    },
  };
}

type Source = { readonly cart: PricedCart; readonly sums: CartSums; readonly moment: Moment };

const sumOf = (of: readonly bigint[]): number | string => decimalOf(of.reduce((total, each) => total + each, 0n));

type Place = string | readonly string[] | undefined;
type Places = Readonly<Partial<Record<"method" | "country" | "region" | "regionId" | "postcode", Place>>>;

/** Where several shipments go: of each field what any of them says. */
function placesOf(shipments: readonly CartShipment[]): Places | undefined {
  const [first] = shipments;
  if (shipments.length <= 1) return first;
  const placeOf = (field: keyof Places): Place => {
    const said = new Set<string>();
    for (const { [field]: value } of shipments) if (value) said.add(value);
    return said.size > 0 ? [...said] : undefined;
  };
  return {
    method: placeOf("method"),
    country: placeOf("country"),
    region: placeOf("region"),
    regionId: placeOf("regionId"),
    postcode: placeOf("postcode"),
  };
}

/**
 * The cart by the keys of rule paths. A class: a literal with getters would give each cart a shape of its own, and shapes live, with
 * all that their getters see, until the next full collection.
 */
class CartFacts {
  readonly cart_id: string | undefined;
  readonly store_credit: Money;
  readonly gift_card: Money;
  readonly line_count: number;
  // With several shipments a list, of which any element counts.
  readonly shipping_method: Place;
  readonly payment_method: string | undefined;
  readonly coupon: readonly string[] | undefined;
  readonly country: Place;
  readonly region: Place;
  readonly region_id: Place;
  readonly postcode: Place;
  // Out of reach of rule paths.
  readonly #source: Source;
  /** Whether amounts are those after what earlier rules took. */
  readonly #isDiscounted: boolean;
  #subtotal: Money | undefined;
  #totalQty: number | string | undefined;

  constructor(source: Source, isDiscounted: boolean) {
    const { currency, cartId, paymentMethod, couponCodes, shipments, billing } = source.cart.input;
    const shipping = shipments ? placesOf(shipments) : source.cart.input.shipping;
    const address = shipping?.country === undefined && billing !== undefined ? billing : shipping;
    this.cart_id = cartId;
    this.store_credit = { minor: 0, currency };
    this.gift_card = this.store_credit;
    this.line_count = source.cart.lines.length;
    this.shipping_method = shipping?.method;
    this.payment_method = paymentMethod;
    this.coupon = couponCodes;
    this.country = address?.country;
    this.region = address?.region;
    this.region_id = address?.regionId;
    this.postcode = address?.postcode;
    this.#source = source;
    this.#isDiscounted = isDiscounted;
  }

  get subtotal(): Money {
    if (this.#isDiscounted) return this.subtotal_with_discount;
    this.#subtotal ??= this.#money(this.#source.sums.subtotal());
    return this.#subtotal;
  }

  get subtotal_with_discount(): Money {
    return this.#money(this.#source.sums.left());
  }

  get subtotal_incl_tax(): Money {
    const { sums } = this.#source;
    return this.#money(this.#isDiscounted ? sums.leftWithTax() : sums.subtotalWithTax());
  }

  get tax(): Money {
    const { sums } = this.#source;
    return this.#money(sums.leftWithTax() - sums.left());
  }

  get shipping(): Money {
    return this.#money(this.#shippingLeft());
  }

  get grand_total(): Money {
    return this.#money(this.#source.sums.leftWithTax() + this.#shippingLeft());
  }

  get total_qty(): number | string {
    this.#totalQty ??= sumOf(this.#source.cart.lines.map(({ qty }) => qty));
    return this.#totalQty;
  }

  get weight(): number | string {
    return sumOf(this.#source.cart.lines.map((line) => line.weight));
  }

  get eligible_subtotal(): Money {
    const { sums, moment } = this.#source;
    return this.#money((this.#isDiscounted ? sums.leftOf : sums.subtotalOf)(moment.eligible()));
  }

  get eligible_qty(): number | string {
    const { cart, moment } = this.#source;
    return sumOf(moment.eligible().map((at) => cart.units[at]?.qty ?? 0n));
  }

  get eligible_weight(): number | string {
    const { cart, moment } = this.#source;
    const eligible = new Set(moment.eligible());
    return sumOf(cart.lines.filter((line) => line.units.some((at) => eligible.has(at))).map((line) => line.weight));
  }

  #money(minor: number): Money {
    return { minor, currency: this.#source.cart.input.currency };
  }

  #shippingLeft(): number {
    const { moment } = this.#source;
    return moment.shipping() - moment.ledger.shippingDiscount();
  }
}

function discountedLines({ input, lines, units }: PricedCart, ledger: Ledger): readonly RuleObject[] {
  return lines.map((line) => {
    const left = line.units.reduce((sum, at) => sum + (units[at]?.row ?? 0) - ledger.discountOf(at), 0);
    return { ...line.facts, row_total: { minor: left, currency: input.currency } };
  });
}
