import { isObject, type Money, toMinor } from "../kernel/index.ts";
import { parseLocalDate } from "../kernel/rules/index.ts";
import { readCustomOptions } from "./parse-options.ts";
import type { CatalogProduct, LocalDays, TierPrice } from "./product.ts";
import { createFieldReader, type FieldReader } from "./read-fields.ts";
import { priceOnDay } from "./special-days.ts";

type Prices = Pick<
  CatalogProduct,
  "price" | "specialPrice" | "specialDays" | "tierPrices" | "customOptions" | "finalPrice"
>;

const maxTiers = 1_000;
const maxTierText = 200_000;
/** How shops write that a price is for everybody. */
const everyGroup: ReadonlySet<string> = new Set(["", "all", "all groups", "32000", "*"]);
const everyWebsite = /^(all|0|\*|all websites(\s*\[[a-z]{3}\])?)?$/i;

/**
 * The prices of a row: list price, special price with its days, prices of customer groups and quantities, of custom options.
 *
 * `groupPrices` are `{group, website?, price}`; `tierPrices` are `{qty, group?, website?, price}`. Both may be written as Adobe
 * Commerce writes its `tier_prices`, a percentage off the list price included.
 *
 * @param day local day by which the final price goes: days since 1970-01-01
 */
export function readPrices(fields: FieldReader, defaultCurrency: string, day: number): Prices {
  const currency = fields.text(["currency"], 3) ?? defaultCurrency;
  if (!/^[A-Z]{3}$/.test(currency)) fields.fault("currency", "currency", "must be an ISO 4217 code such as USD");
  const price = fields.money(["price"], currency) ?? null;
  const specialPrice = fields.money(["specialPrice", "special_price"], currency) ?? null;
  const specialDays = readSpecialDays(fields);
  const tierPrices = [
    ...readTiers(fields, "groupPrices", ["groupPrices", "group_prices"], price, currency),
    ...readTiers(fields, "tierPrices", ["tierPrices", "tier_prices", "tier_price"], price, currency),
  ];
  const ofRow = fields.take("options");
  const given = fields.take("customOptions", "custom_options") ?? (Array.isArray(ofRow) ? ofRow : undefined);
  const customOptions = readCustomOptions(fields, given, currency);
  const own = {
    ...{ price, specialPrice, ...(specialDays && specialPrice ? { specialDays } : {}) },
    ...(customOptions.length > 0 ? { customOptions } : {}),
  };
  return { ...own, ...(tierPrices.length > 0 ? { tierPrices } : {}), finalPrice: priceOnDay(own, day) };
}

function readSpecialDays(fields: FieldReader): LocalDays | undefined {
  const from = readDay(fields, ["specialFrom", "special_from", "special_from_date", "special_price_from_date"]);
  const to = readDay(fields, ["specialTo", "special_to", "special_to_date", "special_price_to_date"]);
  return from === null && to === null ? undefined : { from, to };
}

/** The day of a date or date-time text, as it is written: shops keep local days. */
function readDay(fields: FieldReader, names: readonly string[]): string | null {
  const text = fields.text(names, 40);
  if (text === undefined) return null;
  const day = /^\d{4}-\d{2}-\d{2}(?=$|[T ])/.exec(text)?.[0];
  if (day !== undefined && parseLocalDate(day) !== undefined) return day;
  fields.fault(names[0] ?? "", "date", "must be a day such as 2026-03-31");
  return null;
}

function readTiers(
  fields: FieldReader,
  field: string,
  names: readonly string[],
  list: Money | null,
  currency: string,
): readonly TierPrice[] {
  const given = fromText(fields.take(...names));
  if (given === undefined) return [];
  if (!Array.isArray(given)) {
    fields.fault(field, "list", "must be a list of {group, price} or {qty, group, price}");
    return [];
  }
  if (given.length > maxTiers)
    fields.fault(field, "tooMany", `has ${given.length} entries, at most ${maxTiers} are stored`);
  return given.slice(0, maxTiers).flatMap((each: unknown, index): readonly TierPrice[] => {
    if (!isObject(each)) {
      fields.fault(`${field}/${index}`, "object", "must be an object with a price");
      return [];
    }
    const own = createFieldReader({ ...each, ...extensions(each) });
    const tier = readTier(own, list, currency);
    for (const { path, code, message } of own.faults) fields.fault(`${field}/${index}${path}`, code, message);
    return tier && own.faults.length === 0 ? [tier] : [];
  });
}

/** A list inside a CSV cell is JSON text. */
function fromText(given: unknown): unknown {
  if (typeof given !== "string") return given;
  try {
    return given.length > maxTierText ? given : JSON.parse(given);
  } catch {
    // No JSON: refused as what it is, a text.
    return given;
  }
}

function extensions({ extension_attributes: more }: Readonly<Record<string, unknown>>) {
  return isObject(more) ? more : {};
}

function readTier(fields: FieldReader, list: Money | null, currency: string): TierPrice | undefined {
  const qty = fields.number(["qty", "quantity"]) ?? 1;
  if (!(qty > 0)) fields.fault("qty", "range", "must be more than 0");
  const group = fields.text(["group", "customerGroup", "customer_group", "customer_group_id", "cust_group"], 100) ?? "";
  const website = fields.text(["website", "website_code", "website_id"], 100) ?? "";
  const price = readTierPrice(fields, list, currency);
  if (!price) return undefined;
  return {
    qty,
    ...(everyGroup.has(group.toLowerCase()) ? {} : { group }),
    ...(everyWebsite.test(website) ? {} : { website }),
    price,
  };
}

function readTierPrice(fields: FieldReader, list: Money | null, currency: string): Money | undefined {
  const share = fields.take("percentage_value", "percent");
  const type = fields.text(["value_type", "price_type", "priceType"], 20)?.toLowerCase();
  const isShare = type === "percent" || type === "discount";
  const percent = share ?? (isShare ? fields.take("price", "value") : undefined);
  if (percent === undefined) {
    const price = fields.money(["price", "value"], currency);
    if (!price && fields.faults.length === 0) fields.fault("price", "required", "is missing");
    return price;
  }
  // Per cent in hundredths, read as an amount of a currency with two digits: exact for what shops write.
  const hundredths = typeof percent === "string" || typeof percent === "number" ? toMinor(percent, "USD") : undefined;
  if (hundredths === undefined || hundredths < 0 || hundredths > 10_000) {
    fields.fault("percent", "range", "must be 0 to 100");
    return undefined;
  }
  if (!list) {
    fields.fault("percent", "price", "needs the price of the product");
    return undefined;
  }
  const left = (2n * BigInt(list.minor) * BigInt(10_000 - hundredths) + 10_000n) / 20_000n;
  return { minor: Number(left), currency: list.currency };
}
