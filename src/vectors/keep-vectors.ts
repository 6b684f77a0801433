// The vectors that serve, in memory, in step with the stored version and with the catalog; answers never wait for either.
import { setImmediate as pause } from "node:timers/promises";
import type { CatalogSnapshot } from "../catalog/index.ts";
import type { Logger } from "../kernel/index.ts";
import type { ModelStore } from "../models/index.ts";
import type { WordCounter } from "../search/index.ts";
import { weightedMean } from "./dot-products.ts";
import type { NearGraph } from "./hnsw.ts";
import type { VectorArtefact } from "./learn-vectors.ts";
import { createNearItems, type NearItems } from "./near-items.ts";
import { addRow, loadRows, type PackedRows } from "./packed-rows.ts";
import { vectorsKey } from "./run-learning.ts";
import { loadTextSpace, placeText, type TextSpace } from "./text-space.ts";

/** What the vectors need of the catalog: the products and word of each change. */
export type FollowedCatalog = {
  current(): CatalogSnapshot;
  onChange(
    handler: (change: { readonly upserted: readonly string[]; readonly deleted: readonly string[] }) => void,
  ): () => void;
};

export type KeeperDeps = {
  readonly models: Pick<ModelStore, "liveOf" | "liveNumber">;
  readonly catalog: FollowedCatalog;
  readonly counter: WordCounter;
  readonly logger: Logger;
  readonly buildGraph: (vectors: Float32Array, size: number) => Promise<NearGraph>;
  readonly exactUpTo?: number;
};

type Attention = readonly (readonly [sku: string, share: number])[];

export type VectorState = {
  readonly version: number | null;
  readonly text: { readonly space: TextSpace; readonly items: NearItems } | undefined;
  readonly itemRows: PackedRows | undefined;
  readonly rowOf: ReadonlyMap<string, number>;
  readonly queries: ReadonlyMap<string, Attention>;
};

/** About 10 ms of work. */
const productsPerSlice = 100;
const nearestTexts = 10;
/** Vectors of products that came after the learning. */
const maxNew = 10_000;

const empty: VectorState = {
  version: null,
  text: undefined,
  itemRows: undefined,
  rowOf: new Map(),
  queries: new Map(),
};

function read(version: number, artefact: VectorArtefact, deps: KeeperDeps): VectorState {
  const { text, items, queries } = artefact;
  const space = text ? loadTextSpace(text) : undefined;
  return {
    version,
    text: space && {
      space,
      items: createNearItems({
        ...{ size: space.size, buildGraph: deps.buildGraph },
        ...(deps.exactUpTo === undefined ? {} : { exactUpTo: deps.exactUpTo }),
      }),
    },
    itemRows: items ? loadRows(items.rows) : undefined,
    rowOf: new Map((items?.skus ?? []).map((sku, row) => [sku, row])),
    queries: new Map(
      queries.map(([query, skus, shares]) => [query, skus.map((sku, at) => [sku, shares[at] ?? 0] as const)]),
    ),
  };
}

export function createVectorKeeper(deps: KeeperDeps) {
  const { models, catalog, counter, logger } = deps;
  let state = empty;
  let isClosed = false;
  const pending = new Set<string>();
  const newItems = new Map<string, Float32Array>();
  let working: Promise<void> | undefined;

  const ownItem = ({ itemRows, rowOf }: VectorState, sku: string): Float32Array | undefined => {
    const row = rowOf.get(sku);
    if (!itemRows || row === undefined) return undefined;
    const vector = new Float32Array(itemRows.width);
    addRow(itemRows, row, 1, vector);
    return weightedMean([[vector, 1]]);
  };

  /** Of a product that came after the learning: the mean of those with the nearest texts. */
  const newItem = (target: VectorState, sku: string, text: Float32Array): void => {
    if (!target.itemRows || !target.text || target.rowOf.has(sku) || newItems.size >= maxNew) return;
    const near = target.text.items.nearest(text, nearestTexts + 1);
    const mean = weightedMean(
      near.flatMap((other) => {
        const vector = other.sku === sku ? undefined : ownItem(target, other.sku);
        return vector ? [[vector, 1] as const] : [];
      }),
    );
    if (mean) newItems.set(sku, mean);
  };

  const place = (target: VectorState, sku: string, isNew: boolean): void => {
    if (!target.text) return;
    const snapshot = catalog.current();
    const product = snapshot.get(sku);
    const words = product && counter.ofProduct(product, snapshot);
    const vector = words && placeText(target.text.space, words, 0);
    target.text.items.set(sku, vector);
    newItems.delete(sku);
    if (isNew && vector) newItem(target, sku, vector);
  };

  const takePending = (most: number): void => {
    for (const sku of [...pending].slice(0, most)) {
      pending.delete(sku);
      place(state, sku, true);
    }
  };

  /** Whatever waits, in slices. */
  const work = async (): Promise<void> => {
    while (pending.size > 0 && !isClosed) {
      takePending(productsPerSlice);
      await pause();
    }
    if (!isClosed) await state.text?.items.prepare();
  };
  const start = (): void => {
    working ??= work()
      .catch((err: unknown) => {
        if (!isClosed) logger.error({ err }, "vectors of changed products were not placed");
      })
      .finally(() => {
        working = undefined;
        if (pending.size > 0 && !isClosed) start();
      });
  };

  /** Places the whole catalog in another space, then serves it. */
  const exchange = async (next: VectorState, changed: ReadonlySet<string>): Promise<void> => {
    let taken = 0;
    newItems.clear();
    for (const sku of catalog.current().products.keys()) {
      place(next, sku, false);
      taken += 1;
      if (taken % productsPerSlice === 0) await pause();
      if (isClosed) return;
    }
    await next.text?.items.prepare();
    state.text?.items.discard();
    state = next;
    for (const sku of changed) pending.add(sku);
    for (const sku of next.rowOf.size > 0 ? (next.text?.items.skus() ?? []) : [])
      if (!next.rowOf.has(sku)) pending.add(sku);
    start();
  };

  const stop = catalog.onChange(({ upserted, deleted }) => {
    if (!state.text) return;
    const snapshot = catalog.current();
    for (const sku of [...upserted, ...deleted]) {
      pending.add(sku);
      const parent = snapshot.get(sku)?.parentSku;
      if (parent) pending.add(parent);
    }
    start();
  });

  return {
    state: (): VectorState => state,
    itemOf: (sku: string): Float32Array | undefined => ownItem(state, sku) ?? newItems.get(sku),
    /** Loads the version that serves, when it is another one. */
    load: async (): Promise<void> => {
      const number = await models.liveNumber(vectorsKey);
      if (number === state.version || isClosed) return;
      const live = number === null ? undefined : await models.liveOf(vectorsKey);
      // Written by a learning of this folder.
      const next = live ? read(live.version, live.artefact as VectorArtefact, deps) : empty;
      // What changes meanwhile is placed in the space that serves now, and once more in the next.
      const changed = new Set<string>();
      const stopNoting = catalog.onChange(({ upserted, deleted }) => {
        for (const sku of [...upserted, ...deleted]) changed.add(sku);
      });
      try {
        await exchange(next, changed);
      } finally {
        stopNoting();
      }
      logger.info({ version: next.version, products: next.text?.items.count() ?? 0 }, "vectors loaded");
    },
    settled: async (): Promise<void> => {
      while (working) await working;
    },
    close: (): void => {
      isClosed = true;
      state.text?.items.discard();
      stop();
    },
  };
}
