// The Commerce collector reports most actions twice: to the Edge and, by Snowplow, to the second stream. The Edge one is
// kept. A Snowplow event that may have an Edge twin waits up to two seconds, unacknowledged, for it: an Edge event that comes
// meanwhile takes over what only the other knows; to one that was stored before, the Snowplow event adds its details.
//
// Two events are twins when they are the same action with a key in common (SKU, search, cart, order or page), two seconds or
// less apart by the browser's own clock, on the same device: by ECID where the Snowplow request or an earlier pair tells it,
// else by address and user agent. In memory of one process: twins that reach two processes are both kept.
import type { JsonObject } from "../../kernel/index.ts";
import { createRecentMap } from "./recent-map.ts";
import { enrich, missingFrom } from "./xdm/enrich.ts";

export type Sighting = {
  readonly messageId: string;
  /** Canonical type. */
  readonly type: string;
  /** Any one in common tells the same thing. */
  readonly keys: readonly string[];
  /** By the browser's clock, UTC milliseconds. */
  readonly at: number;
  readonly ecid: string | undefined;
  readonly duid?: string | undefined;
  /** Address and user agent of the request; empty = unknown. */
  readonly client: string;
  readonly properties: JsonObject;
};

export type TwinVerdict =
  | { readonly action: "store" }
  /** The Edge event stands for both; `fields` are what it lacks. */
  | { readonly action: "drop"; readonly of: string; readonly ofType: string; readonly fields: JsonObject };

export type TwinOptions = {
  readonly now: () => number;
  /** Longest wait of a Snowplow event. */
  readonly holdMs?: number;
};

type EdgeEntry = {
  readonly sighting: Sighting;
  readonly arrivedAt: number;
  /** What may still be matched: each key of each action once. */
  readonly open: Set<string>;
  readonly stored: Promise<boolean>;
};

type Held = {
  readonly sighting: Sighting;
  readonly resolve: (entry: EdgeEntry | undefined) => void;
  readonly timer: NodeJS.Timeout;
};

const defaultHoldMs = 2_000;
const windowMs = 2_000;
/** The tracker sends one request after the other: the twin of a stored event may come much later than its own time says. */
const keptMs = 60_000;
const maxKept = 20_000;
const maxHeld = 5_000;
const linkCapacity = 50_000;
const linkMs = 24 * 3_600_000;

const store: TwinVerdict = { action: "store" };

/** Actions that an Edge event stands for: a category page is a page view as well. */
function actionsOf(type: string): readonly string[] {
  return type === "categoryView" ? ["categoryView", "pageView"] : [type];
}

function marksOf(actions: readonly string[], keys: readonly string[]): readonly string[] {
  return actions.flatMap((action) => keys.map((key) => `${action}\n${key}`));
}

/** What several waiting twins know together: an Edge event holds all lines that the other stream reports one by one. */
function joined(known: JsonObject | undefined, added: JsonObject): JsonObject {
  if (!known) return added;
  const items = [known["items"], added["items"]].flatMap((list) => (Array.isArray(list) ? list : []));
  return { ...enrich(known, added), ...(items.length > 0 ? { items } : {}) };
}

export type Twins = ReturnType<typeof createTwins>;

