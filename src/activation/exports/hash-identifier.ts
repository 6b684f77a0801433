// Identifiers as advertising systems match them: SHA-256 in lower-case hexadecimal of the value in the form in which the other side
// writes it. The forms differ a little: see docs/manual/audience-export.md.
import { normaliseIdentifier } from "../../collect/index.ts";
import { sha256Hex } from "../../kernel/index.ts";

/** `standard` is what Google asks for as well; `meta` writes phone numbers without the plus. */
export type HashStyle = "standard" | "meta";

const maxLength = 512;

/**
 * The hash of an identifier: an e-mail address trimmed and in lower case, a phone number as E.164 (with the plus; `meta` without),
 * every other value trimmed. What is a hash already (`email_sha256`) stays.
 *
 * @param country ISO 3166 code for phone numbers without a country prefix
 * @returns 64 hexadecimal digits; undefined for a value that identifies nobody: empty, a placeholder, no address or phone number
 */
export function hashIdentifier(
  namespace: string,
  value: string,
  style: HashStyle = "standard",
  country?: string,
): string | undefined {
  const identifier = normaliseIdentifier(namespace, value, country);
  if (!identifier) return undefined;
  switch (namespace) {
    case "email_sha256":
      return identifier.value;
    case "phone":
      return sha256Hex(style === "meta" ? identifier.value.replace(/^\+/, "") : identifier.value);
    default:
      return sha256Hex(identifier.value);
  }
}

/** What a trait of a person is to an advertising system. */
export type PersonField =
  | "first_name"
  | "last_name"
  | "city"
  | "state"
  | "zip"
  | "country"
  | "birth_date"
  | "gender"
  | "birth_year";

const countryCode = /^[a-z]{2}$/;
const notLetters = /[^\p{L}\p{M}]/gu;

function readBirthDate(text: string): readonly [string, string, string] | undefined {
  const [, year = "", month = "", day = ""] = /^(\d{4})-?(\d{2})-?(\d{2})(?:T.*)?$/.exec(text) ?? [];
  return year === "" ? undefined : [year, month, day];
}

/** The form before it is hashed; undefined for a value that has none. */
export function normaliseField(field: PersonField, value: string, style: HashStyle): string | undefined {
  const text = value.trim().slice(0, maxLength).normalize("NFC").toLowerCase();
  if (text === "") return undefined;
  switch (field) {
    case "first_name":
    case "last_name":
      // Meta: no punctuation, other alphabets stay. Google: lower case without spaces at the ends.
      return (style === "meta" ? text.replace(notLetters, "") : text) || undefined;
    case "city":
      return text.replace(notLetters, "") || undefined;
    case "state":
      return text.replace(/[^\p{L}\p{M}\p{N}]/gu, "") || undefined;
    case "zip": {
      const compact = text.replace(/[\s-]/g, "");
      // American codes count by their first five digits; Google takes either form.
      const isAmerican = /^\d{9}$/.test(compact) && text.includes("-");
      if (style === "meta") return (isAmerican ? compact.slice(0, 5) : compact) || undefined;
      return text;
    }
    case "country":
      return countryCode.test(text) ? (style === "meta" ? text : text.toUpperCase()) : undefined;
    case "birth_date":
      return readBirthDate(text)?.join("");
    case "birth_year":
      return readBirthDate(text)?.[0];
    case "gender":
      return /^[fm]/.test(text) ? text.charAt(0) : undefined;
    default:
      return undefined;
  }
}

/** A trait as an advertising system matches it, hashed. @returns undefined for a value that cannot be matched */
export function hashField(field: PersonField, value: string, style: HashStyle = "standard"): string | undefined {
  const text = normaliseField(field, value, style);
  return text === undefined ? undefined : sha256Hex(text);
}
