import {
  type ErrorDetail,
  isObject,
  type JsonObject,
  type JsonValue,
  plainNumber,
  plainText,
} from "../kernel/index.ts";
import { localDayOf } from "../kernel/rules/index.ts";
import type { CategoryPaths } from "./category-paths.ts";
import { readPrices } from "./parse-prices.ts";
import { toPlainName } from "./plain-name.ts";
import type {
  AttributeMeta,
  AttributeValue,
  CatalogProduct,
  ProductComponent,
  ProductDetail,
  ProductType,
  Visibility,
} from "./product.ts";
import { createFieldReader, type FieldReader, textFault, toFlag } from "./read-fields.ts";

/** What a row does not say itself. */
export type ParseContext = {
  /** Currency of prices that name none. */
  readonly currency: string;
  readonly categories: CategoryPaths;
  /** Known attributes: those of input `boolean` turn "Yes" and "No" into true and false. */
  readonly attributes: ReadonlyMap<string, AttributeMeta>;
  readonly nowMs: number;
  /** Zone of the days of special prices, IANA; default UTC. */
  readonly timezone?: string;
  /** Where an image path of the row is served; null drops the image. Default: the path itself. */
  readonly toImageUrl?: (path: string) => string | null;
  /** Address of a product page when the row has none. Default: none. */
  readonly toProductUrl?: (sku: string, urlKey: string | undefined) => string;
  /** Attribute code to category path: products with that attribute true are in that category too. Default: none. */
  readonly categoriesByFlag?: Readonly<Record<string, string>>;
};

/** A product as it is written; `createdAt` and `rating` are null when the row says nothing, so that stored ones stay. */
export type ProductDraft = {
  readonly product: CatalogProduct;
  readonly detail: ProductDetail;
  readonly createdAt: number | null;
};

export type ParsedRow =
  | {
      readonly ok: true;
      readonly drafts: readonly ProductDraft[];
      /** The row lists all variants of its product; stored ones that it lacks are to be deleted. */
      readonly ownsVariants: boolean;
    }
  | { readonly ok: false; readonly sku: string | null; readonly faults: readonly ErrorDetail[] };

const maxSku = 64;
const types: ReadonlyMap<string, ProductType> = new Map(
  (["simple", "configurable", "variant", "bundle", "grouped", "downloadable", "virtual"] as const).map((type) => [
    type,
    type,
  ]),
);
const visibilities: ReadonlyMap<string, Visibility> = new Map([
  ["catalog", "catalog"],
  ["search", "search"],
  ["both", "both"],
  ["none", "none"],
  ["catalog, search", "both"],
  ["not visible individually", "none"],
  ["1", "none"],
  ["2", "catalog"],
  ["3", "search"],
  ["4", "both"],
]);

function toAttributeValue(value: unknown, meta: AttributeMeta | undefined): AttributeValue | undefined {
  if (meta?.input === "boolean") return toFlag(value) ?? (typeof value === "string" ? value : undefined);
  if (typeof value === "string") return value.trim();
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return value;
  if (!Array.isArray(value)) return undefined;
  const isFlat = value.every(
    (part) => typeof part === "string" || typeof part === "number" || typeof part === "boolean",
  );
  return isFlat ? [...new Set(value.map((part) => String(part).trim()))] : undefined;
}

/** Nested values are stored as JSON, so what PostgreSQL refuses inside of them is found in their JSON text. */
function jsonFault(value: unknown): { code: string; message: string } | undefined {
  const text = JSON.stringify(value) ?? "";
  if (text.length > 100_000) return { code: "tooLong", message: "is longer than 100000 characters" };
  return /\\u(0000|d[89a-f])/i.test(text)
    ? { code: "encoding", message: "holds a character that cannot be stored" }
    : undefined;
}

