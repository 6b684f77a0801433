// Filters of a unit (discovery.md 4.3): inclusions must all hold, then any exclusion removes. They never change an order.
import { type Static, Type } from "typebox";
import { type CatalogProduct, finalPriceAt, type ProductPrices } from "../catalog/index.ts";
import type { Money } from "../kernel/index.ts";
import type { Reason } from "./strategy.ts";

const minor = Type.Integer({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
const amount = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Minor units" });
const isEnabled = Type.Optional(Type.Boolean({ default: true, description: "false keeps the filter as a draft" }));
const strict = { additionalProperties: false };

const oneOf = <const T extends string>(values: readonly T[], options: { readonly description?: string } = {}) =>
  Type.Unsafe<T>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      options,
    ),
  );

const category = Type.Object(
  {
    by: Type.Literal("category"),
    isEnabled,
    paths: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 1_000 }), { maxItems: 200 })),
    sameAsPage: Type.Optional(
      Type.Boolean({ description: "Also the category of the page, or those of the product on it" }),
    ),
  },
  strict,
);
const product = Type.Object(
  {
    by: Type.Literal("product"),
    isEnabled,
    skus: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 1_000 }),
  },
  strict,
);
const type = Type.Object(
  {
    by: Type.Literal("type"),
    isEnabled,
    types: Type.Array(oneOf(["simple", "configurable", "virtual", "downloadable", "bundle", "grouped"]), {
      minItems: 1,
      maxItems: 6,
    }),
  },
  strict,
);
const visibility = Type.Object(
  {
    by: Type.Literal("visibility"),
    isEnabled,
    values: Type.Array(oneOf(["catalog", "search", "both"]), {
      minItems: 1,
      maxItems: 3,
    }),
  },
  strict,
);
const price = Type.Object(
  {
    by: Type.Literal("price"),
    isEnabled,
    minMinor: Type.Optional(amount),
    maxMinor: Type.Optional(amount),
    currency: Type.Optional(Type.String({ pattern: "^[A-Z]{3}$", description: "Default: any" })),
  },
  strict,
);
const currentPrice = Type.Object(
  {
    by: Type.Literal("currentPrice"),
    isEnabled,
    operator: oneOf(["atMost", "atLeast", "within", "withinRatio"], {
      description: "Against the price of the product on the page",
    }),
    offsetMinor: Type.Optional(minor),
    ratio: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: "Of withinRatio: 0.1 = 10 per cent" })),
  },
  strict,
);
const stock = Type.Object(
  {
    by: Type.Literal("stock"),
    isEnabled,
    outOfStock: Type.Optional(Type.Boolean({ description: "Removes what is out of stock" })),
    atMostQty: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: "Removes what is low: so many or fewer left" }),
    ),
  },
  strict,
);

const limited = { maxItems: 50 };

export const filtersSchema = Type.Object(
  {
    inclusions: Type.Optional(
      Type.Array(Type.Union([category, product, type, visibility, price, currentPrice]), limited),
    ),
    exclusions: Type.Optional(
      Type.Array(Type.Union([category, product, type, visibility, price, currentPrice, stock]), limited),
    ),
  },
  { additionalProperties: false, description: "Inclusions must all hold; any exclusion removes" },
);

export type UnitFilters = Static<typeof filtersSchema>;
export type UnitFilter = NonNullable<UnitFilters["exclusions"]>[number];

/** What dynamic conditions compare with. */
export type FilterSituation = {
  /** Category of the page, else the categories of the product on it. */
  readonly categoryPaths: readonly string[];
  /** Final price of the product on the page; null = none. */
  readonly anchor: Money | null;
  /** What products cost the shopper; default: what the catalog says. */
  readonly prices?: ProductPrices | undefined;
};

/** Null = the product may be shown; else why not. */
export type ProductFilter = (product: CatalogProduct) => Reason | null;

