// Offer decisions: 10,000 offers, a policy of 10 strategies over 1,000 offers each, ten offers wanted; once for everybody, and with 400
// different rules over 25 attributes of the profile: rules that one value decides, and in the engine rules of many conditions that most
// visitors meet, so that each fails at another one, early or late. In the engine, and over HTTP. Run alone: clientele bench offer-decisions
import { createApp } from "../src/app.ts";
import type * as Audiences from "../src/audiences/index.ts";
import type * as Catalog from "../src/catalog/index.ts";
import { readConfig } from "../src/config.ts";
import type * as Decisions from "../src/decisions/index.ts";
import type { DefinitionFile, LiveDefinition } from "../src/definitions/index.ts";
import { createLogger, type JsonObject, type JsonValue, systemClock } from "../src/kernel/index.ts";
import type * as Offers from "../src/offers/index.ts";
import { against, type BenchOptions, type BenchRow, row } from "./bench-row.ts";
import { startHttpFloor } from "./floors/http-floor.ts";
import { type Deployment, prepareDeployment, startDeployment } from "./lib/deployment.ts";
import { runLoad } from "./lib/load-process.ts";
import { ascending, quantile } from "./lib/quantile.ts";
import { createRandom, pick } from "./lib/random.ts";

type OffersBuild = typeof Offers;

/** The build, as it is deployed. */
async function built(dist: URL) {
  const load = (path: string) => import(new URL(path, dist).href);
  // The modules that these types were compiled from.
  const { createAudienceRules } = (await load("audiences/index.js")) as typeof Audiences;
  const { createCatalogMemory } = (await load("catalog/index.js")) as typeof Catalog;
  const { createDecide, createJudges } = (await load("decisions/index.js")) as typeof Decisions;
  const { createOfferDecisions } = (await load("offers/index.js")) as OffersBuild;
  return { createAudienceRules, createCatalogMemory, createDecide, createJudges, createOfferDecisions };
}

const offerCount = 10_000;
const strategyCount = 10;
const ruleCount = 400;
const wanted = 10;
const quickOffers = 2_000;
/** In one transaction. */
const perImport = 1_000;

/** What rules ask of a profile, beside the number of its sessions: 24 attributes. */
const texts = [
  ...["email", "phone", "first_name", "last_name", "gender", "group", "newsletter", "favourite_category"],
  ...["favourite_brand", "price_band", "loyalty.program", "loyalty.tier", "loyalty.status"],
];
const numbers = [
  ...["reward_points", "loyalty.points", "orders_count", "items_bought", "days_since_last_order"],
  ...["days_since_first_order", "avg_days_between_orders", "returns_rate", "discount_share", "unconfirmed_orders"],
  "days_since_last_login",
];

/** Holds for visitors with so many sessions; what it asks last decides, so that it is judged to its end. */
function ruleOf(at: number): JsonValue {
  const without = (name: string, value: JsonValue): JsonValue => ({
    not: { attribute: { path: `profile.${name}`, op: "eq", value } },
  });
  return {
    all: [
      ...texts.map((name) => without(name, `nobody ${at}`)),
      ...numbers.map((name) => without(name, 1_000_000 + at)),
      { attribute: { path: "profile.sessions", op: "eq", value: at + 1 } },
    ],
  };
}

/** Some of these are told of every visitor. */
const valuesOf = (name: string): readonly string[] =>
  Array.from({ length: 3 + ((name.length * 7) % 30) }, (_, at) => `${name} ${at}`);

/** Conditions of every kind, in any order, each of which four of five visitors or more meet: nothing tells at once whom it is for. */
function mixedRuleOf(at: number): JsonValue {
  const random = createRandom(at + 1);
  const leaf = (name: string, op: string, value: JsonValue): JsonValue => ({
    attribute: { path: `profile.${name}`, op, value },
  });
  const ofText = (name: string): JsonValue => {
    const values = valuesOf(name);
    if (random() < 0.4) return { not: leaf(name, "eq", pick(values, random)) };
    return leaf(
      name,
      "in",
      values.filter(() => random() < 0.85),
    );
  };
  const ofNumber = (name: string): JsonValue =>
    random() < 0.5 ? leaf(name, "gte", Math.floor(random() * 20)) : leaf(name, "lte", 80 + Math.floor(random() * 20));
  const conditions = [...texts.map(ofText), ...["sessions", ...numbers].map(ofNumber)];
  const inOrder = conditions.map((condition) => ({ condition, by: random() })).sort((a, b) => a.by - b.by);
  return { all: inOrder.map(({ condition }) => condition) };
}

/** A value for each attribute that rules ask for. */
function profileOf(at: number): JsonObject {
  const random = createRandom(9_000 + at);
  const profile: Record<string, JsonValue> = {};
  const loyalty: Record<string, JsonValue> = {};
  const put = (name: string, value: JsonValue): void => {
    const [first = "", second] = name.split(".");
    if (second === undefined) profile[first] = value;
    else loyalty[second] = value;
  };
  for (const name of texts) put(name, pick(valuesOf(name), random));
  for (const name of ["sessions", ...numbers]) put(name, Math.floor(random() * 100));
  return { ...profile, loyalty };
}

