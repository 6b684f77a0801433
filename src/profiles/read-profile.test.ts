import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

let count = 0;
const unique = (name: string) => {
  count += 1;
  return `${name}-${count}`;
};
const browser = { trusted: false, provenCustomerId: null };
const server = { trusted: true, provenCustomerId: null };
const found = async (...ask: Parameters<TestApp["profiles"]["find"]>) => {
  const answer = await app.profiles.find(...ask);
  return answer.ok ? { by: answer.by, profileId: answer.profile.profileId } : answer.reason;
};
const by = async (namespace: string, value: string) =>
  (await app.call("GET", `/v1/profiles/by/${namespace}/${encodeURIComponent(value)}`)).body;
const timelineOf = async (profileId: unknown) => {
  const { body } = await app.call("GET", `/v1/profiles/${String(profileId)}/events?limit=200`);
  return (body["items"] as { type: string }[]).map((item) => item.type);
};

describe("finding a profile", () => {
  it("takes the strongest identifier that the caller may use", async () => {
    const [anonymousId, customerId] = [unique("a"), unique("c")];
    await app.send([{ type: "pageView", anonymousId }]);
    await app.sendFromServer([{ type: "pageView", customerId, email: `${customerId}@example.org` }]);
    await app.settle();
    const claim = { anonymousId, customerId, email: `${customerId}@example.org` };
    expect(await found(claim, server)).toMatchObject({ by: "user_id" });
    expect(await found({ ...claim, customerId: undefined }, server)).toMatchObject({ by: "email" });
    expect(await found(claim, browser)).toMatchObject({ by: "anonymous_id" });
    expect(await found(claim, { trusted: false, provenCustomerId: customerId })).toMatchObject({ by: "user_id" });
  });

  it("tells nobody named from nobody known", async () => {
    expect(await found({}, server)).toBe("no_identity");
    expect(await found({ customerId: "c", email: "e@example.org" }, browser)).toBe("no_identity");
    expect(await found({ anonymousId: unique("nobody") }, browser)).toBe("unknown");
    expect(await found({ profileId: "no id" }, server)).toBe("unknown");
  });

  it("does not open a customer to a device that was tied by a claim, until the tie is proven", async () => {
    const [anonymousId, customerId] = [unique("a"), unique("c")];
    await app.send([{ type: "signIn", anonymousId, customerId }]);
    await app.settle();
    expect(await found({ anonymousId }, browser)).toBe("identity_not_verified");
    expect(await found({ anonymousId }, server)).toMatchObject({ by: "anonymous_id" });
    await app.sendFromServer([{ type: "signIn", anonymousId, customerId }]);
    await app.settle();
    expect(await found({ anonymousId }, browser)).toMatchObject({ by: "anonymous_id" });
  });

  it("answers the former id of a merged profile with its survivor", async () => {
    const [phone, laptop, customerId] = [unique("a"), unique("a"), unique("c")];
    await app.sendFromServer([{ type: "signIn", anonymousId: phone, customerId }]);
    await app.send([{ type: "pageView", anonymousId: laptop }]);
    await app.settle();
    const before = await by("anonymous_id", laptop);
    await app.sendFromServer([{ type: "signIn", anonymousId: laptop, customerId }]);
    await app.settle();
    const survivor = await by("user_id", customerId);
    expect(survivor["profileId"]).not.toBe(before["profileId"]);
    expect((await app.call("GET", `/v1/profiles/${String(before["profileId"])}`)).body).toMatchObject({
      profileId: survivor["profileId"],
      mergedFrom: [before["profileId"]],
    });
    expect(await found({ profileId: String(before["profileId"]) }, server)).toMatchObject({
      profileId: survivor["profileId"],
    });
  });
});

