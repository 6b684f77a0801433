import {
  type Audit,
  type ConnectionChange,
  createConnectionManager,
  type Editor,
  type ExpectedEtag,
  type NewConnection,
  type SecretBox,
  type Shown,
} from "../../connectors/index.ts";
import { ClienteleError, type Clock } from "../../kernel/index.ts";
import { type ConfigChecks, completeConfig, configFaults } from "./complete-config.ts";
import type { AudienceRef } from "./run-sync.ts";
import type { SyncConfigInput } from "./schemas.ts";
import type { SyncStore } from "./store.ts";
import { type AudienceSync, hostOf, type StoredSync, type SyncConfig, syncContext } from "./sync.ts";

export type SyncChange = ConnectionChange<SyncConfigInput>;
export type SyncView = Shown<StoredSync>;

export type ManageDeps = ConfigChecks & {
  readonly store: SyncStore;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  /** By id or key, live or not. @throws {ClienteleError} with status 404 */
  readonly findAudience: (reference: string) => Promise<AudienceRef>;
  readonly changed: (id: string) => Promise<void>;
};

function keepsAudience(next: StoredSync, before: StoredSync): StoredSync {
  if (next.config.audience === before.config.audience) return next;
  throw new ClienteleError(
    "connectors.invalid",
    `the audience of ${before.key} cannot be changed: its copy would hold two; make another sync`,
    { details: [{ path: "/config/audience", code: "connectors.invalid", message: "cannot be changed" }] },
  );
}

/** The managers' side of audience syncs. */
export function createSyncManager(deps: ManageDeps) {
  const { store, audit, clock, secrets } = deps;
  const manager = createConnectionManager<SyncConfigInput, SyncConfig, StoredSync, SyncChange>({
    kind: "audience-sync",
    store,
    insert: store.insert,
    audit,
    clock,
    secrets,
    contextOf: syncContext,
    complete: (_key, input) => ({ config: completeConfig(input), faults: [] }),
    faultsOf: (config, known) => configFaults(config, known, deps),
    hostOf,
    adjust: keepsAudience,
    changed: ({ id }: AudienceSync) => deps.changed(id),
  });

  /** The configuration with the id of its audience, whatever it was named by. */
  const withAudienceId = async (config: SyncConfigInput): Promise<SyncConfigInput> => {
    try {
      return { ...config, audience: (await deps.findAudience(config.audience)).id };
    } catch (error) {
      if (!(error instanceof ClienteleError) || error.status !== 404) throw error;
      const message = `there is no audience ${config.audience}`;
      throw new ClienteleError("connectors.invalid", message, {
        details: [{ path: "/config/audience", code: "connectors.invalid", message }],
      });
    }
  };
  return {
    ...manager,
    create: async (input: NewConnection<SyncConfigInput>, editor: Editor) =>
      manager.create({ ...input, config: await withAudienceId(input.config) }, editor),
    update: async (idOrKey: string, given: SyncChange, expected: ExpectedEtag, editor: Editor) =>
      manager.update(
        idOrKey,
        given.config ? { ...given, config: await withAudienceId(given.config) } : given,
        expected,
        editor,
      ),
  };
}
