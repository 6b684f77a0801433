// React InstantSearch with its own client and search-insights, unchanged, in a browser against the running product.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { launchBrowser } from "../../testing/browser.ts";
import { type InstantShop, startInstantShop } from "../../testing/instantsearch/shop.ts";
import { type StorePage, startStorePage } from "../../testing/instantsearch/store-page.ts";

let shop: InstantShop;
let site: StorePage;
let browser: Browser;
beforeAll(async () => {
  [shop, site, browser] = await Promise.all([startInstantShop(), startStorePage(), launchBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await shop?.app.close();
});

const open: Page[] = [];
let faults: string[] = [];
afterEach(async () => {
  for (const page of open.splice(0)) await page.context().close();
  expect(faults).toEqual([]);
});

async function openShop(): Promise<Page> {
  faults = [];
  const page = await (await browser.newContext()).newPage();
  open.push(page);
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("response", async (response) => {
    if (response.status() < 400) return;
    faults.push(`${response.url()} ${response.request().postData()} -> ${await response.text()}`);
  });
  await page.goto(site.urlFor({ host: shop.host, port: shop.port, key: demoCredentials.writeKey }));
  await page.locator("article").first().waitFor();
  return page;
}

const stats = (page: Page) => page.locator(".ais-Stats-text").innerText();
const untilStats = (page: Page, count: number) =>
  page.locator(".ais-Stats-text", { hasText: new RegExp(`^${count} result`) }).waitFor({ timeout: 5_000 });
const prices = async (page: Page) => (await page.locator("article b").allInnerTexts()).map(Number);
const choices = (page: Page, section: string, kind = "RefinementList") =>
  page
    .locator(`#${section} .ais-${kind}-item`)
    .evaluateAll((items) =>
      items.map((item) =>
        [...item.querySelectorAll("[class$=labelText],.ais-HierarchicalMenu-label,[class$=count]")]
          .map((each) => each.textContent)
          .join(" "),
      ),
    );

describe("React InstantSearch", () => {
  it("searches as the shopper types, and marks what matched", async () => {
    const page = await openShop();
    expect(await stats(page)).toMatch(/^48 results/);
    await page.getByPlaceholder("Search").fill("proteus jac");
    await page.locator("article h2 mark", { hasText: "Proteus" }).first().waitFor();
    expect(await page.locator("article h2").first().innerHTML()).toContain(
      '<mark class="ais-Highlight-highlighted">Jac</mark>',
    );
    expect(await page.locator("article p").first().innerText()).toBe("A warm thing for…");
  });

  it("refines by several values, counts the others, and clears", async () => {
    const page = await openShop();
    expect(await choices(page, "brand")).toEqual(["Luma 16", "Orbit & Co 16", "Typhon 16"]);
    await page.locator("#brand").getByText("Orbit & Co").click();
    await untilStats(page, 16);
    expect(await choices(page, "brand")).toEqual(["Orbit & Co 16", "Luma 16", "Typhon 16"]);
    await page.locator("#brand").getByText("Typhon").click();
    await untilStats(page, 32);
    expect(await choices(page, "dynamic")).toEqual(["Green 16", "Red 16"]);
    await page.getByRole("button", { name: "Clear refinements" }).click();
    await untilStats(page, 48);
  });

  it("narrows a category tree level by level, and widens it again", async () => {
    const page = await openShop();
    const tree = () => choices(page, "tree", "HierarchicalMenu");
    const choose = (name: string) =>
      page.locator("#tree .ais-HierarchicalMenu-label", { hasText: new RegExp(`^${name}$`) }).click();
    expect(await tree()).toEqual(["Gear 8", "Men 16", "Women 24"]);
    await choose("Women");
    await untilStats(page, 24);
    await choose("Tops");
    await choose("Tees");
    await untilStats(page, 8);
    expect(await page.locator("#tree .ais-HierarchicalMenu-item--selected").count()).toBe(3);
    expect(await page.locator("#tree .ais-HierarchicalMenu-label").allInnerTexts()).toEqual([
      "Gear",
      "Men",
      "Women",
      "Tops",
      "Jackets",
      "Tees",
    ]);
    await choose("Women");
    await untilStats(page, 48);
  });

  it("sorts by another index, both ways", async () => {
    const page = await openShop();
    await page.locator("select.ais-SortBy-select").selectOption("products_price_asc");
    await page.locator("article b", { hasText: /^10.5$/ }).waitFor();
    expect(await prices(page)).toEqual([10.5, 15.5, 20.5, 25.5, 30.5, 35.5, 40.5, 45.5]);
    await page.locator("select.ais-SortBy-select").selectOption("products_price_desc");
    await page.locator("article b", { hasText: /^245.5$/ }).waitFor();
    expect((await prices(page)).slice(0, 3)).toEqual([245.5, 240.5, 235.5]);
  });

  it("shows the bounds of a price and takes narrower ones", async () => {
    const page = await openShop();
    const box = (kind: "min" | "max") => page.locator(`#price .ais-RangeInput-input--${kind}`);
    expect([await box("min").getAttribute("placeholder"), await box("max").getAttribute("placeholder")]).toEqual([
      "10",
      "246",
    ]);
    await box("min").fill("20");
    await box("max").fill("41");
    await page.locator("#price button").click();
    await untilStats(page, 5);
    expect((await prices(page)).sort((a, b) => a - b)).toEqual([20.5, 25.5, 30.5, 35.5, 40.5]);
  });

  it("turns pages without repeating a product", async () => {
    const page = await openShop();
    const skus = () => page.locator("article").evaluateAll((all) => all.map((each) => each.getAttribute("data-sku")));
    const first = await skus();
    await page.locator(".ais-Pagination-link", { hasText: /^6$/ }).click();
    await page.locator(".ais-Pagination-item--selected", { hasText: "6" }).waitFor();
    await page.locator(`article[data-sku="${first[0]}"]`).waitFor({ state: "detached" });
    expect((await skus()).filter((sku) => first.includes(sku))).toEqual([]);
    expect(await page.locator("article").count()).toBe(8);
  });

  it("searches the values of a facet, and filters by a switch", async () => {
    const page = await openShop();
    await page.locator("#brand input[type=search]").fill("co");
    await page.locator("#brand .ais-RefinementList-item", { hasText: "Luma" }).waitFor({ state: "detached" });
    expect(await page.locator("#brand mark").allInnerTexts()).toEqual(["Co"]);
    await page.locator("#stock label").click();
    await untilStats(page, 38);
  });

  it("shows what is recommended", async () => {
    const page = await openShop();
    await page.locator("#trending i").first().waitFor();
    expect(new Set(await page.locator("#trending i").allInnerTexts()).size).toBe(3);
  });

  it("tells which results were seen, clicked and added, and of which search", async () => {
    const page = await openShop();
    await page.getByPlaceholder("Search").fill("olivia bag");
    await page.locator("article h2 mark", { hasText: "Olivia" }).first().waitFor();
    const sku = await page.locator("article").first().getAttribute("data-sku");
    const token = (await page.context().cookies()).find(({ name }) => name === "_ALGOLIA")?.value ?? "";
    await page.locator("article").first().click();
    await page.locator("article button").first().click();
    const stored = await untilStored(token, ["searchResultsView", "searchProductClick", "addToCart"]);
    const click = stored.find(({ type }) => type === "searchProductClick");
    const added = stored.find(({ type }) => type === "addToCart");
    expect(click?.properties).toMatchObject({ items: [{ sku, rank: 1 }] });
    expect(added?.properties).toMatchObject({
      searchId: click?.properties["searchId"],
      items: [{ sku, qty: 2, unitPrice: { currency: "USD" } }],
      currency: "USD",
    });
    await shop.app.measurement.flushExposures();
    const [exposure] = await shop.app.engines.clickhouse.query<{ skus: string[]; identity_key: string }>(
      "select skus, identity_key from exposures where decision_id = {id: String}",
      { id: String(click?.properties["searchId"]) },
    );
    expect(exposure).toMatchObject({ identity_key: `anonymous_id:${token}` });
    expect(exposure?.skus[0]).toBe(sku);
  });
});

type Stored = { readonly type: string; readonly properties: Record<string, unknown> };

async function untilStored(token: string, types: readonly string[]): Promise<readonly Stored[]> {
  const limit = Date.now() + 10_000;
  for (;;) {
    await shop.app.settle();
    const rows = await shop.app.engines.clickhouse.query<{ type: string; properties: string }>(
      "select event_type as type, properties from events where has(identifiers, {id: String})",
      { id: `anonymous_id:${token}` },
    );
    const stored = rows.map(({ type, properties }) => ({ type, properties: JSON.parse(properties) }));
    if (types.every((type) => stored.some((each) => each.type === type))) return stored;
    if (Date.now() > limit) throw new Error(`only ${stored.map(({ type }) => type).join(", ")} arrived`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
