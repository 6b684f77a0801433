import type { Json, JsonObject, Money } from "../api/shapes.ts";
import type { AttributeSpec } from "../audiences/rule-builder/operators.ts";
import { formatInstant, formatMoney, formatNumber } from "../format.ts";

type TraitFact = { readonly label: string; readonly value: string };

/** Traits with the labels of the attribute catalog, each written as its type asks; what is empty is left out. */
export function traitFacts(traits: JsonObject, specs: readonly AttributeSpec[]): readonly TraitFact[] {
  return Object.entries(traits).flatMap(([key, value]) => {
    const spec = specs.find(({ path }) => path === `profile.${key}`);
    const text = traitText(value, spec?.type);
    return text === "" ? [] : [{ label: spec?.label ?? key, value: text }];
  });
}

/** One value as its type asks; empty when there is none. */
export function traitText(value: Json | undefined, type: string | undefined): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map((entry) => traitText(entry, undefined)).join(", ");
  if (isMoney(value)) return formatMoney(value);
  if (type === "instant" && (typeof value === "number" || typeof value === "string")) return formatInstant(value);
  if (typeof value === "number") return formatNumber(value, 2);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isMoney(value: Json): value is Money {
  return typeof value === "object" && value !== null && "minor" in value && "currency" in value;
}
