// Adobe's published storefront drop-ins, unchanged, in a browser against the running product.
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fillDiscoveryShop } from "../../testing/adobe/discovery-shop.ts";
import { type DropinSite, startDropinSite } from "../../testing/adobe/dropin-site.ts";
import { launchBrowser } from "../../testing/browser.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
let site: DropinSite;
let browser: Browser;
let page: Page;
const failures: string[] = [];

// biome-ignore lint/suspicious/noExplicitAny: what the page put there
declare const window: any;

beforeAll(async () => {
  app = await startTestApp();
  await fillDiscoveryShop(app);
  await app.server.listen({ host: "127.0.0.1", port: 0 });
  site = await startDropinSite(`http://127.0.0.1:${(app.server.server.address() as AddressInfo).port}/graphql`);
  browser = await launchBrowser();
}, 120_000);
beforeEach(async () => {
  page = await browser.newPage();
  page.on("pageerror", (error) => failures.push(error.message));
  page.on("console", (message) => {
    // Pictures of the shop do not exist.
    if (message.type() === "error" && !message.text().includes("Failed to load resource"))
      failures.push(message.text());
  });
  await page.goto(site.origin);
  await page.waitForFunction(() => "shop" in window);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await app?.close();
});

const search = (variables: object | null, options: object = {}) =>
  page.evaluate(([given, more]) => window.shop.search(given, more), [variables, options] as const);
const soon = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 15_000, interval: 50 });
const titles = (place: string) => page.locator(`#${place} .dropin-product-item-card__title`).allInnerTexts();
const box = (name: RegExp) => page.locator("#facets").getByRole("checkbox", { name });
/** The facets are no longer drawn: a choice made between an answer and its drawing would be forgotten by the drop-in. */
const isStill = async (): Promise<void> => {
  let before = "";
  await expect
    .poll(
      async () => {
        const now = await page.locator("#facets").innerHTML();
        const isSame = now === before;
        before = now;
        return isSame;
      },
      { timeout: 15_000, interval: 400 },
    )
    .toBe(true);
};
/**
 * By the element itself: a click at a place may meet the neighbour, since boxes are drawn anew with each answer. One that was just being
 * replaced takes no click; it is then made again.
 */
const tick = async (name: RegExp): Promise<void> => {
  await isStill();
  for (let left = 5; left > 0; left -= 1) {
    await box(name).dispatchEvent("click");
    const isTicked = await expect
      .poll(() => box(name).isChecked(), { timeout: 5_000, interval: 50 })
      .toBe(true)
      .then(
        () => true,
        () => false,
      );
    if (isTicked) return;
  }
  throw new Error(`${name} cannot be ticked`);
};
const rangeOf = (title: string) => page.locator("#facets").getByTestId(`${title}-radio`);
const shows = (place: string, count: number) => soon(async () => (await titles(place)).length).toBe(count);

afterEach(async () => {
  await page.close();
  expect(failures.splice(0)).toEqual([]);
});

