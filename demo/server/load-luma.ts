import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type {
  ProductKind,
  Review,
  ShopCatalog,
  ShopCategory,
  ShopComponent,
  ShopProduct,
  ShopVariant,
} from "./catalog.ts";
import { type Fields, isFields } from "./form.ts";
import { toCents } from "./money.ts";

const kinds: readonly ProductKind[] = ["configurable", "simple", "downloadable", "bundle", "grouped"];

const text = (value: unknown): string => (typeof value === "string" ? value : "");

// The source writes its texts for HTML; these are the entities that occur in it.
const entities: Readonly<Record<string, string>> = { trade: "™", reg: "®", frac14: "¼" };
const prose = (value: unknown): string =>
  text(value).replace(/&([a-z0-9]+);/g, (whole, name: string) => entities[name] ?? whole);

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : value === null || value === undefined ? [] : [String(value)];
const cents = (value: unknown): number | null => (typeof value === "number" ? toCents(value) : null);
const records = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}

async function readJsonLines(path: string): Promise<readonly Fields[]> {
  const lines = gunzipSync(await readFile(path))
    .toString("utf8")
    .split("\n");
  return lines
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line))
    .filter(isFields);
}

type Tree = {
  readonly roots: readonly ShopCategory[];
  readonly byPath: ReadonlyMap<string, ShopCategory>;
  readonly pathByNames: ReadonlyMap<string, string>;
};

function readCategories(rows: readonly Fields[]): Tree {
  type Open = { path: string; name: string; inMenu: boolean; position: number; children: Open[] };
  const byPath = new Map<string, Open>();
  const pathByNames = new Map<string, string>();
  const roots: Open[] = [];
  for (const [index, row] of rows.entries()) {
    const parentNames = text(row["parent"]);
    const parentPath = pathByNames.get(parentNames);
    const path = parentPath === undefined ? text(row["url_key"]) : `${parentPath}/${text(row["url_key"])}`;
    const name = text(row["name"]);
    // The source repeats "Collections" where it adds children to it.
    if (byPath.has(path)) continue;
    const position = typeof row["position"] === "number" ? row["position"] : 100 + index;
    const category: Open = { path, name, inMenu: row["in_menu"] === true, position, children: [] };
    byPath.set(path, category);
    pathByNames.set(parentNames === "" ? name : `${parentNames}/${name}`, path);
    (parentPath === undefined ? roots : (byPath.get(parentPath)?.children ?? roots)).push(category);
  }
  roots.sort((a, b) => a.position - b.position);
  return { roots, byPath, pathByNames };
}

/** Some rows write several paths as one: a name that is no child of the one before it but a root starts a new path. */
function toPaths(names: string, tree: Tree): readonly string[] {
  const found = new Set<string>();
  let current = "";
  for (const name of names.split("/")) {
    const child = current === "" ? name : `${current}/${name}`;
    if (tree.pathByNames.has(child)) {
      current = child;
      continue;
    }
    if (!tree.pathByNames.has(name)) continue;
    if (current !== "") found.add(tree.pathByNames.get(current) ?? "");
    current = name;
  }
  const last = tree.pathByNames.get(current);
  if (last !== undefined) found.add(last);
  return [...found];
}

type Pictures = { toUrl(path: unknown): string | null };

async function readPictures(folder: string): Promise<Pictures> {
  const names = new Set(await readdir(folder));
  return {
    toUrl: (path) => {
      const name =
        text(path)
          .split("/")
          .at(-1)
          ?.replace(/\.jpe?g$/i, ".webp") ?? "";
      return names.has(name) ? `/shop/media/products/${name}` : null;
    },
  };
}

function readVariants(row: Fields, pictures: Pictures): readonly ShopVariant[] {
  return records(row["variants"]).map((variant) => ({
    sku: text(variant["sku"]),
    options: Object.fromEntries(
      Object.entries(isFields(variant["options"]) ? variant["options"] : {}).map(([code, value]) => [
        code,
        String(value),
      ]),
    ),
    priceMinor: cents(variant["price"]) ?? 0,
    qty: typeof variant["qty"] === "number" ? variant["qty"] : 0,
    image: pictures.toUrl(variant["image"]),
  }));
}

/** `Label|radio:SKU,SKU` for a part of a bundle, `SKU,SKU` for a set. */
function readComponents(row: Fields): readonly ShopComponent[] {
  return texts(row["components"]).map((part, index) => {
    const [, label = "", list = part] = /^([^|]*)\|[a-z]+:(.*)$/.exec(part) ?? [];
    return { code: `part${index + 1}`, label, skus: list.split(",") };
  });
}

