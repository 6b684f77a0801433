/**
 * The times that a profile keeps for event leaves. As long as the past of a leaf is being counted, its rows are kept in two parts:
 * those of events received up to the cut-off, which the count replaces as a whole, and those received since, folded as they came.
 * Two events of one millisecond are two rows, and a count that is repeated changes nothing.
 */
import type { CanonicalEvent } from "../collect/index.ts";
import {
  type EventContext,
  type EventLeafSpec,
  insertLeafRows,
  mergeLeafRows,
  type RuleEvent,
} from "../kernel/rules/index.ts";
import type { ProfileState } from "../profiles/index.ts";
import { isGivenKey } from "./given-members.ts";

type Leaves = ProfileState["leaves"];
type Rows = readonly number[];

/** How far a leaf is counted, and where profiles keep its rows. A leaf that comes back after a pause gets other keys. */
export type LeafFill = {
  readonly hash: string;
  /** Events received later are folded as they come, ms. */
  readonly cutoff: number;
  /** Everything is counted; both parts are one from now on. */
  readonly isLive: boolean;
  readonly liveKey: string;
  readonly pastKey: string;
};

/** Undefined while the cut-off of a leaf is not known: its events will all be counted as past ones. */
export type FillOf = (hash: string) => LeafFill | undefined;

export function toFill(hash: string, cutoff: number, isLive: boolean): LeafFill {
  const base = cutoff.toString(36);
  // The hash stays last: its end tells the length of a row.
  return { hash, cutoff, isLive, liveKey: `${base}:${hash}`, pastKey: `${base}<${hash}` };
}

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

/** All rows of a leaf; undefined for none. */
export function rowsOfLeaf(leaves: Leaves, fill: LeafFill): Rows | undefined {
  const live = leaves[fill.liveKey];
  const past = leaves[fill.pastKey];
  if (past === undefined) return live;
  return live === undefined ? past : mergeLeafRows(fill.hash, past, live);
}

export type ApplyContext = EventContext & {
  readonly index: LeafIndex;
  readonly fillOf: FillOf;
  /** Of `leaves` keys, those of leaves in use. */
  readonly isKept: (key: string) => boolean;
};

/**
 * The leaf state after one event. Late events are put in their place.
 *
 * @returns the same object when no leaf matched
 */
export function applyEvent(leaves: Leaves, event: CanonicalEvent, context: ApplyContext): Leaves {
  const named = context.index.get(event.type);
  if (!named) return leaves;
  const ruleEvent = toRuleEvent(event);
  let next: Record<string, Rows> | undefined;
  for (const leaf of named) {
    const fill = context.fillOf(leaf.hash);
    if (!fill) continue;
    const rows = leaf.rowsOf(ruleEvent, context);
    if (rows.length === 0) continue;
    next ??= keptOf(leaves, context.isKept);
    if (!fill.isLive && event.receivedAt <= fill.cutoff) {
      next[fill.pastKey] = insertLeafRows(next[fill.pastKey] ?? [], rows, leaf.stride);
      continue;
    }
    const known = fill.isLive ? rowsOfLeaf(next, fill) : next[fill.liveKey];
    if (fill.isLive) delete next[fill.pastKey];
    next[fill.liveKey] = insertLeafRows(known ?? [], rows, leaf.stride);
  }
  return next ?? leaves;
}

/** A copy without what no leaf uses any more. */
function keptOf(leaves: Leaves, isKept: (key: string) => boolean): Record<string, Rows> {
  const kept: Record<string, Rows> = {};
  for (const [key, rows] of Object.entries(leaves)) if (isKept(key) || isGivenKey(key)) kept[key] = rows;
  return kept;
}

/** The counted past of leaves as a profile keeps it: it replaces whatever past of them was there. */
export function pastOf(fills: readonly LeafFill[], past: ReadonlyMap<string, Rows> | undefined): Leaves {
  const leaves: Record<string, Rows> = {};
  for (const { hash, pastKey } of fills) {
    const rows = past?.get(hash);
    if (rows && rows.length > 0) leaves[pastKey] = rows;
  }
  return leaves;
}

/** An event as event leaves read it. */
function toRuleEvent(event: CanonicalEvent): RuleEvent {
  const { type, timestamp, receivedAt, messageId, sourceId, storeView, properties, context } = event;
  return { type, timestamp, receivedAt, messageId, source: sourceId, storeView, properties, context };
}
