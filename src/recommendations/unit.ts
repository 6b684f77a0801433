import { Type } from "typebox";
import { audienceReferences, placementSchema } from "../content/index.ts";
import type { DefinitionKind } from "../definitions/index.ts";
import type { ErrorDetail, JsonValue } from "../kernel/index.ts";
import { filtersSchema, needsAnchor, type UnitFilters } from "./filters.ts";
import { type Strategy, strategies, strategyFacts, toStrategy } from "./strategy.ts";

/** Kinds of pages, by the names of Adobe's API: CMS is the home page, Checkout the page after an order. */
export const pageTypes = ["CMS", "Category", "Product", "Cart", "Checkout", "PageBuilder"] as const;
export type PageType = (typeof pageTypes)[number];

/** A recommendation unit: which products a placement shows, and how they are chosen. */
export type UnitBody = {
  readonly placement: string;
  /** Lower first: the first unit that a visitor may see and that has products is shown. */
  readonly priority: number;
  /** Audience keys; a visitor in any of them sees the unit; empty = everybody. */
  readonly audiences: readonly string[];
  /** A further condition of the rule language; both must hold. */
  readonly rule?: JsonValue;
  /** Heading that shoppers read. */
  readonly label: string;
  /** One of `strategies`, or a foreign type id such as `viewed-viewed`. */
  readonly strategy: string;
  /** 1 to 20; default 5. */
  readonly limit?: number;
  /** Fill up with other strategies where this one has too few products; default true. */
  readonly fallback?: boolean;
  /** Leave out what is in the cart; default true. */
  readonly excludeCart?: boolean;
  /** Leave out what the visitor has bought, unless it is due to be bought again; default true. */
  readonly excludePurchased?: boolean;
  /** Only products of this category path and its descendants. */
  readonly category?: string;
  /** The kind of page it stands on, for clients that ask by it. */
  readonly pageType?: PageType;
  /** Order among the units of a page, lower first; default 0. */
  readonly position?: number;
  readonly filters?: UnitFilters;
  /** Show products that are out of stock too; default false. */
  readonly showOutOfStock?: boolean;
};

export type UnitSettings = {
  readonly strategy: Strategy;
  readonly limit: number;
  readonly fallback: boolean;
  readonly excludeCart: boolean;
  readonly excludePurchased: boolean;
  readonly category: string | null;
  readonly pageType: PageType | null;
  readonly filters: UnitFilters;
  readonly showOutOfStock: boolean;
};

export const defaultUnitLimit = 5;
export const maxUnitLimit = 20;

export const unitSchema = Type.Object(
  {
    placement: placementSchema,
    priority: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Lower first" }),
    audiences: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 }),
    rule: Type.Optional(Type.Unknown()),
    label: Type.String({ minLength: 1, maxLength: 200, description: "Heading that shoppers read" }),
    strategy: Type.String({ maxLength: 60, description: strategies.join(", ") }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxUnitLimit, default: defaultUnitLimit })),
    fallback: Type.Optional(Type.Boolean({ default: true, description: "Fill up with other strategies" })),
    excludeCart: Type.Optional(Type.Boolean({ default: true })),
    excludePurchased: Type.Optional(Type.Boolean({ default: true })),
    category: Type.Optional(Type.String({ maxLength: 1_000, description: "Only products of this category path" })),
    pageType: Type.Optional(Type.Union(pageTypes.map((name) => Type.Literal(name)))),
    position: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000, default: 0, description: "Order on a page" })),
    filters: Type.Optional(filtersSchema),
    showOutOfStock: Type.Optional(Type.Boolean({ default: false })),
  },
  { additionalProperties: false },
);

/** A unit with its defaults filled in. An unknown strategy, which no saved unit has, falls back to the most viewed. */
export function unitSettings(body: Pick<UnitBody, "strategy"> & Partial<UnitBody>): UnitSettings {
  return {
    strategy: toStrategy(body.strategy) ?? "most-viewed",
    limit: body.limit ?? defaultUnitLimit,
    fallback: body.fallback ?? true,
    excludeCart: body.excludeCart ?? true,
    excludePurchased: body.excludePurchased ?? true,
    category: body.category ?? null,
    pageType: body.pageType ?? null,
    filters: body.filters ?? {},
    showOutOfStock: body.showOutOfStock ?? false,
  };
}

const pagesWithoutProduct: ReadonlySet<string> = new Set(["CMS", "PageBuilder"]);

/** Conditions that compare with the page need a page that has what they compare with. */
function faultsOfFilters({ strategy, pageType, filters }: UnitBody): readonly ErrorDetail[] {
  const name = toStrategy(strategy);
  const hasNoPage = pageType !== undefined && pagesWithoutProduct.has(pageType);
  const faults: ErrorDetail[] = [];
  if (needsAnchor(filters) && (hasNoPage || (name !== undefined && !strategyFacts[name].needsItem))) {
    faults.push({
      path: "/filters",
      code: "recommendations.noCurrentProduct",
      message: `a filter by currentPrice needs a strategy and a page with a product; ${strategy} on ${pageType ?? "any page"} has none`,
    });
  }
  for (const side of ["inclusions", "exclusions"] as const) {
    for (const [at, filter] of (filters?.[side] ?? []).entries()) {
      const path = `/filters/${side}/${at}`;
      if (filter.by === "category" && (filter.paths ?? []).length === 0 && !filter.sameAsPage)
        faults.push({ path, code: "recommendations.filterEmpty", message: "name a path, or set sameAsPage" });
      if (filter.by === "category" && filter.sameAsPage && hasNoPage)
        faults.push({ path, code: "recommendations.filterEmpty", message: `${pageType} pages have no category` });
      if (filter.by === "price" && (filter.minMinor ?? 0) > (filter.maxMinor ?? Number.MAX_SAFE_INTEGER))
        faults.push({ path, code: "recommendations.filterEmpty", message: "minMinor is above maxMinor" });
      if (filter.by === "stock" && !filter.outOfStock && filter.atMostQty === undefined)
        faults.push({ path, code: "recommendations.filterEmpty", message: "set outOfStock or atMostQty" });
    }
  }
  return faults;
}

/**
 * The definition kind `unit`.
 *
 * @param checkRule faults of a rule as units may use it; paths start with `/rule`
 */
export function createUnitKind(checkRule: (rule: JsonValue) => readonly ErrorDetail[]): DefinitionKind<UnitBody> {
  return {
    kind: "unit",
    label: "Recommendation unit",
    schema: unitSchema,
    check: (body) => {
      const faults: ErrorDetail[] = body.rule === undefined ? [] : [...checkRule(body.rule)];
      if (toStrategy(body.strategy) === undefined) {
        faults.push({
          path: "/strategy",
          code: "recommendations.unknownStrategy",
          message: `must be one of ${strategies.join(", ")}`,
        });
      }
      return [...faults, ...faultsOfFilters(body)];
    },
    references: audienceReferences,
  };
}
