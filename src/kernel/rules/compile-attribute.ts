import { isObject } from "../json.ts";
import type { AttributeSpec, ItemKind } from "./attribute-catalog.ts";
import { elementKindOf, fitsType } from "./attribute-catalog.ts";
import { isMissing, preparePredicate, sizeTest } from "./compare.ts";
import { nextFullDay, prepareNextChange, toInstantMs } from "./compare-date.ts";
import { attributeAt, brokenNode, type CompiledNode, type Explanation, neverChanges, type Scope } from "./compiled.ts";
import type { CompareOptions, Predicate } from "./environment.ts";
import { type AttributeLeaf, complementOf, type Operator } from "./grammar.ts";
import { compileOperand, type FrameReader, frameReader } from "./operand.ts";
import { RegexFault } from "./regex-parser.ts";
import { leafSentence, valueText } from "./sentences.ts";
import type { Frame, RuleObject } from "./subject.ts";

type FrameTest = (frame: Frame) => boolean;

/** A comparison of one attribute. */
export function compileAttribute(leaf: AttributeLeaf, scope: Scope): CompiledNode {
  const spec = attributeAt(leaf.path, scope);
  const read = frameReader(leaf.path);
  if (!spec || !read) return broken(leaf, `${leaf.path} is not known`);
  if (!fitsType(leaf.op, spec.type)) return broken(leaf, `${leaf.op} does not fit ${spec.label}`);
  if (leaf.path.startsWith("context.")) scope.usage.usesContext = true;
  const value = withEmptyCart(leaf, spec, read);
  const positive = complementOf[leaf.op] ?? leaf.op;
  const compiled = compilePositive(leaf, positive, spec, value, scope);
  if (typeof compiled === "string") return broken(leaf, compiled);
  const ofProduct = /^(item|product)(\.|$)/.test(leaf.path) && isProductKind(scope.itemKind);
  const holds = ofProduct ? overParts(compiled.test, positive !== leaf.op) : compiled.test;
  const negated = positive !== leaf.op && !ofProduct;
  const test: FrameTest = negated ? (frame) => !holds(frame) : holds;
  const next = earliest(
    nextOf(leaf, positive, spec, value, scope) ?? compiled.next,
    nextOfReference(leaf.value, scope),
  );
  return {
    test,
    next: ofProduct && next !== neverChanges ? overPartsNext(next) : next,
    explain: explainer(leaf, spec, test, value),
    broken: false,
  };
}

function broken(leaf: AttributeLeaf, why: string): CompiledNode {
  return brokenNode("attribute", `${leafSentence(leaf.path, leaf.op, leaf.value)}: ${why}`, {
    path: leaf.path,
    op: leaf.op,
    value: leaf.value,
  });
}

/** Without a cart its numbers are 0; its choices, such as the shipping method, are missing. */
function withEmptyCart(leaf: AttributeLeaf, spec: AttributeSpec, read: FrameReader): FrameReader {
  if (!leaf.path.startsWith("cart.") || (spec.type !== "number" && spec.type !== "money")) return read;
  const first = Array.isArray(leaf.value) ? leaf.value[0] : leaf.value;
  const currency = typeof first === "object" && first !== null && "currency" in first ? first.currency : "XXX";
  const zero = spec.type === "number" ? 0 : { minor: 0, currency };
  return (frame) => (frame.subject.cart === undefined ? zero : read(frame));
}

type Positive = {
  readonly test: FrameTest;
  readonly next: (frame: Frame) => number;
};

function compilePositive(
  leaf: AttributeLeaf,
  op: Operator,
  spec: AttributeSpec,
  read: FrameReader,
  scope: Scope,
): Positive | string {
  const { type } = spec;
  if (op === "exists") return { test: (frame) => !isMissing(read(frame), type), next: neverChanges };
  if (leaf.where !== undefined) return compileElements(leaf, op, spec, read, scope);
  const operand = compileOperand(leaf.value, scope);
  if (operand.kind === "broken") return operand.why;
  const options: CompareOptions = {
    caseSensitive: leaf.caseSensitive ?? false,
    timezone: leaf.timezone ?? scope.environment.timezone ?? "UTC",
    environment: scope.environment,
    elements: spec.elements,
  };
  if (operand.kind === "reference")
    return {
      test: referenceTest(spec, read, operand.read, (right) => prepareRight(op, spec, right, leaf.value, options)),
      next: neverChanges,
    };
  const predicate = prepare(op, spec, operand.value, options);
  if (!predicate) return `the value ${valueText(operand.value)} does not fit`;
  if (op === "size" && type !== "json")
    return { test: (frame) => sizeHolds(read(frame), spec, predicate, frame.now), next: neverChanges };
  return { test: literalTest(spec, read, predicate), next: neverChanges };
}

