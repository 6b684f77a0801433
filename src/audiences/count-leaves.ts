// Gathers the rows that stored events add to leaves, by profile, in memory: a count that was cut off leaves nothing behind.
import { type EventLeafSpec, keptLeafRows, type RuleObject, sortLeafRows } from "../kernel/rules/index.ts";
import type { PastEvent, WalkOptions, WalkTimesOptions } from "../measurement/index.ts";
import type { Owner } from "../profiles/index.ts";
import { indexLeaves } from "./leaf-state.ts";
import type { LeafLists } from "./sql/index.ts";

/** Profile → hash → rows, ascending by time. */
export type RowsByProfile = Map<string, Map<string, readonly number[]>>;

/** Events up to a time of receipt, each visited once with the profile that owns it now. */
export type PastEvents = {
  readonly count: (types: readonly string[], receivedUntil: number) => Promise<number>;
  /** @returns the number of events read; undefined when it was stopped */
  readonly walk: (options: WalkOptions) => Promise<number | undefined>;
  /** The same where only times are asked for, which is much faster. */
  readonly walkTimes: (options: WalkTimesOptions) => Promise<number | undefined>;
  /** Leaves that `walkTimes` counts; the others need the events. Default none. */
  readonly listsOf?: (leaves: readonly EventLeafSpec[]) => readonly LeafLists[];
};

export type CountLeavesOptions = {
  readonly past: Omit<PastEvents, "count">;
  readonly leaves: readonly EventLeafSpec[];
  /** Events received up to here, ms. */
  readonly cutoff: number;
  readonly productOf: (sku: string) => RuleObject | undefined;
  readonly of?: readonly Owner[] | undefined;
  readonly owns?: ((profileId: string) => boolean) | undefined;
  readonly progress?: (done: number) => Promise<void>;
  readonly isStopped?: () => boolean;
};

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

/** What one profile has of one leaf so far; sorted when it is read, and now and then so that it stays small. */
function addRows(own: Map<string, readonly number[]>, { hash, stride }: EventLeafSpec, rows: readonly number[]): void {
  // Rows come as arrays of their own, so that the first of them is what is added to.
  const known = own.get(hash) as number[] | undefined;
  if (known === undefined) own.set(hash, rows);
  else {
    // A machine may have a million events: more than a call takes arguments.
    for (const cell of rows) known.push(cell);
    if (known.length > 4 * keptLeafRows * stride) own.set(hash, [...sortLeafRows(known, stride)]);
  }
}

function isAscending(times: readonly number[]): boolean {
  for (let at = 1; at < times.length; at += 1) if ((times[at] ?? 0) < (times[at - 1] ?? 0)) return false;
  return true;
}

function inOrder(rows: readonly number[], stride: number): readonly number[] {
  const isDone = stride === 1 && rows.length <= keptLeafRows && isAscending(rows);
  return isDone ? rows : sortLeafRows(rows, stride);
}

/** @returns undefined when it was stopped */
export async function countLeaves(options: CountLeavesOptions): Promise<RowsByProfile | undefined> {
  const { past, leaves, cutoff, of, owns, progress, isStopped } = options;
  const found: RowsByProfile = new Map();
  const ownOf = (profileId: string): Map<string, readonly number[]> => {
    const known = found.get(profileId);
    if (known) return known;
    const own = new Map<string, readonly number[]>();
    found.set(profileId, own);
    return own;
  };
  const shared = { cutoff, of, owns, ...(isStopped ? { isStopped } : {}) };
  let done = 0;
  const reading = progress ? { progress: (more: number) => progress(done + more) } : {};
  const ofTimes = past.listsOf?.(leaves) ?? [];
  for (const { events, leaves: listed } of ofTimes) {
    const visit = (profileId: string, list: number, times: readonly number[]): void => {
      const leaf = listed[list];
      if (leaf) addRows(ownOf(profileId), leaf, times);
    };
    const read = await past.walkTimes({ ...shared, events, visit, ...reading });
    if (read === undefined) return undefined;
    done += read;
  }
  const counted = new Set(ofTimes.flatMap((each) => each.leaves));
  const others = leaves.filter((leaf) => !counted.has(leaf));
  if (others.length > 0) {
    const read = await past.walk({
      ...shared,
      types: eventTypesOf(others),
      properties: propertiesRead(others),
      context: readsContext(others),
      visit: visitorOf(others, ownOf, options),
      ...reading,
    });
    if (read === undefined) return undefined;
  }
  const strides = new Map(leaves.map(({ hash, stride }) => [hash, stride]));
  for (const own of found.values())
    for (const [hash, rows] of own) own.set(hash, inOrder(rows, strides.get(hash) ?? 1));
  return found;
}

/** Judges whole events in memory. */
function visitorOf(
  leaves: readonly EventLeafSpec[],
  ownOf: (profileId: string) => Map<string, readonly number[]>,
  { productOf }: Pick<CountLeavesOptions, "productOf">,
): (profileId: string, event: PastEvent) => void {
  const byType = indexLeaves(leaves);
  const context = { productOf };
  return (profileId, event) => {
    const ruleEvent = {
      type: event.type,
      timestamp: event.timestamp,
      receivedAt: event.receivedAt,
      messageId: event.messageId,
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
}
