import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browser, type Decision, server } from "../testing/decision-calls.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";
import { is } from "./shop-fixture.ts";

let app: TestApp;
const price = (minor: number) => ({ price: { minor, currency: "USD" } });
const skusOf = (body: Record<string, unknown>) => (body["items"] as { sku: string }[]).map(({ sku }) => sku);
const ask = (body: object, headers: Record<string, string> = browser) =>
  app.call("POST", "/v1/related-products", body, headers);

let ruleId = "";
beforeAll(async () => {
  app = await startTestApp();
  const products = [
    { sku: "tent", name: "Tent", brand: "Acme", categories: ["gear"], ...price(20_000), related: ["mat"] },
    { sku: "mat", name: "Mat", brand: "Soft", categories: ["gear"], ...price(3_000) },
    { sku: "lamp", name: "Lamp", brand: "Acme", categories: ["gear"], ...price(2_000) },
    { sku: "stove", name: "Stove", brand: "Acme", categories: ["kitchen"], ...price(4_000) },
    { sku: "palace", name: "Palace", brand: "Acme", categories: ["gear"], ...price(90_000) },
  ];
  const written = await app.call("PUT", "/v1/catalog/products", products);
  if (written.status >= 300) throw new Error(JSON.stringify(written.body));
  ruleId = await app.publish("related-product-rule", "same-brand", {
    applyTo: "related",
    priority: 1,
    audiences: [],
    match: is("product.category_ids", "in", ["gear"]),
    display: {
      all: [
        is("product.brand", "eq", { ref: "matched.brand" }),
        is("product.final_price", "lte", { ref: "matched.final_price", percent: 100 }),
      ],
    },
    resultLimit: 5,
  });
  await app.publish("related-product-rule", "with-the-cart", {
    applyTo: "crosssell",
    priority: 1,
    audiences: [],
    match: is("product.sku", "eq", "tent"),
    display: is("product.category_ids", "in", { ref: "matched.category_ids" }),
  });
  await app.publish("related-product-list", "beside-the-product", {
    placement: "product.related",
    priority: 1,
    audiences: [],
    list: "related",
    label: "Goes well with it",
    maximum: 4,
    rotation: "priority-then-random",
  });
}, 120_000);
afterAll(async () => app?.close());

