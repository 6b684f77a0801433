import { type FieldFault, ShopError } from "./shop-error.ts";

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type TextRules = {
  readonly label: string;
  readonly max?: number;
  readonly min?: number;
  readonly pattern?: RegExp;
  readonly hint?: string;
};

export type Form = {
  /** Trimmed text; reports a missing, too long or unfitting value and then returns "". */
  text(field: string, rules: TextRules): string;
  optionalText(field: string, rules: TextRules): string;
  oneOf<T extends string>(field: string, label: string, allowed: readonly T[]): T | undefined;
  fault(field: string, message: string): void;
  /** @throws {ShopError} 422 with every fault found so far */
  check(): void;
};

// Letters that would change how a name or address is shown rather than what it says.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this refuses
const invisible = /[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;

/** Reads a request body field by field and reports all faults at once, so that a form shows them together. */
export function readForm(body: unknown, prefix = ""): Form {
  const fields: Fields = isFields(body) ? body : {};
  const faults: FieldFault[] = [];
  const fault = (field: string, message: string): void => {
    faults.push({ field: prefix + field, message });
  };
  const optionalText = (field: string, { label, max = 120, min = 0, pattern, hint }: TextRules): string => {
    const given = fields[field];
    const text = typeof given === "string" ? given.trim() : "";
    if (given !== undefined && given !== null && typeof given !== "string") fault(field, `${label} must be text.`);
    else if (text.length > max) fault(field, `${label} must have at most ${max} characters.`);
    else if (invisible.test(text)) fault(field, `${label} contains characters that cannot be shown.`);
    else if (text !== "" && text.length < min) fault(field, `${label} must have at least ${min} characters.`);
    else if (text !== "" && pattern && !pattern.test(text)) fault(field, hint ?? `${label} is not valid.`);
    else return text;
    return "";
  };
  return {
    optionalText,
    text: (field, rules) => {
      const before = faults.length;
      const text = optionalText(field, rules);
      if (text === "" && faults.length === before) fault(field, `${rules.label} is required.`);
      return text;
    },
    oneOf: (field, label, allowed) => {
      const found = allowed.find((candidate) => candidate === fields[field]);
      if (found === undefined) fault(field, `Please choose: ${label.toLowerCase()}.`);
      return found;
    },
    fault,
    check: () => {
      if (faults.length > 0) throw new ShopError(422, "invalid", "Please correct the marked fields.", faults);
    },
  };
}

export const emailRules = {
  label: "Email",
  max: 254,
  pattern: /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:".]{2,}$/,
  hint: "Please enter an email address such as name@example.com.",
} as const;
