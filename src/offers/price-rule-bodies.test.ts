// What the definitions of prices refuse, over HTTP, with the place and the code of each fault; and what a browser gets to know of them.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };
const usd = (minor: number) => ({ minor, currency: "USD" });
const leaf = (path: string, op: string, value?: unknown) => ({
  attribute: { path, op, ...(value === undefined ? {} : { value }) },
});

beforeAll(async () => {
  app = await startTestApp({ config: { marginFactor: "1.1" } });
  const attributes = [
    { code: "secret_score", label: "Secret score", input: "number", usedForPromoRules: false },
    { code: "fabric", label: "Fabric", input: "select", options: ["wool"] },
  ];
  expect((await app.call("PUT", "/v1/catalog/attributes", attributes)).status).toBe(200);
  const rows = [{ sku: "coat", name: "Coat", price: "100.00", attributes: { cost: 80, fabric: "wool" } }];
  expect((await app.call("PUT", "/v1/catalog/products", rows)).body).toMatchObject({ rejected: [] });
}, 60_000);
afterAll(async () => app?.close());

type Detail = { readonly path: string; readonly code: string };
let tried = 0;
async function faultsOf(kind: string, body: unknown): Promise<readonly string[]> {
  tried += 1;
  const answer = await app.call("POST", `/v1/definitions/${kind}`, { key: `bad-${tried}`, name: "Bad", body });
  expect([400, 422]).toContain(answer.status);
  const { details = [] } = answer.body["error"] as { details?: readonly Detail[] };
  return details.map(({ path, code }) => `${path.replace(/^\/body/, "")} ${code}`);
}

describe("a catalog price rule", () => {
  const percent = { type: "by_percent", percent: "10" };
  it.each<[string, object, string]>([
    ["a priority below none", { priority: -1 }, "/priority minimum"],
    ["a priority that is a fraction", { priority: 1.5 }, "/priority type"],
    ["no priority", { priority: undefined }, "/priority required"],
    ["an unknown field", { prioritty: 1 }, "/prioritty additionalProperties"],
    ["no website", { websites: [] }, "/websites empty"],
    ["an end before its start", { from: "2026-03-02", to: "2026-03-01" }, "/to range"],
    ["a day that does not exist", { from: "2026-02-30" }, "/from date"],
    ["more than 100 percent", { action: { type: "by_percent", percent: "100.5" } }, "/action/percent range"],
    [
      "a condition on the cart",
      { conditions: leaf("cart.subtotal", "gt", usd(1)) },
      "/conditions/attribute/path rules.subjectNotAllowed",
    ],
    [
      "a condition on its own result",
      { conditions: leaf("product.final_price", "gt", usd(1)) },
      "/conditions circular",
    ],
    [
      "an attribute that is not released for price rules",
      { conditions: { all: [leaf("product.fabric", "eq", "wool"), { not: leaf("product.secret_score", "gt", 3) }] } },
      "/conditions/all/1/not/attribute/path attributeNotReleased",
    ],
    ["an audience that is not there", { audiences: ["nobody"] }, "/audiences/0 unknownReference"],
  ])("is refused with %s", async (_, body, fault) => {
    expect(await faultsOf("catalog-price-rule", { priority: 0, action: percent, ...body })).toContain(fault);
  });
  it.each([
    { type: "by_percent", percent: "-1" },
    { type: "by_percent", percent: "NaN" },
    { type: "by_percent", percent: 10 },
    { type: "by_fixed", amounts: [] },
    { type: "by_fixed", amounts: [usd(-1)] },
    { type: "by_fixed", amounts: [{ minor: 1e308, currency: "USD" }] },
    { type: "by_fixed", amounts: [{ minor: 1.5, currency: "USD" }] },
    { type: "by_fixed", amounts: [{ minor: 1, currency: "usd" }] },
    { type: "to_price", percent: "10" },
    { type: "__proto__" },
  ])("is refused with the action %j", async (action) => {
    const faults = await faultsOf("catalog-price-rule", { priority: 0, action });
    expect(faults.some((each) => each.startsWith("/action"))).toBe(true);
  });
});

