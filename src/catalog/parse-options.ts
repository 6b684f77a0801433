// Options that shoppers choose or fill in when they buy a product, as shops write them.
import { isObject, plainText } from "../kernel/index.ts";
import type { CustomOption, OptionPrice } from "./product.ts";
import { createFieldReader, type FieldReader } from "./read-fields.ts";

const maxOptions = 100;
const maxValues = 500;
const maxText = 200_000;
const maxTitle = 500;
const mostMinor = 100_000_000_000;
const mostPercent = 1_000;
const percentText = /^\d{1,4}(\.\d{1,4}0*)?$/;

/**
 * `customOptions`: `[{title, type, required, price, priceType, values: [{title, price, priceType}]}]`, in the names of Adobe Commerce
 * too (`is_require`, `price_type`), where the list may stand in `options`; in CSV the same list as JSON, or its notation of
 * `name=…,type=…,required=1,price=…,price_type=…,option_title=…|…`.
 */
export function readCustomOptions(fields: FieldReader, given: unknown, currency: string): readonly CustomOption[] {
  const list = toList(given);
  if (list === undefined) return [];
  if (!Array.isArray(list)) {
    fields.fault("customOptions", "list", "must be a list of {title, type, required, price, values}");
    return [];
  }
  if (list.length > maxOptions) {
    fields.fault("customOptions", "tooMany", `has ${list.length} entries, at most ${maxOptions} are stored`);
    return [];
  }
  return list.flatMap((each: unknown, index) =>
    readInside(fields, `customOptions/${index}`, each, (own) => readOption(own, currency)),
  );
}

/** Reads an object inside of a row; its faults are the row's. */
function readInside<T>(
  fields: FieldReader,
  path: string,
  given: unknown,
  read: (own: FieldReader) => T | undefined,
): readonly T[] {
  if (!isObject(given)) {
    fields.fault(path, "object", "must be an object with a title");
    return [];
  }
  const own = createFieldReader(given);
  const found = read(own);
  for (const fault of own.faults) fields.fault(`${path}${fault.path}`, fault.code, fault.message);
  return found === undefined || own.faults.length > 0 ? [] : [found];
}

function readOption(fields: FieldReader, currency: string): CustomOption | undefined {
  const title = readTitle(fields, ["title", "name"]);
  const type = fields.text(["type"], 50) ?? "";
  const isRequired = fields.flag(["required", "isRequired", "is_require", "is_required"]) ?? false;
  const price = readPrice(fields, currency);
  const list = fields.take("values", "choices") ?? [];
  if (!Array.isArray(list)) fields.fault("values", "list", "must be a list of {title, price}");
  const given: readonly unknown[] = Array.isArray(list) ? list : [];
  if (given.length > maxValues) {
    fields.fault("values", "tooMany", `has ${given.length} entries, at most ${maxValues} are stored`);
    return undefined;
  }
  const values = given.flatMap((each, index) =>
    readInside(fields, `values/${index}`, each, (own) => {
      const name = readTitle(own, ["title", "option_title", "name"]);
      const cost = readPrice(own, currency);
      return { title: name, ...(cost ? { price: cost } : {}) };
    }),
  );
  return {
    ...{ title, type, isRequired },
    ...(price ? { price } : {}),
    ...(values.length > 0 ? { values } : {}),
  };
}

function readTitle(fields: FieldReader, names: readonly string[]): string {
  const title = fields.text(names, maxTitle);
  if (title === undefined && fields.faults.length === 0) fields.fault("title", "required", "is missing");
  return title ?? "";
}

/** A price with its type beside it, or as answers of the catalog have it: `{amount}` or `{percent}`. */
function readPrice(fields: FieldReader, currency: string): OptionPrice | undefined {
  const whole = fields.take("price");
  if (!isObject(whole) || (whole["amount"] === undefined && whole["percent"] === undefined))
    return readTypedPrice(fields, currency);
  const type = whole["percent"] === undefined ? "fixed" : "percent";
  const own = createFieldReader({ price: whole["amount"] ?? whole["percent"], priceType: type });
  const price = readTypedPrice(own, currency);
  for (const { path, code, message } of own.faults) fields.fault(path.slice(1), code, message);
  return price;
}

function readTypedPrice(fields: FieldReader, currency: string): OptionPrice | undefined {
  const type = fields.text(["priceType", "price_type"], 20)?.toLowerCase() ?? "fixed";
  if (type === "percent") {
    const given = fields.take("price", "percent");
    if (given === undefined) return undefined;
    const text = typeof given === "number" || typeof given === "string" ? plainText(given).trim() : "";
    if (percentText.test(text) && Number(text) <= mostPercent) return { percent: shortest(text) };
    fields.fault("price", "range", "must be a percentage of 0 to 1000 with at most 4 places");
    return undefined;
  }
  if (type !== "fixed") fields.fault("priceType", "choice", "must be fixed or percent");
  const amount = fields.money(["price"], currency);
  if (!amount) return undefined;
  if (amount.currency !== currency) fields.fault("price", "currency", `must be in ${currency} as the product's price`);
  if (amount.minor > mostMinor) fields.fault("price", "range", `must be at most ${mostMinor} minor units`);
  return { amount };
}

/** Without the zeros that shops pad with: `10.0000` is `10`. */
function shortest(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A list inside a CSV cell is JSON text, or in the notation of Adobe Commerce's exports. */
function toList(given: unknown): unknown {
  if (typeof given !== "string") return given;
  if (given.length > maxText) return given;
  if (!given.trimStart().startsWith("[")) return given.includes("name=") ? fromNotation(given) : given;
  try {
    return JSON.parse(given);
  } catch {
    // No JSON: refused as what it is, a text.
    return given;
  }
}

/** Choices of one option stand one after the other, each with all fields of the option. */
function fromNotation(text: string): readonly object[] {
  const options: { key: string; option: Record<string, unknown>; values: object[] }[] = [];
  for (const part of text.split("|")) {
    // A comma inside of a value is followed by no field name.
    const entries = part.split(/,(?=[a-z_]+=)/).map((entry): readonly [string, string] => {
      const at = entry.indexOf("=");
      return [entry.slice(0, at).trim(), entry.slice(at + 1)];
    });
    const of = new Map(entries);
    const key = `${of.get("name") ?? ""}\n${of.get("type") ?? ""}`;
    const choice = of.get("option_title") ?? "";
    const price = { price: of.get("price"), price_type: of.get("price_type") };
    let last = options.at(-1);
    if (last?.key !== key) {
      const option = { name: of.get("name"), type: of.get("type"), required: of.get("required") };
      last = { key, option: choice === "" ? { ...option, ...price } : option, values: [] };
      options.push(last);
    }
    if (choice !== "") last.values.push({ title: choice, ...price });
  }
  return options.map(({ option, values }) => ({ ...option, values }));
}
