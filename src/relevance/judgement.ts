export type QuerySet = {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly queries: number;
  readonly judgements: number;
  readonly updatedAt: number;
};

export type JudgedQuery = {
  readonly query: string;
  readonly judgements: number;
  /** Judged better than 0; a query without any cannot be measured. */
  readonly relevant: number;
};

export type Judgement = {
  readonly query: string;
  readonly sku: string;
  /** 0 not at all, 1 somewhat, 2 well, 3 perfectly. */
  readonly grade: number;
};

/** A judgement to store, or to take back. */
export type GivenJudgement = Omit<Judgement, "grade"> & { readonly grade: number | null };

export type Run = {
  readonly id: string;
  readonly ranAt: number;
  readonly ranBy: string;
  readonly ndcg: number;
  readonly judgedShare: number;
  readonly zeroResultShare: number;
  readonly queries: number;
};

export const maxQueryLength = 255;
export const maxSkuLength = 200;

/** Two spellings of one query: upper case, and blanks around or in a row, mean nothing. */
export function queryKeyOf(query: string): string {
  return query.trim().replace(/\s+/g, " ").toLocaleLowerCase("en").normalize("NFC");
}
