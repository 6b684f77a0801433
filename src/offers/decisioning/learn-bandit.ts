// One learning, from logged choices to a bandit with its verdict. Pure: it runs in a worker thread.
import { createRandom } from "../../kernel/index.ts";
import { evaluateOffPolicy, type LoggedChoice, type OffPolicyReport } from "../../ranking/index.ts";
import { type Bandit, type Belief, believe, chancesToWin } from "./bandit.ts";
import { type BanditRow, fitBandit } from "./fit-bandit.ts";

export type BanditChoiceRow = {
  readonly ts: number;
  readonly inputs: readonly number[];
  /** In order of priority; empty = not logged. */
  readonly candidates: readonly string[];
  readonly offers: readonly string[];
  readonly propensities: readonly number[];
  readonly won: readonly string[];
};

export type BanditJob = {
  readonly features: readonly string[];
  readonly rows: readonly BanditChoiceRow[];
  readonly seed: number;
};

export type LearnedBandit = {
  readonly bandit: Bandit;
  readonly report: {
    readonly decisions: number;
    readonly offers: number;
    readonly rate: number;
    /** Of the newest decisions, which were not learned from. */
    readonly model: OffPolicyReport;
    readonly priority: OffPolicyReport;
    /** Share of the decisions that the model would win over priority: lower bound, mean and upper bound of the difference. */
    readonly difference: { readonly mean: number; readonly low: number; readonly high: number };
  };
  readonly gate: { readonly passed: boolean; readonly reasons: readonly string[] };
};

const testShare = 0.3;
/** Decisions that the verdict looks at; fewer where each has many candidates, for each costs an integral: about 10 s at most. */
const maxTested = 30_000;
const maxBeliefs = 1_000_000;
const bootstrapRounds = 500;
const short = (value: number): string => value.toFixed(4);

function toRows({ inputs, offers, won }: BanditChoiceRow): readonly BanditRow[] {
  const winners = new Set(won);
  return offers.map((arm, at) => ({
    arm,
    x: inputs.map((value, input) => (input === 1 ? Math.log(at + 1) : value)),
    reward: winners.has(arm) ? 1 : 0,
  }));
}

type Tested = { readonly model: LoggedChoice; readonly priority: LoggedChoice };

/** The first place of a logged decision, under the model and under priority. */
function judgeRow(row: BanditChoiceRow, bandit: Bandit): Tested | undefined {
  const { candidates, inputs, offers, propensities, won } = row;
  const [shown] = offers;
  const logged = propensities[0] ?? 0;
  const at = candidates.indexOf(shown ?? "");
  // Where there was nothing to choose, both would have done the same.
  if (shown === undefined || at < 0 || candidates.length < 2 || logged <= 0) return undefined;
  const beliefs = candidates.map((key): Belief => believe(bandit, key, inputs));
  const reward = won.includes(shown) ? 1 : 0;
  const expected = beliefs[at]?.mean ?? 0;
  const chances = chancesToWin(beliefs);
  const expectedOfTarget = beliefs.reduce((sum, { mean }, index) => sum + mean * (chances[index] ?? 0), 0);
  return {
    model: { reward, logged, target: chances[at] ?? 0, expected, expectedOfTarget },
    priority: { reward, logged, target: at === 0 ? 1 : 0, expected, expectedOfTarget: beliefs[0]?.mean ?? 0 },
  };
}

/** The difference of two policies on the same log, doubly robust, with its 95 % interval by drawing the decisions again. */
function differenceOf(tested: readonly Tested[], seed: number): LearnedBandit["report"]["difference"] {
  const value = ({ reward, logged, target, expected = 0, expectedOfTarget = 0 }: LoggedChoice): number =>
    expectedOfTarget + (target / logged) * (reward - expected);
  const differences = tested.map(({ model, priority }) => value(model) - value(priority));
  const count = differences.length;
  if (count === 0) return { mean: 0, low: 0, high: 0 };
  const random = createRandom(seed);
  const means = Float64Array.from({ length: bootstrapRounds }, () => {
    let sum = 0;
    for (let at = 0; at < count; at += 1) sum += differences[Math.floor(random() * count)] ?? 0;
    return sum / count;
  }).sort();
  const mean = differences.reduce((sum, one) => sum + one, 0) / count;
  const part = (share: number): number => means[Math.floor(share * bootstrapRounds)] ?? 0;
  return { mean, low: part(0.025), high: part(0.975) };
}

function verdictOf(report: LearnedBandit["report"]): LearnedBandit["gate"] {
  const { difference, model, priority } = report;
  const faults = [...model.refusals.map((text) => `the model cannot be judged: ${text}`)];
  if (difference.low <= 0)
    faults.push(
      `the goal is reached in ${short(model.snips)} of the decisions, by priority in ${short(priority.snips)}: the difference is between ${short(difference.low)} and ${short(difference.high)}, not surely ahead`,
    );
  if (faults.length > 0) return { passed: false, reasons: faults };
  return {
    passed: true,
    reasons: [
      `ahead of the order by priority by ${short(difference.low)} to ${short(difference.high)} goals a decision, on ${model.size} decisions it had not seen`,
    ],
  };
}

/** Learns from the older decisions, judges on the newest, then learns from all. */
export function learnBandit({ features, rows, seed }: BanditJob): LearnedBandit {
  const ordered = [...rows].sort((a, b) => a.ts - b.ts);
  const cut = Math.floor(ordered.length * (1 - testShare));
  const tried = fitBandit(features, ordered.slice(0, cut).flatMap(toRows));
  const newest = ordered.slice(cut).slice(-maxTested);
  const beliefs = newest.reduce((sum, { candidates }) => sum + candidates.length, 0);
  const share = Math.min(1, maxBeliefs / Math.max(1, beliefs));
  const tested = newest.slice(-Math.ceil(newest.length * share)).flatMap((row) => judgeRow(row, tried) ?? []);
  const bandit = fitBandit(features, ordered.flatMap(toRows));
  const wins = ordered.filter(({ won }) => won.length > 0).length;
  const report = {
    decisions: ordered.length,
    offers: Object.keys(bandit.arms).length,
    rate: ordered.length === 0 ? 0 : wins / ordered.length,
    model: evaluateOffPolicy(tested.map(({ model }) => model)),
    priority: evaluateOffPolicy(tested.map(({ priority }) => priority)),
    difference: differenceOf(tested, seed),
  };
  return { bandit, report, gate: verdictOf(report) };
}
