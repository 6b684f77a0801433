/**
 * Numbers for "how often in which field".
 *
 * A posting must say how often its term occurs in each field. One byte a field costs 15 bytes a posting; but almost all
 * postings of a catalog share a few thousand patterns ("once in the name", "once in the name and twice in the
 * description"), so a posting holds the 16-bit number of its pattern. Patterns form a tree: `next(pattern, field)` adds
 * one occurrence. Fields must be added in ascending order, so that each pattern has one number.
 */
export type TermProfiles = {
  /** The pattern after one more occurrence in `field`; stays when the count (255) or the table (65,535) is full. */
  readonly next: (profile: number, field: number) => number;
  /** The field added last, -1 for the empty pattern. */
  readonly lastField: (profile: number) => number;
  /** Occurrences in one field. */
  readonly count: (profile: number, field: number) => number;
  /** All patterns as sparse rows; the same object until a pattern is added. */
  readonly rows: () => ProfileRows;
  readonly size: () => number;
  readonly bytes: () => number;
  /** A copy of all patterns, to go on from later. */
  readonly state: () => TermProfilesState;
};

export type TermProfilesState = {
  readonly successors: Uint16Array;
  readonly counts: Uint8Array;
  readonly lastFields: Int8Array;
};

/** Pattern p occurs `counts[i]` times in `fields[i]` for i from `starts[p]` to `starts[p + 1]`. */
export type ProfileRows = { readonly starts: Uint32Array; readonly fields: Uint8Array; readonly counts: Uint8Array };

const maxProfiles = 65_535;
const maxCount = 255;

/**
 * @param fieldCount fields of the index, 1 to 32
 * @param known patterns of a former index with the same fields
 */
export function createTermProfiles(fieldCount: number, known?: TermProfilesState): TermProfiles {
  let size = known ? known.lastFields.length : 1;
  let capacity = Math.max(1_024, size);
  let successors = new Uint16Array(capacity * fieldCount);
  let counts = new Uint8Array(capacity * fieldCount);
  let lastFields = new Int8Array(capacity).fill(-1);
  if (known) {
    successors.set(known.successors);
    counts.set(known.counts);
    lastFields.set(known.lastFields);
  }

  let rows: ProfileRows | undefined;

  function buildRows(): ProfileRows {
    const starts = new Uint32Array(size + 1);
    const fields: number[] = [];
    const rowCounts: number[] = [];
    for (let profile = 0; profile < size; profile += 1) {
      for (let field = 0; field < fieldCount; field += 1) {
        const count = counts[profile * fieldCount + field] ?? 0;
        if (count === 0) continue;
        fields.push(field);
        rowCounts.push(count);
      }
      starts[profile + 1] = fields.length;
    }
    return { starts, fields: Uint8Array.from(fields), counts: Uint8Array.from(rowCounts) };
  }

  function grow() {
    capacity = Math.min(capacity * 2, maxProfiles + 1);
    const wider = <T extends Uint16Array | Uint8Array | Int8Array>(old: T, next: T): T => {
      next.set(old);
      return next;
    };
    successors = wider(successors, new Uint16Array(capacity * fieldCount));
    counts = wider(counts, new Uint8Array(capacity * fieldCount));
    lastFields = wider(lastFields, new Int8Array(capacity));
  }

  return {
    next(profile, field) {
      const at = profile * fieldCount + field;
      const known = successors[at] ?? 0;
      if (known !== 0) return known;
      if (size >= maxProfiles || (counts[at] ?? 0) >= maxCount) return profile;
      if (size === capacity) grow();
      const made = size;
      size += 1;
      counts.copyWithin(made * fieldCount, profile * fieldCount, (profile + 1) * fieldCount);
      counts[made * fieldCount + field] = (counts[at] ?? 0) + 1;
      lastFields[made] = field;
      successors[at] = made;
      rows = undefined;
      return made;
    },
    lastField: (profile) => lastFields[profile] ?? -1,
    count: (profile, field) => counts[profile * fieldCount + field] ?? 0,
    rows: () => {
      rows ??= buildRows();
      return rows;
    },
    size: () => size,
    state: () => ({
      successors: successors.slice(0, size * fieldCount),
      counts: counts.slice(0, size * fieldCount),
      lastFields: lastFields.slice(0, size),
    }),
    bytes: () => successors.byteLength + counts.byteLength + lastFields.byteLength,
  };
}
