import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import type { AcceptRequest } from "../../collect/index.ts";
import { createHttpServer } from "../../http/index.ts";
import { createLogger, systemClock } from "../../kernel/index.ts";
import { createAdobeEdge } from "./index.ts";

it("stores what waits for its twin when the server stops, and answers it", async () => {
  const stored: unknown[] = [];
  const logger = createLogger("silent");
  const server = createHttpServer({
    config: { publicUrl: "http://localhost", openDiscovery: false },
    logger,
    clock: systemClock,
    authenticate: () => ({
      kind: "write-key",
      id: "key",
      sourceId: "shop",
      sourceType: "browser",
      scopes: [],
      actor: "key:shop",
      storeViews: null,
    }),
  });
  let arrived: () => void = () => undefined;
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  server.addHook("preHandler", (_request, _reply, done) => {
    // The handler runs in this turn, up to its wait.
    setImmediate(arrived);
    done();
  });
  await server.register(
    createAdobeEdge({
      clock: systemClock,
      logger,
      accept: async (request: AcceptRequest) => {
        stored.push(...request.events);
        return { accepted: request.events.length, duplicates: 0, dropped: {}, rejected: [] };
      },
      find: async () => ({ ok: false, reason: "unknown" }),
      withEvents: (profile) => profile,
      decide: async () => ({ profileId: null, decisions: [], reasons: [] }),
      liveBlocks: () => [],
      audienceKeysOf: () => [],
      settings: {
        orgIds: ["A@AdobeOrg"],
        fpidCookie: "",
        snowplowWriteKey: "key",
        currency: "USD",
        defaultStoreView: "default",
        maxEventAgeMs: 0,
        twinHoldMs: 60_000,
      },
    }),
  );
  await server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const answer = fetch(`http://127.0.0.1:${port}/collector/tp2`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ data: [{ e: "pv", eid: "waiting", url: "https://www.shop.test/", duid: "d" }] }),
  });
  await arrival;
  expect(stored).toEqual([]);
  await server.close();
  expect((await answer).status).toBe(200);
  expect(stored).toMatchObject([{ snowplow: { eid: "waiting" } }]);
});
