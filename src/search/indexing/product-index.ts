import type { Analyzer } from "../analysis/analysis.ts";
import { createFacetValues, type FacetValues, type FacetValuesState } from "../facets/facet-values.ts";
import { createSegmentBuilder, type IndexParts } from "./build-segment.ts";
import { defaultFields, type FieldSetting } from "./fields.ts";
import type { IndexDocument } from "./index-document.ts";
import { goneDocument, type MergedSegment, mergeSegments } from "./merge-segments.ts";
import { deleteDocument, documentCount, findSku, isDeleted, type Segment, segmentBytes } from "./segment.ts";
import { findTerm } from "./term-dictionary.ts";
import { createTermProfiles, type TermProfiles, type TermProfilesState } from "./term-profiles.ts";

// The index is a row of immutable segments, oldest and largest first. A change adds a small segment and marks the old
// documents as deleted; neighbours are merged when they are of like size, so a product is copied O(log n) times and a
// query looks into few segments. All statistics are sums over segments less what was deleted: scores do not depend on how
// the index came about.

export type IndexStatistics = {
  /** Live documents. */
  readonly size: number;
  /** Mean length of each field over the documents that have it. */
  readonly averageLengths: Float64Array;
  readonly maxLengths: Uint32Array;
};

export type ProductIndex = {
  readonly analyzer: Analyzer;
  readonly fields: readonly FieldSetting[];
  readonly profiles: TermProfiles;
  readonly values: FacetValues;
  /** Adds or replaces documents and deletes SKUs; visible to the next query. One small segment a call. */
  readonly apply: (upserted: readonly IndexDocument[], deleted?: readonly string[]) => void;
  /** Collects new documents of SKUs that the index does not hold; they are found from `commit` on. For builds. */
  readonly startBulk: () => BulkLoad;
  /** Runs due merges to their end. */
  readonly compact: () => void;
  /** The next due merge in slices of a few ms, undefined when none is due. One at a time. */
  readonly startCompaction: () => Generator<undefined, void> | undefined;
  readonly segments: () => readonly Segment[];
  readonly statistics: () => IndexStatistics;
  /** Live documents that hold the term in any field. */
  readonly documentCount: (term: string) => number;
  readonly has: (sku: string) => boolean;
  /** Counts up with every change of the content. */
  readonly version: () => number;
  /** Bytes of the typed arrays and an estimate of the rest. */
  readonly bytes: () => number;
  /** Everything the index is made of, as it is now; later changes do not show in it. */
  readonly state: () => IndexState;
};

export type IndexState = {
  readonly profiles: TermProfilesState;
  readonly values: FacetValuesState;
  readonly segments: readonly Segment[];
  /** Sum and number of lengths, and the longest, by field. */
  readonly totals: Float64Array;
  readonly counts: Float64Array;
  readonly maxLengths: Uint32Array;
};

export type BulkLoad = {
  readonly add: (document: IndexDocument) => void;
  readonly size: () => number;
  readonly commit: () => void;
};

export type ProductIndexOptions = {
  readonly analyzer: Analyzer;
  readonly fields?: readonly FieldSetting[] /** Of an index with the same fields. */;
  readonly state?: IndexState;
};

/** A neighbour is merged when it is not larger than this many times what comes after it. */
const mergeRatio = 3;
/** A segment is rewritten when more than this share of it is deleted. */
const maxDeletedRatio = 0.3;

