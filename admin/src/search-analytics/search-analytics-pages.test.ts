import { describe, expect, it } from "vitest";
import { choose, takeFromMenu } from "../testing/choose.ts";
import { press } from "../testing/connector-pages.ts";
import { useAdmin } from "../testing/use-admin.ts";

const visitors = ["a", "b", "c", "d"] as const;

const startMs = Date.now() - 3_600_000;
const at = (seconds: number) => new Date(startMs + seconds * 1_000).toISOString();
const search = (anonymousId: string, searchId: string, searchQuery: string, results: number, seconds = 0) => ({
  ...{ type: "searchResponseReceived", messageId: `m-${searchId}`, anonymousId, timestamp: at(seconds) },
  properties: { searchId, searchQuery, results },
});
const click = (anonymousId: string, searchId: string, sku: string, rank: number) => ({
  ...{ type: "searchProductClick", messageId: `c-${searchId}`, anonymousId, timestamp: at(30) },
  properties: { searchId, rank, items: [{ sku }] },
});

describe("search analytics", { timeout: 90_000 }, () => {
  const its = useAdmin(async ({ app, call }) => {
    const product = { price: "40.00", currency: "USD", categories: ["bags"] };
    await call("PUT", "/v1/catalog/categories", [{ path: "bags", name: "Bags" }]);
    await call("PUT", "/v1/catalog/products", [
      { ...product, sku: "pack", name: "Trail backpack" },
      { ...product, sku: "tote", name: "Canvas tote" },
    ]);
    await app.search.settled();
    await call("POST", "/v1/events", {
      events: [
        ...visitors.flatMap((visitor) => [
          search(visitor, `1${visitor}`, "rucksack", 0),
          search(visitor, `2${visitor}`, "backpack", 1, 20),
          click(visitor, `2${visitor}`, "pack", 2),
          search(visitor, `3${visitor}`, "vouchers", 0, 900),
          {
            ...{ type: "categoryView", messageId: `v-${visitor}`, anonymousId: visitor, timestamp: at(920) },
            properties: { categoryPath: "bags" },
          },
        ]),
        ...Array.from({ length: 40 }, (_, index) => search("collector", `many-${index}`, `query ${100 + index}`, 3)),
      ],
    });
    await app.settle();
    await call("POST", "/v1/relevance/sets", { key: "bags", name: "Bags", description: "" });
    // Two searches of shoppers, for the log of what was shown.
    await call("GET", "/v1/search?q=backpack&anonymousId=a");
    await call("GET", "/v1/search?q=tote&anonymousId=a");
    await app.settle();
  });

  it("tells our figures and Adobe's apart, for the chosen period", async () => {
    const page = await its.open("/search-analytics");
    const ours = page.getByRole("region", { name: "Every search" });
    await ours.getByText("52", { exact: true }).first().waitFor();
    await ours.getByText("Mean reciprocal rank").waitFor();
    await page.getByRole("region", { name: "As Adobe's report counts" }).getByText("Zero results rate").waitFor();
    await its.checkLayout(page);
    await choose(page, /Period/, "Days of your choice");
    await page.getByLabel("From day").fill("2020-01-01");
    await page.getByText(/^Choose both days/).waitFor();
    await page.getByLabel("To day").fill("2020-01-31");
    await page.getByText("No searches in this time").waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("lists queries page by page, finds one, and gives them as a file", async () => {
    const page = await its.open("/search-analytics?tab=queries");
    await page.getByRole("row", { name: /^backpack .* 4 4 0 100% 2/ }).waitFor();
    await its.checkLayout(page);
    await press(page, "Next");
    await page.getByText("18 on page 2").waitFor();
    const [file] = await Promise.all([page.waitForEvent("download"), press(page, "Export CSV")]);
    expect(file.suggestedFilename()).toBe("searches-top.csv");
    await page.getByLabel("Find a query").fill("rucks");
    await page.getByRole("rowheader", { name: "rucksack" }).waitFor();
    expect(await page.getByRole("rowheader").count()).toBe(1);
    await page.getByLabel("Find a query").fill("");
    await choose(page, /Which queries/, /Trending/);
    await page.getByText("No query is in this list").waitFor();
    await choose(page, /Which queries/, /Nothing found/);
    await page.getByRole("rowheader", { name: "vouchers" }).waitFor();
    expect(its.faults()).toEqual([]);
  });

  it("makes a draft of a proposal with one press", async () => {
    const page = await its.open("/search-analytics?tab=proposals");
    await page.getByText("“rucksack” also finds “backpack”").waitFor();
    await page.getByText("“vouchers” goes to /bags").waitFor();
    await its.checkLayout(page);
    await press(page, "Make a draft for “rucksack”");
    await page
      .getByRole("row", { name: /rucksack/ })
      .getByText("Synonym: Draft")
      .waitFor();
    const { items } = await its.admin.call("GET", "/v1/definitions/synonym?search=from-query-rucksack");
    expect(items).toMatchObject([{ status: "draft", name: "Synonym: rucksack" }]);
    expect(its.faults()).toEqual([]);
  });

  it("makes drafts of a query from the keyboard, and judges its products", async () => {
    const page = await its.open("/search-analytics?tab=queries");
    const menu = page.getByRole("button", { name: "Do something about “query 100”" });
    await menu.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Make a synonym" }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Words of the shop").fill("backpack, day pack");
    await dialog.getByRole("button", { name: "Make a draft" }).press("Enter");
    await page.getByText("Synonym: Draft").waitFor();
    const { items } = await its.admin.call("GET", "/v1/definitions/synonym?search=from-query-query-100");
    expect(items).toMatchObject([{ status: "draft", name: "Synonym: query 100" }]);
    const redirected = page.getByRole("button", { name: "Do something about “vouchers”" });
    await takeFromMenu(page, redirected, "Make a redirect");
    await page.getByRole("dialog").getByLabel("Address").fill("//elsewhere.example");
    await press(page, "Make a draft");
    await page
      .getByRole("dialog")
      .getByText(/must be a path of the shop/)
      .waitFor();
    await page.getByRole("dialog").getByLabel("Address").fill("/gifts");
    await press(page, "Make a draft");
    await page.getByText("Redirect: Draft").waitFor();
    await takeFromMenu(page, redirected, "Judge its products in Bags");
    await its.titled(page, "Bags");
    await page.getByRole("heading", { name: "Products for “vouchers”" }).waitFor();
  });

  it("makes a rule for the chosen store view, and opens it", async () => {
    const page = await its.open("/search-analytics?tab=queries&storeView=german&list=top");
    await page.getByText("No query is in this list").waitFor();
    await its.admin.call("POST", "/v1/events", {
      events: [{ ...search("e", "german", "zelt", 0, 1_000), context: { storeView: "german" } }],
    });
    await its.admin.app.settle();
    await its.open("/search-analytics?tab=queries&storeView=german");
    await takeFromMenu(page, page.getByRole("button", { name: "Do something about “zelt”" }), "Make a search rule");
    await its.titled(page, "Rule: zelt");
    const { items } = await its.admin.call("GET", "/v1/definitions/search-rule?search=from-query-zelt");
    expect(items).toMatchObject([{ status: "draft", scope: { storeViews: ["german"] } }]);
    expect(its.faults()).toEqual([]);
  });

  it("shows which products searches showed", async () => {
    const page = await its.open("/search-analytics?tab=products");
    await page.getByRole("link", { name: "Trail backpack" }).waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });
});
