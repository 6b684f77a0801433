// What lists answer over GraphQL, and how the protocol is spoken.
import type { AddressInfo } from "node:net";
import { getIntrospectionQuery } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillDiscoveryShop } from "../../testing/adobe/discovery-shop.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  await fillDiscoveryShop(app);
}, 120_000);
afterAll(() => app?.close());

type Bucket = {
  __typename: string;
  title: string;
  count?: number;
  from?: number;
  to?: number | null;
  min?: number;
  max?: number;
};
type Answer = {
  total_count: number;
  items: { productView: { sku: string; name: string } }[];
  facets: { attribute: string; title: string; type: string; buckets: Bucket[] }[];
  page_info: object;
  warnings: { code: string }[];
};

const key = { "x-api-key": "demo-write-key" };
const post = (body: unknown, headers: Record<string, string> = key, path = "/graphql") =>
  app.call("POST", path, body, { "content-type": "application/json", ...headers });

const document = `query($phrase: String!, $filter: [SearchClauseInput!], $sort: [ProductSearchSortInput!], $page: Int, $size: Int) {
  productSearch(phrase: $phrase, filter: $filter, sort: $sort, current_page: $page, page_size: $size) {
    total_count page_info { current_page page_size total_pages } warnings { code } suggestions related_terms
    items { productView { sku name } highlights { attribute value matched_words } applied_query_rule { rule_id } }
    facets { attribute title type buckets { __typename title ... on ScalarBucket { id count } ... on CategoryView { count path }
      ... on RangeBucket { from to count } ... on StatsBucket { min max } } } } }`;

async function search(variables: object): Promise<Answer> {
  const { status, body } = await post({ query: document, variables: { phrase: "", ...variables } });
  expect([status, body["errors"]]).toEqual([200, undefined]);
  return (body["data"] as { productSearch: Answer }).productSearch;
}
const facetOf = (answer: Answer, attribute: string) => answer.facets.find((facet) => facet.attribute === attribute);
const countsOf = (answer: Answer, attribute: string) =>
  Object.fromEntries((facetOf(answer, attribute)?.buckets ?? []).map(({ title, count }) => [title, count]));

