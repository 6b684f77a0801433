import fc from "fast-check";
import { expect, it } from "vitest";
import { anEvent } from "../testing/builders.ts";
import { emptyState } from "./empty-state.ts";
import { foldRecent, holdsMessage, mergeRecent } from "./fold-recent.ts";
import type { RecentMessage } from "./profile.ts";

const start = Date.UTC(2026, 0, 10);
const received = fc.record({ id: fc.nat({ max: 200 }), at: fc.nat({ max: 150_000 }) });
const toEvent = ({ id, at }: { readonly id: number; readonly at: number }) => ({
  ...anEvent({ type: "pageView", at: start, messageId: `m-${id}` }),
  receivedAt: start + at,
});
const fold = (events: readonly ReturnType<typeof toEvent>[]) =>
  events.reduce<readonly RecentMessage[]>((known, event) => foldRecent(known, event), []);

/** All messages sorted, then cut: what the fold does step by step. */
function newestOf(events: readonly ReturnType<typeof toEvent>[]): readonly RecentMessage[] {
  const all = new Map(events.map((event) => [JSON.stringify(fold([event])[0]), fold([event])[0]!]));
  const newest = Math.max(...events.map(({ receivedAt }) => receivedAt));
  const kept = [...all.values()].filter(([at]) => at > newest - 120_000);
  return kept.sort(([a, x], [b, y]) => a - b || x - y).slice(-32);
}

it("keeps the newest messages in any order of arrival and however they are split", () => {
  fc.assert(
    fc.property(fc.array(received, { minLength: 1, maxLength: 80 }), fc.nat({ max: 80 }), (messages, cut) => {
      const events = messages.map(toEvent);
      const expected = newestOf(events);
      expect(fold(events)).toEqual(expected);
      expect(fold([...events].reverse())).toEqual(expected);
      const [a, b] = [fold(events.slice(0, cut)), fold(events.slice(cut))];
      expect(mergeRecent(a, b).recent).toEqual(expected);
      expect(mergeRecent(b, a).recent).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

it("knows a message by its source and id, whenever the other way brought it", () => {
  const event = toEvent({ id: 1, at: 0 });
  const state = { ...emptyState(start), recent: foldRecent(undefined, event) };
  expect(holdsMessage(state, { ...event, receivedAt: start + 900 })).toBe(true);
  expect(holdsMessage(state, { ...event, messageId: "m-2" })).toBe(false);
  expect(holdsMessage(state, { ...event, sourceId: "another" })).toBe(false);
  expect(holdsMessage(emptyState(start), event)).toBe(false);
});
