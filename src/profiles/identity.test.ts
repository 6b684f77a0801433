// Identity through the whole program: late messages, splits and merges, with what the profiles count afterwards.
import fc from "fast-check";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toClienteleError } from "../http/index.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
let identity: ReturnType<TestApp["profiles"]["createIdentity"]>;
let routes: FastifyInstance;
beforeAll(async () => {
  app = await startTestApp();
  identity = app.profiles.createIdentity({
    eventsOf: app.measurement.eventsOf,
    acceptedSoFar: app.collect.acceptedSoFar,
    apply: app.collect.applyPrepared,
  });
  routes = Fastify();
  routes.addHook("onRequest", async (request) => {
    request.auth = { kind: "token", id: "t", sourceId: "test", scopes: [], actor: "tester", storeViews: null };
  });
  routes.setErrorHandler((error, _request, reply) => {
    const { status, code, message, details } = toClienteleError(error);
    return reply.code(status).send({ error: { id: "1", code, message, details } });
  });
  await routes.register(identity.routes({ audienceName: app.audiences.nameOf }));
});
afterAll(async () => {
  await routes.close();
  await app.close();
});

let count = 0;
const unique = (name: string) => {
  count += 1;
  return `${name}-${count}`;
};
const start = Date.now() - 3 * 86_400_000;
const at = (minutes: number) => new Date(start + minutes * 60_000).toISOString();
const by = async (namespace: string, value: string) =>
  (await app.call("GET", `/v1/profiles/by/${namespace}/${encodeURIComponent(value)}`)).body;
const settle = async () => {
  await app.settle();
  while ((await identity.rebuildPending()) > 0) await app.settle();
};
/** Sends each event in a batch of its own. */
const sendInTurn = async (events: readonly object[]) => {
  for (const event of events) {
    await app.sendFromServer([event]);
    await app.settle();
  }
};
const call = async (method: "GET" | "POST" | "PUT" | "DELETE", url: string, body?: object) => {
  const answer = await routes.inject({ method, url, ...(body ? { payload: body } : {}) });
  return { status: answer.statusCode, body: answer.body === "" ? {} : (answer.json() as Record<string, unknown>) };
};
const timelineOf = async (profileId: unknown) => {
  const { body } = await app.call("GET", `/v1/profiles/${String(profileId)}/events?limit=200`);
  return (body["items"] as { type: string }[]).map((item) => item.type).toSorted();
};
const order = (orderId: string, minor: number) => ({
  orderId,
  orderTotal: { minor, currency: "USD" },
  items: [{ sku: "A", qty: 1, unitPrice: { minor, currency: "USD" } }],
});

