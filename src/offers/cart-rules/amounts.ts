// The formulas of discounts: offers-and-segments 1.5. All pure, all exact; each amount is rounded once.
import { foldText } from "../../kernel/rules/index.ts";
import type { CartAction } from "./cart-rule.ts";
import { divideHalfUp, type Fraction, maxBig, minBig, minFraction, roundFraction, scale } from "./exact.ts";

/** A line as the formulas see it. */
export type Amounts = {
  readonly sku: string;
  /** Millionths. */
  readonly qty: bigint;
  /** Millionths of a minor unit. */
  readonly price: bigint;
  /** Minor units: quantity times price, rounded. */
  readonly row: bigint;
};

const rowScale = scale * scale;

export function rowOf(qty: bigint, price: bigint): bigint {
  return divideHalfUp(qty * price, rowScale);
}

/** Units of a line that an action covers, in millionths. */
export function coveredQty(qty: bigint, action: CartAction): bigint {
  const { maxQty = 0 } = action;
  // 0 is how shops write "no limit", and no rule is for no units.
  const most = maxQty <= 0 ? qty : minBig(qty, BigInt(maxQty) * scale);
  const steps = action.type === "percent" || action.type === "fixed" ? (action.step ?? 0) : 0;
  if (steps <= 0) return most;
  const step = BigInt(steps) * scale;
  return (most / step) * step;
}

/**
 * What an action takes from one line, before any cap but with the units it covers; 0 for `cart_fixed`, which is split.
 *
 * @param discount minor units that earlier rules took from the line
 */
function uncapped(action: CartAction, line: Amounts, discount: bigint, percent: bigint, amount: Fraction): bigint {
  const { price } = line;
  const qty = coveredQty(line.qty, action);
  switch (action.type) {
    case "percent": {
      if (line.qty === 0n) return 0n;
      // (q·p − D·q/qty) · percent: what earlier rules took counts by the share of the units covered.
      const left = qty * price * line.qty - discount * qty * rowScale;
      return divideHalfUp(left * percent, rowScale * line.qty * 100n * scale);
    }
    case "fixed": {
      const each = minFraction(amount, { over: price, under: scale });
      return divideHalfUp(qty * each.over, scale * each.under);
    }
    case "buy_x_get_y":
      return divideHalfUp(freeUnits(qty, action.buy, action.get) * price, rowScale);
    case "free_gift":
      if (foldText(action.sku) !== foldText(line.sku)) return 0n;
      return divideHalfUp(minBig(qty, BigInt(Math.max(0, action.qty)) * scale) * price, rowScale);
    case "cart_fixed":
      return 0n;
  }
}

/** Free units of `qty`, both in millionths: y of each x + y, and what the rest has over x. */
function freeUnits(qty: bigint, buy: number, get: number): bigint {
  if (buy <= 0 || get <= 0 || get > buy) return 0n;
  const x = BigInt(buy) * scale;
  const y = BigInt(get) * scale;
  const rounds = qty / (x + y);
  return rounds * y + maxBig(0n, qty - rounds * (x + y) - x);
}

/** What an action takes from one line: never more than is left of it, never less than nothing. */
export function lineDiscount(
  action: CartAction,
  line: Amounts,
  discount: bigint,
  percent: bigint,
  amount: Fraction,
): bigint {
  return maxBig(0n, minBig(uncapped(action, line, discount, percent, amount), line.row - discount));
}

export type Shares = { readonly lines: readonly bigint[]; readonly shipping: bigint };

/**
 * Splits a whole-cart amount over lines by what is left of them, shipping last.
 *
 * The running remainder makes the shares add up to the rounded amount exactly, and gives a line of nothing nothing.
 *
 * @param shippingLeft minor units of shipping that take part; 0 = shipping does not
 */
export function splitAmount(
  action: CartAction,
  lines: readonly { readonly line: Amounts; readonly discount: bigint }[],
  shippingLeft: bigint,
  amount: Fraction,
): Shares {
  const weights = lines.map(({ line, discount }) =>
    maxBig(0n, minBig(coveredQty(line.qty, action) * line.price, (line.row - discount) * rowScale)),
  );
  const whole = weights.reduce((sum, weight) => sum + weight, 0n) + shippingLeft * rowScale;
  if (whole === 0n) return { lines: weights, shipping: 0n };
  const { over, under } = minFraction(amount, { over: whole, under: rowScale });
  let sum = 0n;
  let given = 0n;
  const shareOf = (weight: bigint): bigint => {
    sum += weight;
    const upTo = divideHalfUp(over * sum, under * whole);
    const share = upTo - given;
    given = upTo;
    return share;
  };
  return { lines: weights.map(shareOf), shipping: shareOf(shippingLeft * rowScale) };
}

/** What an action other than `cart_fixed` takes from shipping, of which `left` minor units are left. */
export function shippingDiscount(action: CartAction, left: bigint, percent: bigint, amount: Fraction): bigint {
  if (action.type === "percent") return divideHalfUp(left * percent, 100n * scale);
  if (action.type === "fixed") return roundFraction(minFraction(amount, { over: left, under: 1n }));
  return 0n;
}
