// Algolia's published Node client, unchanged, against the running product.
import { algoliasearch } from "algoliasearch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { type InstantShop, startInstantShop } from "../../testing/instantsearch/shop.ts";
import { signAsShop } from "../../testing/sign-as-shop.ts";

let shop: InstantShop;
let client: ReturnType<typeof algoliasearch>;
beforeAll(async () => {
  shop = await startInstantShop();
  client = connect(demoCredentials.writeKey);
}, 120_000);
afterAll(() => shop?.app.close());

const host = () => ({ url: shop.host, port: shop.port, protocol: "http", accept: "readWrite" }) as const;
const connect = (key: string) => algoliasearch("clientele", key, { hosts: [host()] });

/** A shop's page by hand: what a client of an earlier version would send. */
async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await shop.app.server.inject({
    method: "POST",
    url: path,
    headers: { "x-algolia-api-key": demoCredentials.writeKey, "content-type": "application/json", ...headers },
    payload: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() as Record<string, unknown> };
}

type Row = { objectID: string; price: number; name: string; brand: string; [name: string]: unknown };
const search = async (searchParams: Record<string, unknown>, indexName = "products") =>
  client.searchSingleIndex<Row>({ indexName, searchParams });

describe("the Node client", () => {
  it("finds products and gets them as records", async () => {
    const { results } = await client.search<Row>({
      requests: [
        { indexName: "products", query: "jacket", hitsPerPage: 5 },
        { indexName: "products", query: "tee" },
      ],
    });
    const [jackets, tees] = results as [Awaited<ReturnType<typeof search>>, Awaited<ReturnType<typeof search>>];
    expect(jackets).toMatchObject({
      nbHits: 24,
      page: 0,
      nbPages: 5,
      hitsPerPage: 5,
      query: "jacket",
      index: "products",
      exhaustive: { nbHits: true, facetsCount: true },
    });
    expect(jackets.hits).toHaveLength(5);
    expect(jackets.queryID).toBeUndefined();
    expect(tees).toMatchObject({ nbHits: 16, hitsPerPage: 20 });
    const [first] = (await search({ query: "SKU-07" })).hits;
    expect(first).toMatchObject({
      objectID: "SKU-07",
      sku: "SKU-07",
      price: 45.5,
      brand: "Orbit & Co",
      currency: "USD",
      categories: ["Men", "Tops", "Jackets"],
      hierarchicalCategories: { lvl0: ["Men"], lvl1: ["Men > Tops"], lvl2: ["Men > Tops > Jackets"] },
      color: "Red",
      image: "/img/7.jpg",
    });
  });

  it("filters in every way that the protocol has", async () => {
    const found = async (params: Record<string, unknown>) => (await search({ hitsPerPage: 1, ...params })).nbHits ?? -1;
    expect(await found({ filters: 'brand:"Orbit & Co"' })).toBe(16);
    expect(await found({ filters: "NOT brand:Luma AND inStock:true" })).toBe(
      (await found({ filters: "inStock:true" })) - (await found({ filters: "brand:Luma AND inStock:true" })),
    );
    expect(await found({ filters: "price < 20.5" })).toBe(2);
    expect(await found({ filters: "price <= 20.5" })).toBe(3);
    expect(await found({ filters: "price > 240.5" })).toBe(1);
    expect(await found({ filters: "price:20.5 TO 30.5" })).toBe(3);
    expect(await found({ filters: "price != 20.5" })).toBe(47);
    expect(await found({ filters: "weight >= 100 AND weight < 103" })).toBe(3);
    expect(await found({ filters: "color:Red OR price < 20.5" })).toBe(17);
    expect(await found({ filters: "objectID:SKU-01 OR objectID:SKU-02" })).toBe(2);
    expect(await found({ filters: "NOT objectID:SKU-01" })).toBe(47);
    expect(await found({ facetFilters: [["brand:Luma", "brand:Typhon"], "color:-Blue"] })).toBe(16);
    expect(await found({ numericFilters: ["price>=20.5", ["price<=30.5", "price=245.5"]] })).toBe(4);
    expect(await found({ filters: 'hierarchicalCategories.lvl1:"Women > Tops"' })).toBe(24);
    expect(await found({ filters: "categories:Tops" })).toBe(40);
    expect(await found({ filters: "price < 20.5 AND (color:Red OR NOT color:Blue)" })).toBe(1);
    expect(await found({ filters: "NOT color:Red OR NOT brand:Luma OR price != 10.5" })).toBe(48);
    expect(await found({ filters: "nosuch:thing" })).toBe(0);
  });

  it("counts values under all filters, with the bounds of numbers", async () => {
    const { facets, facets_stats, hits } = await search({
      hitsPerPage: 0,
      facets: ["brand", "price", "weight", "categories", "hierarchicalCategories.lvl1"],
      facetFilters: [["brand:Luma"]],
    });
    expect(hits).toEqual([]);
    expect(facets).toMatchObject({
      brand: { Luma: 16 },
      price: {},
      categories: { Tops: 16, Women: 8, Men: 8, Jackets: 8, Tees: 8 },
      "hierarchicalCategories.lvl1": { "Women > Tops": 8, "Men > Tops": 8 },
    });
    expect(Object.keys(facets?.["brand"] ?? {})).toEqual(["Luma"]);
    expect(facets_stats).toMatchObject({ price: { min: 10.5, max: 235.5 }, weight: { min: 100, max: 145 } });
  });

  it("chooses facets and their order where the page leaves them to us", async () => {
    const { facets, renderingContent } = await search({ facets: ["*"] });
    const order = renderingContent?.facetOrdering?.facets?.order ?? [];
    expect(order).toEqual(Object.keys(facets ?? {}));
    expect(order).toEqual(expect.arrayContaining(["brand", "color", "price", "categories"]));
  });

  it("keeps the most frequent values, or the first by name", async () => {
    const top = await search({ facets: ["color"], maxValuesPerFacet: 2 });
    expect(Object.keys(top.facets?.["color"] ?? {})).toHaveLength(2);
    expect(top.exhaustive).toMatchObject({ facetValues: false });
    const byName = await search({ facets: ["categories"], sortFacetValuesBy: "alpha", maxValuesPerFacet: 2 });
    expect(Object.keys(byName.facets?.["categories"] ?? {})).toEqual(["Bags", "Gear"]);
  });

  it("pages by number or by offset, up to the end and beyond", async () => {
    const ids = async (params: Record<string, unknown>) =>
      (await search({ ...params }, "products_price_asc")).hits.map(({ objectID }) => objectID);
    expect(await ids({ hitsPerPage: 3, page: 1 })).toEqual(["SKU-03", "SKU-04", "SKU-05"]);
    expect(await ids({ offset: 2, length: 2 })).toEqual(["SKU-02", "SKU-03"]);
    expect(await ids({ hitsPerPage: 20, page: 2 })).toHaveLength(8);
    expect(await search({ hitsPerPage: 20, page: 3 })).toMatchObject({ hits: [], nbHits: 48, page: 3, nbPages: 3 });
    expect(await search({ hitsPerPage: 20, page: 5_000 })).toMatchObject({ hits: [], nbHits: 48 });
  });

  it("answers the fields that were asked for", async () => {
    const answer = await search({
      query: "olivia",
      attributesToRetrieve: ["name"],
      attributesToHighlight: ["brand"],
      responseFields: ["hits", "nbHits"],
    });
    expect(Object.keys(answer).sort()).toEqual(["hits", "nbHits"]);
    expect(Object.keys(answer.hits[0] ?? {}).sort()).toEqual(["_highlightResult", "name", "objectID"]);
  });

  it("searches the values of a facet", async () => {
    const { facetHits } = await client.searchForFacetValues({
      indexName: "products",
      facetName: "brand",
      searchForFacetValuesRequest: { facetQuery: "or", maxFacetHits: 5, params: "filters=price%20%3E%20100" },
    });
    expect(facetHits).toEqual([{ value: "Orbit & Co", highlighted: "<em>Or</em>bit &amp; Co", count: 10 }]);
    const { results } = await client.search({
      requests: [{ indexName: "products", type: "facet", facet: "color", facetQuery: "re" }],
    });
    expect(results[0]).toMatchObject({ facetHits: [{ value: "Red", count: 16 }] });
  });

  it("stops after the first full page when it is told to", async () => {
    const { results } = await client.search({
      requests: [
        { indexName: "products", query: "jacket", hitsPerPage: 2 },
        { indexName: "products", query: "tee" },
      ],
      strategy: "stopIfEnoughMatches",
    });
    expect(results).toMatchObject([{ nbHits: 24 }, { processed: false, hits: [] }]);
  });

  it("lists a category as its own page does", async () => {
    expect(await search({ filters: 'categoryPageId:"Women > Tops > Tees"' })).toMatchObject({ nbHits: 8 });
    await shop.app.measurement.flushExposures();
    const rows = await shop.app.engines.clickhouse.query<{ n: string }>(
      "select count() as n from exposures where placement = 'category:women/tops/tees'",
    );
    expect(Number(rows[0]?.n)).toBe(1);
  });
});