describe("messages that come late", () => {
  it("give each person of a shared device their own events, though the second came first", async () => {
    const [device, ann, bob] = [unique("a"), unique("u"), unique("u")];
    await sendInTurn([
      { type: "signIn", anonymousId: device, customerId: bob, timestamp: at(20) },
      { type: "his", anonymousId: device, timestamp: at(25) },
      { type: "hers", anonymousId: device, timestamp: at(15) },
      { type: "signIn", anonymousId: device, customerId: ann, timestamp: at(10) },
    ]);
    await settle();
    const [hers, his] = [await by("user_id", ann), await by("user_id", bob)];
    expect(hers["counters"]).toEqual({ signIn: 1, hers: 1 });
    expect(his["counters"]).toEqual({ signIn: 1, his: 1 });
    expect(await timelineOf(hers["profileId"])).toEqual(["hers", "signIn"]);
    expect(await timelineOf(his["profileId"])).toEqual(["his", "signIn"]);
  });

  it("give what came after a late sign-out to a stranger", async () => {
    const [device, ann] = [unique("a"), unique("u")];
    await sendInTurn([
      { type: "signIn", anonymousId: device, customerId: ann, timestamp: at(10) },
      { type: "afterwards", anonymousId: device, timestamp: at(30) },
      { type: "signOut", anonymousId: device, timestamp: at(20) },
    ]);
    await settle();
    expect((await by("user_id", ann))["counters"]).toEqual({ signIn: 1, signOut: 1 });
    const stranger = await by("anonymous_id", device);
    expect(stranger["counters"]).toEqual({ afterwards: 1 });
    expect(await timelineOf(stranger["profileId"])).toEqual(["afterwards"]);
  });

  it("leave no profile behind for a stretch in which nothing happened", async () => {
    const [device, ann] = [unique("a"), unique("u")];
    await sendInTurn([
      { type: "signIn", anonymousId: device, customerId: ann, timestamp: at(10) },
      { type: "elsewhere", customerId: ann, timestamp: at(30) },
      { type: "signOut", anonymousId: device, timestamp: at(20) },
    ]);
    await settle();
    expect((await by("user_id", ann))["counters"]).toEqual({ signIn: 1, elsewhere: 1, signOut: 1 });
    expect((await app.call("GET", `/v1/profiles/by/anonymous_id/${device}`)).status).toBe(404);
    await sendInTurn([{ type: "later", anonymousId: device, timestamp: at(40) }]);
    expect((await by("anonymous_id", device))["counters"]).toEqual({ later: 1 });
  });

  it("undo a merge, and the merged id comes back", async () => {
    const [device, ann, bob] = [unique("a"), unique("u"), unique("u")];
    await sendInTurn([
      { type: "browse", anonymousId: device, timestamp: at(5) },
      { type: "elsewhere", customerId: ann, timestamp: at(1) },
    ]);
    const alone = (await by("anonymous_id", device))["profileId"];
    await sendInTurn([{ type: "signIn", anonymousId: device, customerId: ann, timestamp: at(30) }]);
    expect((await by("anonymous_id", device))["profileId"]).toBe((await by("user_id", ann))["profileId"]);
    // Somebody else was on the device before: what it did until then was theirs.
    await sendInTurn([{ type: "signIn", anonymousId: device, customerId: bob, timestamp: at(10) }]);
    await settle();
    const [hers, his] = [await by("user_id", ann), await by("user_id", bob)];
    expect(hers["counters"]).toEqual({ elsewhere: 1, signIn: 1 });
    expect(his["counters"]).toEqual({ browse: 1, signIn: 1 });
    expect(his["profileId"]).toBe(alone);
    expect(hers["mergedFrom"]).toEqual([]);
  });

  it("give the same profiles in any order and batches, with repeats", async () => {
    const message = fc.record({
      at: fc.integer({ min: 1, max: 4_000 }),
      type: fc.constantFrom("view", "view", "view", "signOut"),
      user: fc.option(fc.constantFrom("u1", "u2"), { nil: undefined, freq: 2 }),
      device: fc.option(fc.constantFrom("d1", "d2"), { nil: undefined, freq: 4 }),
    });
    const plan = fc.record({
      messages: fc.uniqueArray(message, { minLength: 4, maxLength: 12, selector: (each) => each.at }),
      ranks: fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 24, maxLength: 24 }),
      batch: fc.integer({ min: 1, max: 6 }),
    });
    const outcome = async (run: string) => {
      const seen: Record<string, unknown> = {};
      const names = new Map<unknown, string>();
      for (const [namespace, value] of [
        ["user_id", "u1"],
        ["user_id", "u2"],
        ["anonymous_id", "d1"],
        ["anonymous_id", "d2"],
      ]) {
        const profile = await by(String(namespace), `${value}-${run}`);
        const id = profile["profileId"];
        if (id !== undefined && !names.has(id)) names.set(id, `p${names.size}`);
        seen[String(value)] = id === undefined ? null : [names.get(id), profile["counters"], await timelineOf(id)];
      }
      return seen;
    };
    await fc.assert(
      fc.asyncProperty(plan, async ({ messages, ranks, batch }) => {
        const runs = [unique("in-order"), unique("shuffled")];
        for (const [which, run] of runs.entries()) {
          const events = messages
            .filter(({ user, device }) => user !== undefined || device !== undefined)
            .map((each) => ({
              messageId: `${run}-${each.at}`,
              type: each.type === "signOut" ? "signOut" : `view${each.at}`,
              timestamp: at(each.at),
              ...(each.user ? { customerId: `${each.user}-${run}` } : {}),
              ...(each.device ? { anonymousId: `${each.device}-${run}` } : {}),
            }));
          const sorted = events.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
          const shuffled = [...events, ...events]
            .map((event, index) => ({ event, rank: ranks[index] ?? 0 }))
            .sort((a, b) => a.rank - b.rank)
            .map(({ event }) => event);
          const stream = which === 0 ? sorted : shuffled;
          for (let from = 0; from < stream.length; from += which === 0 ? stream.length : batch) {
            await app.sendFromServer(stream.slice(from, from + (which === 0 ? stream.length : batch)));
            await app.settle();
          }
        }
        await settle();
        expect(await outcome(runs[1]!)).toEqual(await outcome(runs[0]!));
      }),
      { numRuns: Number(process.env["APP_RUNS"] ?? 4) },
    );
  }, 120_000);
});

