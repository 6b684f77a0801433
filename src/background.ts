// What a process does without being asked: jobs that come back, and the first counts after the start.
import type { Capabilities } from "./compose.ts";
import type { Config } from "./config.ts";
import { ClienteleError, type Clock, type Logger, newId } from "./kernel/index.ts";
import { runs } from "./roles.ts";
import { type Job, startJobs } from "./schedules.ts";

const maintenanceMs = 60_000;
const dueMs = 5_000;
const anomaliesMs = 60_000;
const sourcesMs = 3_000;
const duplicatesAfterMs = 300_000;
const hourMs = 3_600_000;
const retentionMs = 600_000;
const scheduleMs = 1_000;
/** What is due is trained, one model after the other; whoever starts a demo does not train at once. */
const modelsMs = 60_000;
const firstModelsMs = 120_000;
const countMs = 60_000;
/** Counts of lists join every list with what came of it: seconds on a large shop. */
const rankingMs = 300_000;
const firstRankingMs = 5_000;
const firstQueriesMs = 8_000;
/** The first count waits until the start is over: it reads 90 days of events. */
const firstCountMs = 2_000;
const duePerRun = 1_000;

/** Judges the profiles whose memberships change by time alone; late by a few seconds at most. */
async function judgeDue({ profiles, collect }: Capabilities, clock: Clock): Promise<void> {
  const due = await profiles.due(clock.now(), duePerRun);
  if (due.length === 0) return;
  const batchId = newId(clock.now());
  const ids = new Set(due.map((row) => row.profileId));
  await collect.applyPrepared(await profiles.prepareReevaluation(ids, batchId), batchId);
}

/** Another process that is at it already does the work for all. */
async function findDuplicates({ duplicates }: Capabilities): Promise<void> {
  try {
    await duplicates.refresh();
  } catch (error) {
    if (!(error instanceof ClienteleError) || error.code !== "duplicates.running") throw error;
  }
}

function jobsOf(all: Capabilities, roles: Config["roles"], clock: Clock): readonly Job[] {
  const schedules: readonly Job[] = [
    {
      name: "definition schedules",
      everyMs: scheduleMs,
      run: async () => void (await all.definitions.applySchedules(clock.now())),
    },
    { name: "due memberships", everyMs: dueMs, run: () => judgeDue(all, clock) },
    { name: "accounts", everyMs: scheduleMs, run: all.audiences.judgeAccounts },
    { name: "traits", everyMs: dueMs, run: all.traits.refresh },
    { name: "audiences", everyMs: maintenanceMs, run: all.audiences.refresh },
    { name: "coupon orders", everyMs: scheduleMs, run: async () => void (await all.coupons.applyReports()) },
    { name: "coupon codes", everyMs: scheduleMs, run: async () => void (await all.coupons.generateNext()) },
    { name: "coupon uses", everyMs: dueMs, run: async () => void (await all.coupons.exportUses()) },
    { name: "coupon reservations", everyMs: dueMs, run: async () => void (await all.coupons.expireDue()) },
    { name: "coupons", everyMs: hourMs, run: all.coupons.maintain },
    { name: "reminders", everyMs: dueMs, run: all.reminders.runIfDue },
    { name: "reminder runs", everyMs: hourMs, run: all.reminders.maintain },
    { name: "currency rates", everyMs: dueMs, run: all.rates.refresh },
    { name: "assets", everyMs: hourMs, run: all.assets.maintain },
    { name: "old rotation states", everyMs: hourMs, run: all.rotations.maintain },
    { name: "content variations", everyMs: maintenanceMs, run: all.variations.maintain },
    { name: "volume anomalies", everyMs: anomaliesMs, run: all.tracking.findAnomalies },
    { name: "retention", everyMs: maintenanceMs, run: all.collect.maintain },
    { name: "identity rebuilds", everyMs: scheduleMs, run: async () => void (await all.identity.rebuildPending()) },
    { name: "shadow runs", everyMs: hourMs, run: all.shadows.maintain },
    { name: "old offer counts", everyMs: hourMs, run: all.offerDecisions.maintain },
    { name: "identity evidence", everyMs: hourMs, run: all.identity.maintain },
    { name: "possible duplicates", everyMs: hourMs, firstAfterMs: duplicatesAfterMs, run: () => findDuplicates(all) },
    { name: "sources", everyMs: sourcesMs, run: all.incoming.sources.beginDue },
    {
      name: "abandoned imports",
      everyMs: maintenanceMs,
      run: async () => void (await all.incoming.imports.resumeAbandoned()),
    },
    {
      name: "connectors",
      everyMs: hourMs,
      run: async () => {
        await all.incoming.sources.maintain();
        await all.incoming.imports.maintain();
        await all.destinations.maintain();
        await all.audienceSyncs.maintain();
      },
    },
    { name: "privacy requests", everyMs: scheduleMs, run: async () => void (await all.privacy.runRequests()) },
    {
      name: "privacy retention",
      everyMs: retentionMs,
      firstAfterMs: retentionMs,
      run: async () => void (await all.privacy.runRetentionIfDue()),
    },
  ];
  // Every process that answers needs the counts, whoever trains.
  const counts: Job = {
    name: "recommendation counts",
    everyMs: countMs,
    firstAfterMs: firstCountMs,
    run: () => all.recommendations.refresh(),
  };
  // Every process gives pictures out.
  const library: Job = { name: "changed assets", everyMs: scheduleMs, run: all.assets.refresh };
  const queries: Job = {
    name: "popular queries",
    everyMs: countMs,
    firstAfterMs: firstQueriesMs,
    run: () => all.searchReports.popular.refresh(),
  };
  const ranks: Job = {
    name: "ranking counts",
    everyMs: rankingMs,
    firstAfterMs: firstRankingMs,
    run: () => all.ranking.refresh(),
  };
  // Learned where training runs; every process that answers loads them.
  const vectors: Job = {
    name: "vectors served",
    everyMs: rankingMs,
    firstAfterMs: firstRankingMs,
    run: () => all.vectors.refresh(),
  };
  // Every process that answers counts and loads for itself.
  const offers: readonly Job[] = [
    { name: "rotation states", everyMs: scheduleMs, run: all.rotations.flush },
    { name: "offer counts", everyMs: scheduleMs, run: all.offerDecisions.refreshCounts },
    { name: "shadow runs that go on", everyMs: scheduleMs, run: all.shadows.refresh },
    { name: "offer models", everyMs: countMs, run: all.offerDecisions.refreshModels },
  ];
  const training: readonly Job[] = [
    { name: "models", everyMs: modelsMs, firstAfterMs: firstModelsMs, run: all.models.runDue },
    { name: "vectors", everyMs: modelsMs, firstAfterMs: firstModelsMs, run: all.vectors.runDue },
    { name: "ranking", everyMs: modelsMs, firstAfterMs: firstModelsMs, run: all.ranking.runDue },
    { name: "offers", everyMs: modelsMs, firstAfterMs: firstModelsMs, run: all.offerDecisions.trainDue },
  ];
  return [
    ...(runs(roles, "schedules") ? schedules : []),
    ...(runs(roles, "training") ? training : []),
    counts,
    library,
    queries,
    ranks,
    vectors,
    ...offers,
  ];
}

/** Starts the jobs of the roles. @returns the function that stops them after the runs under way */
export function startBackground(
  all: Capabilities,
  roles: Config["roles"],
  clock: Clock,
  logger: Logger,
): () => Promise<void> {
  return startJobs(jobsOf(all, roles, clock), logger);
}
