// What visitors saw of rotations, joined to the database and to privacy.
import { createRotationMemory, createRotationStore, type RotationMemory } from "./content/index.ts";
import type { Clock, Logger } from "./kernel/index.ts";
import type { PrivacyParticipant } from "./privacy/index.ts";
import type { Engines } from "./storage/index.ts";

type Person = Parameters<NonNullable<PrivacyParticipant["forget"]>>[0];

/** As rotations know visitors: by a device, else by the profile. */
function visitorsOf({ profileIds, identifiers }: Person): readonly string[] {
  return [...profileIds, ...identifiers.map(({ namespace, value }) => `${namespace}:${value}`)];
}

export function joinRotationMemory(deps: {
  readonly engines: Pick<Engines, "postgres">;
  readonly clock: Clock;
  readonly logger: Logger;
}): { readonly rotations: RotationMemory; readonly participant: PrivacyParticipant } {
  const { clock, logger } = deps;
  const store = createRotationStore(deps.engines.postgres);
  const rotations = createRotationMemory({ clock, logger, store });
  return {
    rotations,
    participant: {
      name: "rotations",
      tables: ["rotation_states"],
      erase: (tx, { person }) => store.erase(tx, visitorsOf(person)),
      forget: (person) => rotations.forget(visitorsOf(person)),
    },
  };
}
