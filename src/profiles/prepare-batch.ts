// identify → apply → re-evaluate for one batch, in memory; then everything that changed is written in the batch's transaction.
import type { CanonicalEvent, Identifier, PreparedBatch } from "../collect/index.ts";
import { type Clock, isObject, plainText } from "../kernel/index.ts";
import type { Sql } from "../storage/index.ts";
import { type AccountChanges, accountWrites, allMayDiffer, createAccountChanges } from "./account-changes.ts";
import { type CoMemberLimits, type CoMembers, inBackground, inBatch, withCoMembers } from "./co-members.ts";
import { storageVerdict, withoutPerson } from "./consent.ts";
import { type FoldContext, foldEvent } from "./fold-event.ts";
import {
  type CombineStates,
  createIdentityGraph,
  finalSurvivor,
  type IdentityGraph,
  nobody,
  ownedIdentifiers,
  type WorkingProfile,
} from "./identity-graph.ts";
import {
  evidenceOf,
  type IdentityMessage,
  identifierKey,
  isEvidence,
  previousNamespace,
  toMessage,
} from "./identity-message.ts";
import type { RulesSource } from "./identity-rules-source.ts";
import { orderForWriting, toLinkRow } from "./link-rows.ts";
import { loadGraph, loadProfiles } from "./load-graph.ts";
import { mergeStates } from "./merge-states.ts";
import type { OwnedIdentifier, ProfileState } from "./profile.ts";
import type { ProfileCache } from "./profile-cache.ts";
import { loadBatch } from "./replay-late.ts";
import { ownerOfMessage, resolveIdentity } from "./resolve-identity.ts";
import type { ProfileStore } from "./store.ts";
import type { AccountStore } from "./store-accounts.ts";
import type { IdentityStore } from "./store-identity.ts";
import { createThinner } from "./thin-evidence.ts";

/** A profile after its events, before its memberships were looked at. */
export type ChangedProfile = {
  readonly profileId: string;
  readonly createdAt: number;
  readonly state: ProfileState;
  readonly identifiers: readonly OwnedIdentifier[];
  /** Members of its accounts; absent when nobody asks for them, or when it has no account. */
  readonly coMembers?: CoMembers;
};

/** What the audiences make of a changed profile. */
export type Reevaluation = {
  readonly memberships: ProfileState["memberships"];
  /** When the person last left audiences; absent = never. */
  readonly exits?: ProfileState["exits"];
  /** When a membership can change by itself; null = never. */
  readonly nextChangeAt: number | null;
};

/** The audience side of a batch: judged in memory, written in the same transaction. */
export type ReevaluateBatch = (
  changed: readonly ChangedProfile[],
  merged: ReadonlyMap<string, string>,
  batchId: string,
) => {
  readonly byProfile: ReadonlyMap<string, Reevaluation>;
  readonly write: (tx: Sql) => Promise<void>;
  readonly derived: readonly DerivedEvent[];
};

/** An event that follows from a batch, such as an entry into an audience, and the profile it is about. */
export type DerivedEvent = { readonly event: CanonicalEvent; readonly profileId: string };

/** An event and the profile that got it, after every merge of its batch. */
export type ResolvedEvent = {
  readonly event: CanonicalEvent;
  readonly profileId: string;
  /** What consent lets be stored of it; null = nothing. */
  readonly stored: CanonicalEvent | null;
};

/**
 * Effects of a batch outside profiles and audiences, written in its transaction: requests to erase, triggers. Null = none.
 * What is derived may come without any event: time passes, an audience changes, profiles are joined by hand.
 */
export type ObserveBatch = (
  resolved: readonly ResolvedEvent[],
  derived: readonly DerivedEvent[],
) => ((tx: Sql) => Promise<void>) | null;

export type PrepareDeps = {
  readonly store: ProfileStore;
  readonly accounts: AccountStore;
  /** Leaves that live audiences ask the members of accounts for; null = none do, and nothing is loaded. */
  readonly accountLeaves: () => readonly string[] | null;
  readonly identity: IdentityStore;
  readonly rules: RulesSource;
  readonly cache: ProfileCache;
  readonly clock: Clock;
  readonly fold: FoldContext;
  readonly reevaluate: ReevaluateBatch;
  readonly observe: ObserveBatch;
};

