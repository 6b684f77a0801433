import { setImmediate as pause } from "node:timers/promises";
import type { CatalogSnapshot } from "../../catalog/index.ts";
import type { Clock, Logger } from "../../kernel/index.ts";
import { createAnalyzer } from "../analysis/analysis.ts";
import { localTextOf } from "../analysis/local-text.ts";
import type { IndexDocument } from "./index-document.ts";
import type { IndexFile, SavedIndex } from "./index-file.ts";
import { isIndexed, toIndexDocument } from "./product-document.ts";
import { createProductIndex, type ProductIndex } from "./product-index.ts";
import { startBuild } from "./start-build.ts";

/** What the index needs of the catalog: the product snapshots and word of each change. */
export type SearchableCatalog = {
  current(): CatalogSnapshot;
  onChange(
    handler: (change: {
      readonly version: number;
      readonly upserted: readonly string[];
      readonly deleted: readonly string[];
    }) => void,
  ): () => void;
};

export type IndexKeeper = {
  /** The index to search now; replaced as a whole when the attributes of the catalog change. */
  readonly index: () => ProductIndex;
  /** Resolves when everything that the catalog holds now can be found. */
  readonly settled: () => Promise<void>;
  /** Writes the file of the index now, when there is a folder for it. */
  readonly save: () => Promise<void>;
  readonly close: () => void;
};

/** A change of at most this many products is searchable before `onChange` returns. */
const immediateChanges = 50;
/** Products between two pauses of a build: about 10 ms of work. */
const productsPerSlice = 200;
/** Products in one segment of a build: its sorting is the longest step that cannot pause, about 20 ms. */
const productsPerSegment = 4_000;
const segmentsBeforeMerge = 12;
/** Larger catalogs are built in a thread of their own: two seconds of work here, all of it between requests. */
const defaultWorkerAbove = 50_000;
/** Products in one message to the thread: about 5 ms to make and copy. */
const productsPerMessage = 250;
/** Products between two pauses of a look for changes: about 10 ms. */
const productsPerLook = 20_000;
/** A smaller index is built faster than its file pays: 0.2 s. */
const minSaved = 5_000;
/** Clocks of processes that write the catalog may differ by as much. */
const clockSkewMs = 600_000;

