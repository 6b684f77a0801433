// The products that may be shown, numbered in order of SKU, and for each attribute that a rule asks about the set of products of
// each value. What is known of an attribute is gathered when it is first asked for and follows each change of a product. Products
// that are new since the numbers were given have the highest ones, out of order, until there are too many of them.
import type { CatalogChange, CatalogProduct, CatalogSnapshot, ProductPrices } from "../catalog/index.ts";
import { compareText, type RuleObject } from "../kernel/rules/index.ts";
import { addBits, type Bits, clearBit, createBits, keepBits, setBit, visitBits } from "./bits.ts";
import { createNumberColumn, createValuePostings, type NumberColumn, type ValuePostings } from "./postings.ts";

export type IndexedProduct = {
  readonly sku: string;
  readonly name: string;
  /** The product as rules read it. */
  readonly facts: RuleObject;
};

/** A set of products outside of which a rule holds for none. */
export type Cover = {
  /** No fewer than there are. */
  readonly size: number;
  readonly addTo: (bits: Bits) => void;
  /** Takes out of a set what is not covered. */
  readonly narrow: (bits: Bits) => void;
};

export type ProductIndex = {
  /** Products that have one of these keys at `product.<key>`. */
  readonly having: (key: string, values: readonly string[]) => Cover;
  /**
   * Products whose number at `product.<key>` is from low to high, both included.
   *
   * @param currency of the bounds, empty for plain numbers
   * @returns undefined when products have amounts in other currencies
   */
  readonly between: (key: string, low: number, high: number, currency: string) => Cover | undefined;
  readonly union: (covers: readonly Cover[]) => Cover;
  readonly intersection: (covers: readonly Cover[]) => Cover;
  /** The first `limit` products by SKU that pass, of a cover or, with null, of all. */
  readonly first: (
    cover: Cover | null,
    limit: number,
    passes: (product: IndexedProduct) => boolean,
  ) => readonly IndexedProduct[];
  /** The same at the prices of a visitor: bounds of `final_price` are bounds of what they pay. */
  readonly at: (prices: ProductPrices) => ProductIndex;
  /** Takes note of a change; it is worked in when the index is used next. */
  readonly note: (change: Pick<CatalogChange, "upserted" | "deleted">) => void;
};

type ProductIndexDeps = {
  readonly catalog: { readonly current: () => CatalogSnapshot };
  readonly factsOf: (sku: string, prices?: ProductPrices) => RuleObject;
};

type State = {
  readonly capacity: number;
  /** Numbers below are in order of SKU. */
  readonly ordered: number;
  readonly skus: string[];
  /** By number; null = not shown. */
  readonly products: (CatalogProduct | null)[];
  readonly numberOf: Map<string, number>;
  readonly shown: Bits;
  shownCount: number;
  readonly postings: Map<string, ValuePostings>;
  readonly columns: Map<string, NumberColumn>;
  /** What products cost a kind of visitor. */
  priceColumns: WeakMap<ProductPrices, PriceColumn>;
  /** Numbers of changed products, for price columns that follow when they are asked. */
  readonly changes: number[];
};

type PriceColumn = { readonly column: NumberColumn; followed: number };

/** Above this many changed products a new index is made: at 100,000 products that takes as long as 10,000 changes, 0.7 s. */
const maxPatches = 5_000;
/** Rules name far fewer; the bound is for drafts that are tried out. */
const maxAttributes = 200;
/** A set that is smaller than this is judged as it is. */
const smallCover = 256;
const priceKey = "final_price";
/** After so many changes price columns are filled anew. */
const maxChanges = 100_000;

function isShown(product: CatalogProduct | undefined): product is CatalogProduct {
  return product !== undefined && product.type !== "variant" && product.visibility !== "none" && product.inStock;
}

/** Numbers every product but variants, shown or not: most changes then keep the numbers. */
function createState(catalog: CatalogSnapshot): State {
  const skus: string[] = [];
  for (const product of catalog.products.values()) if (product.type !== "variant") skus.push(product.sku);
  // Code-unit order, as `compareText`.
  skus.sort();
  const capacity = skus.length + Math.max(1_000, Math.ceil(skus.length / 20));
  const state: State = {
    ...{ capacity, ordered: skus.length, skus, shownCount: 0 },
    products: skus.map(() => null),
    numberOf: new Map(skus.map((sku, at) => [sku, at])),
    shown: createBits(capacity),
    postings: new Map(),
    columns: new Map(),
    priceColumns: new WeakMap(),
    changes: [],
  };
  for (const sku of skus) patch(state, sku, catalog);
  return state;
}

/** @returns false when there is no number left for a new product */
function patch(state: State, sku: string, catalog: CatalogSnapshot): boolean {
  const { columns, numberOf, postings, products, shown, skus } = state;
  const product = catalog.get(sku);
  const after = isShown(product) ? product : null;
  let at = numberOf.get(sku);
  if (at === undefined) {
    if (after === null) return true;
    at = skus.length;
    if (at >= state.capacity) return false;
    numberOf.set(sku, at);
    skus.push(sku);
    products.push(null);
  }
  const before = products[at] ?? null;
  if (before === after) return true;
  for (const each of postings.values()) each.change(at, before, after);
  for (const each of columns.values()) each.change(at, before, after);
  products[at] = after;
  state.changes.push(at);
  state.shownCount += Number(after !== null) - Number(before !== null);
  if (after === null) clearBit(shown, at);
  else setBit(shown, at);
  return true;
}

