// The REST recommendations client: every recorded call, and what its units may say.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillDiscoveryShop, type RecordedCall, recordedCalls } from "../../../testing/adobe/discovery-shop.ts";
import { startTestApp, type TestApp } from "../../../testing/start-test-app.ts";

const calls = recordedCalls.filter(({ request }) => request.path !== undefined);

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  await fillDiscoveryShop(app);
}, 120_000);
afterAll(() => app?.close());

type Product = {
  readonly sku: string;
  readonly rank: number;
  readonly prices: { readonly minimum: { final: number } };
};
type Unit = { readonly unitId: string; readonly totalResults: number; readonly results: readonly Product[] };

const open = { "content-type": "application/json", "x-api-key": "recs_open" };
const post = (path: string, body: object) =>
  app.call("POST", `/recs/v1/precs${path}`, { environmentId: "demo-write-key", ...body }, open);
const ask = async (units: readonly object[], more: object = {}) => {
  const { status, body } = await post("/recommendations", { units, ...more });
  expect(status).toBe(200);
  return body["units"] as readonly Unit[];
};
const mostViewed = [{ signal: "most_viewed", boost: 100 }];

describe(`recorded calls${calls.length > 0 ? "" : " (fixtures folder not found; set CLIENTELE_FIXTURES)"}`, () => {
  const keysOf = (value: unknown) => Object.keys((value ?? {}) as object).sort();

  it.skipIf(calls.length === 0).each(calls.map((call) => [call.file, call] as const))(
    "%s is answered with all of its fields",
    async (_file, { request, response }: RecordedCall) => {
      const { status, body } = await app.call(
        request.method,
        `/recs/v1/precs${request.path}`,
        { ...request.body, environmentId: "demo-write-key" },
        request.headers,
      );
      expect(status).toBe(200);
      const listOf = (answer: Record<string, unknown>) =>
        (answer["units"] ?? answer["results"]) as Record<string, unknown>[];
      const productsOf = (unit: Record<string, unknown> | undefined) =>
        (unit?.["products"] ?? unit?.["results"]) as readonly object[];
      const [recorded, ours] = [listOf(response.body), listOf(body)];
      expect(keysOf(ours[0])).toEqual(expect.arrayContaining(keysOf(recorded[0])));
      expect(productsOf(ours[0]).length).toBeGreaterThan(0);
      expect(keysOf(productsOf(ours[0])[0])).toEqual(expect.arrayContaining(keysOf(productsOf(recorded[0])[0])));
      if (body["units"]) {
        const ids = (units: readonly Record<string, unknown>[]) => units.map(({ unitId }) => unitId);
        expect(ids(ours)).toEqual(ids(recorded));
      }
    },
  );
});

describe("units that the client makes", () => {
  it("are answered to a browser of another origin, by the environment as key", async () => {
    const answer = await app.server.inject({
      method: "OPTIONS",
      url: "/recs/v1/precs/recommendations",
      headers: { origin: "https://shop.test", "access-control-request-headers": "content-type,x-api-key" },
    });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers["access-control-allow-headers"]).toBe("content-type,x-api-key");
    expect((await app.call("GET", "/recs/v1/precs/ping", undefined, {})).status).toBe(200);
    expect((await post("/recommendations", { environmentId: "another", units: [] })).status).toBe(401);
  });

  it("keep to their filters, and show nothing when a filter cannot be read", async () => {
    const unit = (filterQueryString: string) => ({
      unitId: filterQueryString,
      limit: 20,
      filterQueryString,
      rankerBlended: mostViewed,
    });
    const one = async (text: string) => (await ask([unit(text)]))[0]?.results ?? [];
    const cheap = await one("product.default.prices.maximum.final: <50");
    expect(cheap.length).toBeGreaterThan(0);
    expect(cheap.every(({ prices }) => prices.minimum.final < 50)).toBe(true);
    const bags = await one("product.default.categories: (gear/bags OR gear/fitness) -sku: (RIG-001)");
    expect(bags.map(({ sku }) => sku).sort()).toEqual(
      ["RIG-000", ...[2, 3, 4, 5, 18, 19, 20, 21, 22, 23].map((at) => `RIG-${String(at).padStart(3, "0")}`)].sort(),
    );
    expect(await one("product.default.color: (Red")).toEqual([]);
    expect(await one("__proto__: x")).toEqual([]);
  });

  it("repeat no product of another unit of the call, and page by offset", async () => {
    const unit = (unitId: string, offset: number) => ({ unitId, limit: 5, offset, rankerBlended: mostViewed });
    const [first, second] = await ask([unit("a", 0), unit("b", 0)]);
    const shown = new Set(first?.results.map(({ sku }) => sku));
    expect(second?.results.some(({ sku }) => shown.has(sku))).toBe(false);
    const [later] = await ask([unit("a", 5)]);
    expect(later?.results[0]?.rank).toBe(6);
    expect(later?.results.some(({ sku }) => shown.has(sku))).toBe(false);
  });

  it("blend several signals, and rank by a category where they say so", async () => {
    const gear = { signal: "query", key: "categories:(gear)", boost: 50 };
    const [only] = await ask([{ unitId: "gear", limit: 25, rankerBlended: [gear] }]);
    expect(only?.results).toHaveLength(12);
    const similar = { signal: "more_like_this", key: ["current_pdp"], boost: 100 };
    const [both] = await ask([{ unitId: "both", limit: 25, rankerBlended: [gear, similar] }], {
      currentSku: "RIG-006",
    });
    const skus = both?.results.map(({ sku }) => sku) ?? [];
    expect(skus).not.toContain("RIG-006");
    expect(skus.some((sku) => sku < "RIG-006")).toBe(true);
    expect(skus.some((sku) => sku > "RIG-006" && sku < "RIG-018")).toBe(true);
  });

  it("take any body without failing", async () => {
    for (const units of [
      null,
      5,
      "x",
      [null, 5, { limit: -3, offset: 1e9, rankerBlended: [null, { signal: "nope" }] }],
    ])
      expect((await post("/recommendations", { units, userViewHistory: [5], cartSkus: {} })).status).toBe(200);
    expect((await post("/preconfigured", { pageType: "Moon" })).body).toEqual({ totalResults: 0, results: [] });
    expect((await post("/preconfigured/units/nope", {})).body).toEqual({ totalResults: 0, results: [] });
  });
});
