// Who a record is about, which message ids its events get, and where they happened.
import { type Identifier, namespaceOfWireName } from "../../collect/index.ts";
import { isObject, type JsonObject, sha256Hex } from "../../kernel/index.ts";
import { present, type RecordReader } from "./read-record.ts";
import type { RecordFacts, RecordMemory, SourceRecord } from "./record.ts";

const maxIdentifierLength = 512;
const maxFurtherIdentifiers = 20;

/** Identifiers of the person, raw; customer numbers in the namespace of the source. */
export function identifiersOf(reader: RecordReader, facts: RecordFacts, customerId?: string): readonly Identifier[] {
  const found: Identifier[] = [];
  const add = (namespace: string, value: string | undefined) => {
    if (value !== undefined) found.push({ namespace, value });
  };
  const isGuest = reader.flag("customer.isGuest") === true;
  if (!isGuest)
    add(
      facts.customerNamespace,
      customerId ?? reader.text("customer.id", maxIdentifierLength) ?? reader.text("customerId", maxIdentifierLength),
    );
  add("email", reader.text("personalEmail.address", maxIdentifierLength) ?? reader.text("email", maxIdentifierLength));
  add("phone", phoneOf(reader));
  add("loyalty_id", reader.text("loyalty.id", maxIdentifierLength) ?? reader.text("loyaltyId", maxIdentifierLength));
  const further = reader.object("identifiers");
  if (isObject(further)) {
    for (const [name, value] of Object.entries(further).slice(0, maxFurtherIdentifiers)) {
      if (typeof value === "string" || typeof value === "number") add(namespaceOfWireName(name), String(value));
    }
  }
  return found;
}

const phonePaths = [
  "mobilePhone.number",
  "homePhone.number",
  "phone",
  "billingAddressPhone.number",
  "shippingAddressPhone.number",
] as const;

export function phoneOf(reader: RecordReader): string | undefined {
  for (const path of phonePaths) {
    const phone = reader.text(path, 64);
    if (phone !== undefined) return phone;
  }
  return undefined;
}

/** Country for phone numbers without a prefix, when it is a two-letter code. */
export function countryOf(reader: RecordReader): string | undefined {
  for (const path of ["billingAddress", "billing.address", "shippingAddress", "shipping.address", "address"]) {
    const code = reader.text(`${path}.countryCode`, 64) ?? reader.text(`${path}.country`, 64);
    if (code !== undefined && /^[A-Za-z]{2}$/.test(code)) return code;
  }
  return undefined;
}

/** Environment that numbers the objects; part of every key (events.md 3.3). */
export function environmentOf(reader: RecordReader): string {
  return reader.text("scope.environmentID", 200) ?? "";
}

/**
 * Message ids that depend on nothing but the record: a record that comes again gives the same ones.
 *
 * States of one object are told apart by `memory.version`, else `updatedAt`, else their content.
 */
export function messageIdsOf(record: SourceRecord, environment: string, memory: RecordMemory) {
  let version = memory.version ?? record.updatedAt;
  const id = (part: string, suffix: string) =>
    `rec-${sha256Hex(JSON.stringify([record.kind, environment, record.externalId, part, suffix])).slice(0, 40)}`;
  return {
    /** Happens once in the life of the object. */
    once: (part: string) => id(part, ""),
    /** Happens anew with each state of the object. */
    versioned: (part: string) => {
      version ??= sha256Hex(JSON.stringify(record.fields));
      return id(part, version);
    },
  };
}

/** Where an order or customer belongs: website, store, channel. */
export function contextOf(reader: RecordReader): JsonObject {
  return present({
    environment: reader.text("scope.environmentID", 200),
    website: reader.text("scope.websiteCode", 64),
    store: reader.text("scope.storeCode", 64),
    storeView: reader.text("scope.storeViewCode", 64),
    channel: reader.text("channel._id", 200) ?? reader.text("channel", 200),
  });
}

export function storeViewOf(reader: RecordReader, facts: RecordFacts): string {
  return reader.text("scope.storeViewCode", 64) ?? facts.defaultStoreView;
}

const addressFields = [
  "street1",
  "street2",
  "city",
  "region",
  "state",
  "stateProvince",
  "postalCode",
  "country",
  "countryCode",
  "label",
] as const;

export function addressAt(reader: RecordReader, path: string): JsonObject | undefined {
  if (reader.value(path) === undefined || reader.object(path) === undefined) return undefined;
  const address = present(Object.fromEntries(addressFields.map((name) => [name, reader.text(`${path}.${name}`, 300)])));
  return Object.keys(address).length > 0 ? address : undefined;
}
