import { type ErrorDetail, isObject, type Money, plainText, toMinor } from "../kernel/index.ts";

/** Reads one row field by field and collects every fault instead of stopping at the first. */
export type FieldReader = {
  readonly faults: readonly ErrorDetail[];
  fault(path: string, code: string, message: string): void;
  /** The first of the names that holds something; empty text and null count as absent. All names are marked as read. */
  take(...names: readonly string[]): unknown;
  text(names: readonly string[], maxLength: number): string | undefined;
  number(names: readonly string[]): number | undefined;
  flag(names: readonly string[]): boolean | undefined;
  /** A list, or one text split at "|". */
  list(names: readonly string[], maxItems: number, maxLength: number): readonly string[];
  money(names: readonly string[], currency: string): Money | undefined;
  time(names: readonly string[]): number | undefined;
  choice<T extends string>(names: readonly string[], allowed: ReadonlyMap<string, T>): T | undefined;
  /** Fields that nobody took. */
  rest(): readonly (readonly [string, unknown])[];
};

const decimal = /^[+-]?\d+(\.\d+)?$/;
const flagWords: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["yes", true],
  ["y", true],
  ["in stock", true],
  ["instock", true],
  ["false", false],
  ["0", false],
  ["no", false],
  ["n", false],
  ["out of stock", false],
  ["outofstock", false],
]);

/** A boolean as shops write it; undefined when the text is none. */
export function toFlag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : flagWords.get(plainText(value).trim().toLowerCase());
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

// Control characters other than tab and line ends have no place in catalog text, and PostgreSQL refuses NUL.
const control = /[^\P{Cc}\t\n\r\u0080-\u009f]/u;
const loneSurrogate = /\p{Cs}/u;

/** The text without what cannot be stored, at most `maxLength` long. */
export function cleanText(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replace(/\p{Cs}|[^\P{Cc}\t\n\r]/gu, " ");
}

/** @returns why the text cannot be stored, or undefined */
export function textFault(text: string, maxLength: number): { code: string; message: string } | undefined {
  if (text.length > maxLength)
    return { code: "tooLong", message: `has ${text.length} characters, at most ${maxLength} are stored` };
  if (control.test(text)) return { code: "controlCharacter", message: "holds a control character" };
  if (text.includes("\uFFFD") || loneSurrogate.test(text))
    return { code: "encoding", message: "holds bytes that are not UTF-8" };
  return undefined;
}

/** @param row own properties only; keys like `__proto__` are data */
export function createFieldReader(row: Readonly<Record<string, unknown>>): FieldReader {
  const faults: ErrorDetail[] = [];
  const taken = new Set<string>();
  const fault = (path: string, code: string, message: string) => {
    faults.push({ path: `/${path}`, code, message: `${path} ${message}` });
  };
  const take = (...names: readonly string[]): unknown => {
    for (const name of names) taken.add(name);
    const found = names.find((name) => Object.hasOwn(row, name) && isPresent(row[name]));
    return found === undefined ? undefined : row[found];
  };
  const label = (names: readonly string[]) => names.find((name) => Object.hasOwn(row, name)) ?? names[0] ?? "";
  const toText = (value: unknown, path: string, maxLength: number): string | undefined => {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      fault(path, "text", "must be text");
      return undefined;
    }
    const text = plainText(value).trim();
    const wrong = textFault(text, maxLength);
    if (wrong) fault(path, wrong.code, wrong.message);
    return wrong ? undefined : text;
  };

  return {
    faults,
    fault,
    take,
    text: (names, maxLength) => {
      const value = take(...names);
      return value === undefined ? undefined : toText(value, label(names), maxLength);
    },
    number: (names) => {
      const value = take(...names);
      if (value === undefined) return undefined;
      const parsed =
        typeof value === "number" || (typeof value === "string" && decimal.test(value.trim()))
          ? Number(value)
          : Number.NaN;
      if (!Number.isFinite(parsed))
        fault(label(names), "number", `must be a number, not ${JSON.stringify(value)?.slice(0, 60)}`);
      return Number.isFinite(parsed) ? parsed : undefined;
    },
    flag: (names) => {
      const value = take(...names);
      if (value === undefined) return undefined;
      const flag = toFlag(value);
      if (flag === undefined) fault(label(names), "boolean", "must be true or false");
      return flag;
    },
    list: (names, maxItems, maxLength) => {
      const value = take(...names);
      if (value === undefined) return [];
      const parts: readonly unknown[] = Array.isArray(value) ? value : plainText(value).split("|");
      if (isObject(value)) fault(label(names), "list", "must be a list or text separated by |");
      if (parts.length > maxItems)
        fault(label(names), "tooMany", `has ${parts.length} entries, at most ${maxItems} are stored`);
      const texts = parts.slice(0, maxItems).flatMap((part) => toText(part, label(names), maxLength) ?? []);
      return [...new Set(texts.filter((text) => text !== ""))];
    },
    money: (names, currency) => {
      const value = take(...names);
      if (value === undefined) return undefined;
      const money = toMoney(value, currency);
      if (money === undefined)
        fault(label(names), "money", "must be a decimal number of at least 0, or {minor, currency}");
      return money;
    },
    time: (names) => {
      const value = take(...names);
      if (value === undefined) return undefined;
      const time = typeof value === "number" ? value : Date.parse(plainText(value));
      if (!Number.isFinite(time) || Math.abs(time) > 8.64e15) fault(label(names), "time", "must be an ISO 8601 time");
      return Number.isFinite(time) ? Math.trunc(time) : undefined;
    },
    choice: (names, allowed) => {
      const value = take(...names);
      if (value === undefined) return undefined;
      const found = allowed.get(plainText(value).trim().toLowerCase());
      if (found === undefined)
        fault(label(names), "choice", `must be one of ${[...new Set(allowed.values())].join(", ")}`);
      return found;
    },
    rest: () => Object.entries(row).filter(([name, value]) => !taken.has(name) && isPresent(value)),
  };
}

function toMoney(value: unknown, currency: string): Money | undefined {
  if (isObject(value)) {
    const { minor, currency: own } = value;
    const isMoney =
      typeof minor === "number" &&
      Number.isSafeInteger(minor) &&
      minor >= 0 &&
      typeof own === "string" &&
      /^[A-Z]{3}$/.test(own);
    return isMoney ? { minor, currency: own } : undefined;
  }
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const minor = toMinor(value, currency);
  return minor === undefined || minor < 0 ? undefined : { minor, currency };
}