describe("what shops use beside the search", () => {
  it("counts ratings by whole stars, as its filter finds them", async () => {
    const { facets } = await search({ hitsPerPage: 0, facets: ["rating"], filters: "brand:Luma" });
    const counts = facets?.["rating"] ?? {};
    for (const star of [1, 2, 3, 4, 5]) {
      const { nbHits } = await search({ hitsPerPage: 0, filters: `brand:Luma AND rating >= ${star}` });
      const above = Object.entries(counts).filter(([value]) => Number(value) >= star);
      expect(above.reduce((sum, [, count]) => sum + count, 0)).toBe(nbHits);
    }
    expect(Object.keys(counts)).toEqual(["1", "2", "4"]);
  });

  it("reads records by their ids", async () => {
    const { results } = await client.getObjects<Row>({
      requests: [
        { indexName: "products", objectID: "SKU-03", attributesToRetrieve: ["name"] },
        { indexName: "products", objectID: "none" },
      ],
    });
    expect(results).toEqual([{ objectID: "SKU-03", name: "Proteus Tee 3" }, null]);
    expect(await client.getObject({ indexName: "products", objectID: "SKU-03" })).toMatchObject({ price: 25.5 });
    await expect(client.getObject({ indexName: "products", objectID: "none" })).rejects.toMatchObject({ status: 404 });
  });

  it("completes what is being typed, from an index of suggestions", async () => {
    const { hits } = await search({ query: "olivia ja", hitsPerPage: 3 }, "products_query_suggestions");
    expect(hits.length).toBeGreaterThan(0);
    for (const hit of hits) expect(String(hit["query"]).toLowerCase()).toContain("olivia ja");
    expect((await search({ query: "" }, "products_query_suggestions")).hits).toEqual([]);
  });

  it("recommends, within the filters of the request, and logs what it showed", async () => {
    const recommend = client.initRecommend({ options: { hosts: [host()] } });
    const requests = ["looking-similar", "trending-items", "related-products"].map((model) => ({
      indexName: "products",
      model,
      objectID: "SKU-00",
      threshold: 0,
      maxRecommendations: 4,
      queryParameters: { filters: "brand:Typhon", userToken: "looker-1", attributesToRetrieve: ["brand"] },
    }));
    const { results } = await recommend.getRecommendations({ requests: requests as never });
    expect(results).toHaveLength(3);
    for (const { hits } of results) for (const hit of hits) expect(hit).toMatchObject({ brand: "Typhon" });
    expect(results[1]?.hits).toHaveLength(4);
    await shop.app.measurement.flushExposures();
    const rows = await shop.app.engines.clickhouse.query<{ n: string }>(
      "select count() as n from exposures where placement = 'recommend:trending-items' and identity_key = 'anonymous_id:looker-1'",
    );
    expect(Number(rows[0]?.n)).toBe(1);
    const bad = { requests: [{ indexName: "products", model: "mind-reading" }] };
    expect((await post("/1/indexes/*/recommendations", bad)).status).toBe(400);
    const facets = { requests: [{ indexName: "products", model: "trending-facets", facetName: "brand" }] };
    expect((await post("/1/indexes/*/recommendations", facets)).body).toMatchObject({ results: [{ hits: [] }] });
  });
});

