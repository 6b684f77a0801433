import type { Money } from "../kernel/index.ts";
import { withRequiredOptions } from "./custom-options.ts";
import type { CatalogProduct } from "./product.ts";

type Lookup = (sku: string) => CatalogProduct | undefined;

function cheapest(products: readonly CatalogProduct[]): CatalogProduct | undefined {
  let best: CatalogProduct | undefined;
  for (const product of products) {
    if (product.finalPrice === null) continue;
    // Prices of one product are in one currency; another one is not comparable and is passed over.
    if (best?.finalPrice && best.finalPrice.currency !== product.finalPrice.currency) continue;
    if (!best?.finalPrice || product.finalPrice.minor < best.finalPrice.minor) best = product;
  }
  return best;
}

function preferInStock(products: readonly CatalogProduct[]): readonly CatalogProduct[] {
  const inStock = products.filter((product) => product.inStock);
  return inStock.length > 0 ? inStock : products;
}

type StockTimes = Pick<CatalogProduct, "outOfStockAt" | "backInStockAt">;

/**
 * A parent is out of stock while its own row says so, or while every variant is: from when the last one went to when the first one
 * came back. Only the newest such time of each variant is known, so an older one of the parent may be forgotten; none is made up.
 */
function stockTimesOf(own: CatalogProduct, children: readonly CatalogProduct[]): StockTimes {
  const starts = children.flatMap(({ outOfStockAt }) => outOfStockAt ?? []);
  const ends = children.flatMap(({ backInStockAt }) => backInStockAt ?? []);
  const start = Math.max(...starts);
  const end = ends.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...ends);
  const isShared = starts.length === children.length && start < end;
  if (!isShared || (own.outOfStockAt ?? 0) > start) return {};
  return { outOfStockAt: start, ...(Number.isFinite(end) ? { backInStockAt: end } : {}) };
}

function deriveConfigurable(own: CatalogProduct, childSkus: readonly string[], lookup: Lookup): CatalogProduct {
  const variants = [...new Set([...own.variants, ...childSkus])];
  if (variants.length === 0) return own;
  const children = variants.flatMap((sku) => lookup(sku) ?? []);
  if (children.length === 0) return { ...own, type: "configurable", variants };
  const best = cheapest(preferInStock(children));
  const quantities = children.flatMap((child) => (child.qty === null ? [] : [child.qty]));
  return {
    ...own,
    type: "configurable",
    variants,
    price: own.price ?? best?.price ?? null,
    finalPrice: best?.finalPrice ? withRequiredOptions(own, best.finalPrice) : own.finalPrice,
    inStock: own.inStock && children.some((child) => child.inStock),
    ...stockTimesOf(own, children),
    qty: own.qty ?? (quantities.length > 0 ? quantities.reduce((sum, qty) => sum + qty, 0) : null),
  };
}

function addPrices(prices: readonly (Money | null)[]): Money | null {
  const currency = prices[0]?.currency;
  let minor = 0;
  for (const price of prices) {
    if (price === null || price.currency !== currency) return null;
    minor += price.minor;
  }
  return currency === undefined ? null : { minor, currency };
}

function deriveComposite(own: CatalogProduct, lookup: Lookup): CatalogProduct {
  const choices = (own.components ?? []).map(({ skus }) => preferInStock(skus.flatMap((sku) => lookup(sku) ?? [])));
  const prices = choices.map((choice) => cheapest(choice)?.finalPrice ?? null);
  const available = choices.map((choice) => choice.some((product) => product.inStock));
  if (choices.length === 0) return own;
  if (own.type === "grouped") {
    const all = choices.flat();
    return {
      ...own,
      finalPrice: own.finalPrice ?? withRequiredOptions(own, cheapest(all)?.finalPrice ?? null),
      inStock: own.inStock && available.includes(true),
    };
  }
  return {
    ...own,
    finalPrice: own.finalPrice ?? withRequiredOptions(own, addPrices(prices)),
    inStock: own.inStock && !available.includes(false),
  };
}

/** True when a product is put together from others that are sold by themselves. */
export function isComposite(product: CatalogProduct): boolean {
  return product.type === "bundle" || product.type === "grouped";
}

/** True when price and stock of a product depend on other products. */
export function isParent(product: CatalogProduct): boolean {
  return product.type === "configurable" || isComposite(product);
}

/**
 * Fills in what a parent shows from its parts: a configurable product is as cheap as its cheapest variant and in stock
 * while one is; a bundle costs the sum of the cheapest choices and needs each; a grouped product starts at its cheapest. The parent's
 * own required options come on top.
 *
 * @param own the product as it was stored
 * @param childSkus variants that name this product as their parent
 */
export function deriveParent(own: CatalogProduct, childSkus: readonly string[], lookup: Lookup): CatalogProduct {
  return isComposite(own) ? deriveComposite(own, lookup) : deriveConfigurable(own, childSkus, lookup);
}
