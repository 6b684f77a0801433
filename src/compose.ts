// The only place that constructs capabilities and joins them. Read it from top to bottom to see how the product hangs together.
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { FastifyPluginAsync } from "fastify";
import { createAccess, createAccessStore } from "./access/index.ts";
import { createAudienceRules, createAudienceStore, createAudiences } from "./audiences/index.ts";
import { startBackground } from "./background.ts";
import { loadCatalog } from "./catalog/index.ts";
import { createCollect } from "./collect/index.ts";
import type { Config } from "./config.ts";
import { type BlockBody, blockValue, createBlockKind } from "./content/index.ts";
import { createDecide, createJudges, type Decider } from "./decisions/index.ts";
import { createDefinitions, createDefinitionsStore, isInWindow } from "./definitions/index.ts";
import { createHttpServer, type HttpServer } from "./http/index.ts";
import { type Clock, type JsonValue, type Logger, newId, systemClock } from "./kernel/index.ts";
import { createMeasurement } from "./measurement/index.ts";
import { createMetrics, createOperationsRoutes, createSystemStatus } from "./operations/index.ts";
import { createProfiles } from "./profiles/index.ts";
import { createRecommendations, createUnitKind, type UnitBody } from "./recommendations/index.ts";
import { registerRoutes } from "./register-routes.ts";
import { runs } from "./roles.ts";
import { createSearch } from "./search/index.ts";
import { type Engines, migrate, openEngines } from "./storage/index.ts";

/** Capabilities with migrations, in order of dependence. */
const migratedCapabilities = [
  "access",
  "definitions",
  "catalog",
  "collect",
  "profiles",
  "audiences",
  "measurement",
] as const;

/** Absolute folders of all migrations, beside this file in source and in the build. */
const migrationFolders: readonly string[] = migratedCapabilities.map((capability) =>
  fileURLToPath(new URL(`./${capability}/migrations`, import.meta.url)),
);

const version = "0.1.0";

/** After this time every other process works by a definition that this one has; they look once a second. */
const definitionsElsewhereMs = 1_500;

export type AppOptions = {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Pages served beside the API: the admin, the demo shop. */
  readonly plugins?: readonly FastifyPluginAsync[];
  /** Skips background jobs that come by time; tests run them by hand. */
  readonly withoutJobs?: boolean;
};

/** Constructs every capability and joins them by functions. */
async function construct(engines: Engines, { config, logger }: AppOptions, clock: Clock) {
  const { postgres, clickhouse } = engines;

  const access = createAccess({ store: createAccessStore(postgres), clock, logger });
  await access.start();
  if (config.demo) await access.ensureDemoAccess();
  // The command line must still be able to revoke them.
  else if (config.roles.length > 0) await access.assertNoDemoCredentials();

  const catalog = await loadCatalog({ postgres, clock, logger, currency: config.defaultCurrency });
  const parentOf = (sku: string) => catalog.current().parentOf(sku);
  const definitions = createDefinitions({
    store: createDefinitionsStore(postgres),
    audit: access.audit,
    clock,
    logger,
  });
  const measurement = createMeasurement({ clickhouse, logger, parentOf });
  const metrics = createMetrics();

  // Audiences judge profiles and profiles carry memberships: the two are joined by functions.
  const rules = createAudienceRules({ catalog, config });
  const audiences = createAudiences({
    store: createAudienceStore(postgres),
    rules,
    definitions,
    clock,
    logger,
    currency: config.defaultCurrency,
    profiles: {
      scan: (afterId, limit) => profiles.scan(afterId, limit),
      linksOf: (profileIds) => profiles.linksOf(profileIds),
      get: (profileId) => profiles.get(profileId),
      count: () => profiles.count(),
    },
    eventsOfTypes: (types) => measurement.eventsOfTypes(types),
    acceptedSoFar: async () => {
      if (postgres.kind === "server") await pause(definitionsElsewhereMs);
      return collect.acceptedSoFar();
    },
    reevaluate: async (profileIds, change) => {
      const batchId = newId(clock.now());
      return collect.applyPrepared(await profiles.prepareReevaluation(profileIds, batchId, change), batchId);
    },
  });
  const profiles = createProfiles({
    postgres,
    clock,
    logger,
    fold: { parentOf, applyLeaves: audiences.applyEvent, currency: config.defaultCurrency },
    reevaluate: audiences.reevaluateBatch,
  });
  const collect = createCollect({
    postgres,
    clock,
    logger,
    maxEventAgeMs: config.maxEventAgeMs,
    defaultStoreView: config.defaultStoreView,
    maxBacklogBytes: config.inboxMaxBytes,
    leaseMs: config.inboxLeaseMs,
    prepare: profiles.prepare,
    exportEvents: measurement.exportEvents,
  });
  const accept: typeof collect.accept = async (request) => {
    const result = await collect.accept(request);
    metrics.countEvents(result.accepted, result.duplicates, result.rejected.length);
    return result;
  };

  const search = createSearch({ catalog, clock, logger });
  const recommendations = createRecommendations({ clickhouse, catalog, clock, logger });
  definitions.register(audiences.kind);
  definitions.register(createBlockKind((rule) => rules.faultsOf(rule, "block", "/rule")));
  definitions.register(createUnitKind((rule) => rules.faultsOf(rule, "block", "/rule")));
  await definitions.start();
  await audiences.start();

  const blocks: Decider<BlockBody> = {
    kind: "block",
    candidates: () => definitions.live<BlockBody>("block"),
    decide: (block) => ({
      ok: true,
      kind: "block",
      value: { ...blockValue(block) },
      reasons: [],
      skus: [],
      scores: [],
      propensity: 1,
      policy: "priority",
    }),
  };
  const units: Decider<UnitBody> = {
    kind: "unit",
    candidates: () => definitions.live<UnitBody>("unit"),
    decide: recommendations.decide,
  };
  const judges = createJudges({ compile: (rule) => rules.compile(rule) });
  const decisions = createDecide({
    deciders: [blocks, units],
    clock,
    logger,
    isInWindow,
    logExposure: measurement.logExposure,
    judge: (profile, context, request) => {
      const subject = audiences.subjectOf(profile, {
        cart: context.cart,
        context: request.context,
        product: context.items[0],
        bucketValue: request.identityKey,
      });
      return judges(subject, context.nowMs, {
        isMember: (key) => audiences.isMember(key, profile, subject, context.nowMs),
        // An explanation is JSON by construction.
        explainAudience: (key) => (audiences.explain(key, subject, context.nowMs) ?? null) as JsonValue,
      });
    },
  });

  return {
    access,
    accept,
    audiences,
    catalog,
    collect,
    decisions,
    definitions,
    measurement,
    metrics,
    profiles,
    recommendations,
    search,
  };
}