export function isWithin(product: CatalogProduct | undefined, path: string): boolean {
  return product?.categories.some((one) => one === path || one.startsWith(`${path}/`)) ?? false;
}

/** True when the condition limits nothing: an offset of 0 means "no limit". */
function isUnlimited(filter: Extract<UnitFilter, { by: "currentPrice" }>): boolean {
  return (filter.operator === "withinRatio" ? filter.ratio : filter.offsetMinor) === 0 || isMissing(filter);
}

function isMissing({ operator, offsetMinor, ratio }: Extract<UnitFilter, { by: "currentPrice" }>): boolean {
  return (operator === "withinRatio" ? ratio : offsetMinor) === undefined;
}

function fitsCurrentPrice(
  finalPrice: Money | null,
  filter: Extract<UnitFilter, { by: "currentPrice" }>,
  anchor: Money | null,
): boolean {
  if (!anchor || !finalPrice || finalPrice.currency !== anchor.currency) return false;
  const { operator, offsetMinor = 0, ratio = 0 } = filter;
  const difference = finalPrice.minor - anchor.minor;
  if (operator === "atMost") return difference <= offsetMinor;
  if (operator === "atLeast") return difference >= offsetMinor;
  if (operator === "within") return Math.abs(difference) <= Math.abs(offsetMinor);
  return Math.abs(difference) <= anchor.minor * ratio;
}

function fitsPrice(finalPrice: Money | null, filter: Extract<UnitFilter, { by: "price" }>): boolean {
  if (!finalPrice || (filter.currency !== undefined && filter.currency !== finalPrice.currency)) return false;
  return finalPrice.minor >= (filter.minMinor ?? 0) && finalPrice.minor <= (filter.maxMinor ?? Number.MAX_SAFE_INTEGER);
}

function fits(product: CatalogProduct, filter: UnitFilter, situation: FilterSituation): boolean {
  switch (filter.by) {
    case "category":
      return [...(filter.paths ?? []), ...(filter.sameAsPage ? situation.categoryPaths : [])].some((path) =>
        isWithin(product, path),
      );
    case "product":
      return filter.skus.includes(product.sku) || product.variants.some((sku) => filter.skus.includes(sku));
    case "type":
      return filter.types.some((one) => one === product.type);
    case "visibility":
      return filter.values.some((one) => one === product.visibility);
    case "price":
      return fitsPrice(finalPriceAt(product, situation.prices), filter);
    case "currentPrice":
      return fitsCurrentPrice(finalPriceAt(product, situation.prices), filter, situation.anchor);
    case "stock":
      return (
        (filter.outOfStock === true && !product.inStock) ||
        (filter.atMostQty !== undefined && product.qty !== null && product.qty <= filter.atMostQty)
      );
  }
}

const active = <F extends UnitFilter>(filters: readonly F[] | undefined): readonly F[] =>
  (filters ?? []).filter(
    (filter) => filter.isEnabled !== false && !(filter.by === "currentPrice" && isUnlimited(filter)),
  );

/** True when the unit compares with the price of the product on the page, so that without one it shows nothing. */
export function needsAnchor(filters: UnitFilters | undefined): boolean {
  return [...active(filters?.inclusions), ...active(filters?.exclusions)].some(({ by }) => by === "currentPrice");
}

/** Joins the filters of a unit into one question; disabled ones count nothing. */
export function createProductFilter(filters: UnitFilters | undefined, situation: FilterSituation): ProductFilter {
  const inclusions = active<UnitFilter>(filters?.inclusions);
  const exclusions = active<UnitFilter>(filters?.exclusions);
  return (product) => {
    for (const filter of inclusions)
      if (!fits(product, filter, situation))
        return { code: "not_included", text: `Outside the unit's inclusion by ${filter.by}` };
    for (const filter of exclusions)
      if (fits(product, filter, situation))
        return { code: "excluded", text: `Removed by the unit's exclusion by ${filter.by}` };
    return null;
  };
}