type Rules = "none" | "late" | "mixed";
const ruleBy = { late: ruleOf, mixed: mixedRuleOf };

const place = "home.hero";
const tagOf = (at: number): string => `group-${at % strategyCount}`;

function definitionsOf(rules: Rules, count = offerCount): readonly DefinitionFile[] {
  const file = (kind: string, key: string, body: object): DefinitionFile =>
    ({ kind, key, name: key, status: "live", schedule: null, scope: { storeViews: null }, body }) as DefinitionFile;
  const offers = Array.from({ length: count }, (_, at) => {
    const representations = [{ placement: "hero", html: `<p>Offer ${at} for you</p>` }];
    // Of each group the same share of every rule.
    const rule = rules === "none" ? {} : { rule: ruleBy[rules](Math.floor(at / strategyCount) % ruleCount) };
    return file("offer", `offer-${at}`, {
      ...{ priority: (at * 7) % 1_000, audiences: [], representations, tags: [tagOf(at)], ...rule },
    });
  });
  const groups = Array.from({ length: strategyCount }, (_, at) => tagOf(at));
  return [
    file("offer-placement", "hero", { placement: place, channel: "web", contentType: "html" }),
    ...groups.map((tag) => file("offer-collection", tag, { tags: { all: [tag] } })),
    file("offer-policy", "main", {
      ...{ placements: ["hero"], priority: 1, audiences: [], wanted, emptyAllowed: true },
      entries: groups.map((tag) => ({
        ...{ type: "strategy", name: tag, collection: tag, ranking: { method: "priority" } },
      })),
    }),
    ...offers,
  ];
}

const toLive = (file: DefinitionFile, at: number): LiveDefinition<unknown> => ({
  ...{ id: String(at).padStart(8, "0"), kind: file.kind, key: file.key, name: file.name, version: 1, updatedAt: 0 },
  ...{ scope: { storeViews: null }, schedule: null, window: { fromMs: null, toMs: null }, body: file.body },
});

/** Nothing is read or written where no offer has a limit. */
const noDatabase = { kind: "embedded", query: async () => ({ rows: [], rowCount: 0 }) };

async function inEngine(dist: URL, kind: Rules, minMs: number): Promise<readonly number[]> {
  const code = await built(dist);
  const catalog = code.createCatalogMemory();
  const rules = code.createAudienceRules({ catalog, config: { timezone: "UTC" } });
  const all = definitionsOf(kind).map(toLive);
  const kinds = new Set(all.map(({ kind }) => kind));
  const byKind = new Map([...kinds].map((kind) => [kind, all.filter((each) => each.kind === kind)]));
  const nothing: readonly never[] = [];
  const definitions = {
    live: (kind: string) => byKind.get(kind) ?? nothing,
    register: () => undefined,
  };
  const logger = createLogger("silent");
  // Only what decisions touch is there.
  const offers = code.createOfferDecisions({
    ...{ postgres: noDatabase, clickhouse: noDatabase, definitions, clock: systemClock, logger, timezone: "UTC" },
    checkRule: () => [],
    compileEventRule: (rule: unknown) => rules.compile(rule),
    cartRules: {
      isOpen: () => true,
      judge: () => ({ applies: true, missing: null }),
      convert: () => undefined,
    },
    issueCode: async () => undefined,
    isTrainer: false,
    audit: undefined,
  } as unknown as Parameters<OffersBuild["createOfferDecisions"]>[0]);
  const judges = code.createJudges({ compile: (rule) => rules.compile(rule) });
  const profiles = Array.from({ length: ruleCount }, (_, at) =>
    kind === "mixed" ? profileOf(at) : { sessions: at + 1 },
  );
  const { decide } = code.createDecide({
    deciders: [offers.decider],
    ...{ clock: systemClock, logger, isInWindow: () => true, logExposure: () => undefined },
    judge: (_profile, context, request) =>
      judges({ profile: profiles[Number(request.context["visitor"])] }, context.nowMs, {
        isMember: () => false,
        explainAudience: () => null,
      }),
  });
  const ask = async (turn: number): Promise<number> => {
    const request = {
      ...{ placements: [place], storeView: "default", context: { visitor: turn % ruleCount }, cart: null },
      ...{ items: [], categoryPath: null, explain: false, asOf: null, preview: false, identityKey: `a:${turn}` },
    };
    const startedAt = performance.now();
    const { decisions } = await decide({ ok: false, reason: "unknown" }, request);
    const tookMs = performance.now() - startedAt;
    const items = decisions[0]?.value?.["items"];
    if (!Array.isArray(items) || (kind !== "mixed" && items.length !== wanted))
      throw new Error(`not ${wanted} offers: ${items}`);
    return tookMs;
  };
  let turn = 0;
  for (const until = performance.now() + minMs / 2; performance.now() < until; turn += 1) await ask(turn);
  const times: number[] = [];
  for (const until = performance.now() + minMs; performance.now() < until; turn += 1) times.push(await ask(turn));
  return times;
}

