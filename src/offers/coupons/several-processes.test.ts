// Checkouts in several processes on one PostgreSQL server, killed in the middle and started again: no limit is passed, no use is lost.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkoutRules, fewLimit } from "../../testing/offers/checkout-rules.ts";
import { type PostgresServer, startPostgresServer } from "../../testing/postgres-server.ts";
import { startChild } from "../../testing/start-child.ts";

const processes = 3;
const ordersOfEach = 120;

let server: PostgresServer;
let db: pg.Client;
beforeAll(async () => {
  server = await startPostgresServer();
  db = new pg.Client(server.url);
  await db.connect();
  await db.query(readFileSync(new URL("../migrations/0001_coupons.sql", import.meta.url), "utf8"));
}, 120_000);
afterAll(async () => {
  await db.end();
  await server.stop();
});

/** Runs a child to its end, or kills it after so many lines. @returns what it was told */
async function checkOut(name: string, killAfter = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
  const child = startChild(new URL("../../testing/offers/check-out-until-killed.ts", import.meta.url), [
    server.url,
    name,
    String(ordersOfEach),
  ]);
  const ended = once(child, "exit");
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    lines.push(line);
    if (lines.length >= killAfter) child.kill("SIGKILL");
  }
  const [code, signal] = await ended;
  expect(killAfter === Number.POSITIVE_INFINITY ? code : signal, errors).toBe(
    killAfter === Number.POSITIVE_INFINITY ? 0 : "SIGKILL",
  );
  return lines;
}

it("never passes a limit, never loses a use, and repeats its answers", async () => {
  const names = Array.from({ length: processes }, (_, index) => `p${index}`);
  const told = await Promise.all(
    names.map(async (name, index) => [...(await checkOut(name, 15 + index * 20)), ...(await checkOut(name))]),
  );
  const acknowledged = (outcome: string) =>
    new Set(told.flat().flatMap((line) => (line.startsWith(`${outcome} `) ? [line.slice(outcome.length + 1)] : [])));

  const { rows: orders } = await db.query<{ order_id: string; status: string }>(
    "select o.order_id, o.status from coupon_orders o",
  );
  const redeemed = new Set(orders.filter(({ status }) => status === "redeemed").map(({ order_id }) => order_id));
  expect(redeemed.size).toBe(fewLimit);
  // Whatever a killed process had reserved was taken up by the repetition.
  expect(redeemed).toEqual(acknowledged("redeemed"));
  expect([...acknowledged("rejected")].filter((id) => redeemed.has(id))).toEqual([]);
  expect(orders).toHaveLength(fewLimit);

  const { rows: counters } = await db.query<{ item: string; count: string }>(
    "select c.item, c.count from coupon_counters c where c.kind in ('code', 'rule') order by c.kind, c.item",
  );
  expect(counters).toEqual([
    ...["FEW", "MANY"].map((item) => ({ item, count: String(fewLimit) })),
    ...checkoutRules
      .map(({ key }) => ({ item: key, count: String(fewLimit) }))
      .sort((a, b) => (a.item < b.item ? -1 : 1)),
  ]);
  const { rows: sums } = await db.query<{ n: string }>(
    "select sum((e->>'n')::bigint) as n from coupon_orders o, jsonb_array_elements(o.held) e where e->>'kind' = 'customer'",
  );
  expect(Number(sums[0]?.n)).toBe(fewLimit * 3);
}, 120_000);