describe("who looks", () => {
  it("is the user token: what they looked at lifts its like, unless they refuse it", async () => {
    const userToken = "fan-1";
    const views = ["SKU-04", "SKU-10", "SKU-16", "SKU-22"];
    const view = { eventType: "view", eventName: "Product Viewed", index: "products", userToken };
    await post("/1/events", { events: views.map((sku) => ({ ...view, objectIDs: [sku] })) });
    await shop.app.settle();
    // A product that is tried out may be of any kind.
    await shop.app.publish("search-settings", "plain", { ranking: { isExploring: false } });
    const womensTees = async (more: object) => {
      const { hits } = await search({ hitsPerPage: 8, ...more });
      return hits.filter(({ categoryPaths }) => String(categoryPaths) === "women/tops/tees").length;
    };
    const plain = await womensTees({});
    expect(await womensTees({ userToken })).toBeGreaterThan(plain);
    expect(await womensTees({ userToken, enablePersonalization: false })).toBe(plain);
  });

  it("is a customer only with a token that the shop signed", async () => {
    const body = { requests: [{ indexName: "products" }] };
    const tokens = {
      good: signAsShop("customer-1", demoCredentials.identitySecret, Date.now() + 60_000),
      bad: signAsShop("customer-1", "another secret", Date.now() + 60_000),
    };
    const ask = (token: string) => post("/1/indexes/*/queries", body, { "x-clientele-identity-token": token });
    expect((await ask(tokens.good)).status).toBe(200);
    expect((await ask(tokens.bad)).body).toMatchObject({ code: "access.identityToken" });
  });
});

