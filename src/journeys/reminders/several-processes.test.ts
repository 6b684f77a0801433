// Several processes select and send on one PostgreSQL server, are killed in the middle and started again, while the catalog changes:
// every customer gets each reminder once, with one code.
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type PostgresServer, startPostgresServer } from "../../testing/postgres-server.ts";
import { crowdMails, crowdSize } from "../../testing/reminders/crowd.ts";
import { startChild } from "../../testing/start-child.ts";

const processes = 3;
const limitMs = 60_000;

let server: PostgresServer;
let db: pg.Client;
beforeAll(async () => {
  server = await startPostgresServer();
  db = new pg.Client(server.url);
  await db.connect();
  const folder = new URL("../migrations/", import.meta.url);
  for (const file of readdirSync(folder).sort()) await db.query(readFileSync(new URL(file, folder), "utf8"));
}, 120_000);
afterAll(async () => {
  await db?.end();
  await server?.stop();
});

async function numberOf(text: string): Promise<number> {
  const { rows } = await db.query<{ n: string }>(`select count(*) as n from ${text}`);
  return Number(rows[0]?.n);
}

/** Waits for a number of rows, looking often. */
async function until(text: string, count: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  while ((await numberOf(text)) < count) {
    if (Date.now() > deadline) throw new Error(`there are still fewer than ${count} of ${text}`);
    await pause(10);
  }
}

/** A process that works until it is killed. */
async function start(): Promise<{ readonly kill: () => Promise<void> }> {
  const child = startChild(new URL("../../testing/reminders/remind-until-killed.ts", import.meta.url), [server.url]);
  const ended = once(child, "exit");
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const lines = createInterface({ input: child.stdout! });
  await Promise.race([once(lines, "line"), ended]);
  return {
    kill: async () => {
      child.kill("SIGKILL");
      const [, signal] = await ended;
      expect(signal, errors).toBe("SIGKILL");
    },
  };
}

it("reminds everybody once of each occasion, however many work and whoever dies", async () => {
  let running = await Promise.all(Array.from({ length: processes }, start));
  const sent = "reminder_mails m where m.state = 'sent'";
  const restart = async () => {
    await Promise.all(running.map(({ kill }) => kill()));
    running = await Promise.all(Array.from({ length: processes }, start));
  };
  await until(sent, crowdSize / 5);
  await restart();
  await until(sent, (crowdSize * 2) / 5);
  // The product comes back while processes are gone, and others are under way with carts.
  await Promise.all(running.slice(1).map(({ kill }) => kill()));
  await db.query("update test_carts set back_at = $1", [Date.now()]);
  running = [...running.slice(0, 1), ...(await Promise.all([start(), start()]))];
  await until(sent, crowdSize);
  await restart();
  await until(sent, crowdMails);
  await Promise.all(running.map(({ kill }) => kill()));

  const { rows: mails } = await db.query<{ id: string; who: string; code: string | null }>(
    `select m.reminder_mail_id as id, m.profile_id || ' ' || m.rule_id as who, s.code from reminder_mails m
     join reminder_sequences s on s.profile_id = m.profile_id and s.rule_id = m.rule_id and s.sequence = m.sequence order by 1`,
  );
  expect(mails).toHaveLength(crowdMails);
  expect(new Set(mails.map(({ who }) => who)).size).toBe(crowdMails);
  const { rows: outbox } = await db.query("select o.mail_id as id, o.code from test_outbox o order by 1");
  expect(outbox, "a sender that keeps messages by their id sent each once").toEqual(
    mails.map(({ id, code }) => ({ id, code })),
  );
  expect(await numberOf("test_codes c")).toBe(crowdSize);
  const { rows: waiting } = await db.query<{ n: string }>(
    "select count(*) as n from reminder_interests i, test_carts c where i.noted <> c.back_at",
  );
  expect(Number(waiting[0]?.n), "everybody knows that it is back").toBe(0);
}, 180_000);
