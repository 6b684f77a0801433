import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock, createLogger } from "../../kernel/index.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { createLiveCounts } from "./live-counts.ts";
import { createOfferCountStore, everybody, type Increment } from "./store.ts";

let engines: TestEngines;
beforeAll(async () => {
  engines = await openTestEngines(["offers"]);
});
afterAll(() => engines.close());

const uuids = Array.from({ length: 6 }, () => randomUUID());
const [offerA = "", offerB = ""] = uuids.slice(4);
const sumOf = (counts: readonly { offerId: string; n: number }[]) => counts.reduce((sum, { n }) => sum + n, 0);

describe("counts of offers", () => {
  it("add up to what a naive count says, whatever is merged in between", async () => {
    const store = createOfferCountStore(engines.postgres);
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ add: fc.nat(3), offer: fc.nat(1), day: fc.integer({ min: 1, max: 3 }) }) },
      { weight: 1, arbitrary: fc.record({ merge: fc.nat(3), into: fc.nat(3) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const ids = Array.from({ length: 4 }, () => randomUUID());
        // Who each is now, and what each had.
        const naive = ids.map(() => 0);
        for (const one of steps) {
          if ("add" in one) {
            const cell = { offerId: one.offer ? offerB : offerA, counted: "click", placement: "home", day: one.day };
            await store.transaction((tx) => store.add(tx, [{ ...cell, profileId: ids[one.add]!, slot: 0, n: 1 }]));
            naive[one.add]! += 1;
          } else if (one.merge !== one.into) {
            await store.transaction((tx) => store.merge(tx, new Map([[ids[one.merge]!, ids[one.into]!]])));
            naive[one.into]! += naive[one.merge]!;
            naive[one.merge] = 0;
          }
        }
        for (const [at, id] of ids.entries()) expect(sumOf(await store.ofProfile(id))).toBe(naive[at]);
      }),
      { numRuns: 25 },
    );
  });

  it("of somebody who turns out to be nobody, or is erased, go", async () => {
    const store = createOfferCountStore(engines.postgres);
    const [gone, erased] = [randomUUID(), randomUUID()];
    const cell = { offerId: offerA, counted: "click", placement: "", day: 5, slot: 0, n: 2 };
    await store.transaction((tx) =>
      store.add(tx, [
        { ...cell, profileId: gone },
        { ...cell, profileId: erased },
        { ...cell, profileId: everybody, slot: 63 },
      ]),
    );
    await store.transaction((tx) => store.merge(tx, new Map([[gone, everybody]])));
    expect(await store.transaction((tx) => store.erase(tx, [erased, everybody]))).toBe(1);
    expect([await store.ofProfile(gone), await store.ofProfile(erased)]).toEqual([[], []]);
    expect(sumOf(await store.totalsOf([offerA]))).toBe(2);
  });

  it("of days long past become one, and keep their sum", async () => {
    const store = createOfferCountStore(engines.postgres);
    const profileId = randomUUID();
    const increments = [10, 11, 12, 900].map(
      (day): Increment => ({ profileId, offerId: offerB, counted: "click", placement: "", day, slot: 0, n: 1 }),
    );
    await store.transaction((tx) => store.add(tx, increments));
    await store.fold(500, 1_000);
    await store.fold(500, 1_000);
    const days = (await store.ofProfile(profileId)).map(({ day, n }) => [day, n]).sort();
    expect(days).toEqual([
      [-1, 3],
      [900, 1],
    ]);
  });
});

describe("counts in memory", () => {
  const setUp = (totalIds: readonly string[] = []) => {
    const clock = createFixedClock(1_000_000);
    const store = createOfferCountStore(engines.postgres);
    const deps = { store, clock, logger: createLogger("silent"), totalIds: () => totalIds };
    return { clock, store, counts: createLiveCounts(deps), other: createLiveCounts(deps) };
  };
  const cell = (offerId: string) => ({ offerId, counted: "decision", placement: "home", day: 20_000 });

  it("are there at once where they were decided, and elsewhere once written", async () => {
    const offerId = randomUUID();
    const { counts, other } = setUp([offerId]);
    await counts.refresh();
    await other.refresh();
    counts.decided(null, "device", [cell(offerId)], () => true);
    expect([sumOf(named(counts.ofAll(offerId))), sumOf(named(other.ofAll(offerId)))]).toEqual([1, 0]);
    await counts.refresh();
    await other.refresh();
    expect([sumOf(named(counts.ofAll(offerId))), sumOf(named(other.ofAll(offerId)))]).toEqual([1, 1]);
    other.decided(null, "", [cell(offerId)], () => true);
    await other.refresh();
    await counts.refresh();
    expect(sumOf(named(counts.ofAll(offerId)))).toBe(2);
  });

  it("of a profile are unknown until they are loaded, and then count each decision once, before and after the write", async () => {
    const [profileId, offerId] = [randomUUID(), randomUUID()];
    const { counts } = setUp();
    expect(counts.ofVisitor(profileId, "", offerId)).toBeNull();
    await counts.ensure(profileId);
    for (let time = 1; time <= 3; time += 1) {
      counts.decided(profileId, "", [cell(offerId)], () => false);
      expect(sumOf(named(counts.ofVisitor(profileId, "", offerId)!))).toBe(time);
      await counts.flush();
      expect(sumOf(named(counts.ofVisitor(profileId, "", offerId)!))).toBe(time);
    }
  });

  it("of a profile whose events are being counted are loaded anew until the transaction must be over", async () => {
    const [profileId, offerId] = [randomUUID(), randomUUID()];
    const { clock, counts, store } = setUp();
    await counts.ensure(profileId);
    await store.transaction(async (tx) => {
      counts.touch([profileId]);
      await store.add(tx, [{ ...cell(offerId), profileId, slot: 0, n: 4 }]);
    });
    await counts.ensure(profileId);
    expect(sumOf(named(counts.ofVisitor(profileId, "", offerId)!))).toBe(4);
    clock.advance(2_000);
    await counts.ensure(profileId);
    expect(sumOf(named(counts.ofVisitor(profileId, "", offerId)!))).toBe(4);
  });

  it("noted before a merger are written for who the profile became", async () => {
    const [loser, survivor, offerId] = [randomUUID(), randomUUID(), randomUUID()];
    const { counts, store } = setUp();
    await counts.ensure(loser);
    counts.decided(loser, "", [cell(offerId)], () => false);
    counts.decided(survivor, "", [cell(offerId)], () => false);
    counts.moved(new Map([[loser, survivor]]));
    await counts.flush();
    expect([sumOf(await store.ofProfile(loser)), sumOf(await store.ofProfile(survivor))]).toEqual([0, 2]);
  });

  function named(list: readonly { n: number }[]) {
    return list.map(({ n }) => ({ offerId: "", n }));
  }
});
