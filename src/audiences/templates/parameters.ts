import { ClienteleError, type ErrorDetail, isObject, type Money } from "../../kernel/index.ts";
import type { AudienceTemplate, ParameterValue, ShopFacts, TemplateParameter, TemplateValues } from "./template.ts";

const maxTexts = 200;
const maxTextLength = 200;
const maxDays = 3650;

/** The default of a parameter in this shop; undefined when the author must say. */
export function fallbackOf(parameter: TemplateParameter, shop: ShopFacts): ParameterValue | undefined {
  const { type, fallback } = parameter;
  if (type === "category") return fallback ?? shop.category;
  if (type === "brand") return fallback ?? shop.brand;
  return type === "money" && typeof fallback === "number" ? { minor: fallback, currency: shop.currency } : fallback;
}

type Reading = { readonly value: ParameterValue } | { readonly fault: string };

function readNumber(parameter: TemplateParameter, given: unknown): Reading {
  const { type } = parameter;
  const isWhole = type === "integer" || type === "days" || type === "hours";
  const min = parameter.min ?? (isWhole || type === "ratio" ? 0 : Number.NEGATIVE_INFINITY);
  const max = parameter.max ?? (type === "ratio" ? 1 : type === "hours" ? maxDays * 24 : maxDays);
  const limit = type === "number" || type === "integer" ? (parameter.max ?? Number.MAX_SAFE_INTEGER) : max;
  if (typeof given !== "number" || !Number.isFinite(given)) return { fault: "is a number" };
  if (isWhole && !Number.isInteger(given)) return { fault: "is a whole number" };
  if (given < min || given > limit) return { fault: `is a number from ${min} to ${limit}` };
  return { value: given };
}

function readAmount(given: unknown): Reading {
  if (isObject(given)) {
    const { minor, currency } = given;
    const isMinor = typeof minor === "number" && Number.isSafeInteger(minor) && minor >= 0;
    if (isMinor && typeof currency === "string" && /^[A-Z]{3}$/.test(currency)) return { value: { minor, currency } };
  }
  return { fault: "is an amount {minor, currency}, minor a whole number of at least 0" };
}

function readOne({ options, open }: TemplateParameter, given: unknown): Reading {
  if (typeof given !== "string" || given.trim() === "" || given.length > maxTextLength)
    return { fault: `is a text of 1 to ${maxTextLength} characters` };
  if (options && !open && !options.includes(given)) return { fault: `is one of ${options.join(", ")}` };
  return { value: given };
}

function readMany(parameter: TemplateParameter, given: unknown): Reading {
  if (!Array.isArray(given) || given.length === 0 || given.length > maxTexts)
    return { fault: `is a list of 1 to ${maxTexts} texts` };
  for (const each of given) {
    const read = readOne(parameter, each);
    if ("fault" in read) return { fault: `holds a value that is not right: each ${read.fault}` };
  }
  // Every element was read as a text.
  return { value: given as readonly string[] };
}

function readDate(given: unknown): Reading {
  const isDate = typeof given === "string" && /^\d{4}-\d{2}-\d{2}$/.test(given) && !Number.isNaN(Date.parse(given));
  return isDate ? { value: given } : { fault: "is a date such as 2026-01-31" };
}

function read(parameter: TemplateParameter, given: unknown): Reading {
  switch (parameter.type) {
    case "integer":
    case "number":
    case "ratio":
    case "days":
    case "hours":
      return readNumber(parameter, given);
    case "money":
      return readAmount(given);
    case "texts":
    case "choices":
      return readMany(parameter, given);
    case "boolean":
      return typeof given === "boolean" ? { value: given } : { fault: "is true or false" };
    case "date":
      return readDate(given);
    case "text":
    case "choice":
    case "category":
    case "brand":
      return readOne(parameter, given);
  }
}

/**
 * The values of a template: what is given, else its defaults.
 *
 * @throws {ClienteleError} `audiences.templateParameters` with every fault as a JSON pointer
 */
export function readParameters(
  template: AudienceTemplate,
  given: Readonly<Record<string, unknown>>,
  shop: ShopFacts,
): TemplateValues {
  const faults: ErrorDetail[] = [];
  const fault = (key: string, code: string, message: string): void => {
    faults.push({ path: `/parameters/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, code, message });
  };
  const values = new Map<string, ParameterValue>();
  for (const parameter of template.parameters) {
    const { key, label } = parameter;
    const value = Object.hasOwn(given, key) ? given[key] : fallbackOf(parameter, shop);
    const result: Reading = value === undefined ? { fault: "has no default here: give it" } : read(parameter, value);
    if ("fault" in result) fault(key, value === undefined ? "missing" : "value", `${label} ${result.fault}`);
    else values.set(key, result.value);
  }
  for (const key of Object.keys(given).slice(0, maxTexts))
    if (!template.parameters.some((parameter) => parameter.key === key))
      fault(key, "unknown", `the template ${template.key} has no parameter of this name`);
  if (faults.length > 0) {
    const message = `the template ${template.key} was given ${faults.length} parameters that do not fit; see details`;
    throw new ClienteleError("audiences.templateParameters", message, { details: faults });
  }
  return valuesOf(template, values);
}

/** The templates read what they declare, which was checked above. */
function valuesOf({ parameters }: AudienceTemplate, values: ReadonlyMap<string, ParameterValue>): TemplateValues {
  const numberOf = (key: string): number => Number(values.get(key));
  return {
    number: numberOf,
    text: (key) => String(values.get(key)),
    texts: (key) => values.get(key) as readonly string[],
    money: (key) => values.get(key) as Money,
    boolean: (key) => values.get(key) === true,
    duration: (key) => {
      const unit = parameters.find((parameter) => parameter.key === key)?.type === "hours" ? "h" : "d";
      return `${numberOf(key)}${unit}`;
    },
  };
}
