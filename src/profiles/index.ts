import type { CanonicalEvent, PrepareBatch } from "../collect/index.ts";
import type { Clock, Logger } from "../kernel/index.ts";
import type { Postgres } from "../storage/index.ts";
import type { FoldContext } from "./fold-event.ts";
import { createPrepareBatch, type ObserveBatch, type ReevaluateBatch } from "./prepare-batch.ts";
import type { Profile } from "./profile.ts";
import { createProfileCache } from "./profile-cache.ts";
import { createProfileReader, withEvents } from "./read-profile.ts";
import { createProfileRoutes, type ProfileRouteDeps } from "./routes.ts";
import { createProfileStore, type ProfileRow } from "./store.ts";

export { type AffinityShare, affinityShares } from "./affinity.ts";
export { refusesPersonalisation } from "./consent.ts";
export { emptyState } from "./empty-state.ts";
export { type EventLine, readLines, readMoney } from "./event-lines.ts";
export type { FoldContext } from "./fold-event.ts";
export type {
  ChangedProfile,
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
  Consent,
  DecayedScore,
  Membership,
  Order,
  OrderLine,
  OrderStatus,
  OwnedIdentifier,
  Profile,
  ProfileState,
  SearchTerm,
  Session,
  ViewedProduct,
} from "./profile.ts";
export type { FoundProfile, IdentityClaim, ReadRight } from "./read-profile.ts";
export type { TimelineEvent, TimelinePosition } from "./routes.ts";
export type { ProfileRow } from "./store.ts";

export type ProfilesDeps = {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fold: FoldContext;
  readonly reevaluate: ReevaluateBatch;
  /** Effects of a batch outside profiles and audiences. */
  readonly observe?: ObserveBatch;
};

const cachedProfiles = 50_000;
/** With several processes a profile may be this old on a read; a single process sees its own writes at once. */
const sharedCacheAgeMs = 500;

/**
 * Identity stitching, profile state and profile reads.
 *
 * `prepare` is the identify and apply step of the event path; it may be repeated: nothing is written before the batch's transaction.
 */
export function createProfiles(deps: ProfilesDeps) {
  const store = createProfileStore(deps.postgres);
  const cache = createProfileCache(cachedProfiles, store.isShared ? sharedCacheAgeMs : Number.POSITIVE_INFINITY);
  const reader = createProfileReader({ store, cache, clock: deps.clock });
  const { prepare, prepareReevaluation } = createPrepareBatch({
    store,
    cache,
    clock: deps.clock,
    fold: deps.fold,
    reevaluate: deps.reevaluate,
    observe: deps.observe ?? (() => null),
  });

  return {
    prepare: prepare satisfies PrepareBatch,
    prepareReevaluation,
    find: reader.find,
    get: reader.get,
    by: reader.by,
    count: store.count,
    /** Everybody in order of id, in pages. */
    scan: (afterId: string | null, limit: number): Promise<readonly ProfileRow[]> => store.scan(afterId, limit),
    /** Ids whose memberships may have changed by time alone. */
    due: (now: number, limit: number): Promise<readonly ProfileRow[]> => store.due(now, limit),
    linksOf: store.linksOfProfiles,
    /** The profile as if these events had been stored already. */
    withEvents: (profile: Profile, events: readonly CanonicalEvent[]): Profile =>
      withEvents(profile, events, deps.fold),
    routes: (routeDeps: Omit<ProfileRouteDeps, "reader" | "store">) =>
      createProfileRoutes({ ...routeDeps, reader, store }),
  };
}

export type Profiles = ReturnType<typeof createProfiles>;
