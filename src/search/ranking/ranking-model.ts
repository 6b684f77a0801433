/** What the text match of one candidate says to a ranking model; undefined while browsing. */
export type TextFeatures = {
  readonly score: number;
  /** Score of each field alone, by field number. */
  readonly fieldScores: Float32Array;
  /** Matched words of the query by all words, 0 to 1. */
  readonly coverage: number;
  readonly isExactName: boolean;
  readonly isExactSku: boolean;
  /** Edits that the corrections used here needed. */
  readonly edits: number;
};

export type CandidateList = {
  readonly skus: readonly string[];
  /** Score of ranking.md 6.3: what orders the list without a model. */
  readonly scores: Float64Array;
  readonly textOf: (at: number) => TextFeatures | undefined;
};

/** A learned order. It replaces the score without a model, before the rules of the merchandiser. */
export type RankingModel = {
  /** How many candidates it looks at, best first. */
  readonly candidates: number;
  /** One score in (0, 1) for each candidate; undefined = it cannot judge this list, which is then ranked without it. */
  readonly score: (list: CandidateList) => Float64Array | undefined;
};

/** The last word on the order of the best candidates, between rules and pins: diversity and exploration. */
export type Reorder = (list: {
  readonly skus: readonly string[];
  readonly scores: Float64Array;
  /** 0-based places of the list that pins will take. */
  readonly pinned: ReadonlySet<number>;
}) => {
  /** Numbers of the given SKUs in their new order; each exactly once. */
  readonly order: readonly number[];
  /** Chance with which the product came to its place, in the new order; 1 = no chance in it. */
  readonly propensities: Float64Array;
};
