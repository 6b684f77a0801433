// Conditions about the members of accounts: as events come, over past events, after merges and erasures, and for accounts of any size.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import { dayMs, hourMs, noon } from "../testing/audiences/builders.ts";
import { startTraitApp, type TraitApp } from "../testing/traits/trait-app.ts";

const clock = createFixedClock(noon);
let app: TraitApp;
beforeAll(async () => {
  app = await startTraitApp(clock);
});
afterAll(() => app.close());

let messages = 0;
function event(type: string, anonymousId: string, more: object = {}): object {
  messages += 1;
  const timestamp = new Date(clock.now() - 1_000).toISOString();
  return { messageId: `account-${messages}`, type, anonymousId, timestamp, ...more };
}
const joins = (anonymousId: string, groupId: string): object =>
  event("group", anonymousId, { properties: { groupId } });

async function send(...events: readonly object[]): Promise<void> {
  await app.send(events);
  await app.collect.settle();
}

/** All that comes by itself within seconds: co-members, and whoever is due. */
async function settle(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await app.audiences.judgeAccounts();
    await app.judgeDue();
  }
}

async function keysOf(person: string, prefix: string): Promise<readonly string[]> {
  const keys = await app.audiencesOf(person);
  return keys.filter((key) => key.startsWith(prefix)).sort();
}

let audienceNumber = 100;
async function publishAll(prefix: string, name: string, more: object = {}): Promise<void> {
  for (const account of ["any", "none", "all"] as const) {
    audienceNumber += 1;
    await app.publishAudience(audienceNumber, `${prefix}-${account}`, { event: { name, account, ...more } });
  }
}

describe("the members of an account", () => {
  it("are asked as they join and as they act, each for all others", async () => {
    await publishAll("dish", "ping");
    await send(event("ping", "d-1"), event("pageView", "d-2"));
    // Without an account nobody is asked.
    expect(await keysOf("d-1", "dish")).toEqual(["dish-none"]);
    await send(joins("d-1", "dish"));
    expect(await keysOf("d-1", "dish")).toEqual(["dish-all", "dish-any"]);
    await send(joins("d-2", "dish"));
    expect(await keysOf("d-2", "dish")).toEqual(["dish-any"]);
    await settle();
    expect(await keysOf("d-1", "dish")).toEqual(["dish-any"]);
    await send(event("ping", "d-2"));
    expect(await keysOf("d-2", "dish")).toEqual(["dish-all", "dish-any"]);
    expect(await keysOf("d-1", "dish")).toEqual(["dish-any"]);
    await settle();
    expect(await keysOf("d-1", "dish")).toEqual(["dish-all", "dish-any"]);
  });

  it("are asked in one batch by what all of it amounts to", async () => {
    await send(joins("b-1", "batch"), joins("b-2", "batch"), event("ping", "b-2"));
    expect(await keysOf("b-1", "dish")).toEqual(["dish-any"]);
    expect(await keysOf("b-2", "dish")).toEqual(["dish-any"]);
  });

  it("leave a window by themselves, for all of the account", async () => {
    await publishAll("recent", "pong", { window: { last: "2h" } });
    await send(joins("w-1", "window"), joins("w-2", "window"), event("pong", "w-1"));
    await settle();
    expect(await keysOf("w-2", "recent")).toEqual(["recent-any"]);
    clock.advance(hourMs);
    await send(event("pong", "w-2"));
    await settle();
    expect(await keysOf("w-1", "recent")).toEqual(["recent-all", "recent-any"]);
    clock.advance(hourMs);
    await settle();
    expect(await keysOf("w-1", "recent")).toEqual(["recent-any"]);
    expect(await keysOf("w-2", "recent")).toEqual(["recent-any"]);
    clock.advance(hourMs);
    await settle();
    expect(await keysOf("w-1", "recent")).toEqual(["recent-none"]);
    expect(await keysOf("w-2", "recent")).toEqual(["recent-none"]);
  });

  it("of an audience that is new come from past events", async () => {
    await send(event("older", "p-1"), joins("p-1", "past"), joins("p-2", "past"), event("pageView", "p-3"));
    clock.advance(1_000);
    await publishAll("older", "older");
    expect(await keysOf("p-1", "older")).toEqual(["older-any"]);
    expect(await keysOf("p-2", "older")).toEqual(["older-any"]);
    expect(await keysOf("p-3", "older")).toEqual(["older-none"]);
  });

  it("become one when two of them merge, and bring along their accounts", async () => {
    await send(event("ping", "m-1"), joins("m-1", "merge"), joins("m-2", "merge"), joins("m-3", "other"));
    await settle();
    expect(await keysOf("m-1", "dish")).toEqual(["dish-any"]);
    await send(event("signIn", "m-1", { customerId: "merged" }), event("signIn", "m-2", { customerId: "merged" }));
    await settle();
    expect(await keysOf("m-1", "dish")).toEqual(["dish-all", "dish-any"]);
    // Who is alone in an account is judged with those who come by a merge.
    expect(await keysOf("m-3", "dish")).toEqual(["dish-none"]);
    await send(joins("m-4", "other"), event("signIn", "m-4", { customerId: "merged" }));
    await settle();
    expect(await keysOf("m-3", "dish")).toEqual(["dish-any"]);
  });

  it("are asked no more once they are erased", async () => {
    await send(event("ping", "e-1"), joins("e-1", "erase"), joins("e-2", "erase"));
    await settle();
    expect(await keysOf("e-2", "dish")).toEqual(["dish-any"]);
    const { profileId } = await app.profiles.by("anonymous_id", "e-1");
    const person = await app.profiles.privacy.personOf(profileId);
    if (!person) throw new Error("nobody to erase");
    await app.engines.postgres.transaction((tx) => app.profiles.privacy.erase(tx, person));
    app.profiles.privacy.forget(person);
    await settle();
    expect(await keysOf("e-2", "dish")).toEqual(["dish-none"]);
  });

  it("of a large account do not hold up a batch, and are judged all the same", async () => {
    const size = 150;
    const people = Array.from({ length: size }, (_, at) => `large-${at}`);
    await send(...people.map((one) => joins(one, "large")));
    await settle();
    expect(await keysOf("large-7", "dish")).toEqual(["dish-none"]);
    await send(event("ping", "large-0"));
    // Too many to be asked on the way: whoever acted is judged again at once, the others after it.
    expect(await keysOf("large-0", "dish")).toEqual(["dish-none"]);
    await settle();
    for (const one of ["large-0", "large-7", "large-149"]) expect(await keysOf(one, "dish")).toEqual(["dish-any"]);
  });
});

