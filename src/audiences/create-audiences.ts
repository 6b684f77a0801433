import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { CanonicalEvent } from "../collect/index.ts";
import { isInWindow } from "../definitions/index.ts";
import { ClienteleError } from "../kernel/index.ts";
import type { Explanation, RuleObject, RuleSubject } from "../kernel/rules/index.ts";
import {
  type ChangedProfile,
  emptyState,
  type OwnedIdentifier,
  type Profile,
  type ProfileState,
  type ReevaluateBatch,
} from "../profiles/index.ts";
import { keysOfLeaves } from "./account-members.ts";
import { type AudienceBody, createAudienceKind, listReferences } from "./audience-kind.ts";
import { type AudienceSet, buildAudienceSet, type LiveAudience } from "./audience-set.ts";
import type { AudiencesDeps, CallSubject } from "./audiences-deps.ts";
import { createBackfill } from "./backfill.ts";
import type { PastEvents } from "./count-leaves.ts";
import { createEstimates } from "./create-estimates.ts";
import { derivedEvents } from "./derived-events.ts";
import { createAccountJudge } from "./judge-accounts.ts";
import { appliesTo, createJudge, type Judgement } from "./judge-profile.ts";
import { applyEvent } from "./leaf-state.ts";
import { createListPrivacy } from "./list-privacy.ts";
import { createLists } from "./lists.ts";
import { recordSizes } from "./record-sizes.ts";
import { createAudienceRoutes } from "./routes.ts";
import { createEstimateRoutes } from "./routes-estimates.ts";
import { createGivenRoutes } from "./routes-given.ts";
import { createListRoutes } from "./routes-lists.ts";
import { type JudgedProfile, type SubjectOptions, subjectOf } from "./shop-subject.ts";
import { eventListsOf } from "./sql/index.ts";
import type { StoredMembership } from "./store.ts";
import type { ListPrivacyStore } from "./store-privacy.ts";
import { createSubjectOfStored } from "./subject-of-stored.ts";
import { traitsOf } from "./traits.ts";

const sharedPollMs = 1_000;
const maxAttempts = 10;
const quietMs = 200;

/**
 * Rule audiences: membership kept up to date by events, by time and by changes of the audiences themselves.
 *
 * The event path calls `applyEvent` while it folds a profile and `reevaluateBatch` before it writes; both are pure until
 * the returned `write` runs in the batch's transaction. Call `start` after the definitions have started.
 */
