/** The contract of cart price rules read word by word, with fractions that are never rounded but where it says so. */
import type { CartRule } from "../../offers/cart-rules/cart-rule.ts";

/** Numerator and denominator. */
type Exact = readonly [bigint, bigint];

const of = (whole: number | bigint): Exact => [BigInt(whole), 1n];
const sum = ([a, b]: Exact, [c, d]: Exact): Exact => [a * d + c * b, b * d];
const less = (a: Exact, [c, d]: Exact): Exact => sum(a, [-c, d]);
const times = ([a, b]: Exact, [c, d]: Exact): Exact => [a * c, b * d];
const over = ([a, b]: Exact, [c, d]: Exact): Exact => (c < 0n ? [-a * d, b * -c] : [a * d, b * c]);
const isBelow = ([a, b]: Exact, [c, d]: Exact): boolean => a * d < c * b;
const min = (a: Exact, b: Exact): Exact => (isBelow(b, a) ? b : a);
const max = (a: Exact, b: Exact): Exact => (isBelow(a, b) ? b : a);
const zero = of(0);

/** Text such as `2.5` as a fraction. */
export function exact(text: string): Exact {
  const [whole = "0", fraction = ""] = text.split(".");
  return [BigInt(whole + fraction), 10n ** BigInt(fraction.length)];
}

/** Half up, away from zero. */
function rounded([a, b]: Exact): bigint {
  return a < 0n ? -rounded([-a, b]) : (2n * a + b) / (2n * b);
}

const floor = ([a, b]: Exact): Exact => [a / b, 1n];

export type NaiveLine = {
  readonly id: string;
  readonly sku: string;
  readonly qty: string;
  readonly price: number;
  readonly noDiscount: boolean;
};

type NaiveShipping = { readonly rate: number; readonly pricing: "per_order" | "per_item" };

/** Some lines by their ids, to one address. */
export type NaiveShipment = NaiveShipping & { readonly id: string; readonly lines: readonly string[] };

export type NaiveCart = {
  readonly currency: string;
  readonly lines: readonly NaiveLine[];
  readonly shipping: NaiveShipping;
  /** Instead of `shipping`. */
  readonly shipments?: readonly NaiveShipment[];
};

/** A rule, its tests as plain functions, and its amount in the cart's currency. */
export type NaiveRule = {
  readonly rule: CartRule;
  readonly matches: (line: NaiveLine) => boolean;
  /** Of the subtotal before and after discounts. */
  readonly holds: (subtotal: bigint, discounted: bigint) => boolean;
  readonly amount: Exact;
};

export type NaiveAnswer = {
  readonly lines: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly itemDiscount: number;
  readonly shippingAmount: number;
  readonly shippingDiscount: number;
  readonly free: string;
  readonly total: number;
  readonly applied: readonly string[];
  /** Null = the cart has none. */
  readonly shipments: readonly NaiveParcel[] | null;
};

export type NaiveParcel = {
  readonly id: string;
  readonly amount: number;
  readonly byRule: Readonly<Record<string, number>>;
  readonly free: string;
};