function engineRows(times: readonly number[], what: string, perSecond: string): readonly BenchRow[] {
  const sorted = ascending(times);
  const mean = times.reduce((sum, each) => sum + each, 0) / times.length;
  const note = `p50 ${(quantile(sorted, 0.5) * 1_000).toFixed(0)} µs; ${offerCount.toLocaleString("en")} offers`;
  return [
    row(`${what}, p99`, quantile(sorted, 0.99), "ms", "≤ 2", note),
    row(`${what}, decisions`, 1_000 / mean, "/s", perSecond, "one core"),
  ];
}

async function importRest(deployment: Deployment, files: readonly DefinitionFile[]): Promise<void> {
  const app = await createApp({
    config: readConfig({}, { dataDir: deployment.dataDir, roles: [] }),
    logger: createLogger("warn"),
    withoutJobs: true,
  });
  try {
    for (let at = 0; at < files.length; at += perImport) {
      const caller = { actor: "bench", via: "cli", storeViews: null } as const;
      await app.definitions.importDefinitions(files.slice(at, at + perImport), { caller, publish: true });
    }
  } finally {
    await app.close();
  }
}

async function overHttp(
  rules: Rules,
  { quick, seconds }: { readonly quick: boolean; readonly seconds: number },
  what: string,
  floor: string,
): Promise<BenchRow[]> {
  const files = definitionsOf(rules, quick ? quickOffers : offerCount);
  const deployment = await prepareDeployment(files.slice(0, perImport));
  try {
    await importRest(deployment, files.slice(perImport));
    const server = await startDeployment(deployment);
    try {
      // The visitor's first session, so that the rules know them.
      const identity = { anonymousId: "visitor-1" };
      await server.post("/v1/events", { events: [{ type: "pageView", ...identity }] });
      const body = JSON.stringify({ identity, placements: [place] });
      const answered = async () => (await server.post("/v1/decide", JSON.parse(body)))["decisions"];
      const hasAll = async (): Promise<boolean> => JSON.stringify(await answered()).split('"strategy"').length > wanted;
      for (let tries = 0; !(await hasAll()); tries += 1) {
        if (tries > 100) throw new Error(`not ${wanted} offers: ${JSON.stringify(await answered()).slice(0, 500)}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const same = { kind: "same" as const, path: "/v1/decide", body, key: deployment.writeKey, port: server.port };
      await runLoad({ ...same, connections: 8, seconds: Math.min(seconds, 5), perSecond: null });
      const steady = await runLoad({ ...same, connections: 16, seconds, perSecond: 300 });
      const most = await runLoad({ ...same, connections: 16, seconds, perSecond: null });
      const answer = JSON.stringify(await server.post("/v1/decide", JSON.parse(body)));
      const plain = await startHttpFloor("/v1/decide", answer);
      const bare = await runLoad({ ...same, port: plain.port, connections: 16, seconds, perSecond: null });
      plain.stop();
      const [perSecond, barePerSecond] = [most, bare].map((load) => (load.requests - load.failed) / load.seconds);
      return [
        row(`${what} over HTTP, p99`, steady.p99, "ms", "≤ 15", `at 300/s; ${steady.failed + most.failed} failed`),
        against(
          row(
            `${what} over HTTP, requests`,
            perSecond ?? 0,
            "/s",
            floor,
            `${answer.length} bytes; p99 ${most.p99.toFixed(1)} ms`,
          ),
          `a Fastify route with the same bytes ${Math.round(barePerSecond ?? 0).toLocaleString("en")}/s`,
          (perSecond ?? 0) / (barePerSecond ?? 1),
        ),
      ];
    } finally {
      await server.stop();
    }
  } finally {
    deployment.remove();
  }
}

const forAll = "for everybody";
const byRules = "400 rules of 25 attributes";
const byMixedRules = "400 mixed rules of 25 attributes";

/** The engine alone, for profiling. */
export async function runEngine(dist: URL, minMs: number): Promise<readonly BenchRow[]> {
  return [
    ...engineRows(await inEngine(dist, "none", minMs), forAll, "≥ 5,000"),
    ...engineRows(await inEngine(dist, "late", minMs), byRules, "≥ 1,500"),
    ...engineRows(await inEngine(dist, "mixed", minMs), byMixedRules, "≥ 1,500"),
  ];
}

export async function run({ quick, seconds = quick ? 3 : 10 }: Pick<BenchOptions, "quick" | "seconds">) {
  return [
    ...(await runEngine(new URL("../dist/", import.meta.url), quick ? 300 : 3_000)),
    ...(await overHttp("none", { quick, seconds }, forAll, "≥ 5,000")),
    ...(await overHttp("late", { quick, seconds }, byRules, "≥ 1,500")),
  ];
}
