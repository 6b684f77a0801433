// Audience syncs join the event path where audiences judge profiles, and privacy where persons are erased or suppressed.
import { join, resolve } from "node:path";
import type { AuditTrail } from "./access/index.ts";
import { type AudienceSyncs, createAudienceSyncs } from "./activation/index.ts";
import type { createAudiences } from "./audiences/index.ts";
import type { Config } from "./config.ts";
import type { Definitions } from "./definitions/index.ts";
import { createTools, mayBePrivate } from "./join-connectors.ts";
import type { Clock, Logger } from "./kernel/index.ts";
import type { PrivacyDoor, PrivacyParticipant } from "./privacy/index.ts";
import type { Profiles } from "./profiles/index.ts";
import type { Engines } from "./storage/index.ts";

/** Made before the profiles, whose judgement it watches. */
export function joinAudienceSyncs({
  engines,
  config,
  clock,
  logger,
  audit,
  privacyDoor,
  profiles,
  audiences,
  definitions,
}: {
  readonly engines: Engines;
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditTrail;
  readonly privacyDoor: PrivacyDoor;
  readonly profiles: () => Profiles;
  readonly audiences: ReturnType<typeof createAudiences>;
  readonly definitions: Definitions;
}) {
  const tools = createTools(config);
  const syncs = createAudienceSyncs({
    postgres: engines.postgres,
    clock,
    logger,
    audit,
    ...tools,
    allowPrivateTargets: mayBePrivate(config),
    dropDir: resolve(config.dropDir || join(config.dataDir, "drop")),
    people: {
      stored: (profileIds) => profiles().stored(profileIds),
      linksOf: (profileIds) => profiles().linksOf(profileIds),
    },
    audiences: {
      membersOf: audiences.membersOf,
      sizeOf: audiences.sizeOf,
      nameOf: audiences.nameOf,
      find: (reference) => definitions.find("audience", reference),
    },
    isSuppressed: privacyDoor.suppression.isSuppressed,
  });
  // An audience that is copied is not archived unseen.
  definitions.alsoUsedBy(async ({ kind, id }) =>
    kind !== "audience"
      ? []
      : (await syncs.usersOf(id)).map((sync) => ({
          kind: "audience-sync",
          id: sync.id,
          key: sync.key,
          name: sync.name,
          status: sync.status === "active" ? "live" : "paused",
          isLive: sync.status === "active",
          path: "/config/audience",
        })),
  );
  return { ...syncs, closeTools: tools.http.close };
}

/** What syncs remember of persons, for erasures and exports. */
export function audienceSyncParticipant(syncs: AudienceSyncs): PrivacyParticipant {
  return {
    name: "audience syncs",
    tables: ["audience_sync_members", "audience_sync_queue"],
    erase: (tx, { person }) => syncs.erase(tx, person.profileIds),
    eraseElsewhere: ({ person }) => syncs.eraseElsewhere(person.profileIds),
    suppressed: ({ profileIds }) => syncs.suppressed(profileIds),
    exports: [
      {
        file: "audience-syncs",
        rows: async function* ({ profileIds }) {
          yield* await syncs.toldOf(profileIds);
        },
      },
    ],
  };
}
