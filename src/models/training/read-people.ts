// Tables of people: at past cut-offs from their events, as they are now from their state. One page or one batch at a time.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { CanonicalEvent } from "../../collect/index.ts";
import { fnv1a } from "../../kernel/index.ts";
import {
  type OwnedIdentifier,
  type ProfileRow,
  type ProfileState,
  refusesPersonalisation,
} from "../../profiles/index.ts";
import { featureNames, readFeatures } from "../features/features.ts";
import { readHistory, type ShopperHistory, type ToMinor } from "../features/shopper-history.ts";
import { createSnapshots, type Fold, isScored } from "../features/snapshots.ts";
import { type Row, type Table, toTable } from "../features/table.ts";

export type PeopleDeps = {
  /** Everybody in order of id, in pages. */
  readonly scan: (afterId: string | null, limit: number) => Promise<readonly ProfileRow[]>;
  readonly count: () => Promise<number>;
  readonly linksOf: (
    profileIds: readonly string[],
  ) => Promise<readonly (OwnedIdentifier & { readonly profileId: string })[]>;
  /** Events of identifiers, each within the time it belonged to its person, in order of time, in pages. */
  readonly eventsOf: (
    identifiers: readonly OwnedIdentifier[],
    pageSize?: number,
  ) => AsyncIterable<readonly CanonicalEvent[]>;
  /** The key by which the event store files an event: `namespace:value`. */
  readonly identityKey: (event: CanonicalEvent) => string;
  readonly fold: Fold;
  readonly toMinor: ToMinor;
};

/** Tells that the work goes on; throws when it should not. */
export type Progress = (stage: string, done: number, total: number) => Promise<void>;

const pageSize = 500;
const peopleAtOnce = 100;
/** A page of whole events is what reading holds at once, some 20 MB. */
const eventsPage = 10_000;
/** A person of more events is a machine. */
const maxEvents = 20_000;
const turnMs = 10;

/** Whether somebody is in a sample; the same people for the same share. */
function isSampled(profileId: string, share: number): boolean {
  return share >= 1 || fnv1a(`models:${profileId}`) < share * 2 ** 32;
}

/** Goes over everybody who may be looked at: sampled, and without a word against personalisation. */
export async function eachPerson(
  deps: Pick<PeopleDeps, "scan" | "count">,
  maxPeople: number,
  progress: Progress,
  visit: (profileId: string, state: ProfileState) => void,
): Promise<void> {
  const total = await deps.count();
  const share = Math.min(1, maxPeople / Math.max(1, total));
  let done = 0;
  for (let afterId: string | null = null; ; ) {
    const rows: readonly ProfileRow[] = await deps.scan(afterId, pageSize);
    for (const { profileId, state } of rows)
      if (isSampled(profileId, share) && !refusesPersonalisation(state)) visit(profileId, state);
    done += rows.length;
    await progress("reading profiles", done, total);
    await nextTurn();
    if (rows.length < pageSize) return;
    afterId = rows.at(-1)?.profileId ?? null;
  }
}

/** Everybody as they are now, with an outcome of each. */
export async function readPresent(
  deps: PeopleDeps,
  nowMs: number,
  maxPeople: number,
  progress: Progress,
  outcomeOf: (state: ProfileState, history: ShopperHistory) => number | undefined,
): Promise<Table> {
  const rows: Row[] = [];
  await eachPerson(deps, maxPeople, progress, (_profileId, state) => {
    const history = readHistory(state, nowMs, deps.toMinor);
    const outcome = isScored(history) ? outcomeOf(state, history) : undefined;
    if (outcome === undefined) return;
    rows.push({ values: readFeatures(history), cutoff: nowMs, person: rows.length, outcomes: { outcome } });
  });
  return toTable(rows, featureNames.length);
}

type Owned = { readonly profileId: string; readonly from: number; readonly to: number | null };

export type PastOptions = {
  readonly profileIds: readonly string[];
  readonly cutoffs: readonly number[];
  readonly horizonDays: number;
  readonly until: number;
};

type Snapshots = ReturnType<typeof createSnapshots>;

/** Events of some profiles go, in order of time, to whose they were then. @returns the profiles of machines */
async function dealEvents(deps: PeopleDeps, people: ReadonlyMap<string, Snapshots>): Promise<ReadonlySet<string>> {
  const links = await deps.linksOf([...people.keys()]);
  const owners = new Map<string, Owned[]>();
  for (const { profileId, namespace, value, validFrom, validTo } of links) {
    const own = owners.get(`${namespace}:${value}`) ?? [];
    own.push({ profileId, from: validFrom, to: validTo });
    owners.set(`${namespace}:${value}`, own);
  }
  const counts = new Map<string, number>();
  const machines = new Set<string>();
  let turn = Date.now();
  for await (const page of deps.eventsOf(links, eventsPage)) {
    for (const event of page) {
      const at = event.timestamp;
      const owner = owners.get(deps.identityKey(event))?.find(({ from, to }) => at >= from && (to === null || at < to));
      if (!owner || machines.has(owner.profileId)) continue;
      const count = (counts.get(owner.profileId) ?? 0) + 1;
      counts.set(owner.profileId, count);
      if (count > maxEvents) machines.add(owner.profileId);
      else people.get(owner.profileId)?.add(event);
      if (Date.now() - turn <= turnMs) continue;
      await nextTurn();
      turn = Date.now();
    }
  }
  return machines;
}

/** People at past cut-offs, as their events up to then made them. */
export async function readPast(deps: PeopleDeps, options: PastOptions, progress: Progress): Promise<Table> {
  const { profileIds, cutoffs, horizonDays, until } = options;
  const { fold, toMinor } = deps;
  const use = { fold, toMinor, cutoffs, horizons: [horizonDays], until };
  const rows: Row[] = [];
  for (let start = 0; start < profileIds.length; start += peopleAtOnce) {
    const batch = profileIds.slice(start, start + peopleAtOnce);
    const people = new Map(batch.map((id, at) => [id, createSnapshots(start + at, use)]));
    const machines = await dealEvents(deps, people);
    for (const [id, snapshots] of people) if (!machines.has(id)) rows.push(...snapshots.end());
    await progress("reading the past", start + batch.length, profileIds.length);
  }
  return toTable(rows, featureNames.length);
}
