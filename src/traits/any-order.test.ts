// What a profile keeps event by event, with late events and a clock that moves on, is what a recount of all its events gives.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CanonicalEvent } from "../collect/index.ts";
import type { JsonObject } from "../kernel/index.ts";
import { emptyState, mergeTraitStates, type ProfileState } from "../profiles/index.ts";
import { anEvent } from "../testing/builders.ts";
import { aTrait, traitRules } from "../testing/traits/builders.ts";
import type { CompileDeps, ReadOptions } from "./compile-trait.ts";
import type { TraitBody } from "./trait-body.ts";
import { applyEvent, buildTraitSet, type TraitSet } from "./trait-set.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = Date.UTC(2026, 2, 10, 12);

const deps: CompileDeps = {
  rules: traitRules(),
  currency: "USD",
  // Two dollars a euro; no rate for pounds.
  convertMinor: (minor, from, _to, _day, scale = 0) => (from === "EUR" ? minor * 2n * 10n ** BigInt(scale) : undefined),
};

const windows = [
  undefined,
  { last: "5h" },
  { last: "2d" },
  { between: ["3d", "1d"] },
  { before: "12h" },
  { calendar: "day", timezone: "America/New_York" },
  { calendar: "week", offset: -1, timezone: "Europe/Berlin" },
  { from: "2026-03-10", to: "2026-03-11", timezone: "Asia/Tokyo" },
  { since: "2026-03-11T00:00:00Z" },
] as const;
const kinds = [
  "count",
  "sum",
  "avg",
  "min",
  "max",
  "first",
  "last",
  "most_frequent",
  "unique_list",
  "unique_count",
  "days_since",
] as const;

const bodies: readonly TraitBody[] = windows.flatMap((window) =>
  kinds.map((kind): TraitBody => {
    const shared = { kind, event: "productPageView", ...(window === undefined ? {} : { window }) };
    if (kind === "count" || kind === "days_since") return shared;
    const isNumber = kind === "sum" || kind === "avg" || kind === "min" || kind === "max";
    return { ...shared, path: isNumber ? "event.properties.results" : "event.properties.searchQuery" };
  }),
);
const set: TraitSet = buildTraitSet(
  bodies.map((body, index) => aTrait(`t${index}`, body)),
  deps,
  () => undefined,
);
const live = () => ({ isLive: true, cutoff: 0 });

type Naive = { readonly event: CanonicalEvent; readonly value: unknown };

/** Local day by Intl alone, as days since 1970-01-01. */
function localDay(ms: number, timeZone: string): number {
  const text = new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    ms,
  );
  return Date.parse(`${text}T00:00:00Z`) / dayMs;
}

function isInside(t: number, now: number, window: (typeof windows)[number]): boolean {
  if (t > now) return false;
  if (window === undefined) return true;
  if ("last" in window) return t >= now - (window.last === "5h" ? 5 * hourMs : 2 * dayMs);
  if ("between" in window) return t >= now - 3 * dayMs && t < now - dayMs;
  if ("before" in window) return t < now - 12 * hourMs;
  if ("since" in window) return t >= Date.UTC(2026, 2, 11);
  if ("from" in window) {
    const day = localDay(t, window.timezone);
    return day >= Date.UTC(2026, 2, 10) / dayMs && day <= Date.UTC(2026, 2, 11) / dayMs;
  }
  const [then, today] = [localDay(t, window.timezone), localDay(now, window.timezone)];
  if (window.calendar === "day") return then === today;
  const week = (day: number): number => Math.floor((day + 3) / 7);
  return week(then) === week(today) - 1;
}

