// One training, from reading people to a version with its verdict.
import { ClienteleError } from "../../kernel/index.ts";
import { placeOf } from "../features/features.ts";
import { dayMs, readHistory } from "../features/shopper-history.ts";
import { orderedName, spentName } from "../features/snapshots.ts";
import { rowCount, rowsWhere, type Table, takeRows } from "../features/table.ts";
import type { ClusterModel } from "../learners/cluster-people.ts";
import type { GateVerdict, Model, ModelSettings } from "../model.ts";
import { midnightBefore, planCutoffs } from "./cut-offs.ts";
import { judgeScores } from "./gate.ts";
import type { Learned, LearnJob } from "./learn.ts";
import { eachPerson, type PeopleDeps, type Progress, readPast, readPresent } from "./read-people.ts";
import type { Metrics } from "./score-report.ts";

export type Trained = {
  readonly artefact: { readonly confidence: number | null; readonly model: object };
  readonly report: object;
  readonly gate: GateVerdict;
};

export type TrainDeps = {
  readonly people: PeopleDeps;
  readonly currency: string;
  /** IANA zone whose midnights are the cut-offs. */
  readonly timezone: string;
  readonly learn: (job: LearnJob) => Promise<Learned>;
  /** Id of an audience by its key; undefined when there is none. */
  readonly audienceId: (key: string) => string | undefined;
  /** People that one training looks at. */
  readonly maxPeople: number;
};

export type TrainInput = {
  readonly model: Model;
  /** What serves now. */
  readonly live: { readonly artefact: unknown; readonly metrics: Metrics | undefined } | undefined;
  readonly nowMs: number;
  readonly seed: number;
  readonly progress: Progress;
};

/** Too little to train on; not a failure. */
export type Skipped = { readonly skipped: string };

const leastMembers = 50;
const leastLikeness = 0.6;
const leastExplained = 0.15;
const leastClusterShare = 0.01;
const maxOrders = 5_000_000;

type ScoreSettings = Extract<ModelSettings, { kind: "score" }>;

function wordsOf({ task, horizonDays, isInverted }: ScoreSettings): string {
  if (task === "amount") return `more is spent within ${horizonDays} days`;
  return isInverted ? `likelier not to buy for ${horizonDays} days` : `likelier to buy within ${horizonDays} days`;
}

function withOutcome(table: Table, settings: ScoreSettings): Table {
  const { task, horizonDays, isInverted, customersOnly } = settings;
  const found = table.outcomes[task === "amount" ? spentName(horizonDays) : orderedName(horizonDays)];
  const orders = table.columns[placeOf.get("orders_count") ?? -1];
  const rows = rowsWhere(
    table,
    (row) => !Number.isNaN(found?.[row] ?? Number.NaN) && (!customersOnly || (orders?.[row] ?? 0) > 0),
  );
  const kept = takeRows(table, rows);
  const outcome = Float64Array.from(rows, (row) => (isInverted ? 1 - (found?.[row] ?? 0) : (found?.[row] ?? 0)));
  return { ...kept, outcomes: { outcome } };
}

