// The formulas of discounts: offers-and-segments 1.5. All pure, all exact; each amount is rounded once. Lines of whole units at whole
// minor units, which is nearly all of them, are computed in numbers; others in BigInt.
import { divideHalfUp } from "../../kernel/index.ts";
import { type Amount, fractionOf } from "./cart-rule.ts";
import { maxBig, minBig, minFraction, roundFraction, scale, scaleHalfUp, wholePercent } from "./exact.ts";

/** A line as the formulas see it. */
export type Amounts = {
  readonly sku: string;
  /** Millionths. */
  readonly qty: bigint;
  /** Millionths of a minor unit. */
  readonly price: bigint;
  /** Whole units at a whole price in minor units; both -1 where one of them is not whole. */
  readonly units: number;
  readonly unitPrice: number;
  /** Minor units: quantity times price, rounded. */
  readonly row: number;
};

/** Units of a line that are meant: whole ones as a number, others in millionths. */
export type Covered = number | bigint;

const rowScale = scale * scale;

export function rowOf(qty: bigint, price: bigint): bigint {
  return divideHalfUp(qty * price, rowScale);
}

/** Units of a line that an action covers. */
export function coveredOf({ units, qty }: Pick<Amounts, "units" | "qty">, maxQty = 0, step = 0): Covered {
  // 0 is how shops write "no limit", and no rule is for no units.
  if (units >= 0) {
    const most = maxQty > 0 && maxQty < units ? maxQty : units;
    return step > 0 ? most - (most % step) : most;
  }
  const most = maxQty > 0 ? minBig(qty, BigInt(maxQty) * scale) : qty;
  return step > 0 ? most - (most % (BigInt(step) * scale)) : most;
}

const inMillionths = (covered: Covered): bigint => (typeof covered === "number" ? BigInt(covered) * scale : covered);

/**
 * A percentage of covered units, of what earlier rules left of them: their discount counts by the share of the units covered.
 *
 * @param discount minor units that earlier rules took from the line
 * @param percent millionths
 */
export function percentOff(line: Amounts, covered: Covered, discount: number, percent: number): number {
  const { units, unitPrice, row } = line;
  if (typeof covered === "number" && units > 0) {
    if (covered === units) return clamp(scaleHalfUp(row - discount, percent, wholePercent), row - discount);
    const left = covered * (row - discount);
    if (left <= Number.MAX_SAFE_INTEGER && unitPrice >= 0)
      return clamp(scaleHalfUp(left, percent, wholePercent * units), row - discount);
  }
  if (line.qty === 0n) return 0;
  const qty = inMillionths(covered);
  // (q·p − D·q/qty) · percent
  const left = qty * line.price * line.qty - BigInt(discount) * qty * rowScale;
  const off = divideHalfUp(left * BigInt(percent), rowScale * line.qty * 100n * scale);
  return clamp(Number(off), row - discount);
}

/** An amount off each covered unit, at most its price. */
export function fixedOff(line: Amounts, covered: Covered, discount: number, amount: Amount): number {
  const { row, price, unitPrice } = line;
  if (typeof covered === "number" && line.units >= 0 && !amount.exact)
    return clamp(covered * Math.min(amount.minor, unitPrice), row - discount);
  const each = minFraction(fractionOf(amount), { over: price, under: scale });
  return clamp(Number(divideHalfUp(inMillionths(covered) * each.over, scale * each.under)), row - discount);
}

/** The list price of some units. */
export function pieceOff(line: Amounts, covered: Covered, discount: number): number {
  const left = line.row - discount;
  if (typeof covered === "number" && line.units >= 0) return clamp(covered * line.unitPrice, left);
  return clamp(Number(divideHalfUp(inMillionths(covered) * line.price, rowScale)), left);
}

