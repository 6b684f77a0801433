import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { createSessionStore, type EndedSession } from "./store-sessions.clickhouse.ts";

const hour = 3_600_000;
const minute = 60_000;
const now = Date.UTC(2026, 2, 20, 12);

const span = { nowMs: now, fromMs: now - 400 * 24 * hour };

type Seen = {
  readonly at: number;
  readonly who: string;
  readonly session?: string;
  readonly skus: readonly string[];
  readonly type?: string;
  readonly receivedAt?: number;
};
let engines: TestEngines;
let inserted = 0;
const insert = (events: readonly Seen[]) =>
  engines.clickhouse.insert(
    "events",
    events.map(({ at, who, session = "", skus, type = "productPageView", receivedAt = at }) => {
      inserted += 1;
      return {
        event_id: `e${String(inserted).padStart(6, "0")}`,
        source_id: "test",
        event_type: type,
        ts: at,
        received_at: receivedAt,
        identity_key: who,
        session_id: session,
        skus,
        items_qty: skus.map(() => 1),
      };
    }),
  );
const plain = (sessions: readonly EndedSession[]) =>
  sessions.map(({ items, hasPurchase, endedAt }) => ({ items, hasPurchase, ago: (now - endedAt) / minute }));

beforeAll(async () => {
  engines = await openTestEngines(["measurement", "recommendations"]);
}, 120_000);
beforeEach(() => engines.clickhouse.command("truncate table events"));
afterAll(() => engines?.close());

describe("sessions of the event store", () => {
  it("keep their steps with repeats, and are cut after 30 minutes of silence where nobody sent session ids", async () => {
    const store = createSessionStore(engines.clickhouse);
    const steps = ["a", "b", "a", "c"].map((sku, step) => ({
      at: now - 5 * hour + step * minute,
      who: "v1",
      skus: [sku],
    }));
    const later = ["d", "e"].map((sku, step) => ({ at: now - 3 * hour + step * minute, who: "v1", skus: [sku] }));
    const slow = ["f", "g"].map((sku, step) => ({
      at: now - 4 * hour + step * hour,
      who: "v2",
      session: "s",
      skus: [sku],
    }));
    await insert([...steps, ...later, ...slow]);
    expect(plain(await store.part(span, 0, 1, 100))).toEqual([
      { items: ["d", "e"], hasPurchase: false, ago: 179 },
      { items: ["f", "g"], hasPurchase: false, ago: 180 },
      { items: ["a", "b", "a", "c"], hasPurchase: false, ago: 297 },
    ]);
    expect(await store.count(span.fromMs, now)).toBe(2);
  });

  it("count once they are over: after half an hour, or at once with a purchase", async () => {
    const store = createSessionStore(engines.clickhouse);
    const running = ["a", "b"].map((sku, step) => ({ at: now - 10 * minute + step, who: "v1", skus: [sku] }));
    const bought = ["c", "d"].map((sku, step) => ({ at: now - 5 * minute + step, who: "v2", skus: [sku] }));
    await insert([...running, ...bought, { at: now - minute, who: "v2", skus: ["d"], type: "completeCheckout" }]);
    expect(plain(await store.since(now - 2 * hour, span, 100))).toEqual([
      { items: ["c", "d"], hasPurchase: true, ago: 1 },
    ]);
    const later = await store.since(now, { ...span, nowMs: now + 21 * minute }, 100);
    expect(later.map(({ items }) => items)).toContainEqual(["a", "b"]);
  });

  it("come again when an event of them came late, under the same key", async () => {
    const store = createSessionStore(engines.clickhouse);
    const old = ["a", "b"].map((sku, step) => ({ at: now - 48 * hour + step, who: "v1", session: "s", skus: [sku] }));
    await insert(old);
    const [first] = await store.part(span, 0, 1, 100);
    expect(await store.since(now - hour, span, 100)).toEqual([]);
    await insert([{ at: now - 48 * hour + 9, who: "v1", session: "s", skus: ["c"], receivedAt: now - minute }]);
    const [again] = await store.since(now - hour, span, 100);
    expect(again).toMatchObject({ key: first?.key, items: ["a", "b", "c"] });
  });

  it("lie in exactly one part each", async () => {
    const store = createSessionStore(engines.clickhouse);
    const many = Array.from({ length: 40 }, (_, at) =>
      ["x", "y"].map((sku, step) => ({ at: now - 5 * hour + step + at, who: `v${at}`, skus: [sku] })),
    );
    await insert(many.flat());
    const keys: number[] = [];
    for (const part of [0, 1, 2]) for (const { key } of await store.part(span, part, 3, 100)) keys.push(key);
    expect(new Set(keys).size).toBe(40);
    expect(keys).toHaveLength(40);
  });

  it("count from where a log of the past ends", async () => {
    const store = createSessionStore(engines.clickhouse);
    expect(await store.start(now)).toBeNull();
    const past = now - 9 * 365 * 24 * hour;
    await insert(
      ["a", "b"].map((sku, step) => ({ at: past + step, who: "v1", skus: [sku], receivedAt: now - minute })),
    );
    const fromMs = (await store.start(now)) ?? 0;
    expect(fromMs).toBe(past + 1 - 400 * 24 * hour);
    const found = await store.since(now - hour, { fromMs, nowMs: now }, 100);
    expect(found.map(({ items }) => items)).toEqual([["a", "b"]]);
  });
});
