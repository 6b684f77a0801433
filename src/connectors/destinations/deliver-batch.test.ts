import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliverBatch } from "./deliver-batch.ts";
import type { SendResult } from "./senders/sender.ts";

const calm = { wait: async () => undefined, isStill: async () => true };

/** A destination that takes everything but the given records, and remembers what it took. */
function receiver(judge: (index: number) => SendResult["kind"] | "breaks") {
  const taken: number[] = [];
  const send = async (from: number, to: number): Promise<SendResult> => {
    const indexes = Array.from({ length: to - from }, (_, offset) => from + offset);
    const kinds = indexes.map(judge);
    if (kinds.includes("down")) return { kind: "down", message: "away" };
    if (kinds.includes("breaks")) return { kind: "down", message: "500", mayBeRecord: true };
    if (kinds.includes("refused")) return { kind: "refused", message: "422" };
    taken.push(...indexes);
    return { kind: "done" };
  };
  return { taken, send };
}

describe("a batch", () => {
  it("reaches the destination but for exactly those records that are refused, in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 40 }),
        fc.uniqueArray(fc.nat(39), { maxLength: 12 }),
        async (count, bad) => {
          const refused = new Set(bad.filter((index) => index < count));
          const { taken, send } = receiver((index) => (refused.has(index) ? "refused" : "done"));
          const result = await deliverBatch(count, { ...calm, send });
          const all = Array.from({ length: count }, (_, index) => index);
          expect(taken).toEqual(all.filter((index) => !refused.has(index)));
          expect(result.dead.map(({ index }) => index)).toEqual([...refused].sort((a, b) => a - b));
          expect(result).toMatchObject({ settled: count, down: null });
        },
      ),
    );
  });

  it("stops where the destination goes down and forgets nothing from there on", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.nat(19), fc.nat(19), async (count, downAt, refusedAt) => {
        const isDownFrom = downAt % count;
        const { taken, send } = receiver((index) =>
          index >= isDownFrom ? "down" : index === refusedAt ? "refused" : "done",
        );
        const result = await deliverBatch(count, { ...calm, send });
        expect(result.down).not.toBeNull();
        expect(taken.every((index) => index < result.settled)).toBe(true);
        expect(result.dead.every(({ index }) => index < result.settled)).toBe(true);
        // Everything before is either there or dead.
        expect(taken.length + result.dead.length).toBe(result.settled);
      }),
    );
  });

  it("does not blame a record when every record breaks the server", async () => {
    const { send } = receiver(() => "breaks");
    expect(await deliverBatch(10, { ...calm, send })).toMatchObject({ settled: 0, dead: [], down: { message: "500" } });
  });

  it("blames the record that breaks the server while others pass", async () => {
    const { taken, send } = receiver((index) => (index === 2 ? "breaks" : "done"));
    const result = await deliverBatch(5, { ...calm, send });
    expect(taken).toEqual([0, 1, 3, 4]);
    expect(result).toMatchObject({ settled: 5, dead: [{ index: 2 }], down: null });
  });

  it("holds everything when twenty records in a row are refused: that is no fault of the records", async () => {
    const { send } = receiver(() => "refused");
    const result = await deliverBatch(50, { ...calm, send });
    expect(result.dead).toHaveLength(19);
    expect(result).toMatchObject({ settled: 19, refusals: 20 });
    expect((await deliverBatch(31, { ...calm, send }, result.refusals)).dead).toEqual([]);
  });

  it("is gathered anew when persons or settings changed while it waited", async () => {
    const { send } = receiver(() => "down");
    const result = await deliverBatch(3, { send, wait: async () => undefined, isStill: async () => false });
    expect(result).toMatchObject({ settled: 0, down: null, isStale: true });
  });
});