/** A missing list has no elements; a missing `json` value has no size. */
function sizeHolds(left: unknown, spec: AttributeSpec, predicate: Predicate, now: number): boolean {
  return predicate(isMissing(left, spec.type) ? [] : left, now);
}

function literalTest(spec: AttributeSpec, read: FrameReader, predicate: Predicate): FrameTest {
  if (spec.type === "json") {
    return (frame) => {
      const left = read(frame);
      return left !== undefined && left !== null && predicate(left, frame.now);
    };
  }
  const { type } = spec;
  return (frame) => {
    const left = read(frame);
    return !isMissing(left, type) && predicate(left, frame.now);
  };
}

function prepare(op: Operator, spec: AttributeSpec, value: unknown, options: CompareOptions): Predicate | undefined {
  try {
    return preparePredicate(spec.type, op, value, options);
  } catch (error) {
    // A pattern of a shared list or a reference was not checked on save: it matches nothing.
    if (error instanceof RegexFault) return undefined;
    throw error;
  }
}

/** They take a list as it is. */
const listOperators: ReadonlySet<Operator> = new Set<Operator>(["in", "contains_any", "contains_all"]);

/**
 * The comparison with what a reference stands for. A place of a cart with several shipments is a list, of which any element counts, on
 * the right as on the left.
 */
function prepareRight(
  op: Operator,
  spec: AttributeSpec,
  right: unknown,
  reference: unknown,
  options: CompareOptions,
): Predicate | undefined {
  const isOfCart = isObject(reference) && String(reference["ref"]).startsWith("cart.");
  if (!isOfCart || !Array.isArray(right) || listOperators.has(op)) return prepare(op, spec, right, options);
  const each = right.map((one: unknown) => prepare(op, spec, one, options));
  return (left, now) => each.some((predicate) => predicate?.(left, now) ?? false);
}

/** Candidates of one call mostly see the same right-hand value, so its preparation is kept until it changes. */
function referenceTest(
  spec: AttributeSpec,
  read: FrameReader,
  readRight: FrameReader,
  prepareFor: (right: unknown) => Predicate | undefined,
): FrameTest {
  let lastRight: unknown;
  let predicate: Predicate | undefined;
  return (frame) => {
    const left = read(frame);
    if (isMissing(left, spec.type)) return false;
    const right = readRight(frame);
    if (right === undefined || right === null) return false;
    if (right !== lastRight) {
      lastRight = right;
      predicate = prepareFor(right);
    }
    return predicate?.(left, frame.now) ?? false;
  };
}

/** `any_match`, and `size` with `where`: conditions on one element. */
function compileElements(
  leaf: AttributeLeaf,
  op: Operator,
  spec: AttributeSpec,
  read: FrameReader,
  scope: Scope,
): Positive | string {
  if (leaf.where === undefined) return "where is missing";
  const kind = elementKindOf(spec);
  const where = scope.compile(leaf.where, { ...scope, itemKind: kind });
  if (where.broken) return "its where is broken";
  const holds = op === "size" ? sizeTest(leaf.value) : (count: number): boolean => count > 0;
  if (!holds) return "the size is no number";
  const elements = (frame: Frame): readonly unknown[] | undefined => {
    const value = read(frame);
    if (Array.isArray(value)) return value;
    if (spec.type === "json") return undefined;
    return isMissing(value, spec.type) ? [] : [value];
  };
  const stopAt = op === "size" ? Number.POSITIVE_INFINITY : 1;
  return {
    test: (frame) => {
      const list = elements(frame);
      return list !== undefined && holds(countElements(frame, list, where, stopAt));
    },
    next: where.next === neverChanges ? neverChanges : (frame) => nextOfElements(frame, elements(frame) ?? [], where),
  };
}

function countElements(frame: Frame, list: readonly unknown[], where: CompiledNode, stopAt: number): number {
  const { item, children } = frame;
  let count = 0;
  frame.children = undefined;
  for (const element of list) {
    frame.item = element;
    if (where.test(frame)) count += 1;
    if (count >= stopAt) break;
  }
  frame.item = item;
  frame.children = children;
  return count;
}

