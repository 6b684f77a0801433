import type { ShopCatalog, ShopProduct } from "./catalog.ts";
import { isFields } from "./form.ts";
import { ShopError } from "./shop-error.ts";

export const maxLines = 50;
export const maxQty = 100;

/** What a browser says it wants: a SKU, how many, and for a bundle the product chosen for each part. */
export type Line = { readonly sku: string; readonly qty: number; readonly choices: Readonly<Record<string, string>> };

/** What one piece costs a shopper now, in cents by SKU; a SKU that it lacks costs what the shop's catalog says. */
export type PriceList = ReadonlyMap<string, number>;

export const catalogPrices: PriceList = new Map();

/** A line as the shop sells it. */
export type PricedLine = {
  readonly sku: string;
  readonly parentSku: string | null;
  readonly name: string;
  readonly qty: number;
  readonly unitMinor: number;
  readonly lineMinor: number;
  readonly regularUnitMinor: number;
  /** Labels, e.g. `{size: "M", color: "Blue"}`. */
  readonly options: Readonly<Record<string, string>>;
  readonly choices: Readonly<Record<string, string>>;
  readonly categories: readonly string[];
  readonly image: string | null;
  readonly needsShipping: boolean;
  /** The products of a bundle, one of each in a piece; absent for everything else. */
  readonly parts?: readonly { readonly sku: string; readonly unitMinor: number }[];
  /** What offers take off the line. */
  readonly discountMinor?: number;
};

export function lineKey({ sku, choices }: Pick<Line, "sku" | "choices">): string {
  const parts = Object.entries(choices).sort(([a], [b]) => (a < b ? -1 : 1));
  return [sku, ...parts.map(([code, value]) => `${code}=${value}`)].join("|");
}

function readLine(value: unknown): Line | null {
  if (!isFields(value)) return null;
  const { sku, qty, choices } = value;
  if (typeof sku !== "string" || sku.length > 64 || typeof qty !== "number" || !Number.isInteger(qty) || qty < 1)
    return null;
  const given = isFields(choices) ? Object.entries(choices).slice(0, 10) : [];
  const read = given.filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1].length <= 64,
  );
  return { sku, qty: Math.min(qty, maxQty), choices: Object.fromEntries(read) };
}

/** Adds up equal lines; the order of the first occurrence stays. */
export function mergeLines(
  lines: readonly Line[],
  combine: (a: number, b: number) => number = (a, b) => a + b,
): readonly Line[] {
  const byKey = new Map<string, Line>();
  for (const line of lines) {
    const known = byKey.get(lineKey(line));
    byKey.set(lineKey(line), known ? { ...known, qty: Math.min(combine(known.qty, line.qty), maxQty) } : line);
  }
  return [...byKey.values()].slice(0, maxLines);
}

/** Lines of a request body, equal ones added up. Lines that are none are left out. */
export function readLines(value: unknown): readonly Line[] {
  if (!Array.isArray(value)) return [];
  const read = value.slice(0, maxLines * 2).map(readLine);
  return mergeLines(read.filter((line): line is Line => line !== null));
}

/** The SKUs whose prices make up the price of a line. */
export function pricedSkus(lines: readonly Line[]): readonly string[] {
  return [...new Set(lines.flatMap(({ sku, choices }) => [sku, ...Object.values(choices)]))];
}

function bundleUnit(
  catalog: ShopCatalog,
  bundle: ShopProduct,
  choices: Line["choices"],
  prices: PriceList,
):
  | (Pick<PricedLine, "unitMinor" | "regularUnitMinor" | "options"> & {
      readonly parts: NonNullable<PricedLine["parts"]>;
    })
  | null {
  const options: Record<string, string> = {};
  const parts: { sku: string; unitMinor: number }[] = [];
  let regularUnitMinor = 0;
  for (const { code, label, skus } of bundle.components) {
    const chosen = choices[code];
    const part = chosen !== undefined && skus.includes(chosen) ? catalog.get(chosen) : undefined;
    if (part?.priceMinor === null || part === undefined) return null;
    const unitMinor = prices.get(part.sku) ?? part.priceMinor;
    parts.push({ sku: part.sku, unitMinor });
    regularUnitMinor += Math.max(part.regularMinor ?? 0, unitMinor);
    options[label] = part.name;
  }
  return { unitMinor: parts.reduce((sum, part) => sum + part.unitMinor, 0), regularUnitMinor, options, parts };
}

/** Price and description of a line; null when it cannot be bought as it is. */
export function priceLine(catalog: ShopCatalog, line: Line, prices: PriceList = catalogPrices): PricedLine | null {
  const found = catalog.find(line.sku);
  if (!found) return null;
  const { product, variant } = found;
  const common = {
    sku: line.sku,
    name: product.name,
    qty: line.qty,
    choices: line.choices,
    categories: product.categories,
    needsShipping: product.kind !== "downloadable",
    image: variant?.image ?? product.images[0] ?? null,
  };
  const sold = (ownMinor: number, listMinor: number) => {
    const unitMinor = prices.get(line.sku) ?? ownMinor;
    return { unitMinor, regularUnitMinor: Math.max(unitMinor, ownMinor, listMinor), lineMinor: unitMinor * line.qty };
  };
  if (variant) {
    const price = sold(variant.priceMinor, product.regularMinor ?? 0);
    return { ...common, ...price, choices: {}, parentSku: product.sku, options: variant.options };
  }
  if (product.kind === "bundle") {
    const unit = bundleUnit(catalog, product, line.choices, prices);
    return unit && { ...common, ...unit, parentSku: null, lineMinor: unit.unitMinor * line.qty };
  }
  // A configurable product or a set is bought by its variant or its pieces.
  if (product.kind === "configurable" || product.kind === "grouped" || product.priceMinor === null) return null;
  const price = sold(product.priceMinor, product.regularMinor ?? 0);
  return { ...common, ...price, choices: {}, parentSku: null, options: {} };
}

/** @throws {ShopError} 422 naming each line that cannot be bought */
export function priceLines(
  catalog: ShopCatalog,
  lines: readonly Line[],
  prices: PriceList = catalogPrices,
): readonly PricedLine[] {
  const priced = lines.map((line) => ({ line, result: priceLine(catalog, line, prices) }));
  const faults = priced
    .filter(({ result }) => result === null)
    .map(({ line }) => ({ field: `lines.${line.sku}`, message: `${line.sku} cannot be bought like this.` }));
  if (faults.length > 0)
    throw new ShopError(422, "invalid", "Some products of your cart are no longer available.", faults);
  return priced.flatMap(({ result }) => (result === null ? [] : [result]));
}
