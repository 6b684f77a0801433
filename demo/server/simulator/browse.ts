// What a visitor looks at: pages, categories, searches, products.
import type { Leaf, SimulatorProduct } from "./assortment.ts";
import { makeSearch } from "./search-queries.ts";
import type { Taste } from "./shopper.ts";
import { open, pause, tell, type Visit } from "./visit.ts";

const listedProducts = 9;
const keptViewed = 20;

const titleCase = (label: string): string => label.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());

export function toCard({ sku, name, price, currency }: SimulatorProduct): Readonly<Record<string, unknown>> {
  return { sku, name, unitPrice: { minor: price, currency } };
}

const ranked = (products: readonly SimulatorProduct[]): readonly unknown[] =>
  products.slice(0, listedProducts).map((product, at) => ({ ...toCard(product), rank: at + 1 }));

/** A category of the shopper's taste; `current` is kept more often than not. */
export function chooseLeaf({ shopper, random }: Visit, current: Leaf | null): Leaf {
  if (current && random.chance(0.7)) return current;
  const { tastes } = shopper;
  const taste: Taste | undefined = tastes[random.index(tastes.map(({ weight }) => weight))];
  if (!taste) throw new RangeError("a shopper without tastes");
  return taste.leaf;
}

/** How far two products of a leaf are apart, on the circle. */
function distance(leaf: Leaf, a: number, b: number): number {
  const direct = Math.abs(a - b);
  return Math.min(direct, leaf.products.length - direct);
}

/** A product of the leaf by demand, price, and nearness to the one seen before; never that one again. */
export function chooseProduct(
  { world, shopper, random, at }: Visit,
  leaf: Leaf,
  previous: SimulatorProduct | null,
): SimulatorProduct {
  const from = previous ? leaf.products.indexOf(previous) : -1;
  const weights = leaf.products.map((product, index) => {
    if (index === from) return 0;
    const price = (Math.max(1, product.price) / leaf.medianPrice) ** -shopper.priceSensitivity;
    const nearness = from < 0 ? 1 : 1 + 8 * Math.exp(-distance(leaf, from, index) / 1.5);
    return world.assortment.demand(product, at) * price * nearness;
  });
  const chosen = leaf.products[random.index(weights)];
  if (!chosen) throw new RangeError("a category without products");
  return chosen;
}

export function openHome(visit: Visit): void {
  open(visit, { type: "home", title: "Home", path: "/" });
}

export function openCategory(visit: Visit, leaf: Leaf): void {
  const name = titleCase(leaf.label) || "All products";
  open(visit, { type: "category", title: name, path: `/category/${leaf.path}` });
  pause(visit, 0.3, 1);
  const { assortment } = visit.world;
  const shown = [...leaf.products].sort((a, b) => assortment.demand(b, visit.at) - assortment.demand(a, visit.at));
  tell(visit, "categoryView", { categoryPath: leaf.path, name, items: ranked(shown) });
}

export function openProduct(visit: Visit, product: SimulatorProduct): void {
  const { state } = visit;
  open(visit, { type: "product", title: product.name, path: `/product/${encodeURIComponent(product.sku)}` });
  pause(visit, 0.3, 1);
  tell(visit, "productPageView", { items: [{ ...toCard(product), categories: product.categories }] });
  state.viewed = [product, ...state.viewed.filter((seen) => seen !== product)].slice(0, keptViewed);
}

/** Searches for something of the leaf. @returns the product that was opened from the results, if any */
export function search(visit: Visit, leaf: Leaf): SimulatorProduct | null {
  const { world, random } = visit;
  const { query, results, suggestions } = makeSearch(leaf, world.assortment, random);
  visit.searches += 1;
  const common = { searchId: `sim-search-${visit.idTail}-${visit.searches}`, searchQuery: query };
  open(visit, { type: "search", title: `Search: ${query}`, path: `/search?q=${encodeURIComponent(query)}` });
  tell(visit, "searchRequestSent", { ...common, filters: [], sort: "" });
  pause(visit, 0.1, 0.4);
  const items = ranked(results);
  tell(visit, "searchResponseReceived", { ...common, results: results.length, items, suggestions });
  tell(visit, "searchResultsView", { ...common, results: results.length, items });
  if (results.length === 0 || !random.chance(0.8)) return null;
  pause(visit, 3, 20);
  // The higher a result stands, the more often it is opened.
  const shown = results.slice(0, listedProducts);
  const at = random.index(shown.map((product, index) => world.assortment.demand(product, visit.at) / (index + 1)));
  const product = shown[at];
  if (!product) return null;
  tell(visit, "searchProductClick", {
    ...common,
    sku: product.sku,
    rank: at + 1,
    items: [{ ...toCard(product), rank: at + 1 }],
  });
  pause(visit, 0.5, 1.5);
  openProduct(visit, product);
  return product;
}
