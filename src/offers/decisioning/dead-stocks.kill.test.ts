// Dead rows of stocks are deleted while pieces are taken, given back and run out, in processes that are killed at random moments: no
// limit is ever passed, and no piece is lost.
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { createLogger } from "../../kernel/index.ts";
import type { Postgres } from "../../storage/index.ts";
import { createPostgres } from "../../storage/postgres.ts";
import { forEver, limits, liveLimits, takeOne } from "../../testing/offers/stocks.ts";
import { type PostgresServer, startPostgresServer } from "../../testing/postgres-server.ts";
import { startChild } from "../../testing/start-child.ts";
import { createHoldStore } from "./store-holds.ts";
import { createStockCleaner } from "./store-stock-cleaner.ts";

/** Rows of a day are dead four days later: enough days that rows which were taken from are deleted. */
const days = process.env["CLIENTELE_TEST_LONG"] ? 24 : 6;
const firstDay = 20_000;
const deadRowsADay = 6_000;
const leastConfirmed = 10;

let server: PostgresServer;
let postgres: Postgres;
beforeAll(async () => {
  server = await startPostgresServer();
  const db = new pg.Client(server.url);
  await db.connect();
  const folder = new URL("../migrations/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql") && !name.includes(".clickhouse."));
  for (const file of files.sort()) await db.query(readFileSync(new URL(file, folder), "utf8"));
  await db.end();
  postgres = createPostgres({ kind: "server", connection: server.url, logger: createLogger("silent") });
}, 120_000);
afterAll(async () => {
  await postgres?.close();
  await server?.stop();
});

type Worker = { readonly confirmed: Set<string>; readonly kill: () => Promise<void> };

async function start(today: number): Promise<Worker> {
  const child = startChild(new URL("../../testing/offers/take-until-killed.ts", import.meta.url), [
    server.url,
    String(today),
  ]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "exit");
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const confirmed = new Set<string>();
  const lines = createInterface({ input: child.stdout! });
  lines.on("line", (line) => line !== "ready" && confirmed.add(line));
  await Promise.race([once(lines, "line"), ended]);
  return {
    confirmed,
    kill: async () => {
      child.kill("SIGKILL");
      const [, signal] = await ended;
      expect(signal, errors).toBe("SIGKILL");
    },
  };
}

/** What no decision can take from any more: of other offers, so that there is much to delete, in several steps. */
const addDeadRows = (today: number) =>
  postgres.query(
    `with old as (
       insert into offer_stock (offer_id, cap, placement, period_start, taken, updated_at)
       select gen_random_uuid(), 'impression 1 day', '', $1::int - 5 - n % 7, n % 3, now() from generate_series(1, $2) as n)
     insert into offer_person_stock (person, offer_id, cap, placement, period_start, taken, updated_at)
     select 'old ' || n, gen_random_uuid(), 'profile impression 1 day', '', $1::int - 5 - n % 7, n % 3, now()
     from generate_series(1, $2) as n`,
    [today, deadRowsADay],
  );

type Pieces = { stock: string; period: number; taken: number | null; pieces: number };
/** Every stock that there is a row or a piece of: what its row says, and how many pieces are out. */
async function stocks(): Promise<readonly Pieces[]> {
  const { rows } = await postgres.query<Pieces>(
    `with rows as (
       select '' as person, s.offer_id, s.cap, s.period_start, s.taken from offer_stock s
       union all select s.person, s.offer_id, s.cap, s.period_start, s.taken from offer_person_stock s),
     pieces as (
       select coalesce(h.person, '') as person, h.offer_id, h.cap, h.period_start, count(*) as n
       from offer_holds h where h.status in ('held', 'confirmed') group by 1, 2, 3, 4)
     select concat_ws(' ', coalesce(r.person, p.person), coalesce(r.offer_id, p.offer_id), coalesce(r.cap, p.cap)) as stock,
       coalesce(r.period_start, p.period_start) as period, r.taken::int as taken, coalesce(p.n, 0)::int as pieces
     from rows r full join pieces p on r.person = p.person and r.offer_id = p.offer_id and r.cap = p.cap
       and r.period_start = p.period_start order by 1, 2`,
  );
  return rows;
}
const limitOf = (stock: string): number =>
  stock.includes("profile ") ? limits.person : stock.includes(" ever") ? limits.ever : limits.total;

it(`keeps every limit while dead rows are deleted, through ${days * 2} kills`, { timeout: 240_000 }, async () => {
  const confirmed = new Set<string>();
  for (let today = firstDay; today < firstDay + days; today += 1) {
    await addDeadRows(today);
    // The clocks of processes differ.
    const workers = await Promise.all([start(today), start(today - 1)]);
    const enough = () => workers.every((worker) => worker.confirmed.size >= leastConfirmed);
    // Stocks may be used up before.
    for (let left = 200; left > 0 && !enough(); left -= 1) await pause(5);
    for (const worker of workers) {
      await pause(Math.random() * 150);
      await worker.kill();
      for (const id of worker.confirmed) confirmed.add(id);
    }
  }
  const today = firstDay + days - 1;
  // The server ends what a killed process had asked for in its own time.
  const atWork = async () =>
    (
      await postgres.query(
        `select 1 from pg_stat_activity a where a.backend_type = 'client backend' and a.state <> 'idle' and a.pid <> pg_backend_pid()`,
      )
    ).rowCount;
  await expect.poll(atWork, { timeout: 30_000 }).toBe(0);
  expect(confirmed.size).toBeGreaterThan(limits.total);
  const { rows: lost } = await postgres.query(
    `select i.id from unnest($1::uuid[]) as i(id)
     where not exists (select 1 from offer_holds h where h.hold_id = i.id and h.status = 'confirmed')`,
    [[...confirmed]],
  );
  expect(lost, "what was confirmed to a caller stays so").toEqual([]);

  const store = createHoldStore(postgres);
  for (let expired = await store.expire(Date.now(), 500); expired.length > 0; )
    expired = await store.expire(Date.now(), 500);
  await createStockCleaner(postgres).clean(today, liveLimits);
  const all = await stocks();
  expect(all.filter(({ stock, pieces }) => pieces > limitOf(stock))).toEqual([]);
  const open = all.filter(({ stock, period }) => stock.includes(forEver) || period >= today - 3);
  expect(open.filter(({ taken, pieces }) => (taken ?? 0) !== pieces)).toEqual([]);
  const deadRows = all.filter(({ period, taken }) => taken !== null && period < today - 3);
  expect(
    deadRows.filter(({ period }) => period >= 0),
    "rows of days long over are gone",
  ).toEqual([]);
  const cleaned = all.filter(({ taken, pieces, period }) => taken === null && pieces > 0 && period < today - 3);
  expect(cleaned.length, "rows that were taken from were deleted").toBeGreaterThan(0);

  // What is left is all still to be had, and not one more.
  for (let [turn, refused] = [0, 0]; refused < 30; turn += 1)
    refused = (await takeOne(store, { turn, today, expiresAt: null, now: Date.now() })) ? 0 : refused + 1;
  const after = (await stocks()).filter(({ stock, period }) => period === today || stock.includes(forEver));
  expect(after.filter(({ taken, pieces }) => taken !== pieces)).toEqual([]);
  const left = after.map(({ stock, pieces }) => [stock.includes("profile "), limitOf(stock) - pieces] as const);
  expect(left.filter(([isOwn]) => !isOwn).map(([, pieces]) => pieces)).toEqual([0, 0, 0]);
  expect(left.every(([, pieces]) => pieces >= 0)).toBe(true);
});