const uniqueViolation = "23505";
const maxBlockedNamespaces = 50;

const versionsPerMs = 1_000;

export function createPrepareBatch(deps: PrepareDeps) {
  let lastVersion = 0;
  const remember = (graph: IdentityGraph, states: ReadonlyMap<string, ProfileState>, now: number): void => {
    for (const profileId of graph.changedProfiles) {
      const profile = graph.profiles.get(profileId);
      const state = states.get(profileId);
      if (!profile || !state) continue;
      const { createdAt, links } = profile;
      deps.cache.put({
        profileId,
        version: profile.version + 1,
        createdAt,
        state,
        links,
        identifiers: ownedIdentifiers(links),
        mergeCount: profile.mergeCount,
        evidencePosition: profile.evidencePosition,
        cachedAt: now,
      });
    }
    for (const link of graph.changedLinks) {
      const key = identifierKey(link);
      if (graph.completeKeys.has(key)) deps.cache.putLinks(key, graph.linksByKey.get(key) ?? [], now);
      else deps.cache.forgetLinks(key);
    }
  };

  const prepareGraph = async (
    graph: IdentityGraph,
    versionsBefore: ReadonlyMap<string, number>,
    batchId: string,
    {
      resolved = [],
      accountChanges = allMayDiffer(graph),
      limits = inBatch,
    }: {
      readonly resolved?: readonly ResolvedEvent[];
      readonly accountChanges?: AccountChanges;
      readonly limits?: CoMemberLimits;
    } = {},
  ): Promise<PreparedBatch> => {
    const now = deps.clock.now();
    const changed = [...graph.changedProfiles].flatMap((profileId): ChangedProfile[] => {
      const profile = graph.profiles.get(profileId);
      return profile
        ? [
            {
              profileId,
              createdAt: profile.createdAt,
              state: profile.state,
              identifiers: ownedIdentifiers(profile.links),
            },
          ]
        : [];
    });
    // What is about to be computed anew is judged then: half a history would enter and leave audiences that it never was in.
    const survivors = new Set([...graph.merged.keys()].map((loser) => finalSurvivor(graph, loser)));
    const alone = changed.filter(({ profileId }) => !graph.rebuilds.has(profileId) || survivors.has(profileId));
    const accountLeaves = deps.accountLeaves();
    const gone = new Set([...graph.merged.keys(), ...graph.removed]);
    const judged = accountLeaves
      ? await withCoMembers(alone, accountLeaves, limits, deps.accounts, { changed, gone })
      : alone;
    const writeAccounts = accountWrites(graph, accountChanges, accountLeaves !== null, now);
    const audiences = deps.reevaluate(judged, mergedWithRemoved(graph), batchId);
    const writeObserved = deps.observe(resolved, audiences.derived);
    const states = new Map<string, ProfileState>();
    changed.sort((a, b) => (a.profileId < b.profileId ? -1 : 1));
    const writes = changed.map((profile) => {
      const result = audiences.byProfile.get(profile.profileId);
      const state = result ? { ...profile.state, memberships: result.memberships, exits: result.exits } : profile.state;
      states.set(profile.profileId, state);
      return {
        profileId: profile.profileId,
        version: (graph.profiles.get(profile.profileId)?.version ?? 0) + 1,
        createdAt: profile.createdAt,
        state,
        nextChangeAt: result?.nextChangeAt ?? null,
        mergeCount: graph.profiles.get(profile.profileId)?.mergeCount ?? 0,
        evidencePosition: graph.profiles.get(profile.profileId)?.evidencePosition ?? "",
      };
    });
    const links = orderForWriting(graph.changedLinks);
    const merges = [...graph.merged].map(([loser]) => ({
      loser,
      survivor: finalSurvivor(graph, loser),
      loserVersion: versionsBefore.get(loser) ?? 0,
      moved: graph.moved.get(loser) ?? [],
    }));
    // Later changes replace earlier ones there, also within a millisecond and after the clock went back.
    lastVersion = Math.max(now * versionsPerMs, lastVersion + 1);
    const version = lastVersion;
    const storedLosers = merges.filter((pair) => pair.loserVersion > 0).length;

    return {
      derived: audiences.derived.map(({ event }) => event),
      links: links.map((link) => toLinkRow(link, version)),
      write: async (tx) => {
        try {
          if ((await deps.store.writeMerges(tx, merges, now)) !== storedLosers) return false;
          if ((await deps.store.writeProfiles(tx, writes)) !== writes.length) return false;
          await deps.store.updateLinks(
            tx,
            links.filter((link) => !graph.newLinks.has(link)),
          );
          const added = links.filter((link) => graph.newLinks.has(link));
          if ((await deps.store.insertLinks(tx, added)) !== added.length) return false;
          await deps.store.writeLog(tx, graph.log);
          await deps.identity.writeFindings(tx, graph, now);
          for (const profileId of graph.removed)
            if (!(await deps.identity.removeProfile(tx, profileId, versionsBefore.get(profileId) ?? 0))) return false;
          await writeAccounts?.(tx, deps.accounts);
          await audiences.write(tx);
          await writeObserved?.(tx);
          return true;
        } catch (error) {
          if (isUniqueViolation(error)) return false;
          throw error;
        }
      },
      committed: () => {
        if (graph.merged.size > 0 || graph.removed.size > 0)
          deps.cache.forget({ ...graph, profiles: new Map(), linksByKey: new Map() });
        remember(graph, states, deps.clock.now());
        if (changesRules(graph)) deps.rules.forget();
      },
      abandoned: () => deps.cache.forget(graph),
    };
  };

  const thinner = createThinner();
  // Orders that both profiles know count once for taste.
  const combine: CombineStates = (survivor, loser) => mergeStates(survivor, loser, deps.fold);
  const load = (identifiers: ReadonlyMap<string, Identifier>) =>
    loadGraph(identifiers, deps.store, deps.cache, deps.clock.now(), combine);

  return {
    /** Identify, fold and re-evaluate a batch of events, in the order given. */
    prepare: async (events: readonly CanonicalEvent[], batchId: string): Promise<PreparedBatch> => {
      const rules = await deps.rules.current();
      const messages = new Map<CanonicalEvent, IdentityMessage>();
      for (const event of events) {
        const message = toMessage(event, rules);
        if (message) messages.set(event, message);
      }
      const { graph, settled, versions } = await loadBatch([...messages.values()], {
        identity: deps.identity,
        load,
        rules,
        now: deps.clock.now(),
      });
      const thinning = thinner.begin();
      const accountChanges = createAccountChanges(deps.accountLeaves());
      const replaced = new Map<CanonicalEvent, CanonicalEvent | null>();
      const resolved: { readonly event: CanonicalEvent; readonly profile: WorkingProfile }[] = [];
      for (const event of events) {
        if (event.flags.includes("identifier_blocked")) countBlocked(graph, event);
        const message = messages.get(event);
        if (!message) continue;
        const decisions = graph.log.length;
        const profile = settled.has(message)
          ? ownerOfMessage(graph, message, rules)
          : resolveIdentity(graph, message, rules);
        if (isEvidence(message))
          addEvidence(graph, message, settled.has(message) || graph.log.length > decisions, thinning);
        if (!profile) continue;
        const before = profile.state;
        const folded = foldEvent(before, event, deps.fold);
        graph.changedProfiles.add(profile.profileId);
        const verdict = storageVerdict(folded, event);
        if (verdict !== "keep") replaced.set(event, verdict === "drop" ? null : withoutPerson(event));
        // Nothing of a dropped event counts but the consent that it may carry.
        profile.state = verdict === "drop" ? { ...before, consents: folded.consents } : folded;
        accountChanges.note(profile.profileId, before, profile.state);
        resolved.push({ event, profile });
      }
      const observed = resolved.map(({ event, profile }): ResolvedEvent => {
        const instead = replaced.get(event);
        return {
          event,
          profileId: finalSurvivor(graph, profile.profileId),
          stored: instead === undefined ? event : instead,
        };
      });
      const prepared = await prepareGraph(graph, versions, batchId, { resolved: observed, accountChanges });
      return {
        ...prepared,
        replaced,
        committed: () => {
          prepared.committed();
          thinning.commit();
        },
      };
    },

    /** For changes of the graph that follow from no event: splits and merges by hand, releases. */
    prepareGraph,
    load,
    /** Versions to hand to `prepareGraph`; take them before the graph is changed. */
    versionsOf,

    /** Judge profiles again without an event: time has passed, or an audience has changed. */
    prepareReevaluation: async (
      profileIds: ReadonlySet<string>,
      batchId: string,
      change?: StateChange,
    ): Promise<PreparedBatch> => {
      const now = deps.clock.now();
      const loaded = await loadProfiles(profileIds, deps.store, deps.cache, now);
      const profiles = loaded.map(
        (profile): WorkingProfile => ({
          profileId: profile.profileId,
          version: profile.version,
          createdAt: profile.createdAt,
          state: change ? change(profile.profileId, profile.state) : profile.state,
          links: [],
          mergeCount: profile.mergeCount,
          evidencePosition: profile.evidencePosition,
        }),
      );
      const links = loaded.flatMap((profile) => profile.links.map((link) => ({ ...link })));
      const graph = createIdentityGraph(profiles, links, new Set());
      for (const profile of profiles) graph.changedProfiles.add(profile.profileId);
      return prepareGraph(graph, versionsOf(graph), batchId, {
        accountChanges: createAccountChanges(null),
        limits: inBackground,
      });
    },
  };
}

