import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { anEvent } from "../../testing/builders.ts";
import { type SeenRequest, startTargetServer, type TargetServer } from "../../testing/connectors/target-server.ts";
import { waitFor } from "../../testing/connectors/wait-for.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

type Json = Record<string, unknown>;

let app: TestApp;
let target: TargetServer;
let audienceId: string;
const token = { authorization: `Bearer ${demoCredentials.token}` };

beforeAll(async () => {
  app = await startTestApp();
  audienceId = await app.publish("audience", "with-cart", {
    rule: { attribute: { path: "profile.open_cart.items", op: "gte", value: 1 } },
  });
  await app.publish("audience", "viewers", { rule: { event: { name: "productPageView" } } });
}, 60_000);
afterAll(() => app.close());
beforeEach(async () => {
  target = await startTargetServer();
});
afterEach(async () => {
  const { items } = (await app.call("GET", "/v1/destinations?limit=200")).body;
  for (const { key } of items as { key: string }[]) await app.call("DELETE", `/v1/destinations/${key}`);
  await target.close();
});

let number = 0;
async function make(config: object, secrets: object = { signingSecret: "s3cret" }) {
  const key = `target-${++number}`;
  const consent = { categories: [], unset: "allow" };
  const made = await app.call("POST", "/v1/destinations", {
    key,
    name: key,
    config: { type: "webhook", url: `${target.url}/in`, consent, events: { names: [] }, ...config },
    secrets,
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return key;
}
const eventsOf = ({ body }: SeenRequest): Json[] => {
  const { events, batch } = JSON.parse(body.toString());
  return events ?? batch;
};
const told = (): Json[] => target.seen.flatMap(eventsOf);
const item = { sku: "24-MB01", qty: 1, unitPrice: { minor: 100, currency: "USD" } };
const add = (anonymousId: string, extra: object = {}) => ({
  type: "addToCart",
  anonymousId,
  properties: { items: [item] },
  ...extra,
});
const remove = (anonymousId: string) => ({ type: "removeFromCart", anonymousId, properties: { items: [item] } });
const filteredOf = async (key: string): Promise<number> =>
  ((await app.call("GET", `/v1/destinations/${key}`)).body["delivery"] as { filtered: number }).filtered;

describe("entries and exits of audiences", () => {
  it("are sent once each, in order, with the audience, the time and who it is", async () => {
    await make({ audiences: ["with-cart"] });
    await app.send([add("visitor-1")]);
    await waitFor("the entry is there", () => told().length > 0);
    await app.send([remove("visitor-1")]);
    await waitFor("the exit is there", () => told().length > 1);
    const profile = (await app.call("GET", "/v1/profiles/by/anonymous_id/visitor-1")).body;
    const common = {
      source: "clientele",
      profileId: profile["profileId"],
      identifiers: [{ namespace: "anonymous_id", value: "visitor-1" }],
      properties: { audienceId, audienceKey: "with-cart", audienceName: "with-cart", version: 1 },
    };
    expect(told()).toMatchObject([
      { ...common, type: "audienceEntered" },
      { ...common, type: "audienceExited" },
    ]);
    for (const { timestamp } of told()) expect(Date.now() - Date.parse(String(timestamp))).toBeLessThan(60_000);
    expect(told().map(({ messageId }) => messageId)).toHaveLength(
      new Set(told().map(({ messageId }) => messageId)).size,
    );
  });

  it("are told once of a batch that was cut off in the middle of its transaction and done again", async () => {
    await make({ audiences: ["with-cart"] });
    const event = anEvent({
      type: "addToCart",
      anonymousId: "cut-off",
      properties: { items: [item] },
    });
    const { postgres } = app.engines;
    const written = async () => {
      const { rows } = await postgres.query<{ n: number }>(
        "select count(*) as n from destination_outbox o where o.payload like '%batch-cut:%'",
      );
      return rows[0]?.n;
    };
    const cut = await app.profiles.prepare([event], "batch-cut");
    const broken = postgres.transaction(async (tx) => {
      await cut.write(tx);
      throw new Error("cut off");
    });
    await expect(broken).rejects.toThrow("cut off");
    cut.abandoned();
    expect(await written()).toBe(0);
    const again = await app.profiles.prepare([event], "batch-cut");
    expect(await postgres.transaction((tx) => again.write(tx))).toBe(true);
    again.committed();
    expect(await written()).toBe(1);
    // What comes after it stands behind it.
    await app.send([add("afterwards")]);
    await waitFor("both are there", () => told().length >= 2);
    expect(told()).toMatchObject([{ identifiers: [{ value: "cut-off" }] }, { identifiers: [{ value: "afterwards" }] }]);
  });

  it("keep an audience that a destination names from being archived, and name the destination", async () => {
    const key = await make({ audiences: ["viewers"] });
    const use = { kind: "destination", key, name: key, isLive: true, path: "/config/audiences/0" };
    const { items } = (await app.call("GET", "/v1/definitions/audience/viewers/used-by")).body;
    expect(items).toMatchObject([use]);
    const refused = await app.call("POST", "/v1/definitions/audience/viewers/archive", {});
    expect([refused.status, refused.body["error"]]).toMatchObject([409, { code: "definitions.inUse" }]);
    await app.call("DELETE", `/v1/destinations/${key}`);
    expect((await app.call("GET", "/v1/definitions/audience/viewers/used-by")).body["items"]).toEqual([]);
  });

  it("reach each destination for the audiences that it chose, beside the events that it chose", async () => {
    await make({ audiences: "all", url: `${target.url}/all` });
    await make({ audiences: [audienceId], url: `${target.url}/one` });
    await make({ url: `${target.url}/events`, events: {} });
    const visitors = Array.from({ length: 30 }, (_, index) => `many-${index}`);
    await app.send(visitors.map((visitor) => add(visitor)));
    await app.send(
      visitors.map((anonymousId) => ({ type: "productPageView", anonymousId, properties: { items: [item] } })),
    );
    const at = (path: string) => target.seen.filter((seen) => seen.path === path).flatMap(eventsOf);
    await waitFor(
      "all is told",
      () => at("/all").length >= 60 && at("/one").length >= 30 && at("/events").length >= 60,
    );
    const whom = (events: readonly Json[]) =>
      events.map(({ properties, profileId }) => `${(properties as Json)["audienceKey"]} ${profileId}`);
    expect(new Set(whom(at("/all"))).size).toBe(60);
    expect(at("/all")).toHaveLength(60);
    expect(new Set(whom(at("/one"))).size).toBe(30);
    expect(new Set(at("/one").map(({ properties }) => (properties as Json)["audienceKey"]))).toEqual(
      new Set(["with-cart"]),
    );
    expect(new Set(at("/events").map(({ type }) => type))).toEqual(new Set(["addToCart", "productPageView"]));
  });

  it("of somebody who denied the destination's purpose, or analytics, are not sent", async () => {
    const key = await make({ audiences: ["with-cart"], consent: { categories: ["marketing"], unset: "allow" } });
    const deny = (category: string) => ({ context: { consent: { categoryPreferences: { [category]: false } } } });
    await app.send([add("no-marketing", deny("marketing"))]);
    await waitFor("it is passed by", async () => (await filteredOf(key)) >= 1);
    await app.send([{ type: "consentUpdated", anonymousId: "later-no", ...deny("analytics") }]);
    await app.send([add("yes-marketing")]);
    await waitFor("the other is there", () => told().length > 0);
    expect(told()).toMatchObject([{ identifiers: [{ value: "yes-marketing" }] }]);
  });

  it("are a track call, or a trait of an identify call, for Segment", async () => {
    const segment = { type: "segment", url: undefined, endpoint: target.url, audiences: ["with-cart"] };
    await make(segment, { writeKey: "wk" });
    await app.send([add("seg-1")]);
    await waitFor("there", () => told().length > 0);
    expect(told()).toMatchObject([
      {
        type: "track",
        event: "Audience Entered",
        anonymousId: "seg-1",
        properties: {
          audience_id: audienceId,
          audience_key: "with-cart",
          audience_name: "with-cart",
          "with-cart": true,
        },
      },
    ]);
    await app.call("DELETE", `/v1/destinations/target-${number}`);
    target.seen.length = 0;
    await make({ ...segment, audienceCall: "identify" }, { writeKey: "wk" });
    await app.send([remove("seg-1")]);
    await waitFor("there", () => told().length > 0);
    expect(told()).toMatchObject([{ type: "identify", anonymousId: "seg-1", traits: { "with-cart": false } }]);
    expect(told()[0]).not.toHaveProperty("event");
  });

  it("are segment memberships in XDM, whatever fields of events the destination keeps", async () => {
    await make(
      {
        type: "adobe-edge",
        url: undefined,
        endpoint: target.url,
        dataStreamId: "ds",
        audiences: "all",
        fields: { keep: ["properties.orderId"] },
      },
      { accessToken: "at" },
    );
    await app.call("POST", "/v1/events", { events: [add("xdm-1", { customerId: "c-1" })] }, token);
    await waitFor("there", () => told().length > 0);
    const [{ xdm } = {}] = told() as { xdm: Json }[];
    expect(xdm).toMatchObject({
      eventType: "audienceEntered",
      segmentMembership: { clientele: { [audienceId]: { status: "realized" } } },
      _clientele: { audience: { id: audienceId, key: "with-cart", name: "with-cart", status: "realized" } },
      identityMap: { CustomerId: [{ id: "c-1", primary: true }], anonymousId: [{ id: "xdm-1", primary: false }] },
    });
  });

  it("of an audience that ends still carry its key and name, and of one that begins come without any event", async () => {
    await app.send([{ type: "signIn", anonymousId: "patient" }]);
    await make({ audiences: "all" });
    await app.publish("audience", "signed-in", { rule: { event: { name: "signIn" } } });
    const ofIt = () => told().filter(({ properties }) => (properties as Json)["audienceKey"] === "signed-in");
    await waitFor("entered", () => ofIt().length > 0);
    const { headers } = await app.call("GET", "/v1/definitions/audience/signed-in");
    const ended = await app.call(
      "POST",
      "/v1/definitions/audience/signed-in/archive",
      {},
      {
        ...token,
        "if-match": String(headers["etag"]),
      },
    );
    expect(ended.status).toBe(200);
    await waitFor("exited", () => ofIt().length > 1);
    expect(ofIt().map(({ type }) => type)).toEqual(["audienceEntered", "audienceExited"]);
  });

  it("of audiences that do not exist are refused when the destination is saved", async () => {
    await expect(make({ audiences: ["with-cart", "nowhere"] })).rejects.toThrow(
      '"path":"/config/audiences/1","code":"connectors.invalid","message":"there is no audience nowhere"',
    );
  });

  it("cannot be forged by a browser", async () => {
    await make({ audiences: "all", events: { except: ["addToCart"] } });
    await app.send([{ type: "audienceEntered", anonymousId: "forger", properties: { audienceId } }]);
    await app.send([add("honest")]);
    await waitFor("there", () => told().length > 0);
    expect(told()).toMatchObject([{ identifiers: [{ value: "honest" }] }]);
  });
});
