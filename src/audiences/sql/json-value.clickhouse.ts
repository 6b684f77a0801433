/** A value inside a column of JSON text, as expressions of ClickHouse. */
import type { SqlParameters } from "./sql-parameters.clickhouse.ts";
import { decimalOf } from "./sql-parameters.clickhouse.ts";

/** `base` is an expression that yields JSON text; `keys` are placeholders of the keys that lead to the value. */
export type JsonValue = { readonly base: string; readonly keys: readonly string[] };

export function jsonAt(base: string, keys: readonly string[], parameters: SqlParameters): JsonValue {
  return { base, keys: keys.map((key) => parameters.bind("String", key)) };
}

function call(name: string, { base, keys }: JsonValue): string {
  return `${name}(${[base, ...keys].join(", ")})`;
}

export const typeOfJson = (value: JsonValue): string => call("JSONType", value);
export const rawOfJson = (value: JsonValue): string => call("JSONExtractRaw", value);
export const stringOfJson = (value: JsonValue): string => call("JSONExtractString", value);
export const elementsOfJson = (value: JsonValue): string => call("JSONExtractArrayRaw", value);

export const isString = (value: JsonValue): string => `${typeOfJson(value)} = 'String'`;
export const isNumber = (value: JsonValue): string => `${typeOfJson(value)} in ('Int64', 'UInt64', 'Double')`;
export const isArray = (value: JsonValue): string => `${typeOfJson(value)} = 'Array'`;
export const isObjectValue = (value: JsonValue): string => `${typeOfJson(value)} = 'Object'`;

/** Text of a scalar: of a number and a boolean, as it is written. */
export function scalarOf(value: JsonValue): string {
  return `if(${isString(value)}, ${stringOfJson(value)}, ${rawOfJson(value)})`;
}

/** A JSON number as an exact decimal, else null. */
export function numberOf(value: JsonValue): string {
  const raw = rawOfJson(value);
  // Numbers are written with an exponent from 10^21 and below 10^-6.
  const wide = `if(length(${raw}) <= 40 and abs(toFloat64OrZero(${raw})) <= 1e30, toDecimal256OrNull(${raw}, 20), null)`;
  return `if(${isNumber(value)}, ${wide}, null)`;
}

/** A JSON number or strictly numeric text as an exact decimal, else null. */
export function numericOf(value: JsonValue): string {
  const asText = `if(${isString(value)}, ${decimalOf(stringOfJson(value))}, null)`;
  return `ifNull(${numberOf(value)}, ${asText})`;
}

/** True when there is no value: absent or null; for all types but `json` also empty text and empty list. */
export function isMissingJson(value: JsonValue, isJson: boolean): string {
  const absent = `${typeOfJson(value)} = 'Null'`;
  if (isJson) return `(${absent})`;
  return `(${absent} or (${isString(value)} and ${stringOfJson(value)} = '') or (${isArray(value)} and empty(${elementsOfJson(value)})))`;
}

/** Text as rules compare it; see `foldText`. */
export function folded(text: string, caseSensitive: boolean): string {
  return caseSensitive ? text : `replaceAll(lowerUTF8(normalizeUTF8NFC(${text})), 'ς', 'σ')`;
}
