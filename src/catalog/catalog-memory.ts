import { deriveParent, isComposite, isParent } from "./derive-parent.ts";
import { LayeredMap } from "./layered-map.ts";
import type { AttributeMeta, CatalogProduct, Category } from "./product.ts";
import { buildLists, type CatalogLists, type CatalogSnapshot, createSnapshot, patchLists } from "./snapshot.ts";

export type CatalogUpdate = {
  readonly version: number;
  readonly upserted?: readonly CatalogProduct[];
  readonly deleted?: readonly string[];
  /** Replaces all categories. */
  readonly categories?: readonly Category[];
  /** Replaces all attributes. */
  readonly attributes?: readonly AttributeMeta[];
};

/** What one update changed, parents that show other prices or stock because of their parts included. */
export type CatalogChange = {
  readonly version: number;
  readonly upserted: readonly string[];
  readonly deleted: readonly string[];
};

export type CatalogMemory = { current(): CatalogSnapshot; apply(update: CatalogUpdate): CatalogChange };

/**
 * Holds the catalog of one process: applies updates and hands out immutable snapshots.
 *
 * Stored products of parents are kept beside what they show, because a changed variant derives its parent anew.
 */
export function createCatalogMemory(): CatalogMemory {
  let products = LayeredMap.empty<string, CatalogProduct>();
  let categories: ReadonlyMap<string, Category> = new Map();
  let attributes: ReadonlyMap<string, AttributeMeta> = new Map();
  let lists: CatalogLists | undefined;
  const storedParents = new Map<string, CatalogProduct>();
  const dependants = new Map<string, Set<string>>();
  const childrenOf = new Map<string, Set<string>>();

  const link = (index: Map<string, Set<string>>, from: string, to: string) => {
    index.set(from, (index.get(from) ?? new Set<string>()).add(to));
  };
  const unlink = (index: Map<string, Set<string>>, from: string, to: string) => {
    const set = index.get(from);
    if (set?.delete(to) && set.size === 0) index.delete(from);
  };
  const partsOf = (product: CatalogProduct): readonly string[] => [
    ...product.variants,
    ...(product.components ?? []).flatMap((component) => component.skus),
  ];

  const forget = (sku: string) => {
    const parent = storedParents.get(sku);
    if (parent) for (const part of partsOf(parent)) unlink(dependants, part, sku);
    storedParents.delete(sku);
    const parentSku = products.get(sku)?.parentSku;
    if (parentSku) unlink(childrenOf, parentSku, sku);
  };
  const remember = (product: CatalogProduct) => {
    if (isParent(product)) {
      storedParents.set(product.sku, product);
      for (const part of partsOf(product)) link(dependants, part, product.sku);
    }
    if (product.parentSku) link(childrenOf, product.parentSku, product.sku);
  };

  const deriveTouched = (changed: Map<string, CatalogProduct | null>, touched: ReadonlySet<string>) => {
    const lookup = (sku: string) => (changed.has(sku) ? (changed.get(sku) ?? undefined) : products.get(sku));
    // A plain product that variants name as their parent is configurable, whatever its own row says.
    for (const sku of touched) {
      const own = storedParents.has(sku) || !childrenOf.has(sku) ? undefined : lookup(sku);
      if (own?.type === "simple") storedParents.set(sku, own);
    }
    // Composites may hold configurable products, so these come first.
    const parents = [...touched].flatMap((sku) => storedParents.get(sku) ?? []);
    const composites = new Set(parents.filter(isComposite).map((parent) => parent.sku));
    for (const parent of parents) {
      if (isComposite(parent)) continue;
      changed.set(parent.sku, deriveParent(parent, [...(childrenOf.get(parent.sku) ?? [])], lookup));
      for (const user of dependants.get(parent.sku) ?? []) composites.add(user);
    }
    for (const sku of composites) {
      const parent = storedParents.get(sku);
      if (parent) changed.set(sku, deriveParent(parent, [], lookup));
    }
  };

  const snapshot = (version: number): CatalogSnapshot => {
    const own = products;
    let ownLists = lists;
    return createSnapshot({ version, products: own, categories, attributes }, () => {
      ownLists ??= buildLists(own);
      if (own === products) lists = ownLists;
      return ownLists;
    });
  };
  let current = snapshot(0);

  const applyProducts = (
    upserted: readonly CatalogProduct[],
    deleted: readonly string[],
  ): ReadonlyMap<string, CatalogProduct | null> => {
    const changed = new Map<string, CatalogProduct | null>();
    const touched = new Set<string>();
    const touch = (sku: string) => {
      touched.add(sku);
      const parentSku = products.get(sku)?.parentSku;
      if (parentSku) touched.add(parentSku);
      for (const user of dependants.get(sku) ?? []) touched.add(user);
    };
    for (const sku of deleted) {
      if (!products.has(sku)) continue;
      touch(sku);
      forget(sku);
      changed.set(sku, null);
    }
    for (const product of upserted) {
      touch(product.sku);
      forget(product.sku);
      remember(product);
      if (product.parentSku) touched.add(product.parentSku);
      changed.set(product.sku, product);
    }
    deriveTouched(changed, touched);
    lists = lists && patchLists(lists, products, changed);
    products = products.with(changed);
    return changed;
  };

  return {
    current: () => current,
    apply: (update) => {
      const changed = applyProducts(update.upserted ?? [], update.deleted ?? []);
      if (update.categories) categories = new Map(update.categories.map((category) => [category.path, category]));
      if (update.attributes) attributes = new Map(update.attributes.map((meta) => [meta.code, meta]));
      current = snapshot(update.version);
      const skus = [...changed];
      return {
        version: update.version,
        upserted: skus.flatMap(([sku, product]) => (product === null ? [] : [sku])),
        deleted: skus.flatMap(([sku, product]) => (product === null ? [sku] : [])),
      };
    },
  };
}
