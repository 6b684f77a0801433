// One tree over binned features, grown where it gains most. The gain of a split is that of second-order boosting:
// GL²/(HL+λ) + GR²/(HR+λ) − G²/(H+λ), with G and H the sums of first and second derivatives.
import type { Binned } from "./bin-features.ts";
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
};

type Split = { readonly feature: number; readonly bin: number; readonly gain: number };
type Node = {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly histogram: Float64Array;
  readonly g: number;
  readonly h: number;
  readonly split: Split | undefined;
  readonly at: number;
};

const slots = 64;
const lowest = -Number.MAX_VALUE;

export type GrownTree = {
  readonly tree: Tree;
  /** Node of each row that was looked at, by place in `rows`. */
  readonly leafOf: (row: number) => number;
  /** Leaf nodes with their rows. */
  readonly leaves: readonly (readonly [node: number, rows: Int32Array])[];
  /** What splits at a feature gained. */
  readonly gains: ReadonlyMap<number, number>;
};

/** Sums of gradient, curvature and rows by feature and bin. */
function sumUp(
  data: Binned,
  rows: Int32Array,
  node: { start: number; end: number },
  use: GrowOptions,
  g: Float64Array,
  h: Float64Array,
): Float64Array {
  const sums = new Float64Array(use.features.length * slots * 3);
  for (let place = 0; place < use.features.length; place += 1) {
    const bins = data.bins[use.features[place] ?? 0];
    if (!bins) continue;
    const base = place * slots * 3;
    for (let at = node.start; at < node.end; at += 1) {
      const row = rows[at] as number;
      const slot = base + (bins[row] as number) * 3;
      (sums[slot] as number) += g[row] as number;
      (sums[slot + 1] as number) += h[row] as number;
      (sums[slot + 2] as number) += 1;
    }
  }
  return sums;
}

function bestSplit(
  sums: Float64Array,
  count: number,
  g: number,
  h: number,
  data: Binned,
  use: GrowOptions,
): Split | undefined {
  const whole = (g * g) / (h + use.ridge);
  let best: Split | undefined;
  for (let place = 0; place < use.features.length; place += 1) {
    const feature = use.features[place] ?? 0;
    const last = data.edges[feature]?.length ?? 0;
    let [leftG, leftH, leftN] = [0, 0, 0];
    for (let bin = 0; bin <= last; bin += 1) {
      const slot = (place * slots + bin) * 3;
      leftG += sums[slot] ?? 0;
      leftH += sums[slot + 1] ?? 0;
      leftN += sums[slot + 2] ?? 0;
      if (leftN < use.minRows) continue;
      if (count - leftN < use.minRows) break;
      const [rightG, rightH] = [g - leftG, h - leftH];
      const gain = (leftG * leftG) / (leftH + use.ridge) + (rightG * rightG) / (rightH + use.ridge) - whole;
      if (gain > 1e-9 && (best === undefined || gain > best.gain + 1e-12)) best = { feature, bin, gain };
    }
  }
  return best;
}

/** @param spare as long as `rows` */
function partition(rows: Int32Array, { start, end }: Node, bins: Uint8Array, bin: number, spare: Int32Array): number {
  let left = start;
  let right = 0;
  for (let at = start; at < end; at += 1) {
    const row = rows[at] as number;
    if ((bins[row] as number) <= bin) {
      rows[left] = row;
      left += 1;
    } else {
      spare[right] = row;
      right += 1;
    }
  }
  rows.set(spare.subarray(0, right), left);
  return left;
}

/**
 * Grows a tree on the given rows; the same input gives the same tree.
 *
 * @param g first derivatives of the loss by row
 * @param h second derivatives, positive
 */
export function growTree(
  data: Binned,
  given: Int32Array,
  g: Float64Array,
  h: Float64Array,
  use: GrowOptions,
): GrownTree {
  const rows = given.slice();
  const spare = new Int32Array(given.length);
  const tree = {
    feature: [] as number[],
    threshold: [] as number[],
    left: [] as number[],
    right: [] as number[],
    value: [] as number[],
  };
  const gains = new Map<number, number>();
  const splitBins: number[] = [];
  const addNode = (start: number, end: number, depth: number, histogram: Float64Array): Node => {
    let [sumG, sumH] = [0, 0];
    for (let at = start; at < end; at += 1) {
      sumG += g[rows[at] as number] as number;
      sumH += h[rows[at] as number] as number;
    }
    const at = tree.feature.length;
    tree.feature.push(-1);
    tree.threshold.push(0);
    tree.left.push(0);
    tree.right.push(0);
    tree.value.push(-sumG / (sumH + use.ridge));
    const split = depth >= use.maxDepth ? undefined : bestSplit(histogram, end - start, sumG, sumH, data, use);
    return { start, end, depth, histogram, g: sumG, h: sumH, split, at };
  };
  const all = { start: 0, end: rows.length };
  const open: Node[] = [addNode(0, rows.length, 0, sumUp(data, rows, all, use, g, h))];
  const leaves: Node[] = [];
  while (open.length > 0) {
    open.sort((a, b) => (b.split?.gain ?? -1) - (a.split?.gain ?? -1) || a.at - b.at);
    const node = open.shift();
    if (!node) break;
    const { split } = node;
    const bins = split && data.bins[split.feature];
    if (!split || !bins || leaves.length + open.length + 2 > use.maxLeaves) {
      leaves.push(node);
      continue;
    }
    const middle = partition(rows, node, bins, split.bin, spare);
    gains.set(split.feature, (gains.get(split.feature) ?? 0) + split.gain);
    const isLeftSmaller = middle - node.start <= node.end - middle;
    const small = isLeftSmaller ? { start: node.start, end: middle } : { start: middle, end: node.end };
    const smallSums = sumUp(data, rows, small, use, g, h);
    // The other child is what is left, half the work; its parent's sums are not needed any more.
    const otherSums = node.histogram;
    for (let slot = 0; slot < otherSums.length; slot += 1) (otherSums[slot] as number) -= smallSums[slot] as number;
    const left = addNode(node.start, middle, node.depth + 1, isLeftSmaller ? smallSums : otherSums);
    const right = addNode(middle, node.end, node.depth + 1, isLeftSmaller ? otherSums : smallSums);
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
  const [lefts, rights] = [Int32Array.from(tree.left), Int32Array.from(tree.right)];
  const leafOf = (row: number): number => {
    let node = 0;
    // The root is nobody's child: without children a node is a leaf.
    for (let left = lefts[0] as number; left > 0; left = lefts[node] as number)
      node = ((columns[node] as Uint8Array)[row] as number) <= (bin[node] as number) ? left : (rights[node] as number);
    return node;
  };
  return { tree, leafOf, leaves: leaves.map((leaf) => [leaf.at, rows.slice(leaf.start, leaf.end)] as const), gains };
}
