// The cart of a call, checked: every fault is reported with its place.
import { type Static, Type } from "typebox";
import { ClienteleError, type ErrorDetail, minorDigits } from "../../kernel/index.ts";
import type { RuleObject } from "../../kernel/rules/index.ts";
import { readScaled, scale } from "./exact.ts";
import type { CartInput, CartLineInput } from "./price-cart.ts";
import {
  addressFields,
  addressOf,
  readShipments,
  readShipping,
  shipmentsSchema,
  shippingSchema,
} from "./read-shipments.ts";

const maxLines = 200;
const maxParts = 500;
const mostMinor = 100_000_000_000;
const mostQty = 1_000_000n * scale;

const Id = Type.String({ minLength: 1, maxLength: 100 });
const Word = Type.Optional(Type.String({ maxLength: 200 }));
const Decimal = Type.Union([Type.Number(), Type.String({ maxLength: 40 })], {
  description: "A number or decimal text",
});
const Price = Type.Object({
  minor: Type.Integer({ minimum: -mostMinor, maximum: mostMinor }),
  currency: Type.String({ pattern: "^[A-Z]{3}$" }),
});

const lineFields = {
  id: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "Default: its number, from 1" })),
  sku: Id,
  qty: Type.Optional(Decimal),
  unitPrice: Type.Optional(Price),
  unitPriceText: Type.Optional(
    Type.String({ maxLength: 40, description: "Decimal text in major units of a price finer than a minor unit" }),
  ),
  weight: Type.Optional(Decimal),
  name: Type.Optional(Type.String({ maxLength: 1_000 })),
  noDiscount: Type.Optional(Type.Boolean()),
  productType: Type.Optional(
    Type.String({ maxLength: 50, description: "bundle_dynamic: the parts carry price and discount" }),
  ),
  taxRate: Type.Optional(Type.String({ maxLength: 20, description: "Percent; default that of the cart" })),
  attributes: Type.Optional(
    Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), {
      maxProperties: 200,
      description: "Of a server only",
    }),
  ),
};
const Part = Type.Object(lineFields, { description: "Quantity for one of its parent" });
const Line = Type.Object({ ...lineFields, children: Type.Optional(Type.Array(Part, { maxItems: 50 })) });

export const cartSchema = Type.Object({
  cartId: Type.Optional(Type.String({ maxLength: 128 })),
  currency: Type.String({ pattern: "^[A-Z]{3}$" }),
  lines: Type.Array(Line, { maxItems: maxLines }),
  couponCodes: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 20 })),
  shipping: Type.Optional(shippingSchema),
  shipments: Type.Optional(shipmentsSchema),
  billing: Type.Optional(Type.Object(addressFields)),
  paymentMethod: Word,
  tax: Type.Optional(
    Type.Object({
      rate: Type.String({ maxLength: 20, description: "Percent, e.g. 19" }),
      pricesIncludeTax: Type.Boolean(),
      afterDiscount: Type.Boolean(),
    }),
  ),
});

type CartBody = Static<typeof cartSchema>;
type LineBody = Static<typeof Line>;
type Faults = { readonly add: (path: string, code: string, message: string) => void; readonly list: ErrorDetail[] };

/**
 * Reads a cart.
 *
 * @param isTrusted whether attributes that the caller states of products count
 * @throws {ClienteleError} `offers.badCart` with all faults
 */
export function readCartBody(body: CartBody, isTrusted: boolean): CartInput {
  const list: ErrorDetail[] = [];
  const faults: Faults = {
    list,
    add: (path, code, message) => void list.push({ path: `/cart${path}`, code, message }),
  };
  const { currency, billing, tax } = body;
  const lines = body.lines.map((line, index) =>
    readLine(line, `/lines/${index}`, String(index + 1), { body, faults, isTrusted }),
  );
  checkIds(lines, faults);
  if (body.shipping && body.shipments)
    faults.add("/shipments", "both", "send shipping for one address or shipments for several, not both");
  const shipping = body.shipping && readShipping(body.shipping, "/shipping", currency, faults.add);
  const shipments = body.shipments && readShipments(body.shipments, lines, currency, faults.add);
  const rate = tax ? readPercent(tax.rate, "/tax/rate", faults) : 0n;
  if (list.length > 0) {
    const details = list.slice(0, 200);
    throw new ClienteleError("offers.badCart", `the cart has ${list.length} faults`, { details });
  }
  return {
    currency,
    lines,
    cartId: body.cartId,
    paymentMethod: body.paymentMethod || undefined,
    shipping,
    shipments,
    billing: billing && addressOf(billing),
    tax: tax && { rate, pricesIncludeTax: tax.pricesIncludeTax, afterDiscount: tax.afterDiscount },
  };
}

