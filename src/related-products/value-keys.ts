// The keys under which values are looked up. Two values that any comparison of the rule language takes for equal have a key in
// common; the reverse need not hold, because every candidate is judged by the whole rule afterwards.
import { foldText, isNumericText } from "../kernel/rules/index.ts";

/** Keys of a value or of the elements of a list; none for a missing value and for what is no scalar. */
export function valueKeys(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((element) => valueKeys(element));
  const key = scalarKey(value);
  return key === undefined ? [] : [key];
}

function scalarKey(value: unknown): string | undefined {
  // "10.0" and 10 are equal, and equal decimals are the same double.
  if (typeof value === "string" && value !== "") return isNumericText(value) ? `#${Number(value)}` : foldText(value);
  if (typeof value === "boolean") return String(value);
  return typeof value === "number" && Number.isFinite(value) ? `#${value}` : undefined;
}

/** What shops write for true and false. */
export function booleanKeys(value: boolean): readonly string[] {
  return value ? ["true", "#1"] : ["false", "#0"];
}
