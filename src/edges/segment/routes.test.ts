import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { newId } from "../../kernel/index.ts";
import { aTrack, basic, json, known, manager, now, type Probe, startProbe } from "../../testing/segment/probe.ts";

let probe: Probe;
beforeAll(async () => {
  probe = await startProbe();
});
afterAll(() => probe.app.close());

const shortPaths = { track: "t", identify: "i", page: "p", screen: "s", group: "g", alias: "a" } as const;

describe("paths", () => {
  it("take each kind of call at its long and short path, whatever the body says of its type", async () => {
    const ours: Record<string, string> = {
      track: "Probe",
      identify: "profileRecord",
      page: "pageView",
      screen: "pageView",
    };
    const sent: { messageId: string; expected: string }[] = [];
    for (const [type, short] of Object.entries(shortPaths)) {
      for (const path of [`/v1/${type}`, `/v1/${short}`]) {
        const { type: _type, ...message } = aTrack({ userId: newId(now), groupId: "g-1", previousId: newId(now) });
        for (const body of [message, { ...message, messageId: `${message.messageId}-2`, type: "dance" }]) {
          expect([path, await probe.post(path, body)]).toMatchObject([path, { status: 200, body: { success: true } }]);
          sent.push({ messageId: body.messageId, expected: ours[type] ?? type });
        }
      }
    }
    for (const { messageId, expected } of sent)
      expect((await probe.stored(messageId)).map((row) => row["event_type"])).toEqual([expected]);
  });

  it.each(["/v1/batch", "/v1/b", "/v1/import"])(
    "takes a batch at %s and merges its context under each message",
    async (path) => {
      const [first, second] = [aTrack(), aTrack({ context: { locale: "fr-FR" } })];
      const shared = { context: { locale: "de-DE", timezone: "Europe/Berlin" }, integrations: { All: true } };
      expect((await probe.post(path, { batch: [first, second], ...shared })).body).toEqual({ success: true });
      const rows = [...(await probe.stored(first.messageId)), ...(await probe.stored(second.messageId))];
      expect(rows.map((row) => JSON.parse(row.context))).toMatchObject([
        { locale: "de-DE", timezone: "Europe/Berlin" },
        { locale: "fr-FR", timezone: "Europe/Berlin" },
      ]);
      expect(rows.map((row) => JSON.parse(row.extra))).toMatchObject([
        { integrations: { All: true } },
        { integrations: { All: true } },
      ]);
    },
  );

  it("takes a beacon as text with the key in the query", async () => {
    const message = aTrack();
    const url = `/beacon/v1/batch?writeKey=${demoCredentials.writeKey}`;
    expect((await probe.post(url, { batch: [message] }, { "content-type": "text/plain;charset=UTF-8" })).status).toBe(
      200,
    );
    expect(await probe.countOf(message.messageId)).toBe(1);
  });

  it("answers pixels with an image, good or bad, and takes the good ones", async () => {
    const messageId = newId(now);
    const query = `writeKey=${demoCredentials.writeKey}&anonymousId=a-${messageId}&messageId=${messageId}`;
    const urls = [
      `/pixel/v1/track?${query}&event=Product%20Viewed&properties[sku]=S-1&properties[price]=12.50&properties[currency]=EUR`,
      `/pixel/v1/page?${query.replaceAll(messageId, `${messageId}-p`)}&name=Home`,
      `/pixel/v1/track?writeKey=wrong&anonymousId=a&event=Lost`,
      `/pixel/v1/track?writeKey=${demoCredentials.writeKey}`,
    ];
    for (const url of urls) {
      const answer = await probe.app.server.inject({ url, headers: { referer: "https://shop.example/mail" } });
      expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "image/gif"]);
      expect(answer.rawPayload.subarray(0, 6).toString()).toBe("GIF89a");
      expect(answer.headers["cache-control"]).toBe("no-store");
    }
    const [row] = await probe.stored(messageId);
    expect(row).toMatchObject({ event_type: "productPageView", skus: ["S-1"], page_url: "https://shop.example/mail" });
    expect(JSON.parse(row!.properties)).toMatchObject({ items: [{ unitPrice: { minor: 1250, currency: "EUR" } }] });
    expect(await probe.stored(`${messageId}-p`)).toMatchObject([{ event_type: "pageView" }]);
    expect(row!.extra).not.toContain(demoCredentials.writeKey);
  });

  it("gives browser SDKs their settings, with and without the slash, and nothing without a known key", async () => {
    for (const url of [
      `/sourceConfig?writeKey=${demoCredentials.writeKey}`,
      `/sourceConfig/?p=npm&writeKey=${demoCredentials.writeKey}`,
    ]) {
      const answer = await probe.app.server.inject({ url });
      expect(answer.json()).toMatchObject({
        source: { id: demoCredentials.sourceId, config: {}, destinations: [], enabled: true },
      });
    }
    const settings = await probe.app.server.inject({
      url: `/v1/projects/${demoCredentials.writeKey}/settings`,
      headers: { host: "events.shop.example:8443", origin: "https://shop.example" },
    });
    expect(settings.headers["access-control-allow-origin"]).toBe("https://shop.example");
    expect(settings.json()).toMatchObject({
      integrations: {
        "Segment.io": { apiKey: demoCredentials.writeKey, apiHost: "events.shop.example:8443/v1", protocol: "http" },
      },
      plan: {},
    });
    for (const url of ["/sourceConfig", "/sourceConfig?writeKey=wrong", "/v1/projects/wrong/settings"])
      expect((await probe.app.server.inject({ url })).json()).toMatchObject({
        success: false,
        message: expect.any(String),
      });
    const ping = async (key: string) => (await probe.app.server.inject({ url: `/v1/ping?writeKey=${key}` })).statusCode;
    expect([await ping(demoCredentials.writeKey), await ping("wrong")]).toEqual([200, 401]);
  });
});

