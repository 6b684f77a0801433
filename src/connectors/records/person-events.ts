// What a customer, a consent or a loyalty account tells about a person.
import type { TranslatedEvent } from "../../collect/index.ts";
import { isObject, type JsonObject, type JsonValue } from "../../kernel/index.ts";
import { createRecordReader, present, type RecordReader } from "./read-record.ts";
import type { RecordFacts, RecordFault, RecordMemory, RecordResult, SourceRecord } from "./record.ts";
import {
  addressAt,
  contextOf,
  countryOf,
  environmentOf,
  identifiersOf,
  messageIdsOf,
  phoneOf,
  storeViewOf,
} from "./record-identity.ts";

const maxAttributes = 200;
const maxCategories = 50;

function loyaltyOf(reader: RecordReader): JsonObject | undefined {
  const points = reader.decimal("loyalty.points");
  const loyalty = present({
    program: reader.text("loyalty.program", 100),
    tier: reader.text("loyalty.tier", 100),
    points: points && Number(reader.text("loyalty.points", 32)),
    joinDate: reader.time("loyalty.joinDate"),
    status: reader.text("loyalty.status", 100),
  });
  return Object.keys(loyalty).length > 0 ? loyalty : undefined;
}

function attributesOf(reader: RecordReader): JsonObject {
  const attributes = reader.object("attributes");
  if (!attributes) return {};
  const entries = Object.entries(attributes);
  if (entries.length > maxAttributes)
    reader.fault("attributes", "tooMany", `has ${entries.length} entries, at most ${maxAttributes} are taken`);
  return Object.fromEntries(entries.slice(0, maxAttributes));
}

/** A date without a time stays one: a birthday must not move by a time zone. */
function dateOf(reader: RecordReader, path: string): string | undefined {
  const text = reader.text(path, 40);
  if (text === undefined) return undefined;
  const date = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
  if (date === undefined || Number.isNaN(Date.parse(date))) reader.fault(path, "date", "is no date like 1980-12-31");
  return date;
}

function traitsOf(reader: RecordReader): JsonObject {
  const name = (field: string) => reader.text(`person.name.${field}`, 200) ?? reader.text(`customer.${field}`, 200);
  return {
    ...attributesOf(reader),
    ...present({
      firstName: name("firstName"),
      lastName: name("lastName"),
      middleName: name("middleName"),
      courtesyTitle: name("courtesyTitle"),
      birthDate: dateOf(reader, "person.birthDate"),
      gender: reader.text("person.gender", 40),
      email: reader.text("personalEmail.address", 512),
      phone: phoneOf(reader),
      customerGroup: reader.text("customer.groupCode", 100),
      billingAddress: addressAt(reader, "billingAddress"),
      shippingAddress: addressAt(reader, "shippingAddress"),
      address: addressAt(reader, "address") ?? addressAt(reader, "billingAddress"),
      startDate: reader.time("userAccount.startDate"),
      loyalty: loyaltyOf(reader),
    }),
  };
}

type Told = {
  readonly type: string;
  readonly part: string;
  readonly properties: JsonObject;
  readonly context?: JsonObject;
  readonly customerId: string | undefined;
};

function oneEvent(
  record: SourceRecord,
  facts: RecordFacts,
  memory: RecordMemory,
  faults: readonly RecordFault[],
  reader: RecordReader,
  told: Told,
): RecordResult {
  const identifiers = identifiersOf(reader, facts, told.customerId);
  if (identifiers.length === 0)
    reader.fault("customer.id", "required", "a customer number, an e-mail address or a phone number is needed");
  const at = memory.changedAt ?? reader.time("date") ?? record.updatedAt;
  const country = countryOf(reader);
  if (faults.length > 0) return { ok: false, faults };
  const event: TranslatedEvent = {
    messageId: messageIdsOf(record, environmentOf(reader), memory).versioned(told.part),
    type: told.type,
    originalName: told.type,
    ...(at === undefined ? {} : { timestamp: at }),
    identifiers,
    storeView: storeViewOf(reader, facts),
    properties: told.properties,
    context: { ...contextOf(reader), ...told.context },
    ...(country === undefined ? {} : { country }),
  };
  return { ok: true, events: [event], parts: [] };
}

/** The present state of a customer: a profile record, or the end of the account. */
export function customerToEvents(record: SourceRecord, facts: RecordFacts, memory: RecordMemory): RecordResult {
  const faults: RecordFault[] = [];
  const reader = createRecordReader(record.fields, faults);
  const customerId = reader.text("customer.id", 512) ?? record.externalId;
  const told: Told = record.deleted
    ? { type: "accountDeleted", part: "deleted", properties: {}, customerId }
    : { type: "profileRecord", part: "state", properties: { traits: traitsOf(reader) }, customerId };
  return oneEvent(record, facts, memory, faults, reader, told);
}

/** The state of a loyalty account, as traits of its owner. */
export function loyaltyToEvents(record: SourceRecord, facts: RecordFacts, memory: RecordMemory): RecordResult {
  const faults: RecordFault[] = [];
  const loyalty = isObject(record.fields["loyalty"]) ? record.fields["loyalty"] : {};
  // The key of the record is the number of the account unless it says otherwise.
  const fields = { ...record.fields, loyalty: { id: record.externalId, ...loyalty } };
  const reader = createRecordReader(fields, faults);
  const state = record.deleted ? present({ status: "deleted" }) : loyaltyOf(reader);
  if (!state) reader.fault("loyalty", "required", "neither program, tier, points, joinDate nor status is given");
  const traits: JsonObject = { ...attributesOf(reader), ...(state ? { loyalty: state } : {}) };
  return oneEvent(record, facts, memory, faults, reader, {
    type: "profileRecord",
    part: "loyalty",
    properties: { traits },
    customerId: undefined,
  });
}

/** `{analytics: true}`, or by channel `{marketing: {email: true, sms: false}}`; words for yes and no are read. */
function preferencesOf(reader: RecordReader): JsonObject {
  const read = (path: string, depth: number): JsonObject => {
    const preferences: Record<string, JsonValue> = {};
    for (const [name, value] of Object.entries(reader.object(path) ?? {}).slice(0, maxCategories)) {
      if (name === "__proto__" || name.includes(".")) continue;
      const preference = isObject(value)
        ? depth > 1
          ? read(`${path}.${name}`, depth - 1)
          : undefined
        : reader.flag(`${path}.${name}`);
      if (preference !== undefined) preferences[name] = preference;
    }
    return preferences;
  };
  const preferences = read("categories", 2);
  if (Object.keys(preferences).length === 0)
    reader.fault("categories", "required", "no category with true or false is given");
  return preferences;
}

/** What a person allows: `categories` with true or false for each. */
export function consentToEvents(record: SourceRecord, facts: RecordFacts, memory: RecordMemory): RecordResult {
  const faults: RecordFault[] = [];
  const reader = createRecordReader(record.fields, faults);
  const categoryPreferences = preferencesOf(reader);
  return oneEvent(record, facts, memory, faults, reader, {
    type: "consentUpdated",
    part: "consent",
    properties: present({ method: reader.text("method", 100) }),
    context: { consent: { categoryPreferences } },
    customerId: reader.text("customer.id", 512),
  });
}
