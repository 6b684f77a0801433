import type { TemplateParameter } from "./template.ts";

/** Comparisons of numbers and amounts, as the native editor offers them. */
const comparisons = ["gte", "lte", "gt", "lt", "eq", "neq"];
const textComparisons = ["eq", "neq", "contains", "not_contains", "starts_with", "ends_with"];

export function days(key: string, label: string, fallback: number, more: Partial<TemplateParameter> = {}) {
  return { key, label, type: "days", unit: "days", fallback, min: 1, ...more } as const satisfies TemplateParameter;
}

export function hours(key: string, label: string, fallback: number) {
  return { key, label, type: "hours", unit: "hours", fallback, min: 1 } as const satisfies TemplateParameter;
}

export function count(key: string, label: string, unit: string, fallback: number, min = 1) {
  return { key, label, type: "integer", unit, fallback, min } as const satisfies TemplateParameter;
}

export function ratio(key: string, label: string, fallback: number) {
  return { key, label, type: "ratio", unit: "share, 0 to 1", fallback } as const satisfies TemplateParameter;
}

/** @param minor of a currency with two digits; in others the same number of minor units, which is of a like size */
export function amount(key: string, label: string, minor: number) {
  return { key, label, type: "money", unit: "minor units", fallback: minor } as const satisfies TemplateParameter;
}

export function comparison(fallback = "gte"): TemplateParameter {
  return { key: "op", label: "Comparison", type: "choice", options: comparisons, fallback };
}

export function textComparison(fallback = "eq"): TemplateParameter {
  return { key: "op", label: "Comparison", type: "choice", options: textComparisons, fallback };
}

export function choice(key: string, label: string, options: readonly string[], fallback: string): TemplateParameter {
  return { key, label, type: "choice", options, fallback };
}

/** Any text; the options are those that are common. */
export function openChoice(
  key: string,
  label: string,
  options: readonly string[],
  fallback: string,
): TemplateParameter {
  return { key, label, type: "choice", options, open: true, fallback };
}

export function texts(key: string, label: string, fallback?: readonly string[]): TemplateParameter {
  return { key, label, type: "texts", ...(fallback ? { fallback } : {}) };
}

export function text(key: string, label: string, fallback?: string): TemplateParameter {
  return { key, label, type: "text", ...(fallback === undefined ? {} : { fallback }) };
}

/** Found or not found, was or was not. */
export function isFound(label: string): TemplateParameter {
  return { key: "found", label, type: "boolean", fallback: true };
}