export function createAudiences(deps: AudiencesDeps) {
  const { rules, store, clock } = deps;
  const past: PastEvents = {
    listsOf: (leaves) => eventListsOf(leaves, rules.environmentOf({})),
    ...deps.past,
  };
  const noAudiences: AudienceSet = buildAudienceSet([], { rules, servedOf: () => null, isReady: () => true });
  let set = noAudiences;
  let isStarted = false;
  let stopListening = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  let changeTimer: NodeJS.Timeout | undefined;

  const subjectOptions = (nowMs: number): SubjectOptions => ({
    nowMs,
    currency: deps.currency,
    convert: deps.convert,
    timezone: rules.timezone,
    defined: deps.definedTraits,
    catalog: rules.catalog(),
    audienceId: (reference) => set.byReference.get(reference)?.id,
    fillOf: backfill.fillOf,
    isInList: lists.isInList,
  });
  const judge = (profile: JudgedProfile, nowMs = clock.now()): Judgement => judgeAt(nowMs)(profile);
  const judgeAt = (nowMs: number) => createJudge(set, { ...subjectOptions(nowMs), isReady: backfill.isReady });
  const { productOf } = rules;
  const defaultStoreView = deps.storeView ?? "default";
  const usersOf = ({ id, key }: { readonly id: string; readonly key: string }): readonly string[] =>
    deps.definitions
      .live<AudienceBody>("audience")
      .filter(({ body }) => listReferences(body.rule, "").some((list) => list.id === id || list.id === key))
      .map((audience) => audience.key);
  const lists = createLists({
    store: store.lists,
    clock,
    country: deps.country,
    usersOf,
    isSuppressed: deps.isSuppressed,
    changed: (references) => {
      rebuild();
      const users = set.audiences.filter(({ body }) =>
        listReferences(body.rule, "").some(({ id }) => references.includes(id)),
      );
      backfill.rejudge(new Set(users.map(({ id }) => id))).catch((err: unknown) => {
        // Nobody waits for this call; the next change or start judges them.
        deps.logger.error({ err }, "audiences could not be judged after a list changed");
      });
    },
  });
  const rebuild = (): void => {
    const former = set;
    const live = deps.definitions.live<AudienceBody>("audience");
    set = buildAudienceSet(live, {
      rules,
      servedOf: backfill.servedOf,
      isReady: backfill.isReady,
      hasList: lists.exists,
    });
    backfill.lapse([...former.leaves.keys()].filter((hash) => !set.leaves.has(hash)));
    // At the start they all appear; that is no news.
    if (isStarted) backfill.renew(set.audiences.filter(({ id }) => !former.byReference.has(id)).map(({ id }) => id));
  };
  const backfill = createBackfill({
    ...deps,
    past,
    current: () => set,
    judgeNow: () => judgeAt(clock.now()),
    productOf,
    changed: rebuild,
  });

  const reevaluateBatch: ReevaluateBatch = (changed, merged, batchId) => {
    const nowMs = clock.now();
    const judgeNow = judgeAt(nowMs);
    const judged = changed.map((profile) => ({ profile, result: judgeNow(profile) }));
    const transitions = judged.flatMap(({ result }) => result.transitions);
    const survivors = new Set(merged.values());
    const joined = judged.filter(({ profile }) => survivors.has(profile.profileId));
    return {
      byProfile: new Map(judged.map(({ profile, result }) => [profile.profileId, result])),
      write: async (tx) => {
        await store.writeTransitions(tx, transitions);
        // A merge brings memberships along that were no transitions.
        const rewritten = [...merged.keys(), ...joined.map(({ profile }) => profile.profileId)];
        await store.replaceMemberships(tx, rewritten, joined.flatMap(membershipsOf));
      },
      derived: derivedEvents(transitions, changed, batchId, defaultStoreView),
    };
  };

  const subjectInCall = (profile: Profile | null, call: CallSubject = {}): RuleSubject => {
    const nowMs = clock.now();
    const known = profile?.state ?? emptyState(nowMs);
    const storeView = call.context?.["store_view"];
    // The call itself is a visit.
    const state =
      typeof storeView === "string" ? { ...known, storeViews: { ...known.storeViews, [storeView]: nowMs } } : known;
    const judged: JudgedProfile = {
      profileId: profile?.profileId ?? "",
      identifiers: profile?.identifiers ?? [],
      state: call.cart ? { ...state, cart: call.cart } : state,
      ...(profile ? { createdAt: profile.createdAt } : {}),
    };
    const subject = subjectOf(judged, { ...subjectOptions(nowMs), ...(call.context ? { context: call.context } : {}) });
    const productInCall = (sku: string): RuleObject | undefined =>
      productOf(
        sku,
        deps.pricesOf?.({ profile, storeView: typeof storeView === "string" ? storeView : defaultStoreView }),
      );
    const inCall: RuleSubject = {
      ...subject,
      member: (reference) => {
        const audience = set.byReference.get(reference);
        if (!audience || !set.inCall.has(audience.id)) return subject.member?.(reference);
        return isMember(audience.id, profile, inCall, nowMs) ? { since: nowMs } : undefined;
      },
      productOf: productInCall,
      product: call.product === undefined ? undefined : productInCall(call.product),
      bucketValue: profile?.profileId || call.bucketValue,
    };
    return inCall;
  };

  const estimates = createEstimates({
    ...deps,
    past,
    store: store.estimates,
    queries: deps.ruleQueries,
    isFilled: backfill.isFilled,
    fillOf: backfill.fillOf,
    subjectOptions,
    isInCall: (reference) => set.inCall.has(set.byReference.get(reference)?.id ?? ""),
  });

  const subjectOfStored = createSubjectOfStored({
    ...deps,
    past,
    fillOf: backfill.fillOf,
    isFilled: backfill.isFilled,
    productOf,
    subjectOptions,
  });
  const judgeAccounts = createAccountJudge({
    clock,
    accounts: deps.profiles.accounts,
    stored: deps.profiles.stored,
    judgePage: backfill.judgePage,
    isAsked: () => set.accountLeaves.length > 0,
    isStopped: backfill.isStopped,
  });

  /** By key or id; audiences that look at the request are decided here and now. */
  const isMember = (reference: string, profile: Profile | null, subject: RuleSubject, nowMs: number): boolean => {
    const audience = set.byReference.get(reference);
    if (!audience) return false;
    const storeView = subject.context?.["store_view"];
    if (audience.storeViews && typeof storeView === "string" && !audience.storeViews.includes(storeView)) return false;
    // A call does not load the members of accounts.
    const isBlind = profile?.state.accounts !== undefined && Boolean(audience.rule.accountLeaves?.length);
    const holdsNow = (): boolean =>
      !isBlind &&
      isInWindow(audience, nowMs) &&
      appliesTo(audience.body, subject) &&
      audience.rule.test(subject, nowMs);
    if (set.inCall.has(audience.id)) return holdsNow();
    if (profile === null || Object.hasOwn(profile.state.memberships, audience.id)) return profile !== null;
    // Nobody was seen in a store view before their first event there: the call stands for it.
    const isFirst = audience.storeViews !== null && typeof storeView === "string";
    return isFirst && !audience.body.imported && backfill.isReady(audience.rule.eventLeaves) && holdsNow();
  };

  return {
    kind: createAudienceKind(rules, lists.exists),
    /** Loads what is known, compiles the live audiences and follows their changes. */
    start: async (): Promise<void> => {
      await lists.load();
      await backfill.begin();
      isStarted = true;
      stopListening = deps.definitions.onChange((kind) => {
        if (kind !== "audience") return;
        rebuild();
        // Definitions often come by the dozen: one pass over past events serves them all.
        clearTimeout(changeTimer);
        changeTimer = setTimeout(() => void backfill.run(), quietMs).unref();
      });
      if (store.backfills.isShared) {
        timer = setInterval(() => {
          Promise.all([backfill.load(), lists.load()]).catch((err: unknown) =>
            deps.logger.warn({ err }, "audiences' progress could not be read"),
          );
        }, sharedPollMs).unref();
      }
      void backfill.run();
    },
    stop: async (): Promise<void> => {
      clearInterval(timer);
      clearTimeout(changeTimer);
      stopListening();
      await estimates.exactCounts.stop();
      await backfill.stop();
    },
    /** Resolves when everybody has been judged by the live versions. */
    settled: (): Promise<void> => backfill.run(),
    /** Job, each minute: takes up work that another process left behind, writes down sizes each hour; safe to repeat. */
    refresh: async (): Promise<void> => {
      await backfill.resume();
      await recordSizes(store.estimates, set.audiences, clock.now());
    },
    /** Computes live audiences from nothing but the stored events; members stay until that is done. */
    recompute: (references: readonly string[]): Promise<void> =>
      backfill.recompute(references.flatMap((reference) => set.byReference.get(reference) ?? [])),
    /** Starts an audience that failed again. */
    restart: async (reference: string): Promise<void> => {
      const audience = set.byReference.get(reference);
      if (audience) await backfill.restart(audience);
    },
    /** Leaf state of a profile after one event; see `FoldContext`. */
    applyEvent: (leaves: ProfileState["leaves"], event: CanonicalEvent): ProfileState["leaves"] =>
      applyEvent(leaves, event, {
        index: set.leafIndex,
        fillOf: backfill.fillOf,
        isKept: backfill.isKept,
        productOf,
      }),
    /** Leaves that live audiences ask the members of accounts for, as profiles keep them; null = none do. */
    accountLeaves: (): readonly string[] | null =>
      set.accountLeaves.length === 0 ? null : keysOfLeaves(set.accountLeaves, backfill.fillOf),
    /** Job, each second: judges the members of accounts in which somebody changed; safe to repeat. */
    judgeAccounts,
    /** Memberships, entries and exits of one profile; pure. */
    reevaluate: judge,
    reevaluateBatch,
    /** The profile with the memberships it has now, without storing them: for events of a call that are not stored yet. */
    rejudged: (profile: Profile): Profile => {
      const { memberships, exits } = judge(profile);
      return { ...profile, state: { ...profile.state, memberships, exits } };
    },
    subjectOf: subjectInCall,
    estimates,
    isMember,
    traitsOf: (state: ProfileState, nowMs: number, identifiers: readonly OwnedIdentifier[]) =>
      traitsOf(state, nowMs, {
        currency: deps.currency,
        identifiers,
        convert: deps.convert,
        timezone: rules.timezone,
        defined: deps.definedTraits,
      }),
    /** All `profile.` attributes of a profile as rules read them, each worked out when it is asked for. */
    attributesOf: (profile: Pick<Profile, "state" | "identifiers">, nowMs: number): RuleObject =>
      subjectOf({ profileId: "", ...profile }, subjectOptions(nowMs)).profile ?? {},
    /** Traits have changed: rules are compiled anew, and audiences that ask for traits judge everybody again. */
    traitsChanged: async (): Promise<void> => {
      // The start compiles everything.
      if (!isStarted) return;
      rebuild();
      const asking = deps.definitions
        .live<AudienceBody>("audience")
        .filter(({ body }) => JSON.stringify(body.rule).includes("profile.trait."));
      try {
        await backfill.rejudge(new Set(asking.map(({ id }) => id)));
      } catch (error) {
        // Nobody waits for this call; the next change or start judges them.
        deps.logger.error({ err: error }, "audiences could not be judged after traits changed");
      }
    },
    /** Leaf by leaf why a subject is, or is not, in a live audience. */
    explain: (reference: string, subject: RuleSubject, nowMs: number): Explanation | undefined =>
      set.byReference.get(reference)?.rule.explain(subject, nowMs),
    /** Key and name of a live audience by id or key. */
    nameOf: (reference: string): { readonly key: string; readonly name: string } | undefined => {
      const audience = set.byReference.get(reference);
      return audience && { key: audience.key, name: audience.name };
    },
    /** Uploaded lists in privacy requests. */
    listPrivacy: (privacyStore: ListPrivacyStore) => createListPrivacy(privacyStore, lists),
    /** Present members of an audience, by id. */
    sizeOf: store.countMembers,
    /** Present members of an audience, by id, in order of profile id; one more than `limit`. */
    membersOf: store.members,
    idOf: (reference: string): string | undefined => set.byReference.get(reference)?.id,
    routes: (): FastifyPluginAsyncTypebox => {
      const find = (reference: string): LiveAudience => {
        const audience = set.byReference.get(reference);
        if (!audience) throw new ClienteleError("audiences.notFound", `there is no live audience ${reference}`);
        return audience;
      };
      const shared = { store, rules, clock, find, subjectOf: subjectOfStored };
      const plugins = [
        createAudienceRoutes({
          ...shared,
          profiles: deps.profiles,
          progressOf: backfill.progressOf,
          restart: backfill.restart,
        }),
        createEstimateRoutes({
          ...shared,
          getProfile: deps.profiles.get,
          selectionOf: estimates.selectionOf,
          preview: estimates.preview,
          exact: estimates.exactCounts,
        }),
        createListRoutes(lists),
        createGivenRoutes({
          find,
          clock,
          source: deps.profiles,
          change: async (ids, change) => {
            for (let attempt = 1; !(await deps.reevaluate(ids, change)); attempt += 1)
              if (attempt >= maxAttempts)
                throw new Error(`profiles changed ${maxAttempts} times while members were given`);
          },
        }),
      ];
      return async (app) => {
        for (const plugin of plugins) await app.register(plugin);
      };
    },
  };
}

function membershipsOf({
  profile,
  result,
}: {
  profile: ChangedProfile;
  result: Judgement;
}): readonly StoredMembership[] {
  return Object.entries(result.memberships).map(([audienceId, membership]) => ({
    audienceId,
    profileId: profile.profileId,
    ...membership,
  }));
}