async function trainScores(deps: TrainDeps, settings: ScoreSettings, input: TrainInput): Promise<Trained | Skipped> {
  const { nowMs, seed, progress, live } = input;
  const found: { readonly id: string; readonly at: number }[] = [];
  await eachPerson(deps.people, deps.maxPeople, progress, (id, state) => found.push({ id, at: state.firstSeenAt }));
  const times = found.map(({ at }) => at).sort((a, b) => a - b);
  // Not the very first: one wrong clock is enough for 1970.
  const from = times[Math.floor(times.length / 100)] ?? nowMs;
  const { horizonDays, task, isInverted = false } = settings;
  const toMidnight = (ms: number): number => midnightBefore(ms, deps.timezone);
  const plan = planCutoffs(from, toMidnight(nowMs - horizonDays * dayMs), horizonDays, toMidnight);
  if (plan.training.length === 0) {
    const known = Math.max(0, Math.floor((nowMs - from) / dayMs));
    return { skipped: `${known} days of history; a horizon of ${horizonDays} days needs ${2 * horizonDays + 28}` };
  }
  const table = withOutcome(
    await readPast(
      deps.people,
      { profileIds: found.map(({ id }) => id), cutoffs: [...plan.training, plan.test], horizonDays, until: nowMs },
      progress,
    ),
    settings,
  );
  const train = takeRows(
    table,
    rowsWhere(table, (row) => (table.cutoff[row] ?? 0) < plan.test),
  );
  const test = takeRows(
    table,
    rowsWhere(table, (row) => table.cutoff[row] === plan.test),
  );
  const outcomes = new Set([...(train.outcomes["outcome"] ?? [])].slice(0, 100_000));
  if (rowCount(test) === 0 || outcomes.size < 2) return { skipped: "nobody to learn from: all people did the same" };
  await progress("learning", 0, 1);
  const learned = await deps.learn({
    kind: "score",
    task,
    horizonDays,
    isInverted,
    train,
    test,
    more: wordsOf(settings),
    seed,
  });
  if (learned.kind !== "score") throw new ClienteleError("models.failed", "the worker answered another question");
  const { measured, importance, learner } = learned;
  const { metrics, baselines, calibration, lift, rows, positives } = measured;
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    artefact: {
      confidence: Math.max(0, Math.min(1, metrics.auc ?? metrics.rankCorrelation ?? 0)),
      model: learned.model,
    },
    report: {
      metrics,
      baseline: baselines,
      calibration,
      lift,
      importance,
      learner,
      test: { rows, positives },
      split: {
        trainCutoffs: plan.training.map(iso),
        trainTo: iso(plan.test),
        testFrom: iso(plan.test),
        testTo: iso(plan.test + horizonDays * dayMs),
        timezone: deps.timezone,
        trainRows: rowCount(train),
        people: found.length,
      },
    },
    gate: judgeScores(measured, live?.metrics),
  };
}

async function trainLookalike(
  deps: TrainDeps,
  settings: Extract<ModelSettings, { kind: "lookalike" }>,
  { nowMs, seed, progress }: TrainInput,
): Promise<Trained | Skipped> {
  const audienceId = deps.audienceId(settings.audience);
  if (audienceId === undefined) return { skipped: `the audience ${settings.audience} is not live` };
  const people = await readPresent(deps.people, nowMs, deps.maxPeople, progress, (state) =>
    Object.hasOwn(state.memberships, audienceId) ? 1 : 0,
  );
  const outcome = people.outcomes["outcome"] ?? new Float64Array();
  const members = outcome.reduce((sum, each) => sum + each, 0);
  if (members < leastMembers || outcome.length - members < leastMembers)
    return {
      skipped: `${members} of ${outcome.length} people are members; ${leastMembers} inside and outside are needed`,
    };
  await progress("learning", 0, 1);
  const learned = await deps.learn({ kind: "lookalike", people, seed });
  if (learned.kind !== "lookalike") throw new ClienteleError("models.failed", "the worker answered another question");
  const { auc, sizes, importance, learner, others } = learned;
  const passed = auc !== null && auc >= leastLikeness;
  const figure = auc === null ? "unknown" : auc.toFixed(3);
  return {
    artefact: { confidence: auc, model: learned.model },
    report: { metrics: { auc }, sizes, importance, learner, people: { members, others } },
    gate: {
      passed,
      reasons: [
        passed
          ? `members are told from others with AUC ${figure}`
          : `members can hardly be told from others: AUC ${figure}, ${leastLikeness} is needed`,
      ],
    },
  };
}