export function createTwins({ now, holdMs = defaultHoldMs }: TwinOptions) {
  const edges = new Map<string, Set<EdgeEntry>>();
  const order: EdgeEntry[] = [];
  const held = new Map<string, Set<Held>>();
  let heldCount = 0;
  let isClosing = false;
  const ecidByDuid = createRecentMap<string>(linkCapacity, linkMs, now);

  const isSameDevice = (snowplow: Sighting, edge: Sighting): boolean => {
    if (snowplow.ecid !== undefined && edge.ecid !== undefined) return snowplow.ecid === edge.ecid;
    // A learned pair proves the same device, not another one: its ECID may have been cleared since.
    if (snowplow.duid !== undefined && edge.ecid !== undefined && ecidByDuid.get(snowplow.duid) === edge.ecid)
      return true;
    return snowplow.client !== "" && snowplow.client === edge.client;
  };
  const isTwin = (snowplow: Sighting, edge: Sighting): boolean =>
    Math.abs(snowplow.at - edge.at) <= windowMs && isSameDevice(snowplow, edge);
  const learn = (snowplow: Sighting, edge: Sighting): void => {
    if (snowplow.duid !== undefined && edge.ecid !== undefined) ecidByDuid.set(snowplow.duid, edge.ecid);
  };

  const forget = (entry: EdgeEntry): void => {
    for (const mark of marksOf(actionsOf(entry.sighting.type), entry.sighting.keys)) {
      const entries = edges.get(mark);
      entries?.delete(entry);
      if (entries?.size === 0) edges.delete(mark);
    }
  };
  const forgetOld = (): void => {
    const oldest = now() - keptMs;
    let count = 0;
    while (order[count] !== undefined && (order.length - count > maxKept || (order[count]?.arrivedAt ?? 0) < oldest))
      count += 1;
    for (const entry of order.splice(0, count)) forget(entry);
  };

  const release = (waiting: Held, entry: EdgeEntry | undefined): void => {
    clearTimeout(waiting.timer);
    heldCount -= 1;
    for (const mark of marksOf([waiting.sighting.type], waiting.sighting.keys)) {
      const others = held.get(mark);
      others?.delete(waiting);
      if (others?.size === 0) held.delete(mark);
    }
    waiting.resolve(entry);
  };

  const takeMark = (entry: EdgeEntry, snowplow: Sighting): boolean => {
    const mark = marksOf([snowplow.type], snowplow.keys).find((each) => entry.open.has(each));
    return mark !== undefined && entry.open.delete(mark);
  };

  /** The Edge twin that came before, and is not taken by another event yet. */
  const findEdge = (snowplow: Sighting): EdgeEntry | undefined => {
    for (const mark of marksOf([snowplow.type], snowplow.keys)) {
      for (const entry of edges.get(mark) ?? []) {
        if (isTwin(snowplow, entry.sighting) && takeMark(entry, snowplow)) return entry;
      }
    }
    return undefined;
  };

  const verdictOf = async (snowplow: Sighting, entry: EdgeEntry, isEnriched: boolean): Promise<TwinVerdict> => {
    if (!(await entry.stored)) return store;
    learn(snowplow, entry.sighting);
    const { messageId, type, properties } = entry.sighting;
    return {
      action: "drop",
      of: messageId,
      ofType: type,
      fields: isEnriched ? {} : missingFrom(properties, snowplow.properties),
    };
  };

  const hold = (sighting: Sighting): Promise<EdgeEntry | undefined> =>
    new Promise((resolve) => {
      const waiting: Held = { sighting, resolve, timer: setTimeout(() => release(waiting, undefined), holdMs) };
      heldCount += 1;
      for (const mark of marksOf([sighting.type], sighting.keys)) {
        const others = held.get(mark);
        if (others) others.add(waiting);
        else held.set(mark, new Set([waiting]));
      }
    });

  return {
    /**
     * An Edge event is about to be stored.
     *
     * @param stored whether it was, once that is known
     * @returns what its waiting twins know beyond it; undefined without one
     */
    edgeArrives: (sighting: Sighting, stored: Promise<boolean>): JsonObject | undefined => {
      forgetOld();
      const marks = marksOf(actionsOf(sighting.type), sighting.keys);
      const entry: EdgeEntry = { sighting, arrivedAt: now(), open: new Set(marks), stored };
      const twins = new Set<Held>();
      for (const mark of marks)
        for (const waiting of held.get(mark) ?? [])
          if (isTwin(waiting.sighting, sighting) && takeMark(entry, waiting.sighting)) twins.add(waiting);
      let found: JsonObject | undefined;
      for (const waiting of twins) {
        found = joined(found, waiting.sighting.properties);
        release(waiting, entry);
      }
      for (const mark of marks) {
        const entries = edges.get(mark);
        if (entries) entries.add(entry);
        else edges.set(mark, new Set([entry]));
      }
      order.push(entry);
      return found;
    },

    /**
     * What becomes of a Snowplow event; resolves within the wait.
     *
     * @param mayWait false where no Edge twin is expected: the event is stored unless its twin came before
     */
    snowplowArrives: async (sighting: Sighting, mayWait: boolean): Promise<TwinVerdict> => {
      forgetOld();
      const { duid, ecid, keys } = sighting;
      if (duid !== undefined && ecid !== undefined) ecidByDuid.set(duid, ecid);
      if (keys.length === 0) return store;
      const before = findEdge(sighting);
      if (before) return verdictOf(sighting, before, false);
      if (!mayWait || isClosing || heldCount >= maxHeld) return store;
      const after = await hold(sighting);
      return after ? verdictOf(sighting, after, true) : store;
    },

    /** The ECID of a tracker's device, as far as pairs told it. */
    ecidOf: (duid: string): string | undefined => ecidByDuid.get(duid),

    /** Lets everything that waits be stored, and everything that still comes: the process ends. */
    flush: (): void => {
      isClosing = true;
      for (const waiting of new Set([...held.values()].flatMap((each) => [...each]))) release(waiting, undefined);
    },

    /** How much is kept, for tests of the bounds. */
    counts: () => ({ held: heldCount, edges: order.length }),
  };
}
