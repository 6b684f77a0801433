// What people do to the identity graph: split, merge, release, with a look at the outcome before.
import type { Identifier, PreparedBatch } from "../collect/index.ts";
import { ClienteleError, type Money, newId } from "../kernel/index.ts";
import { mergeByHand, separateProfiles, separationsBetween, splitProfile } from "./change-ownership.ts";
import type { FoldContext } from "./fold-event.ts";
import { type IdentityGraph, ownedIdentifiers, quarantined, type WorkingProfile } from "./identity-graph.ts";
import { identifierKey } from "./identity-message.ts";
import { creditsOf } from "./order-credits.ts";
import type { ReevaluateBatch } from "./prepare-batch.ts";
import type { ProfileState } from "./profile.ts";
import { type GraphWorkshop, type RebuildDeps, waitUntilStored } from "./rebuild-profiles.ts";
import { replayState } from "./replay-state.ts";

export type OperationDeps = RebuildDeps & {
  readonly workshop: GraphWorkshop & {
    /** Everything that hangs together with the profiles by links; ids of merged ones stand for their survivors. */
    readonly loadProfiles: (profileIds: readonly string[]) => Promise<{
      readonly graph: IdentityGraph;
      readonly profiles: readonly WorkingProfile[];
      readonly versions: ReadonlyMap<string, number>;
    }>;
    readonly loadLinks: (identifier: Identifier) => Promise<IdentityGraph>;
  };
  readonly reevaluate: ReevaluateBatch;
  readonly fold: FoldContext;
};

/** One side of a split, or the result of a merge. */
export type Share = {
  readonly profileId: string;
  readonly identifiers: readonly Identifier[];
  readonly events: number;
  readonly orders: number;
  readonly revenue: readonly Money[];
  /** Audience ids. */
  readonly memberships: readonly string[];
};

const maxAttempts = 5;

/** Net revenue of orders that were not cancelled, by currency. */
function revenueOf(state: ProfileState): readonly Money[] {
  const byCurrency = new Map(Object.entries(state.ordersBefore.totalByCurrency));
  for (const { status, total, refunded } of state.orders) {
    if (status === "cancelled") continue;
    byCurrency.set(total.currency, (byCurrency.get(total.currency) ?? 0) + total.minor - refunded.minor);
  }
  for (const { minor, currency } of creditsOf(state)) byCurrency.set(currency, (byCurrency.get(currency) ?? 0) - minor);
  return [...byCurrency].sort().map(([currency, minor]) => ({ minor, currency }));
}

function toShare(profile: WorkingProfile, events: number, memberships: readonly string[]): Share {
  const values = new Map(profile.links.map((link) => [identifierKey(link), link]));
  return {
    profileId: profile.profileId,
    identifiers: [...values.values()].map(({ namespace, value }) => ({ namespace, value })),
    events,
    orders: profile.state.orders.length + profile.state.ordersBefore.count,
    revenue: revenueOf(profile.state),
    memberships: [...memberships].sort(),
  };
}

