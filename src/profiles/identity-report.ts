import type { Clock } from "../kernel/index.ts";
import type { IdentityStore } from "./store-identity.ts";
import type { IdentityReportStore } from "./store-identity-report.ts";

const dayMs = 86_400_000;
const listed = 20;

/** Counts of what identity resolution decided in the last days, and where to look: the biggest profiles, possible duplicates. */
export function createIdentityReport(
  store: IdentityReportStore,
  identity: Pick<IdentityStore, "waitingRebuilds">,
  clock: Clock,
) {
  return async (days: number) => {
    const since = clock.now() - days * dayMs;
    const decisions = await store.decisionCounts(since);
    const totals: Record<string, number> = {};
    for (const { action, events } of decisions) totals[action] = (totals[action] ?? 0) + events;
    const blocked = await store.blockedCounts(since);
    const duplicates = await store.possibleDuplicates(since, listed);
    return {
      since: new Date(since).toISOString(),
      created: totals["create"] ?? 0,
      linked: totals["link"] ?? 0,
      merged: totals["merge"] ?? 0,
      demoted: totals["demote"] ?? 0,
      refused: totals["refuse"] ?? 0,
      repointed: totals["repoint"] ?? 0,
      replayed: totals["replay"] ?? 0,
      quarantined: totals["quarantine"] ?? 0,
      blocked: blocked.reduce((sum, { events }) => sum + events, 0),
      blockedByNamespace: blocked,
      byRule: decisions,
      waitingRebuilds: await identity.waitingRebuilds(),
      biggestProfiles: await store.biggestProfiles(listed),
      possibleDuplicates: duplicates.map(({ at, ...pair }) => ({ ...pair, lastAt: new Date(at).toISOString() })),
    };
  };
}

export type IdentityReport = ReturnType<typeof createIdentityReport>;
