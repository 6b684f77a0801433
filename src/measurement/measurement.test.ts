import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CanonicalEvent, ExportRows } from "../collect/index.ts";
import { createLogger, newId } from "../kernel/index.ts";
import { anEvent } from "../testing/builders.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { createMeasurement, type Measurement, type WalkOptions } from "./index.ts";

let engines: TestEngines;
let measurement: Measurement;
beforeAll(async () => {
  engines = await openTestEngines(["measurement"]);
  measurement = createMeasurement({
    clickhouse: engines.clickhouse,
    logger: createLogger("silent"),
    parentOf: () => undefined,
  });
});
afterAll(async () => {
  await measurement.close();
  await engines.close();
});

const start = Date.UTC(2026, 2, 10);
type Interval = { key: string; profileId: string; from: number; to: number | null };
const linkRow = ({ key, profileId, from, to }: Interval) => ({
  identity_key: key,
  valid_from: from,
  valid_to: to,
  profile_id: profileId,
  version: 1,
});

async function clear(): Promise<void> {
  await engines.clickhouse.command("truncate table events");
  await engines.clickhouse.command("truncate table identity_links");
}

const append = (
  { events, links }: { readonly events: readonly CanonicalEvent[]; readonly links: ExportRows["links"] },
  token: string,
) => measurement.sink.append({ encoded: [measurement.sink.encode(events)], links }, token);

const walk = (types: readonly string[], options: Pick<WalkOptions, "visit" | "progress" | "pageSize">) =>
  measurement.past.walk({ types, cutoff: Date.UTC(2100, 0, 1), properties: null, context: true, ...options });

describe("events of types, for backfills", () => {
  it("come each once, with their owner of that time, whatever the page size", async () => {
    const [first, second] = [newId(1), newId(2)];
    // Ownership of each key: free, taken from the start, or handed over at 50.
    const key = fc.constantFrom("a", "b", "c", "d");
    const event = fc.record({
      key,
      at: fc.integer({ min: 0, max: 99 }),
      type: fc.constantFrom("pageView", "addToCart", "signIn"),
    });
    const intervals: readonly Interval[] = [
      { key: "anonymous_id:a", profileId: first, from: 0, to: null },
      { key: "anonymous_id:b", profileId: first, from: 0, to: start + 50 },
      { key: "anonymous_id:b", profileId: second, from: start + 50, to: null },
      { key: "anonymous_id:c", profileId: second, from: 0, to: start + 50 },
    ];
    const ownerOf = (name: string, at: number): string | undefined =>
      intervals.find(
        (interval) =>
          interval.key === `anonymous_id:${name}` &&
          start + at >= interval.from &&
          (interval.to === null || start + at < interval.to),
      )?.profileId;

    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), async (drawn, pageSize) => {
        await clear();
        const events = drawn.map(({ key: anonymousId, at, type }) => anEvent({ type, anonymousId, at: start + at }));
        await append({ events, links: intervals.map(linkRow) }, newId());
        const seen: string[] = [];
        let before = 0;
        await walk(["pageView", "addToCart"], {
          pageSize,
          visit: (profileId, { type, timestamp }) => seen.push(`${profileId} ${type} ${timestamp}`),
          progress: async (done) => {
            expect(done - before).toBeLessThanOrEqual(pageSize);
            before = done;
          },
        });
        const expected = drawn.flatMap(({ key: name, at, type }) => {
          const owner = ownerOf(name, at);
          return owner && type !== "signIn" ? [`${owner} ${type} ${start + at}`] : [];
        });
        expect(seen.toSorted()).toEqual(expected.toSorted());
        const times: string[] = [];
        const types = ["pageView", "addToCart"];
        await measurement.past.walkTimes({
          events: { lists: types.map((type) => ({ names: [type], where: null })), reads: [], params: {} },
          cutoff: Date.UTC(2100, 0, 1),
          pageSize,
          visit: (profileId, list, found) => times.push(...found.map((at) => `${profileId} ${types[list]} ${at}`)),
        });
        expect(times.toSorted()).toEqual(expected.toSorted());
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});

describe("an export", () => {
  it("changes nothing when it is repeated under its token, and keeps the last word on who owns a key", async () => {
    await clear();
    const events = [anEvent({ anonymousId: "x", at: start }), anEvent({ anonymousId: "x", at: start + 1 })];
    const owner = newId();
    const links = [linkRow({ key: "anonymous_id:x", profileId: owner, from: 0, to: null })];
    const token = newId();
    await append({ events, links }, token);
    await append({ events, links }, token);
    expect(await measurement.countEvents()).toBe(2);
    const heir = newId();
    await append({ events: [], links: [{ ...links[0], profile_id: heir, version: 2 }] }, newId());
    const owners = new Set<string>();
    await walk(["pageView"], { visit: (profileId) => owners.add(profileId) });
    expect([...owners]).toEqual([heir]);
  });

  it("takes amounts, dates and texts that no column was made for", async () => {
    await clear();
    const huge = { minor: Number.MAX_SAFE_INTEGER, currency: "USD" };
    const events: CanonicalEvent[] = [
      anEvent({
        at: 0,
        properties: {
          items: [{ sku: "X", qty: 999_999_999, unitPrice: huge }],
          orderTotal: huge,
          orderId: "o".repeat(30_000),
        },
      }),
      anEvent({
        at: start,
        properties: { items: [{ sku: "\uFFFD", qty: 1e-9, lineTotal: { minor: -5, currency: "USD" } }] },
      }),
    ];
    await append({ events, links: [] }, newId());
    const rows = await engines.clickhouse.query<{ items_total: (number | string)[] }>(
      "select items_total from events order by ts",
    );
    expect(rows.map((row) => row.items_total.map(Number))).toEqual([[0], [-5]]);
  });
});

describe("a timeline", () => {
  const intervals = [
    { namespace: "anonymous_id", value: "t", validFrom: start + 10, validTo: start + 20, verified: true },
    { namespace: "user_id", value: "u", validFrom: 0, validTo: null, verified: true },
  ];

  it("holds the events of each identifier within its time, newest first, in pages", async () => {
    await clear();
    const device = [9, 10, 15, 19, 20].map((at) => anEvent({ anonymousId: "t", at: start + at }));
    const person = [5, 12, 30].map((at) => anEvent({ customerId: "u", anonymousId: "t", at: start + at }));
    await append({ events: [...device, ...person, anEvent({ anonymousId: "other", at: start })], links: [] }, newId());
    const times = (rows: readonly { ts: string }[]) => rows.map((row) => Date.parse(row.ts) - start);
    const all = await measurement.timeline(intervals, { before: null, limit: 10 });
    expect(times(all)).toEqual([30, 19, 15, 12, 10, 5]);
    const page = await measurement.timeline(intervals, { before: { at: start + 15, id: "" }, limit: 2 });
    expect(times(page)).toEqual([12, 10]);
    expect(await measurement.timeline([], { before: null, limit: 10 })).toEqual([]);
  });
});
