// Reads the fields of a record: what is absent or empty is undefined, what cannot be read is a fault with its path.
import { parseInstant } from "../../collect/index.ts";
import { isObject, type JsonObject, type JsonValue, type Money, plainText } from "../../kernel/index.ts";
import { type Decimal, parseDecimal, toMinorUnits } from "./decimal.ts";
import type { RecordFault } from "./record.ts";

export type RecordReader = {
  readonly faults: readonly RecordFault[];
  readonly fault: (path: string, code: string, message: string) => void;
  /** Text of at most `maxLength` characters; numbers become text. */
  readonly text: (path: string, maxLength?: number) => string | undefined;
  readonly decimal: (path: string) => Decimal | undefined;
  readonly money: (path: string, currency: string) => Money | undefined;
  /** ISO 8601 in UTC. */
  readonly time: (path: string) => string | undefined;
  readonly flag: (path: string) => boolean | undefined;
  readonly object: (path: string) => JsonObject | undefined;
  /** A reader for each object of a list. */
  readonly list: (path: string, maxItems: number) => readonly RecordReader[];
  readonly value: (path: string) => JsonValue | undefined;
};

const defaultMaxLength = 500;
const lastInstantMs = 8.64e15;
const yes = new Set(["true", "1", "yes", "y"]);
const no = new Set(["false", "0", "no", "n"]);

function lookUp(root: JsonObject, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const key of path.split(".")) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    // Own keys of a JsonObject hold JSON.
    value = value[key] as JsonValue;
  }
  return value === null || value === "" ? undefined : value;
}

/** @param prefix path of `fields` within the record, for faults of list entries */
export function createRecordReader(fields: JsonObject, faults: RecordFault[] = [], prefix = ""): RecordReader {
  const fault = (path: string, code: string, message: string) => {
    faults.push({ path: prefix + path, code, message });
  };
  const value = (path: string) => lookUp(fields, path);
  const decimal = (path: string): Decimal | undefined => {
    const raw = value(path);
    if (raw === undefined) return undefined;
    const parsed = parseDecimal(raw);
    if (!parsed) fault(path, "number", "is no decimal number");
    return parsed;
  };
  return {
    faults,
    fault,
    value,
    decimal,
    text: (path, maxLength = defaultMaxLength) => {
      const raw = value(path);
      if (raw === undefined) return undefined;
      if (typeof raw !== "string" && typeof raw !== "number" && typeof raw !== "boolean") {
        fault(path, "text", "is no text");
        return undefined;
      }
      const text = String(raw).trim();
      return text === "" ? undefined : text.slice(0, maxLength);
    },
    money: (path, currency) => {
      const amount = decimal(path);
      if (!amount) return undefined;
      const minor = toMinorUnits(amount, currency);
      if (minor === undefined) fault(path, "money", "is too large");
      return minor === undefined ? undefined : { minor, currency };
    },
    time: (path) => {
      const raw = value(path);
      if (raw === undefined) return undefined;
      const at = parseInstant(raw);
      if (at === undefined || at < 0 || at > lastInstantMs) {
        fault(path, "time", "is no ISO 8601 time after 1970");
        return undefined;
      }
      return new Date(at).toISOString();
    },
    flag: (path) => {
      const raw = value(path);
      if (raw === undefined || typeof raw === "boolean") return raw;
      const word = plainText(raw).trim().toLowerCase();
      if (yes.has(word)) return true;
      if (!no.has(word)) fault(path, "boolean", "is neither true nor false");
      return false;
    },
    object: (path) => {
      const raw = value(path);
      if (raw === undefined) return undefined;
      if (!isObject(raw)) {
        fault(path, "object", "is no object");
        return undefined;
      }
      // An object inside a JsonObject is one.
      return raw as JsonObject;
    },
    list: (path, maxItems) => {
      const raw = value(path);
      if (raw === undefined) return [];
      const items: readonly JsonValue[] = Array.isArray(raw) ? raw : [raw as JsonValue];
      if (items.length > maxItems) fault(path, "tooMany", `has ${items.length} entries, at most ${maxItems} are taken`);
      return items.slice(0, maxItems).flatMap((item, index) => {
        if (!isObject(item)) {
          fault(`${path}.${index}`, "object", "is no object");
          return [];
        }
        return [createRecordReader(item as JsonObject, faults, `${prefix}${path}.${index}.`)];
      });
    },
  };
}

/** The given values without the undefined ones. */
export function present(values: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}
