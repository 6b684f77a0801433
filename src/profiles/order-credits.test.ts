// Credit notes: what they take off a person's net, whether or not their order is known.
import { describe, expect, it } from "vitest";
import { traitsOf } from "../audiences/traits.ts";
import type { CanonicalEvent } from "../collect/index.ts";
import type { JsonObject } from "../kernel/index.ts";
import { aLine, anEvent } from "../testing/builders.ts";
import { emptyState } from "./empty-state.ts";
import { type FoldContext, foldEvent } from "./fold-event.ts";
import { mergeStates } from "./merge-states.ts";
import { creditsOf } from "./order-credits.ts";
import type { ProfileState } from "./profile.ts";

const start = Date.UTC(2026, 0, 10);
const usd = (minor: number) => ({ minor, currency: "USD" });
const context: FoldContext = { parentOf: () => undefined, applyLeaves: (leaves) => leaves, currency: "USD" };
const fold = (events: readonly CanonicalEvent[]): ProfileState =>
  events.reduce((state, event) => foldEvent(state, event, context), emptyState(start));

let clock = 0;
const told = (type: string, properties: JsonObject): CanonicalEvent => {
  clock += 1;
  return anEvent({ type, at: start + clock, sourceKind: "server", verified: true, properties });
};
const placed = (orderId: string, minor: number, more: JsonObject = {}) =>
  told("orderPlaced", { orderId, orderTotal: usd(minor), ...more });
const creditNote = (minor: number, more: JsonObject = {}) => told("orderRefunded", { refund: usd(minor), ...more });

function net(state: ProfileState): number {
  const { orders_revenue_net } = traitsOf(state, start + 1_000, { currency: "USD" });
  return (orders_revenue_net as { minor: number }).minor;
}

describe("a credit note", () => {
  it("is off the net at once when it names no order, and each one counts", () => {
    const state = fold([placed("1", 5_000), creditNote(700, { refundId: "c1" }), creditNote(300)]);
    expect(net(state)).toBe(4_000);
    expect(state.orders[0]?.refunded).toEqual(usd(0));
  });

  it("of an order that nobody knows is off the net at once, and once when the order comes", () => {
    const note = creditNote(700, { refundId: "c1", orderId: "9" });
    expect(net(fold([note]))).toBe(-700);
    expect(net(fold([note, placed("9", 5_000)]))).toBe(4_300);
    expect(net(fold([placed("9", 5_000), note]))).toBe(4_300);
  });

  it("counts once when it is told again with the number of its order", () => {
    const events = [
      creditNote(700, { refundId: "c1" }),
      creditNote(700, { refundId: "c1", orderId: "9" }),
      placed("9", 5_000),
    ];
    for (const order of [events, events.toReversed(), [events[2]!, events[0]!, events[1]!]]) {
      const state = fold(order);
      expect(net(state)).toBe(4_300);
      expect(state.orders[0]?.refunded).toEqual(usd(700));
    }
    const [a, b] = [fold([events[0]!]), fold([events[1]!, events[2]!])];
    expect([net(mergeStates(a, b)), net(mergeStates(b, a))]).toEqual([4_300, 4_300]);
  });

  it("takes nothing off for a cancelled order, whose amount counts no more", () => {
    const note = creditNote(700, { refundId: "c1", orderId: "9" });
    const cancelled = told("orderCancelled", { orderId: "9" });
    expect(net(fold([note, cancelled]))).toBe(0);
    expect(net(fold([placed("9", 5_000), cancelled, note]))).toBe(0);
  });

  it("gives back the whole open amount when it names none, and the price of its pieces when it names those", () => {
    const full = told("orderRefunded", { orderId: "9", refundId: "all" });
    const part = creditNote(1_000, { orderId: "9", refundId: "c1" });
    for (const events of [
      [placed("9", 5_000), part, full],
      [full, part, placed("9", 5_000)],
    ])
      expect(fold(events).orders[0]?.refunded).toEqual(usd(5_000));
    const bought = placed("9", 3_500, { items: [aLine("bag", 1_000, 3), aLine("mug", 500)] });
    const pieces = told("orderRefunded", {
      orderId: "9",
      refundId: "p",
      items: [{ sku: "bag", qty: 2 }, { sku: "tent" }],
    });
    for (const events of [
      [bought, pieces],
      [pieces, bought],
    ])
      expect(fold(events).orders[0]?.refunded).toEqual(usd(2_000));
  });

  it("in another currency than its order's is off the net of that currency", () => {
    const state = fold([
      placed("9", 5_000),
      told("orderRefunded", { orderId: "9", refundId: "c1", refund: { minor: 100, currency: "EUR" } }),
    ]);
    expect(creditsOf(state)).toMatchObject([{ minor: 100, currency: "EUR" }]);
    const traits = (convert?: Parameters<typeof traitsOf>[2]["convert"]) =>
      traitsOf(state, start + 1_000, { currency: "USD", ...(convert ? { convert } : {}) });
    expect(traits()).toMatchObject({ orders_revenue_net: usd(5_000), trait_flags: ["missing_rate"] });
    expect(traits(({ minor }) => usd(minor * 2))).toMatchObject({ orders_revenue_net: usd(4_800) });
  });

  it("is not lost when there are more of them than are kept one by one", () => {
    const old = [
      placed("old", 1_000),
      creditNote(400, { orderId: "old", refundId: "o" }),
      creditNote(400, { refundId: "o" }),
    ];
    const unknown = Array.from({ length: 60 }, (_, index) =>
      creditNote(10, { orderId: `u${index}`, refundId: `c${index}` }),
    );
    const orders = Array.from({ length: 100 }, (_, index) => placed(`n${index}`, 100));
    expect(net(fold(unknown))).toBe(-600);
    const state = fold([...old, ...unknown, ...orders]);
    expect(state.orders.some(({ orderId }) => orderId === "old")).toBe(false);
    expect(net(state)).toBe(100 * 100 + 600 - 600);
    expect(net(mergeStates(fold(unknown), fold([...old, ...orders])))).toBe(100 * 100 + 600 - 600);
  });

  it("takes hostile ids and amounts as plain data", () => {
    const state = fold([
      creditNote(50, { refundId: "__proto__" }),
      told("orderRefunded", { refund: { minor: "12", currency: "USD" } }),
      told("orderRefunded", { refund: { minor: 1e300, currency: "USD" } }),
      told("orderRefunded", { refund: usd(-30), refundId: "constructor", orderId: " " }),
      told("orderRefunded", {}),
    ]);
    expect(net(state)).toBe(-80);
    expect(({} as Record<string, unknown>)["minor"]).toBeUndefined();
  });
});
