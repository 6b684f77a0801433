import { ClienteleError } from "../../kernel/index.ts";
import { compareNames } from "../analysis/name-key.ts";
import { type CompiledFilters, indexedPrices } from "../facets/compile-filters.ts";
import type { FacetValues } from "../facets/facet-values.ts";
import { inStockFlag, type Segment } from "../indexing/segment.ts";
import type { Hit } from "./top-k.ts";

/** One level of an order; later keys decide ties of earlier ones. */
export type SortKey = { readonly attribute: string; readonly direction: "asc" | "desc" };

const maxSortKeys = 5;
const defaultDirections: ReadonlyMap<string, "asc" | "desc"> = new Map([
  ["relevance", "desc"],
  ["newest", "desc"],
  ["rating", "desc"],
]);
const builtIn: ReadonlySet<string> = new Set(["relevance", "position", "name", "price", "newest", "rating"]);

/** What stands first when nothing was typed and nobody is known: what can be bought, then what is new. */
const inStockFirst: SortKey = { attribute: "stock", direction: "desc" };
const browsingOrder: readonly SortKey[] = [inStockFirst, { attribute: "newest", direction: "desc" }];

/** Above every `createdAt` in milliseconds, and twice it below 2^53: stock and age fit into one number. */
const stockStep = 2 ** 46;

/** Whether a product of a list in the browsing order can be bought, by the first key of its hit: 1 or 0. */
export function stockOfKey(key: number): number {
  return key >= stockStep ? 1 : 0;
}

/** One number that orders as stock and age do; what it leaves open, the age decides again. */
function stockAndAge(segment: Segment, doc: number): number {
  const createdAt = segment.createdAt[doc] ?? 0;
  const age = createdAt > 0 ? Math.min(createdAt, stockStep - 1) : 0;
  return ((segment.flags[doc] ?? 0) & inStockFlag ? stockStep : 0) + age;
}

/** The levels that decide: relevance without a query, and position, mean the browsing order. */
export function effectiveKeys(keys: readonly SortKey[], hasQuery: boolean): readonly SortKey[] {
  const given =
    keys.length > 0 ? keys : [{ attribute: hasQuery ? "relevance" : "position", direction: "desc" } as const];
  return given.flatMap((key) => {
    if (key.attribute !== "position" && key.attribute !== "relevance") return key;
    return hasQuery
      ? { attribute: "relevance", direction: key.attribute === "position" ? "desc" : key.direction }
      : browsingOrder;
  });
}

/** True when the score comes first, in either direction. */
export function isByRelevance([first]: readonly SortKey[]): boolean {
  return !first || first.attribute === "relevance" || first.attribute === "position";
}

/** True for the order that signals, models and rules may change; position is one order in either direction. */
export function isDefaultOrder([first]: readonly SortKey[]): boolean {
  if (!first || first.attribute === "position") return true;
  return first.attribute === "relevance" && first.direction === "desc";
}

/**
 * Reads an order such as `price:asc,name`; without a direction names, prices and attributes ascend, the rest descends.
 *
 * @param isSortable tells which other attributes may be sorted by
 * @throws {ClienteleError} `search.badSort` for an unknown attribute or direction
 */
export function parseSort(text: string, isSortable: (attribute: string) => boolean): readonly SortKey[] {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (parts.length > maxSortKeys)
    throw new ClienteleError("search.badSort", `sort by at most ${maxSortKeys} attributes`);
  return parts.map((part) => {
    const match = /^([^:]{1,100})(?::(asc|desc))?$/i.exec(part);
    const attribute = match?.[1]?.trim() ?? "";
    if (!match || !(builtIn.has(attribute) || isSortable(attribute))) {
      throw new ClienteleError("search.badSort", `cannot sort by ${JSON.stringify(part.slice(0, 100))}`, {
        details: [
          {
            path: "/sort",
            code: "unknown",
            message:
              "use relevance, position, name, price, newest, rating or a sortable attribute, each with :asc or :desc",
          },
        ],
      });
    }
    const direction =
      match[2]?.toLowerCase() === "asc" ? "asc" : match[2] ? "desc" : (defaultDirections.get(attribute) ?? "asc");
    return { attribute, direction };
  });
}

