import type { FieldSetting } from "../indexing/fields.ts";
import type { IndexStatistics, ProductIndex } from "../indexing/product-index.ts";
import type { Segment } from "../indexing/segment.ts";
import type { ProfileRows } from "../indexing/term-profiles.ts";

// BM25F: the occurrences of a term in all fields are weighted and added **before** saturation, so a word in name and
// description counts little more than in the name alone. Adding per-field scores instead costs 4 NDCG points.

/** Saturation of repeated terms. */
export const k1 = 1.2;
/** Weight of coverage: an item with all query terms scores twice what it would with none. */
export const coverageWeight = 1;

/** ln(1 + (N − n + 0.5)/(n + 0.5)): what a term tells, 0 when every document has it. */
export function inverseDocumentFrequency(size: number, documents: number): number {
  return Math.log(1 + (size - documents + 0.5) / (documents + 0.5));
}

/**
 * The share of terms that stand in for others: what is rarer than the word itself would weigh more than it, so it is held
 * to the share of the word's own weight.
 *
 * @param own documents of the words as typed; empty = no product holds them, the share stays as it is
 */
export function boundedWeight(size: number, share: number, own: readonly number[], meant: readonly number[]): number {
  const sum = (counts: readonly number[]) =>
    counts.reduce((total, documents) => total + inverseDocumentFrequency(size, documents), 0);
  return own.length === 0 ? share : share * Math.min(1, sum(own) / sum(meant));
}

/** 1 + a · (matched / all)². */
export function coverageFactor(matched: number, all: number): number {
  return all === 0 ? 1 : 1 + coverageWeight * (matched / all) ** 2;
}

/** w / (1 − b + b · length / average) for each field and length: the factor of one occurrence. */
export type NormTables = { readonly tables: readonly Float64Array[]; readonly rows: ProfileRows };

function tableOf(field: FieldSetting, average: number, maxLength: number): Float64Array {
  const { weight, lengthNorm } = field;
  return Float64Array.from(
    { length: maxLength + 1 },
    (_, length) => weight / (1 - lengthNorm + (lengthNorm * length) / average),
  );
}

const tablesByStatistics = new WeakMap<IndexStatistics, readonly Float64Array[]>();

/** The factors for the present content of an index; made once a version. */
export function normTables(index: ProductIndex): NormTables {
  const statistics = index.statistics();
  let tables = tablesByStatistics.get(statistics);
  if (!tables) {
    tables = index.fields.map((field, at) =>
      tableOf(field, statistics.averageLengths[at] ?? 1, statistics.maxLengths[at] ?? 0),
    );
    tablesByStatistics.set(statistics, tables);
  }
  return { tables, rows: index.profiles.rows() };
}

/** Weighted occurrences of the term of a posting, over all fields. */
export function weightedCount(norms: NormTables, segment: Segment, doc: number, profile: number): number {
  const { starts, fields, counts } = norms.rows;
  const end = starts[profile + 1] ?? 0;
  let total = 0;
  for (let at = starts[profile] ?? 0; at < end; at += 1) {
    const field = fields[at] ?? 0;
    total += (counts[at] ?? 0) * (norms.tables[field]?.[segment.lengths[field]?.[doc] ?? 0] ?? 0);
  }
  return total;
}

/** tf' · (k1 + 1) / (tf' + k1). */
export function saturate(count: number): number {
  return (count * (k1 + 1)) / (count + k1);
}
