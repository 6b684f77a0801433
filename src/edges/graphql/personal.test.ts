// Who a visitor is over GraphQL, and what depends on it: audiences, groups, blocks, units.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { blockUid } from "../../content/index.ts";
import { fillDiscoveryShop } from "../../testing/adobe/discovery-shop.ts";
import { signAsShop } from "../../testing/sign-as-shop.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  await fillDiscoveryShop(app);
  await app.publish("audience", "customers", { rule: { attribute: { path: "profile.is_registered", op: "is_true" } } });
  await app.publish("audience", "viewers", { rule: { event: { name: "productPageView" } } });
  const live = async (name: string) =>
    ((await app.call("GET", `/v1/audiences/${name}/members`)).body["progress"] as { status?: string })?.status;
  for (const name of ["customers", "viewers"]) await vi.waitUntil(async () => (await live(name)) === "live", 20_000);
}, 120_000);
afterAll(() => app?.close());

const key = { "x-api-key": "demo-write-key", "content-type": "application/json" };
const uid = (text: string) => Buffer.from(text).toString("base64");

async function ask<T>(query: string, headers: Record<string, string> = {}): Promise<T> {
  const { status, body } = await app.call("POST", "/graphql", { query }, { ...key, ...headers });
  expect([status, body["errors"]]).toEqual([200, undefined]);
  return body["data"] as T;
}
const device = (id: string) => ({ "x-clientele-anonymous-id": id });
const viewing = (anonymousId: string, sku: string) => ({
  type: "productPageView",
  anonymousId,
  properties: { items: [{ sku }] },
});
type Person = { customerGroup: { uid: string }; customerSegments: { uid: string }[]; cart: { rules: object[] } };
const personOf = (headers: Record<string, string>) =>
  ask<Person>(
    `{ customerGroup { uid } customerSegments(cartId: "c") { uid } cart(cart_id: "c") { rules { uid } } }`,
    headers,
  );
const segmentsOf = async (headers: Record<string, string>) =>
  (await personOf(headers)).customerSegments.map((segment) => segment.uid);

describe("the personalization queries", () => {
  it("answer arrays for somebody unknown, who is not logged in", async () => {
    // The group that a browser claims (here: wholesale) is not believed.
    const claimed = { "magento-customer-group": "da4b9237bacccdf19c0760cab7aec4a8359010b0" };
    expect(await personOf(claimed)).toEqual({
      customerGroup: { uid: "MA==" },
      customerSegments: [],
      cart: { rules: [] },
    });
  });

  it("name the audiences of a device, and the group of a customer who is proven", async () => {
    await app.send([viewing("gq-1", "RIG-001")]);
    await app.sendFromServer([{ type: "accountCreated", customerId: "gq-c1", properties: { traits: { group: "3" } } }]);
    await app.settle();
    expect(await segmentsOf(device("gq-1"))).toEqual([uid("viewers")]);
    const token = signAsShop("gq-c1", demoCredentials.identitySecret, Date.now() + 60_000);
    expect(await personOf({ "x-clientele-identity-token": token })).toMatchObject({
      customerGroup: { uid: "Mw==" },
      customerSegments: [{ uid: uid("customers") }],
    });
  });

  it("take a wrong proof for none, and say so beside the answer", async () => {
    const { body } = await app.call(
      "POST",
      "/graphql",
      { query: `{ customerSegments(cartId: "c") { uid } }` },
      { ...key, "x-clientele-identity-token": "forged.token" },
    );
    expect(body).toMatchObject({
      data: { customerSegments: [] },
      extensions: { "identity-fault": "access.identityToken" },
    });
    expect(body["errors"]).toBeUndefined();
  });

  it("believe a list of audiences only with a signature that is this visitor's", async () => {
    await app.send([{ type: "signIn", customerId: "gq-9", anonymousId: "gq-device-9" }]);
    await app.settle();
    // A claim ties the device to the customer, which by itself opens nothing.
    expect(await segmentsOf(device("gq-device-9"))).toEqual([]);
    const identityToken = signAsShop("gq-9", demoCredentials.identitySecret, Date.now() + 60_000);
    const body = { identity: { anonymousId: "gq-device-9", identityToken } };
    const signed = String((await app.call("POST", "/v1/audiences/signed", body, key)).body["value"]);
    expect(signed).toMatch(/^customers,cl1\./);
    const list = { "aep-segments-membership": encodeURIComponent(signed) };
    expect(await segmentsOf({ ...device("gq-device-9"), ...list })).toEqual([uid("customers")]);
    expect(await segmentsOf({ ...device("gq-device-10"), ...list })).toEqual([]);
    expect(await segmentsOf({ ...device("gq-device-9"), "aep-segments-membership": "customers" })).toEqual([]);
  });
});