describe("product lists", () => {
  it("count each facet with every filter but its own", async () => {
    const all = await search({ phrase: "pants" });
    const red = await search({ phrase: "pants", filter: [{ attribute: "color", in: ["Red"] }] });
    expect(red.total_count).toBe(2);
    expect(countsOf(red, "color")).toEqual(countsOf(all, "color"));
    expect(countsOf(red, "brand")).toEqual({ Boreal: 1, Falcon: 1 });
  });

  it("title what a filter takes: yes and no, whole paths; and end a range facet with its true bounds", async () => {
    const answer = await search({ filter: [{ attribute: "categories", in: ["women"] }] });
    expect(answer.total_count).toBe(18);
    for (const { attribute, buckets } of answer.facets.filter(({ attribute: code }) => code !== "price"))
      for (const { title, count } of buckets) {
        const filter = [
          { attribute: "categories", in: ["women"] },
          { attribute, in: [title] },
        ];
        const chosen = await search({ filter: attribute === "categories" ? [{ attribute, in: [title] }] : filter });
        expect([attribute, title, chosen.total_count]).toEqual([attribute, title, count]);
      }
    const price = facetOf(answer, "price")?.buckets ?? [];
    expect(price.map(({ __typename }) => __typename).slice(0, -1)).not.toContain("StatsBucket");
    expect(price.at(-1)).toEqual({ __typename: "StatsBucket", title: "", min: 25, max: 135 });
    for (const { from, to, count } of price.slice(0, -1)) {
      const range = { attribute: "price", range: { from, to } };
      const chosen = await search({ filter: [{ attribute: "categories", in: ["women"] }, range] });
      expect(chosen.total_count).toBe(count);
      // The client marks the choice by comparing bounds.
      expect(facetOf(chosen, "price")?.buckets).toContainEqual(expect.objectContaining({ from, to, count }));
    }
  });

  it("find by pieces of names and SKUs, and by several conditions at once", async () => {
    const skus = async (...filter: object[]) =>
      (await search({ filter, size: 50 })).items.map(({ productView }) => productView.sku).sort();
    expect(
      await skus(
        { attribute: "name", startsWith: "ae" },
        { attribute: "name", contains: "PA" },
        { attribute: "inStock", eq: "true" },
      ),
    ).toEqual(["RIG-000", "RIG-006"]);
    expect(await skus({ attribute: "sku", in: ["RIG-003", "rig-004", "nope"] })).toEqual(["RIG-003", "RIG-004"]);
    expect(await skus({ attribute: "nothing_has_it", eq: "x" })).toEqual([]);
    expect(await skus({ attribute: "price", range: { from: 0, to: 25 } })).toEqual(["RIG-018", "RIG-019"]);
  });

  it("search in a category, and warn about position without one", async () => {
    const inBags = { attribute: "categoryPath", eq: "gear/bags" };
    expect(
      (await search({ phrase: "aero", filter: [inBags] })).items.map(({ productView }) => productView.sku),
    ).toEqual(["RIG-000"]);
    const byPosition = [{ attribute: "position", direction: "DESC" }];
    expect((await search({ filter: [inBags], sort: byPosition })).warnings).toEqual([]);
    expect((await search({ sort: byPosition })).warnings).toMatchObject([{ code: "EMPTY_CATEGORY_PATH" }]);
  });

  it("answer a page behind the last one with nothing, the right total and a warning", async () => {
    for (const page of [4, 2_000_000]) {
      const answer = await search({ size: 12, page });
      expect(answer).toMatchObject({ items: [], total_count: 30, warnings: [{ code: "PAGE_OUT_OF_RANGE" }] });
      expect(answer.page_info).toEqual({ current_page: page, page_size: 12, total_pages: 3 });
    }
    expect((await search({ phrase: "zzqqxx" })).page_info).toMatchObject({ total_pages: 0 });
  });

  it("refuse with a code and without data what cannot be answered", async () => {
    const faults: readonly (readonly [object, string])[] = [
      [{ size: 0 }, "graphql.badArgument"],
      [{ size: 201 }, "graphql.badArgument"],
      [{ page: 0 }, "graphql.badArgument"],
      [{ sort: [{ attribute: "nope", direction: "ASC" }] }, "search.badSort"],
      [{ sort: [{ attribute: "price", direction: "up" }] }, "graphql.invalid"],
    ];
    for (const [variables, code] of faults) {
      const { status, body } = await post({ query: document, variables: { phrase: "", ...variables } });
      expect(status).toBe(200);
      expect(body["data"] ?? null).toBeNull();
      expect(body["errors"]).toMatchObject([{ extensions: { code } }]);
    }
  });

  it("mark matches, and log each list as shown to the visitor", async () => {
    const query = `{ productSearch(phrase: "backpack") { decisionId items { highlights { attribute value matched_words } } } }`;
    const { body } = await post({ query }, { ...key, "x-clientele-anonymous-id": "list-1" });
    const { productSearch: list } = body["data"] as {
      productSearch: { decisionId: string; items: { highlights: object[] }[] };
    };
    expect(list.items[0]?.highlights).toContainEqual({
      attribute: "name",
      value: expect.stringContaining("<em>Backpack</em>"),
      matched_words: ["Backpack"],
    });
    await app.measurement.flushExposures();
    const shown = await app.engines.clickhouse.query<{ skus: string[]; placement: string; identity_key: string }>(
      "select skus, placement, identity_key from exposures where decision_id = {id:String}",
      { id: list.decisionId },
    );
    expect(shown).toMatchObject([{ placement: "search", identity_key: "anonymous_id:list-1" }]);
    expect(shown[0]?.skus).toHaveLength(list.items.length);
  });

  it("forgive a slip of the keyboard, and take the last word for the beginning of one", async () => {
    expect((await search({ phrase: "bakpack" })).total_count).toBe(6);
    expect((await search({ phrase: "yog" })).total_count).toBe(6);
  });
});

describe("products by SKU", () => {
  it("come with prices, options and links, once each, and without those that are unknown", async () => {
    const query = `{ products(skus: ["RIG-006", "RIG-006", "nope", "RIG-000"]) { sku __typename urlKey description
      attributes(roles: ["visible_in_plp"]) { name } images(roles: ["thumbnail"]) { url }
      ... on SimpleProductView { price { final { amount { value currency } } regular { amount { value } } } }
      ... on ComplexProductView { options { id title values { id title inStock } } priceRange { minimum { final { amount { value } } } } } } }`;
    const { body } = await post({ query });
    expect((body["data"] as { products: object[] }).products).toMatchObject([
      {
        sku: "RIG-006",
        __typename: "ComplexProductView",
        priceRange: { minimum: { final: { amount: { value: 39 } } } },
        options: [{ id: "size", title: "Size", values: [{ title: "S", inStock: true }, { title: "M" }] }],
      },
      {
        sku: "RIG-000",
        urlKey: "aero-backpack",
        description: "<p>Light.</p>",
        price: { final: { amount: { value: 42.5, currency: "USD" } }, regular: { amount: { value: 49 } } },
      },
    ]);
  });
});

