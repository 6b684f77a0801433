// Checkouts that are killed in the middle and started again, in several processes on one PostgreSQL server and in one on the
// embedded engine: no limit of a code, a customer or a budget is passed, and no use is lost.
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLogger } from "../../kernel/index.ts";
import { openEngines } from "../../storage/index.ts";
import { createDataDir } from "../../testing/engines.ts";
import { budget, customers, fewLimit, perCustomer, price } from "../../testing/offers/checkout-rules.ts";
import { type PostgresServer, startPostgresServer } from "../../testing/postgres-server.ts";
import { startChild } from "../../testing/start-child.ts";

const processes = 3;
const ordersOfEach = 120;

type Query = (sql: string) => Promise<readonly Record<string, unknown>[]>;

let server: PostgresServer;
let db: pg.Client;
beforeAll(async () => {
  server = await startPostgresServer();
  db = new pg.Client(server.url);
  await db.connect();
  const folder = new URL("../migrations/", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".sql") && !file.endsWith(".clickhouse.sql"));
  for (const file of files.sort()) await db.query(readFileSync(new URL(file, folder), "utf8"));
}, 120_000);
afterAll(async () => {
  await db.end();
  await server.stop();
});

/** Runs a child to its end, or kills it after so many lines. @returns what it was told */
async function checkOut(
  target: string,
  name: string,
  orders: number,
  killAfter = Number.POSITIVE_INFINITY,
): Promise<readonly string[]> {
  const script = new URL("../../testing/offers/check-out-until-killed.ts", import.meta.url);
  const child = startChild(script, [target, name, String(orders)]);
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

/** Everything that is used up is used exactly up, and what was told is what is stored. */
async function expectExact(query: Query, told: readonly string[]): Promise<void> {
  const acknowledged = (outcome: string) =>
    new Set(told.flatMap((line) => (line.startsWith(`${outcome} `) ? [line.slice(outcome.length + 1)] : [])));
  const orders = await query("select o.order_id, o.status, o.uses->0->>'ruleKey' as rule from coupon_orders o");
  const redeemed = new Set(orders.filter(({ status }) => status === "redeemed").map(({ order_id }) => order_id));
  // Whatever a killed process had reserved was taken up by the repetition.
  expect(redeemed).toEqual(acknowledged("redeemed"));
  expect([...acknowledged("rejected")].filter((id) => redeemed.has(id))).toEqual([]);
  expect(orders).toHaveLength(redeemed.size);
  const ofRule = (...rules: string[]) => orders.filter(({ rule }) => rules.includes(String(rule))).length;
  expect([ofRule("few", "many", "all"), ofRule("own"), ofRule("spend")]).toEqual([
    fewLimit,
    customers * perCustomer,
    budget / price,
  ]);
  const counters = await query(
    "select c.kind || ' ' || c.rule_key || ' ' || c.item as counter, c.count::int as count from coupon_counters c where c.rule_key <> 'many'",
  );
  const counts = Object.fromEntries(counters.map(({ counter, count }) => [String(counter), Number(count)]));
  expect(counts).toMatchObject({
    "code few FEW": fewLimit,
    "rule few few": fewLimit,
    "rule all all": fewLimit,
    "spend spend spend EUR": budget,
    "rule own own": customers * perCustomer,
    ...Object.fromEntries(
      Array.from({ length: customers }, (_, at) => [`customer own customer:customer-${at}`, perCustomer]),
    ),
  });
  const [held] = await query(
    `select coalesce(sum((e->>'n')::bigint), 0)::int as held, (select sum(c.count)::int from coupon_counters c) as counted
     from coupon_orders o, jsonb_array_elements(o.held) e`,
  );
  expect(held?.["held"]).toBe(held?.["counted"]);
}

it("never passes a limit, never loses a use, and repeats its answers, in three processes on a server", async () => {
  const names = Array.from({ length: processes }, (_, index) => `p${index}`);
  const told = await Promise.all(
    names.map(async (name, index) => [
      ...(await checkOut(server.url, name, ordersOfEach, 15 + index * 20)),
      ...(await checkOut(server.url, name, ordersOfEach)),
    ]),
  );
  await expectExact(async (sql) => (await db.query(sql)).rows, told.flat());
}, 180_000);

it("does so on the embedded engine, killed twice", async () => {
  const dataDir = await createDataDir();
  try {
    const orders = processes * ordersOfEach;
    const told = [
      ...(await checkOut(dataDir, "p", orders, 40)),
      ...(await checkOut(dataDir, "p", orders, 200)),
      ...(await checkOut(dataDir, "p", orders)),
    ];
    const settings = {
      dataDir,
      postgresUrl: "",
      clickhouseUrl: "",
      clickhouseCluster: "",
      durability: "process",
    } as const;
    const engines = await openEngines(settings, createLogger("silent"));
    try {
      await expectExact(async (sql) => (await engines.postgres.query<Record<string, unknown>>(sql)).rows, told);
    } finally {
      await engines.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 180_000);
