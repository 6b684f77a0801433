import type { CatalogSnapshot } from "../catalog/index.ts";
import type { DefinitionKind } from "../definitions/index.ts";
import { createCategoryRuleKind } from "./category-rule.ts";
import { createDynamicCategoryKind, type DynamicCategoryBody } from "./dynamic-category.ts";
import type { CheckRule } from "./eligibility.ts";
import { createFacetKind } from "./facet.ts";
import { createRedirectKind } from "./redirect.ts";
import type { EffectChecks } from "./rule-events.ts";
import { createSearchRuleKind } from "./search-rule.ts";
import { createSearchSettingsKind } from "./search-settings.ts";
import { createSortOptionKind } from "./sort-option.ts";
import { createSynonymKind } from "./synonym.ts";

export type KindDeps = {
  readonly checkRule: CheckRule;
  readonly catalog: { readonly current: () => CatalogSnapshot };
  readonly liveCategories: () => readonly { readonly body: DynamicCategoryBody }[];
};

/** Facts of a product under which rules find a number or an instant. */
const numberFacts: ReadonlySet<string> = new Set([
  ...["price", "special_price", "final_price", "stock_qty", "in_stock", "rating", "created_at", "margin"],
]);
const numberInputs: ReadonlySet<string> = new Set(["number", "price", "date"]);
const alwaysSortable: ReadonlySet<string> = new Set([
  ...["relevance", "position", "name", "price", "newest", "rating", "brand"],
]);
const alwaysFacets: ReadonlyMap<string, { isNumber: boolean; isFilterable: boolean }> = new Map([
  ["categories", { isNumber: false, isFilterable: true }],
  ["brand", { isNumber: false, isFilterable: true }],
  ["inStock", { isNumber: false, isFilterable: true }],
  ["type", { isNumber: false, isFilterable: true }],
  ["price", { isNumber: true, isFilterable: true }],
  ["rating", { isNumber: true, isFilterable: true }],
]);
/** Attributes that the shop told nothing about are looked for in so many products. */
const sample = 2_000;

function valueOfSome(snapshot: CatalogSnapshot, code: string): unknown {
  let seen = 0;
  for (const { attributes, options } of snapshot.products.values()) {
    const value = Object.hasOwn(attributes, code)
      ? attributes[code]
      : Object.hasOwn(options, code)
        ? options[code]
        : undefined;
    if (value !== undefined) return value;
    seen += 1;
    if (seen === sample) return undefined;
  }
  return undefined;
}

/** Every kind of definition that merchandisers edit. */
export function createMerchandisingKinds(deps: KindDeps): readonly DefinitionKind<unknown>[] {
  const { catalog, checkRule, liveCategories } = deps;
  const hasNumber: EffectChecks["hasNumber"] = (attribute) => {
    if (numberFacts.has(attribute)) return true;
    const snapshot = catalog.current();
    const meta = snapshot.attributes.get(attribute);
    return meta ? numberInputs.has(meta.input) : typeof valueOfSome(snapshot, attribute) === "number";
  };
  const isInCatalog = (path: string) => catalog.current().categories.has(path);
  const hasCategory = (path: string) =>
    isInCatalog(path) || liveCategories().some(({ body }) => body.category === path);
  const attributeOf = (code: string) => {
    const known = alwaysFacets.get(code);
    if (known) return known;
    const snapshot = catalog.current();
    const meta = snapshot.attributes.get(code);
    if (meta)
      return { isNumber: numberInputs.has(meta.input), isFilterable: meta.filterable || meta.filterableInSearch };
    const value = valueOfSome(snapshot, code);
    return value === undefined ? undefined : { isNumber: typeof value === "number", isFilterable: true };
  };
  const isSortable = (code: string) => {
    if (alwaysSortable.has(code)) return true;
    const snapshot = catalog.current();
    const meta = snapshot.attributes.get(code);
    return meta ? meta.sortable : valueOfSome(snapshot, code) !== undefined;
  };
  const checks: EffectChecks = { checkRule, hasNumber };
  // Each function of a kind is called only with bodies that fit the kind's own schema.
  return [
    createSearchRuleKind(checks),
    createCategoryRuleKind(checks, hasCategory),
    createDynamicCategoryKind(checkRule, isInCatalog),
    createSynonymKind(),
    createFacetKind(attributeOf),
    createRedirectKind(checkRule),
    createSortOptionKind(isSortable),
    createSearchSettingsKind(),
  ] as readonly DefinitionKind<unknown>[];
}
