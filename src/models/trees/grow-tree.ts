// One tree over binned features, grown where it gains most. The gain of a split is that of second-order boosting:
// GL²/(HL+λ) + GR²/(HR+λ) − G²/(H+λ), with G and H the sums of first and second derivatives.
import type { Binned } from "./bin-features.ts";
import {
  countUnder,
  countUp,
  createPackedRows,
  isAbove,
  type PackedRows,
  packRows,
  partition,
  type RowRange,
  rowsIn,
  type Slopes,
  slopesOf,
  slots,
  sumUp,
} from "./packed-rows.ts";
import type { Tree } from "./tree.ts";

export type GrowOptions = {
  readonly maxLeaves: number;
  readonly maxDepth: number;
  /** Rows that a leaf must hold. */
  readonly minRows: number;
  /** λ: draws leaves towards 0. */
  readonly ridge: number;
  /** Features that may be split at. */
  readonly features: readonly number[];
  /** By feature: 1 = the score never falls as the value rises, no value being the lowest. Default: none. */
  readonly rising?: Uint8Array;
};

type Split = {
  readonly feature: number;
  readonly bin: number;
  readonly gain: number;
  /** Of the feature among those that the tree sees. */
  readonly place: number;
  /** Rows in the bins up to `bin`. */
  readonly under: number;
};
type Node = RowRange &
  Slopes & {
    readonly depth: number;
    readonly histogram: Float64Array;
    readonly split: Split | undefined;
    readonly at: number;
    readonly bounds: Bounds;
  };
/** Between what the values below a node must stay, so that a rising feature rises across the whole tree. */
type Bounds = { readonly low: number; readonly high: number };
const unbounded: Bounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** Rows of so many leaves are counted bin by bin only if the best split turns out to leave too few on a side. */
const largeNode = 100;
const lowest = -Number.MAX_VALUE;
const none = new Float64Array();

export type GrownTree = {
  readonly tree: Tree;
  /** Node of each row that was looked at, by place in `rows`. */
  readonly leafOf: (row: number) => number;
  /** Leaf nodes with their rows. */
  readonly leaves: readonly (readonly [node: number, rows: Int32Array])[];
  /** What splits at a feature gained. */
  readonly gains: ReadonlyMap<number, number>;
};

/** @param counts rows by bin; undefined: no matter how many rows a side gets */
function bestOf(
  sums: Float64Array,
  counts: Int32Array | undefined,
  { start, end, g, h }: RowRange & Slopes,
  data: Binned,
  use: GrowOptions,
): Omit<Split, "under"> | undefined {
  const count = end - start;
  const whole = (g * g) / (h + use.ridge);
  let best: Omit<Split, "under"> | undefined;
  for (let place = 0; place < use.features.length; place += 1) {
    const feature = use.features[place] ?? 0;
    const last = data.edges[feature]?.length ?? 0;
    const isRising = use.rising?.[feature] === 1;
    let [leftG, leftH, leftN] = [0, 0, 0];
    for (let bin = 0; bin <= last; bin += 1) {
      const slot = place * slots + bin;
      leftG += sums[slot * 2] ?? 0;
      leftH += sums[slot * 2 + 1] ?? 0;
      if (counts) {
        leftN += counts[slot] ?? 0;
        if (leftN < use.minRows) continue;
        if (count - leftN < use.minRows) break;
      }
      const [rightG, rightH] = [g - leftG, h - leftH];
      if (isRising && -leftG / (leftH + use.ridge) > -rightG / (rightH + use.ridge)) continue;
      const gain = (leftG * leftG) / (leftH + use.ridge) + (rightG * rightG) / (rightH + use.ridge) - whole;
      if (gain > 1e-9 && (best === undefined || gain > best.gain + 1e-12)) best = { feature, bin, gain, place };
    }
  }
  return best;
}

/**
 * The split of a node that gains most of those that leave `minRows` on both sides. Counting the rows of all bins costs half as much
 * as the sums; in a large node hardly any bin holds so few that it matters, so there only the rows of the best split are counted.
 */
function bestSplit(
  sums: Float64Array,
  given: PackedRows,
  node: RowRange & Slopes,
  data: Binned,
  use: GrowOptions,
): Split | undefined {
  const count = node.end - node.start;
  if (count < 2 * use.minRows) return undefined;
  const split = (counts: Int32Array | undefined): Split | undefined => {
    const best = bestOf(sums, counts, node, data, use);
    return best && { ...best, under: countUnder(given, best.place, best.bin, node) };
  };
  if (count >= largeNode * use.minRows) {
    const best = split(undefined);
    if (!best || (best.under >= use.minRows && count - best.under >= use.minRows)) return best;
  }
  return split(countUp(given, node));
}

/**
 * What the children of a split must keep to: on a rising feature everything to the left stays below the middle between both.
 *
 * @param left gradient and curvature of the left child
 */
function boundsOf(
  { split, bounds, g, h }: Node,
  { g: leftG, h: leftH }: Slopes,
  use: GrowOptions,
): readonly [Bounds, Bounds] {
  if (!split || use.rising?.[split.feature] !== 1) return [bounds, bounds];
  const clamp = (value: number): number => Math.min(bounds.high, Math.max(bounds.low, value));
  const middle = (clamp(-leftG / (leftH + use.ridge)) + clamp(-(g - leftG) / (h - leftH + use.ridge))) / 2;
  return [
    { low: bounds.low, high: middle },
    { low: middle, high: bounds.high },
  ];
}

