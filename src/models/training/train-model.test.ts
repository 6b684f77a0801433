// Trainings on thin, strange and hostile shops, and proofs that nothing of the future is learned.
import { describe, expect, it, vi } from "vitest";
import type { CanonicalEvent } from "../../collect/index.ts";
import { createRandom } from "../../kernel/index.ts";
import { anEvent } from "../../testing/builders.ts";
import { anOrder, peopleOf, shopCurrency, toShopMinor } from "../../testing/models/people.ts";
import { dayMs } from "../features/shopper-history.ts";
import { standardModels } from "../model.ts";
import { toServing } from "../serving/read-artefacts.ts";
import { scoreProfile } from "../serving/score-profile.ts";
import { midnightBefore, planCutoffs } from "./cut-offs.ts";
import { type LearnJob, learn } from "./learn.ts";
import type { PeopleDeps } from "./read-people.ts";
import { defaultHeapMb, learnInWorker } from "./start-learning.ts";
import { type TrainDeps, trainModel } from "./train-model.ts";

// Trainings take seconds, on a machine that does other work much longer.
vi.setConfig({ testTimeout: 180_000 });

const now = Date.UTC(2026, 5, 1, 10, 30);
const never = new AbortController().signal;

async function train(key: string, people: PeopleDeps, more: Partial<TrainDeps> = {}) {
  const found = standardModels.find((each) => each.key === key);
  if (!found) throw new Error(`no model ${key}`);
  const model = { ...found, liveVersion: null, createdAt: 0, createdBy: "system", requestedAt: null };
  const deps: TrainDeps = {
    ...{ people, currency: shopCurrency, timezone: "UTC", maxPeople: 10_000, audienceId: () => undefined },
    learn: async (job) => learn(job),
    ...more,
  };
  const trained = await trainModel(deps, {
    model,
    live: undefined,
    nowMs: now,
    seed: 1,
    progress: async () => undefined,
  });
  return { model, trained };
}

/** Names of numbers that are none. */
function faultsOf(value: unknown, path = ""): readonly string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => faultsOf(each, `${path}/${key}`));
}

const days = (count: number): number => now - count * dayMs;
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);
const visits = (id: string, random: () => number): readonly CanonicalEvent[] =>
  range(6).map((visit) =>
    anEvent({ type: "pageView", messageId: `${id}-v${visit}`, customerId: id, at: days(120 * random()) }),
  );
/** Everybody orders at the same pace without memory: the past tells nothing of the future. */
function aDice(people: number, perDay: number, seed: number, spanDays = 150): readonly CanonicalEvent[] {
  const random = createRandom(seed);
  return range(people).flatMap((person) => {
    const id = `p${String(person).padStart(5, "0")}`;
    const orders: CanonicalEvent[] = [anOrder(id, days(spanDays), 1_000)];
    for (let at = days(spanDays); ; ) {
      at += (-Math.log(1 - random()) / perDay) * dayMs;
      if (at > now) return orders;
      orders.push(anOrder(id, Math.round(at), 1_000 + Math.round(9_000 * random())));
    }
  });
}

describe("shops with little or strange in them", () => {
  const random = createRandom(3);
  const visitors = range(260).flatMap((person) => visits(`v${person}`, random));
  const oneBuyer = [...visitors, anOrder("v7", days(50), 5_000), anOrder("v7", days(3), 5_000)];
  const allBuyers = range(240).flatMap((person) =>
    range(30).map((week) => anOrder(`b${person}`, days(205 - 7 * week - (person % 5)), 4_000)),
  );
  const sameTwins = range(240).flatMap((person) => [anOrder(`t${person}`, days(100), 4_000)]);
  const mixed = aDice(240, 0.03, 5, 300).map((event, at) =>
    at % 3 === 0
      ? anOrder(event.identifiers[0]?.value ?? "", event.timestamp + 1, 900, at % 2 === 0 ? "XAU" : "EUR")
      : event,
  );
  const outliers = [
    ...aDice(240, 0.03, 6, 300),
    ...range(20).map((at) => anOrder("whale", days(290 - 14 * at), 900_000_000_000_000)),
    ...range(400).map((at) => anOrder("machine", days(290) + at * 60_000, 1)),
  ];
  const oddShops: readonly (readonly [string, readonly CanonicalEvent[]])[] = [
    ["nobody at all", []],
    ["no buyer", visitors],
    ["one buyer", oneBuyer],
    ["only regular buyers", allBuyers],
    ["people who are all the same", sameTwins],
    ["three customers", aDice(3, 0.05, 4, 300)],
    ["orders in three currencies, two without a rate", mixed],
    ["enormous outliers", outliers],
  ];

  it.each(oddShops)("give a verdict and finite numbers, with %s", async (_name, events) => {
    const people = peopleOf(events);
    // One of each kind of model.
    for (const key of ["propensity_30d", "spend_90d", "customer_value", "clusters"]) {
      const { model, trained } = await train(key, people);
      if ("skipped" in trained) {
        expect(trained.skipped).toMatch(/\w+ \w+/);
        continue;
      }
      expect({ key, faults: faultsOf(trained.artefact) }).toEqual({ key, faults: [] });
      expect({ key, faults: faultsOf(trained.report) }).toEqual({ key, faults: [] });
      expect(trained.gate.reasons.length).toBeGreaterThan(0);
      const artefact: unknown = JSON.parse(JSON.stringify(trained.artefact));
      const serving = toServing(model, 1, key, artefact);
      for (const { profileId, state } of (await people.scan(null, 500)).slice(0, 40)) {
        const options = { toMinor: toShopMinor, currency: shopCurrency, audienceId: () => undefined };
        const said = scoreProfile(serving ? [serving] : [], profileId, state, now, options);
        expect({ key, faults: faultsOf(said) }).toEqual({ key, faults: [] });
      }
    }
  });

  it.each([
    ["no buyer", visitors],
    ["one buyer", oneBuyer],
    ["only regular buyers", allBuyers],
    ["three customers", aDice(3, 0.05, 4, 300)],
  ] as const)("publish no propensity, with %s", async (_name, events) => {
    for (const key of ["propensity_7d", "propensity_30d", "churn", "spend_90d"]) {
      const { trained } = await train(key, peopleOf(events));
      if (!("skipped" in trained)) expect({ key, passed: trained.gate.passed }).toEqual({ key, passed: false });
    }
  });
});

