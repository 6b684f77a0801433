/** Conditions that compare with the matched product, ready to be added to what a rule displays. */
import type { Json, JsonObject } from "../api/shapes.ts";

const compare = (path: string, op: string, value: Json): JsonObject => ({ attribute: { path, op, value } });
const ofMatched = (path: string, more: JsonObject = {}): JsonObject => ({ ref: `matched.${path}`, ...more });

export const presetConditions = {
  "same-brand": compare("product.brand", "eq", ofMatched("brand")),
  "other-brand": compare("product.brand", "neq", ofMatched("brand")),
  "same-category": compare("product.category_ids", "in", ofMatched("category_ids")),
  "below-category": compare("product.category_ids", "in", ofMatched("category_ids", { relation: "children" })),
  cheaper: compare("product.final_price", "lte", ofMatched("final_price")),
  "much-cheaper": compare("product.final_price", "lte", ofMatched("final_price", { percent: 80 })),
  dearer: compare("product.final_price", "gte", ofMatched("final_price")),
} as const;

export type Preset = keyof typeof presetConditions;

/** The rule with one more condition that must hold too. */
export function withCondition(rule: Json, condition: JsonObject): JsonObject {
  const all = isObject(rule) ? rule["all"] : undefined;
  if (Array.isArray(all)) return { all: [...all, condition] };
  return { all: [...(isObject(rule) && Object.keys(rule).length > 0 ? [rule] : []), condition] };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
