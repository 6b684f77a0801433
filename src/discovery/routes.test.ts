import { afterEach, describe, expect, it } from "vitest";
import { type Auth, createHttpServer, type HttpServer, noAuth } from "../http/index.ts";
import { ClienteleError, createFixedClock, createLogger } from "../kernel/index.ts";
import type { Exposure } from "../measurement/index.ts";
import type { FoundProfile } from "../profiles/index.ts";
import type { ListRanking } from "../ranking/index.ts";
import { aProduct, dollars, searchOver } from "../search/search-fixture.ts";
import { createDiscovery, createDiscoveryRoutes, type DiscoveryDeps, type VisitorClaim } from "./index.ts";

const shop = [
  aProduct({
    sku: "24-MB01",
    name: "Joust Duffle Bag",
    brand: "Luma",
    categories: ["gear/bags"],
    finalPrice: dollars(34),
    price: dollars(40),
    images: ["/mb01.jpg"],
    attributes: { color: "Blue" },
  }),
  aProduct({
    sku: "24-MB04",
    name: "Strive Shoulder Pack",
    description: "A bag",
    categories: ["gear/bags"],
    finalPrice: dollars(32),
    attributes: { color: "Red" },
  }),
  aProduct({ sku: "24-UG06", name: "Water Bottle", categories: ["gear"], finalPrice: dollars(7) }),
];

const apps: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

const browser: Auth = { ...noAuth, kind: "write-key", id: "k", actor: "key:shop" };
const merchandiser: Auth = { ...noAuth, kind: "token", id: "t", actor: "token", scopes: ["read"] };

const nothingSaid = {
  vocabulary: undefined,
  arrangement: undefined,
  facetSettings: [],
  fieldWeights: undefined,
  ranking: {},
  redirect: null,
  considered: [],
  members: undefined,
};
const unranked: ListRanking = {
  model: { candidates: 100, score: () => undefined },
  reorder: ({ skus }) => ({ order: skus.map((_, at) => at), propensities: new Float64Array(skus.length).fill(1) }),
  propensityOf: () => 1,
  policy: () => "plain",
  log: () => undefined,
};
const nobody: FoundProfile = { ok: false, reason: "no_identity" };

async function startApp(
  given: { readonly find?: () => Promise<FoundProfile> } & Partial<Pick<DiscoveryDeps, "popularityOf">> = {},
) {
  const { search, catalog } = await searchOver(shop);
  const [clock, logger] = [createFixedClock(0), createLogger("silent")];
  const authenticate = ({ headers }: { headers: { authorization?: string | undefined } }) =>
    headers.authorization === "Bearer browser"
      ? browser
      : headers.authorization === "Bearer reader"
        ? merchandiser
        : noAuth;
  const app = await createHttpServer({
    config: { publicUrl: "http://localhost", openDiscovery: false },
    logger,
    clock,
    authenticate,
  });
  apps.push(app);
  const asked: VisitorClaim[] = [];
  const logged: Exposure[] = [];
  const discovery = createDiscovery({
    search,
    catalog,
    merchandising: { forList: () => nothingSaid, sortOptions: () => [] },
    pricesFor: () => undefined,
    rankingFor: () => unranked,
    shopperOf: () => ({ isMember: () => false, subject: () => ({}), viewed: [] }),
    popularityOf: given.popularityOf ?? (() => 0),
    logExposure: (exposure) => logged.push(exposure),
    clock,
  });
  await app.register(
    createDiscoveryRoutes({
      ...discovery,
      find: async (_request, claim) => {
        asked.push(claim);
        return given.find?.() ?? nobody;
      },
      defaultStoreView: "en",
    }),
  );
  const get = async (url: string, key = "browser") => {
    const response = await app.inject({ method: "GET", url, headers: { authorization: `Bearer ${key}` } });
    return { status: response.statusCode, body: response.json() };
  };
  return { get, asked, logged };
}

