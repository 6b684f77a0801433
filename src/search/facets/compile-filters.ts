import { foldText } from "../analysis/analysis.ts";
import { matchesText } from "../analysis/text-match.ts";
import type { Segment } from "../indexing/segment.ts";
import type { FacetValues } from "./facet-values.ts";
import type { Filter, FilterPart, NumberRange } from "./filter.ts";

/** Filters as bits: a document passes when it has collected all of them. */
export type CompiledFilters = {
  /** Prices by document that filters, facets and orders go by: those of the visitor. */
  readonly pricesOf: (segment: Segment) => Float64Array;
  /** Bits of the clauses that a value satisfies, by value id. Valid until the next compilation with the same marks. */
  readonly bitsByValue: Uint32Array;
  readonly numeric: readonly {
    readonly bit: number;
    readonly column: "prices" | "ratings";
    readonly ranges: readonly NumberRange[];
  }[];
  /** Clauses on SKUs and names. */
  readonly tests: readonly { readonly bit: number; readonly holds: (sku: string) => boolean }[];
  readonly all: number;
  /** Clauses that a document passes by not having the bit. */
  readonly negated: number;
  /** Alternatives that hold without `unless`, a bit of their own; they give the bit of their clause. */
  readonly exceptions: readonly { readonly bit: number; readonly unless: number }[];
  /** The attribute of each clause, by clause number; the scope has none, so no facet leaves it out. */
  readonly attributes: readonly (string | undefined)[];
  /** The category that every result lies in, and its bit; absent without one, or when no product ever was in it. */
  readonly scope?: { readonly valueId: number; readonly bit: number };
  /** Attributes that no product has: such a filter matches nothing. */
  readonly unknown: readonly string[];
};

/** The prices that the catalog itself tells. */
export function indexedPrices({ prices }: Segment): Float64Array {
  return prices;
}

/** Spellings of yes and no in filters on switches. */
const booleanWords: ReadonlyMap<string, string> = new Map([
  ["yes", "true"],
  ["1", "true"],
  ["no", "false"],
  ["0", "false"],
]);

/** Bits by value id, reused from query to query: a catalog can have more values than a query has microseconds to clear. */
export type ValueMarks = { bits: Uint32Array; marked: number[] };

function markValues(marks: ValueMarks, size: number): (id: number, bit: number) => void {
  for (const id of marks.marked) marks.bits[id] = 0;
  marks.marked = [];
  if (marks.bits.length < size) marks.bits = new Uint32Array(size * 2);
  return (id, bit) => {
    marks.bits[id] = (marks.bits[id] ?? 0) | bit;
    marks.marked.push(id);
  };
}

/**
 * @param scope a category path that every result lies in
 * @param priceScale minor units in one major unit
 * @param marks working memory; one query at a time
 * @param pricesOf default: the catalog's own prices
 * @param textsOf SKUs and names, which are no values of the index: there would be one for each product
 */
export function compileFilters(
  values: FacetValues,
  filters: readonly Filter[],
  scope: string | undefined,
  priceScale: number,
  marks: ValueMarks,
  textsOf: ProductTexts = () => [],
  pricesOf: CompiledFilters["pricesOf"] = indexedPrices,
): CompiledFilters {
  const mark = markValues(marks, values.size());
  const numeric: { bit: number; column: "prices" | "ratings"; ranges: readonly NumberRange[] }[] = [];
  const tests: { bit: number; holds: (sku: string) => boolean }[] = [];
  const attributes: (string | undefined)[] = [];
  const unknown: string[] = [];
  // Their bits come from the other end, so that the bits of the clauses stay in order.
  const exceptions: { bit: number; unless: number }[] = [];
  let negated = 0;
  for (const filter of filters) {
    const clause = 1 << attributes.length;
    attributes.push(filter.isScope ? undefined : filter.attribute);
    const parts = [filter, ...(filter.or ?? [])];
    if (parts.length === 1 && filter.isNegated) negated |= clause;
    for (const part of parts) {
      let bit = clause;
      if (parts.length > 1 && part.isNegated) {
        bit = 2 ** 30 / 2 ** exceptions.length;
        exceptions.push({ bit: clause, unless: bit });
      }
      if (part.attribute === "price" || part.attribute === "rating") {
        numeric.push(
          part.attribute === "price"
            ? { bit, column: "prices", ranges: scaled(rangesOf(part), priceScale) }
            : { bit, column: "ratings", ranges: rangesOf(part) },
        );
        continue;
      }
      if (part.attribute === "sku" || part.attribute === "name") {
        tests.push({ bit, holds: textTest(part, textsOf) });
        continue;
      }
      if (parts.length === 1 && !values.attribute(part.attribute)) unknown.push(part.attribute);
      for (const id of matchingValues(values, part)) mark(id, bit);
    }
  }
  let compiledScope: CompiledFilters["scope"];
  if (scope !== undefined) {
    const bit = (1 << attributes.length) >>> 0;
    attributes.push(undefined);
    const valueId = values.attribute("categories")?.idByValue.get(foldText(scope));
    if (valueId !== undefined) {
      mark(valueId, bit);
      compiledScope = { valueId, bit };
    }
  }
  // `>>> 0` keeps 31 clauses and a scope apart from negative numbers.
  const all = (2 ** attributes.length - 1) >>> 0;
  const compiled = { pricesOf, bitsByValue: marks.bits, numeric, tests, all, negated, exceptions, attributes, unknown };
  return compiledScope ? { ...compiled, scope: compiledScope } : compiled;
}

