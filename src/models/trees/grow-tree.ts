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
  /** By feature: 1 = the score never falls as the value rises, no value being the lowest. Default: none. */
  readonly rising?: Uint8Array;
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
  readonly bounds: Bounds;
};
/** Between what the values below a node must stay, so that a rising feature rises across the whole tree. */
type Bounds = { readonly low: number; readonly high: number };
const unbounded: Bounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

const slots = 64;
/** Sums of one feature: three for each bin. */
const featureSums = slots * 3;
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

/**
 * The rows that a tree is grown on. Rows of a node stand together, and everything that is known of them moves with them: looked up
 * in the table they would be scattered, and waiting for the memory took four times as long as adding.
 */
type Given = {
  readonly rows: Uint32Array;
  /** Bins of four features of a row in one number, by group of four. */
  readonly words: readonly Uint32Array[];
  readonly g: Float64Array;
  readonly h: Float64Array;
};

/** Bins of four features in one number: a row is then read once for four of them, which halves the time on millions of rows. */
function pack(data: Binned, rows: Int32Array, features: readonly number[]): readonly Uint32Array[] {
  const none = new Uint8Array(data.rows);
  return Array.from({ length: Math.ceil(features.length / 4) }, (_, group) => {
    const [a = none, b = none, c = none, d = none] = features
      .slice(group * 4, group * 4 + 4)
      .map((feature) => data.bins[feature]);
    return packFour(rows, a, b, c, d);
  });
}

function packFour(rows: Int32Array, a: Uint8Array, b: Uint8Array, c: Uint8Array, d: Uint8Array): Uint32Array {
  const words = new Uint32Array(rows.length);
  for (let at = 0; at < words.length; at += 1) {
    const row = rows[at] as number;
    words[at] =
      (a[row] as number) | ((b[row] as number) << 8) | ((c[row] as number) << 16) | ((d[row] as number) << 24);
  }
  return words;
}

function take(values: Float64Array, rows: Int32Array): Float64Array {
  const taken = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at += 1) taken[at] = values[rows[at] as number] as number;
  return taken;
}

/** Sums of gradient, curvature and rows by feature and bin, of the rows from `start` to `end`. */
function sumUp({ words, g, h }: Given, { start, end }: { start: number; end: number }): Float64Array {
  const sums = new Float64Array(words.length * 4 * featureSums);
  for (const [group, own] of words.entries()) {
    const four = sums.subarray(group * 4 * featureSums, (group + 1) * 4 * featureSums);
    sumFour(four, own.subarray(start, end), g.subarray(start, end), h.subarray(start, end));
  }
  return sums;
}

function sumFour(own: Float64Array, words: Uint32Array, gradients: Float64Array, curvatures: Float64Array): void {
  for (let at = 0; at < words.length; at += 1) {
    const g = gradients[at] as number;
    const h = curvatures[at] as number;
    const word = words[at] as number;
    let slot = (word & 255) * 3;
    (own[slot] as number) += g;
    (own[slot + 1] as number) += h;
    (own[slot + 2] as number) += 1;
    slot = featureSums + ((word >>> 8) & 255) * 3;
    (own[slot] as number) += g;
    (own[slot + 1] as number) += h;
    (own[slot + 2] as number) += 1;
    slot = 2 * featureSums + ((word >>> 16) & 255) * 3;
    (own[slot] as number) += g;
    (own[slot + 1] as number) += h;
    (own[slot + 2] as number) += 1;
    slot = 3 * featureSums + (word >>> 24) * 3;
    (own[slot] as number) += g;
    (own[slot + 1] as number) += h;
    (own[slot + 2] as number) += 1;
  }
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
    const isRising = use.rising?.[feature] === 1;
    let [leftG, leftH, leftN] = [0, 0, 0];
    for (let bin = 0; bin <= last; bin += 1) {
      const slot = (place * slots + bin) * 3;
      leftG += sums[slot] ?? 0;
      leftH += sums[slot + 1] ?? 0;
      leftN += sums[slot + 2] ?? 0;
      if (leftN < use.minRows) continue;
      if (count - leftN < use.minRows) break;
      const [rightG, rightH] = [g - leftG, h - leftH];
      if (isRising && -leftG / (leftH + use.ridge) > -rightG / (rightH + use.ridge)) continue;
      const gain = (leftG * leftG) / (leftH + use.ridge) + (rightG * rightG) / (rightH + use.ridge) - whole;
      if (gain > 1e-9 && (best === undefined || gain > best.gain + 1e-12)) best = { feature, bin, gain };
    }
  }
  return best;
}

/** Gradient and curvature of the rows from `start` to `end`. */
function slopesOf({ g, h }: Given, start: number, end: number): readonly [number, number] {
  let [sumG, sumH] = [0, 0];
  for (let at = start; at < end; at += 1) {
    sumG += g[at] as number;
    sumH += h[at] as number;
  }
  return [sumG, sumH];
}

/**
 * What the children of a split must keep to: on a rising feature everything to the left stays below the middle between both.
 *
 * @param left gradient and curvature of the left child
 */
