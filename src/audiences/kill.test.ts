// Exactly one entry or exit for each actual change of membership, wherever the process dies.
import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { createKeys } from "../testing/create-keys.ts";
import { createDataDir } from "../testing/engines.ts";
import { type ServerProcess, startServerProcess } from "../testing/server-process.ts";

const kills = process.env["CLIENTELE_TEST_LONG"] ? 40 : 2;
const visitors = 12;

let dataDir: string;
let writeKey: string;
let token: string;
beforeAll(async () => {
  dataDir = await createDataDir();
  ({ writeKey, token } = await createKeys({ dataDir }, ["read", "edit", "publish", "personal-data"]));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

async function call(
  server: ServerProcess,
  method: string,
  path: string,
  body?: unknown,
  headers: object = {},
): Promise<{ body: Record<string, unknown>; etag: string; status: number } | undefined> {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => undefined);
  const text = await answer?.text().catch(() => undefined);
  if (!answer || text === undefined) return undefined;
  return {
    body: text === "" ? {} : JSON.parse(text),
    etag: answer.headers.get("etag") ?? "",
    status: answer.status,
  };
}

/** In while the last thing done was putting something into the cart. */
const filled = { items: { of: "cart", match: "some" } };
const often = { event: { name: "addToCart", count: { op: "gte", value: 3 } } };

async function publish(server: ServerProcess, key: string, rule: unknown): Promise<void> {
  const made = await call(server, "POST", "/v1/definitions/audience", { key, name: key, body: { rule } });
  expect(made?.status).toBe(201);
  const published = await call(
    server,
    "POST",
    `/v1/definitions/audience/${key}/publish`,
    {},
    { "if-match": made?.etag ?? "" },
  );
  expect(published?.status).toBe(200);
}

it(`writes one entry or exit for each change through ${kills} kills`, async () => {
  let sequence = 0;
  let unanswered: object[] = [];
  for (let round = 0; round < kills; round += 1) {
    const server = await startServerProcess(dataDir);
    onTestFinished(server.kill);
    if (round === 0) await publish(server, "filled", filled);
    let dead = false;
    const sender = async (): Promise<void> => {
      while (!dead) {
        const batch =
          unanswered.length > 0
            ? unanswered
            : Array.from({ length: 10 }, () => {
                sequence += 1;
                const items = [{ sku: "sku-1", qty: 1, lineTotal: { minor: 100, currency: "USD" } }];
                const type = Math.floor(sequence / visitors) % 2 === 0 ? "addToCart" : "removeFromCart";
                return {
                  messageId: `k-${sequence}`,
                  type,
                  anonymousId: `k-${sequence % visitors}`,
                  properties: { items },
                };
              });
        unanswered = batch;
        const answer = await call(
          server,
          "POST",
          "/v1/events",
          { events: batch },
          { authorization: `Bearer ${writeKey}` },
        );
        if (answer?.status === 200) unanswered = [];
      }
    };
    const work = sender();
    // The second audience collects its past while the process dies.
    const publishing = round === 1 ? publish(server, "often", often).catch(() => undefined) : undefined;
    await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 900));
    await server.kill();
    dead = true;
    await work;
    await publishing;
  }

  const server = await startServerProcess(dataDir);
  onTestFinished(server.kill);
  if (unanswered.length > 0)
    expect((await call(server, "POST", "/v1/events", { events: unanswered }))?.status).toBe(200);
  const isPublished = (await call(server, "GET", "/v1/definitions/audience/often"))?.body["status"] === "live";
  if (!isPublished) await publish(server, "often-again", often);
  // Entries that a first computing made come after what the senders sent.
  for (const key of ["filled", isPublished ? "often" : "often-again"]) {
    const progress = async (): Promise<unknown> =>
      (await call(server, "GET", `/v1/audiences/${key}/members`))?.body["progress"];
    await expect.poll(progress, { timeout: 60_000, interval: 200 }).toMatchObject({ status: "live" });
  }
  const caughtUp = async (): Promise<number> => {
    const system = (await call(server, "GET", "/v1/system"))?.body as
      | { inbox: { pending: number }; export: { pending: number } }
      | undefined;
    return system ? system.inbox.pending + system.export.pending : -1;
  };
  await expect.poll(caughtUp, { timeout: 60_000, interval: 200 }).toBe(0);
  expect(sequence).toBeGreaterThan(visitors * kills);

  let moved = 0;
  for (let visitor = 0; visitor < visitors; visitor += 1) {
    const profile = (await call(server, "GET", `/v1/profiles/by/anonymous_id/k-${visitor}`))?.body as {
      profileId: string;
      audiences: string[];
    };
    const timeline = await call(server, "GET", `/v1/profiles/${profile.profileId}/events?limit=200`);
    const events = (
      (timeline?.body["items"] ?? []) as { type: string; id?: string; properties: { audienceId: string } }[]
    ).filter(({ type }) => type === "audienceEntered" || type === "audienceExited");
    moved += events.length;
    const byAudience = new Map<string, string[]>();
    for (const { type, properties } of events)
      byAudience.set(properties.audienceId, [...(byAudience.get(properties.audienceId) ?? []), type]);
    // Newest first: entries and exits take turns.
    for (const moves of byAudience.values())
      for (const [index, type] of moves.entries()) expect(type).not.toBe(moves[index + 1]);
    const inside = [...byAudience.values()].filter(([newest]) => newest === "audienceEntered").length;
    expect({ visitor, inside }).toEqual({ visitor, inside: profile.audiences.length });
  }
  expect(moved).toBeGreaterThan(visitors);
  expect(await server.stop()).toBe(0);
}, 300_000);
