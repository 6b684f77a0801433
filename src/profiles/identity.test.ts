// Messages that come late, through the whole program: what the profiles count and the event store shows afterwards.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, type IdentityApp, startIdentityApp, unique } from "../testing/identity-app.ts";

let its: IdentityApp;
beforeAll(async () => {
  its = await startIdentityApp();
});
afterAll(() => its.close());

describe("messages that come late", () => {
  it("give each person of a shared device their own events, though the second came first", async () => {
    const [device, ann, bob] = [unique("a"), unique("u"), unique("u")];
    await its.sendInTurn([
      { type: "signIn", anonymousId: device, customerId: bob, timestamp: at(20) },
      { type: "his", anonymousId: device, timestamp: at(25) },
      { type: "hers", anonymousId: device, timestamp: at(15) },
      { type: "signIn", anonymousId: device, customerId: ann, timestamp: at(10) },
    ]);
    await its.settle();
    const [hers, his] = [await its.by("user_id", ann), await its.by("user_id", bob)];
    expect(hers["counters"]).toEqual({ signIn: 1, hers: 1 });
    expect(his["counters"]).toEqual({ signIn: 1, his: 1 });
    expect(await its.timelineOf(hers["profileId"])).toEqual(["hers", "signIn"]);
    expect(await its.timelineOf(his["profileId"])).toEqual(["his", "signIn"]);
  });

  it("give what came after a late sign-out to a stranger", async () => {
    const [device, ann] = [unique("a"), unique("u")];
    await its.sendInTurn([
      { type: "signIn", anonymousId: device, customerId: ann, timestamp: at(10) },
      { type: "afterwards", anonymousId: device, timestamp: at(30) },
      { type: "signOut", anonymousId: device, timestamp: at(20) },
    ]);
    await its.settle();
    expect((await its.by("user_id", ann))["counters"]).toEqual({ signIn: 1, signOut: 1 });
    const stranger = await its.by("anonymous_id", device);
    expect(stranger["counters"]).toEqual({ afterwards: 1 });
    expect(await its.timelineOf(stranger["profileId"])).toEqual(["afterwards"]);
  });

  it("leave no profile behind for a stretch in which nothing happened", async () => {
    const [device, ann] = [unique("a"), unique("u")];
    await its.sendInTurn([
      { type: "signIn", anonymousId: device, customerId: ann, timestamp: at(10) },
      { type: "elsewhere", customerId: ann, timestamp: at(30) },
      { type: "signOut", anonymousId: device, timestamp: at(20) },
    ]);
    await its.settle();
    expect((await its.by("user_id", ann))["counters"]).toEqual({ signIn: 1, elsewhere: 1, signOut: 1 });
    expect((await its.app.call("GET", `/v1/profiles/by/anonymous_id/${device}`)).status).toBe(404);
    await its.sendInTurn([{ type: "later", anonymousId: device, timestamp: at(40) }]);
    expect((await its.by("anonymous_id", device))["counters"]).toEqual({ later: 1 });
  });

  it("undo a merge, and the merged id comes back", async () => {
    const [device, ann, bob] = [unique("a"), unique("u"), unique("u")];
    await its.sendInTurn([
      { type: "browse", anonymousId: device, timestamp: at(5) },
      { type: "elsewhere", customerId: ann, timestamp: at(1) },
    ]);
    const alone = (await its.by("anonymous_id", device))["profileId"];
    await its.sendInTurn([{ type: "signIn", anonymousId: device, customerId: ann, timestamp: at(30) }]);
    expect((await its.by("anonymous_id", device))["profileId"]).toBe((await its.by("user_id", ann))["profileId"]);
    // Somebody else was on the device before: what it did until then was theirs.
    await its.sendInTurn([{ type: "signIn", anonymousId: device, customerId: bob, timestamp: at(10) }]);
    await its.settle();
    const [hers, his] = [await its.by("user_id", ann), await its.by("user_id", bob)];
    expect(hers["counters"]).toEqual({ elsewhere: 1, signIn: 1 });
    expect(his["counters"]).toEqual({ browse: 1, signIn: 1 });
    expect(his["profileId"]).toBe(alone);
    expect(hers["mergedFrom"]).toEqual([]);
  });

  it("give the same profiles in any order and batches, with repeats", async () => {
    const message = fc.record({
      at: fc.integer({ min: 1, max: 4_000 }),
      type: fc.constantFrom("view", "view", "view", "signOut"),
      user: fc.option(fc.constantFrom("u1", "u2"), { nil: undefined, freq: 2 }),
      device: fc.option(fc.constantFrom("d1", "d2"), { nil: undefined, freq: 4 }),
    });
    const plan = fc.record({
      messages: fc.uniqueArray(message, { minLength: 4, maxLength: 12, selector: (each) => each.at }),
      ranks: fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 24, maxLength: 24 }),
      batch: fc.integer({ min: 1, max: 6 }),
    });
    const outcome = async (run: string) => {
      const seen: Record<string, unknown> = {};
      const names = new Map<unknown, string>();
      for (const [namespace, value] of [
        ["user_id", "u1"],
        ["user_id", "u2"],
        ["anonymous_id", "d1"],
        ["anonymous_id", "d2"],
      ]) {
        const profile = await its.by(String(namespace), `${value}-${run}`);
        const id = profile["profileId"];
        if (id !== undefined && !names.has(id)) names.set(id, `p${names.size}`);
        seen[String(value)] = id === undefined ? null : [names.get(id), profile["counters"], await its.timelineOf(id)];
      }
      return seen;
    };
    await fc.assert(
      fc.asyncProperty(plan, async ({ messages, ranks, batch }) => {
        const runs = [unique("in-order"), unique("shuffled")];
        for (const [which, run] of runs.entries()) {
          const events = messages
            .filter(({ user, device }) => user !== undefined || device !== undefined)
            .map((each) => ({
              messageId: `${run}-${each.at}`,
              type: each.type === "signOut" ? "signOut" : `view${each.at}`,
              timestamp: at(each.at),
              ...(each.user ? { customerId: `${each.user}-${run}` } : {}),
              ...(each.device ? { anonymousId: `${each.device}-${run}` } : {}),
            }));
          const sorted = events.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
          const shuffled = [...events, ...events]
            .map((event, index) => ({ event, rank: ranks[index] ?? 0 }))
            .sort((a, b) => a.rank - b.rank)
            .map(({ event }) => event);
          const stream = which === 0 ? sorted : shuffled;
          for (let from = 0; from < stream.length; from += which === 0 ? stream.length : batch) {
            await its.app.sendFromServer(stream.slice(from, from + (which === 0 ? stream.length : batch)));
            await its.app.settle();
          }
        }
        await its.settle();
        expect(await outcome(runs[1]!)).toEqual(await outcome(runs[0]!));
      }),
      { numRuns: Number(process.env["APP_RUNS"] ?? 2) },
    );
  }, 120_000);
});

describe("a profile that is computed anew", () => {
  it("is so again when somebody counted an event meanwhile", async () => {
    const [device, ann] = [unique("a"), unique("u")];
    await its.sendInTurn([
      { type: "signIn", anonymousId: device, customerId: ann, timestamp: at(10) },
      { type: "afterwards", anonymousId: device, timestamp: at(30) },
      { type: "signOut", anonymousId: device, timestamp: at(20) },
    ]);
    let reads = 0;
    its.interceptEvents(
      (read) =>
        async function* intercepted(identifiers) {
          reads += 1;
          yield* read(identifiers);
          if (reads === 1)
            await its.sendInTurn([{ type: "meanwhile", customerId: ann, anonymousId: unique("a"), timestamp: at(40) }]);
        },
    );
    await its.identity.rebuildPending();
    its.interceptEvents((read) => read);
    const expected = { signIn: 1, signOut: 1, meanwhile: 1 };
    await expect
      .poll(
        async () => {
          await its.settle();
          return (await its.by("user_id", ann))["counters"];
        },
        { interval: 100 },
      )
      .toEqual(expected);
    expect(reads).toBe(2);
    expect((await its.by("anonymous_id", device))["counters"]).toEqual({ afterwards: 1 });
  });
});
