import type { Clock } from "../../kernel/index.ts";
import type { Audit } from "../editor.ts";
import type { ConnectionChange, Shown } from "../managed/connection.ts";
import { createConnectionManager } from "../managed/manage-connections.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import { type ConfigChecks, completeConfig, configFaults } from "./complete-config.ts";
import type { Destination, DestinationConfig, StoredDestination } from "./destination.ts";
import { type AudienceSource, audienceFaults } from "./name-audiences.ts";
import { destinationContext } from "./prepare-destination.ts";
import type { ConfigInput } from "./schemas.ts";
import type { DestinationStore } from "./store.ts";

export type DestinationChange = ConnectionChange<ConfigInput>;
export type DestinationView = Shown<StoredDestination>;

export type ManageDeps = ConfigChecks & {
  readonly store: DestinationStore;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  readonly audiences: AudienceSource;
  /** After each change: this process works by it at once, the others within a second. */
  readonly changed: (id: string) => Promise<void>;
};

function hostOf(config: DestinationConfig): string {
  const target = config.type === "webhook" ? config.url : config.endpoint;
  return URL.canParse(target) ? new URL(target).host : target;
}

/** The managers' side of destinations. A new one gets the events that are processed from now on. */
export function createDestinationManager(deps: ManageDeps) {
  const { store, audit, clock, secrets } = deps;
  return createConnectionManager<ConfigInput, DestinationConfig, StoredDestination, DestinationChange>({
    kind: "destination",
    store,
    insert: store.insert,
    audit,
    clock,
    secrets,
    contextOf: destinationContext,
    complete: (_key, input) => ({ config: completeConfig(input), faults: [] }),
    faultsOf: (config, known) => configFaults(config, known, deps),
    lookUpFaults: (config) => audienceFaults(config, deps.audiences),
    hostOf,
    changed: ({ id }: Destination) => deps.changed(id),
  });
}

export type DestinationManager = ReturnType<typeof createDestinationManager>;
