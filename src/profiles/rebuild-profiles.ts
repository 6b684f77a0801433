// Profiles whose events changed hands are computed anew from the event store, once everything accepted so far is in it.
import { setTimeout as pause } from "node:timers/promises";
import type { PreparedBatch } from "../collect/index.ts";
import { type Clock, type Logger, newId } from "../kernel/index.ts";
import type { FoldContext } from "./fold-event.ts";
import { type IdentityGraph, nobody, ownedIdentifiers, unknownSight, type WorkingProfile } from "./identity-graph.ts";
import { type EventsOf, replayState } from "./replay-state.ts";
import type { IdentityStore, RebuildRow } from "./store-identity.ts";

/** What the graph is worked on with; see `createPrepareBatch`. */
export type GraphWorkshop = {
  /** The profile with all its identifiers, and every interval of those; undefined when it is gone. */
  readonly loadProfile: (profileId: string) => Promise<
    | {
        readonly graph: IdentityGraph;
        readonly profile: WorkingProfile;
        readonly versions: ReadonlyMap<string, number>;
      }
    | undefined
  >;
  readonly prepareGraph: (
    graph: IdentityGraph,
    versions: ReadonlyMap<string, number>,
    batchId: string,
  ) => Promise<PreparedBatch>;
};

export type RebuildDeps = {
  readonly identity: IdentityStore;
  readonly workshop: GraphWorkshop;
  readonly fold: FoldContext;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly eventsOf: EventsOf;
  /** Remembers what is accepted by now. @returns whether all of it has reached the event store */
  readonly acceptedSoFar: () => Promise<() => Promise<boolean>>;
  /** Writes in a transaction; false when another writer was faster. */
  readonly apply: (prepared: PreparedBatch, batchId: string) => Promise<boolean>;
};

const perRun = 50;
const pollMs = 50;
const maxWaitMs = 10_000;
const firstPauseMs = 500;
const maxPauseMs = 60_000;

/** Waits until everything accepted by now is in the event store. @returns false when that took too long */
export async function waitUntilStored(acceptedSoFar: RebuildDeps["acceptedSoFar"]): Promise<boolean> {
  const areStored = await acceptedSoFar();
  const startedAt = performance.now();
  while (!(await areStored())) {
    if (performance.now() - startedAt > maxWaitMs) return false;
    await pause(pollMs);
  }
  return true;
}

/** A stretch of a device after a late sign-out, of which nobody knew whether it has events: it has none. */
function isEmptyStranger(profile: WorkingProfile, events: number): boolean {
  return events === 0 && profile.links.every((link) => link.firstSeenAt >= unknownSight);
}

function removeStranger(graph: IdentityGraph, profile: WorkingProfile): void {
  for (const link of profile.links) {
    link.profileId = nobody;
    graph.changedLinks.add(link);
  }
  graph.profiles.delete(profile.profileId);
  graph.changedProfiles.delete(profile.profileId);
  graph.removed.add(profile.profileId);
}

function learnFirstSights(graph: IdentityGraph, profile: WorkingProfile, sights: ReadonlyMap<string, number>): void {
  for (const link of profile.links) {
    const seen = sights.get(`${link.namespace}:${link.value}`);
    if (link.firstSeenAt < unknownSight || seen === undefined) continue;
    link.firstSeenAt = Math.max(seen, link.validFrom);
    graph.changedLinks.add(link);
  }
}

export function createRebuilder(deps: RebuildDeps) {
  const { identity, workshop, clock } = deps;

  const later = (row: RebuildRow): Promise<void> =>
    identity.postponeRebuild(
      row.profileId,
      clock.now() + Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(row.attempts, 10)),
    );

  const rebuild = async (
    row: RebuildRow,
    loaded: NonNullable<Awaited<ReturnType<GraphWorkshop["loadProfile"]>>>,
  ): Promise<void> => {
    const { graph, profile, versions } = loaded;
    const replayed = await replayState(ownedIdentifiers(profile.links), profile.state, deps.eventsOf, deps.fold);
    if (!replayed) {
      deps.logger.warn({ profileId: row.profileId }, "profile has too many events to be computed anew");
      await identity.finishRebuild(row.profileId, row.requestedAt);
      return;
    }
    if (isEmptyStranger(profile, replayed.events)) removeStranger(graph, profile);
    else {
      profile.state = replayed.state;
      learnFirstSights(graph, profile, replayed.firstSights);
      graph.changedProfiles.add(profile.profileId);
    }
    const batchId = newId(clock.now());
    const prepared = await workshop.prepareGraph(graph, versions, batchId);
    const isWritten = await deps.apply(
      {
        ...prepared,
        write: async (tx) => {
          if (!(await prepared.write(tx))) return false;
          await identity.finishRebuild(row.profileId, row.requestedAt, tx);
          return true;
        },
      },
      batchId,
    );
    if (!isWritten) await later(row);
  };

  return {
    /**
     * Computes anew what is waiting; may be repeated, and stopped anywhere. A profile that changes meanwhile is tried again later.
     *
     * @returns number of profiles tried
     */
    rebuildPending: async (): Promise<number> => {
      const rows = await identity.dueRebuilds(clock.now(), perRun);
      if (rows.length === 0) return 0;
      // First the versions, then the wait: whoever counts an event after this changes the version.
      const loaded = [];
      for (const row of rows) loaded.push({ row, found: await workshop.loadProfile(row.profileId) });
      if (!(await waitUntilStored(deps.acceptedSoFar))) return 0;
      for (const { row, found } of loaded) {
        if (!found) await identity.finishRebuild(row.profileId, row.requestedAt);
        else
          try {
            await rebuild(row, found);
          } catch (error) {
            deps.logger.error(
              { err: error, profileId: row.profileId },
              "profile was not computed anew, will be repeated",
            );
            await later(row);
          }
      }
      return rows.length;
    },
  };
}
