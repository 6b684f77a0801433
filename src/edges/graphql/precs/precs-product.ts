import type { CatalogProduct, CatalogSnapshot } from "../../../catalog/index.ts";
import { type PriceView, priceRangeView, priceView } from "../products/price-view.ts";
import { productView } from "../products/product-view.ts";

export type ProductRank = {
  readonly rank: number;
  readonly score: number;
  readonly queryType: "primary" | "backup";
};

function pricesOf(price: PriceView | undefined) {
  return {
    regular: price?.regular.amount.value ?? null,
    regularAdjustments: [],
    final: price?.final.amount.value ?? null,
    finalAdjustments: [],
  };
}

/** A product as the REST client renders it. */
export function precsProduct(
  product: CatalogProduct,
  catalog: CatalogSnapshot,
  { rank, score, queryType }: ProductRank,
) {
  const view = productView(product, catalog);
  const isComplex = view.__typename === "ComplexProductView";
  const single = priceView(product) ?? undefined;
  const range = isComplex ? (priceRangeView(product, catalog) ?? undefined) : undefined;
  const [image] = view.images({});
  return {
    rank,
    score,
    sku: product.sku,
    name: product.name,
    shortDescription: null,
    type: product.type,
    productId: rank - 1,
    visibility: view.visibility,
    categories: product.categories,
    weight: 0,
    weightType: null,
    currency: single?.final.amount.currency ?? null,
    image: image ?? null,
    smallImage: image ?? null,
    thumbnailImage: image ?? null,
    swatchImage: null,
    parents: [],
    url: product.url || null,
    queryType,
    prices: { minimum: pricesOf(range?.minimum ?? single), maximum: pricesOf(range?.maximum ?? single) },
  };
}