/** A single number means itself: half open up to the next representable step of a cent. */
function rangesOf({ values, ranges, exists }: FilterPart): readonly NumberRange[] {
  if (exists) return [{}];
  const exact = values.flatMap((text) =>
    Number.isFinite(Number(text)) ? { from: Number(text), to: Number(text) + 1e-6 } : [],
  );
  return [...ranges, ...exact];
}

function scaled(ranges: readonly NumberRange[], scale: number): readonly NumberRange[] {
  const minor = (bound: number) => Math.ceil(Number((bound * scale).toFixed(4)));
  return ranges.map(({ from, to }) => ({
    ...(from === undefined ? {} : { from: minor(from) }),
    ...(to === undefined ? {} : { to: minor(to) }),
  }));
}

function* matchingValues(
  values: FacetValues,
  { attribute: code, values: wanted, ranges, matches = [], exists = false }: FilterPart,
): Iterable<number> {
  const attribute = values.attribute(code);
  if (!attribute) return;
  for (const text of wanted) {
    const folded = foldText(text);
    const id = attribute.idByValue.get(folded) ?? attribute.idByValue.get(booleanWords.get(folded) ?? folded);
    if (id !== undefined) yield id;
  }
  if (exists) yield* attribute.valueIds;
  if (matches.length > 0) for (const [folded, id] of attribute.idByValue) if (matchesText(folded, matches)) yield id;
  if (ranges.length === 0) return;
  for (const id of attribute.valueIds) if (isInRanges(values.number(id), ranges)) yield id;
}

/** Texts of one product that are compared whole: its SKU and those of its variants, or its name. */
export type ProductTexts = (sku: string, field: "sku" | "name") => readonly string[];

function textTest({ attribute, values, matches = [], exists = false }: FilterPart, textsOf: ProductTexts) {
  if (exists) return () => true;
  const field = attribute === "sku" ? "sku" : "name";
  const wanted = new Set(values.map((text) => foldText(text.trim())));
  return (sku: string): boolean =>
    (field === "sku" ? [sku, ...textsOf(sku, field)] : textsOf(sku, field)).some((text) => {
      const folded = foldText(text);
      return wanted.has(folded) || matchesText(folded, matches);
    });
}

export function isInRanges(value: number, ranges: readonly NumberRange[]): boolean {
  for (const { from, to } of ranges)
    if (value >= (from ?? Number.NEGATIVE_INFINITY) && value < (to ?? Number.POSITIVE_INFINITY)) return true;
  return false;
}

/** Bits that a document lacks: 0 = it passes; one bit = it fails that clause only. */
export function missingBits(filters: CompiledFilters, segment: Segment, doc: number): number {
  const { bitsByValue, numeric, tests, exceptions } = filters;
  const { valueStarts, valueIds } = segment;
  let have = 0;
  const end = valueStarts[doc + 1] as number; // one more start than documents
  for (let at = valueStarts[doc] as number; at < end; at += 1) have |= bitsByValue[valueIds[at] as number] as number;
  if (numeric.length > 0)
    for (const { bit, column, ranges } of numeric) {
      const values = column === "prices" ? filters.pricesOf(segment) : segment.ratings;
      if (isInRanges(values[doc] ?? Number.NaN, ranges)) have |= bit;
    }
  if (tests.length > 0) for (const { bit, holds } of tests) if (holds(segment.skus[doc] ?? "")) have |= bit;
  if (exceptions.length > 0) for (const { bit, unless } of exceptions) if ((have & unless) === 0) have |= bit;
  return (filters.all & ~(have ^ filters.negated)) >>> 0;
}
