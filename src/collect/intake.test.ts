import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };
let count = 0;
const unique = (name: string) => {
  count += 1;
  return `${name}-${count}`;
};
const post = (body: string) => app.call("POST", "/v1/events", body, browser);

describe("a hostile event", () => {
  it("is rejected when it is nested as deeply as a body can be, and stays out of every list's way", async () => {
    const depth = 100_000;
    const deep = `${"[".repeat(depth)}${"]".repeat(depth)}`;
    for (const event of [deep, `{"type":"pageView","anonymousId":"d","properties":{"a":${deep}}}`]) {
      const answer = await post(`{"events":[${event},{"type":"pageView","anonymousId":"${unique("after")}"}]}`);
      expect(answer).toMatchObject({ status: 200, body: { accepted: 1, rejected: [{ index: 0 }] } });
    }
    expect((await app.call("GET", "/v1/events?limit=500")).status).toBe(200);
    const letters = await app.call("GET", "/v1/dead-letters?limit=2");
    expect(letters.body["items"]).toMatchObject([
      { payload: { truncated: "nested too deeply to be kept" } },
      { payload: { truncated: "nested too deeply to be kept" } },
    ]);
  });

  it("is measured in bytes, not in characters", async () => {
    const anonymousId = unique("bytes");
    const ofBytes = (bytes: number) => ({ type: "pageView", anonymousId, properties: { text: "€".repeat(bytes / 3) } });
    const { accepted, rejected } = await app.send([ofBytes(30_000), ofBytes(33_000)]);
    expect(accepted).toBe(1);
    expect(rejected).toMatchObject([{ index: 1, code: "collect.eventTooLarge" }]);
  });

  it("cannot stop the way to profiles and to the event store", async () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(0, -1, 1e9, 9e15, 1e300, -9e15, 999_999_999));
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom("\0", "\ud800", "__proto__", "x".repeat(600)),
    );
    const money = fc.oneof(
      fc.record({ minor: number, currency: fc.constantFrom("USD", "usd", "", "XXX") }),
      fc.anything(),
    );
    const line = fc.oneof(
      fc.record(
        { sku: text, qty: fc.oneof(number, text), unitPrice: money, lineTotal: money, parentSku: text, name: text },
        { requiredKeys: ["sku"] },
      ),
      fc.anything(),
    );
    const properties = fc.oneof(
      fc.record(
        {
          items: fc.array(line, { maxLength: 3 }),
          orderId: text,
          orderTotal: money,
          cartId: text,
          searchQuery: text,
          categoryPath: text,
          traits: fc.dictionary(text, fc.anything(), { maxKeys: 3 }),
          decisionId: text,
        },
        { requiredKeys: [] },
      ),
      fc.anything(),
    );
    const context = fc.record(
      {
        page: fc.anything(),
        sessionId: text,
        storeView: text,
        consent: fc.record({ categoryPreferences: fc.anything() }),
      },
      { requiredKeys: [] },
    );
    const type = fc.constantFrom(
      "productPageView",
      "addToCart",
      "orderPlaced",
      "orderRefunded",
      "completeCheckout",
      "signIn",
      "signOut",
      "accountUpdated",
      "addToWishlist",
      "x\0",
    );
    const event = fc.record(
      {
        type,
        anonymousId: fc.oneof(fc.constantFrom("h-1", "h-2"), text),
        customerId: fc.oneof(fc.constantFrom("hc-1", "hc-2"), text),
        email: fc.constantFrom("h@example.org", "g@example.org"),
        timestamp: fc.oneof(
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
          number,
          text,
        ),
        properties,
        context,
        traits: fc.anything(),
      },
      { requiredKeys: ["type"] },
    );
    let accepted = 0;
    let rejected = 0;
    const figures = async () => {
      const { events, deadLetters } = (await app.call("GET", "/v1/system")).body;
      return { events: (events as { total: number }).total, deadLetters: Number(deadLetters) };
    };
    await app.settle();
    const before = await figures();
    for (const events of fc.sample(fc.array(event, { minLength: 10, maxLength: 40 }), 40)) {
      const answer = await post(JSON.stringify({ events }));
      expect(answer.status).toBe(200);
      accepted += Number(answer.body["accepted"]);
      rejected += (answer.body["rejected"] as object[]).length;
    }
    await app.settle();
    const after = await figures();
    expect(accepted).toBeGreaterThan(200);
    expect(after).toEqual({ events: before.events + accepted, deadLetters: before.deadLetters + rejected });
  });
});

describe("dead letters", () => {
  it("come newest first in pages that hold each letter once", async () => {
    const marks = Array.from({ length: 7 }, () => unique("letter"));
    await app.send(marks.slice(0, 4).map((mark) => ({ type: "", mark })));
    await app.send(marks.slice(4).map((mark) => ({ type: "", mark })));
    const seen: string[] = [];
    let cursor = "";
    do {
      const { body } = await app.call("GET", `/v1/dead-letters?limit=3${cursor && `&cursor=${cursor}`}`);
      const items = body["items"] as { id: string; payload: { mark?: string } }[];
      expect(items.length).toBeLessThanOrEqual(3);
      seen.push(...items.flatMap((item) => item.payload.mark ?? []));
      cursor = String(body["nextCursor"] ?? "");
    } while (cursor !== "");
    expect(seen.toSorted()).toEqual(marks.toSorted());
    expect(new Set(seen.slice(0, 3))).toEqual(new Set(marks.slice(4)));
  });

  it.each(["abc", Buffer.from('["x","y"]').toString("base64url"), Buffer.from("[1e300,2]").toString("base64url")])(
    "refuse a cursor of another list: %s",
    async (cursor) => {
      for (const list of ["/v1/dead-letters", "/v1/profiles"])
        expect(await app.call("GET", `${list}?cursor=${cursor}`)).toMatchObject({
          status: 400,
          body: { error: { code: "http.badRequest" } },
        });
    },
  );

  it("answer 404 for one that is not there and 400 for what is no id", async () => {
    const replay = (id: string) => app.call("POST", `/v1/dead-letters/${id}/replay`, {});
    expect(await replay("01900000-0000-7000-8000-000000000000")).toMatchObject({
      status: 404,
      body: { error: { code: "collect.deadLetterNotFound" } },
    });
    expect((await replay("..%2f..")).status).toBe(400);
  });
});

describe("the live stream", () => {
  it("needs a token, and so does the list of recent events", async () => {
    for (const path of ["/v1/events/stream", "/v1/events"]) {
      expect((await app.call("GET", path, undefined, browser)).status).toBe(403);
      expect((await app.call("GET", path, undefined, {})).status).toBe(401);
    }
  });
});
