import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventOf, foresee, joinEvents, pinTo, say, splitEvents } from "./edit-events.ts";
import type { ListItem, NamedEvent } from "./shapes.ts";

const pin = (sku: string, position: number): NamedEvent => ({ action: "pin", sku, position });
const places = (events: readonly NamedEvent[]) =>
  Object.fromEntries(events.flatMap(({ action, sku, position }) => (action === "pin" ? [[sku, position]] : [])));
const anItem = (sku: string): ListItem => ({
  ...{ sku, name: sku, image: null, price: null, finalPrice: null, inStock: true },
  ...{ qty: null, margin: null, score: 1, reasons: [], effects: [] },
});

describe("pinning a product", () => {
  it("moves the pin that is in the way down, and leaves pins further away alone", () => {
    expect(places(pinTo([pin("a", 1), pin("b", 5)], "new", 1, 9))).toEqual({ a: 2, b: 5, new: 1 });
  });

  it("exchanges two pins side by side when one is moved past the other", () => {
    expect(places(pinTo([pin("a", 2), pin("b", 3)], "a", 3, 2))).toEqual({ a: 3, b: 2 });
    expect(places(pinTo([pin("a", 2), pin("b", 3)], "b", 2, 3))).toEqual({ a: 3, b: 2 });
  });

  it("says only one thing of a product", () => {
    const events = pinTo([{ action: "boost", sku: "a", factor: 3 }], "a", 4);
    expect(events).toEqual([pin("a", 4)]);
    expect(say(events, "a", "hide")).toEqual([{ action: "hide", sku: "a" }]);
    expect(eventOf(say(events, "a", null), "a")).toBeUndefined();
  });

  it("keeps each place to one pin and each product to one word, however pins are moved", () => {
    const move = fc.record({
      sku: fc.constantFrom("a", "b", "c", "d", "e"),
      to: fc.integer({ min: -2, max: 203 }),
      from: fc.option(fc.integer({ min: 1, max: 210 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 20 }), (moves) => {
        let events: readonly NamedEvent[] = [];
        for (const { sku, to, from } of moves) {
          const before = eventOf(events, sku)?.position;
          events = pinTo(events, sku, to, before ?? from);
          expect(eventOf(events, sku)?.position).toBe(Math.min(Math.max(1, to), 200));
        }
        const taken = events.map(({ position }) => position ?? 0);
        expect(new Set(taken).size).toBe(taken.length);
        expect(new Set(events.map(({ sku }) => sku)).size).toBe(events.length);
        for (const place of taken) expect(place >= 1 && place <= 200).toBe(true);
      }),
    );
  });
});

describe("the list that is foreseen", () => {
  it("has pins at their places and nothing that is hidden", () => {
    const items = ["a", "b", "c", "d", "e"].map(anItem);
    const shown = foresee(items, [pin("e", 2), { action: "hide", sku: "a" }, pin("gone", 1)]);
    expect(shown.map(({ sku }) => sku)).toEqual(["b", "e", "c", "d"]);
  });
});

describe("events of a rule", () => {
  it("are the same after they were taken apart and joined", () => {
    const named = [pin("a", 1), { action: "bury", sku: "b", factor: 0.5 }] as const;
    const byCondition = [{ action: "hide", where: { all: [] } }] as const;
    expect(splitEvents(joinEvents(named, byCondition))).toEqual({ named, byCondition });
    expect(splitEvents(undefined)).toEqual({ named: [], byCondition: [] });
  });
});
