// What placeholders say: facts as rules read them, written as people of the store view write amounts and numbers.
import type { CatalogProduct } from "../../../catalog/index.ts";
import { isObject, type Money, toDecimal } from "../../../kernel/index.ts";
import { isSafeLink } from "../block.ts";
import type { Lookup } from "./compile-content.ts";
import { attributeCodeOf } from "./placeholder.ts";

const maxLength = 500;
const maxListed = 10;
const maxFormats = 200;

export type ValueSource = {
  /** Reads `profile.`, `cart.` and `context.` paths as rules do. */
  readonly read: (path: string) => unknown;
  /** Facts of the product that the block is about, and the product itself, which has its addresses. */
  readonly facts: Readonly<Record<string, unknown>> | undefined;
  readonly product: CatalogProduct | undefined;
  /** What the visitor pays for it, after price rules; null without a price. */
  readonly finalPriceOf: (product: CatalogProduct) => Money | null;
  /** BCP 47. */
  readonly locale: string;
};

const formats = new Map<string, Intl.NumberFormat>();

/** Locales and currencies are those of the shop, but amounts of carts name theirs: the number kept has a bound. */
function formatOf(locale: string, currency?: string): Intl.NumberFormat {
  const key = `${locale} ${currency ?? ""}`;
  const known = formats.get(key);
  if (known) return known;
  if (formats.size >= maxFormats) formats.clear();
  const made = new Intl.NumberFormat(locale, currency === undefined ? {} : { style: "currency", currency });
  formats.set(key, made);
  return made;
}

function isMoney(value: unknown): value is Money {
  return (
    isObject(value) &&
    Number.isSafeInteger(value["minor"]) &&
    typeof value["currency"] === "string" &&
    /^[A-Z]{3}$/.test(value["currency"])
  );
}

/** A text as it may stand anywhere: one line, no control or direction characters, and no braces that a client's own templates read. */
export function plainText(text: string): string {
  return text
    .slice(0, maxLength)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]+/gu, " ")
    .replace(/\{(?=\{)/g, "{ ")
    .trim();
}

/** A value in words; undefined for what has no plain form. */
export function textOfValue(value: unknown, locale: string): string | undefined {
  if (typeof value === "string") return plainText(value);
  if (typeof value === "number") return Number.isFinite(value) ? formatOf(locale).format(value) : undefined;
  // Decimal text is exact; the type of `format` does not know that it may be one of any value.
  if (isMoney(value)) return formatOf(locale, value.currency).format(toDecimal(value) as `${number}`);
  if (!Array.isArray(value)) return undefined;
  const texts = value.slice(0, maxListed).filter((each) => typeof each === "string");
  return texts.length === 0 ? undefined : plainText(texts.join(", "));
}

const addresses: Readonly<Record<string, (product: CatalogProduct) => string | undefined>> = {
  "product.url": ({ url }) => url,
  "product.image": ({ images }) => images[0],
};

function addressOf(path: string, product: CatalogProduct | undefined): string | undefined {
  const address = product && addresses[path]?.(product);
  return address !== undefined && isSafeLink(address) ? address : undefined;
}

function rawValue(path: string, { read, facts, product, finalPriceOf }: ValueSource): unknown {
  if (path === "product.final_price") return product && finalPriceOf(product);
  const name = attributeCodeOf(path) ?? (path.startsWith("product.") ? path.slice("product.".length) : undefined);
  if (name === undefined) return read(path);
  return facts && Object.hasOwn(facts, name) ? facts[name] : undefined;
}

/** The values of one visitor. */
export function valuesOf(source: ValueSource): Lookup {
  return (path) => {
    if (Object.hasOwn(addresses, path)) return addressOf(path, source.product);
    return textOfValue(rawValue(path, source), source.locale);
  };
}
