import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { signAsShop } from "../../testing/sign-as-shop.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };
const path = "/v1/offers/prices";

beforeAll(async () => {
  app = await startTestApp();
  const rows = [
    { sku: "coat", name: "Coat", price: "100.00", categories: ["men"], tierPrices: [{ qty: 10, price: "30.00" }] },
    {
      ...{ sku: "shirt", name: "Shirt", categories: ["men"] },
      variants: [
        { sku: "shirt-s", options: { size: "s" }, price: "40.00", qty: 3 },
        { sku: "shirt-m", options: { size: "m" }, price: "20.00", qty: 3 },
      ],
    },
    { sku: "set", name: "Set", type: "bundle", components: [{ label: "All", skus: ["coat"] }] },
  ];
  expect((await app.call("PUT", "/v1/catalog/products", rows)).body).toMatchObject({ rejected: [] });
  await app.publish("catalog-price-rule", "half", {
    ...{ priority: 0, customerGroups: ["wholesale"] },
    conditions: { attribute: { path: "product.category_ids", op: "contains", value: "men" } },
    action: { type: "by_percent", percent: "50" },
  });
  await app.publish("catalog-price-rule", "else", {
    ...{ priority: 1, customerGroups: ["wholesale"] },
    conditions: { attribute: { path: "product.category_ids", op: "contains", value: "women" } },
    action: { type: "by_percent", percent: "50" },
  });
  await app.sendFromServer([
    { type: "profileRecord", customerId: "c-1", anonymousId: "a-1", properties: { traits: { group: "wholesale" } } },
  ]);
  await app.settle();
}, 60_000);
afterAll(async () => app?.close());

type Price = { readonly sku: string; readonly finalPrice: { readonly minor: number } | null };
const minors = (body: Record<string, unknown>) =>
  (body["items"] as readonly Price[]).map(({ sku, finalPrice }) => [sku, finalPrice?.minor]);
const items = ["coat", "shirt", "set", "none"].map((sku) => ({ sku }));
const identityToken = () => signAsShop("c-1", demoCredentials.identitySecret, Date.now() + 60_000);

describe("prices of many products", () => {
  it("are those of each product alone, in the order asked for, with what the catalog does not know", async () => {
    const { status, body } = await app.call("POST", path, { items, group: "wholesale" });
    expect([status, minors(body), body["missing"]]).toEqual([
      200,
      [
        ["coat", 5_000],
        ["shirt", 1_000],
        ["set", 5_000],
      ],
      ["none"],
    ]);
    expect(body).toMatchObject({
      ...{ customerGroup: "wholesale", state: "ready", storeView: "default" },
      items: [{ source: "rule", applied: ["half"] }, { pricedSku: "shirt-m" }, { source: "parts", applied: [] }],
    });
    for (const { sku } of items.slice(0, 3)) {
      const alone = await app.call("GET", `/v1/catalog/products/${sku}/price?group=wholesale`);
      expect(body["items"]).toEqual(
        expect.arrayContaining([expect.objectContaining({ sku, finalPrice: alone.body["finalPrice"] })]),
      );
    }
  });

  it("go by quantity", async () => {
    const asked = { items: [{ sku: "coat", qty: 10 }, { sku: "coat" }] };
    const { body } = await app.call("POST", path, asked);
    expect(body).toMatchObject({
      items: [{ qty: 10, source: "tier", finalPrice: { minor: 3_000 } }, { source: "list" }],
    });
  });

  it("follow what a browser can prove, never what it claims, and tell it no rules", async () => {
    const claimed = { items, group: "wholesale", identity: { customerId: "c-1" } };
    const nobody = await app.call("POST", path, claimed, browser);
    expect(minors(nobody.body)).toEqual([
      ["coat", 10_000],
      ["shirt", 2_000],
      ["set", 10_000],
    ]);
    const identity = { customerId: "c-1", identityToken: identityToken() };
    const proven = await app.call("POST", path, { items, identity }, browser);
    expect(minors(proven.body)[0]).toEqual(["coat", 5_000]);
    expect(JSON.stringify(proven.body)).not.toContain("half");
    expect((await app.call("POST", path, { items, explain: true }, browser)).status).toBe(403);
    expect((await app.call("POST", path, { items, at: "2026-01-01T00:00:00Z" }, browser)).status).toBe(403);
  });

  it("say what every rule did, where a token may read", async () => {
    const { body } = await app.call("POST", path, { items: [{ sku: "coat" }], group: "wholesale", explain: true });
    expect(body).toMatchObject({
      items: [
        {
          rules: [
            { key: "half", isApplied: true },
            { key: "else", isApplied: false, reason: "conditions" },
          ],
        },
      ],
    });
  });

  it("have another version when a rule has changed", async () => {
    const before = (await app.call("POST", path, { items })).body["version"];
    expect((await app.call("POST", path, { items })).body["version"]).toBe(before);
    await app.publish("catalog-price-rule", "third", { priority: 5, action: { type: "by_percent", percent: "1" } });
    expect((await app.call("POST", path, { items })).body["version"]).not.toBe(before);
  });

  it.each([
    ["no items", { items: [] }],
    ["too many items", { items: Array.from({ length: 201 }, () => ({ sku: "coat" })) }],
    ["a quantity of none", { items: [{ sku: "coat", qty: 0 }] }],
    ["a quantity that is no number", { items: [{ sku: "coat", qty: "many" }] }],
    ["an item that is none", { items: [7] }],
    ["a long SKU", { items: [{ sku: "x".repeat(65) }] }],
    ["a field that is none of it", { items, groups: ["wholesale"] }],
    ["a time that is none", { items, at: "yesterday" }],
  ])("are refused for %s", async (_, body) => {
    expect((await app.call("POST", path, body)).status).toBe(400);
  });

  it("are answered for 200 SKUs, one of them named as every object's own member", async () => {
    const many = Array.from({ length: 199 }, () => ({ sku: "coat" }));
    const { status, body } = await app.call("POST", path, { items: [...many, { sku: "__proto__" }] });
    expect([status, (body["items"] as unknown[]).length, body["missing"]]).toEqual([200, 199, ["__proto__"]]);
  });
});