function nextOfElements(frame: Frame, list: readonly unknown[], where: CompiledNode): number {
  const { item } = frame;
  let next = Number.POSITIVE_INFINITY;
  for (const element of list) {
    frame.item = element;
    next = Math.min(next, where.next(frame));
  }
  frame.item = item;
  return next;
}

function isProductKind(kind: ItemKind | undefined): boolean {
  return kind === "line" || kind === "viewed" || kind === "wishlist";
}

/** A leaf holds for a composite line if it holds for the parent or one child; a negative leaf is the complement for each of them. */
function overParts(test: FrameTest, negative: boolean): FrameTest {
  const single: FrameTest = negative ? (frame) => !test(frame) : test;
  return (frame) => {
    if (frame.children === undefined) return single(frame);
    return single(frame) || someChild(frame, single);
  };
}

function someChild(frame: Frame, test: FrameTest): boolean {
  const { item, product, children } = frame;
  let found = false;
  for (const child of children ?? []) {
    enterElement(frame, child);
    found = test(frame);
    if (found) break;
  }
  frame.item = item;
  frame.product = product;
  frame.children = children;
  return found;
}

function overPartsNext(next: (frame: Frame) => number): (frame: Frame) => number {
  return (frame) => {
    let earliest = next(frame);
    someChild(frame, (inner) => {
      earliest = Math.min(earliest, next(inner));
      return false;
    });
    return earliest;
  };
}

/** Parts of a composite line; what a sender put there that is no object is no part. */
export function partsOf(children: unknown): readonly RuleObject[] | undefined {
  if (!Array.isArray(children) || children.length === 0) return undefined;
  return children.every(isObject) ? children : children.filter(isObject);
}

/** Puts a line and its catalog product in hand. */
export function enterElement(frame: Frame, element: RuleObject): void {
  frame.item = element;
  const { product, sku, children } = element as { product?: unknown; sku?: unknown; children?: unknown };
  if (typeof product === "object" && product !== null) frame.product = product as RuleObject;
  else frame.product = typeof sku === "string" ? frame.subject.productOf?.(sku) : undefined;
  frame.children = partsOf(children);
}

type Next = (frame: Frame) => number;

function earliest(a: Next, b: Next | undefined): Next {
  return b === undefined ? a : (frame) => Math.min(a(frame), b(frame));
}

/** The right-hand side may be a value that changes by itself, such as a number of days. */
function nextOfReference(value: unknown, scope: Scope): Next | undefined {
  const ref = isObject(value) ? value["ref"] : undefined;
  const spec = typeof ref === "string" ? attributeAt(ref, scope) : undefined;
  return spec && changeOf(spec, scope.environment.timezone ?? "UTC");
}

/** When a value next changes by time alone; undefined for one that does not. */
function changeOf(spec: AttributeSpec, timezone: string): Next | undefined {
  if (spec.daysSince !== undefined) {
    const base = frameReader(spec.daysSince);
    return (frame) => {
      const since = toInstantMs(base?.(frame), timezone);
      return since === undefined ? Number.POSITIVE_INFINITY : nextFullDay(since, frame.now);
    };
  }
  const byItself = spec.changesAt === undefined ? undefined : frameReader(spec.changesAt);
  return byItself && ((frame) => toInstantMs(byItself(frame), timezone) ?? Number.POSITIVE_INFINITY);
}

function nextOf(
  leaf: AttributeLeaf,
  op: Operator,
  spec: AttributeSpec,
  read: FrameReader,
  scope: Scope,
): ((frame: Frame) => number) | undefined {
  const timezone = leaf.timezone ?? scope.environment.timezone ?? "UTC";
  const byItself = changeOf(spec, timezone);
  const isDate = spec.type === "date" || spec.type === "instant";
  const next = isDate ? prepareNextChange(op, leaf.value, timezone) : undefined;
  if (!next) return byItself;
  return earliest((frame) => next(read(frame), frame.now), byItself);
}

function explainer(leaf: AttributeLeaf, spec: AttributeSpec, test: FrameTest, read: FrameReader) {
  const { path, op, value } = leaf;
  // Worked out when somebody first asks, and only once: it is the greater part of an explanation.
  let asked: string | undefined;
  return (frame: Frame): Explanation => {
    asked ??= leafSentence(spec.label, op, value);
    const observed = read(frame) ?? null;
    const sentence = `${asked} (seen: ${valueText(observed)})`;
    const truth = test(frame);
    return value === undefined
      ? { node: "attribute", truth, sentence, path, op, observed }
      : { node: "attribute", truth, sentence, path, op, value, observed };
  };
}
