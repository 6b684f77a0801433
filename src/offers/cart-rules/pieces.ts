// Actions that count single units across lines. Units of one line are alike, so that they stay one piece with a count; only whole units
// take part, and only those of which earlier rules left something.
import { divideHalfUp } from "../../kernel/index.ts";
import { type Amounts, coveredOf } from "./amounts.ts";
import { type Amount, fractionOf } from "./cart-rule.ts";
import { scale } from "./exact.ts";

export type Piece = {
  /** Position among the lines that were given. */
  readonly at: number;
  /** Whole units. */
  readonly count: number;
  /** What earlier rules left of one unit, in millionths of a minor unit. */
  readonly left: bigint;
};

type Given = { readonly line: Amounts; readonly discount: number };

/** The units of lines, each covered up to `maxQty`. */
export function piecesOf(given: readonly Given[], maxQty: number | undefined): readonly Piece[] {
  return given.flatMap(({ line, discount }, at) => {
    const covered = coveredOf(line, maxQty);
    const count = typeof covered === "number" ? covered : Number(covered / scale);
    const left = discount === 0 ? line.price : (BigInt(line.row - discount) * scale * scale) / line.qty;
    return count > 0 && left > 0n ? [{ at, count, left }] : [];
  });
}

/** By what is left of a unit; equal ones in the order of the cart. */
export function sortPieces(pieces: readonly Piece[], pick: "cheapest" | "dearest"): readonly Piece[] {
  const order = pick === "cheapest" ? 1 : -1;
  return [...pieces].sort((a, b) => (a.left === b.left ? a.at - b.at : a.left < b.left ? -order : order));
}

/** What groups of units are reduced by, in minor units by position. */
export function priceGroups(
  pieces: readonly Piece[],
  options: { readonly qty: number; readonly price: Amount; readonly most: number },
): ReadonlyMap<number, number> {
  const { qty, price } = options;
  const taken = new Map<number, number>();
  let groups = options.most;
  let open: Piece[] = [];
  let inOpen = 0;
  const close = (group: readonly Piece[], times: number): void => {
    for (const [at, amount] of reduceGroup(group, price)) taken.set(at, (taken.get(at) ?? 0) + amount * times);
    groups -= times;
  };
  for (const piece of pieces) {
    let rest = piece.count;
    const use = (count: number): Piece => {
      rest -= count;
      return { ...piece, count };
    };
    if (inOpen > 0) {
      const missing = Math.min(rest, qty - inOpen);
      open.push(use(missing));
      inOpen += missing;
      if (inOpen < qty) continue;
      close(open, 1);
      [open, inOpen] = [[], 0];
    }
    // Groups of one line alone are all the same: worked out once, however many there are.
    const whole = Math.min(groups, Math.floor(rest / qty));
    if (whole > 0) {
      use(whole * qty);
      close([{ ...piece, count: qty }], whole);
    }
    if (groups === 0) break;
    if (rest > 0) {
      inOpen = rest;
      open = [use(rest)];
    }
  }
  return taken;
}

/** What one group is above its price, split by the running remainder over what its units come to. */
function reduceGroup(group: readonly Piece[], price: Amount): readonly (readonly [number, number])[] {
  const whole = group.reduce((sum, { count, left }) => sum + BigInt(count) * left, 0n);
  const { over, under } = fractionOf(price);
  const above = divideHalfUp(whole * under - over * scale, scale * under);
  if (above <= 0n) return [];
  let sum = 0n;
  let given = 0n;
  return group.map(({ at, count, left }) => {
    sum += BigInt(count) * left;
    const upTo = divideHalfUp(above * sum, whole);
    const share = upTo - given;
    given = upTo;
    return [at, Number(share)];
  });
}

export type Purchase = {
  readonly isBought: (at: number) => boolean;
  readonly isGot: (at: number) => boolean;
  readonly buyQty: number;
  readonly getQty: number;
  /** Rounds at most. */
  readonly most: number;
};

/**
 * Units that are reduced because others are bought, by position: as many as can be, of the first pieces that there are.
 *
 * For every `getQty` reduced units, also for the last ones that are fewer, `buyQty` others must be there that are bought; no unit is
 * both. Of pieces that could be either, so many are kept as the purchase needs.
 */
export function unitsGot(pieces: readonly Piece[], purchase: Purchase): ReadonlyMap<number, number> {
  const { isBought, isGot, buyQty, getQty } = purchase;
  let onlyBought = 0;
  let onlyGot = 0;
  let either = 0;
  for (const { at, count } of pieces) {
    if (isBought(at) && isGot(at)) either += count;
    else if (isBought(at)) onlyBought += count;
    else if (isGot(at)) onlyGot += count;
  }
  /** Of the units that could be either, those that must be bought for so many reduced ones. */
  const keptFor = (got: number): number => Math.max(0, Math.ceil(got / getQty) * buyQty - onlyBought);
  const isPossible = (got: number): boolean => keptFor(got) + Math.max(0, got - onlyGot) <= either;
  let [some, tooMany] = [0, Math.min(onlyGot + either, purchase.most * getQty) + 1];
  while (tooMany - some > 1) {
    const middle = Math.floor((some + tooMany) / 2);
    if (isPossible(middle)) some = middle;
    else tooMany = middle;
  }
  const found = new Map<number, number>();
  let free = either - keptFor(some);
  let missing = some;
  for (const { at, count } of pieces) {
    if (missing === 0) break;
    if (!isGot(at)) continue;
    const most = isBought(at) ? Math.min(count, free) : count;
    const got = Math.min(most, missing);
    if (got === 0) continue;
    if (isBought(at)) free -= got;
    missing -= got;
    found.set(at, got);
  }
  return found;
}
