// The only place that constructs capabilities and joins them. Read it from top to bottom to see how the product hangs together.
import { fileURLToPath } from "node:url";
import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { createAccess, createAccessRoutes, createAccessStore, verifyIdentityToken } from "./access/index.ts";
import { createAudienceRules, createAudienceStore, createAudiences } from "./audiences/index.ts";
import { createCatalogRoutes, loadCatalog } from "./catalog/index.ts";
import { createCollect, createCollectRoutes, readEvent } from "./collect/index.ts";
import type { Config } from "./config.ts";
import { type BlockBody, blockValue, createBlockKind } from "./content/index.ts";
import { createDecide, createDecisionRoutes, createJudges, type Decider, personalSignals } from "./decisions/index.ts";
import { createDefinitions, createDefinitionsRoutes, createDefinitionsStore, isInWindow } from "./definitions/index.ts";
import { createHttpServer, type HttpServer } from "./http/index.ts";
import { type Clock, type JsonValue, type Logger, newId, systemClock } from "./kernel/index.ts";
import { createMeasurement } from "./measurement/index.ts";
import { createMetrics, createOperationsRoutes, createSystemStatus } from "./operations/index.ts";
import { createProfiles, emptyState, type IdentityClaim, type Profile } from "./profiles/index.ts";
import { createRecommendations, createUnitKind, type UnitBody } from "./recommendations/index.ts";
import { runs } from "./roles.ts";
import { type Job, startJobs } from "./schedules.ts";
import { createSearch, createSearchRoutes } from "./search/index.ts";
import { type Engines, migrate, openEngines } from "./storage/index.ts";

/** Capabilities with migrations, in order of dependence. */
export const migratedCapabilities = [
  "access",
  "definitions",
  "catalog",
  "collect",
  "profiles",
  "audiences",
  "measurement",
] as const;

/** Absolute folders of all migrations, beside this file in source and in the build. */
export const migrationFolders: readonly string[] = migratedCapabilities.map((capability) =>
  fileURLToPath(new URL(`./${capability}/migrations`, import.meta.url)),
);

export const version = "0.1.0";

/** One deployment in this process: the engines, the capabilities on them, and the server in front. */
export type App = {
  readonly server: HttpServer;
  readonly engines: Engines;
  readonly access: ReturnType<typeof createAccess>;
  readonly catalog: Awaited<ReturnType<typeof loadCatalog>>;
  readonly collect: ReturnType<typeof createCollect>;
  readonly definitions: ReturnType<typeof createDefinitions>;
  readonly recommendations: ReturnType<typeof createRecommendations>;
  readonly search: ReturnType<typeof createSearch>;
  readonly profiles: ReturnType<typeof createProfiles>;
  /** Everything accepted so far is in profiles, audiences and the event store. */
  readonly settle: () => Promise<void>;
  /** Ends without losing anything: refuses new requests, finishes those under way, then the queues, then the engines. */
  readonly close: () => Promise<void>;
};

export type AppOptions = {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Pages served beside the API: the admin, the demo shop. */
  readonly plugins?: readonly FastifyPluginAsync[];
  /** Skips background jobs that come by time; tests run them by hand. */
  readonly withoutJobs?: boolean;
};

const maintenanceMs = 10_000;
const dueMs = 5_000;
const scheduleMs = 1_000;
const modelMs = 60_000;
const slowModelFirstRunMs = 2_000;

