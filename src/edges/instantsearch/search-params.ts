// The parameters of one query, however a client writes them: fields of a JSON object, a URL-encoded text, a query string.
import { isObject } from "../../kernel/index.ts";
import { numberOf } from "./values.ts";

/** What is understood of the parameters of a query; the others are accepted and change nothing. */
export type SearchParams = {
  readonly query: string;
  /** 0-based. */
  readonly page: number;
  /** 0 = only counts are asked for. */
  readonly hitsPerPage: number;
  /** In place of `page`: products to leave out, and how many to answer. */
  readonly window: { readonly offset: number; readonly length: number } | undefined;
  readonly filters: unknown;
  readonly facetFilters: unknown;
  readonly numericFilters: unknown;
  readonly tagFilters: unknown;
  readonly facets: readonly string[];
  readonly maxValuesPerFacet: number;
  readonly sortFacetValuesBy: "count" | "alpha";
  readonly attributesToRetrieve: readonly string[];
  readonly attributesToHighlight: readonly string[];
  /** `attribute` or `attribute:words`. */
  readonly attributesToSnippet: readonly string[];
  readonly responseFields: readonly string[];
  readonly highlightPreTag: string;
  readonly highlightPostTag: string;
  readonly snippetEllipsisText: string;
  readonly asYouType: boolean;
  readonly isAnalysed: boolean;
  readonly hasClickAnalytics: boolean;
  readonly userToken: string | undefined;
  readonly isPersonal: boolean;
  readonly ruleContexts: readonly string[];
  readonly facetQuery: string;
  readonly maxFacetHits: number;
};

export type RawParams = Readonly<Record<string, unknown>>;

const maxListed = 200;
const maxText = 20_000;
const maxHitsPerPage = 200;
const defaultHitsPerPage = 20;
const maxFacetValues = 1_000;

/**
 * Every parameter of a query by name; those in the text or object `params` win over those beside it.
 *
 * @param request an entry of `requests`, the body of a query, or the query string
 */
export function rawParams(request: unknown): RawParams {
  if (!isObject(request)) return {};
  const { params, ...beside } = request;
  if (typeof params === "string") return { ...beside, ...fromQueryString(params) };
  return isObject(params) ? { ...beside, ...params } : beside;
}

function fromQueryString(text: string): RawParams {
  const entries = [...new URLSearchParams(text.slice(0, maxText))].slice(0, maxListed);
  // Object.fromEntries defines, so a key `__proto__` stays plain data.
  return Object.fromEntries(entries);
}

/** A JSON list or object written as text is read; any other text stays one. */
export function parsed(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value) || value.length > maxText) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function texts(given: unknown, otherwise: readonly string[] = []): readonly string[] {
  const value = parsed(given);
  if (typeof value === "string") {
    const parts = value.split(",").map((part) => part.trim());
    return parts.filter((part) => part !== "").slice(0, maxListed);
  }
  if (!Array.isArray(value)) return otherwise;
  return value.slice(0, maxListed).filter((each): each is string => typeof each === "string" && each !== "");
}

function flag(value: unknown, otherwise: boolean): boolean {
  if (value === true || value === "true" || value === "1" || value === 1) return true;
  return value === false || value === "false" || value === "0" || value === 0 ? false : otherwise;
}

function whole(value: unknown, otherwise: number, most: number): number {
  const number = numberOf(value);
  return number === undefined ? otherwise : Math.min(most, Math.max(0, Math.trunc(number)));
}

function text(value: unknown, otherwise: string, maxLength = 255): string {
  return typeof value === "string" || typeof value === "number" ? String(value).slice(0, maxLength) : otherwise;
}

function windowOf(raw: RawParams): SearchParams["window"] {
  if (raw["offset"] === undefined && raw["length"] === undefined) return undefined;
  return {
    offset: whole(raw["offset"], 0, 1_000_000),
    length: whole(raw["length"], defaultHitsPerPage, maxHitsPerPage),
  };
}

/** Never throws: a value of another type counts as absent. */
export function readSearchParams(raw: RawParams): SearchParams {
  const userToken = text(raw["userToken"], "");
  return {
    query: text(raw["query"], "", 512),
    page: whole(raw["page"], 0, 1_000_000),
    hitsPerPage: whole(raw["hitsPerPage"], defaultHitsPerPage, maxHitsPerPage),
    window: windowOf(raw),
    filters: raw["filters"],
    facetFilters: parsed(raw["facetFilters"]),
    numericFilters: parsed(raw["numericFilters"]),
    tagFilters: parsed(raw["tagFilters"]),
    facets: texts(raw["facets"]),
    maxValuesPerFacet: whole(raw["maxValuesPerFacet"], 100, maxFacetValues),
    sortFacetValuesBy: raw["sortFacetValuesBy"] === "alpha" ? "alpha" : "count",
    attributesToRetrieve: texts(raw["attributesToRetrieve"], ["*"]),
    attributesToHighlight: texts(raw["attributesToHighlight"], ["*"]),
    attributesToSnippet: texts(raw["attributesToSnippet"]),
    responseFields: texts(raw["responseFields"], ["*"]),
    highlightPreTag: text(raw["highlightPreTag"], "<em>"),
    highlightPostTag: text(raw["highlightPostTag"], "</em>"),
    snippetEllipsisText: text(raw["snippetEllipsisText"], "…"),
    asYouType: raw["queryType"] !== "prefixNone",
    isAnalysed: flag(raw["analytics"], true),
    hasClickAnalytics: flag(raw["clickAnalytics"], false),
    userToken: userToken === "" ? undefined : userToken,
    isPersonal: flag(raw["enablePersonalization"], true),
    ruleContexts: texts(raw["ruleContexts"]).slice(0, 20),
    facetQuery: text(raw["facetQuery"], ""),
    maxFacetHits: whole(raw["maxFacetHits"], 10, 100),
  };
}
