import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { toAtom } from "./to-atom.ts";

let app: TestApp;
const path = "/v1/offers/feed";
const percent = { type: "percent", percent: "10" };
const anonymous = { authorization: "" };

beforeAll(async () => {
  app = await startTestApp({
    config: { websiteByStoreView: new Map([["b2b", "b2b"]]), publicUrl: "https://cdp.example" },
  });
  const rule = (key: string, body: object) =>
    app.publish("cart-price-rule", key, { priority: 5, publicInFeed: true, action: percent, ...body });
  await rule("summer-internal", {
    ...{ priority: 1, description: "secret plan", from: "2020-01-01", to: "2099-12-31" },
    labels: { default: "Summer: 10 % off", storeViews: { fr: "Été <b>&</b>" } },
    budget: { uses: 1_000 },
    conditions: { attribute: { path: "cart.total_qty", op: "gte", value: 2 } },
  });
  await rule("with-code", { coupon: { type: "specific", code: "Save10" }, labels: { default: "With a code" } });
  await rule("described", { coupon: { type: "pool" }, description: "A code by mail" });
  await rule("no-text", {});
  await rule("private", { publicInFeed: false, labels: { default: "Private" } });
  await rule("wholesale", { customerGroups: ["wholesale"], labels: { default: "Wholesale" } });
  await rule("b2b", { websites: ["b2b"], labels: { default: "B2B" } });
  await rule("over", { to: "2020-01-01", labels: { default: "Over" } });
  await rule("soon", { from: "2099-01-01", labels: { default: "Soon" } });
}, 60_000);
afterAll(async () => app?.close());

type Item = { readonly title: string };
const titles = async (query = "") =>
  ((await app.call("GET", `${path}${query}`, undefined, anonymous)).body["items"] as readonly Item[]).map(
    ({ title }) => title,
  );

describe("the public feed of offers", () => {
  it("lists to everybody what is live and public, by priority, with the texts of the store view", async () => {
    expect(await titles()).toEqual(["Summer: 10 % off", "With a code", "A code by mail"]);
    expect((await titles("?storeView=fr"))[0]).toBe("Été <b>&</b>");
    expect(await titles("?storeView=b2b")).toContain("B2B");
  });

  it("tells dates and the code that everybody may use, and nothing else of a rule", async () => {
    const { body, headers } = await app.call("GET", path, undefined, anonymous);
    expect(headers["content-type"]).toContain("application/json");
    const items = body["items"] as readonly object[];
    expect(items).toMatchObject([
      { from: "2020-01-01", to: "2099-12-31", couponCode: null, needsCoupon: false },
      { couponCode: "Save10", needsCoupon: true },
      { couponCode: null, needsCoupon: true },
    ]);
    for (const item of items)
      expect(Object.keys(item).sort()).toEqual(
        ["couponCode", "endsAt", "from", "id", "needsCoupon", "title", "to", "updatedAt"].sort(),
      );
    expect(JSON.stringify(body)).not.toMatch(/secret|internal|budget|1000|total_qty/);
  });

  it("is not sent again to who has it", async () => {
    const first = await app.call("GET", path, undefined, anonymous);
    const etag = String(first.headers["etag"]);
    expect(first.headers["cache-control"]).toBe("public, max-age=300");
    const again = await app.server.inject({ method: "GET", url: path, headers: { "if-none-match": `"x", W/${etag}` } });
    expect([again.statusCode, again.body]).toEqual([304, ""]);
    await app.publish("cart-price-rule", "more", {
      ...{ priority: 9, publicInFeed: true, action: percent, labels: { default: "More" } },
    });
    const changed = await app.server.inject({ method: "GET", url: path, headers: { "if-none-match": etag } });
    expect(changed.statusCode).toBe(200);
  });

  it("is Atom where that is asked for, escaped, under the address of the shop and not of the request", async () => {
    const headers = { host: "evil.example", "x-forwarded-host": "evil.example" };
    const { body, headers: told } = await app.server.inject({
      method: "GET",
      url: `${path}?format=atom&storeView=fr`,
      headers,
    });
    expect(told["content-type"]).toContain("application/atom+xml");
    expect(body).toContain("<title>Été &lt;b&gt;&amp;&lt;/b&gt;</title>");
    expect(body).toContain("<id>https://cdp.example/v1/offers/feed?format=atom&amp;storeView=fr</id>");
    expect(body).not.toContain("evil");
    const hostile = await app.server.inject({
      method: "GET",
      url: `${path}?format=atom&storeView=${encodeURIComponent("</title><x>")}`,
    });
    expect(hostile.body).not.toContain("<x>");
  });

  it.each(["?format=rss", "?storeView=", `?storeView=${"x".repeat(101)}`, "?group=wholesale"])(
    "refuses %s",
    async (query) => {
      expect((await app.call("GET", path + query, undefined, anonymous)).status).toBe(400);
    },
  );

  it("needs no key and gives no more to who has one", async () => {
    const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };
    const withKey = await app.call("GET", path, undefined, browser);
    expect(withKey.body).toEqual((await app.call("GET", path, undefined, anonymous)).body);
  });
});

it("writes no character that XML cannot hold", () => {
  const offer = { id: "1", from: null, to: null, endsAt: null, couponCode: "A\u0000<B", needsCoupon: true };
  const atom = toAtom({
    ...{ url: "https://x/", storeView: "s" },
    offers: [{ ...offer, title: "a\u0008b\ud800c]]>", updatedAt: "2026-01-01T00:00:00.000Z" }],
  });
  expect(atom).toContain("<title>ab\ufffdc]]&gt;</title>");
  expect(atom).toContain("Code: A&lt;B");
});