describe("a split", () => {
  const family = async () => {
    const [phone, laptop, ann] = [unique("a"), unique("a"), unique("u")];
    await app.sendFromServer([
      { type: "browse", anonymousId: phone, timestamp: at(1) },
      { type: "orderPlaced", anonymousId: phone, timestamp: at(2), properties: order(unique("o"), 1_500) },
      { type: "signIn", anonymousId: phone, customerId: ann, timestamp: at(3) },
      { type: "signIn", anonymousId: laptop, customerId: ann, timestamp: at(4) },
      { type: "orderPlaced", customerId: ann, timestamp: at(5), properties: order(unique("o"), 2_500) },
      { type: "read", anonymousId: laptop, timestamp: at(6) },
    ]);
    await app.settle();
    return { phone, laptop, ann, profile: await by("user_id", ann) };
  };

  it("shows beforehand what it would move, and changes nothing", async () => {
    const { phone, profile } = await family();
    const url = `/v1/profiles/${String(profile["profileId"])}/split`;
    const answer = await call("POST", url, {
      identifiers: [{ namespace: "anonymous_id", value: phone }],
      dryRun: true,
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        dryRun: true,
        before: { events: 6, orders: 2, revenue: [{ minor: 4_000, currency: "USD" }] },
        remaining: { events: 4, orders: 1, revenue: [{ minor: 2_500, currency: "USD" }] },
        moved: { events: 2, orders: 1, revenue: [{ minor: 1_500, currency: "USD" }] },
      },
    });
    expect((await by("anonymous_id", phone))["profileId"]).toBe(profile["profileId"]);
  });

  it("moves exactly the identifiers with their events, the founding one too, and the next event does not undo it", async () => {
    const { phone, laptop, ann, profile } = await family();
    const url = `/v1/profiles/${String(profile["profileId"])}/split`;
    expect((await call("POST", url, { identifiers: [{ namespace: "anonymous_id", value: phone }] })).status).toBe(200);
    await settle();
    const [hers, other] = [await by("user_id", ann), await by("anonymous_id", phone)];
    expect(hers["profileId"]).toBe(profile["profileId"]);
    expect((await by("anonymous_id", laptop))["profileId"]).toBe(profile["profileId"]);
    expect(other["counters"]).toEqual({ browse: 1, orderPlaced: 1 });
    expect(hers["counters"]).toEqual({ signIn: 2, orderPlaced: 1, read: 1 });
    await sendInTurn([
      { type: "both", anonymousId: phone, customerId: ann, timestamp: at(9) },
      { type: "alone", anonymousId: phone, timestamp: at(10) },
    ]);
    expect((await by("user_id", ann))["counters"]).toMatchObject({ both: 1 });
    expect((await by("anonymous_id", phone))["counters"]).toEqual({ browse: 1, orderPlaced: 1, alone: 1 });
    // Nor does one that comes late.
    await sendInTurn([{ type: "late", anonymousId: phone, customerId: ann, timestamp: at(2.5) }]);
    await settle();
    expect((await by("user_id", ann))["counters"]).toMatchObject({ both: 1, late: 1 });
    expect((await by("anonymous_id", phone))["counters"]).toEqual({ browse: 1, orderPlaced: 1, alone: 1 });
  });

  it("followed by a merge restores attributes, counters, orders and memberships", async () => {
    await app.publish("audience", unique("buyers"), {
      rule: { attribute: { path: "profile.orders_count", op: "gte", value: 2 } },
    });
    await app.audiences.settled();
    const { phone, ann } = await family();
    await sendInTurn([
      { type: "accountUpdated", customerId: ann, timestamp: at(7), traits: { firstName: "Ann" } },
      { type: "profileRecord", anonymousId: phone, timestamp: at(8), traits: { shoeSize: 39 } },
    ]);
    await settle();
    const facts = async () => {
      const profile = await by("user_id", ann);
      const { attributes, counters, orders, traits, audiences, identifiers, firstSeenAt, lastSeenAt, viewed } = profile;
      const names = (identifiers as { namespace: string; value: string }[]).map(
        ({ namespace, value }) => `${namespace} ${value}`,
      );
      const { days_since_last_order: _days, ...stable } = traits as Record<string, unknown>;
      return {
        attributes,
        counters,
        orders,
        audiences,
        firstSeenAt,
        lastSeenAt,
        viewed,
        stable,
        names: names.toSorted(),
      };
    };
    const before = await facts();
    expect(before.audiences).not.toEqual([]);
    const id = (await by("user_id", ann))["profileId"];
    const identifiers = [{ namespace: "anonymous_id", value: phone }];
    expect((await call("POST", `/v1/profiles/${String(id)}/split`, { identifiers })).status).toBe(200);
    await settle();
    expect((await facts()).audiences).toEqual([]);
    const other = (await by("anonymous_id", phone))["profileId"];
    const merge = (dryRun: boolean) => call("POST", `/v1/profiles/${String(id)}/merge`, { with: other, dryRun });
    expect((await merge(true)).body).toMatchObject({ dryRun: true, merged: { orders: 2, events: 8 } });
    expect((await by("anonymous_id", phone))["profileId"]).toBe(other);
    expect((await merge(false)).status).toBe(200);
    await settle();
    expect(await facts()).toEqual(before);
    expect((await app.call("GET", `/v1/profiles/${String(other)}`)).body).toMatchObject({
      profileId: id,
      mergedFrom: expect.arrayContaining([other]),
    });
    // The separation is gone with the merge: a second round does the same.
    expect((await call("POST", `/v1/profiles/${String(id)}/split`, { identifiers })).status).toBe(200);
    await settle();
    const again = (await by("anonymous_id", phone))["profileId"];
    expect((await call("POST", `/v1/profiles/${String(again)}/merge`, { with: id })).status).toBe(200);
    await settle();
    expect(await facts()).toEqual(before);
  });

  it("from a time on leaves what was before", async () => {
    const [device, ann] = [unique("a"), unique("u")];
    await app.sendFromServer([
      { type: "signIn", anonymousId: device, customerId: ann, timestamp: at(1) },
      { type: "early", anonymousId: device, timestamp: at(2) },
      { type: "late", anonymousId: device, timestamp: at(8) },
    ]);
    await app.settle();
    const id = (await by("user_id", ann))["profileId"];
    const body = { identifiers: [{ namespace: "anonymous_id", value: device }], since: at(5) };
    expect((await call("POST", `/v1/profiles/${String(id)}/split`, body)).status).toBe(200);
    await settle();
    expect((await by("user_id", ann))["counters"]).toEqual({ signIn: 1, early: 1 });
    expect((await by("anonymous_id", device))["counters"]).toEqual({ late: 1 });
  });

  it("is refused for what the profile does not have, and when nothing would be left", async () => {
    const { phone, laptop, ann, profile } = await family();
    const url = `/v1/profiles/${String(profile["profileId"])}/split`;
    const all = [
      { namespace: "anonymous_id", value: phone },
      { namespace: "anonymous_id", value: laptop },
      { namespace: "user_id", value: ann },
    ];
    expect((await call("POST", url, { identifiers: all })).body).toMatchObject({
      error: { code: "profiles.splitEverything" },
    });
    const foreign = [{ namespace: "anonymous_id", value: "somebody else's" }];
    expect((await call("POST", url, { identifiers: foreign })).body).toMatchObject({
      error: { code: "profiles.splitUnknown" },
    });
    expect((await call("POST", `${url.replace("split", "merge")}`, { with: profile["profileId"] })).body).toMatchObject(
      {
        error: { code: "profiles.sameProfile" },
      },
    );
    expect(
      (await call("POST", "/v1/profiles/01900000-0000-7000-8000-000000000000/split", { identifiers: all })).status,
    ).toBe(404);
  });
});