export function createProductIndex({ catalog, factsOf }: ProductIndexDeps): ProductIndex {
  let state: State | undefined;
  let changed = new Set<string>();
  // Sets that are at hand for the next rule.
  const spare: Bits[] = [];

  const settled = (): State => {
    if (state !== undefined && changed.size === 0) return state;
    const snapshot = catalog.current();
    const known = changed.size > maxPatches ? undefined : state;
    const isPatched = known !== undefined && [...changed].every((sku) => patch(known, sku, snapshot));
    const next = isPatched ? known : createState(snapshot);
    if (!isPatched) {
      spare.length = 0;
      // What the last index was asked for, this one will be too.
      for (const key of state?.postings.keys() ?? []) gathered(next, next.postings, key, createValuePostings);
      for (const key of state?.columns.keys() ?? []) gathered(next, next.columns, key, createNumberColumn);
    }
    changed = new Set();
    state = next;
    return next;
  };
  const withSpare = (work: (bits: Bits, state: State) => void): void => {
    const current = settled();
    const bits = spare.pop() ?? createBits(current.capacity);
    bits.fill(0);
    work(bits, current);
    spare.push(bits);
  };
  const cover = (size: number, addTo: (bits: Bits) => void): Cover => ({
    ...{ size, addTo },
    narrow: (bits) =>
      withSpare((own) => {
        addTo(own);
        keepBits(bits, own);
      }),
  });

  const columnAt = (prices: ProductPrices): NumberColumn => {
    const current = settled();
    if (current.changes.length > maxChanges) {
      current.changes.length = 0;
      current.priceColumns = new WeakMap();
    }
    const { changes, priceColumns, products, capacity } = current;
    const known = priceColumns.get(prices);
    if (known && changes.length - known.followed <= maxPatches) {
      // What it was is not known: currencies are only ever added, so that a cover may be too large, never too small.
      for (const at of changes.slice(known.followed)) known.column.change(at, null, products[at] ?? null);
      known.followed = changes.length;
      return known.column;
    }
    const column = createNumberColumn(priceKey, capacity, prices);
    for (const [at, product] of products.entries()) if (product) column.change(at, null, product);
    priceColumns.set(prices, { column, followed: changes.length });
    return column;
  };
  const within = (
    column: NumberColumn,
    [low, high]: readonly [number, number],
    currency: string,
  ): Cover | undefined => {
    if (column.currency() !== currency) return undefined;
    const { shown, shownCount } = settled();
    const narrow = (bits: Bits): void => column.narrow(bits, low, high);
    return {
      size: shownCount,
      addTo: (bits) =>
        withSpare((own) => {
          addBits(own, shown);
          narrow(own);
          addBits(bits, own);
        }),
      narrow,
    };
  };

  const index = (prices?: ProductPrices): ProductIndex => ({
    having: (key, values) => {
      const current = settled();
      const postings = gathered(current, current.postings, key, createValuePostings);
      const distinct = [...new Set(values)].filter((value) => postings.sizeOf(value) > 0);
      const size = distinct.reduce((sum, value) => sum + postings.sizeOf(value), 0);
      return cover(Math.min(size, current.shownCount), (bits) => {
        for (const value of distinct) postings.addTo(bits, value);
      });
    },
    between: (key, low, high, currency) => {
      const current = settled();
      const isOwn = prices !== undefined && key === priceKey;
      const column = isOwn ? columnAt(prices) : gathered(current, current.columns, key, createNumberColumn);
      return within(column, [low, high], currency);
    },
    union: (covers) =>
      cover(
        Math.min(
          settled().shownCount,
          covers.reduce((sum, { size }) => sum + size, 0),
        ),
        (bits) => {
          for (const each of covers) each.addTo(bits);
        },
      ),
    intersection: (covers) => {
      const [smallest, ...others] = [...covers].sort((a, b) => a.size - b.size);
      if (smallest === undefined || others.length === 0 || smallest.size <= smallCover) return smallest ?? nothing;
      return cover(smallest.size, (bits) =>
        withSpare((own) => {
          smallest.addTo(own);
          for (const each of others) each.narrow(own);
          addBits(bits, own);
        }),
      );
    },
    first: (cover, limit, passes) => {
      const found: IndexedProduct[] = [];
      if (limit <= 0 || cover?.size === 0) return found;
      withSpare((bits, { ordered, products, shown }) => {
        if (cover === null) addBits(bits, shown);
        else cover.addTo(bits);
        const judge = (at: number): void => {
          const product = products[at];
          if (!product) return;
          const entry = { sku: product.sku, name: product.name, facts: factsOf(product.sku, prices) };
          if (passes(entry)) found.push(entry);
        };
        visitBits(bits, (at) => {
          if (at < ordered) judge(at);
          return at < ordered && found.length < limit;
        });
        // Those out of order are all looked at: each may come before any other.
        visitBits(
          bits,
          (at) => {
            judge(at);
            return true;
          },
          ordered,
        );
      });
      if (found.length > 1) found.sort((a, b) => compareText(a.sku, b.sku));
      return found.slice(0, limit);
    },
    note: ({ upserted, deleted }) => {
      if (state === undefined) return;
      for (const sku of upserted) changed.add(sku);
      for (const sku of deleted) changed.add(sku);
    },
    at: index,
  });
  return index();
}

const nothing: Cover = { size: 0, addTo: () => undefined, narrow: (bits) => void bits.fill(0) };

type Attribute = {
  readonly change: (at: number, before: CatalogProduct | null, after: CatalogProduct | null) => void;
};

/** What is known of one attribute; gathered now if it was not asked for before. */
function gathered<A extends Attribute>(
  state: State,
  known: Map<string, A>,
  key: string,
  create: (key: string, capacity: number) => A,
): A {
  const before = known.get(key);
  if (before) return before;
  const attribute = create(key, state.capacity);
  for (const [at, product] of state.products.entries()) if (product) attribute.change(at, null, product);
  if (known.size >= maxAttributes) known.clear();
  known.set(key, attribute);
  return attribute;
}
