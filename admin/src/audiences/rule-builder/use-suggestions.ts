import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import type { CatalogProduct, Json, Page } from "../../api/shapes.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import { useBuilder } from "./builder-context.ts";
import { findAttribute } from "./operators.ts";

/** `text` stands beside the value when the value alone says too little, e.g. a SKU. */
export type Suggestion = { readonly id: string; readonly text?: string };

const sampledProducts = 200;
const mostShown = 200;

/** Where the values of an attribute can be found; none = only by typing. */
type Source = "values" | "categories" | "skus" | "products" | "none";

/** What stays the same while values arrive, so that a field does not change its kind under the reader's hands. */
export function useSourceOf(path: string): Source {
  const { attributes } = useBuilder();
  if (findAttribute(attributes, path)?.values?.length) return "values";
  if (/(^|\.)(category_ids|categoryPath|favourite_category)$/.test(path)) return "categories";
  if (/(^|\.)(sku|skus|parent_sku|last_viewed_products)$/.test(path)) return "skus";
  return /^(product\.(brand|type|attributes\.)|profile\.favourite_brand$)/.test(path) ? "products" : "none";
}

/** Values that an attribute has in the catalog of attributes, of categories or of products. */
export function useSuggestions(path: string, typed: string): readonly Suggestion[] {
  const { attributes, categories } = useBuilder();
  const source = useSourceOf(path);
  const found = useFoundProducts(source === "skus" ? typed : null);
  const seen = useSeenValues(source === "products" ? path : null);
  switch (source) {
    case "values":
      return (findAttribute(attributes, path)?.values ?? []).map((id) => ({ id }));
    case "categories":
      return categories.map((id) => ({ id }));
    case "skus":
      return found;
    case "products":
      return seen;
    case "none":
      return [];
  }
}

/** @param typed null = do not ask */
function useFoundProducts(typed: string | null): readonly Suggestion[] {
  const search = useDebounced(typed, 250);
  const query = useQuery({
    queryKey: ["product-choices", search],
    queryFn: ({ signal }) =>
      get<Page<CatalogProduct>>("/v1/catalog/products", { q: search ?? "", limit: 20 }, { signal }),
    enabled: search !== null,
    staleTime: 60_000,
  });
  return (query.data?.items ?? []).map(({ sku, name }) => ({ id: sku, text: name }));
}

/** Values of a product attribute among products of the catalog. */
function useSeenValues(path: string | null): readonly Suggestion[] {
  const query = useQuery({
    queryKey: ["product-sample"],
    queryFn: async ({ signal }) =>
      (await get<Page<CatalogProduct>>("/v1/catalog/products", { limit: sampledProducts }, { signal })).items,
    enabled: path !== null,
    staleTime: 5 * 60_000,
  });
  if (path === null || !query.data) return [];
  const code = path.replace(/^product\.(attributes\.)?|^profile\.favourite_/, "");
  const values = new Set(query.data.flatMap((product) => textsOf(product, code)));
  return [...values]
    .sort()
    .slice(0, mostShown)
    .map((id) => ({ id }));
}

function textsOf(product: CatalogProduct, code: string): readonly string[] {
  if (code === "brand") return product.brand ? [product.brand] : [];
  if (code === "type") return [product.type];
  const value: Json | undefined = product.attributes?.[code];
  const values = Array.isArray(value) ? value : [value];
  return values.filter((each) => typeof each === "string");
}