describe("a request by hand", () => {
  it("may come as text, as a form by name, and by GET", async () => {
    const body = JSON.stringify({ requests: [{ indexName: "products", params: "query=olivia%20bag&hitsPerPage=1" }] });
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json"]) {
      const { status, body: answer } = await post("/1/indexes/*/queries", body, { "content-type": type });
      expect([status, answer]).toMatchObject([200, { results: [{ query: "olivia bag", hitsPerPage: 1 }] }]);
    }
    const got = await shop.app.server.inject({
      url: `/1/indexes/products?query=tee&hitsPerPage=2&X-Algolia-API-Key=${demoCredentials.writeKey}`,
    });
    expect(got.json()).toMatchObject({ nbHits: 16, hitsPerPage: 2, params: "query=tee&hitsPerPage=2" });
    expect((await post("/1/indexes/products/query", { params: "query=tee" })).body).toMatchObject({ nbHits: 16 });
  });

  it("from another origin is answered, and so is its preflight", async () => {
    const origin = "https://www.shop.test";
    const preflight = await shop.app.server.inject({
      method: "OPTIONS",
      url: "/1/indexes/*/queries",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-algolia-api-key",
      },
    });
    expect(preflight.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-headers": "x-algolia-api-key",
    });
    expect((await post("/1/indexes/*/queries", { requests: [] }, { origin })).headers).toMatchObject({
      "access-control-allow-origin": origin,
    });
  });

  it.each([
    [{ requests: [{ indexName: "products", filters: "price >" }] }, 400, "instantsearch.badFilters"],
    [{ requests: [{ indexName: "products_shoesize_asc" }] }, 404, "instantsearch.unknownIndex"],
    [{ requests: [{}] }, 400, "instantsearch.badRequest"],
    [{ requests: [null] }, 400, "instantsearch.badRequest"],
    [{ requests: "all" }, 400, "instantsearch.badRequest"],
    [{ requests: Array.from({ length: 51 }, () => ({ indexName: "p" })) }, 400, "instantsearch.badRequest"],
    [[], 400, "instantsearch.badRequest"],
    ["{", 400, "http.malformedJson"],
  ])("%j is refused with %i", async (body, status, code) => {
    expect((await post("/1/indexes/*/queries", body)).body).toMatchObject({
      status,
      code,
      message: expect.any(String),
    });
  });

  it("needs a key", async () => {
    expect((await post("/1/indexes/*/queries", { requests: [] }, { "x-algolia-api-key": "wrong" })).status).toBe(403);
    expect((await post("/1/events", { events: [] }, { "x-algolia-api-key": "wrong" })).status).toBe(403);
  });

  it("survives parameters of every wrong type", async () => {
    for (const wrong of [null, 5, "x", [], {}, [[]], { a: { b: 1 } }, "__proto__", -1e300]) {
      const names = [
        "query",
        "page",
        "hitsPerPage",
        "facets",
        "attributesToRetrieve",
        "attributesToSnippet",
        "userToken",
      ];
      const raw = Object.fromEntries(names.map((name) => [name, wrong]));
      const { status } = await post("/1/indexes/*/queries", { requests: [{ indexName: "products", ...raw }] });
      expect(status).toBe(200);
    }
  });
});

