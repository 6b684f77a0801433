import { ClienteleError, type ErrorDetail } from "../../kernel/index.ts";
import { readWildcard, type TextMatch } from "../analysis/text-match.ts";

/** Half-open range in major units or plain numbers: `from` inclusive, `to` exclusive, each absent = open. */
export type NumberRange = { readonly from?: number; readonly to?: number };

/** One condition on one attribute: any of the values or ranges. Conditions on different attributes must all hold. */
export type Filter = FilterPart & {
  /** Further conditions; one of all must hold. */
  readonly or?: readonly FilterPart[];
  /** The facet of its own attribute counts with it too. */
  readonly isScope?: boolean;
};

export type FilterPart = {
  readonly attribute: string;
  readonly values: readonly string[];
  readonly ranges: readonly NumberRange[];
  /** Pieces of values, further alternatives. */
  readonly matches?: readonly TextMatch[];
  /** Any value at all. */
  readonly exists?: boolean;
  /** Holds for the products for which it would not. */
  readonly isNegated?: boolean;
};

const maxFilters = 30;
const maxValues = 200;
const number = "-?\\d{1,15}(?:\\.\\d{1,12})?";
const rangePattern = new RegExp(`^(${number})?\\.\\.(${number})?$`);
const attributePattern = /^[\p{L}\p{N}_.-]{1,100}$/u;
const aliases: ReadonlyMap<string, string> = new Map([
  ["category", "categories"],
  ["categoryPath", "categories"],
  ["finalPrice", "price"],
  ["in_stock", "inStock"],
]);

/**
 * Reads filters as they stand in a URL: `color:Blue|Red`, `price:10..50`, `price:..20|100..`, `categories:women/tops`.
 *
 * `name:*bag*` is a piece of it, `sku:24-*` its beginning, `sku:*-XL` its end, `color:*` any value at all.
 * `\|` stands for a bar inside a value, `\*` for a star. Filters on one attribute are joined: their values count as alternatives.
 *
 * @throws {ClienteleError} `search.badFilter` with one detail for each text that cannot be read
 */
export function parseFilters(texts: readonly string[]): readonly Filter[] {
  const faults: ErrorDetail[] = [];
  const byAttribute = new Map<string, Parts>();
  if (texts.length > maxFilters)
    faults.push({ path: "/filter", code: "tooMany", message: `at most ${maxFilters} filters` });
  for (const [at, text] of texts.slice(0, maxFilters).entries()) {
    const fault = (code: string, message: string) => faults.push({ path: `/filter/${at}`, code, message });
    const colon = text.indexOf(":");
    const name = text.slice(0, Math.max(0, colon)).trim();
    if (colon < 1 || !attributePattern.test(name)) {
      fault("syntax", "write attribute:value, attribute:a|b or attribute:10..20");
      continue;
    }
    const attribute = aliases.get(name) ?? name;
    const entry = byAttribute.get(attribute) ?? { values: [], ranges: [], matches: [], exists: false };
    for (const part of splitBars(text.slice(colon + 1))) {
      if (part === "") fault("empty", `the filter on ${attribute} has an empty value`);
      else readPart(part, entry, fault);
    }
    if (entry.values.length + entry.ranges.length + entry.matches.length > maxValues)
      fault("tooMany", `at most ${maxValues} values on one attribute`);
    byAttribute.set(attribute, entry);
  }
  if (faults.length > 0) {
    throw new ClienteleError(
      "search.badFilter",
      `cannot read ${faults.length === 1 ? "a filter" : "some filters"}: ${faults[0]?.message}`,
      { details: faults },
    );
  }
  return [...byAttribute].map(([attribute, { values, ranges, matches, exists }]) => ({
    ...{ attribute, values, ranges },
    ...(matches.length > 0 ? { matches } : {}),
    ...(exists ? { exists } : {}),
  }));
}

type Parts = { values: string[]; ranges: NumberRange[]; matches: TextMatch[]; exists: boolean };

function splitBars(text: string): string[] {
  return (text.match(/(?:\\.|[^|\\])+|(?<=^|\|)(?=\||$)/gs) ?? [""]).map((part) => part.trim());
}

function readPart(part: string, entry: Parts, fault: (code: string, message: string) => void): void {
  const match = rangePattern.exec(part);
  if (!match) {
    const wildcard = readWildcard(part);
    if (part === "*") entry.exists = true;
    else if (wildcard) entry.matches.push(wildcard);
    else entry.values.push(part.replace(/\\(.)/gs, "$1").slice(0, 500));
    return;
  }
  const [, from, to] = match;
  if (from === undefined && to === undefined) {
    fault("range", "a range needs at least one bound");
    return;
  }
  if (from !== undefined && to !== undefined && Number(from) > Number(to)) {
    fault("range", `the range ${part} ends before it begins`);
    return;
  }
  entry.ranges.push({
    ...(from === undefined ? {} : { from: Number(from) }),
    ...(to === undefined ? {} : { to: Number(to) }),
  });
}