export function createProductIndex(options: ProductIndexOptions): ProductIndex {
  const fields = options.fields ?? defaultFields;
  const parts: IndexParts = {
    analyzer: options.analyzer,
    profiles: createTermProfiles(fields.length, options.state?.profiles),
    values: createFacetValues(options.state?.values),
    fieldCount: fields.length,
  };
  let segments: readonly Segment[] = options.state?.segments ?? [];
  let version = 0;
  let statistics: IndexStatistics | undefined;
  let merging = false;
  const totals = options.state?.totals ?? new Float64Array(fields.length);
  const counts = options.state?.counts ?? new Float64Array(fields.length);
  const maxLengths = options.state?.maxLengths ?? new Uint32Array(fields.length);

  function countLengths(segment: Segment, doc: number, sign: 1 | -1): void {
    for (let field = 0; field < fields.length; field += 1) {
      const length = segment.lengths[field]?.[doc] ?? 0;
      if (length === 0) continue;
      totals[field] = (totals[field] ?? 0) + sign * length;
      counts[field] = (counts[field] ?? 0) + sign;
      if (length > (maxLengths[field] ?? 0)) maxLengths[field] = length;
    }
  }

  function remove(sku: string): void {
    for (const segment of segments) {
      const doc = findSku(segment, sku);
      if (doc < 0) continue;
      countLengths(segment, doc, -1);
      deleteDocument(segment, doc);
    }
  }

  function apply(upserted: readonly IndexDocument[], deleted: readonly string[] = []): void {
    if (upserted.length === 0 && deleted.length === 0) return;
    for (const sku of deleted) remove(sku);
    // The last one wins when a batch names a SKU twice.
    const bySku = new Map(upserted.map((document) => [document.sku, document]));
    const builder = createSegmentBuilder(parts);
    for (const [sku, document] of bySku) {
      remove(sku);
      builder.add(document);
    }
    if (builder.size() > 0) append(builder.build());
    changed();
  }

  function append(segment: Segment): void {
    for (let doc = 0; doc < segment.size; doc += 1) countLengths(segment, doc, 1);
    segments = [...segments, segment];
    changed();
  }

  function startBulk(): BulkLoad {
    const builder = createSegmentBuilder(parts);
    return {
      add: builder.add,
      size: builder.size,
      commit() {
        if (builder.size() > 0) append(builder.build());
      },
    };
  }

  function changed(): void {
    version += 1;
    statistics = undefined;
  }

  /** The run of neighbours to merge next. */
  function dueRun(): readonly Segment[] {
    let from = segments.length - 1;
    let size = liveSize(segments[from]);
    while (from > 0 && liveSize(segments[from - 1]) <= size * mergeRatio) {
      from -= 1;
      size += liveSize(segments[from]);
    }
    if (segments.length - from > 1) return segments.slice(from);
    return segments
      .filter((segment) => segment.deletedSize > Math.max(100, segment.size * maxDeletedRatio))
      .slice(0, 1);
  }

  function* compaction(run: readonly Segment[]): Generator<undefined, void> {
    try {
      const merged = yield* mergeSegments(run);
      repeatDeletions(run, merged);
      const at = segments.indexOf(run[0] as Segment); // run is never empty: dueRun gave it
      const kept = segments.filter((segment) => !run.includes(segment));
      segments = merged.segment.size === 0 ? kept : [...kept.slice(0, at), merged.segment, ...kept.slice(at)];
    } finally {
      merging = false;
    }
  }

  function startCompaction(): Generator<undefined, void> | undefined {
    if (merging) return undefined;
    const run = dueRun();
    if (run.length === 0) return undefined;
    merging = true;
    return compaction(run);
  }

  return {
    analyzer: options.analyzer,
    fields,
    profiles: parts.profiles,
    values: parts.values,
    apply,
    startBulk,
    startCompaction,
    compact() {
      for (let work = startCompaction(); work; work = startCompaction()) while (!work.next().done);
    },
    segments: () => segments,
    statistics() {
      statistics ??= {
        size: segments.reduce((size, segment) => size + liveSize(segment), 0),
        averageLengths: totals.map((total, field) => ((counts[field] ?? 0) > 0 ? total / (counts[field] ?? 1) : 1)),
        maxLengths: maxLengths.slice(),
      };
      return statistics;
    },
    documentCount: (term) =>
      segments.reduce((count, segment) => {
        const at = findTerm(segment.terms, term);
        return at < 0 ? count : count + documentCount(segment, at);
      }, 0),
    has: (sku) => segments.some((segment) => findSku(segment, sku) >= 0),
    version: () => version,
    state: () => ({
      profiles: parts.profiles.state(),
      values: parts.values.state(),
      // Of a segment only the deletions change.
      segments: segments.map((segment) => ({
        ...segment,
        deleted: segment.deleted.slice(),
        deletedCounts: new Map(segment.deletedCounts),
      })),
      ...{ totals: totals.slice(), counts: counts.slice(), maxLengths: maxLengths.slice() },
    }),
    bytes: () =>
      parts.profiles.bytes() + segments.reduce((bytes, segment) => bytes + segmentBytes(segment) + segment.size * 8, 0),
  };
}

function liveSize(segment: Segment | undefined): number {
  return segment ? segment.size - segment.deletedSize : 0;
}

/** Deletes in the merged segment what was deleted in its inputs while the merge ran. */
function repeatDeletions(run: readonly Segment[], { segment, newDocs }: MergedSegment): void {
  for (const [at, input] of run.entries()) {
    if (input.deletedSize === 0) continue;
    for (let doc = 0; doc < input.size; doc += 1) {
      const made = newDocs[at]?.[doc] ?? goneDocument;
      if (made !== goneDocument && isDeleted(input, doc)) deleteDocument(segment, made);
    }
  }
}
