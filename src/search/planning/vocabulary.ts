/** Words of the shop: which mean the same, and which say nothing. Words are normalised (`normaliseWords`) but not stemmed. */
export type Vocabulary = {
  /** What may stand in place of the words from `at` on. Asked once for every word of a query, so it must look up, not search. */
  readonly alternativesOf: (words: readonly string[], at: number) => readonly SynonymAlternative[];
  /** Left out of a query, unless it has nothing else. */
  readonly isStopWord: (word: string) => boolean;
};

export type SynonymAlternative = {
  /** Words of the query that it stands for, from 1 on. */
  readonly length: number;
  /** Several words are a phrase. */
  readonly words: readonly string[];
};
