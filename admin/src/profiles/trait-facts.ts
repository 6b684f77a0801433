import type { Json, JsonObject, Money } from "../api/shapes.ts";
import type { AttributeSpec } from "../audiences/rule-builder/operators.ts";
import { formatInstant, formatMoney, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";

/** They have a place of their own on the page. */
const shownElsewhere: ReadonlySet<string> = new Set(["counters", "consents", "open_cart"]);

type TraitFact = { readonly label: string; readonly value: string };

/** Traits with the labels of the attribute catalog, each written as its type asks; what is empty is left out. */
export function traitFacts(
  traits: JsonObject,
  specs: readonly AttributeSpec[],
  prefix = "profile.",
): readonly TraitFact[] {
  return Object.entries(traits).flatMap(([key, value]) => {
    if (shownElsewhere.has(key)) return [];
    const spec = specs.find(({ path }) => path === prefix + key.replaceAll(".", "\\."));
    const text = traitText(value, spec?.type);
    return text === "" ? [] : [{ label: spec?.label ?? key, value: text }];
  });
}

/** Traits that people defined stand by themselves under `trait`; the others are shipped or written by sources. */
export function splitTraits(traits: JsonObject): { readonly shipped: JsonObject; readonly own: JsonObject } {
  const { trait, ...shipped } = traits;
  if (typeof trait !== "object" || trait === null || Array.isArray(trait)) return { shipped: traits, own: {} };
  // Checked above: an object that is no list.
  return { shipped, own: trait as JsonObject };
}

/** One value as its type asks; empty when there is none. */
export function traitText(value: Json | undefined, type: string | undefined): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map((entry) => traitText(entry, undefined)).join(", ");
  if (isMoney(value)) return formatMoney(value);
  if (type === "instant" && (typeof value === "number" || typeof value === "string")) return formatInstant(value);
  if (typeof value === "number") return formatNumber(value, 2);
  if (typeof value === "boolean") return value ? messages.users.yes : messages.users.no;
  if (typeof value === "object") return objectText(value as JsonObject);
  return String(value);
}

/** "r 5, f 3"; what is empty is left out. */
function objectText(value: JsonObject): string {
  return Object.entries(value)
    .map(([name, part]) => [name, traitText(part, undefined)] as const)
    .filter(([, text]) => text !== "")
    .map(([name, text]) => `${name.replaceAll("_", " ")} ${text}`)
    .join(", ");
}

export function isMoney(value: Json | undefined): value is Money {
  return typeof value === "object" && value !== null && "minor" in value && "currency" in value;
}
