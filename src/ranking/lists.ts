// What a ranker learns from: lists as they were shown, row after row. Pure data, made so that it can be handed to a worker whole.

/** Shown lists with what became of them. Rows of one list stand together in the order in which they were shown. */
export type RankedLists = {
  readonly features: readonly string[];
  /** One row a shown product, `features.length` values each; NaN = no value. */
  readonly values: Float32Array;
  /** First row of each list, and the number of rows behind the last. */
  readonly starts: Int32Array;
  /** When each list was shown, ms, ascending. */
  readonly at: Float64Array;
  /** By row: 3 bought, 2 put into the cart, 1 clicked, 0 nothing (ranking.md 6.4). */
  readonly gains: Float32Array;
  /** By row: 1 = learned from; 0 for a product of which nothing was logged, e.g. a pin that was no candidate. */
  readonly learned: Uint8Array;
  /** By row: 1-based place in the whole list, pages before it included. */
  readonly slots: Uint16Array;
  /** By row: 1 / chance that a product in that place is looked at, clipped. */
  readonly weights: Float32Array;
  /** By list: number of the kind of list, device and so on; each is judged apart. */
  readonly segments: readonly Segment[];
};

/** A way to part the lists, e.g. by device: the name of each part and the part of each list. */
export type Segment = { readonly name: string; readonly parts: readonly string[]; readonly partOf: Uint8Array };

export function listCount({ starts }: Pick<RankedLists, "starts">): number {
  return Math.max(0, starts.length - 1);
}
