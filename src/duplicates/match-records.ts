// Blocking, estimation and scoring in one: records in, pairs of probably one person out. Deterministic: the same records in
// the same order give the same pairs on every machine. Nobody's number or name is looked at but the fields of the record.
import { slotCount, writeBlockKeys } from "./block-keys.ts";
import { createPairComparison } from "./compare-pair.ts";
import { estimateWeights } from "./estimate-weights.ts";
import { type Explanation, explainPair } from "./explanation.ts";
import type { FieldName } from "./fields.data.ts";
import { findCandidates } from "./find-candidates.ts";
import type { PersonRecord } from "./person-record.ts";
import { type Column, createTableBuilder, type RecordTable } from "./record-table.ts";
import { createReservoir, randomPairs } from "./sample-pairs.ts";
import { createScorer } from "./score-pair.ts";
import { createTopPairs } from "./top-pairs.ts";
import type { Weights } from "./weights.ts";

/** Two records that are probably one person; `a` and `b` in the order of their ids. */
export type MatchedPair = {
  readonly a: string;
  readonly b: string;
  /** That the two are one person, 0 to 1; near the ends it is only "nearly certain". */
  readonly probability: number;
  /** Bits of evidence: log2(m / u) over all fields. */
  readonly weight: number;
  readonly explanation: Explanation;
};

export type MatchOptions = {
  /** Pairs from this probability on; 0.5 is "rather yes than no". */
  readonly minProbability: number;
  /** The most probable ones are kept. */
  readonly maxPairs: number;
  /** Pairs of ids to score in any case, however improbable. */
  readonly always?: readonly (readonly [string, string])[];
};

export type MatchResult = {
  readonly pairs: readonly MatchedPair[];
  /** More pairs than `maxPairs` were probable enough. */
  readonly isTruncated: boolean;
  readonly records: number;
  /** Pairs that share a block key. */
  readonly candidates: number;
  readonly weights: Weights;
};

const textOf = ({ values, cells }: Column, record: number): string => values[cells[record] ?? 0] ?? "";

function fieldText({ columns }: RecordTable, record: number, field: FieldName): string {
  return textOf(columns[field], record).replaceAll(" ", "");
}

/** Pairs of records by their ids; those of which one is unknown are left out. */
function recordsOf(ids: readonly string[], pairs: MatchOptions["always"] = []): readonly (readonly [number, number])[] {
  const wanted = new Set(pairs.flat());
  const recordById = new Map<string, number>();
  for (const [record, id] of ids.entries()) if (wanted.has(id)) recordById.set(id, record);
  return pairs.flatMap(([a, b]) => {
    const x = recordById.get(a);
    const y = recordById.get(b);
    return x === undefined || y === undefined || x === y ? [] : [[x, y] as const];
  });
}

/** Collects records, then finds the pairs among them; `match` may be called once. */
export function createMatcher() {
  const builder = createTableBuilder();
  let keys = new Uint32Array(1024 * slotCount);
  const wanted: boolean[] = [];
  return {
    /** @param isWanted pairs of two records that are both not wanted are left out: they were compared before */
    add: (record: PersonRecord, isWanted = true): void => {
      const at = builder.size() * slotCount;
      if (at + slotCount > keys.length) {
        const larger = new Uint32Array(keys.length * 2);
        larger.set(keys);
        keys = larger;
      }
      writeBlockKeys(record, keys, at);
      builder.add(record);
      wanted.push(isWanted);
    },

    match: ({ minProbability, maxPairs, always }: MatchOptions): MatchResult => {
      const table = builder.build();
      const { ids, columns } = table;
      const used = keys.slice(0, ids.length * slotCount);
      const nameOf = (record: number) =>
        `${textOf(columns.surname, record)} ${textOf(columns.givenName, record)} ${textOf(columns.birthDate, record)}`;
      const comparison = createPairComparison(table);
      const reservoir = createReservoir();
      findCandidates(used.slice(), nameOf, () => true, reservoir.add);
      const weights = estimateWeights(reservoir.sample(), randomPairs(ids.length), comparison, ids.length);

      const scorer = createScorer(comparison, weights);
      const top = createTopPairs(minProbability, maxPairs);
      const offer = (a: number, b: number) => top.add(a, b, scorer.score(a, b).probability);
      findCandidates(used, nameOf, (record) => wanted[record] === true, offer);
      const found = top.pairs();
      const known = new Set(found.map(([a, b]) => `${a} ${b}`));
      const asked = recordsOf(ids, always).filter(([a, b]) => !known.has(`${Math.min(a, b)} ${Math.max(a, b)}`));
      const pairs = [...found, ...asked].map(([x, y]): MatchedPair => {
        const [a, b] = (ids[x] ?? "") < (ids[y] ?? "") ? [x, y] : [y, x];
        const { agreements, ...score } = scorer.inFull(a, b);
        const textAt = (side: "a" | "b", field: FieldName) => fieldText(table, side === "a" ? a : b, field);
        return { a: ids[a] ?? "", b: ids[b] ?? "", ...score, explanation: explainPair(agreements, weights, textAt) };
      });
      return { pairs, isTruncated: top.isTruncated(), records: ids.length, candidates: reservoir.seen(), weights };
    },
  };
}
