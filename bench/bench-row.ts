/** One measured figure. */
export type BenchRow = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What `value` must keep, e.g. `≥ 15,000` or `≤ 250`, then perhaps `, ratio ≥ 0.3` or `and faster`; empty = informative. */
  readonly budget: string;
  /** What the ratio compares with; empty = nothing. */
  readonly floor: string;
  /** How many times better than the floor; null without one. */
  readonly ratio: number | null;
  readonly note: string;
};

export type BenchOptions = {
  /** Folder of the data sets. */
  readonly data: string;
  /** Products and judged queries of the benchmark of search, in place of those in the folder. */
  readonly catalog?: string;
  readonly judgments?: string;
  /** Seconds that a load lasts; default: what the budget asks for. */
  readonly seconds?: number;
  /** A tenth of the time and of the data: shows that everything runs, not what the budgets say. */
  readonly quick: boolean;
  /** Log to learn from, and questions to it; default: the data sets of the folder. */
  readonly train?: string;
  readonly test?: string;
  /** Recommendations: import the log and ask the API in place of the learners. Default false. */
  readonly throughProduct?: boolean;
  /** Profiles of benchmarks that have some, to try things out at a middle size; default: what the budget asks for. */
  readonly profiles?: number;
};

/** @param digits significant digits */
export function round(value: number, digits = 4): number {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : 0;
}

/** A figure without a floor. */
export function row(name: string, value: number, unit: string, budget = "", note = ""): BenchRow {
  return { name, value: round(value), unit, budget, floor: "", ratio: null, note };
}

/** The same figure beside its floor. @param ratio how many times better than the floor */
export function against(base: BenchRow, floor: string, ratio: number): BenchRow {
  return { ...base, floor, ratio: round(ratio, 3) };
}
