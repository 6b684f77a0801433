// A regression tree as flat lists. Node n is a leaf when `feature[n]` is -1; else rows with a value up to `threshold[n]`, or without
// any, go to `left[n]`.

/** JSON of a tree. */
export type Tree = {
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly value: readonly number[];
};

/** @param read the value of a feature, NaN = none */
export function readTree(tree: Tree, read: (feature: number) => number): number {
  let node = 0;
  for (;;) {
    const feature = tree.feature[node] ?? -1;
    if (feature < 0) return tree.value[node] ?? 0;
    const value = read(feature);
    node = (value > (tree.threshold[node] ?? 0) ? tree.right[node] : tree.left[node]) ?? 0;
  }
}
