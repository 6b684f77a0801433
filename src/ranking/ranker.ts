// A learned order as JSON that can be read, and the same in flat arrays for serving.
import type { Calibration, TreeModel } from "../models/index.ts";

/** JSON of a ranker. Scores are only good for ordering one list. */
export type RankerModel = TreeModel & {
  readonly format: 1;
  /** Names by number in the trees. */
  readonly features: readonly string[];
  /** Upper edges of the bins that the trees were grown on, by feature. */
  readonly bins: readonly (readonly number[])[];
  /** Share of rows without a value in training, by feature. */
  readonly missing: readonly number[];
  /** Gain of all splits at a feature, as a share of all gains. */
  readonly importance: readonly number[];
  /** Score → chance of a click. */
  readonly calibration: Calibration;
  readonly trainedOn: {
    readonly from: number;
    readonly to: number;
    readonly lists: number;
    readonly rows: number;
  };
};

export type FlatRanker = {
  /** Fills one bare score for each of `count` rows of `width` values. */
  readonly score: (values: Float32Array, count: number, out: Float64Array) => void;
  /** Features by place in the rows that at least one tree asks for. */
  readonly used: readonly { readonly place: number; readonly missing: number }[];
  /** Features that the ranker asks for and the rows do not have. */
  readonly unknown: readonly string[];
};

/**
 * Lays out a ranker for rows that hold the given features.
 *
 * @param names features of a row in order; one that the ranker knows and the row does not counts as having no value
 */
export function flattenRanker(model: RankerModel, names: readonly string[]): FlatRanker {
  const width = names.length;
  const placeOf = new Map(names.map((name, place) => [name, place]));
  const total = model.trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const place = new Int32Array(total);
  const threshold = new Float64Array(total);
  const left = new Int32Array(total);
  const right = new Int32Array(total);
  const value = new Float64Array(total);
  const roots = new Int32Array(model.trees.length);
  const asked = new Set<number>();
  let base = 0;
  for (const [at, tree] of model.trees.entries()) {
    roots[at] = base;
    for (let node = 0; node < tree.feature.length; node += 1) {
      const feature = tree.feature[node] ?? -1;
      if (feature >= 0) asked.add(feature);
      const known = feature < 0 ? leaf : (placeOf.get(model.features[feature] ?? "") ?? absent);
      place[base + node] = known;
      threshold[base + node] = tree.threshold[node] ?? 0;
      left[base + node] = base + (tree.left[node] ?? 0);
      right[base + node] = base + (tree.right[node] ?? 0);
      value[base + node] = tree.value[node] ?? 0;
    }
    base += tree.feature.length;
  }
  const walk = (values: Float32Array, offset: number, root: number): number => {
    let node = root;
    for (;;) {
      const at = place[node] as number;
      if (at === leaf) return value[node] as number;
      // No value, or a feature that is not there: to the left, as in training.
      node =
        at >= 0 && (values[offset + at] as number) > (threshold[node] as number)
          ? (right[node] as number)
          : (left[node] as number);
    }
  };
  const askedNames = [...asked].map((feature) => ({
    name: model.features[feature] ?? "",
    missing: model.missing[feature] ?? 0,
  }));
  return {
    score: (values, count, out) => {
      out.fill(model.start, 0, count);
      for (const root of roots)
        for (let row = 0; row < count; row += 1) (out[row] as number) += model.rate * walk(values, row * width, root);
    },
    used: askedNames.flatMap(({ name, missing }) => {
      const at = placeOf.get(name);
      return at === undefined ? [] : [{ place: at, missing }];
    }),
    unknown: askedNames.filter(({ name }) => !placeOf.has(name)).map(({ name }) => name),
  };
}

const leaf = -1;
const absent = -2;

/** More than that share of what a ranker asks for is missing beyond what was missing in training: it cannot judge. */
export const maxMissing = 0.2;

/** Share of the values a ranker asks for that are missing in these rows, beyond what was missing in training, 0..1. */
export function missingShare(
  { used, unknown }: FlatRanker,
  values: Float32Array,
  count: number,
  width: number,
): number {
  const asked = used.length + unknown.length;
  if (asked === 0 || count === 0) return 0;
  let excess = unknown.length;
  for (const { place, missing } of used) {
    let none = 0;
    for (let row = 0; row < count; row += 1) if (Number.isNaN(values[row * width + place] as number)) none += 1;
    excess += Math.max(0, none / count - missing);
  }
  return excess / asked;
}