/** Attributes and, apart from them, nested values that no rule can compare. */
function readAttributes(fields: FieldReader, entries: readonly (readonly [string, unknown])[], context: ParseContext) {
  const attributes: [string, AttributeValue][] = [];
  const extra: [string, JsonValue][] = [];
  for (const [name, value] of entries) {
    const code = name.replace(/^attributes\./, "").trim();
    // `__proto__` would set the prototype of objects that are built key by key downstream.
    if (code === "" || code === "__proto__" || value === null || value === "") continue;
    const meta = context.attributes.get(code);
    const split = typeof value === "string" && meta?.input === "multiselect" ? value.split("|") : value;
    const attribute = toAttributeValue(split, meta);
    if (attribute === undefined) {
      // The row was parsed from JSON or CSV, so a value that is no attribute is JSON too.
      const wrong = textFault(code, 100) ?? jsonFault(value);
      if (wrong) fields.fault(`attributes.${code.slice(0, 100)}`, wrong.code, wrong.message);
      else extra.push([code, value as JsonValue]);
      continue;
    }
    const texts = typeof attribute === "string" ? [attribute] : Array.isArray(attribute) ? attribute : [];
    const wrong =
      textFault(code, 100) ?? texts.map((text) => textFault(text, 20_000)).find((found) => found !== undefined);
    if (wrong) fields.fault(`attributes.${code.slice(0, 100)}`, wrong.code, wrong.message);
    else if (texts.length > 1_000) fields.fault(`attributes.${code}`, "tooMany", "has more than 1000 values");
    else attributes.push([code, attribute]);
  }
  if (attributes.length > 1_000) fields.fault("attributes", "tooMany", "are more than 1000");
  const extras: JsonObject = Object.fromEntries(extra);
  return { attributes: Object.fromEntries(attributes), extra: extras };
}

function readOptions(
  fields: FieldReader,
  prefixed: readonly (readonly [string, unknown])[],
): Readonly<Record<string, string>> {
  const given = fields.take("options");
  // A list of options is that of what shoppers choose when they buy: it stands with the prices.
  if (given !== undefined && !isObject(given) && !Array.isArray(given))
    fields.fault("options", "object", 'must be an object of texts, e.g. {"size": "M"}');
  const entries = [
    ...(isObject(given) ? Object.entries(given) : []),
    ...prefixed.map(([name, value]) => [name.slice("options.".length), value] as const),
  ];
  const options: [string, string][] = [];
  for (const [name, value] of entries) {
    if (name === "__proto__" || value === null || value === "") continue;
    const text = plainText(value).trim();
    const wrong =
      typeof value === "object"
        ? { code: "text", message: "must be text" }
        : (textFault(name, 100) ?? textFault(text, 200));
    if (wrong) fields.fault(`options.${name.slice(0, 100)}`, wrong.code, wrong.message);
    else options.push([name, text]);
  }
  return Object.fromEntries(options);
}

/** `[{label, skus}]`, or the notation of Magento's sample data: `Label|radio:SKU,SKU` and `SKU,SKU`. */
function readComponents(fields: FieldReader): readonly ProductComponent[] {
  const given = fields.take("components");
  if (given === undefined) return [];
  const parts: readonly unknown[] = Array.isArray(given) ? given : [given];
  return parts.flatMap((part): ProductComponent[] => {
    if (isObject(part) && typeof part["label"] === "string" && Array.isArray(part["skus"])) {
      return [{ label: part["label"], skus: part["skus"].map(String) }];
    }
    if (typeof part === "string") {
      const [, label = "", list = part] = /^([^|]*)\|[a-z]+:(.*)$/.exec(part) ?? [];
      return [
        {
          label,
          skus: list
            .split(",")
            .map((sku) => sku.trim())
            .filter((sku) => sku !== ""),
        },
      ];
    }
    fields.fault("components", "list", "must be a list of {label, skus}");
    return [];
  });
}

