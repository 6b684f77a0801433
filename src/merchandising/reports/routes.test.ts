import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  const search = (visitor: string, searchId: string, searchQuery: string, results: number) => ({
    ...{ type: "searchResponseReceived", messageId: `m-${searchId}`, anonymousId: visitor },
    properties: { searchId, searchQuery, results },
  });
  await app.send([
    ...["a", "b", "c"].map((visitor) => search(visitor, `1${visitor}`, "=rucksack", 0)),
    ...["a", "b", "c"].map((visitor) => search(visitor, `2${visitor}`, "backpack", 4)),
    {
      ...{ type: "searchProductClick", messageId: "click", anonymousId: "a" },
      properties: { searchId: "2a", rank: 2, items: [{ sku: "bag" }] },
    },
  ]);
  await app.collect.settle();
}, 60_000);
afterAll(() => app.close());

const get = (path: string) => app.call("GET", `/v1/reports/search${path}`);

describe("The reports of search", () => {
  it("give our figures and Adobe's over the last 30 days", async () => {
    const { status, body } = await get("");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      storeView: null,
      search: { searches: 6, zeroResultRate: 0.5, averageClickPosition: 2, uniqueQueries: 2 },
      unique: { uniqueSearches: 6, zeroResultsRate: 0.5 },
    });
  });

  it("list queries, and write them as a file that no spreadsheet takes for formulas", async () => {
    const { body } = await get("/queries?list=zero-results&limit=500");
    expect(body["items"]).toMatchObject([{ query: "=rucksack", searches: 3, zeroResults: 3, visitors: 3 }]);
    const file = await get("/queries.csv?list=zero-results");
    expect(file.body["text"]).toBe(
      "query,searches,zeroResults,clickThroughRate,averageClickPosition,orders,visitors\r\n'=rucksack,3,3,0,,0,3\r\n",
    );
    expect((await get("/products")).body).toEqual({ items: [] });
    expect((await get("/proposals")).body).toEqual({ items: [] });
  });

  it("refuse a period without end and callers without the right to read", async () => {
    for (const query of ["?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "?from=2020-01-01T00:00:00Z"])
      expect(await get(query)).toMatchObject({ status: 400, body: { error: { code: "merchandising.badPeriod" } } });
    const writeKey = { authorization: `Bearer ${demoCredentials.writeKey}` };
    for (const path of ["", "/queries", "/queries.csv", "/products", "/proposals"])
      expect((await app.call("GET", `/v1/reports/search${path}`, undefined, writeKey)).status).toBe(403);
  });
});