function recount({ kind, path, window }: TraitBody, events: readonly CanonicalEvent[], now: number): unknown {
  const inside = events
    .filter(({ timestamp }) => isInside(timestamp, now, window as (typeof windows)[number]))
    .sort((a, b) => a.timestamp - b.timestamp || (a.messageId < b.messageId ? -1 : 1));
  const seen: readonly Naive[] = inside
    .map((event) => ({
      event,
      value: path?.endsWith("results") ? event.properties["results"] : event.properties["searchQuery"],
    }))
    .filter(({ value }) => value !== undefined);
  const numbers = seen.map(({ value }) => Number(value)).filter((value) => Number.isFinite(value));
  const sum = numbers.reduce((total, value) => total + value, 0);
  const counts = new Map<unknown, number>();
  for (const { value } of seen) counts.set(value, (counts.get(value) ?? 0) + 1);
  const lastOf = (value: unknown): number =>
    Math.max(...seen.filter((each) => each.value === value).map(({ event }) => event.timestamp));
  const newestFirst = [...counts.keys()].sort((a, b) => lastOf(b) - lastOf(a) || (String(a) < String(b) ? -1 : 1));
  switch (kind) {
    case "count":
      return inside.length;
    case "sum":
      return sum;
    case "avg":
      return numbers.length === 0 ? undefined : sum / numbers.length;
    case "min":
      return numbers.length === 0 ? undefined : Math.min(...numbers);
    case "max":
      return numbers.length === 0 ? undefined : Math.max(...numbers);
    case "first":
      return seen[0]?.value;
    case "last":
      return seen.at(-1)?.value;
    case "most_frequent":
      return newestFirst.filter((value) => counts.get(value)! >= 2).sort((a, b) => counts.get(b)! - counts.get(a)!)[0];
    case "unique_list":
      return newestFirst;
    case "unique_count":
      return counts.size;
    default: {
      const last = inside.at(-1);
      return last && Math.floor((now - last.timestamp) / dayMs);
    }
  }
}

function fold(state: ProfileState, event: CanonicalEvent): ProfileState {
  return { ...state, traits: applyEvent(state.traits, event, set, live) };
}

const readAt = (state: ProfileState, nowMs: number): ReadOptions => ({
  state,
  nowMs,
  profile: {},
  changesAt: () => Number.POSITIVE_INFINITY,
});

const step = fc.record({
  waitMs: fc.integer({ min: 0, max: 20 * hourMs }),
  lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4 * dayMs })),
  results: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom("7", "x", "0.25")),
  searchQuery: fc.constantFrom("a", "b", "c", undefined),
  mine: fc.boolean(),
});

describe("traits", () => {
  it("count event by event what a recount gives, at every moment, in one profile or in two that merge", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        let now = start;
        let state = emptyState(start);
        let [mine, others] = [emptyState(start), emptyState(start)];
        const events: CanonicalEvent[] = [];
        for (const [index, { waitMs, lateMs, results, searchQuery, mine: isMine }] of steps.entries()) {
          now += waitMs;
          const properties = { results, ...(searchQuery === undefined ? {} : { searchQuery }) } as JsonObject;
          const event = {
            ...anEvent({ type: "productPageView", at: now - lateMs, messageId: `m${index}`, properties }),
            receivedAt: now,
          };
          events.push(event);
          state = fold(state, event);
          if (isMine) mine = fold(mine, event);
          else others = fold(others, event);
        }
        for (const at of [now, now + 7 * hourMs, now + 3 * dayMs]) {
          const options = readAt(JSON.parse(JSON.stringify(state)), at);
          for (const trait of set.traits)
            expect(trait.read(options).value, trait.key).toEqual(recount(trait.body, events, at));
        }
        const merged: Record<string, ProfileState["traits"][string]> = { ...mine.traits };
        for (const [hash, part] of Object.entries(others.traits))
          merged[hash] = merged[hash] ? mergeTraitStates(merged[hash], part) : part;
        const options = readAt({ ...state, traits: merged }, now);
        for (const trait of set.traits) expect(trait.read(options).value).toEqual(recount(trait.body, events, now));
      }),
      { numRuns: 25 },
    );
  });

  it("say in time when they change by themselves", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
        let now = start;
        let state = emptyState(start);
        for (const [index, { waitMs, results }] of steps.entries()) {
          now += waitMs;
          state = fold(
            state,
            anEvent({
              type: "productPageView",
              at: now,
              messageId: `m${index}`,
              properties: { results, searchQuery: "a" } as JsonObject,
            }),
          );
        }
        for (const trait of set.traits) {
          const value = trait.read(readAt(state, now)).value;
          const next = trait.nextChangeAt(readAt(state, now));
          const until = Math.min(next, now + 5 * dayMs) - 1;
          for (const at of [now + Math.floor((until - now) / 3), until])
            expect(trait.read(readAt(state, at)).value, `${trait.key} ${trait.body.kind}`).toEqual(value);
        }
      }),
      { numRuns: 100 },
    );
  });
});
