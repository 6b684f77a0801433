import type { Retrieved } from "../retrieval/retrieve.ts";
import { stockOfKey } from "../retrieval/sort.ts";
import type { Hit } from "../retrieval/top-k.ts";
import type { SearchRequest } from "../search-types.ts";
import { type RankedCandidate, rankPersonally, type SignalEffect } from "./personal-rank.ts";
import { pinPlaces, withPins } from "./pin-places.ts";
import type { TextFeatures } from "./ranking-model.ts";

// From text order to the order shown: signals of behaviour (bounded) or a model → factors of the merchandiser → diversity
// and exploration → pins. Only the first `candidates` hits take part, so the text decides who is among them; the rest
// follows in text order.

/** One product of a list, with all that brought it to its place. */
export type RankedRow = {
  readonly hit: Hit;
  readonly score: number;
  readonly base: number;
  readonly signals: readonly SignalEffect[];
  /** What the model said, when one judged the list. */
  readonly model?: number;
  /** Factor of the merchandiser's rules. */
  readonly factor: number;
  /** Chance with which it came to its place; 1 = no chance in it. */
  readonly propensity: number;
  readonly isPinned: boolean;
  readonly isExact: boolean;
  /** Cosine with the query, of a product that stands here for what it means, not for its words. */
  readonly meaning?: number;
};

export type RankDeps = {
  readonly retrieved: Retrieved;
  readonly request: Pick<SearchRequest, "signals" | "model" | "arrangement" | "reorder">;
  /** Hits that take part; 0 = the text order stays as it is. */
  readonly candidates: number;
  readonly isBrowsing: boolean;
  readonly textOf: (hit: Hit) => TextFeatures | undefined;
};

/** Rows that are handed to the reordering: what lies behind them is not looked at for diversity. */
const reordered = 1_000;
/** An exact match stands this far above what signals or a model make of the others. */
const exactLead = 2;

export function rankList(deps: RankDeps): readonly RankedRow[] {
  const { retrieved, request, candidates } = deps;
  const { hits } = retrieved;
  const highest = hits.reduce((most, { score }) => Math.max(most, score), 0);
  if (candidates === 0) return hits.map((hit) => plainRow(deps, hit, highest));
  const skuOf = ({ hit }: { readonly hit: Hit }) => retrieved.segments[hit.segment]?.skus[hit.doc] ?? "";
  const head = hits.slice(0, candidates);
  const personal = rankPersonally(head, request.signals ?? [], (hit) => skuOf({ hit })).map((row) =>
    personalRow(deps, row),
  );
  const judged = arranged(deps, withModel(deps, inOrder(deps, withExactFirst(personal)), skuOf), skuOf);
  const pins = (request.arrangement?.pins ?? []).filter(({ sku }) => retrieved.pinned.has(sku));
  if (pins.length === 0 && !request.reorder) return [...judged, ...tailOf(deps, highest)];
  const rowBySku = new Map(judged.map((row) => [skuOf(row), row]));
  const places = pinPlaces(pins, retrieved.total);
  const free = [...judged, ...tailOf(deps, highest)].filter((row) => !places.has(skuOf(row)));
  const pinnedRow = (sku: string) => {
    const hit = retrieved.pinned.get(sku);
    const row = rowBySku.get(sku) ?? (hit && plainRow(deps, hit, highest));
    return row && changed(row, { isPinned: true });
  };
  return withPins(shuffled(deps, free, new Set(places.values()), skuOf), places, pinnedRow);
}

const tailOf = (deps: RankDeps, highest: number) =>
  deps.retrieved.hits.slice(deps.candidates).map((hit) => plainRow(deps, hit, highest));

function plainRow(deps: RankDeps, hit: Hit, highest: number): RankedRow {
  const base = highest > 0 ? Math.min(1, hit.score / highest) : 1;
  return {
    hit,
    score: base,
    base,
    signals: [],
    factor: 1,
    propensity: 1,
    isPinned: false,
    isExact: isExact(deps, hit),
  };
}

function isExact({ retrieved: { exactAbove } }: RankDeps, hit: Hit): boolean {
  return exactAbove > 0 && hit.score > exactAbove;
}

/** A class, because twenty thousand rows with getters of their own cost 50 ms; the signals are made for the page only. */
class PersonalRow implements RankedRow {
  readonly hit: Hit;
  readonly score: number;
  readonly base: number;
  readonly model?: number;
  readonly factor: number;
  readonly propensity: number;
  readonly isPinned: boolean;
  readonly isExact: boolean;
  readonly source: RankedCandidate<Hit>;