/** Answers name lines by their ids. */
function checkIds(lines: readonly CartLineInput[], faults: Faults): void {
  const seen = new Set<string>();
  let parts = 0;
  for (const [index, line] of lines.entries()) {
    for (const each of [line, ...(line.children ?? [])]) {
      if (seen.has(each.id))
        faults.add(`/lines/${index}`, "duplicate", `two lines have the id ${each.id.slice(0, 40)}`);
      seen.add(each.id);
      parts += 1;
    }
  }
  if (parts > maxLines + maxParts) faults.add("/lines", "tooMany", `holds more than ${maxParts} parts`);
}

type Reading = { readonly body: CartBody; readonly faults: Faults; readonly isTrusted: boolean };

function readLine(line: LineBody, path: string, number: string, reading: Reading): CartLineInput {
  const { faults, isTrusted } = reading;
  const id = line.id ?? number;
  const { children, name, noDiscount, productType, taxRate, weight } = line;
  return {
    id,
    sku: line.sku,
    name,
    noDiscount,
    productType,
    qty: readQty(line.qty, `${path}/qty`, faults),
    price: readPrice(line, path, reading),
    weight: weight === undefined ? undefined : readWeight(weight, `${path}/weight`, faults),
    taxRate: taxRate === undefined ? undefined : readPercent(taxRate, `${path}/taxRate`, faults),
    attributes: isTrusted ? (line.attributes as RuleObject | undefined) : undefined,
    children: children?.map((part, index) =>
      readLine(part, `${path}/children/${index}`, `${id}.${index + 1}`, reading),
    ),
  };
}

function readQty(given: number | string | undefined, path: string, faults: Faults): bigint {
  const qty = readScaled(given ?? 1);
  if (qty !== undefined && qty > 0n && qty <= mostQty) return qty;
  faults.add(path, "range", "must be a decimal above 0, at most 1000000, with at most 6 places");
  return scale;
}

function readWeight(given: number | string, path: string, faults: Faults): bigint {
  const weight = readScaled(given);
  if (weight !== undefined && weight >= 0n && weight <= mostQty) return weight;
  faults.add(path, "range", "must be a decimal of 0 to 1000000 with at most 6 places");
  return 0n;
}

function readPercent(given: string, path: string, faults: Faults): bigint {
  const percent = readScaled(given);
  if (percent !== undefined && percent >= 0n && percent <= 1_000n * scale) return percent;
  faults.add(path, "range", "must be a percentage such as 19 or 7.5");
  return 0n;
}

/** Millionths of a minor unit. */
function readPrice(
  { unitPrice, unitPriceText, children, productType }: LineBody,
  path: string,
  reading: Reading,
): bigint {
  const { body, faults } = reading;
  if (unitPrice && unitPrice.currency !== body.currency)
    faults.add(`${path}/unitPrice/currency`, "currency", `the cart is in ${body.currency}`);
  if (unitPriceText !== undefined) {
    const digits = minorDigits(body.currency);
    const price = readScaled(unitPriceText, digits + 6);
    const most = BigInt(mostMinor) * scale;
    if (price !== undefined && price <= most && price >= -most) return price;
    faults.add(`${path}/unitPriceText`, "range", `must be a decimal with at most ${digits + 6} places`);
    return 0n;
  }
  if (unitPrice) return BigInt(unitPrice.minor) * scale;
  const isCarried = productType === "bundle_dynamic" && (children?.length ?? 0) > 0;
  if (!isCarried && !path.includes("/children/")) faults.add(`${path}/unitPrice`, "missing", "a line has a price");
  return 0n;
}
