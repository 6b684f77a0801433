// What the worker does: from tables to a version with its report. Pure; the same job gives the same version.
import {
  type CustomerOrder,
  customerValueModel,
  type TrainedCustomerValue,
  type TrainOptions,
} from "../customer-value/index.ts";
import { featureNames, features, placeOf } from "../features/features.ts";
import type { Table } from "../features/table.ts";
import { type ClusterModel, fitClusters } from "../learners/cluster-people.ts";
import { type ClusterCard, describeClusters } from "../learners/describe-clusters.ts";
import { areaUnderCurve } from "../metrics.ts";
import { baselinesOf } from "./baselines.ts";
import { type Fitted, fitScoreModel, type Task } from "./fit-score-model.ts";
import { type Importance, importanceOf } from "./importance.ts";
import type { ScoreModel } from "./score-model.ts";
import { type Measured, measureModel } from "./score-report.ts";

export type ScoreJob = {
  readonly kind: "score";
  readonly task: Task;
  readonly horizonDays: number;
  /** The outcome is that nobody orders: who spent much is the last to be expected. */
  readonly isInverted?: boolean;
  /** Outcomes in `outcomes.outcome`. */
  readonly train: Table;
  /** Later than anything in `train` was known. */
  readonly test: Table;
  /** As in "likelier to buy within 30 days". */
  readonly more: string;
  readonly seed: number;
};

export type LookalikeJob = {
  readonly kind: "lookalike";
  /** Everybody now; `outcomes.outcome` is 1 for members of the audience. */
  readonly people: Table;
  readonly seed: number;
};

export type ClusterJob = {
  readonly kind: "clusters";
  readonly people: Table;
  readonly groups: number;
  readonly former?: ClusterModel;
  readonly seed: number;
};

/** Orders by columns: as objects five million of them would take a gigabyte, twice while they are handed over. */
export type OrderColumns = {
  readonly customers: readonly string[];
  /** Place in `customers` by order. */
  readonly customer: Int32Array;
  readonly at: Float64Array;
  readonly minor: Float64Array;
};

export type CustomerValueJob = {
  readonly kind: "customerValue";
  readonly orders: OrderColumns;
  readonly options: TrainOptions;
};

export type LearnJob = ScoreJob | LookalikeJob | ClusterJob | CustomerValueJob;

/** JSON of a look-alike: a scoring model, and where its scores stand among people outside of the audience. */
export type LookalikeModel = ScoreModel & {
  /** Bare scores at 0 %, 1 % … 100 % of the people outside, ascending. */
  readonly ranks: readonly number[];
};

export type SizeStep = {
  /** Share of the people outside of the audience, 0..1. */
  readonly share: number;
  /** The trait is at least this. */
  readonly threshold: number;
  /** How much likelier than chance such a person would be a member. */
  readonly likeness: number | null;
};

export type Learned =
  | {
      readonly kind: "score";
      readonly model: ScoreModel;
      readonly measured: Measured;
      readonly importance: readonly Importance[];
      readonly learner: Fitted["learner"];
    }
  | {
      readonly kind: "lookalike";
      readonly model: LookalikeModel;
      readonly auc: number | null;
      readonly members: number;
      readonly others: number;
      readonly sizes: readonly SizeStep[];
      readonly importance: readonly Importance[];
      readonly learner: Fitted["learner"];
    }
  | {
      readonly kind: "clusters";
      readonly model: ClusterModel;
      readonly explained: number;
      readonly cards: readonly ClusterCard[];
    }
  | { readonly kind: "customerValue"; readonly trained: TrainedCustomerValue };

const isLog = features.map((each) => each.isLog);

function outcomeOf(table: Table): Float64Array {
  return table.outcomes["outcome"] ?? new Float64Array(table.cutoff.length);
}

function joinTables(a: Table, b: Table): Table {
  const join = (x: Float64Array, y: Float64Array = new Float64Array()): Float64Array => {
    const both = new Float64Array(x.length + y.length);
    both.set(x);
    both.set(y, x.length);
    return both;
  };
  return {
    columns: a.columns.map((column, at) => join(column, b.columns[at])),
    cutoff: join(a.cutoff, b.cutoff),
    person: Int32Array.from(join(Float64Array.from(a.person), Float64Array.from(b.person))),
    outcomes: { outcome: join(outcomeOf(a), outcomeOf(b)) },
  };
}

