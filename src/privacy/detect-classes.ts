// Suggests data classes by what the values of a trait look like.
import { isCardNumber } from "./card-numbers.ts";
import type { DataClass } from "./data-classes.data.ts";

export type Detected = "email" | "phone" | "iban" | "card_number" | "national_id";
export type Suggestion = {
  readonly kind: DataClass["kind"];
  readonly name: string;
  readonly looksLike: Detected;
  /** Share of the values looked at, 0 to 1. */
  readonly ratio: number;
  readonly values: number;
  readonly pii: DataClass["pii"];
};

const suggestedPii: Readonly<Record<Detected, DataClass["pii"]>> = {
  email: "direct",
  phone: "direct",
  iban: "sensitive",
  card_number: "sensitive",
  national_id: "sensitive",
};

/** Below it a few odd values would decide. */
const minRatio = 0.5;
const minValues = 3;
const maxLength = 200;

/** ISO 13616: letters count 10 to 35, the first four characters go to the end, the whole is 1 modulo 97. */
export function isIban(text: string): boolean {
  const compact = text.replace(/[ -]/g, "").toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(compact)) return false;
  let rest = 0;
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

const digitsOf = (text: string): readonly number[] => [...text.replace(/\D/g, "")].map(Number);
const weighted = (digits: readonly number[], weights: readonly number[]): number =>
  weights.reduce((sum, weight, at) => sum + weight * (digits[at] ?? 0), 0);

/** German tax identification number, ISO 7064 MOD 11,10. */
function isGermanTaxId(text: string): boolean {
  if (!/^[1-9]\d{10}$/.test(text)) return false;
  const digits = digitsOf(text);
  let product = 10;
  for (const digit of digits.slice(0, 10)) product = (((digit + product) % 10 || 10) * 2) % 11;
  return (11 - product) % 10 === digits[10];
}

/** United States social security number; a number without dashes says too little. */
const isSocialSecurityNumber = (text: string): boolean => /^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(text);

/** United Kingdom national insurance number. */
const isNationalInsurance = (text: string): boolean =>
  /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/i.test(text.replaceAll(" ", ""));

/** French social security number: key = 97 − number modulo 97. */
function isFrenchNumber(text: string): boolean {
  const compact = text.replaceAll(" ", "");
  return /^[12]\d{14}$/.test(compact) && 97 - (Number(compact.slice(0, 13)) % 97) === Number(compact.slice(13));
}

/** Spanish DNI and NIE. */
function isSpanishId(text: string): boolean {
  const found = /^([XYZ]?)(\d{7,8})([A-Z])$/i.exec(text.trim());
  if (!found) return false;
  const number = Number(`${"XYZ".indexOf((found[1] ?? "").toUpperCase() || "X")}${found[2] ?? ""}`);
  return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] === found[3]?.toUpperCase();
}

/** Polish PESEL. */
const isPesel = (text: string): boolean =>
  /^\d{11}$/.test(text) &&
  (10 - (weighted(digitsOf(text), [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === digitsOf(text)[10];

const nationalIds = [isSocialSecurityNumber, isNationalInsurance, isFrenchNumber, isSpanishId, isGermanTaxId, isPesel];

/** What one value looks like. */
export function detect(value: unknown): Detected | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const text = String(value).trim();
  if (text.length > maxLength) return undefined;
  if (/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text)) return "email";
  if (isIban(text)) return "iban";
  if (/^\d[\d -]+$/.test(text) && isCardNumber(text.replace(/\D/g, ""))) return "card_number";
  if (nationalIds.some((matches) => matches(text))) return "national_id";
  return /^(\+|00|0)\d[\d ()/.-]{5,20}$/.test(text) && digitsOf(text).length >= 7 ? "phone" : undefined;
}

/** Suggestions for names whose values mostly look like one kind. */
export function suggestClasses(
  valuesByName: ReadonlyMap<string, readonly unknown[]>,
  kind: DataClass["kind"],
  piiOf: (name: string) => DataClass["pii"],
): readonly Suggestion[] {
  const suggestions: Suggestion[] = [];
  for (const [name, values] of valuesByName) {
    if (values.length < minValues) continue;
    const counts = new Map<Detected, number>();
    for (const value of values) {
      const found = detect(value);
      if (found) counts.set(found, (counts.get(found) ?? 0) + 1);
    }
    const [best] = [...counts].sort((a, b) => b[1] - a[1]);
    if (!best || best[1] / values.length < minRatio) continue;
    const pii = suggestedPii[best[0]];
    if (piiOf(name) === "direct" || piiOf(name) === "sensitive") continue;
    suggestions.push({ kind, name, looksLike: best[0], ratio: best[1] / values.length, values: values.length, pii });
  }
  return suggestions.sort((a, b) => (a.name < b.name ? -1 : 1));
}