describe("keys", () => {
  const key = demoCredentials.writeKey;
  it.each([
    ["Basic with a colon", basic(key), "", {}],
    ["Basic without a colon", basic(key, ""), "", {}],
    ["the query", {}, `?writeKey=${key}`, {}],
    ["the body", {}, "", { writeKey: key }],
    ["Bearer with a write key", { authorization: `Bearer ${key}` }, "", {}],
    ["Bearer with a token", { authorization: `Bearer ${demoCredentials.token}` }, "", {}],
  ])("are found in %s, of a single message and of a batch", async (_place, headers, query, extra) => {
    expect((await probe.post(`/v1/track${query}`, aTrack(extra), { ...json, ...headers })).status).toBe(200);
    expect(
      (await probe.post(`/v1/batch${query}`, { batch: [aTrack()], ...extra }, { ...json, ...headers })).status,
    ).toBe(200);
  });

  it("are found in the first message of a batch, and are not stored", async () => {
    const message = aTrack({ writeKey: key });
    expect((await probe.post("/v1/b", { batch: [message, aTrack()] }, json)).status).toBe(200);
    expect(JSON.stringify(await probe.stored(message.messageId))).not.toContain(key);
  });

  it.each([
    ["no key", {}, {}],
    ["an unknown key", basic("unknown"), {}],
    ["an unknown key in the body", {}, { writeKey: "unknown" }],
    ["a token as Basic", basic(demoCredentials.token), {}],
    ["no key but an empty one", basic(""), {}],
  ])("that are missing or unknown are refused with 401: %s", async (_what, headers, extra) => {
    const message = aTrack(extra);
    for (const [path, body] of [
      ["/v1/t", message],
      ["/v1/batch", { batch: [message] }],
    ] as const) {
      const answer = await probe.post(path, body, { ...json, ...headers, origin: "https://shop.example" });
      expect(answer).toMatchObject({ status: 401, body: { success: false, message: expect.any(String) } });
      expect(answer.headers["access-control-allow-origin"]).toBe("https://shop.example");
    }
    expect(await probe.countOf(message.messageId)).toBe(0);
  });

  it("that are revoked are refused", async () => {
    const { id, key: revoked } = await probe.app.access.createKey({ kind: "write", name: "old" }, manager);
    expect((await probe.post("/v1/t", aTrack(), { ...json, ...basic(revoked) })).status).toBe(200);
    await probe.app.access.revokeKey(id, manager);
    expect((await probe.post("/v1/t", aTrack(), { ...json, ...basic(revoked) })).status).toBe(401);
  });
});