/** Builds the program on engines that are open and migrated; starts the background work of the configured roles. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, logger } = options;
  const clock = options.clock ?? systemClock;
  const engines = await openEngines(config, logger);
  try {
    const report = await migrate(engines, migrationFolders);
    if (report.applied.length > 0) logger.info({ applied: report.applied }, "migrations applied");
    return await joinCapabilities(engines, options, clock);
  } catch (error) {
    await engines.close();
    throw error;
  }
}

async function joinCapabilities(engines: Engines, options: AppOptions, clock: Clock): Promise<App> {
  const { config, logger } = options;
  const { postgres, clickhouse } = engines;
  const startedAt = clock.now();
  let stopping = false;

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

  const provenCustomerId = (request: FastifyRequest, token: unknown): string | null => {
    if (token === undefined || token === null || token === "") return null;
    return verifyIdentityToken(String(token), request.auth.identitySecret ?? "", clock.now()).customerId;
  };
  const find = async (
    request: FastifyRequest,
    identity: IdentityClaim & { readonly identityToken?: string | undefined },
  ) =>
    profiles.find(identity, {
      trusted: request.auth.kind !== "write-key" && request.auth.kind !== "none",
      provenCustomerId: provenCustomerId(request, identity.identityToken),
    });

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
  const engine = createDecide({
    deciders: [blocks, units],
    clock,
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

  const server = createHttpServer({
    config,
    logger,
    clock,
    authenticate: access.authenticate,
    metrics,
    trustProxy: config.trustProxy,
  });
  server.addHook("onRequest", async (_request, reply) => {
    if (stopping) reply.header("connection", "close");
  });
  const system = createSystemStatus({
    version,
    startedAt,
    roles: config.roles,
    now: clock.now,
    postgres,
    clickhouse,
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
  const nobody = (at: number): Profile => ({
    profileId: "",
    version: 0,
    createdAt: at,
    identifiers: [],
    state: emptyState(at),
  });

  await server.register(createOperationsRoutes({ system, metrics, refreshGauges }));
  if (runs(config.roles, "routes")) {
    await server.register(createAccessRoutes({ access, publicUrl: config.publicUrl }));
    await server.register(createDefinitionsRoutes(definitions));
    await server.register(createCatalogRoutes({ catalog }));
    await server.register(
      createCollectRoutes({ accept, deadLetters: collect.deadLetters, live: collect.live, provenCustomerId }),
    );
    await server.register(
      profiles.routes({
        now: clock.now,
        traitsOf: audiences.traitsOf,
        audienceName: audiences.nameOf,
        timeline: measurement.timeline,
      }),
    );
    await server.register(audiences.routes());
    await server.register(
      createDecisionRoutes({
        engine,
        find: profiles.find,
        accept,
        provenCustomerId,
        withEvents: (profile, events) =>
          audiences.rejudged(profiles.withEvents(profile ?? nobody(clock.now()), events)),
        audienceIds: (keys) => keys.flatMap((key) => audiences.idOf(key) ?? []),
        readEvents: (request, events, proven) =>
          events.flatMap((raw) => {
            const result = readEvent(raw, {
              sourceId: request.auth.sourceId,
              sourceKind: request.auth.kind === "write-key" ? "native" : "server",
              trusted: request.auth.kind !== "write-key",
              provenCustomerId: proven,
              receivedAt: clock.now(),
              sentAt: undefined,
              bounds: { maxAgeMs: config.maxEventAgeMs, correctByDelay: false },
              defaultStoreView: config.defaultStoreView,
            });
            return result.ok ? [result.event] : [];
          }),
        defaultStoreView: config.defaultStoreView,
        currency: config.defaultCurrency,
        now: clock.now,
      }),
    );
    await server.register(
      createSearchRoutes({
        search,
        personalise: async ({ identity, storeView, list, http }) => {
          const found = await find(http, identity);
          const personal = personalSignals(
            found.ok ? found.profile : null,
            catalog.current(),
            recommendations.popularityOf,
            clock.now(),
          );
          const decisionId = newId(clock.now());
          return {
            ...personal,
            decisionId,
            ...(found.ok ? { profileId: found.profile.profileId } : {}),
            log: (result) =>
              measurement.logExposure({
                decisionId,
                at: clock.now(),
                placement: list.kind === "search" ? "search" : `category:${list.path}`,
                kind: "search",
                definitionId: "",
                definitionVersion: 0,
                profileId: found.ok ? found.profile.profileId : "",
                identityKey: identity.anonymousId ? `anonymous_id:${identity.anonymousId}` : "",
                storeView: storeView ?? config.defaultStoreView,
                skus: result.items.map((item) => item.sku),
                scores: result.items.map((item) => item.score),
                propensity: 1,
                policy: found.ok ? "search/personal" : "search/text",
                reasons: personal.reasons.map((reason) => reason.code),
              }),
          };
        },
      }),
    );
    await server.register(
      recommendations.routes({
        now: clock.now,
        resolve: async (request, identity) => {
          const found = await find(request, identity ?? {});
          return found.ok
            ? { profile: found.profile.state, profileId: found.profile.profileId }
            : { profile: null, profileId: "" };
        },
        findUnit: (idOrKey) =>
          definitions.live<UnitBody>("unit").find((unit) => unit.id === idOrKey || unit.key === idOrKey),
        onAnswer: ({ decisionId, unit, profileId, recommendation, nowMs }) =>
          measurement.logExposure({
            decisionId,
            at: nowMs,
            placement: unit?.body.placement ?? "api",
            kind: "unit",
            definitionId: unit?.id ?? "",
            definitionVersion: unit?.version ?? 0,
            profileId,
            identityKey: "",
            storeView: config.defaultStoreView,
            skus: recommendation.items.map((item) => item.sku),
            scores: recommendation.items.map((item) => item.score),
            propensity: 1,
            policy: `recommendations/${recommendation.strategyUsed}`,
            reasons: recommendation.reasons.map((reason) => reason.code),
          }),
      }),
    );
    for (const plugin of options.plugins ?? []) await server.register(plugin);
  }
  await server.ready();

  if (runs(config.roles, "processing")) await collect.start();
  const jobs: Job[] = [];
  if (runs(config.roles, "schedules")) {
    jobs.push(
      {
        name: "definition schedules",
        everyMs: scheduleMs,
        run: async () => void (await definitions.applySchedules(clock.now())),
      },
      { name: "due memberships", everyMs: dueMs, run: () => judgeDue() },
      { name: "maintenance", everyMs: maintenanceMs, run: collect.maintain },
    );
  }
  // Every process that answers needs the counts, whoever trains.
  jobs.push({ name: "recommendation counts", everyMs: modelMs, run: () => recommendations.refresh() });
  const firstCount = setTimeout(
    () => void recommendations.refresh().catch((error: unknown) => logger.warn({ err: error }, "first count failed")),
    slowModelFirstRunMs,
  );
  firstCount.unref();
  const stopJobs = options.withoutJobs ? async () => undefined : startJobs(jobs, logger);

  const judgeDue = async (): Promise<void> => {
    const due = await profiles.due(clock.now(), 1_000);
    if (due.length === 0) return;
    const batchId = newId(clock.now());
    await collect.applyPrepared(
      await profiles.prepareReevaluation(new Set(due.map((row) => row.profileId)), batchId),
      batchId,
    );
  };

  return {
    server,
    engines,
    access,
    catalog,
    collect,
    definitions,
    recommendations,
    search,
    profiles,
    settle: collect.settle,
    close: async () => {
      stopping = true;
      clearTimeout(firstCount);
      await server.close();
      await stopJobs();
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
