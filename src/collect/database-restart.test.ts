// The database dies under load, the clock of the server jumps, answers get lost: nothing acknowledged is lost or doubled.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type PostgresServer, startPostgresServer } from "../testing/postgres-server.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

const crashes = process.env["CLIENTELE_TEST_LONG"] ? 10 : 3;
const visitors = 25;
const batchSize = 10;
const hourMs = 3_600_000;
const lostAnswers = 0.15;

let postgres: PostgresServer;
let app: TestApp;
let offsetMs = 0;

beforeAll(async () => {
  postgres = await startPostgresServer();
  app = await startTestApp({
    clock: { now: () => Date.now() + offsetMs },
    config: { postgresUrl: postgres.url, inboxLeaseMs: 2_000 },
  });
}, 120_000);
afterAll(async () => {
  await app?.close();
  await postgres?.stop();
});

type Event = { readonly messageId: string; readonly type: string; readonly anonymousId: string };

it(`counts every acknowledged event once through ${crashes} crashes of the database and jumps of the clock`, async () => {
  const pending = new Map<string, Event>();
  const sent: Event[] = [];
  let isOver = false;
  let sequence = 0;
  const nextBatch = (): Event[] =>
    Array.from({ length: batchSize }, () => {
      sequence += 1;
      const event = { messageId: `m-${sequence}`, type: "pageView", anonymousId: `v-${sequence % visitors}` };
      sent.push(event);
      return event;
    });
  const post = async (events: readonly Event[]): Promise<boolean> => {
    const answer = await app.call("POST", "/v1/events", { events }, { authorization: "Bearer demo-write-key" });
    expect([200, 503]).toContain(answer.status);
    return answer.status === 200;
  };
  const sender = async (): Promise<void> => {
    while (!isOver || pending.size > 0) {
      const again = [...pending.values()].slice(0, batchSize);
      const batch = again.length > 0 ? again : nextBatch();
      for (const event of batch) pending.set(event.messageId, event);
      const isStored = await post(batch);
      // Some answers are lost on their way: the client sends the same messages again.
      const isLost = Math.random() < lostAnswers && !isOver;
      if (isStored && !isLost) for (const event of batch) pending.delete(event.messageId);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const work = [sender(), sender(), sender()];
  for (let crash = 0; crash < crashes; crash += 1) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    offsetMs = crash % 2 === 0 ? hourMs : -hourMs;
    await postgres.crash();
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  isOver = true;
  await Promise.all(work);
  await app.settle();

  let counted = 0;
  for (let visitor = 0; visitor < visitors; visitor += 1) {
    const { status, body } = await app.call("GET", `/v1/profiles/by/anonymous_id/v-${visitor}`);
    expect(status).toBe(200);
    counted += (body["counters"] as Record<string, number>)["pageView"] ?? 0;
  }
  const inStore = await app.engines.clickhouse.query<{ n: number; distinct: number }>(
    "select count() as n, uniqExact(event_id) as distinct from events final where event_type = 'pageView'",
  );
  expect({ counted, stored: Number(inStore[0]?.n), distinct: Number(inStore[0]?.distinct) }).toEqual({
    counted: sent.length,
    stored: sent.length,
    distinct: sent.length,
  });
  expect(sent.length).toBeGreaterThan(100);
}, 120_000);
