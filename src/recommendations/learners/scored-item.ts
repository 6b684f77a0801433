/** A product with a score that compares within one answer only. */
export type ScoredItem = {
  readonly item: string;
  readonly score: number;
  /** The given item that speaks most for this one; empty where none does. */
  readonly because: string;
};

/** What a learner answers. Not to be called by two at once: it reuses its arrays. */
export type NextItems = {
  /** What goes with these items (oldest first), best first. @param limit default 100 */
  next(items: readonly string[], limit?: number): readonly ScoredItem[];
};
