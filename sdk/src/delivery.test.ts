import { describe, expect, it } from "vitest";
import { startClient, useBrowser } from "../testing/browser.ts";

const bench = useBrowser();
const { openPage } = bench;

describe("delivery", () => {
  it("sends a burst in batches of at most 20, each event once and in order", async () => {
    const page = await openPage();
    await startClient(page);
    await page.evaluate(() => {
      for (let at = 0; at < 45; at += 1) client.custom("ping", { at });
    });

    await bench.endpoint.until(() => bench.endpoint.events().length >= 45);
    expect(bench.endpoint.batches().map((batch) => batch.body.events?.length)).toEqual([20, 20, 5]);
    expect(bench.endpoint.events().map((event) => event.properties.at)).toEqual(
      Array.from({ length: 45 }, (_, at) => at),
    );
    expect(new Set(bench.endpoint.events().map((event) => event.messageId)).size).toBe(45);
    const [first] = bench.endpoint.batches();
    expect(first?.headers).toMatchObject({ authorization: "Bearer wk-test", "content-type": "application/json" });
    expect(Date.parse(first?.body.sentAt ?? "")).toBeGreaterThan(Date.now() - 60_000);
  });

  it("keeps a batch under 64 KB and refuses an event over 32 KB", async () => {
    const page = await openPage();
    await startClient(page);
    await page.evaluate(() => {
      client.custom("huge", { text: "é".repeat(17_000) });
      for (let at = 0; at < 5; at += 1) client.custom("big", { text: "é".repeat(10_000) });
    });

    await bench.endpoint.until(() => bench.endpoint.events().length >= 5);
    expect(bench.endpoint.types()).not.toContain("huge");
    for (const batch of bench.endpoint.batches()) expect(Number(batch.headers["content-length"])).toBeLessThan(65_536);
    expect(await page.evaluate(() => faults)).toMatchObject([{ code: "tooLarge", events: [{ type: "huge" }] }]);
  });

  it("describes page, device, campaign and session with each event", async () => {
    const page = await openPage("/women?utm_source=mail&utm_medium=email&utm_campaign=spring");
    await startClient(page, { storeView: "en" });
    await page.evaluate(() => {
      client.pageView({ pageType: "category" });
      client.addToCart({ cartId: "c1", items: [{ sku: "WJ01", qty: 1, unitPrice: { minor: 3200, currency: "USD" } }] });
    });

    await bench.endpoint.until(() => bench.endpoint.events().length >= 2);
    const [view, add] = bench.endpoint.events();
    expect(view?.context).toMatchObject({
      page: {
        url: `${bench.endpoint.url}/women?utm_source=mail&utm_medium=email&utm_campaign=spring`,
        title: "Test shop",
        type: "category",
      },
      campaign: { source: "mail", medium: "email", name: "spring" },
      device: "desktop",
      locale: "en-US",
      storeView: "en",
      timezone: expect.any(String),
      screen: { width: expect.any(Number), height: expect.any(Number) },
    });
    expect(add).toMatchObject({
      type: "addToCart",
      properties: { cartId: "c1", items: [{ sku: "WJ01", unitPrice: { minor: 3200, currency: "USD" } }] },
    });
    expect(add?.context.page.type).toBe("category");
    expect(add?.context.sessionId).toBe(view?.context.sessionId);
    expect(add?.anonymousId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  });

  it("waits as long as Retry-After says, then sends the same events again", async () => {
    const page = await openPage();
    bench.endpoint.answerWith(() =>
      bench.endpoint.batches().length === 1 ? { status: 503, headers: { "retry-after": "1" } } : {},
    );
    await startClient(page);
    const id = await page.evaluate(() => client.custom("once"));

    await bench.endpoint.until(() => bench.endpoint.batches().length >= 2);
    const [first, second] = bench.endpoint.batches();
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(990);
    expect(second!.body.events?.map((event) => event.messageId)).toEqual([id]);
    await page.waitForFunction(() => client.stats().delivered === 1 && client.stats().queued === 0);
  });

  it("backs off further with every failure", async () => {
    const page = await openPage();
    await page.clock.install();
    bench.endpoint.answerWith(() => ({ status: 500 }));
    await startClient(page);
    await page.evaluate(() => client.custom("later"));
    const waits: number[] = [];
    for (let count = 1; count <= 4; count += 1) {
      const startedAt = await page.evaluate(() => Date.now());
      while (bench.endpoint.batches().length < count) await page.clock.runFor(100);
      waits.push((await page.evaluate(() => Date.now())) - startedAt);
      // The answer must be in before the clock goes on, else the wait is measured from too early.
      await page.evaluate(() => client.flush());
    }
    expect(waits[1]).toBeGreaterThanOrEqual(400);
    expect(waits[2]).toBeGreaterThanOrEqual(900);
    expect(waits[3]).toBeGreaterThanOrEqual(1_900);
  });

  it("gives up a batch that the server refuses, and says so", async () => {
    const page = await openPage();
    const warnings: string[] = [];
    page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
    bench.endpoint.answerWith(() => ({ status: 400, body: { error: { code: "collect.noEvents", message: "no" } } }));
    await startClient(page);
    await page.evaluate(() => client.custom("bad"));

    await page.waitForFunction(() => faults.length === 1);
    expect(await page.evaluate(() => [faults, client.stats()])).toMatchObject([
      [{ code: "dropped", status: 400, events: [{ type: "bad" }] }],
      { queued: 0, dropped: 1 },
    ]);
    expect(warnings).toContainEqual(expect.stringContaining("clientele: /v1/events answered 400"));
  });

  it("reports the events that the server rejects inside an accepted batch", async () => {
    const page = await openPage();
    bench.endpoint.answerWith(({ body }) => ({
      body: {
        accepted: 1,
        duplicates: 0,
        rejected: [{ index: 1, messageId: body.events?.[1]?.messageId, code: "collect.tooDeep", message: "too deep" }],
      },
    }));
    await startClient(page);
    await page.evaluate(() => [client.custom("good"), client.custom("deep")]);

    await page.waitForFunction(() => faults.length === 1);
    expect(await page.evaluate(() => faults)).toMatchObject([
      { code: "rejected", message: "collect.tooDeep: too deep", events: [{ type: "deep" }] },
    ]);
    expect(await page.evaluate(() => client.stats())).toEqual({ queued: 0, delivered: 1, dropped: 1 });
  });

  it("sends what was done offline when the network is back", async () => {
    const page = await openPage();
    await startClient(page);
    await bench.context().setOffline(true);
    await page.evaluate(() => client.custom("offline"));
    await page.evaluate(() => client.flush());
    expect(bench.endpoint.batches()).toHaveLength(0);

    await bench.context().setOffline(false);
    await bench.endpoint.until(() => bench.endpoint.types().includes("offline"));
    expect(bench.endpoint.events()).toHaveLength(1);
  });

  it("delivers by beacon what is queued when the page is left", async () => {
    const page = await openPage();
    await startClient(page, { flushIntervalMs: 60_000 });
    await page.evaluate(() => client.productPageView({ items: [{ sku: "MH01" }] }));
    await page.goto("about:blank");

    await bench.endpoint.until(() => bench.endpoint.types().includes("productPageView"));
    const [batch] = bench.endpoint.batches();
    expect(batch?.headers["content-type"]).toContain("text/plain");
    expect(batch?.query.get("writeKey")).toBe("wk-test");

    await page.goto(bench.endpoint.url);
    await startClient(page);
    expect(await page.evaluate(() => client.stats().queued)).toBe(0);
  });

  it("falls back to fetch when beacons are blocked", async () => {
    const page = await openPage();
    await page.evaluate(() => {
      navigator.sendBeacon = () => false;
    });
    await startClient(page, { flushIntervalMs: 60_000 });
    await page.evaluate(() => client.custom("left"));
    await page.goto("about:blank");
    await bench.endpoint.until(() => bench.endpoint.types().includes("left"));
  });

  it("delivers to a server on another origin: preflighted calls, a repeat after 429, beacons", async () => {
    const page = await openPage();
    const elsewhere = bench.endpoint.url.replace(/\/\/[^:]+/, "//127.0.0.1");
    // A page of before may still deliver what it had left: only the calls to this origin count.
    const batches = () => bench.endpoint.batches().filter(({ headers }) => headers["host"]?.startsWith("127.0.0.1"));
    const types = () => batches().flatMap(({ body }) => (body.events ?? []).map(({ type }) => type));
    bench.endpoint.answerWith(() => (batches().length === 1 ? { status: 429, headers: { "retry-after": "1" } } : {}));
    await startClient(page, { endpoint: `${elsewhere}/` });
    await page.evaluate(() => client.custom("called"));
    await bench.endpoint.until(() => batches().length === 2);
    const [, second] = batches();
    expect(second?.headers).toMatchObject({ origin: bench.endpoint.url, authorization: "Bearer wk-test" });

    await page.waitForFunction(() => client.stats().queued === 0);
    await page.evaluate(() => {
      client.custom("left");
      location.href = "about:blank";
    });
    await page.waitForURL("about:blank");
    await bench.endpoint.until(() => types().includes("left"));
    expect(types()).toEqual(["called", "called", "left"]);
  });

  it("keeps undelivered events over a reload and a failing server", async () => {
    const page = await openPage();
    bench.endpoint.answerWith(() => ({ status: 503, headers: { "retry-after": "30" } }));
    await startClient(page);
    const id = await page.evaluate(() => client.custom("kept"));
    await bench.endpoint.until(() => bench.endpoint.batches().length === 1);
    await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.startsWith("clientele.queue.")));
    await page.evaluate(() => client.flush());

    bench.endpoint.reset();
    await page.reload();
    await startClient(page);
    await bench.endpoint.until(() => bench.endpoint.events().some((event) => event.messageId === id));
    await page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith("clientele.queue.")));
  });

  it("drops the oldest of more than 500 undelivered events and counts them", async () => {
    const page = await openPage();
    await bench.context().setOffline(true);
    await startClient(page);
    const state = await page.evaluate(async () => {
      for (let at = 0; at < 507; at += 1) client.custom("n", { at });
      await Promise.resolve();
      const key = Object.keys(localStorage).find((name) => name.startsWith("clientele.queue."));
      const { events } = JSON.parse(localStorage.getItem(key ?? "") ?? "{}");
      return {
        ...client.stats(),
        stored: events.length,
        first: events[0].properties.at,
        size: localStorage.getItem(key ?? "")?.length,
      };
    });
    expect(state.queued).toBe(state.stored);
    expect(state.stored).toBeLessThanOrEqual(500);
    expect(state.dropped).toBe(507 - state.stored);
    expect(state.first).toBe(state.dropped);
    expect(state.size).toBeLessThan(200 * 1024 + 1_024);
  });

  it("lets each tab send its own events once", async () => {
    const first = await openPage();
    const second = await openPage();
    await startClient(first, { flushIntervalMs: 200 });
    await startClient(second, { flushIntervalMs: 200 });
    await Promise.all([first.evaluate(() => client.custom("first")), second.evaluate(() => client.custom("second"))]);

    await bench.endpoint.until(() => bench.endpoint.events().length >= 2);
    await Promise.all([first, second].map((page) => page.waitForFunction(() => client.stats().queued === 0)));
    expect([...bench.endpoint.types()].sort()).toEqual(["first", "second"]);
    const [a, b] = bench.endpoint.events();
    expect(a?.anonymousId).toBe(b?.anonymousId);
    expect(a?.context.sessionId).toBe(b?.context.sessionId);
  });

  it("takes over the events of a tab that died, under their own message ids", async () => {
    const page = await openPage();
    await page.evaluate(() => {
      const event = {
        messageId: "m-orphan",
        type: "orphan",
        timestamp: new Date().toISOString(),
        anonymousId: "a",
        context: {},
        properties: {},
      };
      localStorage.setItem("clientele.queue.dead", JSON.stringify({ at: Date.now() - 61_000, events: [event] }));
      localStorage.setItem(
        "clientele.queue.alive",
        JSON.stringify({ at: Date.now(), events: [{ ...event, type: "foreign" }] }),
      );
    });
    const second = await openPage();
    await Promise.all([startClient(page), startClient(second)]);

    await bench.endpoint.until(() => bench.endpoint.types().includes("orphan"));
    await Promise.all([page, second].map((tab) => tab.evaluate(() => client.flush())));
    // Storage reaches the other tab's process a moment late: both may take it over, and the server counts the message once.
    const delivered = bench.endpoint.events().map(({ type, messageId }) => `${type} ${messageId}`);
    expect([...new Set(delivered)]).toEqual(["orphan m-orphan"]);
    expect(delivered.length).toBeLessThanOrEqual(2);
    expect(await page.evaluate(() => localStorage.getItem("clientele.queue.dead"))).toBeNull();
  });

  it("works without storage", async () => {
    const page = await openPage();
    await page.evaluate(() => {
      Object.defineProperty(globalThis, "localStorage", {
        get: () => {
          throw new DOMException("denied", "SecurityError");
        },
      });
    });
    await startClient(page);
    await page.evaluate(() => client.custom("stateless"));
    await bench.endpoint.until(() => bench.endpoint.types().includes("stateless"));
  });
});