describe("random accounts", () => {
  it.each([1, 2])("are judged as a plain count over their events says, live and from scratch (%i)", async (seed) => {
    const random = mulberry(seed);
    const name = `walk${seed}`;
    await publishAll(name, name, { window: { last: "3h" }, count: { op: "gte", value: 2 } });
    const people = Array.from({ length: 7 }, (_, at) => `r${seed}-${at}`);
    const times = new Map<string, number[]>(people.map((one) => [one, []]));
    const accounts = new Map<string, Set<string>>(people.map((one) => [one, new Set()]));
    await send(...people.map((one) => event("pageView", one)));
    for (let step = 0; step < 7; step += 1) {
      const batch: object[] = [];
      for (let count = 0; count < 3; count += 1) {
        const one = people[Math.floor(random() * people.length)] ?? "";
        if (random() < 0.3) {
          const account = `r${seed}-account-${Math.floor(random() * 3)}`;
          accounts.get(one)?.add(account);
          batch.push(joins(one, account));
        } else {
          times.get(one)?.push(clock.now() - 1_000);
          batch.push(event(name, one));
        }
      }
      await send(...batch);
      await settle();
      const check = async (): Promise<void> => {
        for (const one of people) {
          const own = accounts.get(one) ?? new Set();
          const members = people.filter((other) => [...(accounts.get(other) ?? [])].some((id) => own.has(id)));
          const truths = members.map(
            (other) => (times.get(other) ?? []).filter((at) => at >= clock.now() - 3 * hourMs).length >= 2,
          );
          const expected = [
            ...(truths.length > 0 && truths.every(Boolean) ? [`${name}-all`] : []),
            ...(truths.some(Boolean) ? [`${name}-any`] : [`${name}-none`]),
          ];
          expect({ step, one, keys: await keysOf(one, name) }).toEqual({ step, one, keys: expected });
        }
      };
      await check();
      clock.advance(Math.floor(random() * 2 * hourMs));
      await settle();
      await check();
      if (step === 4) {
        await app.audiences.recompute(["any", "none", "all"].map((account) => `${name}-${account}`));
        await check();
      }
    }
    clock.advance(dayMs);
  });
});

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
