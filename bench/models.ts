// A training on 100,000 profiles: features from the event store, trees, and scores for everybody. Run alone: clientele bench models
import { rmSync } from "node:fs";
import { type App, createApp } from "../src/app.ts";
import { readConfig } from "../src/config.ts";
import { createLogger } from "../src/kernel/index.ts";
import { featureNames, features } from "../src/models/features/features.ts";
import { dayMs } from "../src/models/features/shopper-history.ts";
import { rowCount } from "../src/models/features/table.ts";
import { fitLinear, linearScore } from "../src/models/learners/fit-linear.ts";
import { areaUnderCurve } from "../src/models/metrics.ts";
import { standardModels } from "../src/models/model.ts";
import { type Learned, type LearnJob, learn, type ScoreJob } from "../src/models/training/learn.ts";
import type { PeopleDeps } from "../src/models/training/read-people.ts";
import { trainModel } from "../src/models/training/train-model.ts";
import { foldEvent } from "../src/profiles/index.ts";
import { createDataDir } from "../src/testing/engines.ts";
import { drawShoppers, orderEvents } from "../src/testing/models/shoppers.ts";
import { against, type BenchOptions, type BenchRow, row } from "./bench-row.ts";

const currency = "USD";
const batchSize = 2_000;
const megabyte = 1024 ** 2;
const seed = 1;
/** What one training looks at. */
const maxPeople = 10_000;

async function seedPeople(app: App, people: number, nowMs: number): Promise<number> {
  const events = orderEvents(drawShoppers(people, nowMs - 200 * dayMs, nowMs - dayMs), currency);
  for (let start = 0; start < events.length; start += batchSize) {
    await app.collect.accept({
      ...{ events: events.slice(start, start + batchSize), sentAt: undefined },
      ...{ sourceId: "shop", sourceKind: "native", trusted: true, provenCustomerId: null },
    });
    // The inbox takes so much at once; the profiles are what is made here.
    if (start % (batchSize * 10) === 0) await app.settle();
  }
  await app.settle();
  return events.length;
}

function peopleOf(app: App): PeopleDeps {
  return {
    scan: app.profiles.scan,
    count: app.profiles.count,
    linksOf: app.profiles.linksOf,
    eventsOf: app.measurement.eventsOf,
    identityKey: app.profiles.identityKey,
    fold: (state, event) =>
      foldEvent(state, event, { parentOf: () => undefined, applyLeaves: (leaves) => leaves, currency }),
    toMinor: (amount) => (amount.currency === currency ? amount.minor : undefined),
  };
}

type Timed<T> = { readonly value: T; readonly seconds: number };

async function time<T>(work: () => Promise<T> | T): Promise<Timed<T>> {
  const startedAt = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - startedAt) / 1000 };
}

/** The same events in the same batches, looked at by nobody. */
async function readOnly(people: PeopleDeps, share: number): Promise<number> {
  let count = 0;
  for (let afterId: string | null = null; ; ) {
    const rows: Awaited<ReturnType<PeopleDeps["scan"]>> = await people.scan(afterId, 500);
    const ids = rows.map(({ profileId }) => profileId).filter((_, at) => at < rows.length * share);
    for (let start = 0; start < ids.length; start += 100) {
      const links = await people.linksOf(ids.slice(start, start + 100));
      for await (const page of people.eventsOf(links, 10_000)) count += page.length;
    }
    if (rows.length < 500) return count;
    afterId = rows.at(-1)?.profileId ?? null;
  }
}

function outcomeOf({ outcomes }: ScoreJob["train"]): Float64Array {
  return outcomes["outcome"] ?? new Float64Array();
}

/** A plain logistic regression on the same rows: what the trees cost and bring beside it. */
async function benchLearning(job: ScoreJob): Promise<readonly BenchRow[]> {
  const { value: learned, seconds } = await time(() => learn(job));
  if (learned.kind !== "score") throw new Error("another job was learned");
  const { train, test } = job;
  const rows = Int32Array.from({ length: rowCount(train) }, (_, at) => at);
  const isLog = features.map((each) => each.isLog);
  const plain = await time(() => fitLinear("logit", train.columns, rows, outcomeOf(train), 1, isLog));
  const said = Float64Array.from({ length: rowCount(test) }, (_, at) =>
    linearScore(plain.value, (feature) => test.columns[feature]?.[at] ?? Number.NaN),
  );
  const auc = areaUnderCurve(said, outcomeOf(test)) ?? 0;
  const { metrics, baselines } = learned.measured;
  const note = `${rowCount(train)} rows × ${featureNames.length} features; four folds, calibration, report and the model itself`;
  return [
    against(
      row("models.learn", seconds, "s", "", note),
      `one plain logistic regression ${plain.seconds.toFixed(2)} s`,
      plain.seconds / seconds,
    ),
    against(
      row("models.auc", metrics.auc ?? 0, "", "", `RFM ${(baselines.rfm.auc ?? 0).toFixed(3)}`),
      `plain logistic regression ${auc.toFixed(3)}`,
      (metrics.auc ?? 0) / auc,
    ),
  ];
}

