// What a rule would take from a cart as it stands: worked out without booking, so that rules can be compared.
import { foldText } from "../../kernel/rules/index.ts";
import {
  type Covered,
  coveredOf,
  fixedOff,
  fixedOffShipping,
  freeUnits,
  leastOf,
  type Part,
  percentOff,
  percentOfShipping,
  pieceOff,
  shareOut,
  splitAmount,
} from "./amounts.ts";
import type { CartAction, CartRule } from "./cart-rule.ts";
import { scale } from "./exact.ts";
import type { Ledger } from "./ledger.ts";
import { piecesOf, priceGroups, sortPieces, unitsGot } from "./pieces.ts";
import type { Plan } from "./plan-action.ts";
import type { PricedCart, Unit } from "./price-cart.ts";

/** What a rule takes; minor units. */
export type Claim = {
  readonly reached: readonly number[];
  /** Of the units reached, in their order. */
  readonly amounts: readonly number[];
  /** Null = shipping is not reached. */
  readonly shipping: number | null;
};

export type ClaimInput = {
  readonly rule: CartRule;
  readonly plan: Plan;
  readonly cart: PricedCart;
  readonly ledger: Pick<Ledger, "discountOf">;
  readonly reached: readonly number[];
  /** Minor units; null = the rule does not reach shipping. */
  readonly shippingLeft: number | null;
  /** Whether a unit is one that another tree of the rule matches. */
  readonly matches: (tree: CartRule["targets"], unit: number) => boolean;
};

type Given = { readonly line: Unit; readonly discount: number };
type Lines = readonly Given[];

export function claimOf(input: ClaimInput): Claim {
  const { reached, shippingLeft, plan } = input;
  const { lines: amounts, shipping } = taken(input, shippingLeft ?? 0);
  const claim = { reached, amounts, shipping: shippingLeft === null ? null : shipping };
  return plan.cap === null ? claim : shrinkClaim(claim, plan.cap);
}

/** Something of each unit reached, given what was taken of it so far. */
function ofUnits<T>(
  { cart, ledger, reached }: ClaimInput,
  make: (line: Unit, index: number, discount: number) => T,
): readonly T[] {
  return reached.map((at, index) => {
    const line = cart.units[at];
    if (!line) throw new RangeError(`a cart of ${cart.units.length} units has none at ${at}`);
    return make(line, index, ledger.discountOf(at));
  });
}

/** For actions that look at all units together. */
function linesOf(input: ClaimInput): Lines {
  return ofUnits(input, (line, _index, discount) => ({ line, discount }));
}

function partsOf(input: ClaimInput, covered: CoveredOf): readonly Part[] {
  return ofUnits(input, (line, index, discount) => ({ line, discount, covered: covered(line, index) }));
}

export function sizeOf({ amounts, shipping }: Claim): number {
  return amounts.reduce((sum, each) => sum + each, 0) + (shipping ?? 0);
}

/** At most so much, split by what was claimed, shipping last. */
export function shrinkClaim(claim: Claim, most: number): Claim {
  if (sizeOf(claim) <= most) return claim;
  const { lines, shipping } = shareOut(Math.max(0, most), claim.amounts, claim.shipping ?? 0);
  return { ...claim, amounts: lines, shipping: claim.shipping === null ? null : shipping };
}

type Taken = { readonly lines: readonly number[]; readonly shipping: number };

function taken(input: ClaimInput, shippingLeft: number): Taken {
  const { plan, rule } = input;
  const { action } = rule;
  const covered = coveredBy(input);
  switch (plan.takes) {
    case "percent":
      return {
        lines: ofUnits(input, (line, index, discount) =>
          percentOff(line, covered(line, index), discount, plan.percent),
        ),
        // Single units that are bought for others are no part of shipping.
        shipping: action.type === "buy_get" ? 0 : percentOfShipping(shippingLeft, plan.percent),
      };
    case "fixed":
      return {
        lines: ofUnits(input, (line, index, discount) => fixedOff(line, covered(line, index), discount, plan.amount)),
        shipping: fixedOffShipping(shippingLeft, plan.amount),
      };
    case "cart_fixed":
      return splitAmount(partsOf(input, covered), shippingLeft, plan.amount);
    case "pieces":
      return {
        lines: ofUnits(input, (line, index, discount) => pieceOff(line, covered(line, index), discount)),
        shipping: 0,
      };
    case "group_price": {
      const { qty, pick, repeat } = plan;
      const lines = linesOf(input);
      const pieces = sortPieces(piecesOf(lines, action.maxQty), pick);
      const groups = priceGroups(pieces, { qty, price: plan.amount, most: repeat });
      return {
        lines: lines.map(({ line, discount }, at) => Math.min(groups.get(at) ?? 0, line.row - discount)),
        shipping: 0,
      };
    }
  }
}

type CoveredOf = (line: Unit, index: number) => Covered;

/** How many units of a line an action covers. */
function coveredBy(input: ClaimInput): CoveredOf {
  const { action } = input.rule;
  switch (action.type) {
    case "percent":
    case "fixed":
      return action.applyOnce ? onceOf(linesOf(input)) : (line) => coveredOf(line, action.maxQty, action.step);
    case "buy_x_get_y":
      return (line) => freeUnits(coveredOf(line, action.maxQty), action.buy, action.get);
    case "free_gift":
      return giftUnits(action, input);
    case "buy_get":
      return gotUnits(input, action, linesOf(input));
    default:
      return (line) => coveredOf(line, action.maxQty);
  }
}

/** One unit of the cheapest line; of equal ones the first. */
function onceOf(lines: Lines): CoveredOf {
  const [cheapest] = sortPieces(piecesOf(lines, undefined), "cheapest");
  return (_line, index) => (index === cheapest?.at ? 1 : 0);
}

type Action<Type extends CartAction["type"]> = Extract<CartAction, { readonly type: Type }>;

/** Gifts of the rule's SKU; where the shopper may choose, so many in all, in the order of the cart. */
function giftUnits({ sku, qty, choices, maxQty }: Action<"free_gift">, input: ClaimInput): CoveredOf {
  const gift = foldText(sku);
  if (!choices) return (line) => (foldText(line.sku) === gift ? leastOf(coveredOf(line, maxQty), Math.max(0, qty)) : 0);
  const gifts = new Set([gift, ...choices.map(foldText)]);
  let left = Math.max(0, qty);
  const covered = linesOf(input).map(({ line }): Covered => {
    if (!gifts.has(foldText(line.sku))) return 0;
    const units = coveredOf(line, maxQty);
    const given = leastOf(typeof units === "number" ? units : units - (units % scale), left);
    left -= typeof given === "number" ? given : Number(given / scale);
    return given;
  });
  return (_line, index) => covered[index] ?? 0;
}

function gotUnits({ reached, rule, matches }: ClaimInput, action: Action<"buy_get">, lines: Lines): CoveredOf {
  const { buyQty, getQty, maxQty, pick = "cheapest", repeat = Number.MAX_SAFE_INTEGER } = action;
  const isOf = (tree: CartRule["targets"]) => {
    const known = reached.map((at) => tree === null || matches(tree, at));
    return (index: number): boolean => known[index] === true;
  };
  const got = unitsGot(sortPieces(piecesOf(lines, maxQty), pick), {
    ...{ buyQty, getQty, isBought: isOf(rule.bought), isGot: isOf(rule.got) },
    most: Math.min(repeat, Math.floor(Number.MAX_SAFE_INTEGER / 4 / (buyQty + getQty))),
  });
  return (_line, index) => got.get(index) ?? 0;
}
