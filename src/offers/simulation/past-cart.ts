// An order of the past as the cart that it was.
import { divideHalfUp, isObject, type JsonObject, minorDigits } from "../../kernel/index.ts";
import type { RuleObject } from "../../kernel/rules/index.ts";
import { type CartInput, type CartLineInput, readScaled, scale } from "../cart-rules/engine.ts";
import type { PastOrder } from "./simulation-job.ts";

export type PastCart = {
  /** Unix milliseconds. */
  readonly at: number;
  readonly storeView: string;
  readonly cart: CartInput;
  readonly codes: readonly string[];
  /** As it was then, where a server told it; null = the group of today. */
  readonly customerGroup: string | null;
  /** Whether nobody was signed in. */
  readonly isGuest: boolean;
  /** Whether its prices are a browser's claim: then those of the catalog count. */
  readonly isClaimed: boolean;
};

type Reading = { readonly currency: string; readonly isTrusted: boolean };

const mostLines = 200;
const mostParts = 50;
const mostCodes = 20;
const mostMinor = 100_000_000_000;
const mostQty = 1_000_000n * scale;
const notLoggedIn = "not_logged_in";

/** @returns undefined for an order without a readable line */
export function pastCart({ at, storeView, properties, currency: stored, isTrusted }: PastOrder): PastCart | undefined {
  const told = parse(properties);
  if (!told) return undefined;
  const currency = stored || currencyOf(told);
  const lines = linesOf(told["items"], { currency, isTrusted });
  if (lines.length === 0) return undefined;
  const rate = minorOf(told["shipping"], currency);
  const address = isObject(told["shippingAddress"]) ? (told["shippingAddress"] as JsonObject) : {};
  const [payment] = Array.isArray(told["payments"]) ? told["payments"] : [];
  const isGuest = isTrusted && told["isGuest"] === true;
  return {
    ...{ at, storeView, isGuest, isClaimed: false },
    customerGroup: isGuest ? notLoggedIn : ((isTrusted ? textOf(told["customerGroup"]) : undefined) ?? null),
    cart: {
      ...{ currency, lines },
      shipping:
        rate === undefined || rate < 0
          ? undefined
          : {
              pricing: "per_order",
              rate: BigInt(rate),
              method: textOf(told["shippingMethod"]),
              country: textOf(address["country"]),
              region: textOf(address["state"]),
              postcode: textOf(address["postalCode"]),
            },
      paymentMethod: isObject(payment) ? textOf((payment as JsonObject)["type"]) : undefined,
    },
    codes: codesOf(told["couponCodes"] ?? told["coupon"]),
  };
}

/** Of an order without a total: that of its first price. */
function currencyOf({ currency, items }: JsonObject): string {
  if (typeof currency === "string") return currency;
  const [first] = Array.isArray(items) ? items : [];
  const price = isObject(first) ? first["unitPrice"] : undefined;
  return (isObject(price) ? textOf(price["currency"]) : undefined) ?? "";
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? (value as JsonObject) : undefined;
  } catch {
    // Stored texts are JSON; one that is not is an order that cannot be read.
    return undefined;
  }
}

type Item = Readonly<Record<string, unknown>>;

/**
 * Parts of a bundle stand in `children` of its line, with a quantity for one of it; or among the lines, naming it by `parentLineId`, with
 * their whole quantity.
 */
function linesOf(told: unknown, reading: Reading): readonly CartLineInput[] {
  const items = (Array.isArray(told) ? told.slice(0, mostLines) : []).filter((item): item is Item => isObject(item));
  const byLineId = new Map(items.flatMap((item) => (isId(item["lineId"]) ? [[String(item["lineId"]), item]] : [])));
  const partsOf = new Map<Item, Item[]>();
  const ownLines = items.filter((item) => {
    const parent = isId(item["parentLineId"]) ? byLineId.get(String(item["parentLineId"])) : undefined;
    // A part of a part, or of itself, is a line: bundles have one level.
    if (!parent || parent === item || parent["parentLineId"] !== undefined) return true;
    partsOf.set(parent, [...(partsOf.get(parent) ?? []), item]);
    return false;
  });
  return ownLines.flatMap((item, at): readonly CartLineInput[] => {
    const id = String(at + 1);
    const qty = qtyOf(item["qty"]);
    if (qty === undefined) return [];
    const nested = Array.isArray(item["children"])
      ? item["children"].filter((each): each is Item => isObject(each))
      : [];
    const flat = partsOf.get(item) ?? [];
    const parts = [...nested.map((each) => ({ each, of: scale })), ...flat.map((each) => ({ each, of: qty }))].slice(
      0,
      mostParts,
    );
    const children = parts.flatMap(({ each, of }, place) => {
      const part = readLine(each, `${id}.${place + 1}`, reading, 0n);
      return part ? [{ ...part, qty: divideHalfUp(part.qty * scale, of) }] : [];
    });
    const line = readLine(item, id, reading, children.length > 0 ? 0n : undefined);
    if (!line) return [];
    return [children.length === 0 ? line : { ...line, children, productType: typeOf(item, line, children) }];
  });
}