function readRating(fields: FieldReader): CatalogProduct["rating"] {
  const given = fields.take("rating");
  const average = isObject(given) ? given["average"] : (given ?? fields.number(["rating_average"]));
  const count = isObject(given) ? given["count"] : (fields.number(["rating_count", "review_count"]) ?? 1);
  if (average === undefined) return null;
  const number = plainNumber(average);
  if (number >= 0 && number <= 5 && Number.isInteger(count) && plainNumber(count) >= 0)
    return { average: number, count: plainNumber(count) };
  fields.fault("rating", "rating", "must be {average: 0 to 5, count}");
  return null;
}

function readSku(fields: FieldReader): string {
  const sku = fields.text(["sku"], maxSku);
  if (sku === undefined && fields.faults.length === 0) fields.fault("sku", "required", "is missing");
  return sku ?? "";
}

function readImages(fields: FieldReader, context: ParseContext): readonly string[] {
  const paths = [...fields.list(["image"], 1, 2_000), ...fields.list(["images"], 100, 2_000)];
  const toImageUrl = context.toImageUrl ?? ((path: string) => path);
  return [...new Set(paths.flatMap((path) => toImageUrl(path) ?? []))];
}

function readStock(fields: FieldReader): Pick<CatalogProduct, "inStock" | "qty"> {
  const qty = fields.number(["qty", "quantity"]) ?? null;
  const isInStock = fields.flag(["inStock", "in_stock", "is_in_stock"]);
  return { inStock: isInStock ?? (qty === null || qty > 0), qty };
}

function readLinks(fields: FieldReader): Pick<CatalogProduct, "related" | "upsell" | "crosssell"> {
  return {
    related: fields.list(["related"], 200, maxSku),
    upsell: fields.list(["upsell"], 200, maxSku),
    crosssell: fields.list(["crosssell", "crossSell", "cross_sell"], 200, maxSku),
  };
}

function readName(fields: FieldReader, parent: CatalogProduct | undefined): string {
  const own = fields.text(["name", "title"], 1_000);
  if (own === undefined && !parent) fields.fault("name", "required", "is missing");
  return own === undefined ? (parent?.name ?? "") : toPlainName(own);
}

// Fields that some exports put among the attributes.
const hoisted = new Set(["visibility", "url_key", "brand"]);

/** Attributes, options and nested values: all that no field of a product takes. Last, because it takes the rest. */
function readRest(fields: FieldReader, given: Readonly<Record<string, unknown>>, context: ParseContext) {
  const rest = fields.rest();
  const options = readOptions(
    fields,
    rest.filter(([key]) => key.startsWith("options.")),
  );
  const own = Object.entries(given).filter(([key]) => !hoisted.has(key));
  const others = rest.filter(([key]) => !key.startsWith("options.") && key !== "options");
  const { attributes, extra } = readAttributes(fields, [...own, ...others], context);
  const flagged = Object.entries(context.categoriesByFlag ?? {}).flatMap(([code, path]) =>
    attributes[code] === true ? [path] : [],
  );
  return { options, attributes, extra, flagged };
}

function textIn(given: Readonly<Record<string, unknown>>, code: string): string | undefined {
  const value = given[code];
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : undefined;
}