  constructor(source: RankedCandidate<Hit>, fields: Changeable) {
    this.hit = source.candidate;
    this.base = source.base;
    this.source = source;
    this.score = fields.score;
    if (fields.model !== undefined) this.model = fields.model;
    this.factor = fields.factor;
    this.propensity = fields.propensity;
    this.isPinned = fields.isPinned;
    this.isExact = fields.isExact;
  }

  get signals(): readonly SignalEffect[] {
    return this.source.signalsAt(this.source.at);
  }
}

type Changeable = Pick<RankedRow, "score" | "model" | "factor" | "propensity" | "isPinned" | "isExact">;

function personalRow(deps: RankDeps, row: RankedCandidate<Hit>): RankedRow {
  const isExactRow = isExact(deps, row.candidate);
  return new PersonalRow(row, { score: row.score, factor: 1, propensity: 1, isPinned: false, isExact: isExactRow });
}

/** The same row with other fields, and its signals still made on demand. */
function changed(row: RankedRow, fields: Partial<Changeable>): RankedRow {
  if (!(row instanceof PersonalRow)) return { ...row, ...fields };
  const { score, model, factor, propensity, isPinned, isExact: isExactRow } = row;
  const before = { score, factor, propensity, isPinned, isExact: isExactRow };
  return new PersonalRow(row.source, { ...before, ...(model === undefined ? {} : { model }), ...fields });
}

function withExactFirst(rows: readonly RankedRow[]): readonly RankedRow[] {
  if (!rows.some((row) => row.isExact)) return rows;
  const others = rows.reduce((most, row) => (row.isExact ? most : Math.max(most, row.score)), 0);
  const least = rows.reduce((low, row) => (row.isExact ? Math.min(low, row.score) : low), Number.POSITIVE_INFINITY);
  const lift = least > 0 ? Math.max(1, (exactLead * others) / least) : 1;
  return rows.map((row) => (row.isExact ? changed(row, { score: row.score * lift }) : row));
}

/** By score; while browsing after the stock, for neither taste nor rules sell what is not there. */
function inOrder({ isBrowsing }: RankDeps, rows: readonly RankedRow[]): readonly RankedRow[] {
  if (!isBrowsing) return [...rows].sort((a, b) => b.score - a.score);
  return [...rows].sort((a, b) => stockOfKey(b.hit.key) - stockOfKey(a.hit.key) || b.score - a.score);
}

function withModel(
  deps: RankDeps,
  rows: readonly RankedRow[],
  skuOf: (row: RankedRow) => string,
): readonly RankedRow[] {
  const { model } = deps.request;
  if (!model) return rows;
  const head = rows.slice(0, model.candidates);
  const textOf = (at: number) => {
    const hit = head[at]?.hit;
    return hit && !deps.isBrowsing ? deps.textOf(hit) : undefined;
  };
  const scores = model.score({ skus: head.map(skuOf), scores: Float64Array.from(head, ({ score }) => score), textOf });
  if (!scores) return rows;
  const judged = withExactFirst(
    head.map((row, at) => changed(row, { score: scores[at] ?? 0, model: scores[at] ?? 0 })),
  );
  const lowest = judged.reduce((low, { score }) => Math.min(low, score), 1);
  const rest = rows.slice(model.candidates);
  const best = rest.reduce((most, { score }) => Math.max(most, score), 0);
  // What the model did not see stays below what it saw, in its own order.
  const behind = rest.map((row) => changed(row, { score: best > 0 ? (lowest * row.score) / best : 0 }));
  return inOrder(deps, [...judged, ...behind]);
}

function arranged(deps: RankDeps, rows: readonly RankedRow[], skuOf: (row: RankedRow) => string): readonly RankedRow[] {
  const { arrangement } = deps.request;
  if (!arrangement) return rows;
  const factors = arrangement.factorsOf(rows.map(skuOf));
  return inOrder(
    deps,
    rows.map((row, at) => {
      const factor = factors[at] ?? 1;
      return factor === 1 ? row : changed(row, { factor, score: row.score * factor });
    }),
  );
}

function shuffled(
  { request }: RankDeps,
  rows: readonly RankedRow[],
  pinned: ReadonlySet<number>,
  skuOf: (row: RankedRow) => string,
): readonly RankedRow[] {
  if (!request.reorder) return rows;
  const head = rows.slice(0, reordered);
  const { order, propensities } = request.reorder({
    skus: head.map(skuOf),
    scores: Float64Array.from(head, ({ score }) => score),
    pinned,
  });
  const seen = new Set(order);
  if (order.length !== head.length || seen.size !== head.length || !head.every((_, at) => seen.has(at)))
    throw new Error(`a reordering of ${head.length} products named ${seen.size} of them in ${order.length} places`);
  const moved = order.flatMap((from, to) => {
    const row = head[from];
    return row ? changed(row, { propensity: propensities[to] ?? 1 }) : [];
  });
  return [...moved, ...rows.slice(reordered)];
}
