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

type Tree = RankerModel["trees"][number];

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
  // A leaf is its own child, and nothing is above its threshold: every walk of a tree has the same length and no branch that a
  // processor would have to guess. A tenth faster than stopping at leaves, and than full trees whose children need no look-up.
  const threshold = new Float64Array(total).fill(Number.POSITIVE_INFINITY);
  const children = new Int32Array(2 * total);
  const value = new Float64Array(total);
  const roots = new Int32Array(model.trees.length);
  const depths = Int32Array.from(model.trees, depthOf);
  const asked = new Set<number>();
  let base = 0;
  for (const [at, tree] of model.trees.entries()) {
    roots[at] = base;
    for (let node = 0; node < tree.feature.length; node += 1) {
      const feature = tree.feature[node] ?? -1;
      const isLeaf = feature < 0;
      if (!isLeaf) asked.add(feature);
      const known = isLeaf ? undefined : placeOf.get(model.features[feature] ?? "");
      place[base + node] = known ?? 0;
      // A feature that is not there has no value, and goes to the left as in training.
      if (known !== undefined) threshold[base + node] = tree.threshold[node] ?? 0;
      children[2 * (base + node)] = base + (isLeaf ? node : (tree.left[node] ?? 0));
      children[2 * (base + node) + 1] = base + (isLeaf ? node : (tree.right[node] ?? 0));
      value[base + node] = tree.value[node] ?? 0;
    }
    base += tree.feature.length;
  }
  const askedNames = [...asked].map((feature) => ({
    name: model.features[feature] ?? "",
    missing: model.missing[feature] ?? 0,
  }));
  return {
    score: (values, count, out) => {
      out.fill(model.start, 0, count);
      for (let tree = 0; tree < roots.length; tree += 1) {
        const [root, depth] = [roots[tree] as number, depths[tree] as number];
        for (let row = 0, offset = 0; row < count; row += 1, offset += width) {
          let node = root;
          for (let step = 0; step < depth; step += 1) {
            const isAbove = (values[offset + (place[node] as number)] as number) > (threshold[node] as number);
            node = children[2 * node + Number(isAbove)] as number;
          }
          (out[row] as number) += model.rate * (value[node] as number);
        }
      }
    },
    used: askedNames.flatMap(({ name, missing }) => {
      const at = placeOf.get(name);
      return at === undefined ? [] : [{ place: at, missing }];
    }),
    unknown: askedNames.filter(({ name }) => !placeOf.has(name)).map(({ name }) => name),
  };
}

/** Splits on the longest way to a leaf. */
function depthOf(tree: Tree): number {
  const depths = new Int32Array(tree.feature.length);
  let deepest = 0;
  // Children stand behind their parents.
  for (let node = 0; node < tree.feature.length; node += 1) {
    if ((tree.feature[node] ?? -1) < 0) continue;
    const below = (depths[node] ?? 0) + 1;
    depths[tree.left[node] ?? 0] = below;
    depths[tree.right[node] ?? 0] = below;
    deepest = Math.max(deepest, below);
  }
  return deepest;
}

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
