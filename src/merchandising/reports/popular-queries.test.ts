import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { createPopularQueries } from "./popular-queries.ts";

const rows = (texts: readonly string[]) => texts.map((query, at) => ({ query, weight: (at * 7) % 5 }));

describe("popular queries in memory", () => {
  const kept = async (texts: readonly string[], more: Partial<Parameters<typeof createPopularQueries>[0]> = {}) => {
    const queries = createPopularQueries({
      read: async () => rows(texts),
      isBlocked: () => false,
      looksPersonal: () => false,
      clock: createFixedClock(0),
      ...more,
    });
    await queries.refresh();
    return queries;
  };

  it("finds what a plain search through all of them finds", async () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "é", "日", " "), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(word, { maxLength: 40 }),
        word,
        fc.integer({ min: 1, max: 5 }),
        async (texts, prefix, limit) => {
          const expected = rows(texts)
            .filter(({ query }) => query.startsWith(prefix))
            .sort((a, b) => b.weight - a.weight || (a.query < b.query ? -1 : 1))
            .slice(0, limit);
          expect((await kept(texts)).startingWith(prefix, limit)).toEqual(expected);
        },
      ),
    );
  });

  it("never tells what is blocked or names a person, and reads once in half an hour", async () => {
    const clock = createFixedClock(0);
    let reads = 0;
    const queries = await kept([], {
      clock,
      read: async () => {
        reads += 1;
        return rows(["tent", "tent poles", "tent of anna@shop.example"]);
      },
      isBlocked: (query) => query.includes("poles"),
      looksPersonal: (query) => query.includes("@"),
    });
    expect(queries.startingWith("te", 9).map(({ query }) => query)).toEqual(["tent"]);
    await queries.refresh();
    clock.advance(31 * 60_000);
    await queries.refresh();
    expect(reads).toBe(2);
  });
});

describe("popular queries in the product", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
    await app.call("PUT", "/v1/catalog/products", [{ sku: "t", name: "Tunnel", price: "9.00", currency: "USD" }]);
    const search = (visitor: string, searchQuery: string, results: number, isClicked = true) => {
      const own = { anonymousId: visitor };
      const ref = { searchId: `${visitor} ${searchQuery}`, searchQuery };
      return [
        { ...own, type: "searchRequestSent", properties: ref },
        { ...own, type: "searchResponseReceived", properties: { ...ref, results } },
        ...(isClicked ? [{ ...own, type: "searchProductClick", properties: { ...ref, sku: "t", rank: 1 } }] : []),
      ];
    };
    const visitors = ["v-1", "v-2", "v-3"];
    await app.send([
      ...visitors.flatMap((visitor) => search(visitor, "Tunnel Tent", 4)),
      ...visitors.flatMap((visitor) => search(visitor, "tu", 9, false)),
      ...visitors.flatMap((visitor) => search(visitor, "tuba", 0, false)),
      ...search("v-1", "tulip for anna", 3),
    ]);
    await app.settle();
    await app.searchReports.popular.refresh();
  }, 60_000);
  afterAll(() => app.close());

  it("suggests what several visitors searched and clicked, until a merchandiser forbids it", async () => {
    const suggested = async () =>
      ((await app.call("GET", "/v1/suggest?q=tu")).body["suggestions"] as { kind: string; text: string }[])
        .filter(({ kind }) => kind === "query")
        .map(({ text }) => text);
    expect((await suggested())[0]).toBe("tunnel tent");
    expect(await suggested()).not.toContain("tulip for anna");
    expect(await suggested()).not.toContain("tuba");
    await app.publish("search-settings", "main", { neverSuggested: ["tent"] });
    expect(await suggested()).not.toContain("tunnel tent");
  });
});
