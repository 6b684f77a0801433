// Splits and merges by hand, quarantine and reads of the identity graph, through the whole program.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, type IdentityApp, startIdentityApp, unique } from "../testing/identity-app.ts";
import { readExamples } from "../testing/manual.ts";

let its: IdentityApp;
beforeAll(async () => {
  its = await startIdentityApp();
});
afterAll(() => its.close());

const order = (orderId: string, minor: number) => ({
  orderId,
  orderTotal: { minor, currency: "USD" },
  items: [{ sku: "A", qty: 1, unitPrice: { minor, currency: "USD" } }],
});

describe("a split", () => {
  const family = async () => {
    const [phone, laptop, ann] = [unique("a"), unique("a"), unique("u")];
    await its.app.sendFromServer([
      { type: "browse", anonymousId: phone, timestamp: at(1) },
      { type: "orderPlaced", anonymousId: phone, timestamp: at(2), properties: order(unique("o"), 1_500) },
      { type: "signIn", anonymousId: phone, customerId: ann, timestamp: at(3) },
      { type: "signIn", anonymousId: laptop, customerId: ann, timestamp: at(4) },
      { type: "orderPlaced", customerId: ann, timestamp: at(5), properties: order(unique("o"), 2_500) },
      { type: "read", anonymousId: laptop, timestamp: at(6) },
    ]);
    await its.app.settle();
    return { phone, laptop, ann, profile: await its.by("user_id", ann) };
  };

  it("shows beforehand what it would move, and changes nothing", async () => {
    const { phone, profile } = await family();
    const url = `/v1/profiles/${String(profile["profileId"])}/split`;
    const answer = await its.call("POST", url, {
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
    expect((await its.by("anonymous_id", phone))["profileId"]).toBe(profile["profileId"]);
  });

  it("moves exactly the identifiers with their events, the founding one too, and the next event does not undo it", async () => {
    const { phone, laptop, ann, profile } = await family();
    const url = `/v1/profiles/${String(profile["profileId"])}/split`;
    expect((await its.call("POST", url, { identifiers: [{ namespace: "anonymous_id", value: phone }] })).status).toBe(
      200,
    );
    await its.settle();
    const [hers, other] = [await its.by("user_id", ann), await its.by("anonymous_id", phone)];
    expect(hers["profileId"]).toBe(profile["profileId"]);
    expect((await its.by("anonymous_id", laptop))["profileId"]).toBe(profile["profileId"]);
    expect(other["counters"]).toEqual({ browse: 1, orderPlaced: 1 });
    expect(hers["counters"]).toEqual({ signIn: 2, orderPlaced: 1, read: 1 });
    await its.sendInTurn([
      { type: "both", anonymousId: phone, customerId: ann, timestamp: at(9) },
      { type: "alone", anonymousId: phone, timestamp: at(10) },
    ]);
    expect((await its.by("user_id", ann))["counters"]).toMatchObject({ both: 1 });
    expect((await its.by("anonymous_id", phone))["counters"]).toEqual({ browse: 1, orderPlaced: 1, alone: 1 });
    // Nor does one that comes late.
    await its.sendInTurn([{ type: "late", anonymousId: phone, customerId: ann, timestamp: at(2.5) }]);
    await its.settle();
    expect((await its.by("user_id", ann))["counters"]).toMatchObject({ both: 1, late: 1 });
    expect((await its.by("anonymous_id", phone))["counters"]).toEqual({ browse: 1, orderPlaced: 1, alone: 1 });
  });

  it("followed by a merge restores attributes, counters, orders and memberships", async () => {
    await its.app.publish("audience", unique("buyers"), {
      rule: { attribute: { path: "profile.orders_count", op: "gte", value: 2 } },
    });
    await its.app.audiences.settled();
    const { phone, ann } = await family();
    await its.sendInTurn([
      { type: "accountUpdated", customerId: ann, timestamp: at(7), traits: { firstName: "Ann" } },
      { type: "profileRecord", anonymousId: phone, timestamp: at(8), traits: { shoeSize: 39 } },
    ]);
    await its.settle();
    const facts = async () => {
      const profile = await its.by("user_id", ann);
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
    const id = (await its.by("user_id", ann))["profileId"];
    const identifiers = [{ namespace: "anonymous_id", value: phone }];
    expect((await its.call("POST", `/v1/profiles/${String(id)}/split`, { identifiers })).status).toBe(200);
    await its.settle();
    expect((await facts()).audiences).toEqual([]);
    const other = (await its.by("anonymous_id", phone))["profileId"];
    const merge = (dryRun: boolean) => its.call("POST", `/v1/profiles/${String(id)}/merge`, { with: other, dryRun });
    expect((await merge(true)).body).toMatchObject({ dryRun: true, merged: { orders: 2, events: 8 } });
    expect((await its.by("anonymous_id", phone))["profileId"]).toBe(other);
    expect((await merge(false)).status).toBe(200);
    await its.settle();
    expect(await facts()).toEqual(before);
    expect((await its.app.call("GET", `/v1/profiles/${String(other)}`)).body).toMatchObject({
      profileId: id,
      mergedFrom: expect.arrayContaining([other]),
    });
    // The separation is gone with the merge: a second round does the same.
    expect((await its.call("POST", `/v1/profiles/${String(id)}/split`, { identifiers })).status).toBe(200);
    await its.settle();
    const again = (await its.by("anonymous_id", phone))["profileId"];
    expect((await its.call("POST", `/v1/profiles/${String(again)}/merge`, { with: id })).status).toBe(200);
    await its.settle();
    expect(await facts()).toEqual(before);
  });

  it("from a time on leaves what was before", async () => {
    const [device, ann] = [unique("a"), unique("u")];
    await its.app.sendFromServer([
      { type: "signIn", anonymousId: device, customerId: ann, timestamp: at(1) },
      { type: "early", anonymousId: device, timestamp: at(2) },
      { type: "late", anonymousId: device, timestamp: at(8) },
    ]);
    await its.app.settle();
    const id = (await its.by("user_id", ann))["profileId"];
    const body = { identifiers: [{ namespace: "anonymous_id", value: device }], since: at(5) };
    expect((await its.call("POST", `/v1/profiles/${String(id)}/split`, body)).status).toBe(200);
    await its.settle();
    expect((await its.by("user_id", ann))["counters"]).toEqual({ signIn: 1, early: 1 });
    expect((await its.by("anonymous_id", device))["counters"]).toEqual({ late: 1 });
  });

  it("is refused for what the profile does not have, and when nothing would be left", async () => {
    const { phone, laptop, ann, profile } = await family();
    const url = `/v1/profiles/${String(profile["profileId"])}/split`;
    const all = [
      { namespace: "anonymous_id", value: phone },
      { namespace: "anonymous_id", value: laptop },
      { namespace: "user_id", value: ann },
    ];
    expect((await its.call("POST", url, { identifiers: all })).body).toMatchObject({
      error: { code: "profiles.splitEverything" },
    });
    const foreign = [{ namespace: "anonymous_id", value: "somebody else's" }];
    expect((await its.call("POST", url, { identifiers: foreign })).body).toMatchObject({
      error: { code: "profiles.splitUnknown" },
    });
    expect(
      (await its.call("POST", `${url.replace("split", "merge")}`, { with: profile["profileId"] })).body,
    ).toMatchObject({
      error: { code: "profiles.sameProfile" },
    });
    expect(
      (await its.call("POST", "/v1/profiles/01900000-0000-7000-8000-000000000000/split", { identifiers: all })).status,
    ).toBe(404);
  });
});

describe("a value that links too many persons", () => {
  it("is quarantined at the tenth, and links again once it is released", async () => {
    const kiosk = unique("kiosk");
    const persons = Array.from({ length: 11 }, () => unique("u"));
    await its.app.sendFromServer(
      persons.map((customerId, index) => ({ type: "signIn", anonymousId: kiosk, customerId, timestamp: at(index) })),
    );
    await its.sendInTurn([{ type: "nobodys", anonymousId: kiosk, timestamp: at(50) }]);
    expect((await its.app.call("GET", `/v1/profiles/by/anonymous_id/${kiosk}`)).status).toBe(404);
    const list = await its.call("GET", "/v1/identity/quarantine");
    expect(list.body["items"]).toMatchObject([{ namespace: "anonymous_id", value: kiosk, rule: "fuse" }]);
    expect(
      (await its.call("POST", "/v1/identity/quarantine/release", { namespace: "anonymous_id", value: kiosk })).status,
    ).toBe(204);
    expect(
      (await its.call("POST", "/v1/identity/quarantine/release", { namespace: "anonymous_id", value: kiosk })).status,
    ).toBe(404);
    await its.sendInTurn([{ type: "again", anonymousId: kiosk }]);
    const profile = await its.by("anonymous_id", kiosk);
    expect(profile["counters"]).toEqual({ again: 1 });
    expect(await its.timelineOf(profile["profileId"])).toEqual(["again"]);
    expect((await its.call("GET", "/v1/identity/report")).body).toMatchObject({ quarantined: 1 });
  });
});

describe("reads", () => {
  it("report what was blocked, demoted and may be one person", async () => {
    const [ann, bob] = [unique("u"), unique("u")];
    const email = `${ann}@example.org`;
    await its.app.sendFromServer([
      { type: "signIn", customerId: ann, email },
      { type: "signIn", customerId: bob, email },
      { type: "signIn", customerId: "undefined", anonymousId: unique("a") },
      { type: "signIn", customerId: "null" },
    ]);
    await its.app.settle();
    const { body } = await its.call("GET", "/v1/identity/report?days=1");
    expect(body["blockedByNamespace"]).toEqual([{ namespace: "user_id", events: 2 }]);
    const pair = [(await its.by("user_id", bob))["profileId"], (await its.by("user_id", ann))["profileId"]].sort();
    expect(body["possibleDuplicates"]).toMatchObject([{ profileIds: pair, namespace: "email" }]);
  });

  it("of a profile's history come in pages, with those of what was merged into it", async () => {
    const [device, ann] = [unique("a"), unique("u")];
    await its.sendInTurn([
      { type: "browse", anonymousId: device, timestamp: at(1) },
      { type: "elsewhere", customerId: ann, timestamp: at(2) },
      { type: "signIn", anonymousId: device, customerId: ann, timestamp: at(3) },
    ]);
    const id = (await its.by("user_id", ann))["profileId"];
    const actions: string[] = [];
    for (let cursor = ""; ; ) {
      const { body } = await its.app.call(
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
    const refused = await its.call("POST", "/v1/identity/simulate", { messages });
    expect(refused.body).toMatchObject({ profiles: [{ profile: "p1" }, { profile: "p2" }] });
    expect(refused.body["log"]).toContainEqual(expect.objectContaining({ action: "refuse", rule: "alias_identified" }));
    const allowed = await its.call("POST", "/v1/identity/simulate", {
      messages,
      rules: { aliasMayMergeIdentified: true },
    });
    expect(allowed.body["profiles"]).toHaveLength(1);
    expect((await its.app.call("GET", `/v1/profiles/by/user_id/${u}`)).status).toBe(404);
    const bad = await its.call("POST", "/v1/identity/simulate", { messages, rules: { blockedPatterns: ["("] } });
    expect(bad).toMatchObject({ status: 422, body: { error: { code: "profiles.identitySettings" } } });
  });

  it("tell step by step what each message decided, and what the profiles held after it", async () => {
    const [phone, ann, ben] = [unique("a"), unique("u"), unique("u")];
    const { body } = await its.call("POST", "/v1/identity/simulate", {
      messages: [
        { messageId: "3", type: "signIn", anonymousId: phone, customerId: ben, timestamp: at(3) },
        { messageId: "1", type: "pageView", anonymousId: phone, timestamp: at(1) },
        { messageId: "2", type: "signIn", anonymousId: phone, customerId: ann, timestamp: at(2) },
        { messageId: "4", type: "pageView", anonymousId: "guest", timestamp: at(4) },
      ],
    });
    const device = { namespace: "anonymous_id", value: phone };
    expect(body["steps"]).toEqual([
      {
        messageId: "1",
        type: "pageView",
        at: at(1),
        profile: "p1",
        decisions: [
          { action: "create", profiles: ["p1"], namespace: null, value: null, rule: "first_sight" },
          { action: "link", profiles: ["p1"], ...device, rule: "claimed" },
        ],
        after: [{ profile: "p1", identifiers: [device], more: 0 }],
      },
      expect.objectContaining({
        messageId: "2",
        profile: "p1",
        after: [{ profile: "p1", identifiers: [device, { namespace: "user_id", value: ann }], more: 0 }],
      }),
      expect.objectContaining({
        messageId: "3",
        profile: "p2",
        decisions: expect.arrayContaining([
          { action: "repoint", profiles: ["p1", "p2"], ...device, rule: "shared_device" },
        ]),
        after: expect.arrayContaining([
          { profile: "p1", identifiers: [{ namespace: "user_id", value: ann }], more: 0 },
          { profile: "p2", identifiers: expect.arrayContaining([device]), more: 0 },
        ]),
      }),
      { messageId: "4", type: "pageView", at: at(4), profile: null, decisions: [], after: [] },
    ]);
  });

  it("name a profile that ended in another after those that stay", async () => {
    const [one, two] = [unique("a"), unique("a")];
    const { body } = await its.call("POST", "/v1/identity/simulate", {
      messages: [
        { type: "pageView", anonymousId: one, timestamp: at(1) },
        { type: "signIn", customerId: "c-9", timestamp: at(2) },
        { type: "signIn", customerId: "c-9", anonymousId: one, timestamp: at(3) },
        { type: "pageView", anonymousId: two, timestamp: at(4) },
      ],
    });
    const steps = body["steps"] as { profile: string; decisions: object[] }[];
    expect(steps.map(({ profile }) => profile)).toEqual(["p3", "p1", "p1", "p2"]);
    expect(steps[2]?.decisions).toEqual([expect.objectContaining({ action: "merge", profiles: ["p1", "p3"] })]);
  });

  it("run the kept messages of a person to the same graph, and tell which source named each identifier first", async () => {
    const [phone, laptop, ann] = [unique("a"), unique("a"), unique("u")];
    const email = `${ann}@example.com`;
    const sign = (anonymousId: string, minute: number) => ({
      type: "signIn",
      anonymousId,
      customerId: ann,
      timestamp: at(minute),
    });
    await its.app.sendFromServer([
      sign(phone, 1),
      { ...sign(laptop, 2), email },
      { ...sign(phone, 3), type: "signOut" },
    ]);
    await its.app.settle();
    const profile = await its.by("user_id", ann);
    const { body: kept } = await its.call("GET", `/v1/profiles/${String(profile["profileId"])}/identity-messages`);
    expect(kept).toMatchObject({ isIncomplete: false });
    expect(kept["messages"]).toMatchObject([
      { type: "event", customerId: ann, trusted: true, identifiers: [{ namespace: "anonymous_id", value: phone }] },
      { type: "event", customerId: ann },
      { type: "signOut", timestamp: at(3) },
    ]);
    const sources = kept["firstNamed"] as { namespace: string; sourceId: string; at: string }[];
    expect(sources.find(({ namespace }) => namespace === "email")).toMatchObject({ value: email, at: at(2) });
    for (const { sourceId } of sources) expect(sourceId).not.toBe("");
    const { body: again } = await its.call("POST", "/v1/identity/simulate", { messages: kept["messages"] });
    const [only] = again["profiles"] as { identifiers: unknown[] }[];
    expect(again["profiles"]).toHaveLength(1);
    const sorted = (identifiers: unknown) =>
      (identifiers as { namespace: string; value: string; validTo: string | null }[])
        .map(({ namespace, value, validTo }) => `${namespace} ${value} ${validTo}`)
        .sort();
    expect(sorted(only?.identifiers)).toEqual(sorted(profile["identifiers"]));
  });

  it("take a browser's message whose customer id was proven: the address beside it stays a claim", async () => {
    const [ann, ben] = [unique("u"), unique("u")];
    const email = `${ann}@example.com`;
    const messages = [
      { type: "accountUpdated", customerId: ann, email, timestamp: at(1) },
      { type: "signIn", customerId: ben, email, anonymousId: unique("a"), trusted: "customerId", timestamp: at(2) },
    ];
    const { body } = await its.call("POST", "/v1/identity/simulate", { messages });
    const proofs = (body["profiles"] as { identifiers: { namespace: string; verified: boolean }[] }[]).map(
      ({ identifiers }) => Object.fromEntries(identifiers.map(({ namespace, verified }) => [namespace, verified])),
    );
    expect(proofs).toMatchObject([
      { user_id: true, email: true },
      { user_id: true, anonymous_id: true },
    ]);
  });

  it("of settings: a blocked value of the merchant's links nobody from then on", async () => {
    const settings = { blockedValues: ["Kassa-1"], blockedPatterns: ["^test-"] };
    expect((await its.call("PUT", "/v1/identity/settings", settings)).body).toMatchObject(settings);
    const device = unique("a");
    await its.sendInTurn([
      { type: "signIn", customerId: "kassa-1", anonymousId: device },
      { type: "signIn", customerId: unique("TEST"), anonymousId: unique("a") },
    ]);
    expect((await its.app.call("GET", "/v1/profiles/by/user_id/kassa-1")).status).toBe(404);
    const profile = await its.by("anonymous_id", device);
    expect(profile["counters"]).toEqual({ signIn: 1 });
    expect(await its.timelineOf(profile["profileId"])).toEqual(["signIn"]);
    expect((await its.call("PUT", "/v1/identity/settings", {})).status).toBe(200);
    expect((await its.call("PUT", "/v1/identity/settings", { blockedValues: "x", more: 1 })).body).toMatchObject({
      error: { details: [{ path: "/more" }, { path: "/blockedValues" }] },
    });
  });
});

describe("the manual", () => {
  it.each(readExamples("identity", { URL: "", TOKEN: "t" }))(
    "is right about $title",
    async ({ method, path, body, answer }) => {
      const { status, body: given } = await its.call(
        method as "GET",
        path,
        body === undefined ? undefined : JSON.parse(body),
      );
      expect(status).toBe(200);
      if (answer !== undefined) expect(given).toEqual(answer);
    },
  );
});
