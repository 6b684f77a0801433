import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { AttributeMeta, CatalogProduct } from "../catalog/index.ts";

// Reads the Icecat catalog and its human judgments for the quality test and the benchmark; no part of the server.

type IcecatRow = {
  readonly id: string;
  readonly title: string;
  readonly short_description?: string;
  readonly supplier?: string;
  readonly price_cents: number;
  readonly date_released?: string;
  readonly image_500?: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
};

export type Icecat = {
  readonly products: readonly CatalogProduct[];
  readonly attributes: readonly AttributeMeta[];
  /** Grade 0 to 3 by product id, by query. */
  readonly judgments: ReadonlyMap<string, ReadonlyMap<string, number>>;
};

function lines(path: string): string[] {
  const bytes = readFileSync(path);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").trimEnd().split("\n");
}

function toProduct(row: IcecatRow): CatalogProduct {
  const money = { minor: row.price_cents, currency: "USD" };
  const created = Date.parse(row.date_released ?? "");
  return {
    sku: row.id,
    parentSku: null,
    type: "simple",
    name: row.title,
    description: row.short_description ?? "",
    brand: row.supplier ?? null,
    categories: [],
    price: money,
    specialPrice: null,
    finalPrice: money,
    inStock: true,
    qty: null,
    visibility: "both",
    attributes: row.attributes,
    options: {},
    variants: [],
    images: row.image_500 === undefined ? [] : [row.image_500],
    url: `/p/${row.id}`,
    related: [],
    upsell: [],
    crosssell: [],
    rating: null,
    createdAt: Number.isNaN(created) ? 0 : created,
    updatedAt: 0,
  };
}

/** A shop filters by attributes with few values that many products have. */
function filterableCodes(rows: readonly IcecatRow[]): ReadonlySet<string> {
  const usage = new Map<string, { products: number; values: Set<unknown> }>();
  for (const { attributes } of rows) {
    for (const [code, value] of Object.entries(attributes)) {
      const entry = usage.get(code) ?? { products: 0, values: new Set() };
      entry.products += 1;
      entry.values.add(value);
      usage.set(code, entry);
    }
  }
  const wide = [...usage].filter(
    ([code, { products, values }]) => code.startsWith("t_") && values.size <= 500 && products >= rows.length / 100,
  );
  return new Set(wide.map(([code]) => code));
}

/** Text attributes are searchable with the weight that a shop gives its important ones; numbers are only shown. */
function toMeta(code: string, filterable: ReadonlySet<string>): AttributeMeta {
  const isText = code.startsWith("t_");
  return {
    code,
    label: code.slice(2).replaceAll("_", " "),
    input: isText ? "text" : code.startsWith("b_") ? "boolean" : "number",
    options: [],
    searchable: isText,
    searchWeight: 5,
    filterable: filterable.has(code),
    filterableInSearch: filterable.has(code),
    sortable: false,
    usedForPromoRules: false,
  };
}

/** @returns undefined when the folder has no Icecat data */
export function loadIcecat(dataFolder: string): Icecat | undefined {
  const productFile = `${dataFolder}/icecat/products.jsonl.gz`;
  return existsSync(productFile) ? readIcecat(productFile, `${dataFolder}/icecat/judgments_train.csv.gz`) : undefined;
}

/** Reads the two files, gzip or not. */
export function readIcecat(productFile: string, judgmentFile: string): Icecat {
  const rows = lines(productFile).map((line) => JSON.parse(line) as IcecatRow); // the file's own format
  const codes = new Set(rows.flatMap((row) => Object.keys(row.attributes)));
  const filterable = filterableCodes(rows);
  const judgments = new Map<string, Map<string, number>>();
  for (const line of lines(judgmentFile).slice(1)) {
    const [query = "", id = "", grade = "0"] = line.split(",");
    const grades = judgments.get(query) ?? new Map<string, number>();
    judgments.set(query, grades.set(id, Number(grade)));
  }
  return { products: rows.map(toProduct), attributes: [...codes].map((code) => toMeta(code, filterable)), judgments };
}

/** NDCG@10 with linear gain (grade / 3), unjudged products count 0; the ideal ranks all judged products. */
export function ndcgAt10(skus: readonly string[], grades: ReadonlyMap<string, number>): number | undefined {
  const gain = (grade: number, at: number) => grade / 3 / Math.log2(at + 2);
  const ideal = [...grades.values()]
    .sort((a, b) => b - a)
    .slice(0, 10)
    .reduce((sum, grade, at) => sum + gain(grade, at), 0);
  if (ideal === 0) return undefined;
  return skus.slice(0, 10).reduce((sum, sku, at) => sum + gain(grades.get(sku) ?? 0, at), 0) / ideal;
}
