/** One index term that may stand for a word of the query. */
export type Alternative = {
  readonly term: string;
  /** Share of its score that counts: 1 as typed, less for corrections, prefixes and synonyms. */
  readonly weight: number;
  /** Live documents that hold it. */
  readonly documents: number;
  readonly reason: "typed" | "correction" | "prefix" | "fragment" | "compound" | "synonym";
  /** Typing errors between the word and the term; absent = none. */
  readonly edits?: number;
};

/** One word of the query: a document scores its best alternative. */
export type Slot = { readonly surface: string; readonly alternatives: readonly Alternative[] };

/** A synonym of several words, or for several words: a document that holds it has all the words it stands for. */
export type Bridge = {
  /** Slots it stands for, `length` of them from `from` on. */
  readonly from: number;
  readonly length: number;
  /** The words of the query. */
  readonly surface: string;
  /** Its words; several must stand behind each other in one text. */
  readonly words: readonly string[];
  /** Index term of each word. */
  readonly terms: readonly { readonly term: string; readonly documents: number }[];
  /** Share of its score that counts. */
  readonly weight: number;
};

export type QueryPlan = {
  readonly slots: readonly Slot[];
  readonly bridges?: readonly Bridge[];
  /** The query with its corrections, when one was applied to a word that no product holds. */
  readonly corrected?: string;
  /** A spelling that far more products hold than the one typed; both were searched. */
  readonly didYouMean?: string;
};

/** More words than this are ignored: the query box takes 255 characters. */
export const maxSlots = 40;
