import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import type { AuditTrail } from "../../access/index.ts";
import { createHttpServer, type HttpServer, noAuth } from "../../http/index.ts";
import { createFixedClock, createLogger } from "../../kernel/index.ts";
import { emptyState } from "../../profiles/index.ts";
import { createExportRoutes } from "./routes-export.ts";

const now = Date.parse("2026-03-10T12:00:00Z");
let server: HttpServer | undefined;
afterEach(() => server?.close());

/** An export without an end, and what the audit hears of it. */
async function start(options: { auditFails?: boolean } = {}) {
  const recorded: { action: string; after: Record<string, unknown> | null }[] = [];
  const logger = createLogger("silent");
  const clock = createFixedClock(now);
  let members = 0;
  const idOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
  const audit: Pick<AuditTrail, "recordPast"> = {
    recordPast: async (entries) => {
      if (options.auditFails) throw new Error("the audit cannot be written");
      // JSON by construction.
      for (const { action, after } of entries) recorded.push({ action, after: after as Record<string, unknown> });
    },
  };
  server = createHttpServer({
    config: { publicUrl: "", openDiscovery: false },
    logger,
    clock,
    authenticate: () => ({ ...noAuth, kind: "token", scopes: ["personal-data"], actor: "token:test" }),
  });
  await server.register(
    createExportRoutes({
      find: () => ({ id: "a", key: "vip" }),
      audit: audit as AuditTrail,
      logger,
      clock,
      membersOf: async (_id, _after, limit) =>
        Array.from({ length: limit + 1 }, () => {
          members += 1;
          return { profileId: idOf(members), version: 1, since: now };
        }),
      statesOf: async (ids) => ids.map((profileId) => ({ profileId, state: emptyState(now) })),
      linksOf: async () => [],
      attributesOf: () => ({}),
      addressesOf: () => [],
      isSuppressed: () => false,
    }),
  );
  await server.listen({ port: 0, host: "127.0.0.1" });
  const { port } = server.server.address() as AddressInfo;
  const download = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      get(`http://127.0.0.1:${port}/v1/audiences/vip/export.csv?consent=necessary`, resolve).on("error", reject);
    });
  return { download, recorded, read: () => members };
}

it("stops when the reader goes away, and says in the audit how far it came", async () => {
  const { download, recorded, read } = await start();
  const answer = await download();
  await new Promise((resolve) => answer.once("data", resolve));
  answer.destroy();
  await expect.poll(() => recorded.map(({ action }) => action)).toEqual(["audience.export", "audience.exported"]);
  expect(recorded[1]?.after).toMatchObject({ isComplete: false });
  const readSoFar = read();
  await new Promise((resolve) => setImmediate(resolve));
  expect(read()).toBe(readSoFar);
});

it("reads no further than its reader does", async () => {
  const { download, read } = await start();
  const answer = await download();
  answer.pause();
  let before = -1;
  // The buffers of the connection fill up; then nothing moves any more.
  await expect
    .poll(
      () => {
        const isStill = read() === before;
        before = read();
        return isStill;
      },
      { interval: 200, timeout: 8_000 },
    )
    .toBe(true);
  expect(before).toBeLessThan(200_000);
  answer.destroy();
});

it("lets four run at once and gives the place back when one ends", async () => {
  const { download, recorded } = await start();
  const running = await Promise.all(Array.from({ length: 4 }, download));
  const refused = await download();
  expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([503, "30"]);
  refused.resume();
  running[0]?.destroy();
  await expect.poll(() => recorded.filter(({ action }) => action === "audience.exported").length).toBe(1);
  const next = await download();
  expect(next.statusCode).toBe(200);
  for (const each of [...running, next]) each.destroy();
});

it("does not begin when it cannot be recorded", async () => {
  const { download, read } = await start({ auditFails: true });
  const answer = await download();
  expect(answer.statusCode).toBe(500);
  answer.resume();
  expect(read()).toBe(0);
  // Nor does it hold a place.
  for (let n = 0; n < 6; n += 1) {
    const again = await download();
    expect(again.statusCode).toBe(500);
    again.resume();
  }
});
