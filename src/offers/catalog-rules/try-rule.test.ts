import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { createFixedClock } from "../../kernel/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const clock = createFixedClock(Date.parse("2026-03-10T12:00:00Z"));
let app: TestApp;
const usd = (minor: number) => ({ minor, currency: "USD" });
const ofBrand = (brand: string) => ({ attribute: { path: "product.brand", op: "eq", value: brand } });
const off = (percent: string) => ({ type: "by_percent", percent });
const path = "/v1/offers/catalog-rules/trial";

const tryIt = async (body: object, more: object = {}) =>
  (await app.call("POST", path, { draft: { key: "new", name: "New", body }, ...more })).body;

beforeAll(async () => {
  app = await startTestApp({ clock });
  await app.call("PUT", "/v1/catalog/products", [
    { sku: "bag", name: "Bag", brand: "Acme", price: usd(10_000) },
    { sku: "case", name: "Case", brand: "Acme", price: usd(2_000), specialPrice: usd(500) },
    { sku: "mug", name: "Mug", brand: "Soft", price: usd(900) },
  ]);
  const definitions = "/v1/definitions/catalog-price-rule";
  const body = { priority: 10, conditions: ofBrand("Acme"), action: off("10"), stop: true };
  await app.call("POST", definitions, { key: "acme", name: "Acme", body });
  expect((await app.call("POST", `${definitions}/acme/publish`, {})).status).toBe(200);
});
afterAll(() => app.close());

describe("a catalog price rule that is not published", () => {
  it("shows prices before and after, and which published rules it meets", async () => {
    expect(await tryIt({ priority: 1, action: off("50") })).toMatchObject({
      ...{ idle: null, looked: 3, reached: 3, asked: null },
      items: [
        { sku: "bag", before: usd(9_000), after: usd(4_500), isChanged: true, source: "rule" },
        { sku: "case", before: usd(500), after: usd(500), isChanged: false, source: "special" },
        { sku: "mug", before: usd(900), after: usd(450), isChanged: true },
      ],
      meetings: [{ rule: "acme", products: 2, examples: ["bag", "case"], isEarlier: false, isStopped: false }],
    });
    expect(await tryIt({ priority: 20, conditions: ofBrand("Acme"), action: off("50") })).toMatchObject({
      ...{ reached: 2, items: [{ sku: "bag", isChanged: false }, { sku: "case" }] },
      meetings: [{ rule: "acme", isEarlier: true, isStopped: true }],
    });
  });

  it("takes the place of the published rule with its key, and leaves prices as they are", async () => {
    const draft = { key: "acme", name: "Acme", body: { priority: 10, conditions: ofBrand("Acme"), action: off("30") } };
    const { body } = await app.call("POST", path, { draft, limit: 1 });
    expect(body).toMatchObject({ items: [{ sku: "bag", before: usd(10_000), after: usd(7_000) }], meetings: [] });
    const { body: price } = await app.call("GET", "/v1/catalog/products/bag/price");
    expect(price["finalPrice"]).toEqual(usd(9_000));
  });

  it("explains one product, rule by rule", async () => {
    const asked = (await tryIt({ priority: 1, conditions: ofBrand("Soft"), action: off("50") }, { sku: "bag" }))[
      "asked"
    ];
    expect(asked).toMatchObject({
      sku: "bag",
      rules: [
        { key: "new", isApplied: false, reason: "conditions" },
        { key: "acme", isApplied: true, after: usd(9_000) },
      ],
      conditions: { truth: false, observed: "Acme" },
    });
  });

  it("counts for members of its audiences, and says why it does not run for somebody", async () => {
    const body = { priority: 1, action: off("50"), audiences: ["anybody"], customerGroups: ["wholesale"] };
    expect(await tryIt(body)).toMatchObject({ idle: { reason: "customerGroup" }, reached: 3 });
    expect(await tryIt(body, { group: "wholesale" })).toMatchObject({
      idle: null,
      items: [{ after: usd(4_500) }, {}, {}],
    });
  });

  it("is for people who may edit, and refused while it is not whole", async () => {
    const draft = { key: "new", name: "New", body: { priority: 1, action: off("50") } };
    const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };
    expect((await app.call("POST", path, { draft }, browser)).status).toBe(403);
    const wrong = {
      ...draft,
      body: { ...draft.body, conditions: { attribute: { path: "cart.subtotal", op: "gte" } } },
    };
    expect((await app.call("POST", path, { draft: wrong })).status).toBe(422);
  });
});