async function trainClusters(
  deps: TrainDeps,
  settings: Extract<ModelSettings, { kind: "clusters" }>,
  { nowMs, seed, progress, live }: TrainInput,
): Promise<Trained | Skipped> {
  const people = await readPresent(deps.people, nowMs, deps.maxPeople, progress, () => 0);
  const least = settings.groups * leastMembers;
  if (rowCount(people) < least)
    return { skipped: `${rowCount(people)} people; ${settings.groups} groups need ${least}` };
  await progress("learning", 0, 1);
  const former = readFormer(live?.artefact);
  const learned = await deps.learn({
    kind: "clusters",
    people,
    groups: settings.groups,
    ...(former ? { former } : {}),
    seed,
  });
  if (learned.kind !== "clusters") throw new ClienteleError("models.failed", "the worker answered another question");
  const { explained, cards } = learned;
  const smallest = Math.min(...cards.map(({ share }) => share));
  const faults = [
    ...(explained < leastExplained
      ? [
          `the groups explain ${(explained * 100).toFixed(0)} % of the differences, ${leastExplained * 100} % are needed`,
        ]
      : []),
    ...(smallest < leastClusterShare
      ? [`the smallest group holds ${(smallest * 100).toFixed(1)} % of the people; ask for fewer groups`]
      : []),
  ];
  return {
    artefact: { confidence: explained, model: learned.model },
    report: { metrics: { explained }, clusters: cards, people: rowCount(people) },
    gate: {
      passed: faults.length === 0,
      reasons:
        faults.length === 0 ? [`the groups explain ${(explained * 100).toFixed(0)} % of the differences`] : faults,
    },
  };
}

function readFormer(artefact: unknown): ClusterModel | undefined {
  // Written by `trainClusters` above.
  return (artefact as { readonly model?: ClusterModel } | undefined)?.model;
}

async function trainCustomerValue(deps: TrainDeps, { nowMs, progress, live }: TrainInput): Promise<Trained | Skipped> {
  const customers: string[] = [];
  const [customer, times, amounts]: [number[], number[], number[]] = [[], [], []];
  await eachPerson(deps.people, Number.POSITIVE_INFINITY, progress, (customerId, state) => {
    if (times.length >= maxOrders) return;
    const { orders } = readHistory(state, nowMs, deps.people.toMinor);
    if (orders.length > 0) customers.push(customerId);
    for (const { at, minor } of orders) {
      customer.push(customers.length - 1);
      times.push(at);
      amounts.push(minor);
    }
  });
  if (times.length === 0) return { skipped: "nobody has ordered" };
  const orders = {
    customers,
    customer: Int32Array.from(customer),
    at: Float64Array.from(times),
    minor: Float64Array.from(amounts),
  };
  await progress("learning", 0, 1);
  const learned = await deps.learn({
    kind: "customerValue",
    orders,
    options: { asOf: nowMs, currency: deps.currency },
  });
  if (learned.kind !== "customerValue")
    throw new ClienteleError("models.failed", "the worker answered another question");
  const { params, report, gate } = learned.trained;
  const servesModel =
    customerValueBasis(live?.artefact) !== undefined && customerValueBasis(live?.artefact) !== "cohort";
  const error = report.holdout?.totalError;
  const reasons = gate.reasons.map(({ message }) => message);
  return {
    artefact: { confidence: typeof error === "number" ? Math.max(0, 1 - Math.abs(error)) : null, model: params },
    report: { metrics: { totalError: error ?? null }, customerValue: report },
    // Averages of similar customers are what the contract gives where no model may speak; they do not replace one that does.
    gate: {
      passed: gate.passed || !servesModel,
      reasons: gate.passed
        ? ["purchases that were held back were foreseen within 25 %"]
        : [...reasons, servesModel ? "the model before goes on serving" : "scores are averages of similar customers"],
    },
  };
}

function customerValueBasis(artefact: unknown): string | undefined {
  // Written by `trainCustomerValue` above.
  return (artefact as { readonly model?: { readonly basis?: string } } | undefined)?.model?.basis;
}

/** @returns what was trained, or why there is too little to train on */
export async function trainModel(deps: TrainDeps, input: TrainInput): Promise<Trained | Skipped> {
  const { settings } = input.model;
  switch (settings.kind) {
    case "score":
      return trainScores(deps, settings, input);
    case "lookalike":
      return trainLookalike(deps, settings, input);
    case "clusters":
      return trainClusters(deps, settings, input);
    case "customer_value":
      return trainCustomerValue(deps, input);
  }
}