// The drop-in keeps the filter of the last answer that it has drawn: on a busy machine it forgets a choice now and then.
describe("the search drop-in", { retry: 2 }, () => {
  it("finds by text and shows prices from and to", async () => {
    await search({ phrase: "pants", pageSize: 12 });
    await shows("results", 6);
    const first = page.locator("#results .dropin-product-item-card").first();
    expect(await first.innerText()).toContain("Aero Yoga Pants");
    expect((await first.innerText()).replace(/\s+/g, " ")).toContain("From $39.00 to $59.00");
    expect(await first.locator("a").first().getAttribute("href")).toBe("/products/aero-yoga-pants");
  });

  it("strikes through the regular price of what is reduced", async () => {
    await search({ phrase: "backpack", pageSize: 12 });
    await shows("results", 6);
    const reduced = page.locator("#results .dropin-product-item-card", { hasText: "Aero Backpack" });
    expect(await reduced.locator(".special-price-crossed").innerText()).toContain("$49.00");
    expect(await reduced.locator(".regular-price-normal").innerText()).toContain("$42.50");
  });

  it("says that nothing was found", async () => {
    await search({ phrase: "zzqqxx", pageSize: 12 });
    await soon(() => page.locator("#results").innerText()).toContain("Your search returned no results.");
  });

  it("keeps a clicked facet selected with its choices, adds a second one, and clears them all", async () => {
    await search({ phrase: "pants", pageSize: 12 });
    await shows("results", 6);
    await tick(/^Green/);
    await shows("results", 2);
    await soon(() => box(/^Green/).isChecked()).toBe(true);
    // A facet counts without its own choice.
    expect(await box(/^Red \(2\)/).count()).toBe(1);
    await tick(/^Red/);
    await shows("results", 4);
    await tick(/^Not Eco Collection/);
    await soon(() => titles("results")).toEqual(["Boreal Yoga Pants", "Falcon Yoga Pants"]);
    expect(await box(/^Not Eco Collection/).isChecked()).toBe(true);
    await page.getByRole("button", { name: "Clear all filters" }).click();
    await shows("results", 6);
    expect(await box(/^Green/).isChecked()).toBe(false);
  });

  it("narrows by a price range, marks it, and takes it back", async () => {
    await search({ phrase: "pants", pageSize: 12 });
    await shows("results", 6);
    await rangeOf("50.0-60.0").click({ force: true });
    await soon(() => titles("results")).toEqual(["Boreal Yoga Pants"]);
    await soon(() => rangeOf("50.0-60.0").isChecked()).toBe(true);
    await page.getByTestId("50.0-60.0-selected-btn").click();
    await shows("results", 6);
  });

  it("goes into a category by its facet", async () => {
    await search({ phrase: "", pageSize: 30 });
    await shows("results", 30);
    await tick(/^women \(/);
    await shows("results", 18);
    await tick(/^women\/tops \(/);
    await soon(() => box(/^women\/tops \(/).isChecked()).toBe(true);
  });

  it("sorts by every entry of its menu, codes with an underscore included", async () => {
    await search({ phrase: "pants", pageSize: 12 });
    await shows("results", 6);
    const menu = page.locator("#sort select");
    await menu.selectOption("price_DESC");
    await soon(async () => (await titles("results"))[0]).toBe("Falcon Yoga Pants");
    await menu.selectOption("price_ASC");
    await soon(async () => (await titles("results"))[0]).toBe("Aero Yoga Pants");
    // The menu sends names in one direction only.
    await menu.selectOption("name_DESC");
    await soon(async () => (await titles("results"))[0]).toBe("Falcon Yoga Pants");
    await menu.selectOption("activity_level_DESC");
    // Level 3 first: the third and the sixth.
    await soon(async () => (await titles("results")).slice(0, 2)).toEqual(["Cosmo Yoga Pants", "Falcon Yoga Pants"]);
    await menu.selectOption("relevance_DESC");
    await shows("results", 6);
  });

  it("sorts a category by position, and hides the facet of categories there", async () => {
    const filter = [
      { attribute: "categoryPath", eq: "women/bottoms" },
      { attribute: "visibility", in: ["Search", "Catalog, Search"] },
    ];
    await search({ phrase: "", pageSize: 12, filter, sort: [{ attribute: "position", direction: "DESC" }] });
    await shows("results", 12);
    expect(await page.locator("#facets").innerText()).not.toContain("Categories");
    expect(await page.locator("#sort option").allInnerTexts()).toContain("Position");
  });

  it("turns pages", async () => {
    await search({ phrase: "", pageSize: 12 });
    await shows("results", 12);
    const before = await titles("results");
    await page.locator("#pages").getByRole("button", { name: "3" }).click();
    await shows("results", 6);
    for (const title of await titles("results")) expect(before).not.toContain(title);
  });

  it("answers the popover apart from the page", async () => {
    await search({ phrase: "pants", pageSize: 12 });
    await shows("results", 6);
    await search({ phrase: "back", pageSize: 4 }, { scope: "popover" });
    await shows("popover", 4);
    expect((await titles("popover")).every((title) => title.endsWith("Backpack"))).toBe(true);
    await shows("results", 6);
  });
});

describe("the recommendations drop-in", () => {
  const show = (options: object) => page.evaluate((given) => window.shop.showUnit(given), options);
  const cards = () => page.getByTestId("recommendations-product-item-card");

  it("shows a unit with its heading, and reports what was seen with the unit's id", async () => {
    await show({ recId: "unit-most-viewed", currentSku: "" });
    await soon(() => cards().count()).toBe(5);
    expect(await page.getByTestId("default-product-list-heading").innerText()).toBe("Most viewed");
    const events = await page.evaluate(() =>
      window.adobeDataLayer
        .filter((each: unknown) => typeof each === "object")
        .map((each: object) => JSON.stringify(each)),
    );
    expect(events.join()).toContain("unit-most-viewed");
  });

  it("starts from the product of the page and its price, and leaves that product out", async () => {
    await show({ recId: "unit-mlt", currentProduct: { sku: "RIG-006", price: 39 } });
    await soon(() => page.getByTestId("default-product-list-heading").innerText()).toBe("More like this");
    await soon(() => cards().count()).toBeGreaterThan(0);
    expect(await page.locator("#unit").innerText()).not.toContain("Aero Yoga Pants");
  });

  it("shows what the page remembers as viewed", async () => {
    const history = ["RIG-001", "RIG-013"].map((sku, at) => ({
      sku,
      date: new Date(Date.now() - 1_000 * at).toISOString(),
    }));
    await show({ recId: "unit-recent", userViewHistory: history });
    await soon(() => cards().count()).toBe(2);
    expect(await cards().first().innerText()).toContain("Boreal Backpack");
  });

  it("shows nothing for a unit that does not exist, and the page lives", async () => {
    await show({ recId: "no-such-unit" });
    await soon(() => failures.join()).toContain("no live recommendation unit");
    failures.splice(0);
    expect(await cards().count()).toBe(0);
  });
});
