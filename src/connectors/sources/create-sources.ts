// Sources: other systems that hand over records, pushed by signed webhooks or fetched from files and databases. All of them go the
// same way: mapping → record → events, with a checkpoint that moves only after what was read is durable.
import type { AcceptRequest, AcceptResult } from "../../collect/index.ts";
import { ClienteleError, type Clock, type Logger, newId } from "../../kernel/index.ts";
import type { Postgres } from "../../storage/index.ts";
import type { Audit } from "../editor.ts";
import { createFilesReader } from "../files/run-files.ts";
import type { HttpClient } from "../net/http-client.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import { createSqlSourceReader } from "../sql/run-sql.ts";
import { createReceiveWebhook } from "../webhooks/receive-webhook.ts";
import type { ConfigFacts } from "./complete-config.ts";
import { createSourceManager } from "./manage-sources.ts";
import { createRunSource } from "./run-source.ts";
import { createSourceStore } from "./store.ts";
import { createTakeRecords, type ProductSink } from "./take-records.ts";
import { testSource } from "./test-source.ts";

export type SourcesDeps = ConfigFacts & {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: Audit;
  readonly http: HttpClient;
  readonly secrets: SecretBox;
  readonly accept: (request: AcceptRequest) => Promise<AcceptResult>;
  readonly catalog: ProductSink;
  /** Folder for files under way. */
  readonly workDir: string;
};

const runsAtOnce = 2;
const runRetentionMs = 90 * 86_400_000;
const deliveryRetentionMs = 7 * 86_400_000;

export function createSources(deps: SourcesDeps) {
  const { clock, logger } = deps;
  const store = createSourceStore(deps.postgres);
  const takeRecords = createTakeRecords({ store, accept: deps.accept, catalog: deps.catalog });
  const runSource = createRunSource({
    store,
    clock,
    logger,
    secrets: deps.secrets,
    takeRecords,
    worker: newId(clock.now()),
    readers: { files: createFilesReader({ ...deps, store }), sql: createSqlSourceReader({ store }) },
  });
  const webhooks = createReceiveWebhook({ store, clock, secrets: deps.secrets, takeRecords });
  const manager = createSourceManager({ ...deps, store, changed: webhooks.forget });
  const underWay = new Map<string, Promise<unknown>>();
  const stopping = new AbortController();
  let isReleased = store.isShared;

  const begin = (id: string): Promise<string | undefined> => {
    const run = runSource(id, stopping.signal).finally(() => underWay.delete(id));
    underWay.set(id, run);
    return run;
  };

  return {
    manager,
    runs: store.runs,
    webhooks,
    test: async (idOrKey: string) => {
      const source = await manager.find(idOrKey);
      return testSource(source.config, manager.opened(source), deps);
    },
    /**
     * Asks for a run as soon as a process of the scheduler role looks, within a few seconds.
     *
     * @throws {ClienteleError} `connectors.paused`, `connectors.invalid` for a webhook, which nobody can read
     */
    requestRun: async (idOrKey: string): Promise<void> => {
      const { id, key, status, config } = await manager.find(idOrKey);
      if (config.type === "webhook")
        throw new ClienteleError("connectors.invalid", `${key} is a webhook: it is sent to, not read`);
      if (status !== "active") throw new ClienteleError("connectors.paused", `the source ${key} is paused`);
      await store.request(id, clock.now());
    },
    /** Reads one source now, here. @returns the id of its run; undefined when it is paused or another process reads it */
    runOnce: async (idOrKey: string): Promise<string | undefined> => begin((await manager.find(idOrKey)).id),
    /** Begins what is due, two at once; for a job of the scheduler role, every few seconds. Does not wait for the runs. */
    beginDue: async (): Promise<void> => {
      if (!isReleased) {
        // The only process there is: a claim is of its predecessor.
        isReleased = true;
        await store.releaseAll();
      }
      const free = runsAtOnce - underWay.size;
      if (free <= 0 || stopping.signal.aborted) return;
      for (const id of await store.due(clock.now(), free))
        begin(id).catch((error: unknown) => logger.error({ err: error, source: id }, "a run broke"));
    },
    /** Takes what names a person (customer numbers, addresses and their SHA-256) out of what is remembered. May be repeated. */
    erase: (values: readonly string[]): Promise<number> => store.records.erase(values.filter((value) => value !== "")),
    /** Housekeeping of the scheduler role. */
    maintain: async (): Promise<void> => {
      await store.deliveries.forget(clock.now() - deliveryRetentionMs);
      await store.runs.forget(clock.now() - runRetentionMs);
    },
    /** Ends runs under way after their present part; they go on with the next start. */
    stop: async (): Promise<void> => {
      stopping.abort();
      await Promise.allSettled(underWay.values());
    },
  };
}

export type Sources = ReturnType<typeof createSources>;
