// Privacy reaches into everything that keeps something of persons: joined here, in one place.
import { type AuditTrail, createReadLog } from "./access/index.ts";
import type { AcceptRequest, AcceptResult, Collect } from "./collect/index.ts";
import { type Clock, type Logger, newId } from "./kernel/index.ts";
import { createEventStorePrivacy, type Measurement } from "./measurement/index.ts";
import { createPrivacy, type PrivacyDoor, type PrivacyParticipant } from "./privacy/index.ts";
import type { Profiles } from "./profiles/index.ts";
import type { Engines } from "./storage/index.ts";

type Parts = {
  readonly engines: Engines;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly door: PrivacyDoor;
  readonly access: { readonly audit: AuditTrail };
  readonly accept: (request: AcceptRequest) => Promise<AcceptResult>;
  readonly collect: Collect;
  readonly measurement: Measurement;
  readonly ranking: { readonly flush: () => Promise<void> };
  readonly profiles: Profiles;
  readonly participants: readonly PrivacyParticipant[];
};

export function joinPrivacy({
  engines,
  clock,
  logger,
  door,
  access,
  accept,
  collect,
  measurement,
  ranking,
  profiles,
  participants,
}: Parts) {
  const { postgres, clickhouse, cluster } = engines;
  return createPrivacy({
    postgres,
    clock,
    logger,
    door,
    audit: access.audit,
    readLog: createReadLog({ audit: access.audit, clock, logger }),
    profiles: profiles.privacy,
    events: createEventStorePrivacy({ clickhouse, cluster }),
    accept,
    acceptedSoFar: collect.acceptedSoFar,
    live: collect.live,
    flushExposures: async () => {
      await measurement.flushExposures();
      await ranking.flush();
    },
    changeStates: async (profileIds, change) => {
      const batchId = newId(clock.now());
      return collect.applyPrepared(await profiles.prepareReevaluation(profileIds, batchId, change), batchId);
    },
    participants,
  });
}

export function duplicateParticipant(duplicates: {
  readonly forget: (profileIds: readonly string[]) => Promise<unknown>;
}): PrivacyParticipant {
  return {
    name: "duplicates",
    tables: ["duplicate_proposals"],
    eraseElsewhere: async ({ person }) => {
      await duplicates.forget(person.profileIds);
      return 0;
    },
  };
}

export function recommendationParticipant(recommendations: {
  readonly refresh: () => Promise<void>;
}): PrivacyParticipant {
  return {
    name: "recommendations",
    tables: [],
    // Counts are made anew without the person.
    eraseElsewhere: async () => {
      await recommendations.refresh();
      return 0;
    },
  };
}