describe("a value that links too many persons", () => {
  it("is quarantined at the tenth, and links again once it is released", async () => {
    const kiosk = unique("kiosk");
    const persons = Array.from({ length: 11 }, () => unique("u"));
    await app.sendFromServer(
      persons.map((customerId, index) => ({ type: "signIn", anonymousId: kiosk, customerId, timestamp: at(index) })),
    );
    await sendInTurn([{ type: "nobodys", anonymousId: kiosk, timestamp: at(50) }]);
    expect((await app.call("GET", `/v1/profiles/by/anonymous_id/${kiosk}`)).status).toBe(404);
    const list = await call("GET", "/v1/identity/quarantine");
    expect(list.body["items"]).toMatchObject([{ namespace: "anonymous_id", value: kiosk, rule: "fuse" }]);
    expect(
      (await call("POST", "/v1/identity/quarantine/release", { namespace: "anonymous_id", value: kiosk })).status,
    ).toBe(204);
    expect(
      (await call("POST", "/v1/identity/quarantine/release", { namespace: "anonymous_id", value: kiosk })).status,
    ).toBe(404);
    await sendInTurn([{ type: "again", anonymousId: kiosk }]);
    const profile = await by("anonymous_id", kiosk);
    expect(profile["counters"]).toEqual({ again: 1 });
    expect(await timelineOf(profile["profileId"])).toEqual(["again"]);
    expect((await call("GET", "/v1/identity/report")).body).toMatchObject({ quarantined: 1 });
  });
});

