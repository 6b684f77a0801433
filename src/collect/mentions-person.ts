// Whether a payload that was never read names a person. Dead letters have any shape, so every value is looked at.
import { isObject } from "../kernel/index.ts";
import type { Identifier } from "./event.ts";

/** A shorter value, such as the customer number 42, counts only in a field that is named like an identity. */
const tellingLength = 6;
const identityField = /^(id|ids|value|user|customer|email|phone|ecid|duid|previousId)$|_id$|Id$|ID$|Email$/;
const maxValues = 20_000;

const digitsOf = (text: string): string => text.replace(/\D/g, "");

/** @returns a function that tells whether a payload mentions one of the identifiers, as a value or inside a text cut off at its limit */
export function createMentions(identifiers: readonly Identifier[]): (payload: unknown) => boolean {
  const values = new Set(identifiers.map(({ value }) => value.toLowerCase()));
  const long = [...values].filter((value) => value.length >= tellingLength);
  const phones = new Set(
    identifiers.filter(({ namespace }) => namespace === "phone").map(({ value }) => digitsOf(value)),
  );

  const names = (field: string, text: string): boolean => {
    const value = text.trim().toLowerCase();
    if (values.has(value)) return value.length >= tellingLength || identityField.test(field);
    if (phones.size > 0 && /phone|tel|mobile/i.test(field)) {
      const digits = digitsOf(value).replace(/^0+/, "");
      if (digits.length >= tellingLength && [...phones].some((phone) => phone.endsWith(digits))) return true;
    }
    // Texts that hold other texts: an address in a URL, a payload that was cut off.
    return value.length > tellingLength && long.some((part) => value.includes(part));
  };

  return (payload) => {
    const waiting: { readonly field: string; readonly value: unknown }[] = [{ field: "", value: payload }];
    for (let seen = 0; seen < maxValues; seen += 1) {
      const next = waiting.pop();
      if (next === undefined) return false;
      const { field, value } = next;
      if (typeof value === "string" || typeof value === "number") {
        if (names(field, String(value))) return true;
      } else if (Array.isArray(value)) for (const child of value) waiting.push({ field, value: child });
      else if (isObject(value))
        for (const [key, child] of Object.entries(value)) waiting.push({ field: key, value: child });
    }
    // Too large to be searched: rather one dead letter less than a name that stays.
    return true;
  };
}
