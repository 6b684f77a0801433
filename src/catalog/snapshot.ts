import type { AttributeMeta, CatalogProduct, Category } from "./product.ts";

/**
 * The whole catalog at one version, in memory. A change makes a new snapshot; one that a reader holds never changes.
 */
export type CatalogSnapshot = {
  readonly version: number;
  readonly products: ReadonlyMap<string, CatalogProduct>;
  readonly categories: ReadonlyMap<string, Category>;
  readonly attributes: ReadonlyMap<string, AttributeMeta>;
  get(sku: string): CatalogProduct | undefined;
  /** The configurable product of a variant, the product itself when it is no variant or its parent is unknown. */
  parentOf(sku: string): CatalogProduct | undefined;
  /** Visible products (no variants) of a category and its descendants, in catalog order. */
  inCategory(path: string): readonly CatalogProduct[];
  /** Products (no variants) that a shopper may see in lists. */
  listed(): readonly CatalogProduct[];
};

/** Lists that cost a pass over the catalog, made on first use and carried from one snapshot to the next. */
export type CatalogLists = {
  readonly listed: readonly CatalogProduct[];
  readonly byCategory: ReadonlyMap<string, readonly CatalogProduct[]>;
};

/** True when a shopper may meet the product in lists, search and recommendations. */
export function isListed(product: CatalogProduct): boolean {
  return product.type !== "variant" && product.visibility !== "none";
}

/** A category path and all above it: `a/b/c` gives `a/b/c`, `a/b`, `a`. */
export function withAncestors(paths: readonly string[]): ReadonlySet<string> {
  const all = new Set<string>();
  for (const path of paths) {
    let current = path;
    while (current !== "" && !all.has(current)) {
      all.add(current);
      current = current.slice(0, Math.max(0, current.lastIndexOf("/")));
    }
  }
  return all;
}

/** One pass over all products. */
export function buildLists(products: ReadonlyMap<string, CatalogProduct>): CatalogLists {
  const listed: CatalogProduct[] = [];
  const byCategory = new Map<string, CatalogProduct[]>();
  for (const product of products.values()) {
    if (!isListed(product)) continue;
    listed.push(product);
    for (const path of withAncestors(product.categories)) {
      const list = byCategory.get(path);
      if (list) list.push(product);
      else byCategory.set(path, [product]);
    }
  }
  return { listed, byCategory };
}

function patchList(
  list: readonly CatalogProduct[],
  changed: ReadonlyMap<string, CatalogProduct | null>,
  isIn: (product: CatalogProduct) => boolean,
) {
  const known = new Set<string>();
  const next: CatalogProduct[] = [];
  for (const product of list) {
    const change = changed.get(product.sku);
    if (change === undefined) next.push(product);
    else if (change !== null && isIn(change)) {
      next.push(change);
      known.add(change.sku);
    }
  }
  for (const product of changed.values())
    if (product !== null && isIn(product) && !known.has(product.sku)) next.push(product);
  return next;
}

/** The lists after a change, touching only the categories that the changed products are or were in. */
export function patchLists(
  lists: CatalogLists,
  before: ReadonlyMap<string, CatalogProduct>,
  changed: ReadonlyMap<string, CatalogProduct | null>,
): CatalogLists {
  const touched = new Map<string, Map<string, CatalogProduct | null>>();
  for (const [sku, product] of changed) {
    const paths = withAncestors([...(before.get(sku)?.categories ?? []), ...(product?.categories ?? [])]);
    for (const path of paths) {
      const products = touched.get(path) ?? new Map<string, CatalogProduct | null>();
      touched.set(path, products.set(sku, product));
    }
  }
  const byCategory = new Map(lists.byCategory);
  for (const [path, products] of touched) {
    const next = patchList(
      byCategory.get(path) ?? [],
      products,
      (product) => isListed(product) && withAncestors(product.categories).has(path),
    );
    if (next.length > 0) byCategory.set(path, next);
    else byCategory.delete(path);
  }
  return { listed: patchList(lists.listed, changed, isListed), byCategory };
}

/** @param lists gives the lists of this snapshot; called at most once, on first use */
export function createSnapshot(
  parts: Pick<CatalogSnapshot, "version" | "products" | "categories" | "attributes">,
  lists: () => CatalogLists,
): CatalogSnapshot {
  const { products } = parts;
  return Object.freeze({
    ...parts,
    get: (sku: string) => products.get(sku),
    parentOf: (sku: string) => {
      const product = products.get(sku);
      return product?.parentSku ? (products.get(product.parentSku) ?? product) : product;
    },
    inCategory: (path: string) => lists().byCategory.get(path) ?? [],
    listed: () => lists().listed,
  });
}