export function readNaively(given: readonly NaiveRule[], cart: NaiveCart): NaiveAnswer {
  const rules = [...given].sort((a, b) => a.rule.priority - b.rule.priority || (a.rule.id < b.rule.id ? -1 : 1));
  const { lines } = cart;
  const rows = lines.map(({ qty, price }) => rounded(times(exact(qty), of(price))));
  const subtotal = rows.reduce((all, row) => all + row, 0n);
  const taken = lines.map(() => 0n);
  const books = lines.map((): Record<string, number> => ({}));
  const indexes = lines.map((_, index) => index);

  // 1.7 before any discount
  let whole = false;
  let freeUnits = lines.map(() => zero);
  const freed = new Set<string>();
  /** Lines that a rule ships free with all that goes with them. */
  const givers = new Set<number>();
  const stoppedShipping = new Set<number>();
  for (const { rule, holds, matches } of rules) {
    if (!holds(subtotal, subtotal)) continue;
    const live = indexes.filter((index) => matches(lines[index]!) && !stoppedShipping.has(index));
    if (rule.freeShipping && live.length > 0) freed.add(rule.key);
    if (rule.freeShipping === "shipment" && live.length > 0) whole = true;
    if (rule.freeShipping === "shipment") for (const index of live) givers.add(index);
    if (rule.freeShipping === "items") {
      freeUnits = freeUnits.map((known, index) => {
        if (!live.includes(index)) return known;
        const qty = exact(lines[index]!.qty);
        return max(known, rule.action.maxQty === undefined ? qty : min(qty, of(rule.action.maxQty)));
      });
    }
    if (rule.stop) for (const index of live) stoppedShipping.add(index);
  }
  const costOf = ({ rate, pricing }: NaiveShipping, inside: readonly number[], isWhole: boolean): bigint => {
    const paid = inside.reduce((all, index) => sum(all, less(exact(lines[index]!.qty), freeUnits[index]!)), zero);
    if (isWhole || (inside.length > 0 && !isBelow(zero, paid))) return 0n;
    return pricing === "per_item" ? rounded(times(of(rate), paid)) : BigInt(rate);
  };
  const freeOf = (inside: readonly number[], isWhole: boolean): string =>
    isWhole ? "shipment" : inside.some((index) => isBelow(zero, freeUnits[index]!)) ? "items" : "none";
  const parcels = cart.shipments?.map((shipment) => {
    const inside = indexes.filter((index) => shipment.lines.includes(lines[index]!.id));
    const isWhole = inside.some((index) => givers.has(index));
    const amount = costOf(shipment, inside, isWhole);
    return {
      id: shipment.id,
      amount,
      left: amount,
      byRule: {} as Record<string, number>,
      free: freeOf(inside, isWhole),
    };
  });
  const charge = parcels
    ? parcels.reduce((all, { amount }) => all + amount, 0n)
    : costOf(cart.shipping, indexes, whole);

  // 1.4 to 1.6
  let shippingTaken = 0n;
  let isShippingOpen = true;
  const stopped = new Set<number>();
  const applied: string[] = [];
  for (const { rule, holds, matches, amount } of rules) {
    const takenBefore = shippingTaken;
    const itemDiscount = taken.reduce((all, each) => all + each, 0n);
    if (!holds(subtotal, subtotal - itemDiscount)) {
      if (freed.has(rule.key)) applied.push(rule.key);
      continue;
    }
    const matched = indexes.filter((index) => {
      const line = lines[index]!;
      return !line.noDiscount && line.price >= 0 && matches(line);
    });
    const targets = matched.filter((index) => !stopped.has(index));
    const { action } = rule;
    const covered = (index: number): Exact => {
      const qty = exact(lines[index]!.qty);
      const most = action.maxQty === undefined ? qty : min(qty, of(action.maxQty));
      if ((action.type !== "percent" && action.type !== "fixed") || action.step === undefined) return most;
      return times(floor(over(most, of(action.step))), of(action.step));
    };
    const book = (index: number, wanted: bigint): void => {
      const most = rows[index]! - taken[index]!;
      const got = wanted < 0n ? 0n : wanted < most ? wanted : most;
      taken[index] = taken[index]! + got;
      books[index]![rule.key] = Number(got);
    };
    const reachesShipping = action.applyToShipping === true && matched.length > 0 && isShippingOpen;
    const left = charge - shippingTaken;

    if (action.type === "cart_fixed") {
      const weights = targets.map((index) =>
        min(times(covered(index), of(lines[index]!.price)), of(rows[index]! - taken[index]!)),
      );
      if (reachesShipping) weights.push(of(left));
      const all = weights.reduce((total, each) => sum(total, each), zero);
      const split = min(amount, all);
      let running = zero;
      let before = 0n;
      for (const [at, weight] of weights.entries()) {
        running = sum(running, weight);
        const upTo = isBelow(zero, all) ? rounded(over(times(split, running), all)) : 0n;
        const index = targets[at];
        if (index === undefined) shippingTaken += upTo - before;
        else book(index, upTo - before);
        before = upTo;
      }
    } else {
      for (const index of targets) {
        const qty = covered(index);
        const price = of(lines[index]!.price);
        if (action.type === "percent") {
          const share = over(times(of(taken[index]!), qty), exact(lines[index]!.qty));
          const base = max(zero, less(times(qty, price), share));
          book(index, rounded(over(times(base, min(exact(action.percent), of(100))), of(100))));
        } else if (action.type === "fixed") {
          book(index, rounded(times(qty, min(amount, price))));
        } else if (action.type === "buy_x_get_y") {
          const { buy, get } = action;
          if (buy <= 0 || get > buy) {
            book(index, 0n);
            continue;
          }
          const rounds = floor(over(qty, of(buy + get)));
          const rest = less(qty, times(rounds, of(buy + get)));
          const freeOnes = sum(times(rounds, of(get)), max(zero, less(rest, of(buy))));
          book(index, rounded(times(freeOnes, price)));
        } else if (action.type === "free_gift") {
          const isGift = lines[index]!.sku === action.sku;
          book(index, isGift ? rounded(times(min(qty, of(action.qty)), price)) : 0n);
        }
      }
      if (reachesShipping && action.type === "percent")
        shippingTaken += rounded(over(times(of(left), min(exact(action.percent), of(100))), of(100)));
      if (reachesShipping && action.type === "fixed") shippingTaken += rounded(min(amount, of(left)));
    }
    if (parcels && reachesShipping) {
      // The share of each is what its running sum has over that of the one before.
      const share = shippingTaken - takenBefore;
      let running = 0n;
      let before = 0n;
      for (const parcel of parcels) {
        running += parcel.left;
        const upTo = left > 0n ? rounded([share * running, left]) : 0n;
        parcel.left -= upTo - before;
        parcel.byRule[rule.key] = Number(upTo - before);
        before = upTo;
      }
    }
    if (rule.stop) {
      for (const index of targets) stopped.add(index);
      if (reachesShipping) isShippingOpen = false;
    }
    if (targets.length > 0 || reachesShipping || freed.has(rule.key)) applied.push(rule.key);
  }

  const itemDiscount = taken.reduce((all, each) => all + each, 0n);
  return {
    lines: Object.fromEntries(lines.map(({ id }, index) => [id, books[index]!])),
    itemDiscount: Number(itemDiscount),
    shippingAmount: Number(charge),
    shippingDiscount: Number(shippingTaken),
    free: parcels ? freeOfAll(parcels) : freeOf(indexes, whole),
    shipments: parcels?.map(({ id, amount, byRule, free }) => ({ id, amount: Number(amount), byRule, free })) ?? null,
    total: Number(subtotal - itemDiscount + charge - shippingTaken),
    applied,
  };
}

function freeOfAll(parcels: readonly { readonly free: string }[]): string {
  if (parcels.every(({ free }) => free === "shipment")) return "shipment";
  return parcels.some(({ free }) => free !== "none") ? "items" : "none";
}
