// Audiences over 100,000 profiles and 10 M events: estimates of drafts, 50 audiences computed anew, 200 judged in a decision, and how
// soon a membership follows its event. Run alone: clientele bench audiences
import { type App, createApp } from "../src/app.ts";
import { readConfig } from "../src/config.ts";
import type { DefinitionFile } from "../src/definitions/index.ts";
import { createLogger } from "../src/kernel/index.ts";
import { type BenchOptions, type BenchRow, row } from "./bench-row.ts";
import { freshnessDefinitions, measureFreshness, nativeWay } from "./freshness.ts";
import { type Deployment, prepareDeployment, startDeployment } from "./lib/deployment.ts";
import { addPastEvents } from "./lib/past-events.ts";
import { ascending, quantile } from "./lib/quantile.ts";

const computedAudiences = 50;
const decidedAudiences = 200;
const batchSize = 2_000;
const previewsEach = 3;
const decisions = 300;
const eventsEach = 100;
const megabyte = 1024 ** 2;

const common = { scope: { storeViews: null }, schedule: null, status: "live" } as const;
const audience = (key: string, rule: object): DefinitionFile => {
  return { ...common, kind: "audience", key, name: key, body: { rule } };
};

/** Drafts that need what profiles hold, plain counts of the event store, and counts with a condition on each event. */
const drafts: readonly (readonly [name: string, rule: object])[] = [
  ["profile", { attribute: { path: "profile.first_seen_at", op: "within_last", value: "30d" } }],
  ["events", { event: { name: "pageView", window: { last: "30d" }, count: { op: "gte", value: 30 } } }],
  [
    "filtered events",
    {
      event: {
        name: "productPageView",
        where: { attribute: { path: "event.properties.shelf", op: "eq", value: "shelf-3" } },
        count: { op: "gte", value: 3 },
      },
    },
  ],
];

/** As marketers write them: counts in windows, filtered counts, what was done and not done, carts, visits. */
function ruleOf(index: number): object {
  const step = Math.floor(index / 5);
  const window = { last: `${3 + (step % 28)}d` };
  const shelf = { attribute: { path: "event.properties.shelf", op: "eq", value: `shelf-${step % 20}` } };
  switch (index % 5) {
    case 0:
      return { event: { name: "pageView", window, count: { op: "gte", value: 10 + step } } };
    case 1:
      return { event: { name: "productPageView", where: shelf, window, count: { op: "gte", value: 2 } } };
    case 2:
      return { all: [{ event: { name: "addToCart", window } }, { not: { event: { name: "completeCheckout" } } }] };
    case 3:
      return { items: { of: "viewed", measure: "count", op: "gte", value: 1 + (step % 4), window } };
    default:
      return { attribute: { path: "profile.first_seen_at", op: "within_last", value: `${1 + step}d` } };
  }
}

async function seedProfiles(app: App, skus: readonly string[], profiles: number): Promise<void> {
  const types = ["pageView", "productPageView"];
  for (let start = 0; start < profiles * types.length; start += batchSize) {
    const events = Array.from({ length: Math.min(batchSize, profiles * types.length - start) }, (_, offset) => {
      const index = start + offset;
      const person = Math.floor(index / types.length);
      const type = types[index % types.length];
      const properties = { items: [{ sku: skus[index % skus.length], qty: 1 }] };
      return { messageId: `seed-${index}`, type, anonymousId: `visitor-${person}`, properties };
    });
    await app.collect.accept({
      ...{ events, sentAt: undefined, sourceId: "shop", sourceKind: "native", trusted: true, provenCustomerId: null },
    });
    if (start % (batchSize * 10) === 0) await app.settle();
  }
  await app.settle();
}

async function benchPreviews(app: App, token: string, world: string): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [name, rule] of drafts) {
    const times: number[] = [];
    let last: { margin?: number; total?: number; seen?: number; exactness?: string } = {};
    for (let round = 0; round < previewsEach; round += 1) {
      const startedAt = performance.now();
      const answer = await app.server.inject({
        method: "POST",
        url: "/v1/audiences/preview",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        payload: JSON.stringify({ rule }),
      });
      if (answer.statusCode !== 200) throw new Error(`a preview answered ${answer.statusCode}: ${answer.body}`);
      times.push(performance.now() - startedAt);
      last = answer.json();
    }
    const percent = (100 * (last.margin ?? 0)) / Math.max(1, last.total ?? 1);
    const note = `slowest of ${previewsEach}; ${last.exactness}, ${last.seen?.toLocaleString("en")} profiles seen; ${world}`;
    rows.push(row(`audiences.preview.${name.replace(" ", "-")}`, Math.max(...times) / 1000, "s", "≤ 2", note));
    rows.push(row(`audiences.preview.${name.replace(" ", "-")}.margin`, percent, "% of profiles", "≤ 2", "half width"));
  }
  return rows;
}