describe("events", () => {
  it("are taken one by one: the good ones count, the others are named", async () => {
    const good = { eventType: "click", eventName: "c", index: "products", userToken: "t-1", objectIDs: ["SKU-01"] };
    expect((await post("/1/events", { events: [good, { ...good, eventType: "swipe" }] })).body).toEqual({
      status: 200,
      message: "1 events refused",
    });
    expect((await post("/1/events", { events: [{ ...good, eventName: "" }] })).body).toMatchObject({
      status: 400,
      message: expect.stringContaining("events[0]"),
    });
    expect((await post("/1/events", { events: [{ eventType: "instantsearch" }] })).status).toBe(200);
    expect((await post("/1/events", {})).status).toBe(400);
  });

  it("make one search of what a shopper typed, told before what they clicked", async () => {
    const userToken = "typist-1";
    const type = async (query: string) =>
      (await search({ query, userToken, clickAnalytics: true, filters: "color:Red" })).queryID ?? "";
    await type("prot");
    await type("olivia t");
    await search({ query: "olivia te", userToken, hitsPerPage: 0, facets: ["brand"] });
    const queryID = await type("olivia tee");
    expect(queryID).toMatch(/^[0-9a-f]{32}$/);
    const click = { eventType: "click", eventName: "Hit Clicked", index: "products", userToken, queryID };
    await post("/1/events", { events: [{ ...click, objectIDs: ["SKU-17"], positions: [1] }] });
    await shop.app.settle();
    const rows = await shop.app.engines.clickhouse.query<{
      type: string;
      query: string;
      id: string;
      properties: string;
    }>(
      "select event_type as type, search_query as query, search_id as id, properties from events where has(identifiers, {id: String}) order by received_at, event_id",
      { id: `anonymous_id:${userToken}` },
    );
    const told = rows.map(({ type: name, query }) => `${name} ${query}`.trim()).sort();
    expect(told).toEqual([
      "searchProductClick",
      "searchRequestSent olivia tee",
      "searchRequestSent prot",
      "searchResponseReceived olivia tee",
      "searchResponseReceived prot",
    ]);
    const ids = new Set(rows.filter(({ query }) => query !== "prot").map(({ id }) => id.replaceAll("-", "")));
    expect([...ids]).toEqual([queryID]);
    const response = rows.find(({ type: name, query }) => name === "searchResponseReceived" && query !== "prot");
    expect(JSON.parse(response?.properties ?? "{}")).toMatchObject({
      results: 8,
      filters: [{ attribute: "color", values: ["Red"] }],
      items: Array.from({ length: 8 }, (_, at) => ({ rank: at + 1 })),
    });
  });
});
