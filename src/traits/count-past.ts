// Counts the past of traits from the event store: one pass in the order of the table, what each profile keeps gathered in memory,
// so that a pass that was cut off leaves nothing behind.
import { setImmediate as nextTurn } from "node:timers/promises";
import { isObject, type JsonObject } from "../kernel/index.ts";
import type { Window } from "../kernel/rules/index.ts";
import { type OwnedIdentifier, type Profile, type TraitPart, unitePart } from "../profiles/index.ts";
import { type Collector, isOrderTrait } from "./collect.ts";
import type { CompiledTrait } from "./compile-trait.ts";
import type { EventPosition, EventRow, LinkRow, TraitEventStore } from "./store.clickhouse.ts";
import { eventsOf } from "./trait-body.ts";
import type { TraitEvent } from "./trait-rules.ts";
import { keptAgeOf } from "./windows.ts";

export type Past = { readonly part: TraitPart | undefined; readonly skipped: number };
/** Profile → hash → what its events up to the cut-off amount to. */
export type PastByProfile = Map<string, Map<string, Past>>;

const pageSize = 50_000;
const slackMs = 120_000;
/** What DateTime64 of the event store reaches back to. */
const firstInstantMs = Date.UTC(1900, 0, 1);
/** Owners that are nobody: intervals without a person. */
const notPersons = new Set(["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"]);
const orderKeys = ["orderId", "updatedAt", "environment"];

/** Top-level keys of `properties` that the traits read; null when that cannot be told. */
export function propertiesRead(traits: readonly CompiledTrait[]): readonly string[] | null {
  const keys = new Set<string>();
  for (const { body } of traits) {
    if (isOrderTrait(eventsOf(body))) for (const key of orderKeys) keys.add(key);
    const text = JSON.stringify([body.where, body.lines, body.path]);
    // Keys of other characters are rare: then everything is read.
    if (/event\.properties(?!\.[A-Za-z0-9_]+["\\.])|\\/.test(text)) return null;
    for (const [, key] of text.matchAll(/event\.properties\.([A-Za-z0-9_]+)/g)) if (key !== undefined) keys.add(key);
    if (body.lines || /"item[."]|"items"|"product\./.test(text) || body.path?.startsWith("item")) {
      for (const key of ["items", "sku", "parentSku", "qty", "unitPrice", "lineTotal"]) keys.add(key);
    }
  }
  return [...keys];
}

function readsContext(traits: readonly CompiledTrait[]): boolean {
  return traits.some(({ body }) => JSON.stringify([body.where, body.path]).includes("event.context"));
}

/** Events before this instant can count for none of the traits any more. */
function oldestOf(traits: readonly CompiledTrait[], cutoff: number): number {
  const ages = traits.map(({ body }) =>
    isOrderTrait(eventsOf(body)) ? undefined : keptAgeOf(body.window as Window | undefined),
  );
  const oldest = ages.map((age) => (age === undefined ? Number.NEGATIVE_INFINITY : cutoff - age - slackMs));
  return Math.max(Math.min(...oldest), firstInstantMs);
}

function parseObject(text: string): JsonObject {
  const value: unknown = text === "{}" ? {} : JSON.parse(text);
  // Stored by this program as the text of an object.
  return isObject(value) ? (value as JsonObject) : {};
}

function toEvent(row: EventRow): TraitEvent {
  return {
    type: row.event_type,
    timestamp: Number(row.ts),
    receivedAt: Number(row.received_at),
    messageId: row.event_id,
    sourceId: row.source_id,
    sourceKind: row.source_kind as TraitEvent["sourceKind"],
    verified: false,
    storeView: row.store_view,
    properties: parseObject(row.properties),
    context: parseObject(row.context),
  };
}

/** Owner of each event, walking over links in the same order as the events. */
function ownerFinder(links: readonly LinkRow[]): (row: EventRow) => string | undefined {
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

const keyOf = ({ namespace, value }: OwnedIdentifier): string => `${namespace}:${value}`;

export type Owner = Pick<Profile, "profileId" | "identifiers">;

/** Whichever of these profiles an identifier belonged to at the time of the event. */
function ownerAmong(profiles: readonly Owner[]): (row: EventRow) => string | undefined {
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

function isRepeat(row: EventRow, last: EventRow | undefined): boolean {
  return (
    last !== undefined &&
    row.event_id === last.event_id &&
    row.source_id === last.source_id &&
    row.event_type === last.event_type &&
    Number(row.ts) === Number(last.ts) &&
    row.identity_key === last.identity_key
  );
}

type Counting = readonly { readonly hash: string; readonly collector: Collector }[];

function countEvent(past: PastByProfile, profileId: string, event: TraitEvent, counting: Counting): void {
  for (const { hash, collector } of counting) {
    if (!collector.types.includes(event.type)) continue;
    const collected = collector.collect(event);
    if (!collected || (collected.part === undefined && collected.skipped === 0)) continue;
    const own = past.get(profileId) ?? new Map<string, Past>();
    past.set(profileId, own);
    const known = own.get(hash);
    own.set(hash, {
      part: unitePart(known?.part, collected.part),
      skipped: (known?.skipped ?? 0) + collected.skipped,
    });
  }
}

export type CountOptions = {
  readonly store: TraitEventStore;
  readonly traits: readonly CompiledTrait[];
  readonly cutoff: number;
  /** Only events of these profiles, found by the identifiers they have now: the event store hears of a merge a moment later. */
  readonly of?: readonly Owner[];
  /** Only these profiles; default all. */
  readonly owns?: (profileId: string) => boolean;
  /** Called after each page with the number of events read so far. */
  readonly progress: (done: number) => Promise<void>;
  readonly isStopped: () => boolean;
};

/** @returns undefined when it was stopped */
export async function countPast(options: CountOptions): Promise<{ past: PastByProfile; events: number } | undefined> {
  const { store, traits, cutoff, of, owns = () => true, progress, isStopped } = options;
  const keys = of?.flatMap(({ identifiers }) => identifiers.map(keyOf));
  const counting = traits.flatMap(({ hash, collector }) => (collector ? [{ hash, collector }] : []));
  const types = [...new Set(counting.flatMap(({ collector }) => collector.types))];
  const read = {
    limit: pageSize,
    properties: propertiesRead(traits),
    context: readsContext(traits),
    from: oldestOf(traits, cutoff),
    keys,
  };
  const past: PastByProfile = new Map();
  let events = 0;
  let after: EventPosition | null = null;
  for (let last: EventRow | undefined; ; ) {
    if (isStopped()) return undefined;
    const rows: readonly EventRow[] = await store.page(types, cutoff, after, read);
    const [first, end] = [rows[0], rows.at(-1)];
    if (!first || !end) break;
    const ownerOf = of ? ownerAmong(of) : ownerFinder(await store.linksBetween(first.identity_key, end.identity_key));
    for (const row of rows) {
      const repeated = isRepeat(row, last);
      last = row;
      const owner = repeated ? undefined : ownerOf(row);
      if (owner !== undefined && !notPersons.has(owner) && owns(owner)) countEvent(past, owner, toEvent(row), counting);
    }
    events += rows.length;
    await progress(events);
    await nextTurn();
    if (rows.length < pageSize) break;
    after = {
      key: end.identity_key,
      type: end.event_type,
      at: Number(end.ts),
      source: end.source_id,
      id: end.event_id,
    };
  }
  return { past, events };
}