function boundsOf(
  { split, bounds, g, h }: Node,
  [leftG, leftH]: readonly [number, number],
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

/** Moves the values whose side is 0 to the front, in order, and the others behind them. @returns how many are in front */
function moveWords(values: Uint32Array, sides: Uint8Array, spare: Uint32Array): number {
  let [left, right] = [0, 0];
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    const side = sides[at] as number;
    // Written to both: a processor cannot foresee where a row goes, and guessing wrong costs more than a write.
    values[left] = value;
    spare[right] = value;
    left += 1 - side;
    right += side;
  }
  values.set(spare.subarray(0, right), left);
  return left;
}

/** As `moveWords`. */
function moveSlopes(values: Float64Array, sides: Uint8Array, spare: Float64Array): void {
  let [left, right] = [0, 0];
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    const side = sides[at] as number;
    values[left] = value;
    spare[right] = value;
    left += 1 - side;
    right += side;
  }
  values.set(spare.subarray(0, right), left);
}

/** As long as the rows and one more, used again for every split. */
type Spare = { readonly sides: Uint8Array; readonly words: Uint32Array; readonly slopes: Float64Array };

/**
 * Parts the rows of a node.
 *
 * @param place of the feature of the split among those that the tree sees
 * @param canSplit false: the children are leaves, whose bins nobody asks for
 * @returns the first row of the right child
 */
function partition(
  given: Given,
  { start, end }: Node,
  place: number,
  bin: number,
  spare: Spare,
  canSplit: boolean,
): number {
  const own = given.words[place >> 2] as Uint32Array;
  const shift = (place & 3) * 8;
  const sides = spare.sides.subarray(0, end - start);
  for (let at = 0; at < sides.length; at += 1)
    sides[at] = (((own[start + at] as number) >>> shift) & 255) <= bin ? 0 : 1;
  if (canSplit) for (const words of given.words) moveWords(words.subarray(start, end), sides, spare.words);
  moveSlopes(given.g.subarray(start, end), sides, spare.slopes);
  moveSlopes(given.h.subarray(start, end), sides, spare.slopes);
  return start + moveWords(given.rows.subarray(start, end), sides, spare.words);
}

/**
 * Grows a tree on the given rows; the same input gives the same tree.
 *
 * @param g first derivatives of the loss by row
 * @param h second derivatives, positive
 */
export function growTree(
  data: Binned,
  rows: Int32Array,
  g: Float64Array,
  h: Float64Array,
  use: GrowOptions,
): GrownTree {
  const given: Given = {
    rows: Uint32Array.from(rows),
    words: pack(data, rows, use.features),
    g: take(g, rows),
    h: take(h, rows),
  };
  const spare: Spare = {
    sides: new Uint8Array(rows.length),
    words: new Uint32Array(rows.length + 1),
    slopes: new Float64Array(rows.length + 1),
  };
  const tree = {
    feature: [] as number[],
    threshold: [] as number[],
    left: [] as number[],
    right: [] as number[],
    value: [] as number[],
  };
  const gains = new Map<number, number>();
  const splitBins: number[] = [];
  const addNode = (start: number, end: number, depth: number, histogram: Float64Array, bounds: Bounds): Node => {
    const [sumG, sumH] = slopesOf(given, start, end);
    const at = tree.feature.length;
    tree.feature.push(-1);
    tree.threshold.push(0);
    tree.left.push(0);
    tree.right.push(0);
    tree.value.push(Math.min(bounds.high, Math.max(bounds.low, -sumG / (sumH + use.ridge))));
    const split = depth >= use.maxDepth ? undefined : bestSplit(histogram, end - start, sumG, sumH, data, use);
    return { start, end, depth, histogram, g: sumG, h: sumH, split, at, bounds };
  };
  const all = { start: 0, end: rows.length };
  const open: Node[] = [addNode(0, rows.length, 0, sumUp(given, all), unbounded)];
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
    const place = use.features.indexOf(split.feature);
    const canSplit = node.depth + 1 < use.maxDepth;
    const middle = partition(given, node, place, split.bin, spare, canSplit);
    gains.set(split.feature, (gains.get(split.feature) ?? 0) + split.gain);
    const isLeftSmaller = middle - node.start <= node.end - middle;
    const small = isLeftSmaller ? { start: node.start, end: middle } : { start: middle, end: node.end };
    const smallSums = canSplit ? sumUp(given, small) : none;
    // The other child is what is left, half the work; its parent's sums are not needed any more.
    const otherSums = node.histogram;
    for (let slot = 0; slot < smallSums.length; slot += 1) (otherSums[slot] as number) -= smallSums[slot] as number;
    const [leftSums, rightSums] = isLeftSmaller ? [smallSums, otherSums] : [otherSums, smallSums];
    const [under, over] = boundsOf(node, slopesOf(given, node.start, middle), use);
    const left = addNode(node.start, middle, node.depth + 1, leftSums, under);
    const right = addNode(middle, node.end, node.depth + 1, rightSums, over);
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
  const rowsOf = ({ start, end }: Node): Int32Array => Int32Array.from(given.rows.subarray(start, end));
  return { tree, leafOf, leaves: leaves.map((leaf) => [leaf.at, rowsOf(leaf)] as const), gains };
}
