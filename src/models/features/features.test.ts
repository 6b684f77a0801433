import fc from "fast-check";
import { expect, it } from "vitest";
import { foldEvent } from "../../profiles/index.ts";
import { aLine, anEvent } from "../../testing/builders.ts";
import { planCutoffs } from "../training/cut-offs.ts";
import { features } from "./features.ts";
import { dayMs } from "./shopper-history.ts";
import { snapshotsOf } from "./snapshots.ts";

const start = Date.UTC(2026, 0, 1);
const currency = "USD";
const options = {
  fold: (state: Parameters<typeof foldEvent>[0], event: Parameters<typeof foldEvent>[1]) =>
    foldEvent(state, event, { parentOf: () => undefined, applyLeaves: (leaves) => leaves, currency }),
  toMinor: (amount: { minor: number; currency: string }) => (amount.currency === currency ? amount.minor : undefined),
};

const anyEvent = fc
  .tuple(
    fc.integer({ min: 0, max: 120 * 24 }),
    fc.constantFrom(
      "pageView",
      "productPageView",
      "addToCart",
      "orderPlaced",
      "orderRefunded",
      "orderCancelled",
      "searchRequestSent",
      "messageOpened",
    ),
    fc.integer({ min: 1, max: 6 }),
  )
  .map(([hour, type, number]) => ({ hour, type, number }));

function toEvents(list: readonly { hour: number; type: string; number: number }[]) {
  return [...list]
    .sort((a, b) => a.hour - b.hour)
    .map(({ hour, type, number }, at) => {
      const line = aLine(`sku-${number}`, 100 * number);
      const order = { orderId: `o-${number}`, orderTotal: { minor: 100 * number, currency }, items: [line] };
      return anEvent({
        type,
        messageId: `m-${at}`,
        at: start + hour * 3_600_000,
        properties: type.startsWith("order")
          ? order
          : { items: [line], searchQuery: `query ${number}`, sendKey: `s${number}` },
      });
    });
}

it("looks at nothing that came after the cut-off", () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 40 }), (list) => {
      const events = toEvents(list);
      const cutoff = start + 60 * dayMs;
      const past = events.filter(({ timestamp }) => timestamp <= cutoff);
      const read = (own: typeof events) =>
        snapshotsOf(own, 0, { ...options, cutoffs: [cutoff], horizons: [], until: cutoff + 200 * dayMs }).map(
          ({ values }) => [...values],
        );
      expect(read(events)).toEqual(read(past));
    }),
    { numRuns: 60 },
  );
});

it("counts as outcome what was ordered after the cut-off and within the horizon, and knows none beyond the data", () => {
  const cutoff = start + 10 * dayMs;
  const order = (id: string, days: number) =>
    anEvent({
      type: "orderPlaced",
      messageId: id,
      at: cutoff + days * dayMs,
      properties: { orderId: id, orderTotal: { minor: 500, currency }, items: [] },
    });
  const events = [order("before", -3), order("edge", 0), order("inside", 7), order("outside", 7.001)];
  const [row] = snapshotsOf(events, 0, {
    ...options,
    cutoffs: [cutoff],
    horizons: [7, 30],
    until: cutoff + 20 * dayMs,
  });
  expect(row?.outcomes).toEqual({ ordered_7d: 1, spent_7d: 500, ordered_30d: Number.NaN, spent_30d: Number.NaN });
});

it("gives every feature a name of its own and words", () => {
  expect(new Set(features.map(({ name }) => name)).size).toBe(features.length);
  expect(features.every(({ label }) => label.length > 3)).toBe(true);
});

it("learns only from cut-offs whose outcome was known at the test", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 900 }), fc.constantFrom(7, 30, 90), (span, horizon) => {
      const test = start + span * dayMs;
      const { training } = planCutoffs(start, test, horizon);
      for (const cutoff of training) {
        expect(cutoff + horizon * dayMs).toBeLessThanOrEqual(test);
        expect(cutoff).toBeGreaterThanOrEqual(start + 28 * dayMs);
      }
    }),
  );
});
