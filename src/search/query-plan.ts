/** One index term that may stand for a word of the query. */
export type Alternative = {
  readonly term: string;
  /** Share of its score that counts: 1 as typed, less for corrections, prefixes and synonyms. */
  readonly weight: number;
  /** Live documents that hold it. */
  readonly documents: number;
  readonly reason: "typed" | "correction" | "prefix" | "synonym";
};

/** One word of the query: a document scores its best alternative. */
export type Slot = { readonly surface: string; readonly alternatives: readonly Alternative[] };

export type QueryPlan = {
  readonly slots: readonly Slot[];
  /** The query with its corrections, when one was applied to a word that no product holds. */
  readonly corrected?: string;
  /** A spelling that far more products hold than the one typed; both were searched. */
  readonly didYouMean?: string;
};

/** More words than this are ignored: the query box takes 255 characters. */
export const maxSlots = 40;
