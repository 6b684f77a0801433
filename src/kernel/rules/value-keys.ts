// The keys under which values are looked up. Two values that any comparison of the rule language takes for equal have a key in
// common; the reverse need not hold: whatever is found by a key is judged by the whole rule afterwards.
import type { AttributeSpec } from "./attribute-catalog.ts";
import { isNumericText } from "./decimal.ts";
import type { AttributeLeaf } from "./grammar.ts";
import { foldText } from "./text.ts";

/** Keys of a value or of the elements of a list; none for a missing value and for what is no scalar. */
export function valueKeys(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((element) => valueKeys(element));
  const key = scalarKey(value);
  return key === undefined ? [] : [key];
}

function scalarKey(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : textKey(foldText(value));
  if (typeof value === "boolean") return String(value);
  return typeof value === "number" && Number.isFinite(value) ? `#${value}` : undefined;
}

const exponent = /^-?\d+(\.\d+)?e[+-]\d+$/;

/** "10.0" and 10 are equal, and equal decimals are the same double; a number is written with an exponent where it is large or small. */
function textKey(folded: string): string {
  return isNumericText(folded) || exponent.test(folded) ? `#${Number(folded)}` : folded;
}

/** What shops write for true and false. */
function booleanKeys(value: boolean): readonly string[] {
  return value ? ["true", "#1"] : ["false", "#0"];
}

/** Keys of which a value must have one for the leaf to hold (of `contains_all`: all of them); undefined where equality does not decide. */
export function keysOfLeaf({ op, value }: AttributeLeaf, { type }: AttributeSpec): readonly string[] | undefined {
  const isEquality = op === "eq" || op === "in";
  switch (type) {
    case "text":
    case "key":
    case "number":
      return isEquality ? keysOfEach(value) : undefined;
    case "list":
      return isEquality || op === "contains" || op === "contains_all" ? keysOfEach(value) : undefined;
    case "json":
      // A list equals a list as a whole, whatever it holds.
      if (op === "eq" && Array.isArray(value)) return undefined;
      return isEquality || op === "contains_all" ? keysOfEach(value) : undefined;
    case "boolean":
      if (op === "is_true") return booleanKeys(true);
      return op === "eq" && typeof value === "boolean" ? booleanKeys(value) : undefined;
    default:
      return undefined;
  }
}

/** The key of each value; undefined when one of them has none. */
function keysOfEach(value: unknown): readonly string[] | undefined {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const keys: string[] = [];
  for (const each of values) {
    const [key] = Array.isArray(each) ? [] : valueKeys(each);
    if (key === undefined) return undefined;
    keys.push(key);
  }
  return keys;
}