export function createIdentityOperations(deps: OperationDeps) {
  const { clock, identity, workshop } = deps;

  const conflict = () =>
    new ClienteleError(
      "profiles.conflict",
      `the profile changed ${maxAttempts} times while it was written; repeat the call`,
    );

  /** Computes the states of profiles anew. @returns number of events by profile */
  const replay = async (
    profiles: readonly WorkingProfile[],
    graph: IdentityGraph,
  ): Promise<ReadonlyMap<string, number>> => {
    const counts = new Map<string, number>();
    for (const profile of profiles) {
      const replayed = await replayState(ownedIdentifiers(profile.links), profile.state, deps.eventsOf, deps.fold);
      // Too many to read now: the state stays as it is until it can be computed.
      if (!replayed) continue;
      profile.state = replayed.state;
      counts.set(profile.profileId, replayed.events);
      graph.rebuilds.delete(profile.profileId);
    }
    return counts;
  };

  const membershipsOf = (profiles: readonly WorkingProfile[]): ReadonlyMap<string, readonly string[]> => {
    const changed = profiles.map(({ profileId, createdAt, state, links }) => ({
      profileId,
      createdAt,
      state,
      identifiers: ownedIdentifiers(links),
    }));
    const { byProfile } = deps.reevaluate(changed, new Map(), newId(clock.now()));
    return new Map(
      profiles.map(({ profileId, state }) => [
        profileId,
        Object.keys(byProfile.get(profileId)?.memberships ?? state.memberships),
      ]),
    );
  };

  const sharesOf = async (profiles: readonly WorkingProfile[], graph: IdentityGraph): Promise<readonly Share[]> => {
    const events = await replay(profiles, graph);
    const memberships = membershipsOf(profiles);
    return profiles.map((profile) =>
      toShare(profile, events.get(profile.profileId) ?? 0, memberships.get(profile.profileId) ?? []),
    );
  };

  const apply = async (graph: IdentityGraph, versions: ReadonlyMap<string, number>): Promise<boolean> => {
    const batchId = newId(clock.now());
    const prepared: PreparedBatch = await workshop.prepareGraph(graph, versions, batchId);
    return deps.apply(prepared, batchId);
  };

  return {
    /**
     * Moves exactly these identifiers, and the events that they file, to a new profile and keeps both apart.
     *
     * @param order.since from when on; null = everything
     * @throws {ClienteleError} `profiles.notFound`, `profiles.splitUnknown`, `profiles.splitEverything`, `profiles.conflict`
     */
    split: async (
      profileId: string,
      order: { readonly identifiers: readonly Identifier[]; readonly since: number | null; readonly by: string },
      isDryRun: boolean,
    ): Promise<{ readonly before: Share; readonly left: Share; readonly moved: Share }> => {
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        const { graph, profiles, versions } = await workshop.loadProfiles([profileId]);
        const [profile] = profiles;
        if (!profile) throw new ClienteleError("profiles.notFound", `no profile for ${profileId}`);
        if (!(await waitUntilStored(deps.acceptedSoFar))) continue;
        const memberships = Object.keys(profile.state.memberships);
        const whole = toShare(profile, 0, memberships);
        const other = splitProfile(graph, profile, { ...order, now: clock.now() });
        const [left, moved] = await sharesOf([profile, other], graph);
        if (!left || !moved) break;
        const before = { ...whole, events: left.events + moved.events };
        if (isDryRun || (await apply(graph, versions))) return { before, left, moved };
      }
      throw conflict();
    },

    /**
     * Makes two profiles one and ends the separation between them.
     *
     * @throws {ClienteleError} `profiles.notFound`, `profiles.sameProfile`, `profiles.mergeLimit`, `profiles.conflict`
     */
    merge: async (
      profileId: string,
      otherId: string,
      isDryRun: boolean,
    ): Promise<{ readonly merged: Share; readonly redirected: string }> => {
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        const { graph, profiles, versions } = await workshop.loadProfiles([profileId, otherId]);
        const [a, b] = profiles;
        if (!a || !b) throw new ClienteleError("profiles.notFound", `no profile for ${a ? otherId : profileId}`);
        if (a === b) throw new ClienteleError("profiles.sameProfile", "both ids stand for one profile");
        const { separations } = await identity.rules();
        const survivor = mergeByHand(graph, a, b, separations, clock.now());
        const redirected = survivor === a ? b.profileId : a.profileId;
        if (!isDryRun && !(await apply(graph, versions))) continue;
        const memberships = membershipsOf([survivor]).get(survivor.profileId) ?? [];
        return { merged: toShare(survivor, eventsIn(survivor.state), memberships), redirected };
      }
      throw conflict();
    },

    /**
     * Says that two profiles are two persons: nothing that comes later makes them one. May be repeated.
     *
     * @throws {ClienteleError} `profiles.notFound`, `profiles.sameProfile`, `profiles.conflict`
     */
    separate: async (profileId: string, otherId: string, by: string): Promise<void> => {
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        const { graph, profiles, versions } = await workshop.loadProfiles([profileId, otherId]);
        const [a, b] = profiles;
        if (!a || !b) throw new ClienteleError("profiles.notFound", `no profile for ${a ? otherId : profileId}`);
        if (a === b) throw new ClienteleError("profiles.sameProfile", "both ids stand for one profile");
        const { separations } = await identity.rules();
        if (separationsBetween(a, b, separations).length > 0) return;
        separateProfiles(graph, a, b, { by, now: clock.now() });
        if (await apply(graph, versions)) return;
      }
      throw conflict();
    },

    /** For each pair of profiles, whether somebody or a split keeps them apart. */
    areSeparated: async (pairs: readonly (readonly [string, string])[]): Promise<readonly boolean[]> => {
      const { separations } = await identity.rules();
      if (separations.length === 0) return pairs.map(() => false);
      const verdicts: boolean[] = [];
      for (const pair of pairs) {
        const { profiles } = await workshop.loadProfiles(pair);
        const [a, b] = profiles;
        verdicts.push(a !== undefined && b !== undefined && separationsBetween(a, b, separations).length > 0);
      }
      return verdicts;
    },

    /**
     * Lets a value link again, from now on.
     *
     * @throws {ClienteleError} `profiles.notQuarantined`, `profiles.conflict`
     */
    release: async (identifier: Identifier): Promise<void> => {
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        const graph = await workshop.loadLinks(identifier);
        const last = graph.linksByKey.get(identifierKey(identifier))?.at(-1);
        if (!last || last.profileId !== quarantined || last.validTo !== null)
          throw new ClienteleError("profiles.notQuarantined", `no such ${identifier.namespace} is in quarantine`);
        const now = clock.now();
        last.validTo = Math.max(now, last.validFrom + 1);
        graph.changedLinks.add(last);
        graph.releases.push({ identifier, at: last.validTo });
        graph.log.push({
          at: now,
          messageId: newId(now),
          action: "release",
          profileIds: [],
          identifier,
          rule: "by_hand",
        });
        if (await apply(graph, new Map())) return;
      }
      throw conflict();
    },
  };
}

function eventsIn(state: ProfileState): number {
  return Object.values(state.counters).reduce((sum, count) => sum + count, 0);
}

export type IdentityOperations = ReturnType<typeof createIdentityOperations>;
