// Who is in which audience, for others: reaches into audiences, profiles, keys and privacy; joined here, in one place.
import type { FastifyRequest } from "fastify";
import type { AuditTrail } from "./access/index.ts";
import { createMembers } from "./activation/index.ts";
import { addressesOf, type createAudiences, createListPrivacyStore, personalListTables } from "./audiences/index.ts";
import type { Identifier } from "./collect/index.ts";
import type { Clock, Logger } from "./kernel/index.ts";
import type { Metrics } from "./operations/index.ts";
import type { PrivacyDoor, PrivacyParticipant } from "./privacy/index.ts";
import type { Profiles } from "./profiles/index.ts";
import type { Engines } from "./storage/index.ts";

type Audiences = ReturnType<typeof createAudiences>;
type Parts = {
  readonly engines: Pick<Engines, "postgres">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly access: { readonly audit: AuditTrail; readonly secretOfKey: (keyId: string) => string | undefined };
  readonly audiences: Audiences;
  readonly profiles: Profiles;
  readonly door: PrivacyDoor;
  readonly metrics: Metrics;
  /** Devices that the browser's own cookies tell. */
  readonly devicesOf: (request: FastifyRequest) => readonly Identifier[];
};

/** Who is in which audience, told to others. */
export async function joinMembers({ engines, access, door, metrics, ...rest }: Parts) {
  const members = createMembers({
    ...rest,
    postgres: engines.postgres,
    audit: access.audit,
    addressesOf,
    isSuppressed: door.suppression.isSuppressed,
    secretOf: access.secretOfKey,
    count: metrics.countSegmentClaim,
  });
  await members.start();
  return members;
}

/** What uploaded lists have of persons. */
export function listParticipant(
  { postgres }: Pick<Engines, "postgres">,
  { listPrivacy }: Pick<Audiences, "listPrivacy">,
): PrivacyParticipant {
  return { name: "uploaded lists", tables: personalListTables, ...listPrivacy(createListPrivacyStore(postgres)) };
}