describe("a timeline", () => {
  it("of a person holds both devices after a merge", async () => {
    const [phone, laptop, customerId] = [unique("a"), unique("a"), unique("c")];
    await app.send([
      { type: "one", anonymousId: phone },
      { type: "two", anonymousId: laptop },
      { type: "three", anonymousId: phone, customerId },
      { type: "four", anonymousId: laptop, customerId },
    ]);
    await app.settle();
    const { profileId } = await by("user_id", customerId);
    expect((await timelineOf(profileId)).toSorted()).toEqual(["four", "one", "three", "two"]);
  });

  it("of a customer holds nothing that a browser sent under their e-mail address", async () => {
    const [anonymousId, customerId] = [unique("a"), unique("c")];
    const email = `${customerId}@example.org`;
    await app.sendFromServer([{ type: "own", customerId, email }]);
    await app.settle();
    await app.send([{ type: "foreign", anonymousId, email }]);
    await app.settle();
    const [customer, visitor] = [await by("user_id", customerId), await by("anonymous_id", anonymousId)];
    expect(customer["counters"]).toEqual({ own: 1 });
    expect(await timelineOf(customer["profileId"])).toEqual(["own"]);
    expect(visitor["counters"]).toEqual({ foreign: 1 });
    expect(await timelineOf(visitor["profileId"])).toEqual(["foreign"]);
  });

  it("of a shared device gives each person the events of their own time", async () => {
    const [device, alice, bob] = [unique("a"), unique("c"), unique("c")];
    const now = Date.now();
    const at = (ms: number) => new Date(now - 60_000 + ms).toISOString();
    const send = (...events: object[]) => app.sendFromServer(events);
    await send(
      { type: "before", anonymousId: device, timestamp: at(0) },
      { type: "signIn", anonymousId: device, customerId: alice, timestamp: at(1_000) },
      { type: "hers", anonymousId: device, timestamp: at(2_000) },
      { type: "signIn", anonymousId: device, customerId: bob, timestamp: at(3_000) },
      { type: "his", anonymousId: device, timestamp: at(4_000) },
    );
    await app.settle();
    await send({ type: "late", anonymousId: device, timestamp: at(2_500) });
    await app.settle();
    const [hers, his] = [await by("user_id", alice), await by("user_id", bob)];
    expect(hers["profileId"]).not.toBe(his["profileId"]);
    expect(await timelineOf(hers["profileId"])).toEqual(["late", "hers", "signIn", "before"]);
    expect(await timelineOf(his["profileId"])).toEqual(["his", "signIn"]);
    expect(hers["counters"]).toEqual({ before: 1, signIn: 1, hers: 1, late: 1 });
    expect(his["counters"]).toEqual({ signIn: 1, his: 1 });
  });

  it("agrees with the profile about an event that comes late, from between two owners of a device", async () => {
    const [device, alice, bob] = [unique("a"), unique("c"), unique("c")];
    const now = Date.now();
    const at = (ms: number) => new Date(now - 60_000 + ms).toISOString();
    await app.sendFromServer([
      { type: "signIn", anonymousId: device, customerId: alice, timestamp: at(0) },
      { type: "signOut", anonymousId: device, customerId: alice, timestamp: at(1_000) },
      { type: "signIn", anonymousId: device, customerId: bob, timestamp: at(9_000) },
    ]);
    await app.settle();
    await app.sendFromServer([{ type: "between", anonymousId: device, timestamp: at(5_000) }]);
    await app.settle();
    const his = await by("user_id", bob);
    expect(his["counters"]).toEqual({ signIn: 1, between: 1 });
    expect(await timelineOf(his["profileId"])).toEqual(["signIn", "between"]);
  });

  it("comes in pages that lose no event, also where many share a millisecond", async () => {
    const anonymousId = unique("a");
    const timestamp = new Date(Date.now() - 1_000).toISOString();
    await app.send(Array.from({ length: 7 }, (_, index) => ({ type: `e${index}`, anonymousId, timestamp })));
    await app.settle();
    const { profileId } = await by("anonymous_id", anonymousId);
    const seen: string[] = [];
    let cursor = "";
    do {
      const { status, body } = await app.call(
        "GET",
        `/v1/profiles/${String(profileId)}/events?limit=3${cursor && `&cursor=${cursor}`}`,
      );
      expect(status).toBe(200);
      seen.push(...(body["items"] as { type: string }[]).map((item) => item.type));
      cursor = String(body["nextCursor"] ?? "");
    } while (cursor !== "");
    expect(seen.toSorted()).toEqual(["e0", "e1", "e2", "e3", "e4", "e5", "e6"]);
  });
});

describe("bad input", () => {
  it.each([
    ["/v1/profiles/by/email/..%2f..%2fetc%2fpasswd", 404],
    ["/v1/profiles/by/..%2f..%2f/x", 404],
    ["/v1/profiles/by/email/%00", 404],
    ["/v1/profiles/by/a%00b/c", 404],
    ["/v1/profiles/by/anonymous_id/%F0%9F%98%80", 404],
    ["/v1/profiles/%", 400],
    ["/v1/profiles/..%2f..%2f", 400],
    ["/v1/profiles/%27%20or%201=1%20--", 400],
    ["/v1/profiles?limit=201", 400],
    ["/v1/profiles?limit=many", 400],
    ["/v1/profiles?search=%00%25_", 200],
    ["/v1/profiles/01900000-0000-7000-8000-000000000000/events?before=soon", 400],
    ["/v1/profiles/01900000-0000-7000-8000-000000000000", 404],
  ])("%s is answered %s", async (path, status) => {
    const answer = await app.call("GET", path);
    expect(answer.status).toBe(status);
    if (status !== 200)
      expect(answer.body).toMatchObject({ error: { code: expect.any(String), id: expect.any(String) } });
  });

  it("is no value that is longer than any identifier", async () => {
    for (const length of [601, 999, 5_000])
      expect((await app.call("GET", `/v1/profiles/by/anonymous_id/${"x".repeat(length)}`)).status).toBe(400);
  });

  it("finds what it stored: a NUL in an identifier is one in the question too", async () => {
    const anonymousId = `${unique("a")}\0b`;
    await app.send([{ type: "pageView", anonymousId }]);
    await app.settle();
    expect(await found({ anonymousId }, browser)).toMatchObject({ by: "anonymous_id" });
  });

  it("returns markup in names as the text it is", async () => {
    const name = '<img src=x onerror="alert(1)">';
    const key = unique("html");
    const body = { rule: { attribute: { path: "profile.is_registered", op: "eq", value: true } } };
    expect((await app.call("POST", "/v1/definitions/audience", { key, name, body })).status).toBe(201);
    const answer = await app.call("GET", `/v1/definitions/audience/${key}`);
    expect(answer.body["name"]).toBe(name);
    expect(String(answer.headers["content-type"])).toContain("application/json");
  });
});