/** Two tables: rows move from one into the other and back; moved in place, every value would be written twice. */
export type GrowSpace = { readonly tables: readonly [PackedRows, PackedRows]; readonly spare: Int32Array };

/** Space to grow trees in, one after the other, so that it is not cleared and thrown away for each. */
export function createGrowSpace(rows: number, features: number): GrowSpace {
  return {
    tables: [createPackedRows(rows, features), createPackedRows(rows, features)],
    spare: new Int32Array(rows),
  };
}

/**
 * Grows a tree on the given rows; the same input gives the same tree.
 *
 * @param g first derivatives of the loss by row
 * @param h second derivatives, positive
 * @param space for that many rows and features
 */
export function growTree(
  data: Binned,
  rows: Int32Array,
  g: Float64Array,
  h: Float64Array,
  use: GrowOptions,
  space: GrowSpace = createGrowSpace(rows.length, use.features.length),
): GrownTree {
  const { spare, tables } = space;
  packRows(tables[0], data, rows, { g, h }, use.features);
  const tableAt = (depth: number): PackedRows => (depth % 2 === 0 ? tables[0] : tables[1]);
  const tree = {
    feature: [] as number[],
    threshold: [] as number[],
    left: [] as number[],
    right: [] as number[],
    value: [] as number[],
  };
  const gains = new Map<number, number>();
  const splitBins: number[] = [];
  const addNode = (range: RowRange, depth: number, histogram: Float64Array, bounds: Bounds): Node => {
    const table = tableAt(depth);
    const sums = slopesOf(table, range);
    const at = tree.feature.length;
    tree.feature.push(-1);
    tree.threshold.push(0);
    tree.left.push(0);
    tree.right.push(0);
    tree.value.push(Math.min(bounds.high, Math.max(bounds.low, -sums.g / (sums.h + use.ridge))));
    const node = { start: range.start, end: range.end, g: sums.g, h: sums.h };
    const split = depth >= use.maxDepth ? undefined : bestSplit(histogram, table, node, data, use);
    return { ...node, depth, histogram, split, at, bounds };
  };
  const all = { start: 0, end: rows.length };
  const open: Node[] = [addNode(all, 0, sumUp(tables[0], all), unbounded)];
  const leaves: Node[] = [];
  while (open.length > 0) {
    open.sort((a, b) => (b.split?.gain ?? -1) - (a.split?.gain ?? -1) || a.at - b.at);
    const node = open.shift();
    if (!node) break;
    const { split } = node;
    if (!split || leaves.length + open.length + 2 > use.maxLeaves) {
      leaves.push(node);
      continue;
    }
    const canSplit = node.depth + 1 < use.maxDepth;
    const below = tableAt(node.depth + 1);
    const middle = partition([tableAt(node.depth), below], node, split, spare, canSplit);
    gains.set(split.feature, (gains.get(split.feature) ?? 0) + split.gain);
    const isLeftSmaller = middle - node.start <= node.end - middle;
    const small = isLeftSmaller ? { start: node.start, end: middle } : { start: middle, end: node.end };
    const smallSums = canSplit ? sumUp(below, small) : none;
    // The other child is what is left, half the work; its parent's sums are not needed any more.
    const otherSums = node.histogram;
    for (let slot = 0; slot < smallSums.length; slot += 1) (otherSums[slot] as number) -= smallSums[slot] as number;
    const [leftSums, rightSums] = isLeftSmaller ? [smallSums, otherSums] : [otherSums, smallSums];
    const [under, over] = boundsOf(node, slopesOf(below, { start: node.start, end: middle }), use);
    const left = addNode({ start: node.start, end: middle }, node.depth + 1, leftSums, under);
    const right = addNode({ start: middle, end: node.end }, node.depth + 1, rightSums, over);
    tree.feature[node.at] = split.feature;
    splitBins[node.at] = split.bin;
    tree.threshold[node.at] = split.bin === 0 ? lowest : (data.edges[split.feature]?.[split.bin - 1] ?? 0);
    tree.left[node.at] = left.at;
    tree.right[node.at] = right.at;
    open.push(left, right);
  }
  // Walked once for each row that the tree has not seen: plain numbers beside each other, and no look-up by feature.
  const columns = tree.feature.map((feature) => data.bins[feature] ?? new Uint8Array());
  const bin = Uint8Array.from(tree.feature, (_, node) => splitBins[node] ?? 0);
  const lefts = Int32Array.from(tree.left);
  const leafOf = (row: number): number => {
    let node = 0;
    // The root is nobody's child: without children a node is a leaf. The right child stands behind the left one.
    for (let left = lefts[0] as number; left > 0; left = lefts[node] as number)
      node = left + isAbove((columns[node] as Uint8Array)[row] as number, bin[node] as number);
    return node;
  };
  const rowsOf = (leaf: Node): Int32Array => rowsIn(tableAt(leaf.depth), leaf);
  return { tree, leafOf, leaves: leaves.map((leaf) => [leaf.at, rowsOf(leaf)] as const), gains };
}
