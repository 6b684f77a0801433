import { isObject } from "../kernel/index.ts";
import { readMoney, readText } from "./event-lines.ts";
import type { CartTotals } from "./profile.ts";

type AmountName = Exclude<
  keyof CartTotals,
  "weight" | "shippingMethod" | "paymentMethod" | "country" | "region" | "postcode" | "couponCodes"
>;

const amountNames: readonly AmountName[] = [
  "subtotal",
  "subtotalWithDiscount",
  "subtotalInclTax",
  "grandTotal",
  "tax",
  "shipping",
  "storeCredit",
  "giftCard",
];
const choices = ["shippingMethod", "paymentMethod"] as const;
const maxCodes = 20;
const maxCodeLength = 100;

function readCodes({ couponCodes, coupon }: Readonly<Record<string, unknown>>): readonly string[] {
  const given: readonly unknown[] = Array.isArray(couponCodes) ? couponCodes.slice(0, maxCodes) : [coupon];
  const codes = given.flatMap((code) => (typeof code === "string" && code.length <= maxCodeLength ? code.trim() : []));
  return [...new Set(codes)].filter((code) => code !== "");
}

/**
 * What a cart comes to, from a cart view, a checkout or a call: `{subtotal, subtotalWithDiscount, subtotalInclTax, grandTotal (or
 * orderTotal), tax, shipping, storeCredit, giftCard: {minor, currency}, weight, shippingMethod, paymentMethod, shippingAddress,
 * couponCodes (or coupon)}`.
 * Unreadable fields are left out.
 *
 * @returns undefined when there is nothing of that
 */
export function readCartTotals(fields: Readonly<Record<string, unknown>>): CartTotals | undefined {
  const totals: Record<string, unknown> = {};
  for (const name of amountNames) {
    const amount = readMoney(fields[name] ?? (name === "grandTotal" ? fields["orderTotal"] : undefined));
    if (amount) totals[name] = amount;
  }
  for (const name of choices) {
    const choice = readText(fields[name], 200);
    if (choice) totals[name] = choice;
  }
  const codes = readCodes(fields);
  if (codes.length > 0) totals["couponCodes"] = codes;
  const { weight, shippingAddress } = fields;
  if (typeof weight === "number" && Number.isFinite(weight) && weight >= 0) totals["weight"] = weight;
  if (isObject(shippingAddress)) {
    const country = readText(shippingAddress["country"], 60);
    const region = readText(shippingAddress["region"] ?? shippingAddress["state"], 100);
    const postcode = readText(shippingAddress["postcode"] ?? shippingAddress["postalCode"], 20);
    Object.assign(totals, country && { country }, region && { region }, postcode && { postcode });
  }
  // Each field was read with the type it has there.
  return Object.keys(totals).length === 0 ? undefined : (totals as CartTotals);
}
