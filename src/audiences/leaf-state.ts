/** The times that a profile keeps for event leaves, folded event by event. */
import type { CanonicalEvent } from "../collect/index.ts";
import type { EventContext, EventLeafSpec } from "../kernel/rules/index.ts";
import type { ProfileState } from "../profiles/index.ts";
import { toRuleEvent } from "./shop-subject.ts";

type Leaves = ProfileState["leaves"];

/** Event leaves by event name: an event looks only at the leaves that name it. */
export type LeafIndex = ReadonlyMap<string, readonly EventLeafSpec[]>;

/** Rows kept of one leaf; the oldest go first. A count cannot see further than that. */
export const keptRows = 1000;

export function indexLeaves(leaves: Iterable<EventLeafSpec>): LeafIndex {
  const index = new Map<string, EventLeafSpec[]>();
  for (const leaf of leaves) {
    for (const name of leaf.names) {
      const named = index.get(name);
      if (named) named.push(leaf);
      else index.set(name, [leaf]);
    }
  }
  return index;
}

/**
 * The leaf state after one event. Late events are put in their place.
 *
 * @returns the same object when no leaf matched
 */
export function applyEvent(leaves: Leaves, event: CanonicalEvent, index: LeafIndex, context: EventContext): Leaves {
  const named = index.get(event.type);
  if (!named) return leaves;
  const ruleEvent = toRuleEvent(event);
  let next: Record<string, readonly number[]> | undefined;
  for (const leaf of named) {
    const rows = leaf.rowsOf(ruleEvent, context);
    if (rows.length === 0) continue;
    next ??= { ...leaves };
    next[leaf.hash] = insertRows(next[leaf.hash] ?? [], rows, leaf.stride);
  }
  return next ?? leaves;
}

/** Puts rows of one time into rows in ascending order. */
export function insertRows(rows: readonly number[], added: readonly number[], stride: number): readonly number[] {
  const time = added[0] ?? 0;
  let at = rows.length;
  while (at > 0 && (rows[at - stride] ?? 0) > time) at -= stride;
  const all = at === rows.length ? [...rows, ...added] : [...rows.slice(0, at), ...added, ...rows.slice(at)];
  return all.length > keptRows * stride ? all.slice(-keptRows * stride) : all;
}

/**
 * Joins rows rebuilt from the event store with those folded meanwhile. A row known to both counts once, so that an event
 * which arrived during the rebuild is neither lost nor doubled.
 */
export function mergeRows(rebuilt: readonly number[], folded: readonly number[], stride: number): readonly number[] {
  const known = new Set<string>();
  for (let at = 0; at < rebuilt.length; at += stride) known.add(rebuilt.slice(at, at + stride).join());
  let merged: readonly number[] = rebuilt;
  for (let at = 0; at < folded.length; at += stride) {
    const row = folded.slice(at, at + stride);
    if (!known.has(row.join())) merged = insertRows(merged, row, stride);
  }
  return merged.length > keptRows * stride ? merged.slice(-keptRows * stride) : merged;
}