describe("POST /v1/related-products", () => {
  it("shows links and what rules display to a browser", async () => {
    const { status, body } = await ask({ list: "related", items: ["tent"] });
    expect(status).toBe(200);
    expect(body).toMatchObject({ list: "related", label: "Goes well with it", rotation: "priority-then-random" });
    expect(skusOf(body)[0]).toBe("mat");
    expect(skusOf(body).slice(1).sort()).toEqual(["lamp", "stove"]);
    expect(body["items"]).toMatchObject([
      { source: "linked", ruleId: null, name: "Mat", finalPrice: { minor: 3_000, currency: "USD" } },
      { source: "rule", ruleId, reasons: [{ code: "rule", text: "Goes with Tent" }] },
      { source: "rule", ruleId },
    ]);
    expect(body["explain"]).toBeUndefined();
  });

  it("shows what goes with the cart of the shopper or of the call, and not what is in it", async () => {
    const cart = { items: [{ sku: "tent" }, { sku: "lamp" }] };
    expect(skusOf((await ask({ list: "crosssell", cart })).body)).toEqual(["mat", "palace"]);
    expect(skusOf((await ask({ list: "crosssell" })).body)).toEqual([]);
    await app.send([{ type: "addToCart", anonymousId: "walker", properties: { items: [{ sku: "tent", qty: 1 }] } }]);
    await app.settle();
    const { body } = await ask({ list: "crosssell", identity: { anonymousId: "walker" } });
    expect(skusOf(body)).toEqual(["lamp", "mat", "palace"]);
  });

  it("gives a preview by seed and date, explained leaf by leaf, to those who may read", async () => {
    const call = { list: "related", items: ["tent"], explain: true, preview: { seed: "monday" } };
    expect((await ask(call)).status).toBe(403);
    const first = await ask(call, server);
    expect(first.body["explain"]).toMatchObject({
      candidates: 2,
      seed: "monday",
      rules: [{ key: "same-brand", outcome: "used", text: "It matches Tent", candidates: 2 }],
    });
    const again = await ask(call, server);
    expect(skusOf(again.body)).toEqual(skusOf(first.body));
    const key = "this-century";
    const rule = {
      applyTo: "upsell",
      priority: 9,
      audiences: [],
      match: { everyone: true },
      display: { everyone: true },
    };
    const schedule = { from: null, to: "2100-01-01T00:00:00Z", timezone: "UTC" };
    const kind = "/v1/definitions/related-product-rule";
    const made = await app.call("POST", kind, { key, name: "This century", body: rule, schedule });
    const etag = String(made.headers["etag"]);
    expect((await app.call("POST", `${kind}/${key}/publish`, {}, { ...server, "if-match": etag })).status).toBe(200);
    const outcomeAt = async (asOf: string) => {
      const answer = await ask({ list: "upsell", items: ["tent"], explain: true, preview: { asOf } }, server);
      return answer.body["explain"];
    };
    expect(await outcomeAt("2099-12-31T23:59:59Z")).toMatchObject({ rules: [{ key, outcome: "used" }] });
    expect(await outcomeAt("2100-01-01T00:00:00Z")).toMatchObject({ rules: [{ key, outcome: "refused" }], items: [] });
  });

  it("lets rules ask for what the call says of the page, never for more than the visitor may be", async () => {
    await app.publish("related-product-rule", "phones-only", {
      ...{ applyTo: "upsell", priority: 1, audiences: [] },
      match: { all: [is("context.device", "eq", "phone"), is("context.store_view", "eq", "default")] },
      display: is("product.sku", "eq", "stove"),
    });
    const shown = async (context: object) =>
      skusOf((await ask({ list: "upsell", items: ["mat"], context, limit: 1 })).body);
    expect(await shown({ device: "phone" })).toEqual(["stove"]);
    expect(await shown({ device: "phone", seen: ["stove"] })).not.toContain("stove");
    expect(await shown({ device: "desktop" })).not.toContain("stove");
    // The store view is the one that scopes go by, whatever else is claimed.
    expect(await shown({ device: "phone", storeView: "other", store_view: "default" })).not.toContain("stove");
  });

  it("answers what nobody has with 404 and what is no call with 400", async () => {
    expect((await ask({ list: "bestsellers" })).body).toMatchObject({
      error: { code: "relatedProducts.listNotFound" },
    });
    expect((await ask({ list: "related", items: ["x".repeat(65)] })).status).toBe(400);
    expect((await ask({ list: "related", limit: 21 })).status).toBe(400);
    expect((await ask({ list: "related" }, {})).status).toBe(401);
  });

  it("logs which rule showed which product", async () => {
    const { body } = await ask({ list: "related", items: ["tent"], identity: { anonymousId: "reader" } });
    const rows = () =>
      app.engines.clickhouse.query<Record<string, unknown>>(
        "select placement, kind, skus, reasons, identity_key from exposures where decision_id = {id:UUID}",
        { id: String(body["decisionId"]) },
      );
    await expect.poll(rows, { timeout: 10_000 }).toEqual([
      {
        placement: "related-products.related",
        kind: "related-products",
        skus: skusOf(body),
        reasons: ["linked", `rule:${ruleId}`, `rule:${ruleId}`],
        identity_key: "anonymous_id:reader",
      },
    ]);
  });
});

describe("GET /v1/related-products/report", () => {
  it("counts for each rule what it showed, and the clicks and orders that followed, up to the last click on a product", async () => {
    const anonymousId = "buyer";
    const { body } = await ask({ list: "related", items: ["tent"], identity: { anonymousId } });
    const rivals = await ask({ list: "crosssell", cart: { items: [{ sku: "tent" }] }, identity: { anonymousId } });
    const usd = (minor: number) => ({ minor, currency: "USD" });
    const at = (seconds: number) => new Date(Date.now() - 60_000 + seconds * 1_000).toISOString();
    const click = (answer: Record<string, unknown>, sku: string, seconds: number) => ({
      ...{ type: "recsItemClick", anonymousId, timestamp: at(seconds) },
      properties: { unitId: answer["unitId"], decisionId: answer["decisionId"], items: [{ sku }] },
    });
    const bought = [
      { sku: "stove", qty: 2, lineTotal: usd(8_000) },
      { sku: "mat", qty: 1, lineTotal: usd(3_000) },
      { sku: "palace", qty: 1, lineTotal: usd(90_000) },
    ];
    await app.send([
      click(rivals.body, "lamp", 1),
      click(body, "stove", 2),
      click(body, "mat", 3),
      click(rivals.body, "mat", 4),
      // Of a decision that nobody made, and of a product that it did not show.
      click({ decisionId: "01890000-0000-7000-8000-000000000000" }, "stove", 5),
      click(body, "palace", 6),
      {
        ...{ type: "completeCheckout", anonymousId, timestamp: at(10) },
        properties: { orderId: "1001", orderTotal: usd(101_000), items: bought },
      },
    ]);
    await app.settle();
    const report = async (query: string) => {
      const { body: found } = await app.call("GET", `/v1/related-products/report${query}`);
      return new Map((found["items"] as { name: string | null }[]).map((row) => [row.name ?? "links", row]));
    };
    // What was shown is written once a second.
    await expect
      .poll(async () => (await report("")).get("same-brand"), { timeout: 10_000 })
      .toMatchObject({ ruleId, clicks: 1, orders: 1, revenue: [usd(8_000)] });
    const rows = await report("?attribution=7d");
    expect(rows.get("links")).toMatchObject({ ruleId: null, clicks: 1, orders: 0, revenue: [] });
    expect(rows.get("with-the-cart")).toMatchObject({ clicks: 2, orders: 1, revenue: [usd(3_000)] });
    const { products, clickRate } = rows.get("same-brand") as unknown as { products: number; clickRate: number };
    expect(clickRate).toBeCloseTo(1 / products);
    const past = await report("?from=2001-01-01T00:00:00Z&to=2001-02-01T00:00:00Z");
    expect([...past]).toEqual([]);
  });

  it("refuses a period that is none, and browsers", async () => {
    const path = "/v1/related-products/report";
    expect((await app.call("GET", `${path}?from=2030-01-01T00:00:00Z&to=2029-01-01T00:00:00Z`)).status).toBe(400);
    expect((await app.call("GET", `${path}?from=yesterday`)).body).toMatchObject({
      error: { code: "relatedProducts.period" },
    });
    expect((await app.call("GET", path, undefined, browser)).status).toBe(403);
  });
});

