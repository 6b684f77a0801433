// What a profile says of its person: attributes by any of their usual spellings, and the identifiers that people share with
// nobody. Attributes come from outside, so anything may stand in them.
import { isObject, type JsonValue } from "../kernel/index.ts";
import type { OwnedIdentifier, ProfileState } from "../profiles/index.ts";
import type { PersonFacts } from "./person-record.ts";

type PersonKey = "givenName" | "surname" | "fullName" | "birthDate" | "email" | "phone";
type AddressKey = "addressLine1" | "addressLine2" | "houseNumber" | "city" | "postcode" | "region";

const personKeys: ReadonlyMap<string, PersonKey> = new Map([
  ["firstname", "givenName"],
  ["givenname", "givenName"],
  ["forename", "givenName"],
  ["lastname", "surname"],
  ["surname", "surname"],
  ["familyname", "surname"],
  ["name", "fullName"],
  ["fullname", "fullName"],
  ["birthdate", "birthDate"],
  ["birthday", "birthDate"],
  ["dateofbirth", "birthDate"],
  ["dob", "birthDate"],
  ["email", "email"],
  ["emailaddress", "email"],
  ["phone", "phone"],
  ["telephone", "phone"],
  ["phonenumber", "phone"],
  ["mobile", "phone"],
  ["mobilephone", "phone"],
]);

const addressKeys: ReadonlyMap<string, AddressKey> = new Map([
  ["street", "addressLine1"],
  ["street1", "addressLine1"],
  ["line1", "addressLine1"],
  ["address1", "addressLine1"],
  ["addressline1", "addressLine1"],
  ["streetaddress", "addressLine1"],
  ["street2", "addressLine2"],
  ["line2", "addressLine2"],
  ["address2", "addressLine2"],
  ["addressline2", "addressLine2"],
  ["streetnumber", "houseNumber"],
  ["housenumber", "houseNumber"],
  ["city", "city"],
  ["town", "city"],
  ["suburb", "city"],
  ["locality", "city"],
  ["postalcode", "postcode"],
  ["postcode", "postcode"],
  ["zip", "postcode"],
  ["zipcode", "postcode"],
  ["state", "region"],
  ["region", "region"],
  ["province", "region"],
]);

/** The facts of a person with every field there, "" or empty when it is missing. */
export type KnownFacts = { readonly [Key in keyof PersonFacts]-?: Exclude<PersonFacts[Key], undefined> };

/** The address that is compared: the first of these that is there. */
const addressNames = [
  "address",
  "billing_address",
  "default_billing_address",
  "shipping_address",
  "default_shipping_address",
];

const maxText = 300;
const plainKey = (key: string) => key.toLowerCase().replace(/[_\- ]/g, "");

function textOf(value: JsonValue | undefined): string {
  if (typeof value === "string") return value.trim().slice(0, maxText);
  return typeof value === "number" ? String(value) : "";
}

type Address = Partial<Record<AddressKey, string>>;

function readAddress(entries: Iterable<readonly [string, JsonValue]>): Address {
  const address: Address = {};
  for (const [key, value] of entries) {
    const known = addressKeys.get(plainKey(key));
    if (known === undefined) continue;
    const lines = Array.isArray(value) ? value.map(textOf) : [textOf(value)];
    if (lines[0]) address[known] ??= lines[0];
    // Some shops keep the lines of a street in one list.
    if (known === "addressLine1" && lines[1]) address.addressLine2 ??= lines[1];
  }
  return address;
}

function addressOf(attributes: ProfileState["attributes"]): Address {
  for (const name of addressNames) {
    const value = Object.hasOwn(attributes, name) ? attributes[name]?.value : undefined;
    if (!isObject(value)) continue;
    // An attribute's value is JSON.
    const address = readAddress(Object.entries(value as Record<string, JsonValue>).slice(0, 50));
    if (Object.keys(address).length > 0) return address;
  }
  const flat = Object.entries(attributes).map(([key, { value }]) => [key, value] as const);
  return readAddress(flat);
}

function splitFullName(name: string): { readonly givenName: string; readonly surname: string } {
  const at = name.lastIndexOf(" ");
  return at < 0 ? { givenName: "", surname: name } : { givenName: name.slice(0, at), surname: name.slice(at + 1) };
}

/** Reads a profile; fields that it does not have are "" or empty. */
export function readPerson(
  id: string,
  attributes: ProfileState["attributes"],
  identifiers: readonly OwnedIdentifier[],
): KnownFacts {
  const person: Partial<Record<PersonKey, string>> = {};
  for (const [key, { value }] of Object.entries(attributes)) {
    const known = personKeys.get(plainKey(key));
    if (known !== undefined) person[known] ??= textOf(value);
  }
  const address = addressOf(attributes);
  const full = person.givenName || person.surname ? undefined : splitFullName(person.fullName ?? "");
  const owned = (namespace: string) =>
    identifiers.filter((one) => one.namespace === namespace && one.validTo === null).map(({ value }) => value);
  const line1 = [address.houseNumber, address.addressLine1].filter(Boolean).join(" ");
  return {
    id,
    givenName: person.givenName ?? full?.givenName ?? "",
    surname: person.surname ?? full?.surname ?? "",
    birthDate: person.birthDate ?? "",
    addressLine1: line1,
    addressLine2: address.addressLine2 ?? "",
    city: address.city ?? "",
    postcode: address.postcode ?? "",
    region: address.region ?? "",
    emails: [...new Set([...owned("email").sort(), person.email ?? ""])].filter((email) => email !== ""),
    phones: [...new Set([...owned("phone").sort(), person.phone ?? ""])].filter((phone) => phone !== ""),
  };
}

/**
 * True when there is enough to compare: two of name, birth date, address, e-mail and phone. A name alone is many people, an
 * e-mail address alone is an identifier already.
 */
export function isComparable(facts: KnownFacts): boolean {
  const kinds = [
    facts.givenName !== "" || facts.surname !== "",
    facts.birthDate !== "",
    facts.addressLine1 !== "" || facts.postcode !== "" || facts.city !== "",
    facts.emails.length > 0,
    facts.phones.length > 0,
  ];
  return kinds.filter(Boolean).length >= 2;
}
