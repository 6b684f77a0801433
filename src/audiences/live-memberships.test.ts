// Memberships kept up event by event equal a recount of everything, whatever happens while the past is collected.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import { noon } from "../testing/audiences/builders.ts";
import { startTraitApp, type TraitApp } from "../testing/traits/trait-app.ts";

const clock = createFixedClock(noon);
let app: TraitApp;
beforeAll(async () => {
  app = await startTraitApp(clock);
});
afterAll(() => app.close());

let messages = 0;
let audienceNumber = 0;
const most = 8;

function event(type: string, anonymousId: string, more: object = {}): object {
  messages += 1;
  const timestamp = new Date(clock.now() - 1_000).toISOString();
  return { messageId: `live-${messages}`, type, anonymousId, timestamp, ...more };
}

/** An audience for each number of events up to the most that one can have. */
async function publishCounts(type: string, where?: object): Promise<void> {
  const published: Promise<void>[] = [];
  for (let value = 1; value <= most; value += 1) {
    audienceNumber += 1;
    const rule = { event: { name: type, count: { op: "gte", value }, ...(where ? { where } : {}) } };
    published.push(app.publishAudience(audienceNumber, `${type}-${value}`, rule));
  }
  await Promise.all(published);
}

/** How many events the memberships of a person speak of. */
async function countedOf(type: string, anonymousId: string): Promise<number> {
  const keys = (await app.audiencesOf(anonymousId)).filter((key) => key.startsWith(`${type}-`));
  const counts = keys.map((key) => Number(key.slice(type.length + 1)));
  // In one of them means in all those below.
  expect(counts.sort((a, b) => a - b)).toEqual(counts.map((_, index) => index + 1));
  return counts.length;
}

it("counts two events of one millisecond as two, and a repeated message once", async () => {
  const first = event("ping", "p");
  await app.send([first, event("ping", "p")]);
  await app.send([first]);
  await app.collect.settle();
  clock.advance(10);
  await publishCounts("ping");
  expect(await countedOf("ping", "p")).toBe(2);
  await app.send([event("ping", "p"), event("ping", "p")]);
  await app.send([first]);
  await app.collect.settle();
  expect(await countedOf("ping", "p")).toBe(4);
});

it.each(["reading", "writing"] as const)(
  "keeps everything of people who are merged while their past is collected, before the %s of their profiles",
  async (moment) => {
    const type = `merge${moment}`;
    const [first, second, person] = [`${moment}-1`, `${moment}-2`, `${moment}-c`];
    await app.send([event(type, first), event(type, first), event(type, second), event(type, second)]);
    await app.collect.settle();
    clock.advance(10);
    app.meanwhile[moment] = async () => {
      clock.advance(10);
      await app.send([
        event("signIn", first, { customerId: person }),
        event("signIn", second, { customerId: person }),
        event(type, second),
      ]);
      await app.collect.settle();
    };
    await publishCounts(type);
    expect(app.meanwhile[moment]).toBeUndefined();
    expect(await countedOf(type, first)).toBe(5);
    expect(await countedOf(type, second)).toBe(5);
  },
);

