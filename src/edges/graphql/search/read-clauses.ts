import type { CatalogSnapshot } from "../../../catalog/index.ts";
import { ClienteleError } from "../../../kernel/index.ts";
import type { Filter, NumberRange } from "../../../search/index.ts";

export type SearchClause = {
  readonly attribute: string;
  readonly eq?: string | null;
  readonly in?: readonly (string | null)[] | null;
  readonly range?: { readonly from?: number | null; readonly to?: number | null } | null;
  readonly contains?: string | null;
  readonly startsWith?: string | null;
};

export type ReadClauses = {
  readonly filters: readonly Filter[];
  /** The category being browsed; undefined = none was named. */
  readonly categoryPath: string | undefined;
  /** The clauses contradict each other, or ask for what is never shown. */
  readonly isImpossible: boolean;
};

const maxClauses = 30;
const maxValues = 200;
const maxText = 500;

/** Names of one thing in different documents of the original. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["categoryIds", "categories"],
  ["category_ids", "categories"],
  ["categoryPath", "categories"],
  ["final_price", "price"],
  ["in_stock", "inStock"],
]);
/** Filterable whatever the shop says of an attribute of that name. */
const always: ReadonlySet<string> = new Set(["categories", "price", "inStock", "visibility", "sku", "name", "brand"]);
const neverShown = "not visible individually";

/**
 * Reads the filter of a product search. Clauses are ANDed, values in `in` ORed; several `in` on one attribute are one list.
 *
 * `visibility` filters nothing but what is never shown: the kind of the list decides what is visible in it, and the storefront sends
 * the visibilities of search on category pages too.
 *
 * @throws {ClienteleError} `graphql.badArgument` for too many clauses or values, an attribute without a name, or one that is not filterable in
 *   search
 */
export function readClauses(
  clauses: readonly SearchClause[],
  catalog: Pick<CatalogSnapshot, "attributes">,
): ReadClauses {
  if (clauses.length > maxClauses) throw bad(`filter has ${clauses.length} clauses; the limit is ${maxClauses}`);
  const filters: Filter[] = [];
  const listedAt = new Map<string, number>();
  const ranges = new Map<string, NumberRange>();
  let categoryPath: string | undefined;
  let isImpossible = false;

  for (const clause of clauses) {
    const attribute = aliases.get(clause.attribute) ?? clause.attribute;
    if (attribute.trim() === "" || attribute.length > 100) throw bad("a clause of filter names no attribute");
    const meta = catalog.attributes.get(attribute);
    if (meta && !meta.filterable && !meta.filterableInSearch && !always.has(attribute))
      throw bad(`${attribute} is not filterable in search; make it so in the catalog's attributes`);
    if (attribute === "visibility") {
      isImpossible ||= listOf(clause).length > 0 && listOf(clause).every((text) => text.toLowerCase() === neverShown);
      continue;
    }
    // A path to browse; a second one, and a path to filter by, are filters within it.
    if (clause.attribute === "categoryPath" && categoryPath === undefined && typeof clause.eq === "string") {
      categoryPath = clause.eq.replace(/^\/+|\/+$/g, "");
      continue;
    }
    if (clause.range) ranges.set(attribute, intersect(ranges.get(attribute), clause.range));
    const values = listOf(clause).map((text) => spelled(attribute, text, catalog));
    if (values.length > maxValues)
      throw bad(`a clause of filter has ${values.length} values; the limit is ${maxValues}`);
    const at = clause.in ? listedAt.get(attribute) : undefined;
    const known = at === undefined ? undefined : filters[at];
    if (at !== undefined && known) filters[at] = { ...known, values: [...known.values, ...values] };
    else if (values.length > 0) {
      if (clause.in) listedAt.set(attribute, filters.length);
      filters.push({ attribute, values, ranges: [] });
    } else if (clause.in) isImpossible = true;
    filters.push(...textFilters(attribute, clause));
  }
  for (const [attribute, range] of ranges) {
    if (range.from !== undefined && range.to !== undefined && range.from >= range.to) isImpossible = true;
    else if (range.from !== undefined || range.to !== undefined)
      filters.push({ attribute, values: [], ranges: [range] });
  }
  return { filters, categoryPath: categoryPath === "" ? undefined : categoryPath, isImpossible };
}

function bad(message: string): ClienteleError {
  return new ClienteleError("graphql.badArgument", message);
}

/** Values that an attribute may have one of. */
function listOf({ eq, in: among }: SearchClause): readonly string[] {
  const values = typeof eq === "string" ? [eq] : (among ?? []);
  return values.flatMap((value) => (typeof value === "string" ? [value.slice(0, maxText)] : []));
}

/** Titles of switches are yes and no; the index holds true and false. */
function spelled(attribute: string, text: string, { attributes }: Pick<CatalogSnapshot, "attributes">): string {
  if (attributes.get(attribute)?.input !== "boolean") return text;
  const word = text.toLowerCase();
  if (word === "yes" || word === "1") return "true";
  return word === "no" || word === "0" ? "false" : text;
}

function intersect(known: NumberRange | undefined, { from, to }: NonNullable<SearchClause["range"]>): NumberRange {
  const lower = [known?.from, from ?? undefined].filter((each) => each !== undefined);
  const upper = [known?.to, to ?? undefined].filter((each) => each !== undefined);
  return {
    ...(lower.length > 0 ? { from: Math.max(...lower) } : {}),
    ...(upper.length > 0 ? { to: Math.min(...upper) } : {}),
  };
}

/** Pieces of texts, matched without regard to case and accents; both in one clause must hold. */
function textFilters(attribute: string, { contains, startsWith }: SearchClause): readonly Filter[] {
  const piece = (kind: "contains" | "startsWith", text: string | null | undefined): readonly Filter[] =>
    typeof text === "string" && text !== ""
      ? [{ attribute, values: [], ranges: [], matches: [{ kind, text: text.slice(0, maxText) }] }]
      : [];
  return [...piece("contains", contains), ...piece("startsWith", startsWith)];
}
