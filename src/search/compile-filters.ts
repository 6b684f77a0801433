import { foldText } from "./analysis.ts";
import type { FacetValues } from "./facet-values.ts";
import type { Filter, NumberRange } from "./filter.ts";
import type { Segment } from "./segment.ts";

/** Filters as bits: a document passes when it has collected all of them. */
export type CompiledFilters = {
  /** Bits of the clauses that a value satisfies, by value id. Valid until the next compilation with the same marks. */
  readonly bitsByValue: Uint32Array;
  readonly numeric: readonly {
    readonly bit: number;
    readonly column: "prices" | "ratings";
    readonly ranges: readonly NumberRange[];
  }[];
  readonly all: number;
  /** The attribute of each clause, by clause number; the scope has none, so no facet leaves it out. */
  readonly attributes: readonly (string | undefined)[];
  /** Attributes that no product has: such a filter matches nothing. */
  readonly unknown: readonly string[];
};

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
 */
export function compileFilters(
  values: FacetValues,
  filters: readonly Filter[],
  scope: string | undefined,
  priceScale: number,
  marks: ValueMarks,
): CompiledFilters {
  const mark = markValues(marks, values.size());
  const numeric: { bit: number; column: "prices" | "ratings"; ranges: readonly NumberRange[] }[] = [];
  const attributes: (string | undefined)[] = [];
  const unknown: string[] = [];
  for (const filter of filters) {
    const bit = 1 << attributes.length;
    attributes.push(filter.attribute);
    if (filter.attribute === "price" || filter.attribute === "rating") {
      numeric.push(
        filter.attribute === "price"
          ? { bit, column: "prices", ranges: scaled(rangesOf(filter), priceScale) }
          : { bit, column: "ratings", ranges: rangesOf(filter) },
      );
      continue;
    }
    if (!values.attribute(filter.attribute)) unknown.push(filter.attribute);
    for (const id of matchingValues(values, filter)) mark(id, bit);
  }
  if (scope !== undefined) {
    const bit = 1 << attributes.length;
    attributes.push(undefined);
    const id = values.attribute("categories")?.idByValue.get(foldText(scope));
    if (id !== undefined) mark(id, bit);
  }
  // `>>> 0` keeps 31 clauses and a scope apart from negative numbers.
  return { bitsByValue: marks.bits, numeric, all: (2 ** attributes.length - 1) >>> 0, attributes, unknown };
}

/** A single number means itself: half open up to the next representable step of a cent. */
function rangesOf({ values, ranges }: Filter): readonly NumberRange[] {
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

function* matchingValues(values: FacetValues, { attribute: code, values: wanted, ranges }: Filter): Iterable<number> {
  const attribute = values.attribute(code);
  if (!attribute) return;
  for (const text of wanted) {
    const folded = foldText(text);
    const id = attribute.idByValue.get(folded) ?? attribute.idByValue.get(booleanWords.get(folded) ?? folded);
    if (id !== undefined) yield id;
  }
  if (ranges.length === 0) return;
  for (const id of attribute.valueIds) if (isInRanges(values.number(id), ranges)) yield id;
}

export function isInRanges(value: number, ranges: readonly NumberRange[]): boolean {
  for (const { from, to } of ranges)
    if (value >= (from ?? Number.NEGATIVE_INFINITY) && value < (to ?? Number.POSITIVE_INFINITY)) return true;
  return false;
}

/** Bits that a document lacks: 0 = it passes; one bit = it fails that clause only. */
export function missingBits(filters: CompiledFilters, segment: Segment, doc: number): number {
  let have = 0;
  const end = segment.valueStarts[doc + 1] ?? 0;
  for (let at = segment.valueStarts[doc] ?? 0; at < end; at += 1)
    have |= filters.bitsByValue[segment.valueIds[at] ?? 0] ?? 0;
  for (const { bit, column, ranges } of filters.numeric)
    if (isInRanges(segment[column][doc] ?? Number.NaN, ranges)) have |= bit;
  return (filters.all & ~have) >>> 0;
}
