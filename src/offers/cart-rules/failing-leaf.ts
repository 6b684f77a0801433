// Of conditions that do not hold: which leaf is to blame, and how much is missing when it is only an amount.
import { isObject, type Money } from "../../kernel/index.ts";
import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimalText,
  type Explanation,
  isNumericText,
  type RuleNode,
  toDecimalNumber,
} from "../../kernel/rules/index.ts";

/** A leaf of a rule that does not hold, as it was seen. */
export type FailingLeaf = {
  readonly node: string;
  readonly path?: string;
  readonly op?: string;
  readonly value?: unknown;
  readonly observed?: unknown;
  readonly sentence: string;
  /** Whether the leaf looks at the cart alone, which whoever sent the cart may read back. */
  readonly isOfCart: boolean;
};

type Leaf = { readonly rule: RuleNode; readonly seen: Explanation };

/** The first leaf because of which a rule does not hold; undefined for a rule that holds. */
export function failingLeaf(rule: RuleNode, seen: Explanation): FailingLeaf | undefined {
  if (seen.truth) return undefined;
  const [first] = failing(rule, seen);
  const { node, path, op, value, observed, sentence } = first?.seen ?? seen;
  return {
    node,
    sentence,
    ...(path === undefined ? {} : { path }),
    ...(op === undefined ? {} : { op }),
    ...(value === undefined ? {} : { value }),
    ...(observed === undefined ? {} : { observed }),
    isOfCart: first !== undefined && isOfCart(first.rule),
  };
}

/** Leaves that all would have to turn; of alternatives the first with the fewest. Below `not`: the node itself. */
function failing(rule: RuleNode, seen: Explanation): readonly Leaf[] {
  const children = seen.children ?? [];
  if ("all" in rule) {
    return rule.all.flatMap((child, index) => {
      const each = children[index];
      return each && !each.truth ? failing(child, each) : [];
    });
  }
  if ("any" in rule) {
    const choices = rule.any.flatMap((child, index) => {
      const each = children[index];
      return each ? [failing(child, each)] : [];
    });
    return choices.reduce((best, each) => (each.length < best.length ? each : best), choices[0] ?? []);
  }
  return [{ rule, seen }];
}

function isOfCart(rule: RuleNode): boolean {
  if ("attribute" in rule) return rule.attribute.path.startsWith("cart.");
  if ("items" in rule) return rule.items.of === "cart" && !JSON.stringify(rule.items).includes('"profile.');
  return "not" in rule && isOfCart(rule.not);
}

/** How far a cart is from a rule: one amount or quantity, and nothing else. */
export type Missing = {
  /** A path such as `cart.subtotal`, or `items.quantity`, `items.amount`, `items.count` of some lines. */
  readonly attribute: string;
  readonly op: "gte" | "gt";
  readonly need: Money | number | string;
  readonly have: Money | number | string;
  /** need − have; absent when they are in different currencies. With `gt` it takes more than this. */
  readonly lacks?: Money | number | string;
};

const growing: ReadonlySet<string> = new Set([
  ...["cart.subtotal", "cart.subtotal_with_discount", "cart.subtotal_incl_tax", "cart.grand_total"],
  ...["cart.total_qty", "cart.line_count", "cart.weight"],
  ...["cart.eligible_subtotal", "cart.eligible_qty", "cart.eligible_weight"],
]);

/** Whether a rule has a leaf that more products in the cart could turn; rules without one are never explained for it. */
export function canNearlyHold(rule: RuleNode): boolean {
  if ("all" in rule) return rule.all.some(canNearlyHold);
  if ("any" in rule) return rule.any.some(canNearlyHold);
  return growingOf(rule) !== undefined;
}

function growingOf(rule: RuleNode): { readonly attribute: string; readonly op: "gte" | "gt" } | undefined {
  if ("attribute" in rule) {
    const { path, op } = rule.attribute;
    return growing.has(path) && (op === "gte" || op === "gt") ? { attribute: path, op } : undefined;
  }
  if (!("items" in rule) || rule.items.of !== "cart" || rule.items.measure === undefined) return undefined;
  const { op, measure } = rule.items;
  return op === "gte" || op === "gt" ? { attribute: `items.${measure}`, op } : undefined;
}

/** What is missing where exactly one leaf fails and it is an amount or quantity that can grow. */
export function missingOf(rule: RuleNode, seen: Explanation): Missing | undefined {
  if (seen.truth) return undefined;
  const [leaf, ...more] = failing(rule, seen);
  const grows = leaf && more.length === 0 ? growingOf(leaf.rule) : undefined;
  if (!leaf || !grows) return undefined;
  const have = readAmount(leaf.seen.observed);
  const need = readAmount(leaf.seen.value, have?.currency);
  if (!have || !need) return undefined;
  const shown = { need: show(need), have: show(have), ...grows };
  // Nothing was summed yet: 0 of any currency.
  const isSame = have.currency === need.currency || (have.currency === undefined && have.value === 0);
  if (!isSame) return shown;
  return { lacks: show({ value: subtract(need.value, have.value), currency: need.currency }), ...shown };
}

type Amount = { readonly value: Decimal; readonly currency: string | undefined };

/** A number, money, one money of several, or what a measure of lines saw. */
function readAmount(given: unknown, currency?: string): Amount | undefined {
  if (Array.isArray(given)) {
    const amounts = given.flatMap((each) => readAmount(each) ?? []);
    return amounts.find((each) => each.currency === currency) ?? amounts[0];
  }
  if (isObject(given)) {
    const value = toDecimalNumber(given["minor"] ?? given["value"]);
    const own = given["currency"];
    return value === undefined ? undefined : { value, currency: typeof own === "string" ? own : undefined };
  }
  const value = toDecimalNumber(given);
  return value === undefined ? undefined : { value, currency: undefined };
}

function show({ value, currency }: Amount): Money | number | string {
  const text = decimalText(value);
  const number = isNumericText(text) && text.length <= 15 ? Number(text) : text;
  if (currency === undefined) return number;
  // Money of an answer is in whole minor units: what is missing is never told too low.
  return { minor: Math.ceil(Number(text)), currency };
}

function subtract(a: Decimal, b: Decimal): Decimal {
  const text = decimalText(b);
  const negated = toDecimalNumber(text.startsWith("-") ? text.slice(1) : `-${text}`) ?? 0;
  const difference = addDecimals(a, negated);
  return compareDecimals(difference, 0) < 0 ? 0 : difference;
}
