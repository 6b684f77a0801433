import { describe, expect, it } from "vitest";
import { createTwins, type Sighting } from "./twins.ts";

const client = "address-and-agent";
const ecid = "19732410405032525093140010583059712307";

function sighting(more: Partial<Sighting> = {}): Sighting {
  return {
    messageId: "m",
    type: "searchRequestSent",
    keys: ["s-1"],
    at: 1_000,
    ecid: undefined,
    client,
    properties: {},
    ...more,
  };
}
const edge = (more: Partial<Sighting> = {}) => sighting({ messageId: "edge-1", ecid, ...more });
const snow = (more: Partial<Sighting> = {}) =>
  sighting({ messageId: "snow-1", duid: "d-1", properties: { filters: ["red"] }, ...more });
const stored = Promise.resolve(true);

function setUp(holdMs = 10_000) {
  let now = 5_000;
  const twins = createTwins({ now: () => now, holdMs });
  return {
    ...twins,
    later: (ms: number) => {
      now += ms;
    },
  };
}

describe("a Snowplow event", () => {
  it("gives way to the Edge event that comes while it waits, and hands over what it knows", async () => {
    const twins = setUp();
    const verdict = twins.snowplowArrives(snow(), true);
    expect(twins.edgeArrives(edge(), stored)).toEqual({ filters: ["red"] });
    expect(await verdict).toEqual({ action: "drop", of: "edge-1", ofType: "searchRequestSent", fields: {} });
    expect(twins.counts().held).toBe(0);
  });

  it("adds only what the Edge event lacked when that was first", async () => {
    const twins = setUp();
    twins.edgeArrives(edge({ properties: { searchQuery: "rain", filters: [] } }), stored);
    expect(await twins.snowplowArrives(snow({ properties: { searchQuery: "x", filters: ["red"] } }), true)).toEqual({
      action: "drop",
      of: "edge-1",
      ofType: "searchRequestSent",
      fields: { filters: ["red"] },
    });
  });

  it("is stored when no twin comes in time, and at once where none is expected", async () => {
    const twins = setUp(20);
    expect(await twins.snowplowArrives(snow(), true)).toEqual({ action: "store" });
    expect(await setUp().snowplowArrives(snow(), false)).toEqual({ action: "store" });
  });

  it("is stored when its Edge twin was not", async () => {
    const twins = setUp();
    const verdict = twins.snowplowArrives(snow(), true);
    twins.edgeArrives(edge(), Promise.resolve(false));
    expect(await verdict).toEqual({ action: "store" });
  });

  it.each([
    ["another action", { type: "searchResultsView" }],
    ["another key", { keys: ["s-2"] }],
    ["another time", { at: 3_001 }],
    ["another browser", { client: "somebody else" }],
    ["a browser that is not known", { client: "" }],
    ["another ECID", { ecid: "56020693736160862365677831146848133380" }],
  ])("has no twin in %s", async (_what, more) => {
    const twins = setUp(20);
    twins.edgeArrives(edge(), stored);
    expect(await twins.snowplowArrives(snow(more), true)).toEqual({ action: "store" });
  });

  it("is known by its ECID where that is known, whatever the address", async () => {
    const twins = setUp();
    twins.edgeArrives(edge(), stored);
    expect(await twins.snowplowArrives(snow({ ecid, client: "mobile network" }), true)).toMatchObject({
      action: "drop",
    });
    // The pair told whose tracker it is.
    expect(twins.ecidOf("d-1")).toBe(ecid);
    twins.edgeArrives(edge({ messageId: "edge-2", keys: ["s-9"] }), stored);
    const next = twins.snowplowArrives(snow({ keys: ["s-9"], client: "yet another" }), true);
    expect(await next).toMatchObject({ action: "drop", of: "edge-2" });
  });

  it("stands for one action: the second of two takes no part in the first's", async () => {
    const twins = setUp(20);
    twins.edgeArrives(edge(), stored);
    expect(await twins.snowplowArrives(snow(), true)).toMatchObject({ action: "drop" });
    expect(await twins.snowplowArrives(snow(), true)).toEqual({ action: "store" });
  });

  it("of each line belongs to the one Edge event of all lines", async () => {
    const twins = setUp();
    const line = (sku: string) =>
      snow({
        type: "addToCart",
        keys: [sku, `${sku}-PARENT`],
        properties: { items: [{ sku, parentSku: `${sku}-PARENT` }] },
      });
    const verdicts = [twins.snowplowArrives(line("A"), true), twins.snowplowArrives(line("B"), true)];
    const items = [{ sku: "A" }, { sku: "B" }];
    expect(
      twins.edgeArrives(edge({ type: "addToCart", keys: ["A", "B", "C"], properties: { items } }), stored),
    ).toEqual({
      items: [
        { sku: "A", parentSku: "A-PARENT" },
        { sku: "B", parentSku: "B-PARENT" },
      ],
    });
    expect(await Promise.all(verdicts)).toMatchObject([{ action: "drop" }, { action: "drop" }]);
    expect(await twins.snowplowArrives(line("C"), true)).toMatchObject({ action: "drop" });
  });

  it("of a category page is a page view and a category view", async () => {
    const twins = setUp();
    twins.edgeArrives(edge({ type: "categoryView", keys: ["url"] }), stored);
    for (const type of ["pageView", "categoryView"])
      expect(await twins.snowplowArrives(snow({ type, keys: ["url"], properties: {} }), true)).toMatchObject({
        action: "drop",
      });
  });
});

describe("what is kept", () => {
  it("is bounded in number and age", async () => {
    const twins = setUp(50);
    for (let at = 0; at < 25_000; at += 1) twins.edgeArrives(edge({ keys: [`k${at}`] }), stored);
    expect(twins.counts().edges).toBeLessThanOrEqual(20_001);
    twins.later(61_000);
    twins.edgeArrives(edge(), stored);
    expect(twins.counts().edges).toBe(1);
    const waiting = Array.from({ length: 6_000 }, (_, at) => twins.snowplowArrives(snow({ keys: [`w${at}`] }), true));
    expect(twins.counts().held).toBe(5_000);
    twins.flush();
    expect((await Promise.all(waiting)).every(({ action }) => action === "store")).toBe(true);
  });

  it("is let go when the process ends, and nothing waits after that", async () => {
    const twins = setUp();
    const verdict = twins.snowplowArrives(snow(), true);
    twins.flush();
    expect(await verdict).toEqual({ action: "store" });
    expect(await twins.snowplowArrives(snow(), true)).toEqual({ action: "store" });
    expect(twins.counts().held).toBe(0);
  });
});
