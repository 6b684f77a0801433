// Rows of stocks go when nobody can take from them again, and never give more than the limit when a limit comes back.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { server, unique } from "../../testing/decision-calls.ts";
import { ids, offerCalls, strategy } from "../../testing/offer-calls.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { createStockCleaner } from "./store-stock-cleaner.ts";

const dayMs = 24 * 3_600_000;
const clock = createFixedClock(Date.parse("2026-03-10T12:00:00Z"));
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
});
afterAll(() => app.close());
const { askOne, place, offer, collection, policy } = offerCalls(() => app);

async function stocked(cap: object) {
  const at = await place();
  const scarce = await offer(at, { caps: [{ per: "total", hard: true, counted: "decision", ...cap }] });
  await policy(at, [strategy("all", await collection(scarce))]);
  await app.offerDecisions.refreshCounts();
  return { at, scarce };
}
const shown = async (at: string, times: number): Promise<number> =>
  (await Promise.all(Array.from({ length: times }, () => askOne(at, unique("guest"))))).flatMap(ids).length;
const rowsOf = async (key: string): Promise<readonly number[]> => {
  const { body } = await app.call("GET", `/v1/definitions/offer/${key}`);
  const { rows } = await app.engines.postgres.query<{ taken: number }>(
    "select s.taken::int as taken from offer_stock s where s.offer_id = $1::uuid order by s.period_start",
    [body["id"]],
  );
  return rows.map(({ taken }) => taken);
};
const etagOf = async (key: string) => String((await app.call("GET", `/v1/definitions/offer/${key}`)).headers["etag"]);
const step = async (key: string, name: string): Promise<void> => {
  const headers = { ...server, "if-match": await etagOf(key) };
  const answer = await app.call("POST", `/v1/definitions/offer/${key}/${name}`, {}, headers);
  expect(answer, name).toMatchObject({ status: 200 });
};
async function setCaps(key: string, caps: readonly object[]): Promise<void> {
  const { body, headers } = await app.call("GET", `/v1/definitions/offer/${key}`);
  const changed = { name: key, body: { ...(body["body"] as object), caps } };
  const ifMatch = { ...server, "if-match": String(headers["etag"]) };
  expect(await app.call("PUT", `/v1/definitions/offer/${key}`, changed, ifMatch)).toMatchObject({ status: 200 });
  await step(key, "publish");
  await app.offerDecisions.refreshCounts();
}

it("keeps what was given out while a limit is gone: it comes back where it was", async () => {
  const { at, scarce } = await stocked({ limit: 3 });
  expect(await shown(at, 2)).toBe(2);
  await setCaps(scarce, []);
  clock.advance(400 * dayMs);
  await app.offerDecisions.maintain();
  expect(await rowsOf(scarce)).toEqual([2]);
  await setCaps(scarce, [{ per: "total", hard: true, counted: "decision", limit: 3 }]);
  expect(await shown(at, 8)).toBe(1);
});

it("keeps what was given out of an offer that is archived and comes back", async () => {
  const at = await place();
  const scarce = await offer(at, {
    caps: [{ per: "total", hard: true, counted: "decision", limit: 3 }],
    tags: ["kept"],
  });
  const tagged = unique("collection");
  await app.publish("offer-collection", tagged, { tags: { any: ["kept"] } });
  await policy(at, [strategy("all", tagged)]);
  await app.offerDecisions.refreshCounts();
  expect(await shown(at, 2)).toBe(2);
  await step(scarce, "archive");
  await app.offerDecisions.refreshCounts();
  await app.offerDecisions.maintain();
  expect(await shown(at, 2)).toBe(0);
  await step(scarce, "unarchive");
  await step(scarce, "resume");
  await app.offerDecisions.refreshCounts();
  expect(await shown(at, 8)).toBe(1);
});

it("deletes periods that are over: all but the newest while the limit stands, the rest when it is gone", async () => {
  const daily = { period: { every: 1, unit: "day" }, limit: 2 };
  const { at, scarce } = await stocked(daily);
  expect(await shown(at, 4)).toBe(2);
  clock.advance(dayMs);
  expect(await shown(at, 1)).toBe(1);
  await app.offerDecisions.maintain();
  // Late events of the first day may still come.
  expect(await rowsOf(scarce)).toEqual([2, 1]);
  clock.advance(5 * dayMs);
  await app.offerDecisions.maintain();
  expect(await rowsOf(scarce)).toEqual([1]);
  expect(await shown(at, 4)).toBe(2);
  await setCaps(scarce, []);
  await app.offerDecisions.maintain();
  // The day that runs: the limit may come back in it.
  expect(await rowsOf(scarce)).toEqual([2]);
  await setCaps(scarce, [{ per: "total", hard: true, counted: "decision", ...daily }]);
  expect(await shown(at, 4)).toBe(0);
  await setCaps(scarce, []);
  clock.advance(5 * dayMs);
  await app.offerDecisions.maintain();
  expect(await rowsOf(scarce)).toEqual([]);
  await setCaps(scarce, [{ per: "total", hard: true, counted: "decision", ...daily }]);
  expect(await shown(at, 4)).toBe(2);
});

it("deletes what says 0 of an offer without a limit, and never while pieces are taken", async () => {
  const { at, scarce } = await stocked({ counted: "impression", limit: 4, holdMinutes: 1 });
  expect(await shown(at, 3)).toBe(3);
  clock.advance(120_000);
  await app.offerDecisions.refreshCounts();
  await app.offerDecisions.maintain();
  expect(await rowsOf(scarce)).toEqual([0]);
  // Deleted again and again, as by a process that has not heard of the limit, while others take: nobody gets a fifth.
  const other = createStockCleaner(app.engines.postgres);
  const asked = Array.from({ length: 40 }, () => askOne(at, unique("guest")));
  const sweeps = Array.from({ length: 20 }, () => other.clean(Math.floor(clock.now() / dayMs), []));
  const [answers] = await Promise.all([Promise.all(asked), Promise.all(sweeps)]);
  expect(answers.flatMap(ids)).toHaveLength(4);
  expect(await rowsOf(scarce)).toEqual([4]);
  await setCaps(scarce, []);
  await app.offerDecisions.maintain();
  expect(await rowsOf(scarce)).toEqual([4]);
  clock.advance(120_000);
  await app.offerDecisions.maintain();
  expect(await rowsOf(scarce)).toEqual([]);
});
