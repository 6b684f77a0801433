import type { CanonicalEvent, Identifier, PrepareBatch } from "../collect/index.ts";
import type { Clock, Logger } from "../kernel/index.ts";
import type { Postgres, Sql } from "../storage/index.ts";
import { createAccounts } from "./accounts.ts";
import type { FoldContext } from "./fold-event.ts";
import { identifierKey, identityKeyOf } from "./identity-message.ts";
import { createIdentityOperations } from "./identity-operations.ts";
import { createIdentityReport } from "./identity-report.ts";
import { createRulesSource } from "./identity-rules-source.ts";
import { loadComponent } from "./load-component.ts";
import { loadProfiles } from "./load-graph.ts";
import { createPrepareBatch, type ObserveBatch, type ReevaluateBatch } from "./prepare-batch.ts";
import type { Profile, ProfileState } from "./profile.ts";
import { type CachedProfile, createProfileCache } from "./profile-cache.ts";
import { createProfilePrivacy } from "./profile-privacy.ts";
import { createProfileReader, withEvents } from "./read-profile.ts";
import { createRebuilder, type RebuildDeps } from "./rebuild-profiles.ts";
import { createProfileRoutes, type ProfileRouteDeps } from "./routes.ts";
import { createIdentityRoutes, type IdentityRouteDeps } from "./routes-identity.ts";
import { createProfileStore, type ProfileRow } from "./store.ts";
import { createAccountStore } from "./store-accounts.ts";
import { createIdentityStore } from "./store-identity.ts";
import { createIdentityReportStore } from "./store-identity-report.ts";
import { createLeavesStore, type GivenLeaves, type KeptLeaves } from "./store-leaves.ts";
import { createProfilePrivacyStore } from "./store-privacy.ts";

export { accountsOf } from "./accounts.ts";
export { type AffinityShare, affinityShares } from "./affinity.ts";
export { readCartTotals } from "./cart-totals.ts";
export type { CoMembers } from "./co-members.ts";
export {
  allows,
  type ConsentDecision,
  consentKey,
  consentStatus,
  decisionsOf,
  defaultGrantMs,
  refusesPersonalisation,
  storageVerdict,
  withoutPerson,
} from "./consent.ts";
export { countDistinct, distinctCode } from "./distinct-values.ts";
export { emptyState } from "./empty-state.ts";
export { type EventLine, readLines, readMoney, readText } from "./event-lines.ts";
export { maxAttributeBytes, toSnakeCase, youngAttribute } from "./fold-attributes.ts";
export { type CartState, foldCart } from "./fold-cart.ts";
export { emailCodes } from "./fold-engagement.ts";
export { type FoldContext, foldEvent } from "./fold-event.ts";
export { orderVersion } from "./fold-orders.ts";
export { sessionIntervals, sessionWithGap } from "./fold-sessions.ts";
export { identityKeyOf } from "./identity-message.ts";
export { plainRules } from "./identity-rules.ts";
export { numbersOf } from "./join-orders.ts";
export { creditsOf } from "./order-credits.ts";
export { compareVersions, isUnconfirmed } from "./order-record.ts";
export { tradeFacts } from "./person-free.ts";
export type {
  ChangedProfile,
  DerivedEvent,
  ObserveBatch,
  ReevaluateBatch,
  Reevaluation,
  ResolvedEvent,
  StateChange,
} from "./prepare-batch.ts";
export type {
  Attribute,
  Cart,
  CartLine,
  CartTotals,
  Consent,
  DecayedScore,
  Membership,
  MergePolicy,
  Order,
  OrderLine,
  OrderStatus,
  OwnedIdentifier,
  Prediction,
  Profile,
  ProfileState,
  SearchTerm,
  Session,
  ViewedProduct,
} from "./profile.ts";
export type { ProfilePrivacy } from "./profile-privacy.ts";
export { type FoundProfile, type IdentityClaim, type ReadRight, usableProfile } from "./read-profile.ts";
export type { EventsOf } from "./replay-state.ts";
export type { TimelineEvent, TimelinePosition } from "./routes.ts";
export { type Owner, settleOwners } from "./settle-owners.ts";
export type { ProfileRow } from "./store.ts";
export type { AccountChange, AccountMember } from "./store-accounts.ts";
export type { Person, PersonIdentifier } from "./store-privacy.ts";
export {
  compareRows,
  type Exact,
  mergeTraitStates,
  type OrderReading,
  type TraitCell,
  type TraitPart,
  type TraitRow,
  type TraitScalar,
  type TraitState,
  toExact,
  unitePart,
  uniteParts,
} from "./trait-state.ts";