async function benchRecompute(app: App, world: string): Promise<readonly BenchRow[]> {
  const definitions = Array.from({ length: computedAudiences }, (_, index) =>
    audience(`fifty-${index}`, ruleOf(index)),
  );
  const startedAt = performance.now();
  await app.definitions.importDefinitions(definitions, {
    caller: { actor: "bench", via: "cli", storeViews: null },
    publish: true,
  });
  await app.audiences.settled();
  const seconds = (performance.now() - startedAt) / 1000;
  const members = await Promise.all(
    definitions.map(async ({ key }) => {
      const id = app.audiences.idOf(key);
      return id === undefined ? 0 : await app.audiences.sizeOf(id);
    }),
  );
  const total = members.reduce((sum, size) => sum + size, 0);
  const note = `${computedAudiences} audiences, past events collected and everybody judged; ${total.toLocaleString("en")} memberships; ${world}`;
  const againAt = performance.now();
  await app.audiences.recompute(definitions.map(({ key }) => key));
  const again = (performance.now() - againAt) / 1000;
  return [
    row("audiences.first", seconds, "s", "", `published, ${note}`),
    row("audiences.recompute", again, "s", "≤ 60", `from nothing but the stored events, ${note}`),
  ];
}

/** The share of audiences in a decision; whole decisions are measured by the benchmark `decide`. */
async function benchDecisions(app: App, profiles: number): Promise<readonly BenchRow[]> {
  const definitions = Array.from({ length: decidedAudiences - computedAudiences }, (_, index) =>
    audience(`call-${index}`, {
      all: [
        { attribute: { path: "context.device", op: "eq", value: index % 2 === 0 ? "mobile" : "desktop" } },
        ruleOf(index % 3 === 0 ? 4 : 3),
      ],
    }),
  );
  await app.definitions.importDefinitions(definitions, {
    caller: { actor: "bench", via: "cli", storeViews: null },
    publish: true,
  });
  await app.audiences.settled();
  const keys = [
    ...definitions.map(({ key }) => key),
    ...Array.from({ length: computedAudiences }, (_, index) => `fifty-${index}`),
  ];
  const reads: number[] = [];
  const times: number[] = [];
  for (let call = 0; call < decisions; call += 1) {
    const readAt = performance.now();
    // Far apart, so that most are not in memory.
    const visitor = Math.floor((call * profiles) / decisions);
    const profile = await app.profiles.by("anonymous_id", `visitor-${visitor}`);
    const startedAt = performance.now();
    reads.push(startedAt - readAt);
    const subject = app.audiences.subjectOf(profile, { context: { device: "mobile" } });
    for (const key of keys) app.audiences.isMember(key, profile, subject, Date.now());
    times.push(performance.now() - startedAt);
  }
  const sorted = ascending(times);
  const note = `${keys.length} audiences on a profile in memory, ${definitions.length} of them decided in the call; p50 ${quantile(sorted, 0.5).toFixed(2)} ms; without the rest of a decision`;
  return [
    row("audiences.decision.p95", quantile(sorted, 0.95), "ms", "≤ 5", note),
    row("audiences.read.p95", quantile(ascending(reads), 0.95), "ms", "", "the profile before that, from the database"),
  ];
}

/** All but what needs the built server. */
export async function benchInProcess(deployment: Deployment, options: BenchOptions): Promise<readonly BenchRow[]> {
  const profiles = options.profiles ?? (options.quick ? 5_000 : 100_000);
  const events = profiles * eventsEach;
  const world = `${profiles.toLocaleString("en")} profiles, ${events.toLocaleString("en")} events`;
  const app = await createApp({
    config: readConfig({}, { dataDir: deployment.dataDir }),
    logger: createLogger("warn"),
    withoutJobs: true,
  });
  try {
    await seedProfiles(app, deployment.shop.skus, profiles);
    await addPastEvents(app, { profiles, events });
    return [
      ...(await benchPreviews(app, deployment.token, world)),
      ...(await benchRecompute(app, world)),
      ...(await benchDecisions(app, profiles)),
      row("audiences.memory", process.memoryUsage().rss / megabyte, "MB", "", "resident, all of the benchmark"),
    ];
  } finally {
    await app.close();
  }
}

export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  const deployment = await prepareDeployment([]);
  const fresh = await prepareDeployment(freshnessDefinitions);
  try {
    const rows = await benchInProcess(deployment, options);
    const server = await startDeployment(fresh);
    try {
      const seconds = options.seconds ?? (options.quick ? 5 : 30);
      const latency = (await measureFreshness(server, fresh, { name: "audiences", way: nativeWay, seconds })).filter(
        ({ name }) => name.includes(".audience."),
      );
      return [...rows, ...latency.map((each) => ({ ...each, name: "audiences.membership.p95" }))];
    } finally {
      await server.stop();
    }
  } finally {
    deployment.remove();
    fresh.remove();
  }
}
