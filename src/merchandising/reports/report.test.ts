import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { inFixtures } from "../../testing/folders.ts";
import { minVisitors, propose } from "./propose.ts";
import { createSearchReportStore, type Period, type SearchReportStore } from "./store.clickhouse.ts";
import { createProposalStore } from "./store-proposals.clickhouse.ts";

let engines: TestEngines;
let store: SearchReportStore;

beforeAll(async () => {
  engines = await openTestEngines(["measurement"]);
  store = createSearchReportStore(engines.clickhouse);
}, 120_000);
beforeEach(() => engines.clickhouse.command("truncate table events"));
afterAll(() => engines?.close());

type Given = {
  readonly type: string;
  readonly at: number;
  readonly who?: string;
  readonly session?: string;
  readonly query?: string;
  readonly searchId?: string;
  readonly skus?: readonly string[];
  readonly order?: string;
  readonly total?: number;
  readonly kind?: string;
  readonly category?: string;
  readonly properties?: object;
};

const insert = (events: readonly Given[]) =>
  engines.clickhouse.insert(
    "events",
    events.map((each, at) => ({
      event_id: `e${at}`,
      source_id: "test",
      source_kind: each.kind ?? "native",
      event_type: each.type,
      original_name: each.type,
      ts: each.at,
      received_at: each.at,
      identity_key: `anonymous_id:${each.who ?? each.session ?? "v"}`,
      session_id: each.session ?? "",
      store_view: "default",
      skus: each.skus ?? [],
      search_query: each.query ?? "",
      search_id: each.searchId ?? "",
      category_path: each.category ?? "",
      order_id: each.order ?? "",
      order_total: each.total ?? 0,
      currency: each.total === undefined ? "" : "EUR",
      properties: JSON.stringify(each.properties ?? {}),
    })),
  );

type FixtureEvent = {
  readonly type: "search" | "click" | "purchase";
  readonly searchId: string;
  readonly session: string;
  readonly query: string;
  readonly results: number;
  readonly position: number;
  readonly searchIds: readonly string[];
  readonly revenue: number;
  readonly at: string;
};
type Case = {
  readonly id: string;
  readonly kind: string;
  readonly input: { readonly events: readonly FixtureEvent[] };
  readonly expect: Record<string, number> & { readonly topQueries: readonly Record<string, number | string>[] };
};
const read = (): readonly Case[] => {
  const file = JSON.parse(readFileSync(inFixtures("measurement/discovery-metrics.json"), "utf8")) as {
    cases: Case[];
  };
  return file.cases.filter(({ kind }) => kind === "search-report");
};

function toEvents(events: readonly FixtureEvent[]): readonly Given[] {
  return events.map((event, index): Given => {
    const { session } = event;
    const at = Date.parse(event.at);
    if (event.type === "search")
      return {
        type: "searchRequestSent",
        ...{ at, session, query: event.query, searchId: event.searchId, properties: { results: event.results } },
      };
    if (event.type === "click")
      return {
        type: "searchProductClick",
        ...{ at, session, searchId: event.searchId, properties: { rank: event.position } },
      };
    const total = Math.round(event.revenue * 100);
    const properties = { searchIds: event.searchIds };
    return { type: "orderPlaced", at, session, order: `o${index}`, total, properties };
  });
}

const april: Period = { fromMs: Date.parse("2026-04-01"), toMs: Date.parse("2026-05-01"), storeView: "" };