/** Numbers that look random and are the same each time. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const seeds = process.env["CLIENTELE_TEST_LONG"] ? Array.from({ length: 40 }, (_, index) => index + 1) : [1, 2, 3];
it.each(seeds)("equals a recount after events, merges and late events in any order (%i)", async (seed) => {
  const random = randomOf(seed * 7_919);
  const type = `any${seed}`;
  const persons = 4;
  const expected = new Map<string, number>();
  const devices = Array.from({ length: persons * 2 }, (_, index) => `any-${seed}-${index}`);
  const personOf = (device: string): string => `c-${seed}-${devices.indexOf(device) % persons}`;
  const signedIn = new Set<string>();
  const step = async (): Promise<void> => {
    const device = devices[random(devices.length)] ?? "";
    clock.advance(random(3));
    const kind = random(4);
    if (kind === 0) {
      signedIn.add(device);
      await app.send([event("signIn", device, { customerId: personOf(device) })]);
    } else if ((expected.get(device) ?? 0) < most / 2) {
      expected.set(device, (expected.get(device) ?? 0) + 1);
      // Some are stamped long before they arrive.
      const late = kind === 1 ? { timestamp: new Date(clock.now() - random(80_000_000)).toISOString() } : {};
      const sent = event(type, device, late);
      await app.send(random(4) === 0 ? [sent, sent] : [sent]);
    }
    if (random(6) === 0) await app.collect.settle();
  };
  for (let count = 0; count < 12; count += 1) await step();
  const meanwhile = async (): Promise<void> => {
    for (let count = 0; count < 5; count += 1) await step();
    await app.collect.settle();
  };
  if (random(2) === 0) app.meanwhile.reading = meanwhile;
  else app.meanwhile.writing = meanwhile;
  // Every other time with a condition, which the event store judges.
  const where = { attribute: { path: "event.source", op: "eq", value: "shop" } };
  const publishing = publishCounts(type, seed % 2 === 0 ? where : undefined);
  for (let count = 0; count < 5; count += 1) await step();
  await publishing;
  for (let count = 0; count < 5; count += 1) await step();
  await app.collect.settle();
  await app.audiences.settled();

  for (const device of devices) {
    if (!expected.has(device) && !signedIn.has(device)) continue;
    const together = signedIn.has(device)
      ? devices.filter((other) => signedIn.has(other) && personOf(other) === personOf(device))
      : [device];
    const sum = together.reduce((total, each) => total + (expected.get(each) ?? 0), 0);
    expect({ device, counted: await countedOf(type, device) }).toEqual({ device, counted: sum });
  }
});

it("gives the same members when everything is computed again", async () => {
  await app.send([event("again", "r"), event("again", "r"), event("again", "r2")]);
  await app.collect.settle();
  clock.advance(10);
  await publishCounts("again");
  await app.send([event("again", "r")]);
  await app.collect.settle();
  clock.advance(10);
  await app.audiences.recompute(Array.from({ length: most }, (_, index) => `again-${index + 1}`));
  expect([await countedOf("again", "r"), await countedOf("again", "r2")]).toEqual([3, 1]);
  await app.send([event("again", "r")]);
  await app.collect.settle();
  expect(await countedOf("again", "r")).toBe(4);
});

it("counts anew what was not in use for a while", async () => {
  audienceNumber += 1;
  const rule = { event: { name: "paused", count: { op: "gte", value: 2 } } };
  await app.publishAudience(audienceNumber, "pausing", rule);
  await app.send([event("paused", "q")]);
  await app.collect.settle();
  await app.publishAudience(audienceNumber, "pausing", null);
  clock.advance(10);
  await app.send([event("paused", "q")]);
  await app.collect.settle();
  clock.advance(10);
  await app.publishAudience(audienceNumber, "pausing", rule);
  expect(await app.audiencesOf("q")).toContain("pausing");
});

it("serves the version before until the past of a new one is collected", async () => {
  audienceNumber += 1;
  const number = audienceNumber;
  await app.publishAudience(number, "edited", { event: { name: "oldway" } });
  await app.send([event("oldway", "e-1"), event("newway", "e-2")]);
  await app.collect.settle();
  clock.advance(10);
  let during: readonly (readonly string[])[] = [];
  app.meanwhile.reading = async () => {
    clock.advance(10);
    await app.send([event("oldway", "e-3")]);
    await app.collect.settle();
    during = [await app.audiencesOf("e-1"), await app.audiencesOf("e-2"), await app.audiencesOf("e-3")];
  };
  await app.publishAudience(number, "edited", { event: { name: "newway" } }, 2);
  expect(during.map((keys) => keys.includes("edited"))).toEqual([true, false, true]);
  const after = await Promise.all(["e-1", "e-2", "e-3"].map((id) => app.audiencesOf(id)));
  expect(after.map((keys) => keys.includes("edited"))).toEqual([false, true, false]);
});
