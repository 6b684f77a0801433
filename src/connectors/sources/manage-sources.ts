import type { Clock } from "../../kernel/index.ts";
import type { Audit } from "../editor.ts";
import type { ConnectionChange, Shown } from "../managed/connection.ts";
import { createConnectionManager } from "../managed/manage-connections.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import { type ConfigFacts, completeSourceConfig, secretFaults } from "./complete-config.ts";
import type { SourceConfigInput } from "./schemas.ts";
import { type SourceConfig, type StoredSource, sourceContext } from "./source.ts";
import type { SourceStore } from "./store.ts";

/** `restart`: forget how far it is read. */
export type SourceChange = ConnectionChange<SourceConfigInput> & { readonly restart?: boolean };
export type SourceView = Shown<StoredSource>;

export type ManageSourceDeps = ConfigFacts & {
  readonly store: SourceStore;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  readonly changed: (key: string) => void;
};

/** When a source with this schedule is read first. */
function firstRunAt({ everySeconds }: SourceConfig, nowMs: number): number | null {
  return everySeconds === null ? null : nowMs;
}

function hostOf(config: SourceConfig): string {
  if (config.type === "sql") return `${config.host}:${config.port}`;
  return config.type === "files" && config.location.kind === "s3" ? config.location.endpoint : "";
}

/** The managers' side of sources. */
export function createSourceManager(deps: ManageSourceDeps) {
  const { store, audit, clock, secrets } = deps;
  return createConnectionManager<SourceConfigInput, SourceConfig, StoredSource, SourceChange>({
    kind: "source",
    store,
    insert: (tx, made) =>
      store.insert(tx, { ...made, checkpoint: {}, nextRunAt: firstRunAt(made.config, made.createdAt) }),
    audit,
    clock,
    secrets,
    contextOf: sourceContext,
    complete: (key, input) => completeSourceConfig(key, input, deps),
    faultsOf: secretFaults,
    hostOf,
    adjust: (next, before, given) => {
      const first = firstRunAt(next.config, clock.now());
      if (given === undefined) return { ...next, nextRunAt: next.status === "active" ? first : null };
      return {
        ...next,
        checkpoint: given.restart ? {} : before.checkpoint,
        nextRunAt: before.nextRunAt ?? first,
      };
    },
    changed: ({ key }) => deps.changed(key),
  });
}