function fitTable(table: Table, { task, horizonDays, seed }: Pick<ScoreJob, "task" | "horizonDays" | "seed">): Fitted {
  const { columns, person } = table;
  return fitScoreModel({
    task,
    horizonDays,
    columns,
    outcome: outcomeOf(table),
    person,
    features: featureNames,
    isLog,
    seed,
  });
}

/** Judged on what it had not seen; what is published has then learned from the test as well: the newest past is the best teacher. */
function learnScores(job: ScoreJob): Learned {
  const { train, test, horizonDays, seed } = job;
  const judged = fitTable(train, job);
  const outcome = outcomeOf(test);
  const plain = baselinesOf(train, outcomeOf(train), test, horizonDays);
  const baselines = job.isInverted ? { ...plain, continues: plain.continues.map((spent) => -spent) } : plain;
  const measured = measureModel(judged.model, test.columns, outcome, baselines);
  const importance = importanceOf(judged.model, test.columns, outcome, { more: job.more }, seed);
  const published = fitTable(joinTables(train, test), job);
  return { kind: "score", model: published.model, measured, importance, learner: published.learner };
}

const sizeShares = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5];

function learnLookalike({ people, seed }: LookalikeJob): Learned {
  const outcome = outcomeOf(people);
  const fitted = fitTable(people, { task: "probability", horizonDays: 30, seed });
  const scores = fitted.outOfFold;
  const outside = scores.filter((_, row) => outcome[row] === 0).sort();
  const members = outcome.length - outside.length;
  const ranks = Array.from({ length: 101 }, (_, at) => outside[Math.round((at * (outside.length - 1)) / 100)] ?? 0);
  const sizes = sizeShares.map((share): SizeStep => {
    const least = outside[Math.floor((1 - share) * outside.length)] ?? Number.POSITIVE_INFINITY;
    const reached = scores.filter((score, row) => outcome[row] === 1 && score >= least).length;
    return { share, threshold: 1 - share, likeness: members === 0 ? null : reached / members / share };
  });
  return {
    kind: "lookalike",
    model: { ...fitted.model, ranks },
    auc: areaUnderCurve(scores, outcome),
    members,
    others: outside.length,
    sizes,
    importance: importanceOf(fitted.model, people.columns, outcome, { more: "more alike" }, seed),
    learner: fitted.learner,
  };
}

/** What groups of people are told apart by: few and plain, so that a group can be put into words. */
const groupingFeatures = [
  "days_since_last_order",
  "orders_count",
  "orders_90d",
  "average_order",
  "spend_pace",
  "median_gap_days",
  "items_per_order",
  "products_bought",
  "refund_share",
  "discount_share",
  "sessions_30d",
  "products_viewed_30d",
  "cart_items",
  "emails_engaged_30d",
];

function learnClusters({ people, groups, former, seed }: ClusterJob): Learned {
  // A feature that hardly anybody has would make groups of one.
  const used = groupingFeatures.filter((name) => {
    const column = people.columns[placeOf.get(name) ?? -1];
    const first = column?.find((value) => !Number.isNaN(value));
    const varied = column?.filter((value) => !Number.isNaN(value) && value !== first).length ?? 0;
    return varied >= people.cutoff.length * 0.05;
  });
  const columns = used.map((name) => people.columns[placeOf.get(name) ?? -1] ?? new Float64Array());
  const logs = used.map((name) => isLog[placeOf.get(name) ?? -1] ?? false);
  const { explained, ...model } = fitClusters(columns, used, logs, groups, seed, former);
  return { kind: "clusters", model, explained, cards: describeClusters(model, columns) };
}

function* readOrders({ customers, customer, at, minor }: OrderColumns): Generator<CustomerOrder> {
  for (let order = 0; order < customer.length; order += 1)
    yield { customerId: customers[customer[order] ?? 0] ?? "", at: at[order] ?? 0, minor: minor[order] ?? 0 };
}

export function learn(job: LearnJob): Learned {
  switch (job.kind) {
    case "score":
      return learnScores(job);
    case "lookalike":
      return learnLookalike(job);
    case "clusters":
      return learnClusters(job);
    case "customerValue":
      return { kind: "customerValue", trained: customerValueModel.train(readOrders(job.orders), job.options) };
  }
}