describe("the protocol", () => {
  it("takes an address of 15 KB, and tells caches what the answer depends on", async () => {
    await app.server.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.server.address() as AddressInfo;
    const variables = {
      phrase: "pants",
      filter: [{ attribute: "color", in: Array.from({ length: 190 }, (_, at) => `value ${at} ${"x".repeat(55)}`) }],
    };
    const text = `query=${encodeURIComponent(document)}&variables=${encodeURIComponent(JSON.stringify(variables))}`;
    expect(text.length).toBeGreaterThan(15_000);
    const answer = await fetch(`http://127.0.0.1:${port}/graphql?${text}`, {
      headers: { ...key, origin: "https://shop.test", "content-type": "application/json" },
    });
    expect(await answer.json()).toMatchObject({ data: { productSearch: { total_count: 0 } } });
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://shop.test");
    expect(answer.headers.get("vary")).toMatch(/Origin.*Magento-Customer-Group.*AC-View-ID.*aep-segments-membership/);
    expect(answer.headers.get("cache-control")).toContain("private");
  });

  it("allows every header of the clients in the preflight", async () => {
    const asked = "ac-policy-brand,ac-view-id,aep-segments-membership,content-type,magento-store-view-code,x-api-key";
    const answer = await app.server.inject({
      method: "OPTIONS",
      url: "/graphql?query=x",
      headers: {
        origin: "https://shop.test",
        "access-control-request-headers": asked,
        "access-control-request-method": "GET",
      },
    });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers["access-control-allow-headers"]).toBe(asked);
    expect(answer.headers["access-control-allow-methods"]).toMatch(/POST, GET, OPTIONS/);
    expect(Number(answer.headers["access-control-max-age"])).toBeGreaterThan(3_600);
  });

  it("finds the write key wherever a client can put it, and refuses any other in its own form", async () => {
    const query = "{ storeConfig { store_code } }";
    const places: readonly (readonly [string, Record<string, string>])[] = [
      ["/graphql", key],
      ["/graphql", { "magento-environment-id": "demo-write-key", "x-api-key": "search_gql" }],
      ["/graphql?writeKey=demo-write-key", {}],
      ["/graphql/demo-write-key", { authorization: "Bearer a-customer-token-of-the-shop" }],
    ];
    for (const [path, headers] of places) expect((await post({ query }, headers, path)).status).toBe(200);
    const refused = await post({ query }, { "x-api-key": "another" });
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({ errors: [{ extensions: { code: "access.unauthorized" } }] });
  });

  it("knows the store view by whichever header the client sends, and stays with the default otherwise", async () => {
    const query = "{ storeConfig { store_code } }";
    const codeOf = async (headers: Record<string, string>) =>
      ((await post({ query }, { ...key, ...headers })).body["data"] as { storeConfig: { store_code: string } })
        .storeConfig.store_code;
    for (const name of ["store", "magento-store-view-code", "ac-view-id"])
      expect(await codeOf({ [name]: "fr" })).toBe("fr");
    expect(await codeOf({ store: "x".repeat(101) })).toBe(await codeOf({}));
  });

  it("takes no batch, no broken body and no unreadable variables, and can be introspected", async () => {
    const query = "{ storeConfig { store_code } }";
    const faults: readonly (readonly [unknown, string])[] = [
      [[{ query }], "graphql.requestShape"],
      [{ query: 5 }, "graphql.requestShape"],
      [{ query, variables: "{" }, "graphql.requestShape"],
      ["{", "http.malformedJson"],
      [{ query: "mutation { x }" }, "graphql.invalid"],
    ];
    for (const [body, code] of faults) {
      const answer = await post(body);
      expect([answer.status, code]).toEqual([400, code]);
      expect(answer.body).toMatchObject({
        errors: [{ extensions: { code } }],
        extensions: { "request-id": expect.any(String) },
      });
    }
    expect((await post({ query, variables: null, operationName: null })).status).toBe(200);
    const schema = await post({ query: getIntrospectionQuery() });
    expect([schema.status, schema.body["errors"]]).toEqual([200, undefined]);
  });
});