describe("a related-product list at a placement", () => {
  it("is decided like everything else that is shown there", async () => {
    const { body } = await app.call(
      "POST",
      "/v1/decide",
      { placements: ["product.related"], context: { sku: "tent" }, explain: true },
      server,
    );
    const [decision] = body["decisions"] as Decision[];
    expect(decision).toMatchObject({
      kind: "related-products",
      value: { list: "related", label: "Goes well with it" },
    });
    expect(decision?.value?.items?.map(({ sku }) => sku).sort()).toEqual(["lamp", "mat", "stove"]);
    expect(decision?.reasons.map(({ code }) => code)).toContain(`rule:${ruleId}`);
    expect(decision?.explain?.considered).toMatchObject([{ outcome: "shown", detail: { candidates: 2 } }]);
  });

  it("gives way where the page is about no product", async () => {
    const { body } = await app.call("POST", "/v1/decide", { placements: ["product.related"], explain: true }, server);
    const [decision] = body["decisions"] as Decision[];
    expect(decision).toMatchObject({ kind: null, explain: { considered: [{ reason: { code: "no_item" } }] } });
  });
});

describe("a related-product rule", () => {
  it("is refused with every fault of both trees", async () => {
    const body = {
      ...{ applyTo: "related", priority: 1, audiences: [] },
      match: is("matched.brand", "eq", "x"),
      display: is("product.final_price", "starts_with", "1"),
    };
    const { status, body: answer } = await app.call("POST", "/v1/definitions/related-product-rule", {
      key: "bad",
      name: "Bad",
      body,
    });
    expect(status).toBe(422);
    const { details } = answer["error"] as { details: { path: string }[] };
    expect(details.map(({ path }) => path).sort()).toEqual([
      "/body/display/attribute/op",
      "/body/match/attribute/path",
    ]);
  });

  it("is refused above its limits", async () => {
    const body = {
      applyTo: "related",
      priority: 0,
      audiences: [],
      match: is("product.sku", "exists"),
      display: { everyone: true },
      resultLimit: 21,
    };
    const { status, body: answer } = await app.call("POST", "/v1/definitions/related-product-rule", {
      key: "big",
      name: "Big",
      body,
    });
    expect(status).toBe(422);
    expect(JSON.stringify(answer)).toMatch(/priority.*resultLimit|resultLimit.*priority/);
  });

  it("can be tried before it is saved", async () => {
    const trial = {
      match: is("product.brand", "eq", "Acme"),
      display: is("product.brand", "neq", { ref: "matched.brand" }),
    };
    const { body } = await app.call("POST", "/v1/related-products/trial", { ...trial, items: ["tent", "mat"] }, server);
    expect(body).toEqual({
      matching: 4,
      examples: ["lamp", "palace", "stove", "tent"],
      displayed: [
        { sku: "tent", isMatched: true, items: ["mat"] },
        { sku: "mat", isMatched: false, items: [] },
      ],
    });
    const bad = await app.call(
      "POST",
      "/v1/related-products/trial",
      { match: {}, display: { everyone: true } },
      server,
    );
    expect(bad).toMatchObject({ status: 422, body: { error: { code: "rules.invalid" } } });
  });
});
