import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import type { CatalogProduct, Page } from "../../api/shapes.ts";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import { useBuilder } from "./builder-context.ts";
import { type AttributeType, findAttribute } from "./operators.ts";

const m = messages.builder;

/** `text` stands beside the value when the value alone says too little, e.g. a SKU. */
export type Suggestion = { readonly id: string; readonly text?: string; readonly note?: string };

export type Suggestions = {
  readonly items: readonly Suggestion[];
  readonly loadingState: "idle" | "loading" | "filtering" | "error";
  /** Why nothing is offered, where that is for good. */
  readonly hint?: string;
};

/** Where the values of an attribute can be found; seen = asked of the server; none = only by typing. */
type Source = "values" | "categories" | "skus" | "seen" | "none";

type SeenValues = {
  readonly source: string;
  readonly items: readonly { readonly value: string; readonly label?: string; readonly count?: number }[];
};

const shownValues = 50;
const chosenTypes: ReadonlySet<AttributeType> = new Set(["text", "key", "list", "json"]);
/** Operators whose right-hand side is a whole value. */
const wholeValue = new Set(["eq", "neq", "in", "not_in", "contains_any", "contains_all", "not_contains_all"]);

/** What stays the same while values arrive, so that a field does not change its kind under the reader's hands. */
export function useSourceOf(path: string, op = "eq"): Source {
  const { attributes } = useBuilder();
  const spec = findAttribute(attributes, path);
  if (spec?.values?.length) return "values";
  if (/(^|\.)(category_ids|categoryPath|favourite_category)$/.test(path)) return "categories";
  if (/(^|\.)(sku|skus|parent_sku|last_viewed_products)$/.test(path)) return "skus";
  const type = spec?.type ?? "json";
  const isSeen = /^(profile|product|matched|event\.properties)\../.test(path) && chosenTypes.has(type);
  // Of a list, "contains" takes a whole value; of a text, a part of one.
  return isSeen && (type === "list" || wholeValue.has(op)) ? "seen" : "none";
}

/** Values that an attribute has: known ones, categories, products, or values seen of people and events. */
export function useSuggestions(path: string, typed: string, op?: string): Suggestions {
  const { attributes, categories } = useBuilder();
  const source = useSourceOf(path, op);
  const found = useFoundProducts(source === "skus" ? typed : null);
  const seen = useSeenValues(source === "seen" ? path : null, typed);
  switch (source) {
    case "values":
      return here((findAttribute(attributes, path)?.values ?? []).map((id) => ({ id })));
    case "categories":
      return here(categories.map((id) => ({ id })));
    case "skus":
      return found;
    case "seen":
      return seen;
    case "none":
      return here([]);
  }
}

const here = (items: readonly Suggestion[]): Suggestions => ({ items, loadingState: "idle" });

type Asked = { readonly isLoading: boolean; readonly isPlaceholderData: boolean; readonly isError: boolean };

function stateOf({ isLoading, isPlaceholderData, isError }: Asked): Suggestions["loadingState"] {
  if (isError) return "error";
  if (isLoading) return "loading";
  return isPlaceholderData ? "filtering" : "idle";
}

/** @param typed null = do not ask */
function useFoundProducts(typed: string | null): Suggestions {
  const search = useDebounced(typed, 250);
  const query = useQuery({
    queryKey: ["product-choices", search],
    queryFn: ({ signal }) =>
      get<Page<CatalogProduct>>("/v1/catalog/products", { q: search ?? "", limit: 20 }, { signal }),
    enabled: search !== null,
    placeholderData: (former) => former,
    staleTime: 60_000,
  });
  const items = (query.data?.items ?? []).map(({ sku, name }) => ({ id: sku, text: name }));
  return { items, loadingState: stateOf(query) };
}

/** @param path null = do not ask */
function useSeenValues(path: string | null, typed: string): Suggestions {
  const search = useDebounced(typed, 250);
  const query = useQuery({
    queryKey: ["attribute-values", path, search],
    queryFn: ({ signal }) =>
      get<SeenValues>("/v1/attributes/values", { path: path ?? "", search, limit: shownValues }, { signal }),
    enabled: path !== null,
    retry: false,
    // While somebody types, what was found last stays; of another attribute nothing does.
    placeholderData: (former, before) => (before?.queryKey[1] === path ? former : undefined),
    staleTime: 60_000,
  });
  const { source = "", items = [] } = query.data ?? {};
  return {
    items: items.map(({ value, label, count }) => toSuggestion(value, label, noteOf(source, count))),
    loadingState: stateOf(query),
    ...(source === "personal" ? { hint: m.personalValues } : {}),
  };
}

function toSuggestion(id: string, text: string | undefined, note: string | undefined): Suggestion {
  return { id, ...(text === undefined ? {} : { text }), ...(note === undefined ? {} : { note }) };
}

function noteOf(source: string, count: number | undefined): string | undefined {
  if (count === undefined) return undefined;
  return source === "products" ? m.ofProducts(formatNumber(count)) : m.ofPeople(formatNumber(count));
}
