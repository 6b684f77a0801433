/**
 * The address book of a customer as rules read it. Shops write addresses in several traits and spellings (profile records, Segment
 * traits, Adobe Commerce's customer); here they are one list with one spelling, and an address that is written twice is one.
 */
import { isObject } from "../kernel/index.ts";
import type { RuleObject } from "../kernel/rules/index.ts";
import type { ProfileState } from "../profiles/index.ts";

/** Adobe Commerce shops hold thousands for a company; a profile keeps 4 KB of them. */
const maxAddresses = 100;
const maxFields = 40;
const maxTextLength = 500;

/** First spelling that is present wins. */
const spellings: Readonly<Record<string, readonly string[]>> = {
  city: ["city", "town"],
  region: ["region", "state", "state_province", "province"],
  region_code: ["region_code", "province_code", "state_code"],
  country: ["country_code", "country_id", "country"],
  postcode: ["postcode", "postal_code", "zip", "zipcode", "zip_code"],
  phone: ["phone", "telephone", "phone_number"],
  company: ["company", "organization"],
  first_name: ["first_name", "firstname"],
  last_name: ["last_name", "lastname"],
  vat_id: ["vat_id", "vat_number", "vat"],
};
const known = new Set([...Object.values(spellings).flat(), "street", "street1", "street2", "address1", "address2"]);
const billingFlags = ["default_billing", "is_default_billing"];
const shippingFlags = ["default_shipping", "is_default_shipping"];
const flags = new Set([...billingFlags, ...shippingFlags]);

function snake(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim().slice(0, maxTextLength);
  // Adobe Commerce: {region, region_code, region_id}.
  if (isObject(value)) return textOf(value["region"] ?? value["name"] ?? value["code"]);
  return Array.isArray(value) ? textOf(value.filter((part) => typeof part === "string").join(", ")) : undefined;
}

function streetOf(fields: ReadonlyMap<string, unknown>): string | undefined {
  const whole = textOf(fields.get("street"));
  if (whole !== undefined) return whole;
  const lines = [
    fields.get("street1") ?? fields.get("address1"),
    fields.get("street2") ?? fields.get("address2"),
  ].flatMap((line) => textOf(line) ?? []);
  return lines.length === 0 ? undefined : lines.join(", ");
}

function isSet(fields: ReadonlyMap<string, unknown>, names: readonly string[]): boolean {
  return names.some((name) => {
    const value = fields.get(name);
    return value === true || value === 1 || value === "1" || value === "true";
  });
}

type Address = Record<string, string | boolean>;

/** One address; undefined when it says nothing. */
function readAddress(value: unknown): Address | undefined {
  if (!isObject(value)) return undefined;
  const fields = new Map(
    Object.entries(value)
      .slice(0, maxFields)
      .map(([key, field]) => [snake(key), field] as const),
  );
  const address: Address = {};
  for (const [name, names] of Object.entries(spellings)) {
    const text = names.reduce<string | undefined>((found, each) => found ?? textOf(fields.get(each)), undefined);
    if (text !== undefined) address[name] = text;
  }
  const region = fields.get("region");
  if (isObject(region)) {
    const code = textOf(region["region_code"] ?? region["code"]);
    if (code !== undefined) address["region_code"] = code;
  }
  const street = streetOf(fields);
  if (street !== undefined) address["street"] = street;
  for (const [name, field] of fields) {
    if (known.has(name) || flags.has(name) || name in Object.prototype) continue;
    const text = typeof field === "boolean" ? field : textOf(field);
    if (text !== undefined) address[name] = text;
  }
  if (Object.keys(address).length === 0) return undefined;
  address["default_billing"] = isSet(fields, billingFlags);
  address["default_shipping"] = isSet(fields, shippingFlags);
  return address;
}

/** What makes two writings the same address: a phone or a label more or less does not. */
function placeOf(address: Address): string {
  return ["street", "postcode", "city", "region", "country"]
    .map((field) => String(address[field] ?? "").toLowerCase())
    .join("\n");
}

function bookOf(attributes: ProfileState["attributes"]): readonly RuleObject[] {
  const writtenAs = (name: string): unknown => attributes[name]?.value;
  const written = writtenAs("addresses");
  const all = [
    ...(Array.isArray(written) ? written.slice(0, maxAddresses) : []).map((each) => readAddress(each)),
    withFlag(readAddress(writtenAs("billing_address")), "default_billing"),
    withFlag(readAddress(writtenAs("shipping_address")), "default_shipping"),
    readAddress(writtenAs("address")),
  ];
  const book = new Map<string, Address>();
  for (const address of all) {
    if (!address) continue;
    const place = placeOf(address);
    const same = book.get(place);
    book.set(
      place,
      same
        ? {
            ...address,
            ...same,
            default_billing: same["default_billing"] === true || address["default_billing"] === true,
            default_shipping: same["default_shipping"] === true || address["default_shipping"] === true,
          }
        : address,
    );
  }
  return [...book.values()].slice(0, maxAddresses);
}

function withFlag(address: Address | undefined, flag: string): Address | undefined {
  return address && { ...address, [flag]: true };
}

const books = new WeakMap<ProfileState["attributes"], readonly RuleObject[]>();

/**
 * Addresses with `street city region region_code postcode country phone company first_name last_name vat_id default_billing
 * default_shipping` and whatever else the shop wrote, in snake_case.
 */
export function addressesOf({ attributes }: Pick<ProfileState, "attributes">): readonly RuleObject[] {
  const made = books.get(attributes);
  if (made) return made;
  const book = bookOf(attributes);
  books.set(attributes, book);
  return book;
}
