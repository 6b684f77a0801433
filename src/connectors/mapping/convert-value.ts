// One value of a row on its way into a record. Conversions are compiled once a mapping and run once a cell.
import { isObject, type JsonValue, minorDigits, plainText } from "../../kernel/index.ts";
import type { DetailedSource, MappingOptions } from "./mapping.ts";
import { createDateReader } from "./read-date.ts";
import type { TargetType } from "./targets.data.ts";

export type Converted =
  | { readonly ok: true; readonly value: JsonValue | undefined }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** @param currency of the record in hand, for amounts in minor units */
export type Convert = (raw: JsonValue | undefined, currency: string) => Converted;

const nothing: Converted = { ok: true, value: undefined };
const found = (value: JsonValue): Converted => ({ ok: true, value });
const fault = (code: string, message: string): Converted => ({ ok: false, code, message });

const maxListItems = 1_000;
const currencySigns = /^[\s\p{Sc}]+|[\s\p{Sc}]+$/gu;
const currencyCodes = /^[A-Z]{3}\s+|\s+[A-Z]{3}$/;
const groupedByComma = /^\d{1,3}(,\d{3})+(\.\d*)?$/;
const groupedByPoint = /^\d{1,3}(\.\d{3})+(,\d*)?$/;
const groupedByOther = /^\d{1,3}([\s'’]\d{3})+([.,]\d*)?$/;
const plainNumber = /^\d*\.?\d*$/;

/**
 * A number as people write it, as plain decimal text: thousands separators, currency signs, a trailing minus and brackets for
 * negative amounts go.
 *
 * @returns undefined for what is no number
 */
export function plainDecimal(text: string, decimal: "." | "," = "."): string | undefined {
  let rest = text.trim().replace(currencyCodes, "").replace(currencySigns, "");
  let isNegative = false;
  const bracketed = /^\((.*)\)$/.exec(rest);
  if (bracketed) {
    isNegative = true;
    rest = (bracketed[1] ?? "").replace(currencySigns, "");
  }
  if (/^[-−]/.test(rest) || /[-−]$/.test(rest)) {
    isNegative = !isNegative;
    rest = rest.replace(/^[-−]\s*|\s*[-−]$/g, "").replace(currencySigns, "");
  }
  rest = rest.replace(/^\+/, "");
  if (groupedByOther.test(rest)) rest = rest.replace(/[\s'’]/g, "");
  if (decimal === ",") {
    if (groupedByPoint.test(rest)) rest = rest.replaceAll(".", "");
    else if (rest.includes(".")) return undefined;
    rest = rest.replace(",", ".");
  } else if (groupedByComma.test(rest)) rest = rest.replaceAll(",", "");
  if (rest === "" || rest === "." || !plainNumber.test(rest)) return undefined;
  const [whole = "", fraction = ""] = rest.split(".");
  const digits = `${whole.replace(/^0+(?=\d)/, "") || "0"}${fraction === "" ? "" : `.${fraction}`}`;
  return isNegative && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

/** A JSON number without an exponent. */
function numberText(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const text = String(value);
  return text.includes("e") ? value.toFixed(12).replace(/\.?0+$/, "") : text;
}

function applySign(text: string, sign: DetailedSource["sign"]): string {
  if (sign === undefined || !/[1-9]/.test(text)) return text;
  if (sign === "absolute") return text.replace(/^-/, "");
  return text.startsWith("-") ? text.slice(1) : `-${text}`;
}

function createNumberReader(source: DetailedSource, options: MappingOptions): (raw: JsonValue) => string | undefined {
  const decimal = source.decimal ?? options.decimal ?? ".";
  return (raw) => {
    const text =
      typeof raw === "number" ? numberText(raw) : typeof raw === "string" ? plainDecimal(raw, decimal) : undefined;
    return text === undefined ? undefined : applySign(text, source.sign);
  };
}

/** 1234 hundredths are 12.34: only the point moves. */
function minorToMajor(text: string, currency: string): string | undefined {
  const digits = minorDigits(currency);
  if (text.includes(".")) return undefined;
  if (digits === 0) return text;
  const sign = text.startsWith("-") ? "-" : "";
  const padded = text.replace("-", "").padStart(digits + 1, "0");
  return `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

const defaultTrue = ["true", "1", "yes", "y", "t", "on", "x", "ja", "oui", "si"];
const defaultFalse = ["false", "0", "no", "n", "f", "off", "nein", "non"];

function createTyped(source: DetailedSource, type: TargetType, options: MappingOptions): Convert {
  switch (type) {
    case "number":
    case "integer": {
      const read = createNumberReader(source, options);
      return (raw) => {
        const text = raw === undefined ? undefined : read(raw);
        if (text === undefined) return fault("number", "is no number");
        const whole = text.replace(/\.0*$/, "");
        if (type === "integer" && whole.includes(".")) return fault("integer", "is no whole number");
        return found(type === "integer" ? whole : text);
      };
    }
    case "money": {
      const read = createNumberReader(source, options);
      return (raw, currency) => {
        const text = raw === undefined ? undefined : read(raw);
        const major = text === undefined || source.unit !== "minor" ? text : minorToMajor(text, currency);
        return major === undefined ? fault("money", "is no amount") : found(major);
      };
    }
    case "date": {
      const format = source.format ?? options.dateFormat ?? "iso";
      const read = createDateReader(format, source.zone ?? options.zone ?? "UTC");
      return (raw) => {
        const at = typeof raw === "string" || typeof raw === "number" ? read?.(String(raw).trim()) : undefined;
        if (at === undefined) return fault("date", `is no date of the format ${format}`);
        if (at < 0 || at > 253_402_300_799_999) return fault("date", "lies before 1970 or after 9999");
        return found(new Date(at).toISOString());
      };
    }
    case "boolean": {
      const trueWords = new Set((source.trueWords ?? defaultTrue).map((word) => word.toLowerCase()));
      const falseWords = new Set((source.falseWords ?? defaultFalse).map((word) => word.toLowerCase()));
      return (raw) => {
        if (typeof raw === "boolean") return found(raw);
        const word = plainText(raw).trim().toLowerCase();
        if (trueWords.has(word)) return found(true);
        return falseWords.has(word) ? found(false) : fault("boolean", "is none of the words for true and false");
      };
    }
    case "list": {
      const separator = source.split ?? "|";
      return (raw) => {
        const parts: readonly JsonValue[] = Array.isArray(raw) ? raw : plainText(raw).split(separator);
        if (parts.length > maxListItems) return fault("tooMany", `has more than ${maxListItems} entries`);
        return found(
          parts.map((part) => (typeof part === "string" ? part.trim() : part)).filter((part) => part !== ""),
        );
      };
    }
    case "json":
      return (raw) => {
        if (typeof raw !== "string" || !/^\s*[[{]/.test(raw)) return raw === undefined ? nothing : found(raw);
        try {
          return found(JSON.parse(raw) as JsonValue);
        } catch {
          // A bad cell is an outcome of the row, not a failure.
          return fault("json", "is no valid JSON");
        }
      };
    case "text":
      return (raw) => {
        if (isObject(raw) || Array.isArray(raw)) return fault("text", "is a list or an object, a text is needed");
        return raw === undefined ? nothing : found(typeof raw === "string" ? raw : plainText(raw));
      };
  }
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === "";
}

/** The conversion of one source: trim, map of values, case, then the type of the target; empty values take the default. */
export function createConvert(source: DetailedSource, targetType: TargetType, options: MappingOptions): Convert {
  const type = source.as ?? (source.split === undefined ? targetType : "list");
  const typed = createTyped(source, type, options);
  const { map } = source;
  const otherwise = source.otherwise as JsonValue | undefined;
  // Whatever a mapping file holds was parsed from JSON.
  const fallback = source.default as JsonValue | undefined;
  return (raw, currency) => {
    let value = raw;
    if (typeof value === "string" && source.trim !== false) value = value.trim();
    if (map !== undefined && (typeof value === "string" || typeof value === "number" || typeof value === "boolean")) {
      const key = String(value);
      if (Object.hasOwn(map, key)) value = map[key] as JsonValue;
      else if (otherwise !== undefined) value = otherwise;
    }
    if (isEmpty(value)) return fallback === undefined ? nothing : found(fallback);
    if (typeof value === "string" && source.case !== undefined)
      value = source.case === "lower" ? value.toLowerCase() : value.toUpperCase();
    return typed(value, currency);
  };
}
