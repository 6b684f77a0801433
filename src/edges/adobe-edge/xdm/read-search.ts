import type { JsonObject } from "../../../kernel/index.ts";
import { compact, type Loose, listOf, numberOf, objectOf, textOf } from "../values.ts";
import type { Visit } from "./unit.ts";

const maxFilters = 100;
const maxValues = 100;
const maxSorts = 10;
const maxSuggestions = 100;

function readValues(value: unknown): readonly string[] {
  return listOf(Array.isArray(value) ? value : [value], maxValues).flatMap((each) => textOf(each) ?? []);
}

/** Filters; the collector loses their contents (D1), so entries that say nothing are left out. */
function readFilters(siteSearch: Loose): readonly JsonObject[] {
  const given = siteSearch["refinements"] ?? siteSearch["filter"];
  return listOf(given, maxFilters).flatMap((entry) => {
    const filter = objectOf(entry);
    const attribute = textOf(filter["attribute"] ?? filter["name"]);
    const values = readValues(filter["value"] ?? filter["values"]);
    if (attribute === undefined && values.length === 0) return [];
    const operator = textOf(filter["operator"], 20) ?? (values.length > 1 ? "in" : "eq");
    return [compact({ attribute, values, operator: filter["isRange"] === true ? "range" : operator })];
  });
}

function readSort(siteSearch: Loose): readonly JsonObject[] {
  return listOf(siteSearch["sort"], maxSorts).flatMap((entry) => {
    const sort = objectOf(entry);
    const attribute = textOf(sort["attribute"]);
    const direction = textOf(sort["order"] ?? sort["direction"], 20);
    return attribute === undefined ? [] : [compact({ attribute, direction })];
  });
}

/**
 * Search fields of an event.
 *
 * @param visit what an earlier event of the browser said: a response without an id belongs to the request before it (D11)
 */
export function readSearch(xdm: Loose, type: string, visit: Visit["search"]): JsonObject {
  const request = objectOf(xdm["searchRequest"]);
  const response = objectOf(xdm["searchResponse"]);
  const siteSearch = objectOf(xdm["siteSearch"]);
  const given = textOf(request["id"] ?? response["id"], 128);
  const isSearch = type.startsWith("search");
  const known = isSearch && (given === undefined || given === visit?.id) ? visit : undefined;
  return compact({
    searchId: given ?? known?.id,
    searchQuery: textOf(siteSearch["query"]) ?? known?.query,
    results: numberOf(siteSearch["numberOfResults"]),
    sort: readSort(siteSearch),
    filters: readFilters(siteSearch),
    suggestions: listOf(siteSearch["suggestions"], maxSuggestions).flatMap(
      (each) => textOf(each) ?? textOf(objectOf(each)["suggestion"]) ?? [],
    ),
    ...readClicked(siteSearch),
  });
}

/** What was clicked in a result other than a product (events.md 1.6). */
function readClicked(siteSearch: Loose): JsonObject {
  const category = objectOf(siteSearch["category"]);
  const suggestion = objectOf(siteSearch["suggestion"]);
  return compact({
    unitId: textOf(siteSearch["unitID"], 128),
    categoryUrl: textOf(category["url"], 2_000),
    clickedCategory: textOf(category["name"]),
    suggestion: textOf(suggestion["suggestion"]) ?? textOf(siteSearch["suggestion"]),
    rank: numberOf(category["rank"]) ?? numberOf(suggestion["rank"]),
  });
}