describe("dynamic blocks", () => {
  const block = (html: string, priority: number, audiences: string[] = []) => ({
    ...{ html, priority, audiences },
    placement: "home.hero",
  });
  type Blocks = { dynamicBlocks: { items: { uid: string; content: { html: string } }[]; total_count: number } };
  const blocksOf = async (input: string, headers: Record<string, string> = {}, more = "") => {
    const query = `{ dynamicBlocks(input: ${input}${more}) { items { uid audience_id content { html } } total_count page_info { total_pages } } }`;
    return (await ask<Blocks>(query, headers)).dynamicBlocks;
  };

  it("are all that the visitor may see, in order of priority, safe to insert", async () => {
    await app.publish("block", "gq-all", block(`<b>Hi</b><script>alert(1)</script>`, 2));
    await app.publish("block", "gq-viewers", block("<i>Seen</i>", 1, ["viewers"]));
    await app.send([viewing("gq-2", "RIG-002")]);
    await app.settle();
    const specified = `{type: SPECIFIED, dynamic_block_uids: ["${uid("gq-all")}", "${uid("gq-viewers")}"]}`;
    expect(await blocksOf(specified)).toMatchObject({
      items: [{ uid: blockUid("gq-all"), content: { html: "<b>Hi</b>" } }],
      total_count: 1,
    });
    const seen = await blocksOf(specified, device("gq-2"));
    expect(seen.items.map((item) => item.uid)).toEqual([blockUid("gq-viewers"), blockUid("gq-all")]);
    const second = await blocksOf(specified, device("gq-2"), ", pageSize: 1, currentPage: 2");
    expect(second.items.map((item) => item.uid)).toEqual([blockUid("gq-all")]);
  });

  it("are told by a number, by key or by id, and narrowed by where they may stand", async () => {
    const id = await app.publish("block", "gq-header", {
      ...block("<b>H</b>", 1),
      locations: ["header"],
      placement: "x",
    });
    await app.publish("block", "gq-left", { ...block("<b>L</b>", 2), locations: ["left", "content"], placement: "x" });
    const both = `dynamic_block_uids: ["${blockUid("gq-header")}", "${blockUid("gq-left")}"]`;
    const htmlOf = async (input: string) =>
      (await blocksOf(`{type: SPECIFIED, ${input}}`)).items.map((item) => item.content.html);
    expect(await htmlOf(both)).toEqual(["<b>H</b>", "<b>L</b>"]);
    expect(await htmlOf(`${both}, locations: [HEADER, FOOTER]`)).toEqual(["<b>H</b>"]);
    expect(await htmlOf(`${both}, locations: [CONTENT]`)).toEqual(["<b>L</b>"]);
    expect(await htmlOf(`${both}, locations: [RIGHT]`)).toEqual([]);
    expect(await htmlOf(`dynamic_block_uids: ["${uid(id)}"]`)).toEqual(["<b>H</b>"]);
    expect(await htmlOf(`dynamic_block_uids: ["${uid("12")}", null, "%%%", "../x"]`)).toEqual([]);
    expect(Buffer.from(blockUid("gq-header"), "base64").toString()).toMatch(/^\d{1,15}$/);
  });

  it("speak of the product that the call names, and of none where that is unknown", async () => {
    await app.publish("block", "gq-product", block(`<a href="{{product.url}}">{{product.name}}</a>`, 1));
    const asked = `type: SPECIFIED, dynamic_block_uids: ["${blockUid("gq-product")}"]`;
    const [shown] = (await blocksOf(`{${asked}, product_uid: "${uid("RIG-001")}"}`)).items;
    expect(shown?.content.html).toMatch(/^<a href="https:\/\/www\.shop\.test\/[\w-]+\.html">[\w ]+<\/a>$/);
    for (const product of ["", `, product_uid: "${uid("<script>")}"`, `, product_uid: "%%"`])
      expect((await blocksOf(`{${asked}${product}}`)).items).toEqual([]);
  });

  it("of an audience from elsewhere are shown for a signed list that is this visitor's, and for no other", async () => {
    await app.publish("block", "gq-external", { ...block("<b>Ext</b>", 1), externalAudiences: ["customers"] });
    const asked = `{type: SPECIFIED, audience_id: {in: ["customers"]}}`;
    const identityToken = signAsShop("gq-12", demoCredentials.identitySecret, Date.now() + 60_000);
    await app.sendFromServer([{ type: "accountCreated", customerId: "gq-12", properties: { traits: { group: "1" } } }]);
    await app.send([{ type: "signIn", customerId: "gq-12", anonymousId: "gq-device-12" }]);
    await app.settle();
    const identity = { anonymousId: "gq-device-12", identityToken };
    const signed = String((await app.call("POST", "/v1/audiences/signed", { identity }, key)).body["value"]);
    expect(signed).toMatch(/^customers,cl1\./);
    const shownWith = async (list: string, id = "gq-device-12") =>
      (await blocksOf(asked, { ...device(id), "aep-segments-membership": encodeURIComponent(list) })).items.length;
    expect(await shownWith(signed)).toBe(1);
    const forgeries = [
      "customers",
      signed.replace(/.$/, "_"),
      signed.replace("customers", "viewers"),
      `customers,customers,${signed}`.slice(0, -1),
    ];
    for (const forged of forgeries) expect(await shownWith(forged)).toBe(0);
    expect(await shownWith(signed, "gq-device-13")).toBe(0);
  });

  it("are not opened by naming an audience, nor by price rules that do not exist", async () => {
    expect(await blocksOf(`{type: SPECIFIED, audience_id: {in: ["viewers"]}}`)).toMatchObject({ items: [] });
    expect((await blocksOf(`{type: SPECIFIED, audience_id: {eq: "viewers"}}`, device("gq-2"))).items).toHaveLength(1);
    expect(await blocksOf("{type: CART_PRICE_RULE_RELATED}", device("gq-2"))).toMatchObject({ total_count: 0 });
  });
});

