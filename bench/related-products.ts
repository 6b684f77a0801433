import type { CatalogProduct } from "../src/catalog/index.ts";
import type { JsonValue } from "../src/kernel/index.ts";
import { defaultSettings } from "../src/related-products/list-kind.ts";
import { aCategory, anAttribute, is, noon, type Shop, startShop } from "../src/related-products/shop-fixture.ts";
import { aProduct } from "../src/testing/a-product.ts";
import { against, type BenchOptions, type BenchRow, row } from "./bench-row.ts";
import { ascending, quantile } from "./lib/quantile.ts";
import { createRandom, pick } from "./lib/random.ts";

// Lists of related products by 300 rules over 100,000 products: conditions on category, brand, price, color and material, of which
// about one rule in ten matches a product. The floor judges every product by the rules that match. Run alone: clientele bench
// related-products

const ruleCount = 300;
const colors = ["red", "blue", "green", "black", "white", "grey"];
const roots = Array.from({ length: 10 }, (_, at) => `c${at}`);
const branches = roots.flatMap((root) => Array.from({ length: 10 }, (_, at) => `${root}/s${at}`));
const leaves = branches.flatMap((branch) => Array.from({ length: 5 }, (_, at) => `${branch}/l${at}`));
const categories = [...roots, ...branches, ...leaves];

function productsOf(count: number, random: () => number): readonly CatalogProduct[] {
  const below = (most: number) => Math.floor(random() * most);
  return Array.from({ length: count }, (_, at) =>
    aProduct(`SKU-${below(1e9)}-${at}`, {
      brand: `Brand ${below(500)}`,
      categories: below(3) === 0 ? [pick(leaves, random), pick(leaves, random)] : [pick(leaves, random)],
      finalPrice: { minor: 500 + below(50_000), currency: "USD" },
      attributes: { color: pick(colors, random), material: `m${below(40)}`, eco: below(2) === 0 },
      inStock: below(20) > 0,
    }),
  );
}

const sameCategory = is("product.category_ids", "in", { ref: "matched.category_ids" });
const priced = (op: string, percent: number) => is("product.final_price", op, { ref: "matched.final_price", percent });

function displayOf(at: number): JsonValue {
  const choices: readonly JsonValue[] = [
    { all: [sameCategory, priced("gte", 110), priced("lte", 150)] },
    {
      all: [is("product.brand", "eq", { ref: "matched.brand" }), is("product.color", "neq", { ref: "matched.color" })],
    },
    {
      all: [is("product.category_ids", "in", [categories[at % categories.length] ?? ""]), is("product.eco", "is_true")],
    },
    { all: [is("product.category_ids", "in", { ref: "matched.category_ids", relation: "children" })] },
    { all: [sameCategory, priced("lte", 20)] },
    { any: [is("product.brand", "eq", `Brand ${at}`), is("product.material", "eq", { ref: "matched.material" })] },
  ];
  return choices[at % choices.length] ?? { everyone: true };
}

function matchOf(at: number): JsonValue {
  if (at % 3 === 0) return is("product.category_ids", "in", [categories[at % categories.length] ?? ""]);
  if (at % 3 === 1) return is("product.brand", "in", [`Brand ${at % 500}`, `Brand ${(at * 7) % 500}`]);
  return is("product.color", "eq", colors[at % colors.length] ?? "");
}

/** Milliseconds of processor time: what else the machine does is not counted. */
function timed(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function ask(shop: Shop, list: "related" | "crosssell", items: readonly string[]) {
  const settings = defaultSettings(list);
  return shop.related.answer({ settings, items, profile: null, cart: null, storeView: "default", seed: "bench" });
}

/** Judges every product by every rule that matches, without index or bound references. */
function scanOf(shop: Shop, products: readonly CatalogProduct[]): (sku: string) => number {
  const rules = Array.from({ length: ruleCount }, (_, at) => ({
    match: shop.rules.compile(matchOf(at), { use: "related_products" }),
    display: shop.rules.compile(displayOf(at), { use: "products_to_display" }),
  }));
  const facts = products.filter(({ inStock }) => inStock).map(({ sku }) => shop.rules.productOf(sku));
  return (sku) => {
    const matched = shop.rules.productOf(sku);
    let candidates = 0;
    for (const { match, display } of rules) {
      if (candidates >= 26 || !match.test({ product: matched }, noon)) continue;
      for (const product of facts) candidates += Number(display.test({ product, matched }, noon));
    }
    return candidates;
  };
}

export async function run({ quick }: Pick<BenchOptions, "quick">): Promise<readonly BenchRow[]> {
  const random = createRandom(1);
  const products = productsOf(quick ? 10_000 : 100_000, random);
  const attributes = [anAttribute("color", "select"), anAttribute("material", "select"), anAttribute("eco", "boolean")];
  const shop = startShop({ categories: categories.map(aCategory), attributes, upserted: products });
  for (let at = 0; at < ruleCount; at += 1) {
    const body = { priority: at + 1, match: matchOf(at), display: displayOf(at), resultLimit: 20 };
    shop.rule(`related-${at}`, { ...body, applyTo: "related" });
    shop.rule(`crosssell-${at}`, { ...body, applyTo: "crosssell" });
  }
  const warmMs = timed(() => shop.related.warm());
  const skus = products.filter(({ inStock }) => inStock).map(({ sku }) => sku);
  const times = (list: "related" | "crosssell", items: number, calls: number) =>
    ascending(
      Array.from({ length: calls }, () => {
        const about = Array.from({ length: items }, () => pick(skus, random));
        return timed(() => ask(shop, list, about));
      }),
    );
  times("related", 1, 300);
  const page = times("related", 1, quick ? 300 : 3_000);
  const cart = times("crosssell", 10, quick ? 100 : 500);
  const changed = products.slice(0, 100).map((product) => ({ ...product, brand: "Brand 1" }));
  const changeMs = timed(() => {
    shop.products(changed);
    ask(shop, "related", [skus[0] ?? ""]);
  });
  const scan = scanOf(shop, products);
  const scanMs = ascending(Array.from({ length: 5 }, () => timed(() => scan(pick(skus, random)))));
  const about = `${ruleCount} rules, ${products.length} products; processor time`;
  const p95 = quantile(page, 0.95);
  return [
    row("related-products.page.p50", quantile(page, 0.5), "ms", "", about),
    against(
      row("related-products.page.p95", p95, "ms", "≤ 5", about),
      `every product judged, median ${quantile(scanMs, 0.5).toFixed(0)} ms`,
      quantile(scanMs, 0.5) / p95,
    ),
    row("related-products.page.p99", quantile(page, 0.99), "ms", "", about),
    row("related-products.cart.p95", quantile(cart, 0.95), "ms", "", `cart of 10; ${about}`),
    row("related-products.change", changeMs, "ms", "", "first list after a change of 100 products"),
    row("related-products.warm", warmMs, "ms", "", `index of ${products.length} products`),
  ];
}
