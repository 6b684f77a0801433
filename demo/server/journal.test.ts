import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openJournal } from "./journal.ts";
import { openShopStore } from "./shop-store.ts";
import {
  anOrder,
  createBrowser,
  type EventSink,
  kim,
  makeFolder,
  startEventSink,
  startShop,
} from "./testing/start-shop.ts";

let folder: Awaited<ReturnType<typeof makeFolder>>;
let sink: EventSink;
beforeEach(async () => {
  folder = await makeFolder();
  sink = await startEventSink();
});
afterEach(async () => {
  await sink.close();
  await folder.remove();
});

describe("the journal", () => {
  it("gives back what was acknowledged, in order, and drops a line that a crash cut off", async () => {
    const path = join(folder.path, "shop.jsonl");
    const { journal } = await openJournal(path);
    await Promise.all([1, 2, 3].map((n) => journal.append({ n })));
    await journal.close();
    await appendFile(path, '{"n":4,"half');

    const again = await openJournal(path);
    expect(again.records).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    await again.journal.append({ n: 5 });
    await again.journal.close();
    expect(await readFile(path, "utf8")).toBe('{"n":1}\n{"n":2}\n{"n":3}\n{"n":5}\n');
  });

  it("refuses to start on a damaged line in the middle instead of losing what follows", async () => {
    const path = join(folder.path, "shop.jsonl");
    await writeFile(path, '{"n":1}\n{broken\n{"n":3}\n');

    await expect(openJournal(path)).rejects.toThrow(/line 2 of .* is damaged/);
  });

  it("keeps accounts, sessions and orders over a restart", async () => {
    const first = await startShop(folder.path, sink.url);
    const browser = createBrowser(first);
    await browser.post("/accounts", kim);
    const { orderId } = (await browser.post("/orders", anOrder())).body.order;
    await first.close();

    const second = await startShop(folder.path, sink.url);
    const { status } = await createBrowser(second).post("/sign-in", kim);
    expect(status).toBe(200);
    await second.close();
    const store = await openShopStore(folder.path);
    expect(store.order(orderId)?.totalMinor).toBe(14_801);
    await store.close();
  });

  it("stores no password", async () => {
    const app = await startShop(folder.path, sink.url);
    await createBrowser(app).post("/accounts", kim);
    await app.close();

    expect(await readFile(join(folder.path, "shop.jsonl"), "utf8")).not.toContain(kim.password);
  });
});

describe("the outbox", () => {
  const types = () => sink.received.map(({ event }) => event["type"]);

  it("keeps an order's event while Clientele is away and sends it once it is back", async () => {
    sink.answerWith(503);
    const app = await startShop(folder.path, sink.url);
    await createBrowser(app).post("/orders", anOrder());
    expect(types()).toEqual([]);

    sink.answerWith(200);
    await expect.poll(types).toEqual(["orderPlaced"]);
    await app.close();
  });

  it("sends after a restart what was never taken, under the same message id, and nothing twice", async () => {
    sink.answerWith(503);
    const first = await startShop(folder.path, sink.url);
    await createBrowser(first).post("/orders", anOrder());
    await first.close();
    const store = await openShopStore(folder.path);
    const [waiting] = store.unsent();
    await store.close();

    sink.answerWith(200);
    const second = await startShop(folder.path, sink.url);
    await expect.poll(types).toEqual(["orderPlaced"]);
    expect(sink.received[0]?.event["messageId"]).toBe(waiting?.messageId);
    await second.close();

    const third = await startShop(folder.path, sink.url);
    await createBrowser(third).post("/orders", anOrder({ checkoutId: "checkout-2" }));
    await expect.poll(types).toEqual(["orderPlaced", "orderPlaced"]);
    await third.close();
  });

  it("gives up on an event that Clientele refuses for good, so that it does not block the next", async () => {
    sink.answerWith(200, { accepted: 0, duplicates: 0, rejected: [{ index: 0, code: "collect.badEvent" }] });
    const app = await startShop(folder.path, sink.url);
    await createBrowser(app).post("/orders", anOrder());
    await expect.poll(() => sink.received.length).toBe(1);
    sink.answerWith(200);
    await createBrowser(app).post("/orders", anOrder({ checkoutId: "checkout-2" }));

    await expect.poll(() => sink.received.length).toBe(2);
    await app.close();
    const store = await openShopStore(folder.path);
    expect(store.unsent()).toEqual([]);
    await store.close();
  });
});
