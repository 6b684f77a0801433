// The promise of the event path: nothing acknowledged is lost and nothing counts twice, wherever the process dies.
import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { createKeys } from "../testing/create-keys.ts";
import { createDataDir } from "../testing/engines.ts";
import { type ServerProcess, startServerProcess } from "../testing/server-process.ts";

const kills = process.env["CLIENTELE_TEST_LONG"] ? 100 : 4;
/** When the process dies, counted from when it is ready: anything from its first request to well into the work behind it. */
const soonestMs = 30;
const latestMs = 730;
/** One kill in each quarter of that time, at random within it: so few kills are not left to land together by chance. */
const quarters = 4;
const visitors = 40;
const senders = 4;
const batchSize = 20;

let dataDir: string;
let writeKey: string;
let token: string;

beforeAll(async () => {
  dataDir = await createDataDir();
  ({ writeKey, token } = await createKeys({ dataDir }));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

type Sent = { readonly messageId: string; readonly type: string; readonly anonymousId: string };

async function post(server: ServerProcess, events: readonly Sent[]): Promise<boolean> {
  const answer = await fetch(`${server.url}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${writeKey}`, "content-type": "application/json" },
    body: JSON.stringify({ events }),
  }).catch(() => undefined);
  if (!answer?.ok) return false;
  await answer.json().catch(() => undefined);
  return true;
}

async function read(server: ServerProcess, path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

it(`keeps every acknowledged event exactly once through ${kills} kills under load`, async () => {
  const all = new Map<string, Sent>();
  const unanswered = new Map<string, Sent>();
  let sequence = 0;
  const nextBatch = (): Sent[] =>
    Array.from({ length: batchSize }, () => {
      sequence += 1;
      return { messageId: `m-${sequence}`, type: "pageView", anonymousId: `v-${sequence % visitors}` };
    });

  for (let round = 0; round < kills; round += 1) {
    const server = await startServerProcess(dataDir);
    onTestFinished(server.kill);
    let dead = false;
    const sender = async () => {
      while (!dead) {
        // As a client does: what got no answer goes first, under its old message ids.
        const repeats = [...unanswered.values()].slice(0, batchSize);
        const batch = repeats.length > 0 ? repeats : nextBatch();
        for (const event of batch) {
          all.set(event.messageId, event);
          unanswered.set(event.messageId, event);
        }
        if (await post(server, batch)) for (const event of batch) unanswered.delete(event.messageId);
      }
    };
    const work = Array.from({ length: senders }, sender);
    const share = ((round % quarters) + Math.random()) / quarters;
    await new Promise((resolve) => setTimeout(resolve, soonestMs + share * (latestMs - soonestMs)));
    await server.kill();
    dead = true;
    await Promise.all(work);
  }

  const server = await startServerProcess(dataDir);
  onTestFinished(server.kill);
  const rest = [...unanswered.values()];
  for (let at = 0; at < rest.length; at += batchSize)
    expect(await post(server, rest.slice(at, at + batchSize))).toBe(true);
  await expect
    .poll(
      async () => {
        const { inbox, export: exporting } = (await read(server, "/v1/system")) as {
          inbox: { pending: number };
          export: { pending: number };
        };
        return inbox.pending + exporting.pending;
      },
      { timeout: 60_000, interval: 200 },
    )
    .toBe(0);

  const expected = new Map<string, number>();
  for (const { anonymousId } of all.values()) expected.set(anonymousId, (expected.get(anonymousId) ?? 0) + 1);
  let inProfiles = 0;
  for (const [anonymousId, count] of expected) {
    const profile = (await read(server, `/v1/profiles/by/anonymous_id/${anonymousId}`)) as {
      counters: { pageView: number };
    };
    expect({ anonymousId, count: profile.counters.pageView }).toEqual({ anonymousId, count });
    inProfiles += profile.counters.pageView;
  }
  const { events } = (await read(server, "/v1/system")) as { events: { total: number } };
  expect(inProfiles).toBe(all.size);
  expect(events.total).toBe(all.size);
  expect(all.size).toBeGreaterThan(kills * batchSize);
  expect(await server.stop()).toBe(0);
}, 600_000);
