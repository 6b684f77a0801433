import type { CanonicalEvent, DoorCheck } from "../collect/index.ts";
import { isObject, type JsonObject, type JsonValue } from "../kernel/index.ts";
import { cardNumberRemoved, isCardNumber, withoutCardNumbers } from "./card-numbers.ts";

const minDigits = 13;
/** The smallest number of 13 digits. */
const smallest = 1e12;
/** Fields of long numbers that join records: one in ten of those with a network's prefix has a right check digit by chance. */
const keyFields = new Set(
  "sku parentSku gtin ean upc isbn orderId refundId returnId cartId sessionId lineId trackingNumber".split(" "),
);

/**
 * A JSON value without card numbers, in texts, numbers and names of fields.
 *
 * @returns the very value when it holds none; bounded by the depth that the door allows
 */
export function cleanCardNumbers(value: unknown): unknown {
  if (typeof value === "string") return value.length < minDigits ? value : withoutCardNumbers(value);
  if (typeof value === "number") {
    return value >= smallest && Number.isSafeInteger(value) && isCardNumber(String(value)) ? cardNumberRemoved : value;
  }
  if (typeof value !== "object" || value === null) return value;
  return Array.isArray(value) ? cleanArray(value) : cleanObject(value as Readonly<Record<string, unknown>>);
}

function cleanArray(values: readonly unknown[]): readonly unknown[] {
  let cleaned: unknown[] | undefined;
  for (let index = 0; index < values.length; index += 1) {
    const clean = cleanCardNumbers(values[index]);
    if (clean === values[index]) continue;
    cleaned ??= [...values];
    cleaned[index] = clean;
  }
  return cleaned ?? values;
}

function cleanObject(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  let isClean = true;
  for (const key in fields) {
    const value = fields[key];
    if (keyFields.has(key)) continue;
    if (cleanCardNumbers(value) === value && (key.length < minDigits || withoutCardNumbers(key) === key)) continue;
    isClean = false;
    break;
  }
  if (isClean) return fields;
  // fromEntries defines: a field named __proto__ stays data.
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) =>
      keyFields.has(key) ? [key, value] : [withoutCardNumbers(key), cleanCardNumbers(value)],
    ),
  );
}

const asObject = (value: unknown, otherwise: JsonObject): JsonObject =>
  // The same shape as before, with texts in place of texts and numbers.
  isObject(value) ? (value as JsonObject) : otherwise;

/** Takes payment card numbers out of properties, context and extra fields; the event is flagged `card_number_removed`. */
export const checkCardNumbers: DoorCheck = (event) => {
  const properties = cleanCardNumbers(event.properties);
  const context = cleanCardNumbers(event.context);
  const extra = cleanCardNumbers(event.extra);
  if (properties === event.properties && context === event.context && extra === event.extra)
    return { action: "keep", event };
  const cleaned: CanonicalEvent = {
    ...event,
    properties: asObject(properties, event.properties),
    context: asObject(context, event.context),
    extra: asObject(extra, event.extra),
    flags: [...event.flags, "card_number_removed"],
  };
  return { action: "keep", event: cleaned };
};

/** The same for a payload that was rejected before it came to the door: its dead letter is kept for 14 days. */
export function cleanRejected(payload: JsonValue): JsonValue {
  // The same shape as before, with texts in place of texts and numbers.
  return cleanCardNumbers(payload) as JsonValue;
}
