import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createKeys } from "../testing/create-keys.ts";
import { createDataDir } from "../testing/engines.ts";
import { type ServerProcess, startServerProcess } from "../testing/server-process.ts";

let dataDir: string;
let writeKey: string;
let token: string;
beforeAll(async () => {
  dataDir = await createDataDir();
  ({ writeKey, token } = await createKeys({ dataDir }));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const system = async (server: ServerProcess) => {
  const answer = await fetch(`${server.url}/v1/system`, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()) as {
    events: { total: number };
    inbox: { pending: number };
    export: { pending: number };
  };
};

it("loses nothing that was acknowledged when it is asked to stop under load, with a live stream open", async () => {
  const server = await startServerProcess(dataDir);
  const stream = await fetch(`${server.url}/v1/events/stream`, { headers: { authorization: `Bearer ${token}` } });
  expect(stream.status).toBe(200);
  let acknowledged = 0;
  let sequence = 0;
  let enough: () => void = () => undefined;
  const isBusy = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const sender = async (): Promise<void> => {
    for (;;) {
      const events = Array.from({ length: 10 }, () => {
        sequence += 1;
        return { messageId: `m-${sequence}`, type: "pageView", anonymousId: `v-${sequence % 20}` };
      });
      const answer = await fetch(`${server.url}/v1/events`, {
        method: "POST",
        headers: { authorization: `Bearer ${writeKey}`, "content-type": "application/json" },
        body: JSON.stringify({ events }),
      }).catch(() => undefined);
      if (!answer?.ok) return;
      const body = (await answer.json().catch(() => undefined)) as { accepted: number } | undefined;
      if (!body) return;
      acknowledged += body.accepted;
      if (acknowledged > 500) enough();
    }
  };
  const senders = Array.from({ length: 4 }, sender);
  await isBusy;
  expect(await server.stop()).toBe(0);
  await Promise.all(senders);

  const next = await startServerProcess(dataDir);
  try {
    const waiting = async () => {
      const { inbox, export: exporting } = await system(next);
      return inbox.pending + exporting.pending;
    };
    await expect.poll(waiting, { timeout: 20_000, interval: 100 }).toBe(0);
    const { events } = await system(next);
    // A request whose answer did not arrive may have been stored: at most one a sender.
    expect(events.total).toBeGreaterThanOrEqual(acknowledged);
    expect(events.total).toBeLessThanOrEqual(acknowledged + 40);
  } finally {
    await next.stop();
  }
}, 120_000);