/** Keeps an index in step with the catalog: builds it in slices, applies changes, merges in the background. */
export function keepIndex(deps: {
  readonly catalog: SearchableCatalog;
  /** Language of the texts, e.g. `de-AT`. */
  readonly locale: string;
  /** Where the index is kept for the next start; absent = nowhere. */
  readonly file?: IndexFile;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Products above which an index is built in a thread of its own; default 50,000. */
  readonly workerAbove?: number;
}): IndexKeeper {
  const { catalog, clock, logger, file, workerAbove = defaultWorkerAbove } = deps;
  const analyzer = createAnalyzer({ locale: deps.locale });
  const localText = localTextOf(deps.locale);
  let index = createProductIndex({ analyzer });
  let indexed: CatalogSnapshot | undefined;
  /** Products whose change waits. */
  const pending = new Set<string>();
  /** Indexed parent of each variant: a variant that leaves its parent changes both. */
  const parentByVariant = new Map<string, string>();
  let working: Promise<void> = Promise.resolve();
  let isWorking = false;
  let isRebuilding = false;
  let closed = false;
  let stopBuild: () => void = () => undefined;

  function documentOf(sku: string, snapshot: CatalogSnapshot) {
    const product = snapshot.get(sku);
    if (!product || !isIndexed(product)) return undefined;
    for (const variant of product.variants) parentByVariant.set(variant, sku);
    return toIndexDocument(product, snapshot, localText);
  }

  function applyChanges(skus: readonly string[], snapshot: CatalogSnapshot): void {
    const documents = skus.map((sku) => ({ sku, document: documentOf(sku, snapshot) }));
    index.apply(
      documents.flatMap(({ document }) => document ?? []),
      documents.flatMap(({ sku, document }) => (document || !index.has(sku) ? [] : [sku])),
    );
  }

  function collect(skus: readonly string[], snapshot: CatalogSnapshot): void {
    for (const sku of skus) {
      const product = snapshot.get(sku);
      const before = parentByVariant.get(sku);
      if (before !== undefined) pending.add(before);
      if (product?.parentSku) pending.add(product.parentSku);
      else if (before !== undefined) parentByVariant.delete(sku);
      // The product itself too: what is a variant now may have been listed before.
      pending.add(sku);
    }
  }

  function collectRenamed(snapshot: CatalogSnapshot): void {
    if (!indexed || indexed.categories === snapshot.categories) return;
    const paths = new Set([...indexed.categories.keys(), ...snapshot.categories.keys()]);
    for (const path of paths) {
      if (indexed.categories.get(path)?.name === snapshot.categories.get(path)?.name) continue;
      for (const { sku } of snapshot.inCategory(path)) pending.add(sku);
    }
  }

  function onChange({
    upserted,
    deleted,
  }: {
    readonly upserted: readonly string[];
    readonly deleted: readonly string[];
  }): void {
    const snapshot = catalog.current();
    if (!indexed || !sameAttributes(indexed, snapshot)) {
      start();
      return;
    }
    collect(upserted, snapshot);
    collect(deleted, snapshot);
    collectRenamed(snapshot);
    indexed = snapshot;
    dropHidden(snapshot);
    // Also while segments are merged: a merge repeats the deletions of its time.
    if (!isRebuilding && pending.size <= immediateChanges) takePending(immediateChanges, snapshot);
    if (pending.size > 0 || index.segments().length > 1) start();
  }

  /** What must not be seen any more goes at once, however much waits. */
  function dropHidden(snapshot: CatalogSnapshot): void {
    const gone = [...pending].filter((sku) => {
      const product = snapshot.get(sku);
      return (!product || !isIndexed(product)) && index.has(sku);
    });
    index.apply([], gone);
  }

  function takePending(limit: number, snapshot: CatalogSnapshot): void {
    const skus = [...pending].slice(0, limit);
    for (const sku of skus) pending.delete(sku);
    applyChanges(skus, snapshot);
  }

  function start(): void {
    if (isWorking || closed) return;
    isWorking = true;
    working = work().catch((cause: unknown) => {
      isWorking = false;
      logger.error({ err: cause }, "search index update failed");
    });
  }

  /** Takes the index of the last run, and notes what has changed since. */
  async function restore(): Promise<void> {
    const startedAt = clock.now();
    const saved = await file?.load(catalog.current());
    const snapshot = catalog.current();
    if (!saved || closed) return;
    index = createProductIndex({ analyzer, state: saved.state });
    indexed = snapshot;
    for (const [variant, parent] of saved.parents) parentByVariant.set(variant, parent);
    if (saved.version !== snapshot.version) await noteChanges(snapshot, saved);
    const products = index.statistics().size;
    logger.info({ products, changed: pending.size, durationMs: clock.now() - startedAt }, "search index read");
  }

  async function noteChanges(snapshot: CatalogSnapshot, { newestMs, parents }: SavedIndex): Promise<void> {
    let looked = 0;
    const pauseNowAndThen = async () => {
      looked += 1;
      if (looked % productsPerLook === 0) await pause();
    };
    for (const product of snapshot.products.values()) {
      if (product.updatedAt >= newestMs - clockSkewMs) collect([product.sku], snapshot);
      else if (isIndexed(product) && !index.has(product.sku)) pending.add(product.sku);
      await pauseNowAndThen();
    }
    for (const [variant, parent] of parents) {
      if (snapshot.get(variant)?.parentSku !== parent) pending.add(parent);
      await pauseNowAndThen();
    }
    for (const { skus } of index.segments()) {
      for (const sku of skus) {
        const product = snapshot.get(sku);
        if (index.has(sku) && (!product || !isIndexed(product))) pending.add(sku);
        await pauseNowAndThen();
      }
    }
  }

  /** Everything that waits: a rebuild, changes, merges; pauses between slices. */
  async function work(): Promise<void> {
    if (!indexed && file) await restore();
    while (!closed) {
      const snapshot = catalog.current();
      if (!indexed || !sameAttributes(indexed, snapshot)) {
        isRebuilding = true;
        await rebuild(snapshot);
        isRebuilding = false;
      }
      if (pending.size > 0) takePending(productsPerSlice, catalog.current());
      else if (!(await mergeOnce()) && pending.size === 0) break;
      await pause();
    }
    if (!closed && indexed && index.statistics().size >= minSaved) file?.saveIfDue(index, content());
    // Set in the same turn as the last look at `pending`, so that no change falls between.
    isWorking = false;
  }

  const content = () => ({ snapshot: indexed ?? catalog.current(), parents: parentByVariant });

  async function rebuild(snapshot: CatalogSnapshot): Promise<void> {
    const startedAt = clock.now();
    pending.clear();
    indexed = snapshot;
    const isLarge = snapshot.products.size > workerAbove;
    const built = (isLarge && (await buildApart(snapshot))) || (closed ? undefined : await buildHere(snapshot));
    if (!built) return;
    index = built;
    logger.info({ products: built.statistics().size, durationMs: clock.now() - startedAt }, "search index built");
  }

  /** In a thread of its own; the index that answers is replaced when it is complete. Undefined when that failed. */
  async function buildApart(snapshot: CatalogSnapshot): Promise<ProductIndex | undefined> {
    const build = startBuild(deps.locale);
    stopBuild = () => void build.stop();
    try {
      let batch: IndexDocument[] = [];
      for (const sku of snapshot.products.keys()) {
        const document = documentOf(sku, snapshot);
        if (document) batch.push(document);
        if (batch.length < productsPerMessage) continue;
        await build.add(batch);
        await pause();
        batch = [];
        if (closed) return undefined;
      }
      await build.add(batch);
      return createProductIndex({ analyzer, state: await build.finish() });
    } catch (cause) {
      if (closed) return undefined;
      logger.warn({ err: cause }, "search index not built in its thread; it is built here");
      return undefined;
    } finally {
      await build.stop();
    }
  }

  /** Between requests. The first index is searchable as it grows. */
  async function buildHere(snapshot: CatalogSnapshot): Promise<ProductIndex | undefined> {
    const next = createProductIndex({ analyzer });
    if (index.statistics().size === 0) index = next;
    let builder = next.startBulk();
    let sliced = 0;
    for (const sku of snapshot.products.keys()) {
      const document = documentOf(sku, snapshot);
      if (document) builder.add(document);
      sliced += 1;
      if (builder.size() >= productsPerSegment) {
        builder.commit();
        builder = next.startBulk();
        if (next.segments().length >= segmentsBeforeMerge) await mergeOnce(next);
      }
      if (sliced % productsPerSlice === 0) await pause();
      if (closed) return undefined;
    }
    builder.commit();
    return next;
  }

  async function mergeOnce(target = index): Promise<boolean> {
    const merge = target.startCompaction();
    if (!merge) return false;
    while (!merge.next().done) {
      await pause();
      if (closed) return false;
    }
    return true;
  }

  const stop = catalog.onChange(onChange);
  start();
  return {
    index: () => index,
    async settled() {
      while (isWorking) await working;
    },
    async save() {
      await file?.save(index, content());
    },
    close() {
      closed = true;
      stop();
      stopBuild();
    },
  };
}

function sameAttributes(a: CatalogSnapshot, b: CatalogSnapshot): boolean {
  return a.attributes === b.attributes || JSON.stringify([...a.attributes]) === JSON.stringify([...b.attributes]);
}