describe("recommendation units", () => {
  type View = { unitId: string; userError: string | null; totalProducts: number; productsView: { sku: string }[] };
  const fields =
    "results { unitId userError totalProducts displayOrder typeId pageType productsView { sku queryType rank } }";
  const unitsOf = async (ids: string[], headers: Record<string, string> = {}, more = "") =>
    (
      await ask<{ recommendationsByUnitIds: { results: View[] } }>(
        `{ recommendationsByUnitIds(unitIds: ${JSON.stringify(ids)}${more}) { ${fields} totalResults } }`,
        headers,
      )
    ).recommendationsByUnitIds.results;
  const skusOf = (view: View | undefined) => view?.productsView.map(({ sku }) => sku) ?? [];

  it("come in the order asked for, with a reason in the place of one that does not exist", async () => {
    const results = await unitsOf(["unit-mlt", "nope", "unit-most-viewed"]);
    expect(results).toMatchObject([
      { unitId: "unit-mlt" },
      { unitId: "nope", totalProducts: 0, userError: expect.stringContaining("no live") },
      { unitId: "unit-most-viewed", userError: null },
    ]);
  });

  it("are hidden from those who may not see them, and told nothing about", async () => {
    const unit = { placement: "a.b", priority: 1, label: "For viewers", strategy: "most-viewed" };
    await app.publish("unit", "gq-viewers-unit", { ...unit, audiences: ["viewers"] });
    await app.send([viewing("gq-3", "RIG-003")]);
    await app.settle();
    expect(await unitsOf(["gq-viewers-unit"])).toMatchObject([{ totalProducts: 0, userError: null }]);
    expect((await unitsOf(["gq-viewers-unit"], device("gq-3")))[0]?.totalProducts).toBeGreaterThan(0);
  });

  it("repeat nothing on one page, in one call or in several with the same page key", async () => {
    const [first, second] = await unitsOf(["unit-most-viewed", "unit-for-you"]);
    expect(skusOf(second).filter((sku) => skusOf(first).includes(sku))).toEqual([]);
    const page = { ...device("gq-4"), "x-clientele-page": "page-1" };
    const [alone] = await unitsOf(["unit-most-viewed"], page);
    const [later] = await unitsOf(["unit-for-you"], page);
    expect(skusOf(later).filter((sku) => skusOf(alone).includes(sku))).toEqual([]);
    expect(skusOf((await unitsOf(["unit-most-viewed"], page))[0])).toEqual(skusOf(alone));
  });

  it("show what the page remembers as viewed, and leave out the cart that it names", async () => {
    const views = `, userViewHistory: [{sku: "RIG-001", date: "2026-01-02T03:04:05.000Z"}, {sku: "RIG-002", date: "2026-01-02T04:00:00.000Z"}]`;
    expect(skusOf((await unitsOf(["unit-recent"], {}, views))[0])).toEqual(["RIG-002", "RIG-001"]);
    const [cart] = await unitsOf(["unit-most-viewed"], {}, `, cartSkus: ["RIG-000"], currentSku: ""`);
    expect(skusOf(cart)).not.toContain("RIG-000");
    const [kept] = await unitsOf(["unit-most-viewed"]);
    expect(skusOf(kept)).toContain("RIG-000");
  });

  it("are the same as for everybody where the shopper refused personalisation, whatever the page remembers", async () => {
    const refusal = { consent: { categoryPreferences: { personalisation: false } } };
    await app.send([viewing("gq-5", "RIG-005"), { type: "consentUpdated", anonymousId: "gq-5", properties: refusal }]);
    await app.settle();
    const views = `, userViewHistory: [{sku: "RIG-001"}]`;
    expect(skusOf((await unitsOf(["unit-recent"], device("gq-5"), views))[0])).toEqual([]);
    expect(await segmentsOf(device("gq-5"))).toEqual([]);
  });

  it("of a kind of page stand in their positions", async () => {
    const query = `{ recommendations(pageType: CMS, currentSku: "") { totalResults ${fields} } }`;
    const { recommendations } = await ask<{ recommendations: { results: { typeId: string }[] } }>(query);
    expect(recommendations.results.map(({ typeId }) => typeId)).toEqual([
      "most-viewed",
      "just-for-you",
      "recently-viewed",
    ]);
  });
});
