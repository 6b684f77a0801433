// The engines that search is compared with, on the same texts.
import Database from "libsql";
import MiniSearch from "minisearch";
import type { CatalogProduct } from "../src/catalog/index.ts";

/** `search` gives the SKUs of the first 24 products. */
export type Engine = { readonly buildMs: number; readonly search: (query: string) => readonly string[] };

function textsOf({ sku, name, brand, description, attributes }: CatalogProduct) {
  const values = Object.entries(attributes)
    .filter(([code]) => code.startsWith("t_"))
    .map(([, value]) => value);
  return { id: sku, name, brand: brand ?? "", description, attributes: values.join(" ") };
}

/** MiniSearch with its defaults. */
export function buildMiniSearch(products: readonly CatalogProduct[]): Engine {
  const startedAt = performance.now();
  const engine = new MiniSearch({ fields: ["name", "brand", "description", "attributes"] });
  engine.addAll(products.map(textsOf));
  return {
    buildMs: performance.now() - startedAt,
    search: (query) =>
      engine
        .search(query)
        .slice(0, 24)
        .map(({ id }) => String(id)),
  };
}

/** SQLite FTS5 with weights like ours. */
export function buildFts5(products: readonly CatalogProduct[]): Engine {
  const startedAt = performance.now();
  const database = new Database(":memory:");
  database.exec(
    "create virtual table products using fts5(id unindexed, name, brand, description, attributes, tokenize = 'porter unicode61')",
  );
  const insert = database.prepare("insert into products values (?, ?, ?, ?, ?)");
  database.exec("begin");
  for (const product of products) {
    const { id, name, brand, description, attributes } = textsOf(product);
    insert.run(id, name, brand, description, attributes);
  }
  database.exec("commit");
  const select = database.prepare(
    "select id from products where products match ? order by bm25(products, 0, 3, 2, 1, 0.5) limit 24",
  );
  return {
    buildMs: performance.now() - startedAt,
    search(query) {
      const words = query.match(/[\p{L}\p{N}]+/gu) ?? [];
      const rows = select.all(words.map((word) => `"${word}"`).join(" OR ")) as { id: string }[]; // the columns selected above
      return rows.map(({ id }) => id);
    },
  };
}