async function benchTraining(app: App, world: string, nowMs: number): Promise<readonly BenchRow[]> {
  const people = peopleOf(app);
  const total = await people.count();
  const share = Math.min(1, maxPeople / total);
  const floor = await time(() => readOnly(people, share));
  const idle = process.memoryUsage().rss;
  let peak = idle;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  const jobs: ScoreJob[] = [];
  let handedOver = 0;
  const found = standardModels.find(({ key }) => key === "propensity_30d");
  if (!found) throw new Error("no such model");
  const startedAt = performance.now();
  const answer: Learned[] = [];
  const trained = await trainModel(
    {
      ...{ people, currency, timezone: "UTC", maxPeople, audienceId: () => undefined },
      learn: async (job: LearnJob) => {
        handedOver = (performance.now() - startedAt) / 1000;
        if (job.kind === "score") jobs.push(job);
        const learned = learn(job);
        answer.push(learned);
        return learned;
      },
    },
    {
      ...{ model: { ...found, liveVersion: null, createdAt: 0, createdBy: "bench", requestedAt: null } },
      ...{ live: undefined, nowMs, seed, progress: async () => undefined },
    },
  );
  const seconds = (performance.now() - startedAt) / 1000;
  clearInterval(watch);
  const [job] = jobs;
  if ("skipped" in trained || !job) throw new Error(JSON.stringify(trained));
  const sampled = Math.round(total * share);
  return [
    against(
      row("models.read", sampled / handedOver, "people/s", "", `${sampled} people at up to 7 past instants; ${world}`),
      `the same events, looked at by nobody ${Math.round(sampled / floor.seconds)}/s`,
      floor.seconds / handedOver,
    ),
    ...(await benchLearning(job)),
    row(
      "models.train",
      seconds,
      "s",
      "",
      `reading and learning; ${trained.gate.passed ? "published" : "refused"}; ${world}`,
    ),
    row("models.train.memory", (peak - idle) / megabyte, "MB", "", "beyond what the program has before"),
  ];
}

async function benchScoring(app: App, world: string): Promise<readonly BenchRow[]> {
  await app.models.train("propensity_30d");
  const total = await app.profiles.count();
  const floor = await time(async () => {
    for (let afterId: string | null = null; ; ) {
      const rows: Awaited<ReturnType<PeopleDeps["scan"]>> = await app.profiles.scan(afterId, 500);
      if (rows.length < 500) return;
      afterId = rows.at(-1)?.profileId ?? null;
    }
  });
  const first = await time(() => app.models.score("bench"));
  const again = await time(() => app.models.score("bench"));
  const reading = `reading the same profiles ${Math.round(total / floor.seconds)}/s`;
  return [
    against(
      row("models.score.all", total / first.seconds, "profiles/s", "", `every profile written; ${world}`),
      reading,
      floor.seconds / first.seconds,
    ),
    against(
      row("models.score.again", total / again.seconds, "profiles/s", "", "the day after: hardly one has moved"),
      reading,
      floor.seconds / again.seconds,
    ),
  ];
}

export async function run({ quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const people = quick ? 1_000 : 100_000;
  const nowMs = Date.now();
  const dataDir = await createDataDir();
  const app = await createApp({
    config: readConfig({}, { dataDir, roles: ["processor", "trainer"], logLevel: "silent", defaultCurrency: currency }),
    logger: createLogger("silent"),
    withoutJobs: true,
  });
  try {
    const events = await seedPeople(app, people, nowMs);
    const world = `${people.toLocaleString("en")} profiles, ${events.toLocaleString("en")} events`;
    return [...(await benchTraining(app, world, nowMs)), ...(await benchScoring(app, world))];
  } finally {
    await app.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