const isId = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

/** Where the order does not tell: parts that come to the price of the line carry it. */
function typeOf(item: Item, line: CartLineInput, parts: readonly CartLineInput[]): string | undefined {
  const told = textOf(item["productType"]);
  if (told !== undefined) return told;
  const sum = parts.reduce((total, { price, qty }) => total + divideHalfUp(price * qty, scale), 0n);
  return sum > 0n && (line.price === 0n || line.price === sum) ? "bundle_dynamic" : undefined;
}

/** @param freePrice price of what tells none; undefined = then it is no line */
function readLine(
  item: Item,
  id: string,
  { currency, isTrusted }: Reading,
  freePrice: bigint | undefined,
): CartLineInput | undefined {
  const { sku, name, weight, attributes } = item;
  if (typeof sku !== "string" || sku === "") return undefined;
  const qty = qtyOf(item["qty"]);
  if (qty === undefined) return undefined;
  const price = priceOf(item, qty, currency) ?? freePrice;
  if (price === undefined) return undefined;
  const weighs = isTrusted && isId(weight) ? readScaled(weight) : undefined;
  return {
    ...{ id, sku, qty, price },
    ...(typeof name === "string" ? { name } : {}),
    ...(isTrusted && item["noDiscount"] === true ? { noDiscount: true } : {}),
    ...(weighs === undefined || weighs < 0n || weighs > mostQty ? {} : { weight: weighs }),
    // What the product was when it was ordered goes before what it is now.
    ...(isTrusted && isObject(attributes) ? { attributes: attributes as RuleObject } : {}),
  };
}

function qtyOf(told: unknown = 1): bigint | undefined {
  if (typeof told !== "number" && typeof told !== "string") return undefined;
  const qty = readScaled(typeof told === "number" ? told.toFixed(6) : told);
  return qty === undefined || qty <= 0n || qty > mostQty ? undefined : qty;
}

/** Millionths of a minor unit, of one. */
function priceOf(item: Item, qty: bigint, currency: string): bigint | undefined {
  const { unitPriceText: text } = item;
  const fine = typeof text === "string" ? readScaled(text, minorDigits(currency) + 6) : undefined;
  const most = BigInt(mostMinor) * scale;
  if (fine !== undefined && fine <= most && fine >= -most) return fine;
  const unit = minorOf(item["unitPrice"], currency);
  if (unit !== undefined) return BigInt(unit) * scale;
  const total = minorOf(item["lineTotal"], currency);
  return total === undefined ? undefined : divideHalfUp(BigInt(total) * scale * scale, qty);
}

function minorOf(money: unknown, currency: string): number | undefined {
  if (!isObject(money)) return undefined;
  const { minor, currency: of } = money as { minor?: unknown; currency?: unknown };
  if (of !== currency || typeof minor !== "number" || !Number.isSafeInteger(minor)) return undefined;
  return Math.abs(minor) <= mostMinor ? minor : undefined;
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Shops write several codes with commas. */
function codesOf(coupon: unknown): readonly string[] {
  const texts = Array.isArray(coupon) ? coupon.filter((each) => typeof each === "string") : [coupon];
  return texts
    .flatMap((text) => (typeof text === "string" ? text.split(",") : []))
    .map((code) => code.trim())
    .filter((code) => code !== "" && code.length <= 100)
    .slice(0, mostCodes);
}
