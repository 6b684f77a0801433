import { isObject } from "../json.ts";
import { convertMinor, toAmount } from "./compare-number.ts";
import { attributeAt, type Scope } from "./compiled.ts";
import { addDecimals, multiplyDecimals, shiftDecimal, toDecimalNumber } from "./decimal.ts";
import { parsePath, readerOf } from "./paths.ts";
import type { Frame } from "./subject.ts";

export type FrameReader = (frame: Frame) => unknown;

/** Reads a path from the frame; undefined when the path does not parse. */
export function frameReader(path: string): FrameReader | undefined {
  const parsed = parsePath(path);
  if (!parsed) return undefined;
  const read = readerOf(parsed.keys);
  switch (parsed.subject) {
    case "profile":
      return (frame) => read(frame.subject.profile);
    case "cart":
      return (frame) => read(frame.subject.cart);
    case "event":
      return (frame) => read(frame.event);
    case "item":
      return (frame) => read(frame.item);
    case "product":
      return (frame) => read(frame.product);
    case "matched":
      return (frame) => read(frame.subject.matched);
    case "context":
      return (frame) => read(frame.subject.context);
  }
}

export type Operand =
  | { readonly kind: "literal"; readonly value: unknown }
  /** Read anew for every subject; undefined when the reference is missing. */
  | { readonly kind: "reference"; readonly read: FrameReader }
  | { readonly kind: "broken"; readonly why: string };

/** The right-hand side of a leaf: a literal, the values of a shared list, or another attribute. */
export function compileOperand(value: unknown, scope: Pick<Scope, "environment" | "usage" | "itemKind">): Operand {
  if (!isObject(value)) return { kind: "literal", value };
  const { list, ref } = value as { list?: unknown; ref?: unknown };
  if (typeof list === "string" && Object.keys(value).length === 1) {
    // A list that has gone is an empty list, not a broken leaf.
    return { kind: "literal", value: scope.environment.listValues?.(list) ?? [] };
  }
  if (typeof ref !== "string") return { kind: "literal", value };
  const read = frameReader(ref);
  if (!read || !attributeAt(ref, scope)) return { kind: "broken", why: `${ref} is not known` };
  if (ref.startsWith("context.")) scope.usage.usesContext = true;
  return { kind: "reference", read: calculated(read, value, scope) };
}

function calculated(read: FrameReader, value: Record<string, unknown>, scope: Pick<Scope, "environment">): FrameReader {
  const { percent, plus, relation } = value;
  if (relation === "children") {
    return (frame) => {
      const categories = read(frame);
      const list = Array.isArray(categories) ? categories : [categories];
      return list.flatMap((each) => (typeof each === "string" ? (scope.environment.childrenOf?.(each) ?? []) : []));
    };
  }
  if (percent === undefined && plus === undefined) return read;
  const { rateOf } = scope.environment;
  return (frame) => calculate(read(frame), percent, plus, rateOf);
}

function calculate(value: unknown, percent: unknown, plus: unknown, rateOf: Scope["environment"]["rateOf"]): unknown {
  const amount = toAmount(value);
  let result = amount ? amount.minor : toDecimalNumber(value);
  if (result === undefined) return undefined;
  if (percent !== undefined) {
    const factor = toDecimalNumber(percent);
    if (factor === undefined) return undefined;
    result = shiftDecimal(multiplyDecimals(result, factor), -2);
  }
  if (plus !== undefined) {
    const added = toAmount(plus);
    const number = added ? amount && convertMinor(added, amount.currency, rateOf) : toDecimalNumber(plus);
    if (number === undefined) return undefined;
    result = addDecimals(result, number);
  }
  return amount ? { minor: result, currency: amount.currency } : result;
}
