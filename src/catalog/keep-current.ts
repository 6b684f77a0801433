import type { Clock, Logger } from "../kernel/index.ts";
import { localDayOf } from "../kernel/rules/index.ts";
import { type CatalogChange, type CatalogUpdate, createCatalogMemory } from "./catalog-memory.ts";
import type { CatalogProduct } from "./product.ts";
import type { CatalogSnapshot } from "./snapshot.ts";
import { createSpecialDays } from "./special-days.ts";
import type { CatalogStore } from "./store.ts";

export type CatalogKeeper = {
  readonly current: () => CatalogSnapshot;
  readonly onChange: (handler: (change: CatalogChange) => void) => () => void;
  /** Takes in what was written since, by anybody. */
  readonly refresh: () => Promise<void>;
  /** Number of the last change that is in the snapshot. */
  readonly version: () => number;
  readonly close: () => Promise<void>;
};

type KeeperDeps = {
  readonly store: CatalogStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timezone: string;
  readonly pollMs: number;
};

/** Applies stored changes to the memory of this process, in order, and tells those who want to know. */
function createRefresh({ store, clock, logger, timezone }: KeeperDeps) {
  const memory = createCatalogMemory();
  const today = () => localDayOf(clock.now(), timezone);
  const specialDays = createSpecialDays(today());
  const handlers = new Set<(change: CatalogChange) => void>();
  let products = 0;
  let lists = { categories: 0, attributes: 0 };
  const version = () => Math.max(products, lists.categories, lists.attributes);

  const apply = (update: CatalogUpdate) => {
    const change = memory.apply(update);
    for (const handler of handlers) {
      try {
        handler(change);
      } catch (cause) {
        // One reader must not keep the others from seeing the change.
        logger.error({ err: cause }, "catalog change handler failed");
      }
    }
  };
  const refreshLists = async () => {
    const versions = await store.listVersions();
    if (versions.categories <= lists.categories && versions.attributes <= lists.attributes) return;
    const categories = await store.categories();
    const attributes = await store.attributes();
    lists = versions;
    apply({ version: version(), categories, attributes });
  };
  const turnDay = () => {
    const changed = specialDays.turnTo(today());
    if (changed.length > 0) apply({ version: version(), upserted: changed });
  };
  const refreshNow = async () => {
    turnDay();
    await refreshLists();
    for (;;) {
      const changes = await store.changesSince(products);
      if (changes.version === products) return;
      products = changes.version;
      const upserted = specialDays.take(changes.upserted, changes.deleted);
      apply({ version: version(), upserted, deleted: changes.deleted });
    }
  };
  // Refreshes run one after the other: two at once could apply an older page last.
  let queue: Promise<void> = Promise.resolve();

  return {
    memory,
    handlers,
    version,
    refresh: (): Promise<void> => {
      const next = queue.then(refreshNow);
      queue = next.catch(() => undefined);
      return next;
    },
    settled: () => queue,
    /** The whole catalog at once; what is written meanwhile comes with the next refresh. */
    loadAll: async () => {
      products = await store.version();
      const all: CatalogProduct[] = [];
      for await (const page of store.all()) all.push(...specialDays.take(page));
      memory.apply({ version: products, upserted: all });
    },
  };
}

/** Loads the catalog, then listens for announced changes and looks for others every `pollMs` (0 = never). */
export async function keepCurrent(deps: KeeperDeps): Promise<CatalogKeeper> {
  const { store, clock, logger, pollMs } = deps;
  const { memory, handlers, version, refresh, settled, loadAll } = createRefresh(deps);
  const startedAt = clock.now();
  await loadAll();
  await refresh();
  const { products, categories } = memory.current();
  logger.info(
    { products: products.size, categories: categories.size, tookMs: clock.now() - startedAt },
    "catalog loaded",
  );

  const refreshInBackground = () => {
    refresh().catch((cause: unknown) => logger.warn({ err: cause }, "catalog refresh failed"));
  };
  const stopListening = await store.onAnnounced(refreshInBackground);
  const poll = pollMs > 0 ? setInterval(refreshInBackground, pollMs).unref() : undefined;

  return {
    current: memory.current,
    onChange: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    refresh,
    version,
    close: async () => {
      clearInterval(poll);
      await stopListening();
      await settled();
    },
  };
}
