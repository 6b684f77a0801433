import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../kernel/index.ts";
import {
  aTrack,
  basic,
  json,
  known,
  manager,
  now,
  type Probe,
  type StoredEvent,
  startProbe,
} from "../../testing/segment/probe.ts";

let probe: Probe;
let serverKey = "";
beforeAll(async () => {
  probe = await startProbe();
  const created = await probe.app.access.createKey(
    { kind: "write", name: "shop server", sourceType: "server" },
    manager,
  );
  serverKey = created.key;
});
afterAll(() => probe.app.close());

/** A message of exactly so many bytes of JSON. */
function sized(bytes: number, message: object): object {
  const padded = { ...message, properties: { pad: "" } };
  return { ...message, properties: { pad: "x".repeat(bytes - Buffer.byteLength(JSON.stringify(padded))) } };
}

describe("limits", () => {
  it("takes a single message of 32,768 bytes and refuses one byte more with 413", async () => {
    const { type: _type, ...message } = aTrack();
    expect((await probe.post("/v1/track", sized(32_768, message))).body).toEqual({ success: true });
    expect(await probe.countOf(message.messageId)).toBe(1);
    expect(await probe.post("/v1/track", sized(32_769, aTrack()))).toMatchObject({
      status: 413,
      body: { success: false },
    });
  });

  it("takes a batch of 512,000 bytes and refuses one byte more with 413", async () => {
    const messages = Array.from({ length: 16 }, () => sized(30_000, aTrack()));
    const batch = { batch: messages, pad: "" };
    const pad = (bytes: number) => ({ ...batch, pad: "x".repeat(bytes - Buffer.byteLength(JSON.stringify(batch))) });
    expect((await probe.post("/v1/batch", pad(512_000))).body).toEqual({ success: true });
    expect(await probe.post("/v1/batch", pad(512_001))).toMatchObject({ status: 413, body: { success: false } });
  });

  it("takes 2,500 messages in a batch and refuses 2,501 with 413", async () => {
    const messages = Array.from({ length: 2_501 }, (_, index) => ({
      type: "page",
      anonymousId: "many",
      messageId: `many-${index}`,
    }));
    expect((await probe.post("/v1/batch", { batch: messages.slice(1) })).body).toEqual({ success: true });
    expect((await probe.post("/v1/batch", { batch: messages })).status).toBe(413);
  });

  it("refuses a batch whose context would grow beyond reason under its messages", async () => {
    const batch = Array.from({ length: 2_000 }, () => ({ type: "page", anonymousId: "a" }));
    expect((await probe.post("/v1/batch", { batch, context: { pad: "x".repeat(30_000) } })).status).toBe(413);
    const nested = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
    expect((await probe.post("/v1/batch", `{"batch":[],"context":${nested}}`)).status).toBe(400);
  });

  it("lists what cannot be taken of a batch, stores the rest, and keeps the refused as dead letters", async () => {
    const nested = JSON.parse(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`) as object;
    const good = aTrack();
    const bad: readonly (readonly [unknown, string])[] = [
      [{ ...aTrack(), anonymousId: null, userId: "" }, "collect.noIdentity"],
      [aTrack({ event: "  " }), "collect.eventType"],
      [aTrack({ event: 7 }), "collect.eventType"],
      [{ type: "alias", messageId: newId(now), userId: "u" }, "collect.noIdentity"],
      [{ type: "alias", messageId: newId(now), previousId: "p", anonymousId: "a" }, "collect.noIdentity"],
      [{ type: "group", messageId: newId(now), userId: "u" }, "collect.eventShape"],
      [aTrack({ type: "dance" }), "collect.eventType"],
      [aTrack({ type: undefined }), "collect.eventType"],
      ["no message", "collect.eventShape"],
      [null, "collect.eventShape"],
      [aTrack({ properties: nested }), "collect.tooDeep"],
      [aTrack({ properties: { list: Array.from({ length: 10_001 }, () => 1) } }), "collect.tooDeep"],
      [sized(32_769, aTrack()), "collect.eventTooLarge"],
    ];
    // Letters of the same millisecond have no order: these shall be the newest.
    probe.clock.advance(1_000);
    const answer = await probe.post("/v1/batch", { batch: [...bad.map(([message]) => message), good] });
    probe.clock.set(now);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      success: true,
      rejected: bad.map(([message, code], index) => ({
        index,
        messageId: (message as { messageId?: string } | null)?.messageId ?? null,
        code,
        message: expect.any(String),
      })),
    });
    expect(await probe.countOf(good.messageId)).toBe(1);
    expect((await probe.letters(bad.length)).map((letter) => letter["code"]).sort()).toEqual(
      bad.map(([, code]) => code).sort(),
    );
  });

  it("takes a message of 32,768 bytes in a batch", async () => {
    const message = aTrack();
    expect((await probe.post("/v1/batch", { batch: [sized(32_768, message)] })).body).toEqual({ success: true });
  });

  it("refuses a single message with 400 for what a batch lists", async () => {
    const refused: readonly (readonly [string, object])[] = [
      ["/v1/t", { event: "x" }],
      ["/v1/t", { event: "x", userId: null, anonymousId: "" }],
      ["/v1/t", { anonymousId: "a" }],
      ["/v1/t", { anonymousId: "a", event: "" }],
      ["/v1/i", {}],
      ["/v1/p", {}],
      ["/v1/a", { userId: "u" }],
      ["/v1/a", { previousId: "u" }],
      ["/v1/g", { userId: "u" }],
      ["/v1/g", { groupId: "g" }],
    ];
    for (const [path, message] of refused)
      expect([path, message, await probe.post(path, message)]).toMatchObject([
        path,
        message,
        { status: 400, body: { success: false } },
      ]);
  });

  it("replays a refused message after it was corrected, at the time when it happened", async () => {
    const at = new Date(now - 3_600_000).toISOString();
    const message = aTrack({ event: "", timestamp: at, sentAt: at });
    await probe.post("/v1/batch", { batch: [message], context: { locale: "de-DE" } });
    const letter = (await probe.letters()).find(
      ({ payload }) => (payload as StoredEvent | null)?.["messageId"] === message.messageId,
    );
    probe.clock.advance(86_400_000);
    const replayed = await probe.app.call("POST", `/v1/dead-letters/${String(letter!["id"])}/replay`, {
      event: { ...(letter!["payload"] as object), event: "Corrected" },
    });
    probe.clock.set(now);
    expect(replayed.body).toMatchObject({ accepted: 1, rejected: [] });
    const [row] = await probe.stored(message.messageId);
    expect(row).toMatchObject({ event_type: "Corrected", at: now - 3_600_000 });
    expect(JSON.parse(row!.context)).toMatchObject({ locale: "de-DE" });
  });

  it("makes a message id where there is none, and shortens one that is too long", async () => {
    const anonymousId = `a-${newId(now)}`;
    const long = "m".repeat(150);
    await probe.post("/v1/batch", {
      batch: [{ type: "track", event: "x", anonymousId }, aTrack({ anonymousId, messageId: long })],
    });
    const rows = await probe.query(`identity_key = 'anonymous_id:${anonymousId}'`);
    expect(rows.map((row) => row["event_id"]).sort()).toEqual([
      expect.stringMatching(/^h-[0-9a-f]{32}$/),
      expect.stringMatching(/^srv-/),
    ]);
    expect(rows.map((row) => row.extra).join()).toContain(`"_original_message_id":"${long}"`);
  });

  it("cuts a long name and flags it", async () => {
    const message = aTrack({ event: "n".repeat(300) });
    await probe.post("/v1/t", message);
    expect(await probe.stored(message.messageId)).toMatchObject([
      { original_name: "n".repeat(200), flags: ["name_truncated"] },
    ]);
  });

  it("answers 429 with Retry-After beyond the rate of a key", async () => {
    const { key } = await probe.app.access.createKey({ kind: "write", name: "slow", rateLimit: 1 }, manager);
    const answers = [];
    for (let times = 0; times < 4; times += 1)
      answers.push(await probe.post("/v1/t", aTrack(), { ...json, ...basic(key), origin: "https://shop.example" }));
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(0);
    for (const { body, headers } of limited) {
      expect(body).toMatchObject({ success: false });
      expect(Number(headers["retry-after"])).toBeGreaterThanOrEqual(1);
      expect(headers["access-control-expose-headers"]).toBe("Retry-After, X-RateLimit-Reset");
    }
    expect(answers[0]?.status).toBe(200);
  });

  it("answers a repeat with success and counts it once, in one batch and across requests", async () => {
    const message = aTrack();
    expect((await probe.post("/v1/batch", { batch: [message, message] })).body).toEqual({ success: true });
    expect((await probe.post("/v1/t", message)).body).toEqual({ success: true });
    expect(await probe.countOf(message.messageId)).toBe(1);
    const { body } = await probe.app.call("GET", `/v1/profiles/by/anonymous_id/${message.anonymousId}`);
    expect(body).toMatchObject({ counters: { Probe: 1 } });
  });
});

describe("identity", () => {
  it("reads numbers as text, and null and empty text as nobody", async () => {
    const numeric = aTrack({ userId: 4711, anonymousId: 42 });
    const absent = aTrack({ userId: null });
    const empty = aTrack({ userId: "" });
    await probe.post("/v1/batch", { batch: [numeric, absent, empty] });
    expect(await probe.stored(numeric.messageId)).toMatchObject([{ identifiers: ["user_id:4711", "anonymous_id:42"] }]);
    expect(await probe.stored(absent.messageId)).toMatchObject([
      { identifiers: [`anonymous_id:${absent.anonymousId}`] },
    ]);
    expect(await probe.stored(empty.messageId)).toMatchObject([{ identifiers: [`anonymous_id:${empty.anonymousId}`] }]);
  });

  it("keeps a value that never identifies on the event of nobody", async () => {
    const message = aTrack({ userId: "undefined", anonymousId: undefined });
    expect((await probe.post("/v1/t", message)).status).toBe(200);
    const [row] = await probe.stored(message.messageId);
    expect(row).toMatchObject({ identifiers: [] });
    expect(JSON.parse(row!.extra)).toMatchObject({ userId: "undefined" });
  });

  it("falls back to the browser id in RudderStack's header", async () => {
    const anonymousId = `a-${newId(now)}`;
    const { anonymousId: _given, ...message } = aTrack({ userId: "u-1" });
    const headers = { ...known, ...json, anonymousid: Buffer.from(anonymousId).toString("base64") };
    const own = aTrack();
    expect((await probe.post("/v1/batch", { batch: [message, own] }, headers)).status).toBe(200);
    expect(await probe.stored(message.messageId)).toMatchObject([
      { identifiers: ["user_id:u-1", `anonymous_id:${anonymousId}`] },
    ]);
    expect(await probe.stored(own.messageId)).toMatchObject([{ identifiers: [`anonymous_id:${own.anonymousId}`] }]);
  });

  it("believes a server, whose completed order is the order", async () => {
    const order = {
      event: "Order Completed",
      userId: `u-${newId(now)}`,
      properties: { order_id: "o-1", total: 10, currency: "EUR", email: "a@shop.example" },
    };
    const [browser, server] = [aTrack(order), aTrack({ ...order, userId: `${order.userId}-s` })];
    await probe.post("/v1/t", browser);
    await probe.post("/v1/t", server, { ...json, ...basic(serverKey) });
    expect(await probe.stored(browser.messageId)).toMatchObject([
      { event_type: "completeCheckout", order_total: 1000 },
    ]);
    expect(await probe.stored(server.messageId)).toMatchObject([
      { event_type: "orderPlaced", order_total: 1000, original_name: "Order Completed" },
    ]);
  });

  it("keeps a company's traits from the person", async () => {
    const userId = `u-${newId(now)}`;
    await probe.post("/v1/i", { userId, traits: { plan: "own" } });
    await probe.post("/v1/g", {
      userId,
      groupId: "g",
      traits: { plan: "b2b", employees: 42, email: "office@firm.example" },
    });
    await probe.app.settle();
    const { body } = await probe.app.call("GET", `/v1/profiles/by/user_id/${userId}`);
    expect(body["attributes"]).toMatchObject({ plan: { value: "own" } });
    expect(body["attributes"]).not.toHaveProperty("employees");
    expect(JSON.stringify(body["identifiers"])).not.toContain("office@firm.example");
  });

  it("stores addresses shortened and no user agent", async () => {
    const message = aTrack({ context: { ip: "203.0.113.77", userAgent: "Mozilla/5.0 (iPhone) Mobile" } });
    await probe.post("/v1/t", message);
    const [row] = await probe.stored(message.messageId);
    expect(JSON.parse(row!.context)).toEqual({ ip: "203.0.113.0", device: "mobile" });
  });
});

describe("time", () => {
  const iso = (offsetMs: number) => new Date(now + offsetMs).toISOString();
  const timeOf = async (message: { messageId: string }) =>
    Number((await probe.stored(message.messageId))[0]?.["at"]) - now;

  it("is corrected by the message's sentAt, else the body's, else the header's", async () => {
    // The client's clock is an hour slow; the event happened 10 s before it was sent.
    const made = { timestamp: iso(-3_610_000) };
    const [own, body, header, none] = [
      aTrack({ ...made, sentAt: iso(-3_600_000) }),
      aTrack({ originalTimestamp: made.timestamp }),
      aTrack(made),
      aTrack(made),
    ];
    await probe.post("/v1/batch", { batch: [own, body], sentAt: iso(-3_605_000) });
    await probe.post("/v1/t", header, { ...known, ...json, sentat: iso(-3_600_000) });
    await probe.post("/v1/t", none);
    expect([await timeOf(own), await timeOf(body), await timeOf(header), await timeOf(none)]).toEqual([
      -10_000, -5_000, -10_000, -3_610_000,
    ]);
  });

  it("is kept as given from servers and imports, which may go back to 1970", async () => {
    const [server, imported, live] = [0, 1, 2].map(() =>
      aTrack({ timestamp: "1999-01-01T00:00:00Z", sentAt: iso(-5_000) }),
    );
    await probe.post("/v1/t", aTrack({ timestamp: iso(-60_000), sentAt: iso(-50_000) }), {
      ...json,
      ...basic(serverKey),
    });
    await probe.post("/v1/t", server!, { ...json, ...basic(serverKey) });
    await probe.post("/v1/import", { batch: [imported] });
    await probe.post("/v1/t", live!);
    expect(await timeOf(imported!)).toBe(Date.parse("1999-01-01T00:00:00Z") - now);
    expect((await probe.stored(imported!.messageId))[0]?.["flags"]).toEqual([]);
    expect((await probe.stored(live!.messageId))[0]?.["flags"]).toEqual(["past_clamped"]);
    expect((await probe.stored(server!.messageId))[0]?.["flags"]).toEqual(["past_clamped"]);
  });

  it("is never a reason to refuse", async () => {
    const [future, broken] = [aTrack({ timestamp: iso(120_000) }), aTrack({ timestamp: "yesterday", sentAt: "now" })];
    expect((await probe.post("/v1/batch", { batch: [future, broken] })).body).toEqual({ success: true });
    expect(await probe.stored(future.messageId)).toMatchObject([{ flags: ["future_clamped"] }]);
    expect(await probe.stored(broken.messageId)).toMatchObject([{ flags: ["bad_timestamp"] }]);
  });
});