/** Every capability of the program, joined. */
export type Capabilities = Awaited<ReturnType<typeof construct>>;

/** One deployment in this process: the engines, the capabilities on them, and the server in front. */
export type App = Capabilities & {
  readonly server: HttpServer;
  readonly engines: Engines;
  /** Everything accepted so far is in profiles, audiences and the event store. */
  readonly settle: () => Promise<void>;
  /** Ends without losing anything: refuses new requests, finishes those under way, then the queues, then the engines. */
  readonly close: () => Promise<void>;
};

/** Builds the program on engines that are open and migrated; starts the background work of the configured roles. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, logger } = options;
  const clock = options.clock ?? systemClock;
  const engines = await openEngines(config, logger);
  try {
    const report = await migrate(engines, migrationFolders);
    if (report.applied.length > 0) logger.info({ applied: report.applied }, "migrations applied");
    return await startApp(engines, options, clock);
  } catch (error) {
    await engines.close();
    throw error;
  }
}

/** The default store view and every one that a live definition is limited to. */
function namedStoreViews(definitions: Capabilities["definitions"], defaultStoreView: string): readonly string[] {
  const live = definitions.kinds().flatMap(({ kind }) => definitions.live(kind));
  return [...new Set([defaultStoreView, ...live.flatMap(({ scope }) => scope.storeViews ?? [])])].sort();
}

async function startApp(engines: Engines, options: AppOptions, clock: Clock): Promise<App> {
  const { config, logger } = options;
  const startedAt = clock.now();
  let stopping = false;
  const all = await construct(engines, options, clock);
  const { access, audiences, catalog, collect, definitions, measurement, metrics, profiles, search } = all;

  const server = createHttpServer({
    config,
    logger,
    clock,
    authenticate: access.authenticate,
    metrics,
    trustProxy: config.trustProxy,
  });
  // At the answer, not at the request: one that was under way when the stop began would keep its connection, and the stop waits for that.
  server.addHook("onSend", (_request, reply, _payload, done) => {
    if (stopping) reply.header("connection", "close");
    done();
  });
  const system = createSystemStatus({
    version,
    startedAt,
    roles: config.roles,
    storeViews: () => namedStoreViews(definitions, config.defaultStoreView),
    now: clock.now,
    postgres: engines.postgres,
    clickhouse: engines.clickhouse,
    queues: collect.counts,
    eventsLastMinute: () => collect.live.lastMinute(clock.now()),
    eventsTotal: measurement.countEvents,
    profiles: profiles.count,
    catalog: () => ({ products: catalog.current().products.size, version: catalog.current().version }),
    search: () => ({ products: search.size() }),
    isStopping: () => stopping,
  });
  const refreshGauges = async () => {
    const counts = await collect.counts();
    metrics.setQueues({ ...counts, oldestAgeMs: counts.oldestAt === null ? 0 : clock.now() - counts.oldestAt });
  };
  await server.register(createOperationsRoutes({ system, metrics, refreshGauges }));
  if (runs(config.roles, "routes")) await registerRoutes(server, all, { config, clock }, options.plugins ?? []);
  await server.ready();

  if (runs(config.roles, "processing")) await collect.start();
  const stopBackground = options.withoutJobs
    ? async () => undefined
    : startBackground(all, config.roles, clock, logger);

  return {
    ...all,
    server,
    engines,
    settle: collect.settle,
    close: async () => {
      stopping = true;
      await server.close();
      await stopBackground();
      await audiences.stop();
      await collect.stop();
      await measurement.close();
      search.close();
      await definitions.stop();
      await catalog.close();
      await access.stop();
      await engines.close();
    },
  };
}
