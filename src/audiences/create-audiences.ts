import type { CanonicalEvent } from "../collect/index.ts";
import type { LiveDefinition } from "../definitions/index.ts";
import type { Clock, Logger } from "../kernel/index.ts";
import type { Explanation, RuleObject, RuleSubject } from "../kernel/rules/index.ts";
import {
  type Cart,
  type ChangedProfile,
  type DerivedEvent,
  emptyState,
  type OwnedIdentifier,
  type Profile,
  type ProfileState,
  type ReevaluateBatch,
} from "../profiles/index.ts";
import { type AudienceBody, createAudienceKind } from "./audience-kind.ts";
import type { AudienceRules } from "./audience-rules.ts";
import { type AudienceSet, buildAudienceSet } from "./audience-set.ts";
import { type BackfillDeps, createBackfill, type ProfileSource } from "./backfill.ts";
import { toTransitionEvent } from "./derived-events.ts";
import { type Judgement, judgeProfile, type Transition } from "./judge-profile.ts";
import { applyEvent } from "./leaf-state.ts";
import { type Preview, previewRule } from "./preview.ts";
import { createAudienceRoutes } from "./routes.ts";
import { type JudgedProfile, type SubjectOptions, subjectOf } from "./shop-subject.ts";
import type { AudienceStore, StoredMembership } from "./store.ts";
import { type TraitOptions, traitsOf } from "./traits.ts";

type AudiencesDeps = Pick<BackfillDeps, "acceptedSoFar" | "eventsOfTypes" | "reevaluate"> & {
  /** Rates of amounts in other currencies; default none. */
  readonly convert?: TraitOptions["convert"];
  /** Traits that people defined; default none. */
  readonly definedTraits?: TraitOptions["defined"];
  readonly store: AudienceStore;
  readonly rules: AudienceRules;
  readonly definitions: {
    readonly live: <B>(kind: string) => readonly LiveDefinition<B>[];
    readonly onChange: (handler: (kind: string) => void) => () => void;
  };
  readonly profiles: ProfileSource & {
    /** @throws {ClienteleError} `profiles.notFound` */
    readonly get: (profileId: string) => Promise<Profile>;
  };
  readonly clock: Clock;
  readonly logger: Logger;
  /** Currency of revenue traits and of carts. */
  readonly currency: string;
  /** Store view of the events about entries and exits; default `default`. */
  readonly storeView?: string;
};

/** What a decision call adds to the profile. */
type CallSubject = {
  readonly cart?: Cart | null | undefined;
  readonly context?: RuleObject | undefined;
  /** SKU that the page is about. */
  readonly product?: string | undefined;
  /** Stands in for the profile id in buckets when nobody is known. */
  readonly bucketValue?: string | undefined;
};

/**
 * Rule audiences: membership kept up to date by events, by time and by changes of the audiences themselves.
 *
 * The event path calls `applyEvent` while it folds a profile and `reevaluateBatch` before it writes; both are pure until
 * the returned `write` runs in the batch's transaction. Call `start` after the definitions have started.
 */
export function createAudiences(deps: AudiencesDeps) {
  const { rules, store, clock } = deps;
  let set: AudienceSet = buildAudienceSet([], rules);
  let stopListening = (): void => undefined;

  const subjectOptions = (nowMs: number): SubjectOptions => ({
    nowMs,
    currency: deps.currency,
    convert: deps.convert,
    timezone: rules.timezone,
    defined: deps.definedTraits,
    catalog: rules.catalog(),
    audienceId: (reference) => set.byReference.get(reference)?.id,
  });
  const judge = (profile: JudgedProfile, nowMs = clock.now()): Judgement =>
    judgeProfile(profile, set, { ...subjectOptions(nowMs), isReady: backfill.isReady });
  const { productOf } = rules;
  const backfill = createBackfill({ ...deps, current: () => set, judge, productOf });
  const rebuild = (): void => {
    set = buildAudienceSet(deps.definitions.live<AudienceBody>("audience"), rules);
  };

  const reevaluateBatch: ReevaluateBatch = (changed, merged, batchId) => {
    const nowMs = clock.now();
    const judged = changed.map((profile) => ({ profile, result: judge(profile, nowMs) }));
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
      derived: derivedEvents(transitions, changed, batchId, deps.storeView ?? "default"),
    };
  };

  const subjectInCall = (profile: Profile | null, call: CallSubject = {}): RuleSubject => {
    const nowMs = clock.now();
    const state = profile?.state ?? emptyState(nowMs);
    const judged: JudgedProfile = {
      profileId: profile?.profileId ?? "",
      identifiers: profile?.identifiers ?? [],
      state: call.cart ? { ...state, cart: call.cart } : state,
      ...(profile ? { createdAt: profile.createdAt } : {}),
    };
    const subject = subjectOf(judged, { ...subjectOptions(nowMs), ...(call.context ? { context: call.context } : {}) });
    return {
      ...subject,
      product: call.product === undefined ? undefined : productOf(call.product),
      bucketValue: profile?.profileId || call.bucketValue,
    };
  };

  /** By key or id; audiences that look at the request are decided here and now. */
  const isMember = (reference: string, profile: Profile | null, subject: RuleSubject, nowMs: number): boolean => {
    const audience = set.byReference.get(reference);
    if (!audience) return false;
    if (audience.rule.usesContext) return audience.rule.test(subject, nowMs);
    return profile !== null && Object.hasOwn(profile.state.memberships, audience.id);
  };

  return {
    kind: createAudienceKind(rules),
    /** Loads what is known, compiles the live audiences and follows their changes. */
    start: async (): Promise<void> => {
      await backfill.load();
      rebuild();
      stopListening = deps.definitions.onChange((kind) => {
        if (kind !== "audience") return;
        rebuild();
        void backfill.run();
      });
      void backfill.run();
    },
    stop: async (): Promise<void> => {
      stopListening();
      await backfill.stop();
    },
    /** Resolves when everybody has been judged by the live versions. */
    settled: (): Promise<void> => backfill.run(),
    /** Leaf state of a profile after one event; see `FoldContext`. */
    applyEvent: (leaves: ProfileState["leaves"], event: CanonicalEvent): ProfileState["leaves"] =>
      applyEvent(leaves, event, set.leafIndex, { productOf }),
    /** Memberships, entries and exits of one profile; pure. */
    reevaluate: judge,
    reevaluateBatch,
    /** The profile with the memberships it has now, without storing them: for events of a call that are not stored yet. */
    rejudged: (profile: Profile): Profile => ({
      ...profile,
      state: { ...profile.state, memberships: judge(profile).memberships },
    }),
    subjectOf: subjectInCall,
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
    idOf: (reference: string): string | undefined => set.byReference.get(reference)?.id,
    routes: () =>
      createAudienceRoutes({
        store,
        rules,
        clock,
        profiles: deps.profiles,
        find: (reference) => set.byReference.get(reference),
        subjectOf: subjectInCall,
        backfillOf: backfill.stateOf,
        preview: (rule): Promise<Preview> =>
          previewRule(rule, { ...deps, productOf, current: () => set, isFilled: backfill.isFilled, subjectOptions }),
      }),
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

function derivedEvents(
  transitions: readonly Transition[],
  changed: readonly ChangedProfile[],
  batchId: string,
  storeView: string,
): readonly DerivedEvent[] {
  if (transitions.length === 0) return [];
  const identifiers = new Map(changed.map((profile) => [profile.profileId, profile.identifiers]));
  return transitions.map((each) => ({
    profileId: each.profileId,
    event: toTransitionEvent(each, identifiers.get(each.profileId) ?? [], batchId, storeView),
  }));
}