describe("GET /v1/search", () => {
  it("answers products, facets, total and the decision", async () => {
    const { get, asked, logged } = await startApp();
    const { status, body } = await get(
      "/v1/search?q=duffle+bag&facets=color,price&anonymousId=a-1&storeView=de&cb=123",
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({
      total: 2,
      items: [
        {
          sku: "24-MB01",
          name: "Joust Duffle Bag",
          brand: "Luma",
          url: "/24-MB01",
          image: "/mb01.jpg",
          price: { minor: 4000, currency: "USD" },
          finalPrice: { minor: 3400 },
          rating: null,
          inStock: true,
        },
        { sku: "24-MB04" },
      ],
      facets: [
        { attribute: "color", label: "Color", type: "values" },
        { attribute: "price", type: "ranges" },
      ],
    });
    expect(body.items[0].highlights[0]).toEqual({
      attribute: "name",
      value: "Joust <em>Duffle</em> <em>Bag</em>",
      matchedWords: ["Duffle", "Bag"],
    });
    expect(asked).toEqual([{ anonymousId: "a-1" }]);
    expect(logged).toMatchObject([
      {
        decisionId: body.decisionId,
        placement: "search",
        storeView: "de",
        identityKey: "anonymous_id:a-1",
        skus: ["24-MB01", "24-MB04"],
        policy: "search/text",
      },
    ]);
  });

  it("takes one filter or several, and pages", async () => {
    const { get } = await startApp();
    expect((await get("/v1/search?filter=color:Blue")).body.total).toBe(1);
    expect((await get("/v1/search?filter=color:Blue|Red&filter=price:33..")).body.items).toMatchObject([
      { sku: "24-MB01" },
    ]);
    expect((await get("/v1/search?filter=price:..33&sort=price:desc&limit=1&offset=1")).body).toMatchObject({
      total: 2,
      items: [{ sku: "24-UG06" }],
    });
  });

  it("ranks with signals and gives the reason", async () => {
    const { get } = await startApp({ popularityOf: (sku) => (sku === "24-UG06" ? 1 : 0) });
    const { body } = await get("/v1/search?explain=true", "reader");
    expect(body.items[0]).toMatchObject({
      sku: "24-UG06",
      reasons: [{ code: "popularity", text: "Popular with other shoppers" }],
      explain: { score: 1.15 },
    });
    expect(body.reasons).toMatchObject([{ code: "not_personal" }]);
  });

  it("answers unpersonalised when the profile cannot be read, but refuses a bad identity", async () => {
    const broken = await startApp({
      find: async () => {
        throw new Error("database is gone");
      },
    });
    expect((await broken.get("/v1/search?q=bag")).body).toMatchObject({ total: 2, reasons: [{ code: "unavailable" }] });
    const refused = await startApp({
      find: async () => {
        throw new ClienteleError("access.unauthorized", "bad identity token");
      },
    });
    expect((await refused.get("/v1/search?q=bag&customerId=c&identityToken=x")).status).toBe(401);
  });

  it("explains only to holders of the scope read", async () => {
    const { get } = await startApp();
    expect((await get("/v1/search?q=bag&explain=true")).status).toBe(403);
    expect((await get("/v1/search?q=bag&explain=true", "reader")).body.items[0].explain.text.terms[0]).toMatchObject({
      query: "bag",
      term: "bag",
    });
  });

  it.each([
    ["/v1/search?filter=color", "search.badFilter", "/filter/0"],
    ["/v1/search?filter=price:9..1", "search.badFilter", "/filter/0"],
    ["/v1/search?offset=10001", "search.badFilter", "/offset"],
    ["/v1/search?limit=0", "search.badFilter", "/limit"],
    ["/v1/search?limit=201", "search.badFilter", "/limit"],
    ["/v1/search?sort=shoe", "search.badSort", "/sort"],
  ])("refuses %s with %s", async (url, code, path) => {
    const { get } = await startApp();
    const { status, body } = await get(url);
    expect({ status, code: body.error.code, path: body.error.details[0].path }).toEqual({ status: 400, code, path });
  });

  it("answers an unknown filter attribute with no product and a warning", async () => {
    const { get } = await startApp();
    expect((await get("/v1/search?filter=shade:blue")).body).toMatchObject({
      total: 0,
      items: [],
      warnings: [{ code: "unknownFilter" }],
    });
  });

  it("needs a key", async () => {
    const { get } = await startApp();
    expect((await get("/v1/search?q=bag", "nobody")).status).toBe(401);
    expect((await get("/v1/suggest?q=bag", "nobody")).status).toBe(401);
    expect((await get("/v1/categories/gear/products", "nobody")).status).toBe(401);
  });

  it("cuts a long query and takes odd ones", async () => {
    const { get } = await startApp();
    expect((await get(`/v1/search?q=${"bag%20".repeat(200)}`)).body).toMatchObject({
      total: 2,
      warnings: [{ code: "queryCut" }],
    });
    for (const q of ["%00%07", "%3Cscript%3E", "(.*", "__proto__", "%F0%9F%91%9F"])
      expect((await get(`/v1/search?q=${q}`)).status).toBe(200);
  });
});

describe("GET /v1/categories/{path}/products", () => {
  it("lists a category whose path has slashes, plain or escaped", async () => {
    const { get, logged } = await startApp();
    expect((await get("/v1/categories/gear/bags/products?facets=categories")).body).toMatchObject({ total: 2 });
    expect((await get("/v1/categories/gear%2Fbags/products")).body.total).toBe(2);
    expect((await get("/v1/categories/gear/products?facets=categories&filter=color:Red")).body).toMatchObject({
      total: 1,
      facets: [{ attribute: "categories", buckets: [{ value: "gear/bags", count: 1 }] }],
    });
    expect(logged[0]?.placement).toBe("category:gear/bags");
  });

  it("is empty for an unknown category, and unknown without /products", async () => {
    const { get } = await startApp();
    expect((await get("/v1/categories/nothing/products")).body).toMatchObject({ total: 0, items: [] });
    expect((await get("/v1/categories/gear")).status).toBe(404);
    expect((await get("/v1/categories/products")).status).toBe(404);
  });
});

describe("GET /v1/suggest", () => {
  it("completes what is typed", async () => {
    const { get } = await startApp();
    expect((await get("/v1/suggest?q=shoul&limit=3")).body.suggestions).toMatchObject([
      { kind: "query", text: "shoulder pack", html: "<em>shoul</em>der pack" },
      { kind: "product", sku: "24-MB04" },
    ]);
    expect((await get("/v1/suggest")).body).toEqual({ suggestions: [] });
    expect((await get("/v1/suggest?q=ba&limit=51")).status).toBe(400);
  });
});