describe("the future", () => {
  it("changes no byte of a version, when a clock runs ahead", async () => {
    const events = aDice(300, 0.03, 7);
    const ahead = range(300).flatMap((person) => [
      anOrder(`p${String(person).padStart(5, "0")}`, now + (1 + (person % 900)) * dayMs, 77_777),
    ]);
    const [plain, odd] = await Promise.all([
      train("propensity_7d", peopleOf(events)),
      train("propensity_7d", peopleOf([...events, ...ahead])),
    ]);
    expect("skipped" in plain.trained).toBe(false);
    expect(JSON.stringify(odd.trained)).toBe(JSON.stringify(plain.trained));
  });

  const aucOf = async (events: readonly CanonicalEvent[]): Promise<number> => {
    const { trained } = await train("propensity_7d", peopleOf(events));
    if ("skipped" in trained) throw new Error(trained.skipped);
    return (trained.report as { metrics: { auc: number } }).metrics.auc;
  };
  const dice = aDice(600, 0.09, 8);

  it("is not known: where the past tells nothing, the model is no better than chance", async () => {
    // Four standard deviations of the area by chance for 600 people, half of them positive.
    expect(Math.abs((await aucOf(dice)) - 0.5)).toBeLessThan(0.095);
  });

  it("would be seen by that test, if one fact of the week after slipped in front of a cut-off", async () => {
    const test = midnightBefore(now - 7 * dayMs, "UTC");
    const { training } = planCutoffs(days(150), test, 7, (ms) => midnightBefore(ms, "UTC"));
    const leaks = [...training, test].flatMap((cutoff) => {
      const buyers = dice.filter(({ timestamp }) => timestamp > cutoff && timestamp <= cutoff + 7 * dayMs);
      return [...new Set(buyers.map(({ identifiers }) => identifiers[0]?.value ?? ""))].map((id) =>
        anEvent({
          type: "searchRequestSent",
          messageId: `${id}-${cutoff}`,
          customerId: id,
          at: cutoff - 1_000,
          properties: { searchQuery: `${cutoff}` },
        }),
      );
    });
    expect(await aucOf([...dice, ...leaks])).toBeGreaterThan(0.7);
  });
});

describe("a version", () => {
  it("has the same bytes in this thread, in one worker or several, and whatever the pages were read in", async () => {
    const events = aDice(250, 0.04, 9);
    const jobs: LearnJob[] = [];
    const learnBeside = async (job: LearnJob) => {
      jobs.push(job);
      return learn(job);
    };
    const bytes = await Promise.all(
      [7, 1_000].map(async (size) =>
        JSON.stringify((await train("propensity_7d", peopleOf(events, size), { learn: learnBeside })).trained),
      ),
    );
    expect(bytes[0]).toBe(bytes[1]);
    const [job] = jobs;
    if (!job) throw new Error("nothing was learned");
    const inThread = JSON.stringify(learn(job));
    const inWorkers = await Promise.all(range(3).map(() => learnInWorker(job, defaultHeapMb, never)));
    for (const each of inWorkers) expect(JSON.stringify(each)).toBe(inThread);
  });

  it("is cut at the shop's midnights, and knows no hour of the test where the clock changes", () => {
    for (const timezone of ["Europe/Berlin", "America/Santiago", "Asia/Kathmandu", "UTC"])
      for (const day of range(366)) {
        const at = now + day * dayMs;
        const floor = (ms: number) => midnightBefore(ms, timezone);
        const plan = planCutoffs(at - 400 * dayMs, floor(at - 30 * dayMs), 30, floor);
        expect(plan.training.length).toBe(6);
        for (const cutoff of plan.training) {
          expect(cutoff + 30 * dayMs).toBeLessThanOrEqual(plan.test);
          expect(floor(cutoff)).toBe(cutoff);
        }
        expect(plan.test + 30 * dayMs).toBeLessThanOrEqual(at);
      }
  });
});

it("fails by itself when it needs more memory than it may take, and leaves the process alone", async () => {
  const count = 400_000;
  const orders = {
    customers: range(count).map((at) => `customer-${at}`),
    customer: Int32Array.from(range(count)),
    at: new Float64Array(count).fill(now - dayMs),
    minor: new Float64Array(count).fill(100),
  };
  const job: LearnJob = { kind: "customerValue", orders, options: { asOf: now, currency: shopCurrency } };
  await expect(learnInWorker(job, 24, never)).rejects.toMatchObject({
    code: "models.failed",
    message: expect.stringContaining("24 MB"),
  });
});
