/** The times that a profile keeps for event leaves, folded event by event. */
import type { CanonicalEvent } from "../collect/index.ts";
import { type EventContext, type EventLeafSpec, insertLeafRows } from "../kernel/rules/index.ts";
import type { ProfileState } from "../profiles/index.ts";
import { toRuleEvent } from "./shop-subject.ts";

type Leaves = ProfileState["leaves"];

/** Event leaves by event name: an event looks only at the leaves that name it. */
export type LeafIndex = ReadonlyMap<string, readonly EventLeafSpec[]>;

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
    next[leaf.hash] = insertLeafRows(next[leaf.hash] ?? [], rows, leaf.stride);
  }
  return next ?? leaves;
}

/**
 * Joins rows rebuilt from the event store with those folded meanwhile. A row known to both counts once, so that an event
 * which arrived during the rebuild is neither lost nor doubled.
 */
export function fillRows(rebuilt: readonly number[], folded: readonly number[], stride: number): readonly number[] {
  const known = new Set<string>();
  for (let at = 0; at < rebuilt.length; at += stride) known.add(rebuilt.slice(at, at + stride).join());
  let filled: readonly number[] = rebuilt;
  for (let at = 0; at < folded.length; at += stride) {
    const row = folded.slice(at, at + stride);
    if (!known.has(row.join())) filled = insertLeafRows(filled, row, stride);
  }
  return filled;
}
