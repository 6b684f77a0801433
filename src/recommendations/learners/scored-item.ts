/** A product with a score that compares within one answer only. */
export type ScoredItem = {
  readonly item: string;
  readonly score: number;
  /** The given item that speaks most for this one; empty where none does. */
  readonly because: string;
};

/** What a learner answers. It reuses its arrays between calls, and none of them waits. */
export type ItemAnswers = {
  /** What goes with these items (oldest first), best first. @param limit default 100 */
  next(items: readonly string[], limit?: number): readonly ScoredItem[];
};

/** What is likely next after these items (oldest first, at most 20 count), best first; given items stay in. */
export type NextItems = ItemAnswers & { readonly sessionCount: number };
