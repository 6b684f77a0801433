import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { launchBrowser } from "../../testing/browser.ts";
import { type Pages, startPages } from "../../testing/segment/browser-clients.ts";
import { type CountedProfile, expectFields, type StoredRow } from "../../testing/segment/expected-row.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "../../testing/segment/fault-proxy.ts";
import { rudderNode, segmentNode, segmentNodeLegacy, type Teller } from "../../testing/segment/node-clients.ts";
import { shopperStory } from "../../testing/segment/story.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
let browser: Browser;
let pages: Pages;
let target = "";
beforeAll(async () => {
  [app, browser] = await Promise.all([startTestApp(), launchBrowser()]);
  await app.server.listen({ port: 0, host: "127.0.0.1" });
  target = `http://127.0.0.1:${(app.server.server.address() as AddressInfo).port}`;
  pages = await startPages(browser);
});
afterAll(async () => {
  await browser.close();
  await pages.close();
  await app.close();
});

const { writeKey } = demoCredentials;
const clients: Readonly<Record<string, () => Teller>> = {
  "segment-node": () => segmentNode,
  "segment-node-legacy": () => segmentNodeLegacy,
  "rudder-node": () => rudderNode,
  "segment-browser": () => pages.segment(),
  "segment-browser-batching": () => pages.segment({ batching: true }),
  "rudder-browser": () => pages.rudder(),
  "rudder-browser-batching": () => pages.rudder({ batching: true }),
  "rudder-browser-beacon": () => pages.rudder({ beacon: true }),
};

async function until(what: () => boolean, limitMs: number, describeState: () => string): Promise<void> {
  const limit = Date.now() + limitMs;
  while (!what()) {
    if (Date.now() > limit) throw new Error(`not in time: ${describeState()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function tell(
  client: string,
  faults: readonly (Fault | undefined)[],
): Promise<{ id: string; proxy: FaultProxy }> {
  const id = `${client}-${faults.length}`;
  const proxy = await startFaultProxy(target, faults);
  const story = shopperStory(id);
  try {
    await clients[client]!()({ url: proxy.url, writeKey, id }, story);
    await until(
      () => proxy.acknowledged.size >= story.length,
      40_000,
      () => `${client}: ${proxy.acknowledged.size} of ${story.length} acknowledged after ${proxy.requests()} requests`,
    );
  } finally {
    await proxy.close();
  }
  return { id, proxy };
}

async function expectStoredOnce(id: string, proxy: FaultProxy): Promise<void> {
  await app.settle();
  const story = shopperStory(id);
  expect(proxy.acknowledged.size).toBe(story.length);
  const rows = await app.engines.clickhouse.query<StoredRow & { event_id: string }>(
    `select * from events where has(identifiers, 'user_id:user-${id}') or has(identifiers, 'anonymous_id:anon-${id}')`,
  );
  expect(rows.map((row) => row.event_id).sort()).toEqual([...proxy.acknowledged.keys()].sort());
  const messages = [...proxy.acknowledged.values()];
  for (const row of rows) expectFields(proxy.acknowledged.get(row.event_id)!, row);
  expect(
    messages
      .filter(({ type }) => type === "track")
      .map((message) => message["event"])
      .sort(),
  ).toEqual(story.flatMap((call) => (call.kind === "track" ? [call.event] : [])).sort());
  const profile = (await app.call("GET", `/v1/profiles/by/user_id/user-${id}`)).body as unknown as CountedProfile & {
    attributes: Record<string, { value: unknown }>;
  };
  expect(Object.values(profile.counters).reduce((sum, count) => sum + count, 0)).toBe(story.length);
  expect(profile.counters).toMatchObject({
    addToCart: 2,
    completeCheckout: 1,
    orderRefunded: 1,
    pageView: 1,
    profileRecord: 1,
    group: 1,
    alias: 1,
  });
  expect(profile.attributes).toMatchObject({ first_name: { value: "Amélie" }, loyalty_tier: { value: "gold" } });
}

describe("a shopper's story told by a real client", () => {
  it.each(Object.keys(clients))("of %s arrives whole, each message once", async (client) => {
    const { id, proxy } = await tell(client, []);
    await expectStoredOnce(id, proxy);
  });
});

describe("a shopper's story told through a line that fails", () => {
  // The beacon has no answer to look at, so its client never repeats.
  const retrying = Object.keys(clients).filter((client) => client !== "rudder-browser-beacon");
  // First, because some clients pack everything into one request.
  const faults: readonly Fault[] = ["503", "lostAnswer", "reset", "429", "500"];

  it("arrives whole, each message once, from every client at the same time", { timeout: 90_000 }, async () => {
    const told = await Promise.all(retrying.map((client) => tell(client, faults)));
    for (const { id, proxy } of told) {
      expect([...proxy.done]).toEqual(faults);
      await expectStoredOnce(id, proxy);
    }
  });
});