export type ProfilesDeps = {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fold: FoldContext;
  readonly reevaluate: ReevaluateBatch;
  /** Leaves that live audiences ask the members of accounts for; null = none do. Default null. */
  readonly accountLeaves?: () => readonly string[] | null;
  /** Effects of a batch outside profiles and audiences. */
  readonly observe?: ObserveBatch;
};

/** How the identity side reaches the event store and the event path. */
export type IdentityDeps = Pick<RebuildDeps, "eventsOf" | "acceptedSoFar" | "apply">;

const evidenceKeptMs = 2 * 86_400_000;
/** More than the time between two runs, so that a run that was missed is made up for. */
const evidenceSliceMs = 86_400_000;
const conflictsKeptMs = 30 * 86_400_000;
const maxConflicts = 500;
const cachedProfiles = 20_000;
/** About 100,000 further profiles of a few visits each. */
const cachedTextBytes = 256 * 1024 ** 2;
/** With several processes a profile may be this old on a read; a single process sees its own writes at once. */
const sharedCacheAgeMs = 500;

/**
 * Identity stitching, profile state and profile reads.
 *
 * `prepare` is the identify and apply step of the event path; it may be repeated: nothing is written before the batch's transaction.
 */
export function createProfiles(deps: ProfilesDeps) {
  const store = createProfileStore(deps.postgres);
  // What is read again after half a second need not be kept for long.
  const cache = store.isShared
    ? createProfileCache(cachedProfiles, sharedCacheAgeMs)
    : createProfileCache(cachedProfiles, Number.POSITIVE_INFINITY, cachedTextBytes);
  const leavesStore = createLeavesStore(deps.postgres);
  const identity = createIdentityStore(deps.postgres);
  const accounts = createAccountStore(deps.postgres);
  const rules = createRulesSource(identity, deps.clock, store.isShared);
  const reader = createProfileReader({ store, cache, clock: deps.clock });
  const { prepare, prepareReevaluation, prepareGraph, load, versionsOf } = createPrepareBatch({
    store,
    accounts,
    accountLeaves: deps.accountLeaves ?? (() => null),
    identity,
    rules,
    cache,
    clock: deps.clock,
    fold: deps.fold,
    reevaluate: deps.reevaluate,
    observe: deps.observe ?? (() => null),
  });

  const loadOwn = async (profileIds: readonly string[]) => {
    const found: CachedProfile[] = [];
    for (const profileId of profileIds) {
      const profile = await reader.byId(profileId);
      if (profile) found.push(profile);
    }
    return found;
  };
  const workshop = {
    prepareGraph,
    loadLinks: (identifier: Identifier) => load(new Map([[identifierKey(identifier), identifier]])),
    loadProfile: async (profileId: string) => {
      const [known] = await loadProfiles(new Set([profileId]), store, cache, deps.clock.now());
      if (!known) return undefined;
      const graph = await load(new Map(known.links.map((link) => [identifierKey(link), link])));
      const profile = graph.profiles.get(profileId);
      return profile && { graph, profile, versions: versionsOf(graph) };
    },
    loadProfiles: async (profileIds: readonly string[]) => {
      const found = await loadOwn(profileIds);
      const graph = await loadComponent(
        found.flatMap((profile) => profile.links),
        load,
      );
      const profiles = found.flatMap(({ profileId }) => graph.profiles.get(profileId) ?? []);
      return { graph, profiles, versions: versionsOf(graph) };
    },
  };

  /**
   * What repairs the graph: profiles computed anew, splits and merges by hand, releases. Construct it once the event path stands.
   */
  const createIdentity = (operationDeps: IdentityDeps) => {
    const all = { ...operationDeps, ...deps, identity, workshop };
    const operations = createIdentityOperations(all);
    const reportStore = createIdentityReportStore(deps.postgres);
    const report = createIdentityReport(reportStore, identity, deps.clock);
    return {
      ...operations,
      /** Pairs of profiles that lately shared a value which the rules keep on one of them, newest first, at most 500. */
      conflicts: async (): Promise<readonly { readonly profileIds: readonly [string, string] }[]> => {
        const pairs = await reportStore.possibleDuplicates(deps.clock.now() - conflictsKeptMs, maxConflicts);
        return pairs.flatMap(({ profileIds: [a, b] }) => (a && b ? [{ profileIds: [a, b] as const }] : []));
      },
      /** Job: computes anew the profiles whose events changed hands. @returns number of profiles tried */
      rebuildPending: createRebuilder(all).rebuildPending,
      /** Job, once an hour: thins the evidence of two days ago; what late messages need stays. */
      maintain: async (): Promise<void> => {
        const to = deps.clock.now() - evidenceKeptMs;
        await identity.compactEvidence(to - evidenceSliceMs, to);
      },
      routes: (routeDeps: Pick<IdentityRouteDeps, "audienceName"> = {}) =>
        createIdentityRoutes({ ...routeDeps, operations, reader, identity, rules, report, clock: deps.clock }),
    };
  };

  return {
    createIdentity,
    /** Forgets evidence, separations and quarantine of a person who is erased, in the transaction that erases. */
    eraseIdentity: (tx: Sql, identifiers: readonly Identifier[], profileIds: readonly string[]): Promise<void> =>
      identity.erase(tx, identifiers.map(identifierKey), profileIds),
    prepare: prepare satisfies PrepareBatch,
    prepareReevaluation,
    /**
     * Puts rows of leaves into stored states without judging anybody: every leaf goes but those of `kept.keys`, those that start with
     * `kept.prefix`, and the given ones. Whoever is gone is passed over. May be repeated.
     *
     * @returns false when another writer stood in the way: nothing was written
     */
    replaceLeaves: async (given: GivenLeaves, kept: KeptLeaves): Promise<boolean> => {
      try {
        return await leavesStore.replaceLeaves(given, kept);
      } finally {
        cache.forgetProfiles(given.keys());
      }
    },
    /** The key under which the event store files an event, by the rules as they are now. */
    identityKey: (event: CanonicalEvent): string => identityKeyOf(event, rules.loaded()),
    find: reader.find,
    get: reader.get,
    by: reader.by,
    count: store.count,
    /** Everybody in order of id, in pages. */
    scan: (afterId: string | null, limit: number): Promise<readonly ProfileRow[]> => store.scan(afterId, limit),
    /** Everybody in order of a hash of the id: the first pages are a fair sample. */
    sample: store.sample,
    /** Ids whose memberships may have changed by time alone. */
    due: (now: number, limit: number): Promise<readonly ProfileRow[]> => store.due(now, limit),
    linksOf: store.linksOfProfiles,
    /** As the database has them now, past every cache; merged and erased ones are missing. */
    stored: store.profiles,
    /**
     * Which profiles got or gave away events since a mark. A batch that was under way at the mark may have written its changes before
     * it: wait until everything accepted by then is stored before counting.
     */
    ownership: { mark: store.logMark, changedSince: store.ownersChangedSince },
    /** What persons say of consent now, merged ones by any of their ids; who is gone is missing. */
    consentsOf: async (profileIds: readonly string[]): Promise<ReadonlyMap<string, ProfileState["consents"]>> => {
      const found = await Promise.all(profileIds.map((id) => reader.has(id)));
      return new Map(
        found.flatMap((profile, index) => (profile ? [[profileIds[index] ?? "", profile.state.consents]] : [])),
      );
    },
    /** Members of accounts, and accounts whose members are to be judged again. */
    accounts: createAccounts(accounts),
    /** Erasure, export and retention of persons. */
    privacy: createProfilePrivacy(createProfilePrivacyStore(deps.postgres), cache, identity.erase),
    /** The profile as if these events had been stored already. */
    withEvents: (profile: Profile, events: readonly CanonicalEvent[]): Profile =>
      withEvents(profile, events, deps.fold),
    routes: (routeDeps: Omit<ProfileRouteDeps, "reader" | "store">) =>
      createProfileRoutes({ ...routeDeps, reader, store }),
  };
}

export type Profiles = ReturnType<typeof createProfiles>;
