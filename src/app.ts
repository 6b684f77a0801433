// One process of the program: opens the engines, migrates, starts what its roles run, and stops without losing anything.
import type { FastifyPluginAsync } from "fastify";
import { startBackground } from "./background.ts";
import { type Capabilities, construct, migrationFolders } from "./compose.ts";
import type { Config } from "./config.ts";
import { createHttpServer, type HttpServer } from "./http/index.ts";
import { type Clock, type Logger, systemClock } from "./kernel/index.ts";
import { createOperationsRoutes, createSystemStatus } from "./operations/index.ts";
import { registerRoutes } from "./register-routes.ts";
import { runs } from "./roles.ts";
import { type Engines, migrate, openEngines } from "./storage/index.ts";

const version = "0.1.0";

export type AppOptions = {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Pages served beside the API: the admin, the demo shop. */
  readonly plugins?: readonly FastifyPluginAsync[];
  /** Skips background jobs that come by time; tests run them by hand. */
  readonly withoutJobs?: boolean;
};

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
  const {
    access,
    audiences,
    audienceSyncs,
    catalog,
    collect,
    definitions,
    destinations,
    incoming,
    measurement,
    metrics,
    profiles,
    search,
  } = all;

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
  if (runs(config.roles, "routes")) await registerRoutes(server, all, { config, clock, logger }, options.plugins ?? []);
  await server.ready();

  if (runs(config.roles, "processing")) {
    await collect.start();
    await destinations.start();
    await audienceSyncs.start();
  }
  if (runs(config.roles, "routes")) await incoming.imports.resumeAbandoned(true);
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
      await all.duplicates.stop();
      // Before the jobs are waited for: a training under way takes minutes.
      await all.models.stop();
      await all.vectors.stop();
      await all.ranking.stop();
      await all.offerDecisions.models.stop();
      all.coupons.stop();
      await stopBackground();
      await all.traits.stop();
      await audiences.stop();
      await incoming.stop();
      await collect.stop();
      await destinations.stop();
      destinations.closeTools();
      await audienceSyncs.stop();
      audienceSyncs.closeTools();
      await all.privacy.stop();
      await all.tracking.stop();
      all.assets.close();
      await all.variations.stop();
      await all.ranking.close();
      await all.offerDecisions.flush();
      await all.rotations.flush();
      await all.recommendations.close();
      await measurement.close();
      search.close();
      await definitions.stop();
      await catalog.close();
      await access.stop();
      await engines.close();
    },
  };
}
