import type { ClickHouse, Postgres } from "../storage/index.ts";

/** What the system page and /ready ask of the rest of the program. */
export type SystemDeps = {
  readonly version: string;
  readonly startedAt: number;
  readonly roles: readonly string[];
  /** Store views that definitions or the configuration name. */
  readonly storeViews: () => readonly string[];
  readonly now: () => number;
  readonly postgres: Pick<Postgres, "kind" | "ping" | "query">;
  readonly clickhouse: Pick<ClickHouse, "kind" | "ping" | "query">;
  readonly queues: () => Promise<{
    readonly pending: number;
    readonly oldestAt: number | null;
    readonly unexported: number;
    readonly deadLetters: number;
  }>;
  readonly eventsLastMinute: () => number;
  readonly eventsTotal: () => Promise<number>;
  readonly profiles: () => Promise<number>;
  readonly catalog: () => { readonly products: number; readonly version: number };
  readonly search: () => { readonly products: number };
  readonly isStopping: () => boolean;
};

const probeLimitMs = 2_000;

/** False when the engine fails or does not answer within two seconds. */
async function answers(probe: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), probeLimitMs);
  });
  const answer = probe().then(
    () => true,
    () => false,
  );
  const ok = await Promise.race([answer, limit]);
  clearTimeout(timer);
  return ok;
}

/** A figure of the page, or null when its engine fails or takes longer than the limit: the page is needed most just then. */
async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  let value: T | null = null;
  await answers(async () => {
    value = await read();
  });
  return value;
}

export function createSystemStatus(deps: SystemDeps) {
  // The answer hardly changes and the admin asks often.
  let versions: Promise<{ readonly postgres: string; readonly clickhouse: string }> | undefined;
  const readVersions = async () => {
    const [postgres, clickhouse] = await Promise.all([
      deps.postgres.query<{ version: string }>("select current_setting('server_version') as version"),
      deps.clickhouse.query<{ version: string }>("select version() as version"),
    ]);
    return { postgres: postgres.rows[0]?.version ?? "", clickhouse: clickhouse[0]?.version ?? "" };
  };

  return {
    /** Whether this process may get traffic. */
    ready: async (): Promise<{ readonly ready: boolean; readonly postgres: boolean; readonly clickhouse: boolean }> => {
      const [postgres, clickhouse] = await Promise.all([answers(deps.postgres.ping), answers(deps.clickhouse.ping)]);
      return { ready: postgres && clickhouse && !deps.isStopping(), postgres, clickhouse };
    },

    /** Everything the system page shows; a figure that cannot be read is null. */
    status: async () => {
      versions ??= readVersions().catch((error: unknown) => {
        // Asked again next time: the engine may be back.
        versions = undefined;
        throw error;
      });
      const [known, ready, queues, total, profiles] = await Promise.all([
        orNull(() => versions ?? readVersions()),
        Promise.all([answers(deps.postgres.ping), answers(deps.clickhouse.ping)]),
        orNull(deps.queues),
        orNull(deps.eventsTotal),
        orNull(deps.profiles),
      ]);
      const now = deps.now();
      const { rss, heapUsed } = process.memoryUsage();
      return {
        version: deps.version,
        node: process.version,
        uptimeS: Math.round((now - deps.startedAt) / 1000),
        roles: [...deps.roles],
        storeViews: [...deps.storeViews()],
        postgres: { kind: deps.postgres.kind, version: known?.postgres ?? "", ok: ready[0] },
        clickhouse: { kind: deps.clickhouse.kind, version: known?.clickhouse ?? "", ok: ready[1] },
        inbox: {
          pending: queues?.pending ?? null,
          oldestAgeMs: queues?.oldestAt ? Math.max(0, now - queues.oldestAt) : 0,
        },
        export: { pending: queues?.unexported ?? null },
        events: { lastMinute: deps.eventsLastMinute(), total },
        profiles,
        catalog: deps.catalog(),
        search: deps.search(),
        memoryMb: { rss: Math.round(rss / 1024 ** 2), heapUsed: Math.round(heapUsed / 1024 ** 2) },
        deadLetters: queues?.deadLetters ?? null,
      };
    },
  };
}
