import type { CatalogProduct } from "../catalog/index.ts";

/** A visible product in stock, without price, categories or anything else that a test does not name. */
export function aProduct(sku: string, more: Partial<CatalogProduct> = {}): CatalogProduct {
  return {
    sku,
    parentSku: null,
    type: "simple",
    name: sku,
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
    url: "",
    related: [],
    upsell: [],
    crosssell: [],
    rating: null,
    createdAt: 0,
    updatedAt: 0,
    ...more,
  };
}
