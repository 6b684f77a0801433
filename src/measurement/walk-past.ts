// Walks over stored events in the order of the table, each with the person it belongs to, so that whatever is counted after the fact
// counts each event once: a repeat follows itself, and owners are found by walking over the links in the same order.
import { setImmediate as nextTurn } from "node:timers/promises";
import { isObject, type JsonObject } from "../kernel/index.ts";
import type { OwnedIdentifier, Owner } from "../profiles/index.ts";
import type { LinkRow, PastEventStore, PastPosition, PastRow } from "./store-past.clickhouse.ts";

export type PastEvent = {
  readonly type: string;
  readonly timestamp: number;
  readonly receivedAt: number;
  readonly messageId: string;
  readonly sourceId: string;
  readonly sourceKind: string;
  readonly storeView: string;
  readonly properties: JsonObject;
  readonly context: JsonObject;
};

export type WalkOptions = {
  readonly types: readonly string[];
  /** Events received up to here, ms. */
  readonly cutoff: number;
  /** Top-level keys of `properties` to read; null = all. */
  readonly properties: readonly string[] | null;
  readonly context: boolean;
  /** Only events since this instant, ms; default all. */
  readonly from?: number;
  /** Only events of these profiles, found by the identifiers they have now: the event store hears of a merge a moment later. */
  readonly of?: readonly Owner[] | undefined;
  /** Only these profiles; default all. */
  readonly owns?: ((profileId: string) => boolean) | undefined;
  /** Rows read at once; default 50,000. */
  readonly pageSize?: number;
  /** Called for each event once. */
  readonly visit: (profileId: string, event: PastEvent) => void;
  /** Called after each page with the number of events read so far. */
  readonly progress?: (done: number) => Promise<void>;
  readonly isStopped?: () => boolean;
};

const defaultPageSize = 50_000;
/** What DateTime64 of the event store reaches back to. */
export const firstInstantMs = Date.UTC(1900, 0, 1);
/** Owners that are nobody: intervals without a person. */
export const notPersons = new Set(["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"]);

function parseObject(text: string): JsonObject {
  const value: unknown = text === "{}" ? {} : JSON.parse(text);
  // Stored by this program as the text of an object.
  return isObject(value) ? (value as JsonObject) : {};
}

function toEvent(row: PastRow): PastEvent {
  return {
    type: row.event_type,
    timestamp: Number(row.ts),
    receivedAt: Number(row.received_at),
    messageId: row.event_id,
    sourceId: row.source_id,
    sourceKind: row.source_kind,
    storeView: row.store_view,
    properties: parseObject(row.properties),
    context: parseObject(row.context),
  };
}

type Sighting = Pick<PastRow, "identity_key" | "ts">;

/** Owner of each event, walking over links in the same order as the events. */
function ownerFinder(links: readonly LinkRow[]): (row: Sighting) => string | undefined {
  const byKey = new Map<string, LinkRow[]>();
  for (const link of links) {
    const list = byKey.get(link.identity_key);
    if (list) list.push(link);
    else byKey.set(link.identity_key, [link]);
  }
  return ({ identity_key: key, ts }) => {
    const own = byKey.get(key);
    if (!own) return undefined;
    const at = Number(ts);
    let found: LinkRow | undefined;
    for (const link of own) if (Number(link.valid_from) <= at) found = link;
    return found && (found.valid_to === null || at < Number(found.valid_to)) ? found.profile_id : undefined;
  };
}

export const keyOf = ({ namespace, value }: OwnedIdentifier): string => `${namespace}:${value}`;

/** Whichever of these profiles an identifier belonged to at the time of the event. */
function ownerAmong(profiles: readonly Owner[]): (row: Sighting) => string | undefined {
  const byKey = new Map<string, { readonly profileId: string; readonly from: number; readonly to: number | null }[]>();
  for (const { profileId, identifiers } of profiles)
    for (const identifier of identifiers) {
      const own = { profileId, from: identifier.validFrom, to: identifier.validTo };
      const known = byKey.get(keyOf(identifier));
      if (known) known.push(own);
      else byKey.set(keyOf(identifier), [own]);
    }
  return ({ identity_key: key, ts }) => {
    const at = Number(ts);
    return byKey.get(key)?.find(({ from, to }) => at >= from && (to === null || at < to))?.profileId;
  };
}

function isRepeat(row: PastRow, last: PastRow | undefined): boolean {
  return (
    last !== undefined &&
    row.event_id === last.event_id &&
    row.source_id === last.source_id &&
    row.event_type === last.event_type &&
    Number(row.ts) === Number(last.ts) &&
    row.identity_key === last.identity_key
  );
}

const placeOf = (row: PastRow): PastPosition => ({
  key: row.identity_key,
  type: row.event_type,
  at: Number(row.ts),
  source: row.source_id,
  id: row.event_id,
});

/**
 * Visits past events with their owners; may be repeated.
 *
 * @returns the number of events read; undefined when it was stopped
 */
export async function walkPast(
  store: Pick<PastEventStore, "page" | "linksBetween">,
  options: WalkOptions,
): Promise<number | undefined> {
  const { of, owns = () => true, visit, progress, isStopped = () => false, pageSize = defaultPageSize } = options;
  const keys = of?.flatMap(({ identifiers }) => identifiers.map(keyOf));
  const from = Math.max(options.from ?? firstInstantMs, firstInstantMs);
  const read = { limit: pageSize, properties: options.properties, context: options.context, from, keys };
  let done = 0;
  let after: PastPosition | null = null;
  for (let last: PastRow | undefined; ; ) {
    if (isStopped()) return undefined;
    const rows: readonly PastRow[] = await store.page(options.types, options.cutoff, after, read);
    const [first, end] = [rows[0], rows.at(-1)];
    if (!first || !end) break;
    const ownerOf = of ? ownerAmong(of) : ownerFinder(await store.linksBetween(first.identity_key, end.identity_key));
    for (const row of rows) {
      const repeated = isRepeat(row, last);
      last = row;
      const owner = repeated ? undefined : ownerOf(row);
      if (owner !== undefined && !notPersons.has(owner) && owns(owner)) visit(owner, toEvent(row));
    }
    done += rows.length;
    await progress?.(done);
    await nextTurn();
    if (rows.length < pageSize) break;
    after = placeOf(end);
  }
  return done;
}
