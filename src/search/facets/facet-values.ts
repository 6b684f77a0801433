import { foldText } from "../analysis/analysis.ts";

/** One attribute that products can be filtered, counted or sorted by, with the values seen so far. */
export type FacetAttribute = {
  readonly code: string;
  /** Number of the attribute, as `owner` gives it. */
  readonly index: number;
  /** Value id by folded value. */
  readonly idByValue: ReadonlyMap<string, number>;
  readonly valueIds: readonly number[];
};

/**
 * Numbers for attribute values, shared by all segments of an index.
 *
 * Grows only; a value that no product has any more keeps its number and is never counted.
 */
export type FacetValues = {
  /** The id of a value; made when new. Values that differ only in case and accents are one. */
  readonly idOf: (attribute: string, value: string | number) => number;
  readonly attribute: (code: string) => FacetAttribute | undefined;
  readonly attributes: () => Iterable<FacetAttribute>;
  /** As first seen. */
  readonly label: (valueId: number) => string;
  /** The value as a number, NaN when it is none. */
  readonly number: (valueId: number) => number;
  /** The attribute of a value, by its number. */
  readonly owner: (valueId: number) => number;
  readonly size: () => number;
  /** All values by number, to go on from later. */
  readonly state: () => FacetValuesState;
};

/** Codes of the attributes, and of each value its text and the place of its attribute. */
export type FacetValuesState = {
  readonly codes: readonly string[];
  readonly labels: readonly string[];
  readonly owners: readonly number[];
};

type Entry = { code: string; index: number; idByValue: Map<string, number>; valueIds: number[] };

/** @param known values of a former index */
export function createFacetValues(known?: FacetValuesState): FacetValues {
  const byCode = new Map<string, Entry>();
  const labels: string[] = [];
  const numbers: number[] = [];
  const owners: number[] = [];

  function entryOf(code: string): Entry {
    let entry = byCode.get(code);
    if (!entry) {
      entry = { code, index: byCode.size, idByValue: new Map(), valueIds: [] };
      byCode.set(code, entry);
    }
    return entry;
  }

  const values: FacetValues = {
    idOf(attribute, value) {
      const entry = entryOf(attribute);
      const text = String(value);
      const folded = foldText(text.trim());
      const known = entry.idByValue.get(folded);
      if (known !== undefined) return known;
      const id = labels.length;
      entry.idByValue.set(folded, id);
      entry.valueIds.push(id);
      labels.push(text.trim());
      numbers.push(text.trim() === "" ? Number.NaN : Number(text));
      owners.push(entry.index);
      return id;
    },
    attribute: (code) => byCode.get(code),
    attributes: () => byCode.values(),
    label: (valueId) => labels[valueId] ?? "",
    number: (valueId) => numbers[valueId] ?? Number.NaN,
    owner: (valueId) => owners[valueId] ?? -1,
    size: () => labels.length,
    state: () => ({ codes: [...byCode.keys()], labels: [...labels], owners: [...owners] }),
  };
  if (known) {
    for (const code of known.codes) entryOf(code);
    for (const [id, label] of known.labels.entries()) values.idOf(known.codes[known.owners[id] ?? -1] ?? "", label);
  }
  return values;
}
