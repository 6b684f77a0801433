import { itemKindOf } from "./attribute-catalog.ts";
import { type Amount, convertMinor, toAmount } from "./compare-number.ts";
import { enterElement } from "./compile-attribute.ts";
import { brokenNode, type CompiledNode, neverChanges, type Scope } from "./compiled.ts";
import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimalText,
  multiplyDecimals,
  toDecimalNumber,
} from "./decimal.ts";
import type { Collection, ItemsLeaf, Measure } from "./grammar.ts";
import { compileOperand } from "./operand.ts";
import { orderTest } from "./order.ts";
import { leafSentence, valueText } from "./sentences.ts";
import { elementsOf, type Frame, type RuleObject } from "./subject.ts";
import { foldText } from "./text.ts";
import { type CompiledWindow, compileWindow } from "./window.ts";

type Filter = {
  readonly accepts: (frame: Frame, element: RuleObject) => boolean;
  readonly next: (frame: Frame) => number;
};

/** Some, none or every element, or a measure over the elements, of a cart, an order history, a list of products… */
export function compileItems(leaf: ItemsLeaf, scope: Scope): CompiledNode {
  const window = compileWindow(leaf.window, scope.environment.timezone ?? "UTC");
  const where = leaf.where && scope.compile(leaf.where, { ...scope, itemKind: itemKindOf[leaf.of] });
  if (!window || where?.broken) return brokenNode("items", `${leaf.of}: it names something that is gone`);
  const timed = leaf.window !== undefined;
  const filter: Filter = {
    accepts: admission(leaf, timed ? window : undefined),
    next: nextOfElements(leaf.of, timed ? window : undefined, where),
  };
  return leaf.measure === undefined
    ? compileMatch(leaf, filter, where, window.words)
    : compileMeasure(leaf, leaf.measure, filter, where, window.words, scope);
}

/** Window and order status: what belongs to the collection at all. */
function admission(leaf: ItemsLeaf, window: CompiledWindow | undefined): Filter["accepts"] {
  const byStatus = leaf.of === "ordered" || leaf.of === "orders";
  const wanted = leaf.statuses && new Set(leaf.statuses.map(statusKey));
  return (frame, element) => {
    if (byStatus) {
      const { status } = element as { status?: unknown };
      const key = typeof status === "string" ? statusKey(status) : "";
      if (wanted ? !wanted.has(key) : key === "cancelled") return false;
    }
    if (!window) return true;
    const { at } = element as { at?: unknown };
    return typeof at === "number" && at >= window.low(frame) && at <= window.high(frame);
  };
}

/** Words of shops for the statuses that orders are kept under. */
const statusByWord: ReadonlyMap<string, string> = new Map([
  ["canceled", "cancelled"],
  ["complete", "completed"],
  ["pending", "placed"],
  ["processing", "invoiced"],
]);

function statusKey(status: string): string {
  const folded = foldText(status);
  return statusByWord.get(folded) ?? folded;
}

/** Calls `visit` with each admitted element that satisfies `where`, until it answers true. */
function visitElements(
  frame: Frame,
  of: Collection,
  filter: Filter,
  where: CompiledNode | undefined,
  wanted: boolean,
  visit: (element: RuleObject) => boolean,
): boolean {
  const { item, product, children } = frame;
  let stopped = false;
  for (const element of elementsOf(frame, of)) {
    if (!filter.accepts(frame, element)) continue;
    if (where) enterElement(frame, element);
    if ((where === undefined || where.test(frame)) !== wanted) continue;
    stopped = visit(element);
    if (stopped) break;
  }
  frame.item = item;
  frame.product = product;
  frame.children = children;
  return stopped;
}

const stop = (): boolean => true;

function compileMatch(leaf: ItemsLeaf, filter: Filter, where: CompiledNode | undefined, words: string): CompiledNode {
  const test = (frame: Frame): boolean => {
    if (leaf.match === "every") return !visitElements(frame, leaf.of, filter, where, false, stop);
    return visitElements(frame, leaf.of, filter, where, true, stop) === (leaf.match !== "none");
  };
  const sentence = `${leaf.match ?? "some"} of ${leaf.of}${words} ${leaf.where ? "fits" : "exists"}`;
  return {
    test,
    next: filter.next,
    explain: (frame) => {
      let fitting = 0;
      visitElements(frame, leaf.of, filter, where, true, () => {
        fitting += 1;
        return false;
      });
      const observed = { elements: elementsOf(frame, leaf.of).length, fitting };
      const seen = `(seen: ${fitting} of ${observed.elements})`;
      return { node: "items", truth: test(frame), sentence: `${sentence} ${seen}`, op: leaf.match ?? "some", observed };
    },
    broken: false,
  };
}

function nextOfElements(
  of: Collection,
  window: CompiledWindow | undefined,
  where: CompiledNode | undefined,
): (frame: Frame) => number {
  if (!window && (!where || where.next === neverChanges)) return neverChanges;
  return (frame) => {
    const elements = elementsOf(frame, of);
    const edge = window ? nextEdge(frame, window, elements) : Number.POSITIVE_INFINITY;
    return where && where.next !== neverChanges ? Math.min(edge, nextWithin(frame, elements, where)) : edge;
  };
}