/** The place of a document in one order as a number: higher stands first, −∞ without a value. */
export type KeyReader = (segment: Segment, doc: number, score: number) => number;

function numberKey(direction: "asc" | "desc", read: (segment: Segment, doc: number) => number): KeyReader {
  const sign = direction === "asc" ? -1 : 1;
  return (segment, doc) => {
    const value = read(segment, doc);
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : sign * value;
  };
}

/** Order of an attribute's values: by number when all are numbers, else by text. */
function attributeKey({ attribute: code, direction }: SortKey, values: FacetValues): KeyReader {
  const attribute = values.attribute(code);
  if (!attribute) return () => Number.NEGATIVE_INFINITY;
  const byText = attribute.valueIds.some((id) => Number.isNaN(values.number(id)));
  const places = new Map<number, number>();
  if (byText) {
    const ids = [...attribute.valueIds].sort((a, b) => compareNames(values.label(a), values.label(b)));
    for (const [place, id] of ids.entries()) places.set(id, place);
  } else for (const id of attribute.valueIds) places.set(id, values.number(id));
  return numberKey(direction, (segment, doc) => {
    let best = Number.NaN;
    for (let at = segment.valueStarts[doc] ?? 0; at < (segment.valueStarts[doc + 1] ?? 0); at += 1) {
      const place = places.get(segment.valueIds[at] ?? -1);
      if (place !== undefined && !(direction === "asc" ? place >= best : place <= best)) best = place;
    }
    return best;
  });
}

type PricesOf = CompiledFilters["pricesOf"];

function keyReader(key: SortKey, values: FacetValues, pricesOf: PricesOf): KeyReader {
  switch (key.attribute) {
    case "relevance":
      return (_segment, _doc, score) => (key.direction === "asc" ? -score : score);
    case "stock":
      return stockAndAge;
    case "name":
      return numberKey(key.direction, (segment, doc) => segment.nameKeys[doc] ?? 0);
    case "price":
      return numberKey(key.direction, (segment, doc) => pricesOf(segment)[doc] ?? Number.NaN);
    case "rating":
      return numberKey(key.direction, (segment, doc) => segment.ratings[doc] ?? Number.NaN);
    case "newest":
      return numberKey(key.direction, (segment, doc) => segment.createdAt[doc] ?? Number.NaN);
    default:
      return attributeKey(key, values);
  }
}

export type Order = {
  /** The first key; `Hit.key` holds it. */
  readonly firstKey: KeyReader;
  /** The first key is the score itself. */
  readonly byScore: boolean;
  readonly isBefore: (a: Hit, b: Hit) => boolean;
};

/**
 * @param keys not empty
 * @param nameOf the name of a SKU, asked only when packed names are equal
 * @returns a total order: what the keys leave open, the SKU decides
 */
export function createOrder(
  keys: readonly SortKey[],
  values: FacetValues,
  segments: readonly Segment[],
  nameOf: (sku: string) => string,
  pricesOf: PricesOf = indexedPrices,
): Order {
  const readers = keys.map((key) => keyReader(key, values, pricesOf));
  const skuOf = (hit: Hit) => segments[hit.segment]?.skus[hit.doc] ?? "";

  function compareLevel(level: number, a: Hit, b: Hit): number {
    const read = readers[level];
    const [ownSegment, otherSegment] = [segments[a.segment], segments[b.segment]];
    if (!read || !ownSegment || !otherSegment) return 0;
    const own = level === 0 ? a.key : read(ownSegment, a.doc, a.score);
    const other = level === 0 ? b.key : read(otherSegment, b.doc, b.score);
    if (own !== other) return other > own ? 1 : -1;
    if (keys[level]?.attribute !== "name") return 0;
    const names = compareNames(nameOf(skuOf(a)), nameOf(skuOf(b)));
    return keys[level]?.direction === "desc" ? -names : names;
  }

  return {
    byScore: keys[0]?.attribute === "relevance" && keys[0].direction === "desc",
    firstKey: readers[0] ?? ((_segment, _doc, score) => score),
    isBefore(a, b) {
      for (let level = 0; level < readers.length; level += 1) {
        const order = compareLevel(level, a, b);
        if (order !== 0) return order < 0;
      }
      return skuOf(a) < skuOf(b);
    },
  };
}
