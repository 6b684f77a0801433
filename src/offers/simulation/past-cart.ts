// An order of the past as the cart that it was.
import { divideHalfUp, isObject, type JsonObject } from "../../kernel/index.ts";
import { readScaled, scale } from "../cart-rules/exact.ts";
import type { CartInput, CartLineInput } from "../cart-rules/price-cart.ts";
import type { PastOrder } from "./simulation-job.ts";

export type PastCart = { readonly cart: CartInput; readonly codes: readonly string[] };

const mostLines = 200;
const mostCodes = 5;
const mostMinor = 100_000_000_000;

/** @returns undefined for an order without a readable line */
export function pastCart({ properties, currency }: PastOrder): PastCart | undefined {
  const told = parse(properties);
  if (!told) return undefined;
  const items = Array.isArray(told["items"]) ? told["items"].slice(0, mostLines) : [];
  const lines = items.flatMap((item, at): readonly CartLineInput[] => {
    const line = isObject(item) ? readLine(item as JsonObject, String(at + 1), currency) : undefined;
    return line ? [line] : [];
  });
  if (lines.length === 0) return undefined;
  const rate = minorOf(told["shipping"], currency);
  const address = isObject(told["shippingAddress"]) ? (told["shippingAddress"] as JsonObject) : {};
  const [payment] = Array.isArray(told["payments"]) ? told["payments"] : [];
  return {
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
    codes: codesOf(told["coupon"]),
  };
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

function readLine(item: JsonObject, id: string, currency: string): CartLineInput | undefined {
  const { sku, qty: told = 1, name } = item as Record<string, unknown>;
  if (typeof sku !== "string" || sku === "" || (typeof told !== "number" && typeof told !== "string")) return undefined;
  const qty = readScaled(typeof told === "number" ? told.toFixed(6) : told);
  if (qty === undefined || qty <= 0n) return undefined;
  const unit = minorOf(item["unitPrice"], currency);
  const total = minorOf(item["lineTotal"], currency);
  if (unit === undefined && total === undefined) return undefined;
  const price = unit === undefined ? divideHalfUp(BigInt(total ?? 0) * scale * scale, qty) : BigInt(unit) * scale;
  return { id, sku, qty, price, ...(typeof name === "string" ? { name } : {}) };
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