/** When an element next enters or leaves the window. */
function nextEdge(frame: Frame, window: CompiledWindow, elements: readonly RuleObject[]): number {
  const { now } = frame;
  const { enterAfter, leaveAfter } = window;
  const latest = window.latest(frame);
  let next = window.boundary(frame);
  for (const element of elements) {
    const { at } = element as { at?: unknown };
    if (typeof at !== "number" || at > latest) continue;
    const edge = at + enterAfter > now ? at + enterAfter : at + leaveAfter;
    if (edge > now && edge < next) next = edge;
  }
  return next;
}

function nextWithin(frame: Frame, elements: readonly RuleObject[], where: CompiledNode): number {
  const { item, product, children } = frame;
  let next = Number.POSITIVE_INFINITY;
  for (const element of elements) {
    enterElement(frame, element);
    next = Math.min(next, where.next(frame));
  }
  frame.item = item;
  frame.product = product;
  frame.children = children;
  return next;
}

type Measured = { readonly value: Decimal; readonly currency: string | undefined; readonly count: number };

function compileMeasure(
  leaf: ItemsLeaf,
  measure: Measure,
  filter: Filter,
  where: CompiledNode | undefined,
  words: string,
  scope: Scope,
): CompiledNode {
  const operand = compileOperand(leaf.value, scope);
  const negative = leaf.op === "neq";
  const holds = orderTest(negative ? "eq" : (leaf.op ?? "eq"));
  const label = `${measure} of ${leaf.of}${leaf.where ? ", filtered" : ""}${words}`;
  const sentence = leafSentence(label, leaf.op ?? "eq", leaf.value);
  if (operand.kind === "broken" || !holds) return brokenNode("items", `${sentence}: it names something that is gone`);
  const rateOf = scope.environment.rateOf;
  const read = (frame: Frame): Measured | undefined => measureElements(frame, leaf.of, measure, filter, where, rateOf);
  const positive = (frame: Frame): boolean => {
    const left = read(frame);
    const value = operand.kind === "literal" ? operand.value : operand.read(frame);
    const right = left && rightSide(value, left.currency, rateOf);
    if (left === undefined || right === undefined) return false;
    // Sum against value times count: an average that does not end in decimals is never rounded.
    const averaged = measure.startsWith("average") && left.count > 0;
    return holds(compareDecimals(left.value, averaged ? multiplyDecimals(right, left.count) : right));
  };
  const test = negative ? (frame: Frame): boolean => !positive(frame) : positive;
  return {
    test,
    next: filter.next,
    explain: (frame) => {
      const measured = read(frame);
      const observed = observedMeasure(measured);
      const seen = `${sentence} (seen: ${measuredText(measured)})`;
      return { node: "items", truth: test(frame), sentence: seen, op: leaf.op ?? "eq", value: leaf.value, observed };
    },
    broken: false,
  };
}

function observedMeasure(measured: Measured | undefined): unknown {
  if (!measured) return null;
  const { value, currency, count } = measured;
  return currency === undefined
    ? { value: decimalText(value), of: count }
    : { minor: decimalText(value), currency, of: count };
}

function measuredText(measured: Measured | undefined): string {
  if (!measured) return "nothing that compares";
  const { value, currency } = measured;
  const text = decimalText(value);
  const minor = Number(text);
  return currency === undefined ? text : valueText({ minor, currency });
}

function rightSide(
  value: unknown,
  currency: string | undefined,
  rateOf: Scope["environment"]["rateOf"],
): Decimal | undefined {
  const amounts = (Array.isArray(value) ? value : [value]).map(toAmount).filter((amount) => amount !== undefined);
  const [first] = amounts;
  if (first === undefined) return toDecimalNumber(value);
  // Nothing was summed: 0 is 0 in every currency.
  if (currency === undefined) return first.minor;
  const own = amounts.find((amount) => amount.currency === currency);
  return own ? own.minor : convertMinor(first, currency, rateOf);
}

function measureElements(
  frame: Frame,
  of: Collection,
  measure: Measure,
  filter: Filter,
  where: CompiledNode | undefined,
  rateOf: Scope["environment"]["rateOf"],
): Measured | undefined {
  let value: Decimal = 0;
  let currency: string | undefined;
  let count = 0;
  let isConvertible = true;
  const byAmount = measure === "amount" || measure === "average_amount";
  visitElements(frame, of, filter, where, true, (element) => {
    count += 1;
    if (!byAmount) {
      const quantity = measure === "count" ? 1 : (toDecimalNumber((element as { qty?: unknown }).qty) ?? 0);
      value = addDecimals(value, quantity);
      return false;
    }
    const amount = amountOf(element, of);
    if (!amount) return false;
    currency ??= amount.currency;
    const minor = convertMinor(amount, currency, rateOf);
    if (minor === undefined) isConvertible = false;
    else value = addDecimals(value, minor);
    return false;
  });
  return isConvertible ? { value, currency, count } : undefined;
}

function amountOf(element: RuleObject, of: Collection): Amount | undefined {
  const { grand_total: grandTotal, row_total: rowTotal } = element;
  return toAmount(of === "orders" ? grandTotal : rowTotal);
}
