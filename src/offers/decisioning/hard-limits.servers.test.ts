// A stock that two processes give out from on one database: no piece twice.
import { createClient } from "@clickhouse/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ClickHouseServer, startClickHouseServer } from "../../testing/clickhouse-http-server.ts";
import { unique } from "../../testing/decision-calls.ts";
import { ids, offerCalls, strategy } from "../../testing/offer-calls.ts";
import { type PostgresServer, startPostgresServer } from "../../testing/postgres-server.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { createStockCleaner } from "./store-stock-cleaner.ts";

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

it("gives one person no more than theirs, whichever process they come to, and adds up when two persons are one", async () => {
  const [first, second] = [offerCalls(() => apps[0]!), offerCalls(() => apps[1]!)];
  const at = await first.place();
  const own = await first.offer(at, {
    priority: 50,
    caps: [{ counted: "impression", limit: 10, per: "profile", hard: true }],
  });
  await first.policy(at, [strategy("all", await first.collection(own))]);
  const hears = () =>
    expect
      .poll(
        async () => {
          await apps[1]!.definitions.refresh();
          return ids(await second.askOne(at, unique("watcher")));
        },
        { timeout: 20_000 },
      )
      .toEqual([own]);
  await hears();
  const customerId = unique("customer");
  const [phone, laptop] = [unique("phone"), unique("laptop")];
  await apps[0]!.send([phone, laptop].map((anonymousId) => ({ type: "pageView", anonymousId })));
  await apps[0]!.settle();
  const shownTo = async (who: string, times: number) =>
    (await Promise.all(Array.from({ length: times }, (_, turn) => [first, second][turn % 2]!.askOne(at, who)))).flatMap(
      ids,
    ).length;
  expect(await shownTo(phone, 64)).toBe(10);
  expect(await shownTo(laptop, 6)).toBe(6);
  for (const anonymousId of [phone, laptop]) {
    await apps[0]!.sendFromServer([{ type: "signIn", anonymousId, customerId }]);
    await apps[0]!.settle();
  }
  const { rows } = await apps[0]!.engines.postgres.query<{ taken: number }>(
    "select s.taken::int as taken from offer_person_stock s join offer_holds h on h.person = s.person and h.offer_id = s.offer_id group by s.taken",
  );
  expect(rows).toContainEqual({ taken: 16 });
  expect(await shownTo(laptop, 16)).toBe(0);
  // What is held too long comes back to all processes, once.
  await apps[0]!.engines.postgres.query("update offer_holds set expires_at = now() - interval '1 minute'");
  await Promise.all(apps.map((app) => app.offerDecisions.refreshCounts()));
  expect(await shownTo(laptop, 64)).toBe(10);
}, 90_000);

it("keeps every count right while persons are merged, holds end and dead rows are deleted in both processes", async () => {
  const [first, second] = [offerCalls(() => apps[0]!), offerCalls(() => apps[1]!)];
  const at = await first.place();
  const both = await first.offer(at, {
    caps: [
      { counted: "impression", limit: 4, per: "profile", hard: true },
      { counted: "impression", limit: 40, per: "total", hard: true },
    ],
  });
  await first.policy(at, [strategy("all", await first.collection(both))]);
  await expect
    .poll(
      async () => {
        await apps[1]!.definitions.refresh();
        return ids(await second.askOne(at, unique("watcher")));
      },
      { timeout: 20_000 },
    )
    .toEqual([both]);
  const { engines, call } = apps[0]!;
  const { body } = await call("GET", `/v1/definitions/offer/${both}`);
  const cleaners = apps.map((app) => createStockCleaner(app.engines.postgres));
  const people = Array.from({ length: 6 }, () => [unique("phone"), unique("laptop")] as const);
  await apps[0]!.send(people.flat().map((anonymousId) => ({ type: "pageView", anonymousId })));
  await apps[0]!.settle();
  const meanwhile = async (): Promise<void> => {
    for (const [phone, laptop] of people) {
      const customerId = unique("customer");
      for (const anonymousId of [phone, laptop]) {
        await apps[0]!.sendFromServer([{ type: "signIn", anonymousId, customerId }]);
        await apps[0]!.settle();
      }
      await engines.postgres.query(
        `update offer_holds set expires_at = now() - interval '1 minute' where hold_id in (
           select h.hold_id from offer_holds h where h.status = 'held' and h.offer_id = $1 order by h.updated_at limit 5)`,
        [body["id"]],
      );
      await Promise.all(apps.map((app) => app.offerDecisions.refreshCounts()));
      await Promise.all(cleaners.map((cleaner) => cleaner.clean(Math.floor(Date.now() / 86_400_000), [])));
    }
  };
  let isOver = false;
  const asking = async (which: 0 | 1): Promise<void> => {
    for (let turn = 0; !isOver; turn += 1) {
      const device = people[turn % people.length]![(turn >> 3) % 2 === 0 ? 0 : 1];
      await [first, second][which]!.askOne(at, device);
    }
  };
  const asked = [asking(0), asking(0), asking(1), asking(1)];
  await meanwhile();
  isOver = true;
  await Promise.all(asked);
  const { rows } = await engines.postgres.query<{ own: number; held: number; taken: number; all: number }>(
    `select (select coalesce(sum(s.taken), 0)::int from offer_person_stock s where s.offer_id = $1) as own,
       (select count(*)::int from offer_holds h where h.offer_id = $1 and h.person is not null and h.status <> 'expired') as held,
       (select coalesce(sum(s.taken), 0)::int from offer_stock s where s.offer_id = $1) as taken,
       (select count(*)::int from offer_holds h where h.offer_id = $1 and h.person is null and h.status <> 'expired') as all`,
    [body["id"]],
  );
  expect(rows[0]?.own).toBe(rows[0]?.held);
  expect(rows[0]?.taken).toBe(rows[0]?.all);
  expect(rows[0]?.taken).toBeLessThanOrEqual(40);
}, 90_000);

it("ends an offer whose personal code was used in the other process, and brings it back", async () => {
  const [first, second] = [offerCalls(() => apps[0]!), offerCalls(() => apps[1]!)];
  const at = await first.place();
  const rule = unique("used");
  await apps[0]!.publish("cart-price-rule", rule, {
    ...{ priority: 1, coupon: { type: "pool" }, action: { type: "percent", percent: "10" } },
  });
  await apps[0]!.call("POST", "/v1/coupon-pools", { ruleKey: rule, name: "Codes" });
  const coded = await first.offer(at, { priority: 50, cartRule: { key: rule, personalCode: { guests: true } } });
  await first.policy(at, [strategy("all", await first.collection(coded))]);
  const guest = unique("guest");
  const isShown = async () => {
    await apps[1]!.definitions.refresh();
    return ids(await second.askOne(at, guest));
  };
  await expect.poll(isShown, { timeout: 20_000 }).toEqual([coded]);
  const answer = await first.askOne(at, guest);
  const { code } = (answer.value!.items[0] as unknown as { coupon: { code: string } }).coupon;
  const orderId = unique("order");
  await apps[0]!.call("POST", "/v1/coupons/redeem", { orderId, uses: [{ code }] });
  expect(ids(await first.askOne(at, guest))).toEqual([]);
  // What it knows is at most a second old, without any job.
  await expect.poll(isShown, { timeout: 5_000 }).toEqual([]);
  await apps[0]!.call("POST", "/v1/coupons/release", { orderId });
  expect(ids(await first.askOne(at, guest))).toEqual([coded]);
  await expect.poll(isShown, { timeout: 5_000 }).toEqual([coded]);
}, 60_000);