describe("The search report", () => {
  it.each(read().map((each) => [each.id, each] as const))("counts as the shared case %s says", async (_, each) => {
    await insert(toEvents(each.input.events));
    const { topQueries, revenue = 0, ...expected } = each.expect;
    const found = await store.metrics(april);
    for (const [name, value] of Object.entries(expected))
      expect([name, found[name as keyof typeof found]]).toEqual([name, expect.closeTo(Number(value), 9)]);
    expect(found.revenue).toEqual([{ currency: "EUR", minor: Math.round(revenue * 100) }]);
    const queries = await store.queries("top", april, 500);
    expect(queries.map(({ query, searches, zeroResults }) => ({ query, searches, zeroResults }))).toEqual(
      topQueries.map(({ query, searches, zeroResults }) => ({ query, searches, zeroResults })),
    );
    for (const [at, { clickThroughRate, revenue: own }] of topQueries.entries()) {
      expect(queries[at]?.clickThroughRate).toBeCloseTo(Number(clickThroughRate), 9);
      expect(queries[at]?.revenue[0]?.minor ?? 0).toBe(Math.round(Number(own) * 100));
    }
  });

  const minute = 60_000;
  const start = Date.parse("2026-04-10T12:00:00Z");
  const search = (searchId: string, at: number, more: Partial<Given> & { readonly results?: number } = {}): Given => {
    const { results = 9, properties = {}, ...rest } = more;
    return {
      type: "searchRequestSent",
      ...{ at: start + at, searchId, query: "hat", session: "s", properties: { results, ...properties } },
      ...rest,
    };
  };
  const click = (searchId: string, at: number, rank: number, more: Partial<Given> = {}): Given => ({
    type: "searchProductClick",
    ...{ at: start + at, searchId, session: "s", properties: { rank }, ...more },
  });

  it("takes a request, its answer and the view of its results for one search, and its number of results from any", async () => {
    await insert([
      search("1", 0, { properties: {}, results: 0 }),
      {
        type: "searchResponseReceived",
        at: start + 5,
        searchId: "1",
        query: "Hat ",
        session: "s",
        properties: { results: 3 },
      },
      { type: "searchResultsView", at: start + 9, searchId: "1", query: "Hat", session: "s" },
      search("", minute, { query: "cap" }),
      search("3", 2 * minute, { query: "" }),
    ]);
    expect(await store.metrics(april)).toMatchObject({ searches: 2, uniqueQueries: 2, zeroResultRate: 0 });
  });

  it("counts a shopper who repeats a query within an hour once, as Adobe's report does", async () => {
    await insert([
      search("1", 0, { results: 0 }),
      search("2", 30 * minute),
      search("3", 80 * minute),
      search("4", 141 * minute),
      search("5", 0, { session: "t" }),
      search("6", 0, { query: "cap" }),
      click("2", 31 * minute, 4, { skus: ["A"] }),
      click("2", 32 * minute, 2, { skus: ["B"] }),
      { type: "orderPlaced", at: start + 40 * minute, session: "s", order: "o", total: 900, skus: ["A", "C"] },
    ]);
    expect(await store.uniqueMetrics(april)).toEqual({
      uniqueSearches: 4,
      clickThroughRate: 0.25,
      conversionRate: 0.5,
      zeroResultsRate: 0.25,
      averageClickPosition: 3,
    });
  });

  it("ties a purchase that names no search to the searches whose clicked products it holds, once a search", async () => {
    await insert([
      search("1", 0),
      search("2", minute),
      search("3", 2 * minute),
      click("1", 10, 1, { skus: ["A"] }),
      click("2", 2 * minute, 1, { skus: ["B"] }),
      click("3", 3 * minute, 1, { skus: ["Z"] }),
      { type: "completeCheckout", at: start + 9 * minute, session: "s", order: "o", total: 500, skus: ["A", "B"] },
      { type: "orderPlaced", at: start + 10 * minute, session: "s", order: "o", total: 500, skus: ["A", "B"] },
    ]);
    const found = await store.metrics(april);
    expect(found.conversionRate).toBeCloseTo(2 / 3, 12);
    expect(found.revenue).toEqual([{ minor: 500, currency: "EUR" }]);
  });

  it("counts exits, filters, and the ranks of Adobe's clients from 0", async () => {
    await insert([
      search("1", 0, { properties: { filters: [{ attribute: "color", values: ["Red"] }] } }),
      search("2", minute, { session: "t" }),
      search("3", 0, { session: "u" }),
      click("3", minute, 0, { session: "u", kind: "snowplow" }),
      { type: "pageView", at: start + minute, session: "s" },
    ]);
    const found = await store.metrics(april);
    expect([found.exitRate, found.filterRate, found.averageClickPosition]).toEqual([1 / 3, 1 / 3, 1]);
  });

  it("says nothing of a period or store view without searches", async () => {
    await insert([search("1", 0)]);
    const none = { searches: 0, zeroResultRate: null, averageClickPosition: null, revenue: [], refinementRate: null };
    expect(await store.metrics({ ...april, storeView: "'; drop table events; --" })).toMatchObject(none);
    expect(await store.metrics({ ...april, fromMs: start + 1, toMs: start + 2 })).toMatchObject(none);
    expect(await store.queries("top", { ...april, toMs: start }, 10)).toEqual([]);
  });

  it("lists queries that found nothing, that nobody clicked, and that are searched more than before", async () => {
    const dayBefore = -24 * 60 * minute;
    await insert([
      ...[1, 2, 3].map((n) => search(`lost${n}`, n * minute, { query: "lost", results: 0, session: `l${n}` })),
      ...[1, 2, 3].map((n) => search(`dull${n}`, n * minute, { query: "dull", session: `d${n}` })),
      ...[1, 2, 3, 4, 5].map((n) => search(`hot${n}`, n * minute, { query: "hot", session: `h${n}` })),
      click("hot1", 2 * minute, 3, { session: "h1" }),
      search("old", dayBefore, { query: "hot", session: "h9" }),
    ]);
    const day: Period = { fromMs: start - 60 * minute, toMs: start + 23 * 60 * minute, storeView: "default" };
    const names = async (list: Parameters<typeof store.queries>[0]) =>
      (await store.queries(list, day, 10)).map(({ query, searches, searchesBefore }) => [
        query,
        searches,
        searchesBefore,
      ]);
    expect(await names("zero-results")).toEqual([["lost", 3, 0]]);
    expect(await names("no-clicks")).toEqual([["dull", 3, 0]]);
    expect(await names("trending")).toEqual([["hot", 5, 1]]);
    expect(await store.days(april)).toEqual([
      { day: "2026-04-09", searches: 1, zeroResults: 0, clicked: 0 },
      { day: "2026-04-10", searches: 11, zeroResults: 3, clicked: 1 },
    ]);
  });

  it("proposes the word that found something, and the category where most went, never twice what is there", async () => {
    const lost = (query: string, visitors: number) =>
      Array.from({ length: visitors }, (_, n) =>
        search(`${query}${n}`, 0, { query, results: 0, session: `${query}-${n}` }),
      );
    const then = (query: string, visitors: number, target: string) =>
      Array.from({ length: visitors }, (_, n) => [
        search(`${query}${n}b`, minute, { query: target, session: `${query}-${n}` }),
        click(`${query}${n}b`, minute + 5, 1, { session: `${query}-${n}` }),
      ]).flat();
    const opened = (query: string, visitors: number) =>
      Array.from({ length: visitors }, (_, n) => ({
        type: "categoryView",
        ...{ at: start + minute, session: `${query}-${n}`, category: "gear/bags" },
      }));
    const events = [...lost("rucksack", 6), ...then("rucksack", 4, "backpack"), ...lost("carryall", 4)];
    await insert([...events, ...opened("carryall", 3), ...lost("rare", 2), ...then("rare", 2, "backpack")]);
    const steps = await createProposalStore(engines.clickhouse)(april, minVisitors);
    const urlOf = (path: string) => `/${path}`;
    expect(propose(steps, () => false, urlOf)).toEqual([
      {
        ...{ kind: "synonym", query: "rucksack", visitors: 6, helped: 4 },
        text: '4 of 6 visitors who found nothing for "rucksack" searched for "backpack" and clicked a result',
        body: { type: "one-way", keyword: "rucksack", expansions: ["backpack"] },
      },
      {
        ...{ kind: "redirect", query: "carryall", visitors: 4, helped: 3 },
        text: '3 of 4 visitors who found nothing for "carryall" opened the category gear/bags',
        body: { query: { match: "any", conditions: [{ operator: "is", value: "carryall" }] }, url: "/gear/bags" },
      },
    ]);
    expect(
      propose(
        steps,
        (query) => query === "rucksack",
        () => undefined,
      ),
    ).toEqual([]);
  });
});
