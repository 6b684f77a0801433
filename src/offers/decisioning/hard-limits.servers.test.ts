// A stock that two processes give out from on one database: no piece twice.
import { createClient } from "@clickhouse/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ClickHouseServer, startClickHouseServer } from "../../testing/clickhouse-http-server.ts";
import { unique } from "../../testing/decision-calls.ts";
import { ids, offerCalls, strategy } from "../../testing/offer-calls.ts";
import { type PostgresServer, startPostgresServer } from "../../testing/postgres-server.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let postgres: PostgresServer;
let clickhouse: ClickHouseServer;
let apps: TestApp[] = [];
beforeAll(async () => {
  [postgres, clickhouse] = await Promise.all([startPostgresServer(), startClickHouseServer()]);
  const client = createClient({ url: clickhouse.url });
  await client.command({ query: "create database stocks" });
  await client.close();
  const config = { postgresUrl: postgres.url, clickhouseUrl: `${clickhouse.url}/stocks` };
  // One after the other: the first makes the tables.
  apps = [await startTestApp({ config }), await startTestApp({ config })];
}, 120_000);
afterAll(async () => {
  for (const app of apps) await app.close();
  await Promise.all([postgres.stop(), clickhouse.stop()]);
});

it("never gives out more than there is, one personal code a person, and frees what is not confirmed for all", async () => {
  const [first, second] = [offerCalls(() => apps[0]!), offerCalls(() => apps[1]!)];
  const at = await first.place();
  const rule = unique("vouchers");
  await apps[0]!.publish("cart-price-rule", rule, {
    ...{ priority: 1, coupon: { type: "pool" }, action: { type: "percent", percent: "10" } },
  });
  await apps[0]!.call("POST", "/v1/coupon-pools", { ruleKey: rule, name: "Codes" });
  const scarce = await first.offer(at, {
    priority: 50,
    caps: [{ counted: "impression", limit: 10, per: "total", hard: true }],
    cartRule: { key: rule, personalCode: { guests: true } },
  });
  await first.policy(at, [strategy("all", await first.collection(scarce))]);
  await expect
    .poll(
      async () => {
        await apps[1]!.definitions.refresh();
        return ids(await second.askOne(at, "watcher"));
      },
      { timeout: 20_000 },
    )
    .toEqual([scarce]);
  const guests = Array.from({ length: 64 }, () => unique("guest"));
  const answers = await Promise.all(guests.map((guest, turn) => [first, second][turn % 2]!.askOne(at, guest)));
  // The watcher has one of the ten.
  expect(answers.filter((answer) => ids(answer)[0] === scarce)).toHaveLength(9);
  const winner = guests[answers.findIndex((answer) => ids(answer)[0] === scarce)]!;
  const codeOf = (answer: (typeof answers)[number]) =>
    (answer.value?.items[0] as { coupon?: { code: string } } | undefined)?.coupon?.code;
  await Promise.all(apps.map((app) => app.offerDecisions.refreshCounts()));
  const again = await Promise.all(
    Array.from({ length: 32 }, (_, turn) => [first, second][turn % 2]!.askOne(at, winner)),
  );
  expect(new Set(again.map(codeOf)).size).toBe(1);
  expect(codeOf(again[0]!)).toBeTruthy();
  const { rows } = await apps[0]!.engines.postgres.query<{ n: number }>(
    "select sum(s.taken)::int as n from offer_stock s",
  );
  expect(rows[0]?.n).toBe(10);

  await apps[0]!.engines.postgres.query("update offer_holds set expires_at = now() - interval '1 minute'");
  await Promise.all(apps.map((app) => app.offerDecisions.refreshCounts()));
  const next = await Promise.all(
    Array.from({ length: 30 }, (_, turn) => [first, second][turn % 2]!.askOne(at, unique("later"))),
  );
  expect(next.filter((answer) => ids(answer)[0] === scarce)).toHaveLength(10);
}, 90_000);