describe("a cart price rule", () => {
  const action = { type: "percent", percent: "10" };
  it.each<[string, object, string]>([
    ["a priority below none", { priority: -1 }, "/priority minimum"],
    ["no group of customers", { customerGroups: [] }, "/customerGroups minItems"],
    ["an end before its start", { from: "2026-03-02", to: "2026-03-01" }, "/to order"],
    ["a group that is not there", { group: "none" }, "/group unknownReference"],
    ["a limit of no use", { usesPerCustomer: 0 }, "/usesPerCustomer minimum"],
    ["more percent than there are", { action: { type: "percent", percent: "101" } }, "/action/percent range"],
    ["more free units than bought ones", { action: { type: "buy_x_get_y", buy: 1, get: 2 } }, "/action/get range"],
    [
      "tiers that do not rise",
      {
        action: {
          ...{ type: "tiered_percent", measure: "qty" },
          tiers: [
            { fromQty: 3, percent: "5" },
            { fromQty: 2, percent: "10" },
          ],
        },
      },
      "/action/tiers/1/fromQty order",
    ],
    [
      "two amounts of a currency",
      { action: { type: "fixed", amounts: [usd(1), usd(2)] } },
      "/action/amounts/1/currency duplicate",
    ],
    [
      "an attribute that is not released in its conditions",
      { conditions: { items: { of: "cart", match: "any", where: leaf("product.secret_score", "gt", 3) } } },
      "/conditions/items/where/attribute/path attributeNotReleased",
    ],
    [
      "an attribute that is not released in its targets",
      { targets: leaf("product.secret_score", "gt", 3) },
      "/targets/attribute/path attributeNotReleased",
    ],
    [
      "an attribute that is not released among what is bought",
      {
        action: {
          ...{ type: "buy_get", buyQty: 1, getQty: 1, percent: "50" },
          buy: leaf("product.secret_score", "gt", 3),
        },
      },
      "/action/buy/attribute/path attributeNotReleased",
    ],
  ])("is refused with %s", async (_, body, fault) => {
    expect(await faultsOf("cart-price-rule", { priority: 0, action, ...body })).toContain(fault);
  });

  it("names the attribute that is not released", async () => {
    const body = { priority: 0, action, targets: leaf("product.secret_score", "gt", 3) };
    const answer = await app.call("POST", "/v1/definitions/cart-price-rule", { key: "named", name: "N", body });
    expect(JSON.stringify(answer.body)).toContain("Secret score (secret_score) is not released for price rules");
    const { body: listed } = await app.call("GET", "/v1/attributes");
    const specs = listed["items"] as { path: string; isForPriceRules?: boolean }[];
    expect(specs.filter(({ isForPriceRules }) => isForPriceRules === false).map(({ path }) => path)).toEqual([
      "product.secret_score",
      "matched.secret_score",
    ]);
  });
});

describe("a price rule group", () => {
  it.each<[string, object, string]>([
    ["an unknown mode", { mode: "best" }, "/mode anyOf"],
    ["no mode", { mode: undefined }, "/mode required"],
    ["an unknown scope", { per: "order" }, "/per anyOf"],
    ["a priority that is too large", { priority: 1_000_001 }, "/priority maximum"],
    ["an unknown field", { rules: [] }, "/rules additionalProperties"],
  ])("is refused with %s", async (_, body, fault) => {
    expect(await faultsOf("price-rule-group", { priority: 0, mode: "highest", ...body })).toContain(fault);
  });
});

describe("evaluation over HTTP", () => {
  const cart = (more: object = {}) => ({
    cart: { currency: "USD", lines: [{ id: "1", sku: "coat", qty: 1, unitPrice: usd(10_000) }], ...more },
  });
  const evaluate = async (more: object = {}, headers?: Record<string, string>) =>
    (await app.call("POST", "/v1/offers/evaluate", cart(more), headers)).body;

  it("follows a group as soon as it is published, and says with what a code cannot be combined", async () => {
    await app.publish("price-rule-group", "best", { priority: 0, mode: "highest" });
    const rule = (percent: string, more: object) => ({
      ...{ priority: 1, group: "best", action: { type: "percent", percent }, ...more },
    });
    await app.publish("cart-price-rule", "five", rule("5", { coupon: { type: "specific", code: "FIVE" } }));
    await app.publish("cart-price-rule", "eight", rule("8", {}));
    const answer = await evaluate({ couponCodes: ["FIVE"] });
    expect(answer).toMatchObject({
      applied: ["eight"],
      coupons: { FIVE: { status: "rejected", reason: "not_combinable", detail: { with: ["eight"] } } },
    });
    const group = await app.call("GET", "/v1/definitions/price-rule-group/best");
    const all = { name: "best", body: { priority: 0, mode: "stackable" } };
    const etag = { authorization: `Bearer ${demoCredentials.token}`, "if-match": String(group.headers["etag"]) };
    const changed = await app.call("PUT", "/v1/definitions/price-rule-group/best", all, etag);
    expect(changed.status).toBe(200);
    const live = { ...etag, "if-match": String(changed.headers["etag"]) };
    expect((await app.call("POST", "/v1/definitions/price-rule-group/best/publish", {}, live)).status).toBe(200);
    expect((await evaluate({ couponCodes: ["FIVE"] }))["applied"]).toEqual(expect.arrayContaining(["five", "eight"]));
  });

  it("tells a server what the margin guard held back, and a browser neither that nor what goods cost", async () => {
    await app.publish("cart-price-rule", "deep-cut", { priority: 9, action: { type: "percent", percent: "60" } });
    const kinds = (body: Record<string, unknown>) =>
      (body["effects"] as readonly { kind: string }[]).map(({ kind }) => kind);
    expect(kinds(await evaluate())).toContain("margin_guard");
    const told = await evaluate({}, browser);
    expect(kinds(told)).toContain("line_discount");
    expect(kinds(told)).not.toContain("margin_guard");
    expect(JSON.stringify(told)).not.toMatch(/margin|cost|held/);
    for (const path of ["/v1/catalog/products/coat", "/v1/offers/conflicts"])
      expect([401, 403]).toContain((await app.call("GET", path, undefined, browser)).status);
    const price = await app.call("GET", "/v1/catalog/products/coat/price", undefined, browser);
    expect(price.status).toBe(200);
    expect(JSON.stringify(price.body)).not.toMatch(/margin|cost/);
  });
});