/** Changes a state before it is judged, e.g. fills in the times of a new audience leaf. */
export type StateChange = (profileId: string, state: ProfileState) => ProfileState;

function versionsOf(graph: IdentityGraph): ReadonlyMap<string, number> {
  return new Map([...graph.profiles.values()].map((profile) => [profile.profileId, profile.version]));
}

function addEvidence(
  graph: IdentityGraph,
  message: IdentityMessage,
  isDecisive: boolean,
  thinning: ReturnType<ReturnType<typeof createThinner>["begin"]>,
): void {
  const { keys, body } = evidenceOf(message);
  // What changed something is kept whatever came before it.
  if (thinning.keeps([message.proof, ...keys], message.at) || isDecisive || message.kind !== "event")
    graph.evidence.push({ at: message.at, keys, body, isCheckpoint: false });
}

/** Audiences forget who merged away, and who turned out to be nobody. */
function mergedWithRemoved(graph: IdentityGraph): ReadonlyMap<string, string> {
  if (graph.removed.size === 0) return graph.merged;
  return new Map([...graph.merged, ...[...graph.removed].map((profileId) => [profileId, nobody] as const)]);
}

/** Counted, not logged: a faulty page sends them with every event. */
function countBlocked(graph: IdentityGraph, event: CanonicalEvent): void {
  const blocked = event.extra["_blocked_identifiers"];
  if (!Array.isArray(blocked)) return;
  for (const entry of blocked) {
    const namespace = isObject(entry) ? plainText(entry["namespace"]) : "";
    if (graph.blocked.has(namespace) || graph.blocked.size < maxBlockedNamespaces)
      graph.blocked.set(namespace, (graph.blocked.get(namespace) ?? 0) + 1);
  }
}

function changesRules(graph: IdentityGraph): boolean {
  if (graph.quarantines.length > 0 || graph.releases.length > 0 || graph.requarantined.size > 0) return true;
  if (graph.separations.added.length > 0 || graph.separations.removed.length > 0) return true;
  for (const link of graph.newLinks) if (link.namespace === previousNamespace) return true;
  return false;
}

function isUniqueViolation(error: unknown): boolean {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if ("code" in current && current.code === uniqueViolation) return true;
  }
  return false;
}
