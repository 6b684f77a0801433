import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CanonicalEvent } from "../collect/index.ts";
import type { JsonObject } from "../kernel/index.ts";
import { foldEvent } from "../profiles/fold-event.ts";
import { emptyState, type FoldContext, type ProfileState } from "../profiles/index.ts";
import { createRateTable, type Rate } from "../rates/rate-table.ts";
import { aLine, anEvent } from "../testing/builders.ts";
import { anOrderEvent, aTrait, traitRules } from "../testing/traits/builders.ts";
import type { TraitBody } from "./trait-body.ts";
import { applyEvent, buildTraitSet } from "./trait-set.ts";

const dayMs = 86_400_000;
const start = Date.UTC(2026, 2, 10, 12);

/** Value of one trait after events in the order given. */
function valueAfter(
  body: TraitBody,
  events: readonly CanonicalEvent[],
  options: { nowMs?: number; rates?: readonly Rate[] } = {},
) {
  const { convertMinor } = createRateTable(options.rates ?? []);
  const set = buildTraitSet(
    [aTrait("t", body)],
    { rules: traitRules(), currency: "USD", convertMinor },
    () => undefined,
  );
  const context: FoldContext = {
    parentOf: () => undefined,
    applyLeaves: (leaves) => leaves,
    applyTraits: (traits, event) => applyEvent(traits, event, set, () => ({ isLive: true, cutoff: 0 })),
    currency: "USD",
  };
  const state = events.reduce<ProfileState>((known, event) => foldEvent(known, event, context), emptyState(start));
  const nowMs = options.nowMs ?? start + 30 * dayMs;
  return set.traits[0]!.read({ state, nowMs, profile: {}, changesAt: () => Number.POSITIVE_INFINITY });
}

const orders: TraitBody = { kind: "count", events: ["orderPlaced", "completeCheckout"] };
const revenue: TraitBody = {
  kind: "sum",
  events: ["orderPlaced", "completeCheckout"],
  path: "event.properties.orderTotal",
};
const usd = (minor: number) => ({ minor, currency: "USD" });
const browser = anOrderEvent("o1", start, 900, { type: "completeCheckout" });
const office = anOrderEvent("o1", start + 5, 1000);
const again = anOrderEvent("o1", start + 6, 1000, { messageId: "other" });
const second = anOrderEvent("o2", start + dayMs, 500);
const cancelled = anEvent({
  type: "orderCancelled",
  at: start + 2 * dayMs,
  sourceKind: "server",
  properties: { orderId: "o2" },
});
const refund = (id: string, minor: number) =>
  anEvent({
    type: "orderRefunded",
    at: start + dayMs,
    sourceKind: "server",
    properties: { orderId: "o1", refundId: id, refund: usd(minor) },
  });

describe("traits of orders", () => {
  it.each([
    ["one order of browser and back office", [browser, office], 1, 1000],
    ["the same the other way round", [office, browser], 1, 1000],
    ["one placed twice under different message ids", [office, again], 1, 1000],
    ["two orders", [office, second], 2, 1500],
    ["one of two cancelled", [office, second, cancelled], 1, 1000],
    ["cancelled before it came", [cancelled, office, second], 1, 1000],
    ["refunded in part, which is no fewer orders", [office, refund("r", 300)], 1, 1000],
  ])("counts %s", (_what, events, count, minor) => {
    for (const sequence of [events, [...events].reverse()]) {
      expect(valueAfter(orders, sequence).value).toBe(count);
      expect(valueAfter(revenue, sequence).value).toEqual(usd(minor));
    }
  });

  it("takes refunds off where it is asked to, each once, and never more than the order", () => {
    const net: TraitBody = { ...revenue, net: true };
    expect(valueAfter(net, [refund("r", 300), office, refund("r", 300)]).value).toEqual(usd(700));
    expect(valueAfter(net, [office, refund("a", 800), refund("b", 800)]).value).toEqual(usd(0));
  });

  it("replaces the lines of an order that was updated, by the version of the update", () => {
    const placed = anOrderEvent("o1", start, 1000, { properties: { items: [aLine("tent", 1000, 1)] } });
    const update = (qty: number, updatedAt: string, at: number) =>
      anEvent({
        type: "orderUpdated",
        at,
        sourceKind: "server",
        properties: { orderId: "o1", updatedAt, items: [aLine("tent", 1000, qty)] },
      });
    const newer = update(3, new Date(start + 2 * dayMs).toISOString(), start + dayMs);
    const older = update(2, new Date(start + dayMs).toISOString(), start + 3 * dayMs);
    const items: TraitBody = { kind: "sum", event: "orderPlaced", path: "item.qty" };
    fc.assert(
      fc.property(fc.shuffledSubarray([placed, newer, older], { minLength: 3 }), (events) => {
        expect(valueAfter(items, events).value).toBe(3);
      }),
    );
  });

  it("counts and sums the lines that fit", () => {
    const items = [aLine("tent", 100, 2), aLine("mug", 30, 4), { sku: "mug", qty: 2, unitPrice: usd(50) }];
    const event = anEvent({ type: "addToCart", at: start, properties: { items } });
    const pots = { where: { attribute: { path: "product.brand", op: "eq", value: "Pot" } } };
    expect(valueAfter({ kind: "count", event: "addToCart", lines: {} }, [event]).value).toBe(3);
    expect(valueAfter({ kind: "count", event: "addToCart", lines: pots }, [event, event]).value).toBe(4);
    expect(valueAfter({ kind: "sum", event: "addToCart", lines: pots, path: "item.row_total" }, [event]).value).toEqual(
      usd(220),
    );
    const many = { where: { attribute: { path: "item.qty", op: "gt", value: 2 } } };
    expect(valueAfter({ kind: "sum", event: "addToCart", lines: many, path: "item.row_total" }, [event]).value).toEqual(
      usd(120),
    );
    expect(
      valueAfter({ kind: "sum", event: "addToCart", path: "event.properties.items.lineTotal" }, [event]).value,
    ).toEqual(usd(420));
    expect(valueAfter({ kind: "unique_list", event: "addToCart", path: "item.sku" }, [event]).value).toEqual([
      "mug",
      "tent",
    ]);
  });

  it("looks only at events that fit the condition", () => {
    const where = { attribute: { path: "event.context.campaign.source", op: "eq", value: "mail" } };
    const from = (source: string) => anEvent({ type: "pageView", at: start, context: { campaign: { source } } });
    expect(
      valueAfter({ kind: "count", event: "pageView", where }, [from("mail"), from("ads"), from("MAIL")]).value,
    ).toBe(2);
  });
});

