import type { JsonObject } from "../../../kernel/index.ts";
import { compact, instantOf, type Loose, listOf, objectOf, textOf } from "../values.ts";
import { readAddress } from "./read-order.ts";

const personTypes = new Set([
  "profileRecord",
  "accountCreated",
  "accountUpdated",
  "accountDeleted",
  "signIn",
  "createAccount",
  "editAccount",
]);

/** True for events that say who somebody is. */
export function isPersonEvent(type: string): boolean {
  return personTypes.has(type);
}

/** True for the current state of a customer, which is no event: it has neither type nor time. */
export function isProfileRecord(xdm: Loose): boolean {
  return (
    textOf(xdm["eventType"]) === undefined &&
    xdm["timestamp"] === undefined &&
    ["person", "personalEmail", "billingAddress", "shippingAddress", "userAccount", "loyalty"].some((key) => key in xdm)
  );
}

function phoneOf(value: unknown): string | undefined {
  return textOf(objectOf(value)["number"], 100);
}

function readLoyalty(value: unknown): JsonObject {
  const loyalty = objectOf(value);
  return compact({
    program: textOf(loyalty["program"]),
    tier: textOf(loyalty["tier"]),
    points: typeof loyalty["points"] === "number" ? loyalty["points"] : textOf(loyalty["points"]),
    joinDate: textOf(loyalty["joinDate"], 64),
    status: textOf(loyalty["status"]),
  });
}

/** What is told of a person, as traits. */
export function readTraits(xdm: Loose): JsonObject {
  const person = objectOf(xdm["person"]);
  const name = objectOf(person["name"]);
  return compact({
    ...objectOf(xdm["attributes"]),
    firstName: textOf(name["firstName"]),
    middleName: textOf(name["middleName"]),
    lastName: textOf(name["lastName"]),
    fullName: textOf(name["fullName"]),
    courtesyTitle: textOf(name["courtesyTitle"]),
    suffix: textOf(name["suffix"]),
    birthDate: textOf(person["birthDate"], 64),
    birthYear: typeof person["birthYear"] === "number" ? person["birthYear"] : textOf(person["birthYear"], 10),
    birthDayAndMonth: textOf(person["birthDayAndMonth"], 10),
    gender: textOf(person["gender"], 64),
    email: textOf(objectOf(xdm["personalEmail"])["address"]),
    phone: phoneOf(xdm["mobilePhone"]) ?? phoneOf(xdm["homePhone"]),
    billingAddress: readAddress(xdm["billingAddress"]),
    shippingAddress: readAddress(xdm["shippingAddress"]),
    billingPhone: phoneOf(xdm["billingAddressPhone"]),
    shippingPhone: phoneOf(xdm["shippingAddressPhone"]),
    startDate: instantOf(objectOf(xdm["userAccount"])["startDate"]),
    loyalty: readLoyalty(xdm["loyalty"]),
  });
}

const maxParameters = 50;

/** Profile parameters that page code hands over beside the event: `data.__adobe.target["profile.x"]`. */
export function readProfileParameters(data: Loose): JsonObject {
  const target = objectOf(objectOf(data["__adobe"])["target"] ?? data["__adobe.target"]);
  const found: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(target).slice(0, maxParameters)) {
    const name = /^profile\.([\w.-]{1,100})$/.exec(key)?.[1];
    if (name !== undefined && name !== "__proto__") found[name] = textOf(value);
  }
  return compact(found);
}

/** Phones of an event that identify: those of an address book do not, the same family shares them. */
export function readPhone(xdm: Loose): string | undefined {
  return phoneOf(xdm["mobilePhone"]) ?? phoneOf(xdm["homePhone"]);
}

/** Country for phone numbers without a prefix. */
export function readCountry(xdm: Loose): string | undefined {
  for (const key of ["billingAddress", "shippingAddress"]) {
    const address = objectOf(xdm[key]);
    const country = textOf(address["countryCode"] ?? address["country"], 2);
    if (country !== undefined && /^[A-Za-z]{2}$/.test(country)) return country.toUpperCase();
  }
  return undefined;
}

/** `_tenant` objects: fields of the merchant's own schema, kept under their own name. */
export function readTenantFields(xdm: Loose): JsonObject {
  const tenants = listOf(Object.entries(xdm), 200).flatMap((entry) => {
    const [key, value] = entry as [string, unknown];
    return /^_(?!id$|experience$|_)[\w-]{1,60}$/.test(key) ? [[key, value] as const] : [];
  });
  return compact(Object.fromEntries(tenants));
}
