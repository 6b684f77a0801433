import type { CatalogSnapshot } from "../../../catalog/index.ts";

export type SortClause = { readonly attribute: string; readonly direction: "ASC" | "DESC" };

export type ReadSort = {
  /** As `ListRequest` takes it; undefined = the default order, which rules and signals may change. */
  readonly sort: string | undefined;
  /** `position` was asked for. */
  readonly isByPosition: boolean;
};

const builtIn: ReadonlySet<string> = new Set(["relevance", "position", "name", "price", "newest", "rating"]);
/** The merchandised order, in whichever direction: the boilerplate asks for `position DESC`. */
const defaultOrders: ReadonlySet<string> = new Set(["relevance", "position"]);
const maxSortKeys = 5;

/**
 * Reads the order of a product search. Sort codes may be cut at their first `_`, as the drop-in's menu does.
 *
 * An unknown attribute is passed on, for the search to refuse by name.
 */
export function readSort(clauses: readonly SortClause[], catalog: Pick<CatalogSnapshot, "attributes">): ReadSort {
  const keys = clauses.slice(0, maxSortKeys).map(({ attribute, direction }) => ({
    attribute: sortCode(attribute, catalog),
    direction: direction === "ASC" ? "asc" : "desc",
  }));
  const first = keys[0];
  if (!first || defaultOrders.has(first.attribute))
    return { sort: undefined, isByPosition: first?.attribute === "position" };
  return { sort: keys.map(({ attribute, direction }) => `${attribute}:${direction}`).join(","), isByPosition: false };
}

function sortCode(attribute: string, { attributes }: Pick<CatalogSnapshot, "attributes">): string {
  if (builtIn.has(attribute) || attributes.get(attribute)?.sortable) return attribute;
  for (const { code, sortable } of attributes.values())
    if (sortable && code.includes("_") && code.slice(0, code.indexOf("_")) === attribute) return code;
  return attribute;
}