describe("money of several currencies", () => {
  const day = (offset: number): string => new Date(start + offset * dayMs).toISOString().slice(0, 10);
  const rates: readonly Rate[] = [
    { day: day(0), base: "EUR", currency: "USD", rate: "1.10" },
    { day: day(3), base: "EUR", currency: "USD", rate: "1.255" },
    { day: day(3), base: "USD", currency: "JPY", rate: "150" },
  ];
  const euros = (at: number, minor: number, id: string) => anOrderEvent(id, at, minor, { currency: "EUR" });

  it("is converted with the rate of the event's day, rounded once at the end", () => {
    const events = [euros(start, 101, "a"), euros(start + 3 * dayMs, 101, "b"), anOrderEvent("c", start, 5)];
    // 1.01 × 1.10 + 1.01 × 1.255 + 0.05 = 2.42855
    expect(valueAfter(revenue, events, { rates })).toEqual({ value: usd(243), flags: [] });
    expect(valueAfter({ ...revenue, kind: "avg" }, events, { rates }).value).toEqual(usd(81));
    expect(valueAfter({ ...revenue, kind: "max" }, events, { rates }).value).toEqual(usd(127));
  });

  it("takes an earlier rate for up to seven days, then leaves the amount out and says so", () => {
    expect(valueAfter(revenue, [euros(start + 10 * dayMs, 100, "a")], { rates })).toEqual({
      value: usd(126),
      flags: [],
    });
    expect(valueAfter(revenue, [euros(start + 11 * dayMs, 100, "a"), second], { rates })).toEqual({
      value: usd(500),
      flags: ["missing_rate"],
    });
    expect(valueAfter(revenue, [euros(start - dayMs, 100, "a")], { rates })).toEqual({
      value: usd(0),
      flags: ["missing_rate"],
    });
  });

  it("reaches currencies by way of another, with their own number of digits", () => {
    const yen: TraitBody = { ...revenue, currency: "JPY" };
    expect(valueAfter(yen, [euros(start + 3 * dayMs, 200, "a")], { rates }).value).toEqual({
      minor: 377,
      currency: "JPY",
    });
  });
});

describe("windows of traits", () => {
  it("end with the session of the person", () => {
    const body: TraitBody = { kind: "count", event: "pageView", window: { session: "2h" } };
    const at = (minutes: number) => anEvent({ type: "pageView", at: start + minutes * 60_000 });
    const events = [at(0), at(300), at(390), at(400)];
    const value = (minutes: number) => valueAfter(body, events, { nowMs: start + minutes * 60_000 }).value;
    expect([value(401), value(520), value(521)]).toEqual([3, 3, 0]);
  });

  it("stay near the truth for somebody with more events than are kept one by one", () => {
    const body: TraitBody = { kind: "count", event: "pageView", window: { last: "30d" } };
    const events = Array.from({ length: 6_000 }, (_, index) =>
      anEvent({ type: "pageView", at: start + index * 300_000 }),
    );
    const end = start + 6_000 * 300_000;
    expect(valueAfter(body, events, { nowMs: end }).value).toBe(6_000);
    const later = Number(valueAfter(body, events, { nowMs: end + 20 * dayMs }).value);
    const exact = events.filter(({ timestamp }) => timestamp >= end + 20 * dayMs - 30 * dayMs).length;
    expect(Math.abs(later - exact)).toBeLessThan(300);
  });

  it("keep the number of what did not fit out of the sum", () => {
    const event = (results: unknown) => anEvent({ type: "x", at: start, properties: { results } as JsonObject });
    const body: TraitBody = { kind: "sum", event: "x", path: "event.properties.results" };
    expect(valueAfter(body, ["4", 0.1, 0.2, "1e3", "abc", true, null].map(event)).value).toBe(4.3);
  });
});