describe("the form of a request", () => {
  it("may be JSON by name, text, or nameless", async () => {
    const types = ["application/json", "application/json; charset=utf-8", "text/plain", "text/plain;charset=UTF-8", ""];
    const sent = types.map((type) => ({ type, message: aTrack() }));
    for (const { type, message } of sent)
      expect((await probe.post("/v1/t", message, { ...known, ...(type ? { "content-type": type } : {}) })).status).toBe(
        200,
      );
    for (const { message } of sent) expect(await probe.countOf(message.messageId)).toBe(1);
  });

  it.each(["text/html", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])(
    "may not say %s",
    async (type) => {
      const answer = await probe.post("/v1/t", aTrack(), {
        ...known,
        "content-type": type,
        origin: "https://shop.example",
      });
      expect(answer).toMatchObject({ status: 415, body: { success: false } });
      expect(answer.headers["access-control-allow-origin"]).toBe("https://shop.example");
    },
  );

  it("may be compressed", async () => {
    const encodings: readonly (readonly [string, (text: Buffer) => Buffer])[] = [
      ["gzip", gzipSync],
      ["deflate", deflateSync],
      ["deflate", deflateRawSync],
      ["br", brotliCompressSync],
      ["identity", (text) => text],
    ];
    const sent = encodings.map(([encoding, encode]) => ({ encoding, encode, message: aTrack() }));
    for (const { encoding, encode, message } of sent) {
      const body = encode(Buffer.from(JSON.stringify({ batch: [message] })));
      expect((await probe.post("/v1/batch", body, { ...known, ...json, "content-encoding": encoding })).status).toBe(
        200,
      );
    }
    for (const { message } of sent) expect(await probe.countOf(message.messageId)).toBe(1);
  });

  it("may be compressed JSON that calls itself a form, as RudderStack's server SDK sends it", async () => {
    const message = aTrack();
    const headers = { ...known, "content-type": "application/x-www-form-urlencoded", "content-encoding": "gzip" };
    expect((await probe.post("/v1/batch", gzipSync(JSON.stringify({ batch: [message] })), headers)).status).toBe(200);
    expect(await probe.countOf(message.messageId)).toBe(1);
  });

  it("is refused with 400 when it cannot be read, and with 415 when its encoding is unknown", async () => {
    const bad = ["", "{", '"text"', "[]", "null", "3"];
    for (const path of ["/v1/t", "/v1/batch"])
      for (const body of bad)
        expect([body, await probe.post(path, body)]).toMatchObject([body, { status: 400, body: { success: false } }]);
    for (const body of [{}, { batch: {} }, { batch: null }])
      expect((await probe.post("/v1/batch", body)).status).toBe(400);
    const broken = { ...known, ...json, "content-encoding": "gzip" };
    expect((await probe.post("/v1/t", Buffer.from("not gzip"), broken)).status).toBe(400);
    expect((await probe.post("/v1/t", gzipSync("{}").subarray(0, 12), broken)).status).toBe(400);
    expect((await probe.post("/v1/t", "{}", { ...known, ...json, "content-encoding": "zstd" })).status).toBe(415);
  });

  it("cannot be a bomb: 20 MB of zeros end at the limit", async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, 0x20));
    for (const path of ["/v1/t", "/v1/batch"])
      expect((await probe.post(path, bomb, { ...known, ...json, "content-encoding": "gzip" })).status).toBe(413);
  });

  it("is preceded by a preflight that may ask for any header", async () => {
    const lists = [
      "authorization, content-type, x-retry-count",
      "anonymousid, authorization, content-type, sentat, rsa-is-reclaimed, rsa-retry-attempt, rsa-since-last-attempt",
    ];
    for (const asked of lists)
      for (const url of ["/v1/t", "/v1/b", "/v1/track", "/v1/batch", "/sourceConfig/"]) {
        const answer = await probe.app.server.inject({
          method: "OPTIONS",
          url,
          headers: {
            origin: "https://shop.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": asked,
          },
        });
        expect(answer.statusCode).toBe(204);
        expect(answer.headers).toMatchObject({
          "access-control-allow-origin": "https://shop.example",
          "access-control-allow-headers": asked,
          "access-control-max-age": "86400",
        });
      }
  });

  it("keeps keys that mean something to JavaScript as data", async () => {
    const messageId = newId(now);
    const text = `{"messageId":"${messageId}","event":"Product Viewed","anonymousId":"a","properties":{"sku":"S","__proto__":{"polluted":1},"constructor":"c","products":[{"sku":"S","__proto__":{"qty":3}}]},"context":{"__proto__":{"x":1}},"toString":1}`;
    expect((await probe.post("/v1/t", text)).status).toBe(200);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    const [row] = await probe.stored(messageId);
    expect(row!.properties).toContain('"__proto__":{"polluted":1}');
    expect(JSON.parse(row!.extra)).toMatchObject({ toString: 1 });
  });
});
