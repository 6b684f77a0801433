/** One condition on one attribute of a record. */
export type Condition = { readonly attribute: string } & (
  | { readonly kind: "value"; readonly value: string }
  /** Bounds as written; each absent = open. */
  | {
      readonly kind: "range";
      readonly from?: number;
      readonly isFromOpen?: boolean;
      readonly to?: number;
      readonly isToOpen?: boolean;
      /** All but the range. */
      readonly isOutside?: boolean;
    }
);

/** Longest first, so that `<=` is not read as `<`. */
export const numericOperators = ["<=", ">=", "!=", "<", ">", "="] as const;
export type NumericOperator = (typeof numericOperators)[number] | "TO";

export function numericCondition(
  attribute: string,
  operator: NumericOperator,
  value: number,
  to: number = value,
): Condition {
  switch (operator) {
    case "<":
      return { attribute, kind: "range", to: value, isToOpen: true };
    case "<=":
      return { attribute, kind: "range", to: value };
    case ">":
      return { attribute, kind: "range", from: value, isFromOpen: true };
    case ">=":
      return { attribute, kind: "range", from: value };
    case "!=":
      return { attribute, kind: "range", from: value, to: value, isOutside: true };
    default:
      return { attribute, kind: "range", from: value, to };
  }
}

/** `attribute:value`; a text without a colon is a tag. */
export function conditionOf(text: string): Condition {
  const colon = text.indexOf(":");
  if (colon < 1) return { attribute: "_tags", kind: "value", value: text };
  return { attribute: unquoted(text.slice(0, colon)), kind: "value", value: unquoted(text.slice(colon + 1)) };
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  const match = /^(["'])(.*)\1$/s.exec(trimmed);
  return match ? (match[2] ?? "").replace(/\\(.)/gs, "$1") : trimmed;
}