const optionLabels: Readonly<Record<string, string>> = { size: "Size", color: "Color" };

function readOptions(variants: readonly ShopVariant[]): ShopProduct["options"] {
  const codes = [...new Set(variants.flatMap(({ options }) => Object.keys(options)))];
  return codes.map((code) => ({
    code,
    label: optionLabels[code] ?? code,
    values: [...new Set(variants.flatMap(({ options }) => options[code] ?? []))],
  }));
}

function ratingOf(reviews: readonly Review[]): ShopProduct["rating"] {
  if (reviews.length === 0) return null;
  const sum = reviews.reduce((total, { rating }) => total + rating, 0);
  return { average: Math.round((sum / reviews.length) * 10) / 10, count: reviews.length };
}

function readProduct(row: Fields, tree: Tree, pictures: Pictures, reviews: readonly Review[]): ShopProduct {
  const attributes = isFields(row["attributes"]) ? row["attributes"] : {};
  const variants = readVariants(row, pictures);
  const regularMinor = cents(row["price"]);
  const specialMinor = cents(row["special_price"]);
  const pictureUrls = [...texts(row["images"]), ...variants.map(({ image }) => image)].map((path) =>
    text(path).startsWith("/shop/") ? text(path) : pictures.toUrl(path),
  );
  return {
    sku: text(row["sku"]),
    kind: kinds.find((kind) => kind === row["type"]) ?? "simple",
    name: prose(row["name"]),
    description: prose(row["description"]),
    categories: [...new Set(texts(row["categories"]).flatMap((names) => toPaths(names, tree)))],
    priceMinor: regularMinor !== null && specialMinor !== null ? Math.min(regularMinor, specialMinor) : regularMinor,
    regularMinor,
    attributes: Object.fromEntries(
      Object.entries(attributes)
        .filter(([code]) => code !== "visibility" && code !== "url_key")
        .map(([code, value]) => [code, texts(value)]),
    ),
    options: readOptions(variants),
    variants,
    components: readComponents(row),
    images: [...new Set(pictureUrls)].filter((url): url is string => url !== null),
    related: texts(row["related"]),
    // 1 is "Not Visible Individually": sold as part of a set only.
    isListed: attributes["visibility"] !== "1",
    rating: ratingOf(reviews),
  };
}

async function readReviews(path: string): Promise<ReadonlyMap<string, readonly Review[]>> {
  const bySku = new Map<string, Review[]>();
  for (const row of await readJsonLines(path)) {
    const review = {
      rating: Number(row["rating"]),
      title: prose(row["title"]),
      text: prose(row["text"]),
      reviewer: text(row["reviewer"]),
    };
    const sku = text(row["sku"]);
    const list = bySku.get(sku);
    if (list) list.push(review);
    else bySku.set(sku, [review]);
  }
  return bySku;
}

/**
 * Reads the Luma catalog.
 *
 * @param folder holds products.jsonl.gz, categories.json, attributes.json, reviews.jsonl.gz and images/
 */
export async function loadLuma(folder: string): Promise<ShopCatalog> {
  const [rows, categoryRows, attributeRows, reviews, pictures] = await Promise.all([
    readJsonLines(join(folder, "products.jsonl.gz")),
    readJson(join(folder, "categories.json")),
    readJson(join(folder, "attributes.json")),
    readReviews(join(folder, "reviews.jsonl.gz")),
    readPictures(join(folder, "images")),
  ]);
  const tree = readCategories(records(categoryRows));
  const products = rows.map((row) => readProduct(row, tree, pictures, reviews.get(text(row["sku"])) ?? []));
  const bySku = new Map(products.map((product) => [product.sku, product]));
  const byVariant = new Map(
    products.flatMap((product) => product.variants.map((variant) => [variant.sku, { product, variant }] as const)),
  );
  const listed = products.filter(({ isListed }) => isListed);
  const attributeLabels = Object.fromEntries(
    records(attributeRows).map((row) => [text(row["code"]), text(row["label"]).split("\n").at(-1) ?? ""]),
  );
  return {
    tree: tree.roots,
    attributeLabels,
    get: (sku) => bySku.get(sku),
    find: (sku) => {
      const product = bySku.get(sku);
      return product ? { product, variant: null } : byVariant.get(sku);
    },
    listed: () => listed,
    category: (path) => tree.byPath.get(path),
    reviewsOf: (sku) => reviews.get(sku) ?? [],
  };
}
