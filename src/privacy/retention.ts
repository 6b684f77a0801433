// What is deleted because its time is over (profiles-and-journeys G.3). Dead letters and message ids have their own, shorter times
// in collect.
import type { Clock, Logger } from "../kernel/index.ts";
import type { EventStorePrivacy } from "../measurement/index.ts";
import type { ProfilePrivacy, ProfileState } from "../profiles/index.ts";
import type { DataClasses } from "./data-classes.ts";
import { orderTypes } from "./erase-events.ts";
import type { PrivacyParticipant } from "./participant.ts";
import type { RequestStore } from "./store.ts";
import type { SweepStore } from "./store-sweep.ts";

/** Days; 0 = for ever. */
export type RetentionDays = {
  /** Profiles that nobody signed in to, after their last event; default 13 months. */
  readonly anonymousProfiles: number;
  /** Events that are no orders; default 25 months. */
  readonly events: number;
  /** Orders and the history imported with them; at least 5 years, default 10. */
  readonly orders: number;
  /** Decisions that were shown; default 25 months. */
  readonly decisions: number;
  /** Records of privacy requests; default 36 months. */
  readonly requests: number;
};

export const defaultRetention: RetentionDays = {
  anonymousProfiles: 396,
  events: 761,
  orders: 3_653,
  decisions: 761,
  requests: 1_096,
};
/** Five years: an order's money facts are kept at least that long, whatever is configured. */
export const minOrderDays = 1_827;

const dayMs = 86_400_000;
const profilesPerRun = 500;
const maxRounds = 200;

export type RetentionDeps = {
  readonly days: RetentionDays;
  readonly profiles: Pick<ProfilePrivacy, "inactiveAnonymous" | "personOf" | "withOldAttribute" | "forget">;
  readonly events: EventStorePrivacy;
  readonly participants: readonly PrivacyParticipant[];
  readonly sweep: SweepStore;
  readonly classes: DataClasses;
  readonly requests: RequestStore;
  /** Changes states and writes them with their memberships. @returns false when another writer was faster */
  readonly changeStates: (
    profileIds: ReadonlySet<string>,
    change: (profileId: string, state: ProfileState) => ProfileState,
  ) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
};

export type RetentionResult = {
  readonly profiles: number;
  readonly events: number;
  readonly orders: number;
  readonly decisions: number;
  readonly attributes: number;
  readonly requests: number;
};

function withoutAttribute(state: ProfileState, name: string, before: number): ProfileState {
  const attribute = Object.hasOwn(state.attributes, name) ? state.attributes[name] : undefined;
  if (!attribute || attribute.at >= before) return state;
  const { [name]: _gone, ...attributes } = state.attributes;
  return { ...state, attributes };
}

export function createRetention(deps: RetentionDeps) {
  const { days, profiles, events, clock } = deps;
  const before = (keptDays: number): number | null => (keptDays === 0 ? null : clock.now() - keptDays * dayMs);

  /** Their events have a time of their own and no person: an anonymous id is in no other system. */
  const deleteProfiles = async (ids: readonly string[]): Promise<void> => {
    const swept = await deps.sweep.tables();
    const persons = (await Promise.all(ids.map((id) => profiles.personOf(id)))).filter(
      (person) => person !== undefined,
    );
    const all = {
      profileIds: persons.flatMap((person) => person.profileIds),
      identifiers: persons.flatMap((person) => person.identifiers),
    };
    await deps.requests.transaction(async (tx) => {
      for (const { erase } of deps.participants)
        await erase?.(tx, { person: all, mode: "delete", requestId: "retention" });
      await deps.sweep.erase(tx, swept, all);
    });
    for (const { forget } of deps.participants) forget?.(all);
    // Links and what else names the profiles; events are found by their keys, which are left out.
    await events.erase({ profileIds: all.profileIds, identifiers: [] });
  };

  const expireProfiles = async (): Promise<number> => {
    const limit = before(days.anonymousProfiles);
    let deleted = 0;
    for (let round = 0; limit !== null && round < maxRounds; round += 1) {
      const ids = await profiles.inactiveAnonymous(limit, profilesPerRun);
      if (ids.length === 0) break;
      await deleteProfiles(ids);
      deleted += ids.length;
    }
    return deleted;
  };

  const expireAttributes = async (): Promise<number> => {
    let changed = 0;
    for (const { kind, name, retentionDays } of await deps.classes.list()) {
      if (kind !== "trait" || retentionDays === null) continue;
      const limit = clock.now() - retentionDays * dayMs;
      for (let round = 0; round < maxRounds; round += 1) {
        const ids = new Set(await profiles.withOldAttribute(name, limit, profilesPerRun));
        if (ids.size === 0) break;
        if (await deps.changeStates(ids, (_id, state) => withoutAttribute(state, name, limit))) changed += ids.size;
      }
    }
    return changed;
  };

  const expireEvents = async (keptDays: number, matching: boolean): Promise<number> => {
    const limit = before(keptDays);
    return limit === null ? 0 : events.forget(limit, { pattern: orderTypes, matching });
  };

  return {
    /** Deletes everything whose time is over; once a day is enough. May be repeated. */
    run: async (): Promise<RetentionResult> => {
      const decisionsBefore = before(days.decisions);
      const requestsBefore = before(days.requests);
      const result: RetentionResult = {
        profiles: await expireProfiles(),
        attributes: await expireAttributes(),
        events: await expireEvents(days.events, false),
        orders: await expireEvents(days.orders === 0 ? 0 : Math.max(days.orders, minOrderDays), true),
        decisions: decisionsBefore === null ? 0 : await events.forgetExposures(decisionsBefore),
        requests: requestsBefore === null ? 0 : await deps.requests.forget(requestsBefore),
      };
      if (Object.values(result).some((count) => count > 0)) deps.logger.info(result, "retention deleted");
      return result;
    },
  };
}

export type Retention = ReturnType<typeof createRetention>;
