// How well the product would have known, at an instant of the past, who buys again and what they spend: everything after the instant
// is hidden from the training and then compared with what was said.
import type { CanonicalEvent } from "../../collect/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import { type FoldContext, foldEvent } from "../../profiles/index.ts";
import { featureNames, features } from "../features/features.ts";
import { dayMs } from "../features/shopper-history.ts";
import { orderedName, snapshotsOf, spentName } from "../features/snapshots.ts";
import { type Row, rowsWhere, type Table, takeRows, toTable } from "../features/table.ts";
import { baselinesOf } from "../training/baselines.ts";
import { planCutoffs } from "../training/cut-offs.ts";
import { type Fitted, fitScoreModel, type Task } from "../training/fit-score-model.ts";
import { type Gate, judgeScores } from "../training/gate.ts";
import { type Measured, measureModel } from "../training/score-report.ts";

export type Question = { readonly name: string; readonly task: Task; readonly horizonDays: number };

/** Asked of every file. */
export const questions: readonly Question[] = [
  { name: "buys again in 7 days", task: "probability", horizonDays: 7 },
  { name: "buys again in 30 days", task: "probability", horizonDays: 30 },
  { name: "buys again in 90 days", task: "probability", horizonDays: 90 },
  { name: "spend of 90 days", task: "amount", horizonDays: 90 },
];

export type Answer = Question & {
  /** ISO instants. */
  readonly trainCutoffs: readonly string[];
  readonly testFrom: string;
  readonly testTo: string;
  readonly trainRows: number;
  readonly learner: Fitted["learner"];
  /** What the gate of the product would say. */
  readonly gate: Gate;
  readonly measured: Measured;
};

type People = Iterable<readonly CanonicalEvent[]>;

const plainFold: Omit<FoldContext, "currency"> = { parentOf: () => undefined, applyLeaves: (leaves) => leaves };

/** Everybody at the given cut-offs. */
export function tableOfEvents(
  people: People,
  currency: string,
  use: { readonly cutoffs: readonly number[]; readonly horizons: readonly number[]; readonly until: number },
): Table {
  const context: FoldContext = { ...plainFold, currency };
  const rows: Row[] = [];
  let person = 0;
  for (const events of people) {
    person += 1;
    rows.push(
      ...snapshotsOf(events, person, {
        ...use,
        fold: (state, event) => foldEvent(state, event, context),
        toMinor: (amount) => (amount.currency === currency ? amount.minor : undefined),
      }),
    );
  }
  return toTable(rows, featureNames.length);
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Trains on what was known at `splitMs` and measures on the time after it. */
export function answerQuestion(
  people: People,
  currency: string,
  question: Question,
  span: { readonly from: number; readonly until: number; readonly splitMs: number },
  seed: number,
): Answer {
  const { horizonDays, task } = question;
  const endMs = span.splitMs + horizonDays * dayMs;
  if (endMs > span.until + dayMs)
    throw new ClienteleError(
      "models.badFile",
      `the orders end ${iso(span.until)}, before the ${horizonDays} days after the split ${iso(span.splitMs)}; split earlier`,
    );
  const plan = planCutoffs(span.from, span.splitMs, horizonDays);
  if (plan.training.length === 0)
    throw new ClienteleError(
      "models.badFile",
      `the file begins ${Math.floor((span.splitMs - span.from) / dayMs)} days before the split; ${horizonDays + 28} are needed`,
    );
  const table = tableOfEvents(people, currency, {
    cutoffs: [...plan.training, plan.test],
    horizons: [horizonDays],
    until: endMs,
  });
  const outcomeName = task === "amount" ? spentName(horizonDays) : orderedName(horizonDays);
  const train = takeRows(
    table,
    rowsWhere(table, (row) => (table.cutoff[row] ?? 0) < plan.test),
  );
  const test = takeRows(
    table,
    rowsWhere(table, (row) => table.cutoff[row] === plan.test),
  );
  const [known, came] = [train.outcomes[outcomeName], test.outcomes[outcomeName]];
  if (!known || !came) throw new ClienteleError("models.badFile", "nobody in the file has an order before the split");
  const fitted = fitScoreModel({
    task,
    horizonDays,
    columns: train.columns,
    outcome: known,
    person: train.person,
    features: featureNames,
    isLog: features.map(({ isLog }) => isLog),
    seed,
  });
  const measured = measureModel(fitted.model, test.columns, came, baselinesOf(train, known, test, horizonDays));
  return {
    ...question,
    trainCutoffs: plan.training.map(iso),
    testFrom: iso(plan.test),
    testTo: iso(plan.test + horizonDays * dayMs),
    trainRows: known.length,
    learner: fitted.learner,
    gate: judgeScores(measured, undefined),
    measured,
  };
}
