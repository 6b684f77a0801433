// Counts and the live ranker, in memory, refreshed in the background; answers never wait for either.
import type { CatalogSnapshot } from "../catalog/index.ts";
import type { Clock, Logger } from "../kernel/index.ts";
import type { ModelStore } from "../models/index.ts";
import { featureNames } from "./features.ts";
import { factsOf } from "./item-facts.ts";
import { type Device, defaultCurve, examinationOf, type PositionCurve } from "./position-bias.ts";
import { type FlatRanker, flattenRanker, type RankerModel } from "./ranker.ts";
import {
  buildRates,
  type ItemSignals,
  noSignals,
  type QueryItemSignals,
  type RateTree,
  type ShopSignals,
} from "./signals.ts";
import type { ItemRow, RankingStore, ShownRow } from "./store.clickhouse.ts";

/** Key of the ranker among models. */
export const rankerKey = "ranking";

/** JSON of a version. */
export type RankerArtefact = {
  readonly model: RankerModel;
  readonly curves: Readonly<Record<Device, PositionCurve>>;
};

export type LiveRanker = { readonly version: number; readonly flat: FlatRanker; readonly artefact: RankerArtefact };

export type RankingState = {
  readonly signals: ShopSignals;
  readonly tree: RateTree;
  readonly ranker: LiveRanker | undefined;
  /** When the counts were made, ms; null = never. */
  readonly countedAt: number | null;
};

const lastSlot = 50;

export function chancesOf(curve: PositionCurve): readonly number[] {
  return Array.from({ length: lastSlot }, (_, at) => examinationOf(curve, at + 1));
}

function joinItems(acts: readonly ItemRow[], shown: readonly ShownRow[]): ReadonlyMap<string, ItemSignals> {
  const seen = new Map(shown.map((row) => [row.sku, row]));
  const items = new Map<string, ItemSignals>();
  for (const { sku, ...act } of acts) {
    const list = seen.get(sku);
    items.set(sku, { ...act, shown: list?.shown ?? 0, clicks: list?.clicks ?? 0 });
  }
  for (const { sku, shown: times, clicks } of shown)
    if (!items.has(sku))
      items.set(sku, { views1d: 0, views7d: 0, views28d: 0, shown: times, clicks, carts: 0, orders: 0, returns: 0 });
  return items;
}

function joinQueries(rows: readonly (ShownRow & { readonly subject: string })[]): ShopSignals["queries"] {
  const queries = new Map<string, { clicks: number; items: Map<string, QueryItemSignals> }>();
  for (const { subject, sku, shown, clicks, carts, orders } of rows) {
    const query = queries.get(subject) ?? { clicks: 0, items: new Map<string, QueryItemSignals>() };
    query.clicks += clicks;
    query.items.set(sku, { shown, clicks, carts, orders });
    queries.set(subject, query);
  }
  return queries;
}

const noRates = buildRates({ items: new Map() }, () => undefined);

export function createSignalKeeper(deps: {
  readonly store: RankingStore;
  readonly models: Pick<ModelStore, "liveOf">;
  readonly catalog: { current(): CatalogSnapshot };
  readonly clock: Clock;
  readonly logger: Logger;
}) {
  const { store, models, catalog, clock, logger } = deps;
  let state: RankingState = { signals: noSignals, tree: noRates, ranker: undefined, countedAt: null };

  const loadRanker = async (): Promise<void> => {
    const live = await models.liveOf(rankerKey);
    if (live?.version === state.ranker?.version) return;
    if (!live) {
      state = { ...state, ranker: undefined };
      return;
    }
    // Written by a training of this folder.
    const artefact = live.artefact as RankerArtefact;
    const flat = flattenRanker(artefact.model, featureNames);
    state = { ...state, ranker: { version: live.version, flat, artefact } };
    logger.info({ version: live.version, trees: artefact.model.trees.length }, "ranker loaded");
  };

  const count = async (): Promise<void> => {
    const nowMs = clock.now();
    const chances = chancesOf(state.ranker?.artefact.curves.desktop ?? defaultCurve("desktop"));
    const acts = await store.items(nowMs);
    const shown = await store.shown(nowMs, chances, false);
    const queries = await store.shown(nowMs, chances, true);
    const signals: ShopSignals = {
      items: joinItems(acts, shown),
      queries: joinQueries(queries),
      explored: new Map(shown.filter(({ explored }) => explored > 0).map(({ sku, explored }) => [sku, explored])),
    };
    const snapshot = catalog.current();
    const tree = buildRates(signals, (sku) => {
      const product = snapshot.parentOf(sku);
      return product && factsOf(product);
    });
    state = { ...state, signals, tree, countedAt: nowMs };
  };

  return {
    state: (): RankingState => state,
    loadRanker,
    count,
  };
}
