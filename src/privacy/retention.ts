// What is deleted because its time is over (profiles-and-journeys G.3). Dead letters and message ids have their own, shorter times
// in collect.
import type { Clock, Logger } from "../kernel/index.ts";
import type { EventStorePrivacy } from "../measurement/index.ts";
import type { ProfilePrivacy } from "../profiles/index.ts";
import { orderTypes } from "./erase-events.ts";
import type { createExpireFields } from "./expire-fields.ts";
import type { ExpiringRecords, PrivacyParticipant } from "./participant.ts";
import {
  minOrderDays,
  type RetentionClassId,
  type RetentionDays,
  retentionClassIds,
} from "./retention-classes.data.ts";
import type { RetentionSettings } from "./retention-settings.ts";
import type { RequestStore } from "./store.ts";
import type { RetentionStore } from "./store-retention.ts";
import type { SweepStore } from "./store-sweep.ts";

const dayMs = 86_400_000;
export const retentionRunMs = dayMs;
/** A run that failed, or whose process died, is tried again after it. */
const retryMs = 3_600_000;
const profilesPerRun = 500;
const maxRounds = 200;

export type RetentionDeps = {
  readonly settings: Pick<RetentionSettings, "current">;
  readonly store: RetentionStore;
  readonly profiles: Pick<ProfilePrivacy, "inactiveAnonymous" | "countInactiveAnonymous" | "personOf" | "forget">;
  readonly events: EventStorePrivacy;
  readonly participants: readonly PrivacyParticipant[];
  readonly sweep: SweepStore;
  readonly fields: ReturnType<typeof createExpireFields>;
  readonly requests: RequestStore;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Rows deleted by class; of traits profiles, of properties and user agents events that were changed. */
export type RetentionResult = Readonly<Record<RetentionClassId | "traits" | "properties", number>>;

const orders = { pattern: orderTypes, matching: true };
const otherEvents = { pattern: orderTypes, matching: false };

export function createRetention(deps: RetentionDeps) {
  const { profiles, events, requests, store, clock } = deps;

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
    await requests.transaction(async (tx) => {
      for (const { erase } of deps.participants)
        await erase?.(tx, { person: all, mode: "delete", requestId: "retention" });
      await deps.sweep.erase(tx, swept, all);
    });
    for (const { forget } of deps.participants) forget?.(all);
    // Links and what else names the profiles; events are found by their keys, which are left out.
    await events.erase({ profileIds: all.profileIds, identifiers: [] });
  };

  const expireProfiles = async (before: number): Promise<number> => {
    let deleted = 0;
    for (let round = 0; round < maxRounds; round += 1) {
      const ids = await profiles.inactiveAnonymous(before, profilesPerRun);
      if (ids.length === 0) break;
      await deleteProfiles(ids);
      deleted += ids.length;
    }
    return deleted;
  };

  const ofParticipants = async (how: "count" | "forget", before: number): Promise<number> => {
    let rows = 0;
    for (const { expires } of deps.participants) if (expires) rows += await expires[how](before);
    return rows;
  };

  const classes: Readonly<Record<RetentionClassId, ExpiringRecords>> = {
    anonymousProfiles: { forget: expireProfiles, count: profiles.countInactiveAnonymous },
    events: {
      forget: (before) => events.forget(before, otherEvents),
      count: (before) => events.expiry.countEvents(before, otherEvents),
    },
    orders: {
      forget: (before) => events.forget(before, orders),
      count: (before) => events.expiry.countEvents(before, orders),
    },
    decisions: { forget: events.forgetExposures, count: events.expiry.countExposures },
    deliveries: {
      forget: (before) => ofParticipants("forget", before),
      count: (before) => ofParticipants("count", before),
    },
    userAgents: { forget: events.expiry.forgetUserAgents, count: events.expiry.countUserAgents },
    requests: { forget: requests.forget, count: requests.countEnded },
  };

  /** Before when a class is over; null = never. */
  const limitOf = (id: RetentionClassId, days: RetentionDays): number | null => {
    const kept = days[id] === 0 || id !== "orders" ? days[id] : Math.max(days[id], minOrderDays);
    return kept === 0 ? null : clock.now() - kept * dayMs;
  };

  const steps = (days: RetentionDays): readonly (readonly [keyof RetentionResult, () => Promise<number>])[] => [
    ...retentionClassIds.map((id) => {
      const limit = limitOf(id, days);
      return [id, async () => (limit === null ? 0 : classes[id].forget(limit))] as const;
    }),
    ["traits", deps.fields.traits],
    ["properties", deps.fields.properties],
  ];

  const run = async (): Promise<RetentionResult> => {
    const result: Partial<Record<keyof RetentionResult, number>> = {};
    const failed: unknown[] = [];
    for (const [name, step] of steps(await deps.settings.current())) {
      // One class that cannot be deleted today does not keep the others.
      try {
        result[name] = await step();
        await store.record(name, clock.now(), result[name] ?? 0);
      } catch (error) {
        deps.logger.error({ err: error, class: name }, "retention of a class failed, will be tried again");
        failed.push(error);
      }
    }
    const now = clock.now();
    await store.ran(now, now + (failed.length > 0 ? retryMs : retentionRunMs));
    if (Object.values(result).some((count) => count > 0)) deps.logger.info(result, "retention deleted");
    if (failed.length > 0) throw new AggregateError(failed, "retention did not finish");
    // Without a failure every step has its count.
    return result as RetentionResult;
  };

  return {
    /** Deletes everything whose time is over, whether a run is due or not. May be repeated. */
    run,
    /** As `run`, when the last run was a day ago and no other process has taken it. @returns undefined when it is not due */
    runIfDue: async (): Promise<RetentionResult | undefined> => {
      const now = clock.now();
      return (await store.claim(now, now + retryMs)) ? run() : undefined;
    },
    /** How many rows a run would delete by now with these periods, by class. */
    preview: async (days: RetentionDays): Promise<Readonly<Record<RetentionClassId, number>>> => {
      const rows: Partial<Record<RetentionClassId, number>> = {};
      for (const id of retentionClassIds) {
        const limit = limitOf(id, days);
        rows[id] = limit === null ? 0 : await classes[id].count(limit);
      }
      // Every class was counted.
      return rows as Readonly<Record<RetentionClassId, number>>;
    },
  };
}

export type Retention = ReturnType<typeof createRetention>;