/** Free units of those covered: y of each x + y, and what the rest has over x. */
export function freeUnits(covered: Covered, buy: number, get: number): Covered {
  if (buy <= 0 || get <= 0 || get > buy) return 0;
  if (typeof covered === "number") {
    const rest = covered % (buy + get);
    return ((covered - rest) / (buy + get)) * get + Math.max(0, rest - buy);
  }
  const x = BigInt(buy) * scale;
  const y = BigInt(get) * scale;
  const rounds = covered / (x + y);
  return rounds * y + maxBig(0n, covered - rounds * (x + y) - x);
}

export function leastOf(covered: Covered, units: number): Covered {
  return typeof covered === "number" ? Math.min(covered, units) : minBig(covered, BigInt(units) * scale);
}

/** Never more than is left of a line, never less than nothing. */
function clamp(amount: number, left: number): number {
  return amount <= 0 || left <= 0 ? 0 : Math.min(amount, left);
}

export type Shares = { readonly lines: number[]; readonly shipping: number };

/** A line in the split of an amount; its discount is what earlier rules took, in minor units. */
export type Part = { readonly line: Amounts; readonly discount: number; readonly covered: Covered };

/**
 * Splits a whole-cart amount over lines by what is left of them, shipping last.
 *
 * The running remainder makes the shares add up to the rounded amount exactly, and gives a line of nothing nothing.
 *
 * @param shippingLeft minor units of shipping that take part; 0 = shipping does not
 */
export function splitAmount(parts: readonly Part[], shippingLeft: number, amount: Amount): Shares {
  if (!amount.exact && parts.every(({ line, covered }) => line.units >= 0 && typeof covered === "number")) {
    const weights = parts.map(({ line, discount, covered }) =>
      Math.max(0, Math.min(Number(covered) * line.unitPrice, line.row - discount)),
    );
    return shareOut(amount.minor, weights, shippingLeft);
  }
  const weights = parts.map(({ line, discount, covered }) =>
    maxBig(0n, minBig(inMillionths(covered) * line.price, BigInt(line.row - discount) * rowScale)),
  );
  const onShipping = BigInt(shippingLeft) * rowScale;
  const whole = weights.reduce((sum, weight) => sum + weight, 0n) + onShipping;
  if (whole === 0n) return { lines: parts.map(() => 0), shipping: 0 };
  const { over, under } = minFraction(fractionOf(amount), { over: whole, under: rowScale });
  let sum = 0n;
  let given = 0n;
  const shareOf = (weight: bigint): number => {
    sum += weight;
    const upTo = divideHalfUp(over * sum, under * whole);
    const share = upTo - given;
    given = upTo;
    return Number(share);
  };
  const lines = weights.map((weight, index) => {
    const part = parts[index];
    return part ? clamp(shareOf(weight), part.line.row - part.discount) : 0;
  });
  return { lines, shipping: shareOf(onShipping) };
}

/** Shares of an amount by weights in minor units, none above its weight, by the running remainder; shipping last. */
export function shareOut(amount: number, weights: readonly number[], onShipping: number): Shares {
  const whole = weights.reduce((sum, weight) => sum + weight, 0) + onShipping;
  if (whole === 0) return { lines: weights.map(() => 0), shipping: 0 };
  const split = Math.min(amount, whole);
  let sum = 0;
  let given = 0;
  const shareOf = (weight: number): number => {
    sum += weight;
    const upTo = scaleHalfUp(split, sum, whole);
    const share = upTo - given;
    given = upTo;
    return share;
  };
  return { lines: weights.map(shareOf), shipping: shareOf(onShipping) };
}

/** Of `left` minor units of shipping. */
export function percentOfShipping(left: number, percent: number): number {
  return scaleHalfUp(left, percent, wholePercent);
}

export function fixedOffShipping(left: number, amount: Amount): number {
  return amount.exact
    ? Number(roundFraction(minFraction(amount.exact, { over: BigInt(left), under: 1n })))
    : Math.min(amount.minor, left);
}
