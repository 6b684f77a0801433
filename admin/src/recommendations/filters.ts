/** Filters of a unit as the form edits them. */
export const productTypes = ["simple", "configurable", "virtual", "downloadable", "bundle", "grouped"] as const;
export const visibilities = ["catalog", "search", "both"] as const;
export const priceOperators = ["atMost", "atLeast", "within", "withinRatio"] as const;

type Switched = { readonly isEnabled?: boolean };

export type CategoryFilter = Switched & {
  readonly by: "category";
  readonly paths?: readonly string[];
  readonly sameAsPage?: boolean;
};
export type ProductFilter = Switched & { readonly by: "product"; readonly skus: readonly string[] };
export type TypeFilter = Switched & { readonly by: "type"; readonly types: readonly string[] };
export type VisibilityFilter = Switched & { readonly by: "visibility"; readonly values: readonly string[] };
export type PriceFilter = Switched & {
  readonly by: "price";
  readonly minMinor?: number;
  readonly maxMinor?: number;
  readonly currency?: string;
};
export type CurrentPriceFilter = Switched & {
  readonly by: "currentPrice";
  readonly operator: (typeof priceOperators)[number];
  readonly offsetMinor?: number;
  /** Of `withinRatio`: 0.1 = 10 per cent. */
  readonly ratio?: number;
};
export type StockFilter = Switched & {
  readonly by: "stock";
  readonly outOfStock?: boolean;
  readonly atMostQty?: number;
};

export type UnitFilter =
  | CategoryFilter
  | ProductFilter
  | TypeFilter
  | VisibilityFilter
  | PriceFilter
  | CurrentPriceFilter
  | StockFilter;

export type FilterKind = UnitFilter["by"];
export type FilterSide = "inclusions" | "exclusions";
export type UnitFilters = { readonly [side in FilterSide]?: readonly UnitFilter[] };

const always: readonly FilterKind[] = ["category", "product", "type", "visibility", "price", "currentPrice"];

/** What may be filtered by: stock only leaves out. */
export const kindsOf = (side: FilterSide): readonly FilterKind[] =>
  side === "exclusions" ? [...always, "stock"] : always;

export function newFilter(by: FilterKind): UnitFilter {
  switch (by) {
    case "category":
      return { by, paths: [] };
    case "product":
      return { by, skus: [] };
    case "type":
      return { by, types: ["simple"] };
    case "visibility":
      return { by, values: ["both"] };
    case "price":
      return { by };
    case "currentPrice":
      return { by, operator: "atMost", offsetMinor: 0 };
    case "stock":
      return { by, outOfStock: true };
  }
}

/** With one side changed; a side without filters is not written, nor are filters without sides. */
export function withSide(
  filters: UnitFilters | undefined,
  side: FilterSide,
  next: readonly UnitFilter[],
): UnitFilters | undefined {
  const { [side]: _old, ...others } = filters ?? {};
  const all: UnitFilters = next.length === 0 ? others : { ...others, [side]: next };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** Those that say something, for a preview of a form that is being filled in. */
export function completeFilters(filters: UnitFilters): UnitFilters {
  const complete = (side: readonly UnitFilter[] | undefined) => (side ?? []).filter(isComplete);
  return { inclusions: complete(filters.inclusions), exclusions: complete(filters.exclusions) };
}

function isComplete(filter: UnitFilter): boolean {
  switch (filter.by) {
    case "category":
      return (filter.paths ?? []).length > 0 || filter.sameAsPage === true;
    case "product":
      return filter.skus.length > 0;
    case "type":
      return filter.types.length > 0;
    case "visibility":
      return filter.values.length > 0;
    case "price":
      return filter.currency === undefined || /^[A-Z]{3}$/.test(filter.currency);
    case "currentPrice":
      return true;
    case "stock":
      return filter.outOfStock === true || filter.atMostQty !== undefined;
  }
}
