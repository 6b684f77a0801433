import {
  type AttributeMeta,
  type CatalogChange,
  type CatalogProduct,
  type CatalogUpdate,
  createCatalogMemory,
} from "../catalog/index.ts";
import { createFixedClock, createLogger } from "../kernel/index.ts";
import { createSearch, type SearchDeps } from "./create-search.ts";

// Builders for the tests of this folder and its benchmark; no part of the server.

/** A visible simple product; name what the test is about. */
export function aProduct(fields: Partial<CatalogProduct> & { readonly sku: string }): CatalogProduct {
  return {
    parentSku: null,
    type: "simple",
    name: fields.sku,
    description: "",
    brand: null,
    categories: [],
    price: null,
    specialPrice: null,
    finalPrice: null,
    inStock: true,
    qty: null,
    visibility: "both",
    attributes: {},
    options: {},
    variants: [],
    images: [],
    url: `/${fields.sku}`,
    related: [],
    upsell: [],
    crosssell: [],
    rating: null,
    createdAt: 0,
    updatedAt: 0,
    ...fields,
  };
}

export function anAttribute(fields: Partial<AttributeMeta> & { readonly code: string }): AttributeMeta {
  return {
    label: fields.code,
    input: "select",
    options: [],
    searchable: true,
    searchWeight: 1,
    filterable: true,
    filterableInSearch: true,
    sortable: true,
    usedForPromoRules: false,
    ...fields,
  };
}

export const dollars = (amount: number) => ({ minor: Math.round(amount * 100), currency: "USD" });

/** The real catalog memory without storage, with the change events that the stored catalog sends. */
export function createTestCatalog() {
  const memory = createCatalogMemory();
  const handlers = new Set<(change: CatalogChange) => void>();
  let version = 0;
  return {
    current: memory.current,
    onChange(handler: (change: CatalogChange) => void) {
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
    apply(update: Omit<CatalogUpdate, "version">) {
      version += 1;
      const change = memory.apply({ version, ...update });
      for (const handler of handlers) handler(change);
    },
  };
}

export type TestCatalog = ReturnType<typeof createTestCatalog>;

/** A search over products, built and settled. */
export async function searchOver(
  products: readonly CatalogProduct[],
  options: Pick<CatalogUpdate, "categories" | "attributes"> &
    Partial<Pick<SearchDeps, "popularQueries" | "locale" | "localeByStoreView" | "folder" | "vectors">> = {},
) {
  const { categories, attributes, ...deps } = options;
  const catalog = createTestCatalog();
  catalog.apply({ upserted: products, ...(categories ? { categories } : {}), ...(attributes ? { attributes } : {}) });
  const search = createSearch({ catalog, clock: createFixedClock(0), logger: createLogger("silent"), ...deps });
  await search.settled();
  return { catalog, search };
}
