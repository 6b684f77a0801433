// Gathers the rows that stored events add to leaves, by profile, in memory: a count that was cut off leaves nothing behind.
import type { EventLeafSpec, RuleObject } from "../kernel/rules/index.ts";
import type { PastEvent, WalkOptions, WalkTimesOptions } from "../measurement/index.ts";
import type { Owner } from "../profiles/index.ts";

/** Profile → hash → rows, ascending by time. */
export type RowsByProfile = Map<string, Map<string, readonly number[]>>;

/** Events up to a time of receipt, each visited once with the profile that owns it now. */
export type PastEvents = {
  readonly count: (types: readonly string[], receivedUntil: number) => Promise<number>;
  /** @returns the number of events read; undefined when it was stopped */
  readonly walk: (options: WalkOptions) => Promise<number | undefined>;
  /** The same where only times are asked for, which is much faster. */
  readonly walkTimes: (options: WalkTimesOptions) => Promise<number | undefined>;
};

export type CountLeavesOptions = {
  readonly past: Pick<PastEvents, "walk" | "walkTimes">;
  readonly leaves: readonly EventLeafSpec[];
  /** Events received up to here, ms. */
  readonly cutoff: number;
  readonly productOf: (sku: string) => RuleObject | undefined;
  readonly of?: readonly Owner[] | undefined;
  readonly owns?: ((profileId: string) => boolean) | undefined;
  readonly progress?: (done: number) => Promise<void>;
  readonly isStopped?: () => boolean;
};

/** Rows that profiles keep of one leaf; see the rows of the rule language. */
const keptRows = 1_000;

export function eventTypesOf(leaves: readonly EventLeafSpec[]): readonly string[] {
  return [...new Set(leaves.flatMap(({ names }) => names))];
}

/** Top-level keys of `properties` that the leaves read; null when that cannot be told. */
export function propertiesRead(leaves: readonly EventLeafSpec[]): readonly string[] | null {
  const keys = new Set<string>();
  for (const { definition } of leaves) {
    const text = JSON.stringify([definition.where, definition.columns]);
    // Keys of other characters are rare: then everything is read.
    if (/event\.properties(?!\.[A-Za-z0-9_]+["\\.])|\\/.test(text)) return null;
    for (const [, key] of text.matchAll(/event\.properties\.([A-Za-z0-9_]+)/g)) if (key !== undefined) keys.add(key);
    if (/"item[."]|"items"|"product\./.test(text)) {
      for (const key of ["items", "sku", "parentSku", "name", "qty", "unitPrice", "lineTotal"]) keys.add(key);
    }
  }
  return [...keys];
}

function readsContext(leaves: readonly EventLeafSpec[]): boolean {
  return leaves.some(({ definition }) =>
    JSON.stringify([definition.where, definition.columns]).includes("event.context"),
  );
}

function ascending(rows: readonly number[], stride: number): readonly number[] {
  if (stride === 1) return [...rows].sort((a, b) => a - b).slice(-keptRows);
  const places = Array.from({ length: rows.length / stride }, (_, row) => row * stride);
  places.sort((a, b) => (rows[a] ?? 0) - (rows[b] ?? 0));
  return places.slice(-keptRows).flatMap((at) => rows.slice(at, at + stride));
}

/** What one profile has of one leaf so far; sorted when it is read, and now and then so that it stays small. */
function addRows(own: Map<string, readonly number[]>, { hash, stride }: EventLeafSpec, rows: readonly number[]): void {
  const known = own.get(hash) as number[] | undefined;
  if (known === undefined) own.set(hash, [...rows]);
  else {
    known.push(...rows);
    if (known.length > 4 * keptRows * stride) own.set(hash, [...ascending(known, stride)]);
  }
}

/** A leaf that asks for nothing but when events were. */
function isPlain({ definition }: EventLeafSpec): boolean {
  return definition.where === null && definition.columns.length === 0;
}

/** @returns undefined when it was stopped */
export async function countLeaves(options: CountLeavesOptions): Promise<RowsByProfile | undefined> {
  const { past, leaves, productOf } = options;
  const byType = new Map<string, EventLeafSpec[]>();
  for (const leaf of leaves) for (const name of leaf.names) byType.set(name, [...(byType.get(name) ?? []), leaf]);
  const found: RowsByProfile = new Map();
  const ownOf = (profileId: string): Map<string, readonly number[]> => {
    const known = found.get(profileId);
    if (known) return known;
    const own = new Map<string, readonly number[]>();
    found.set(profileId, own);
    return own;
  };
  const context = { productOf };
  const visit = (profileId: string, event: PastEvent): void => {
    const ruleEvent = {
      type: event.type,
      timestamp: event.timestamp,
      source: event.sourceId,
      storeView: event.storeView,
      properties: event.properties,
      context: event.context,
    };
    for (const leaf of byType.get(event.type) ?? []) {
      const rows = leaf.rowsOf(ruleEvent, context);
      if (rows.length > 0) addRows(ownOf(profileId), leaf, rows);
    }
  };
  const { cutoff, of, owns, progress, isStopped } = options;
  const shared = { cutoff, of, owns, ...(isStopped ? { isStopped } : {}) };
  const types = [...byType.keys()];
  const plain = types.filter((type) => byType.get(type)?.every(isPlain));
  let done = 0;
  if (plain.length > 0) {
    const read = await past.walkTimes({
      ...shared,
      types: plain,
      visit: (profileId, type, at) => {
        for (const leaf of byType.get(type) ?? []) addRows(ownOf(profileId), leaf, [at]);
      },
      ...(progress ? { progress } : {}),
    });
    if (read === undefined) return undefined;
    done = read;
  }
  const others = leaves.filter((leaf) => !isPlain(leaf) || leaf.names.some((name) => !plain.includes(name)));
  if (plain.length < types.length) {
    const read = await past.walk({
      ...shared,
      types: types.filter((type) => !plain.includes(type)),
      properties: propertiesRead(others),
      context: readsContext(others),
      visit,
      ...(progress ? { progress: (more: number) => progress(done + more) } : {}),
    });
    if (read === undefined) return undefined;
  }
  const strides = new Map(leaves.map(({ hash, stride }) => [hash, stride]));
  for (const own of found.values())
    for (const [hash, rows] of own) own.set(hash, ascending(rows, strides.get(hash) ?? 1));
  return found;
}