describe("reads", () => {
  it("report what was blocked, demoted and may be one person", async () => {
    const [ann, bob] = [unique("u"), unique("u")];
    const email = `${ann}@example.org`;
    await app.sendFromServer([
      { type: "signIn", customerId: ann, email },
      { type: "signIn", customerId: bob, email },
      { type: "signIn", customerId: "undefined", anonymousId: unique("a") },
      { type: "signIn", customerId: "null" },
    ]);
    await app.settle();
    const { body } = await call("GET", "/v1/identity/report?days=1");
    expect(body["blockedByNamespace"]).toEqual([{ namespace: "user_id", events: 2 }]);
    const pair = [(await by("user_id", bob))["profileId"], (await by("user_id", ann))["profileId"]].sort();
    expect(body["possibleDuplicates"]).toMatchObject([{ profileIds: pair, namespace: "email" }]);
  });

  it("of a profile's history come in pages, with those of what was merged into it", async () => {
    const [device, ann] = [unique("a"), unique("u")];
    await sendInTurn([
      { type: "browse", anonymousId: device, timestamp: at(1) },
      { type: "elsewhere", customerId: ann, timestamp: at(2) },
      { type: "signIn", anonymousId: device, customerId: ann, timestamp: at(3) },
    ]);
    const id = (await by("user_id", ann))["profileId"];
    const actions: string[] = [];
    for (let cursor = ""; ; ) {
      const { body } = await app.call(
        "GET",
        `/v1/profiles/${String(id)}/history?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      actions.push(...(body["items"] as { action: string }[]).map(({ action }) => action));
      cursor = String(body["nextCursor"] ?? "");
      if (cursor === "") break;
    }
    expect(actions.toSorted()).toEqual(["create", "create", "link", "link", "merge"]);
  });

  it("simulate messages under other rules without writing any", async () => {
    const [p, u] = [unique("u"), unique("u")];
    const messages = [
      { type: "signIn", customerId: p },
      { type: "signIn", customerId: u },
      { type: "alias", customerId: u, properties: { previousId: p } },
    ];
    const refused = await call("POST", "/v1/identity/simulate", { messages });
    expect(refused.body).toMatchObject({ profiles: [{ profile: "p1" }, { profile: "p2" }] });
    expect(refused.body["log"]).toContainEqual(expect.objectContaining({ action: "refuse", rule: "alias_identified" }));
    const allowed = await call("POST", "/v1/identity/simulate", { messages, rules: { aliasMayMergeIdentified: true } });
    expect(allowed.body["profiles"]).toHaveLength(1);
    expect((await app.call("GET", `/v1/profiles/by/user_id/${u}`)).status).toBe(404);
    const bad = await call("POST", "/v1/identity/simulate", { messages, rules: { blockedPatterns: ["("] } });
    expect(bad).toMatchObject({ status: 422, body: { error: { code: "profiles.identitySettings" } } });
  });

  it("of settings: a blocked value of the merchant's links nobody from then on", async () => {
    const settings = { blockedValues: ["Kassa-1"], blockedPatterns: ["^test-"] };
    expect((await call("PUT", "/v1/identity/settings", settings)).body).toMatchObject(settings);
    const device = unique("a");
    await sendInTurn([
      { type: "signIn", customerId: "kassa-1", anonymousId: device },
      { type: "signIn", customerId: unique("TEST"), anonymousId: unique("a") },
    ]);
    expect((await app.call("GET", "/v1/profiles/by/user_id/kassa-1")).status).toBe(404);
    expect((await by("anonymous_id", device))["counters"]).toEqual({ signIn: 1 });
    expect((await call("PUT", "/v1/identity/settings", {})).status).toBe(200);
    expect((await call("PUT", "/v1/identity/settings", { blockedValues: "x", more: 1 })).body).toMatchObject({
      error: { details: [{ path: "/more" }, { path: "/blockedValues" }] },
    });
  });
});