/** Reads everything of one product but its nested variants. `parent` is given for a nested variant. */
function readOne(
  fields: FieldReader,
  context: ParseContext,
  variants: readonly string[],
  parent?: CatalogProduct,
): ProductDraft {
  const attributesOfRow = fields.take("attributes");
  const given = isObject(attributesOfRow) ? attributesOfRow : {};
  if (attributesOfRow !== undefined && !isObject(attributesOfRow))
    fields.fault("attributes", "object", "must be an object");
  fields.take("updatedAt", "updated_at", "variants", "finalPrice");
  const sku = readSku(fields);
  const parentSku = fields.text(["parentSku", "parent_sku"], maxSku) ?? parent?.sku ?? null;
  if (parentSku === sku && sku !== "") fields.fault("parentSku", "parent", "is the product's own SKU");
  const ownType = fields.choice(["type", "product_type"], types);
  // Shops that export variants as simple products give them away by their parent.
  const type: ProductType =
    parentSku !== null ? "variant" : (ownType ?? (variants.length > 0 ? "configurable" : "simple"));
  const visibility =
    fields.choice(["visibility"], visibilities) ?? visibilities.get(textIn(given, "visibility")?.toLowerCase() ?? "");
  const urlKey = fields.text(["urlKey", "url_key"], 500) ?? textIn(given, "url_key");
  const createdAt = fields.time(["createdAt", "created_at"]) ?? null;
  const categories = fields
    .list(["categories", "category"], 500, 1_000)
    .flatMap((text) => context.categories.toPaths(text));
  const components = readComponents(fields);
  const known = {
    sku,
    parentSku,
    type,
    name: readName(fields, parent),
    description: fields.text(["description"], 200_000) ?? parent?.description ?? "",
    brand: fields.text(["brand"], 200) ?? textIn(given, "brand") ?? parent?.brand ?? null,
    ...readPrices(fields, context.currency, localDayOf(context.nowMs, context.timezone ?? "UTC")),
    ...readStock(fields),
    visibility: visibility ?? (type === "variant" ? "none" : "both"),
    variants,
    ...(components.length > 0 ? { components } : {}),
    images: readImages(fields, context),
    url: fields.text(["url"], 2_000) ?? parent?.url ?? context.toProductUrl?.(sku, urlKey) ?? "",
    ...readLinks(fields),
    rating: readRating(fields),
    createdAt: createdAt ?? context.nowMs,
    updatedAt: context.nowMs,
  };
  const { options, attributes, extra, flagged } = readRest(fields, given, context);
  const paths = [...new Set([...categories, ...flagged])];
  const product = { ...known, options, attributes, categories: paths.length > 0 ? paths : (parent?.categories ?? []) };
  return { product, detail: { reviews: [], extra }, createdAt };
}

/**
 * Reads one product row as shops write it, checks it strictly and gives the product with its nested variants.
 *
 * Field names may be camelCase or snake_case. Unknown fields become attributes. Amounts are read from their decimal
 * text, never through binary fractions. All faults of the row are reported together and nothing of a faulty row is kept.
 */
export function parseProduct(row: unknown, context: ParseContext): ParsedRow {
  if (!isObject(row))
    return { ok: false, sku: null, faults: [{ path: "", code: "object", message: "the row is no object" }] };
  const nested: readonly unknown[] = Array.isArray(row["variants"]) ? row["variants"] : [];
  const fields = createFieldReader(row);
  if (
    row["variants"] !== undefined &&
    row["variants"] !== null &&
    row["variants"] !== "" &&
    !Array.isArray(row["variants"])
  ) {
    fields.fault("variants", "list", "must be a list");
  }
  if (nested.length > 2_000) fields.fault("variants", "tooMany", "are more than 2000");
  const rows = nested.filter(isObject);
  const skus = nested.flatMap((variant) => {
    const sku = isObject(variant) ? variant["sku"] : variant;
    return typeof sku === "string" && sku !== "" ? [sku.trim()] : [];
  });
  const main = readOne(fields, context, [...new Set(skus)]);
  const faults = [...fields.faults];
  const drafts = [main];
  const seen = new Set([main.product.sku]);
  for (const [index, variant] of rows.entries()) {
    const variantFields = createFieldReader(variant);
    const draft = readOne(variantFields, context, [], main.product);
    if (seen.has(draft.product.sku)) variantFields.fault("sku", "duplicate", `${draft.product.sku} occurs twice`);
    seen.add(draft.product.sku);
    faults.push(
      ...variantFields.faults.map((fault) => ({
        ...fault,
        path: `/variants/${index}${fault.path}`,
        message: `variant ${index}: ${fault.message}`,
      })),
    );
    drafts.push(draft);
  }
  const sku = main.product.sku === "" ? null : main.product.sku;
  return faults.length > 0 ? { ok: false, sku, faults } : { ok: true, drafts, ownsVariants: rows.length > 0 };
}
