import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { choose, find, openOptions, takeFromMenu } from "../testing/choose.ts";
import { openTab, press } from "../testing/connector-pages.ts";
import { useAdmin } from "../testing/use-admin.ts";

const startMs = Date.now() - 3_600_000;
const at = (seconds: number) => new Date(startMs + seconds * 1_000).toISOString();

/** The menu gives the focus back when it has gone; what is typed before goes nowhere. */
async function addFilter(page: Page, side: Locator, filter: RegExp): Promise<void> {
  await takeFromMenu(page, side.getByRole("button", { name: /^Add an (in|ex)clusion$/ }), filter);
  await page.getByRole("menu").first().waitFor({ state: "detached" });
}

/** A number is read when its field is left. */
async function type(side: Locator, name: string, text: string): Promise<void> {
  const field = side.getByRole("textbox", { name, exact: true });
  await field.fill(text);
  await field.press("Tab");
}

describe("recommendation units", { timeout: 90_000 }, () => {
  let unitId = "";
  const its = useAdmin(async ({ app, call }) => {
    await call("PUT", "/v1/catalog/categories", [
      { path: "bags", name: "Bags" },
      { path: "tents", name: "Tents" },
    ]);
    const bag = { categories: ["bags"], currency: "USD" };
    await call("PUT", "/v1/catalog/products", [
      { ...bag, sku: "duffle", name: "Duffle bag", price: "40.00" },
      { ...bag, sku: "tote", name: "Canvas tote bag", price: "20.00" },
      { ...bag, sku: "pack", name: "Trail pack bag", price: "60.00" },
      { sku: "tent", name: "Family tent", price: "200.00", currency: "USD", categories: ["tents"] },
    ]);
    await app.search.settled();
    const body = { placement: "product.alike", priority: 1, audiences: [], label: "Alike", strategy: "more-like-this" };
    const unit = await call("POST", "/v1/definitions/unit", { key: "alike", name: "Alike", body });
    await call("POST", "/v1/definitions/unit/alike/publish", {});
    unitId = String(unit["id"]);
    const event = (type: string, seconds: number, decisionId: string, more: object = {}) => ({
      ...{ type, messageId: `${type}-${decisionId}-${seconds}`, anonymousId: "shopper", timestamp: at(seconds) },
      context: { sessionId: "s-1" },
      properties: { unitId, decisionId, ...more },
    });
    const items = [{ sku: "tote", qty: 1, unitPrice: { minor: 2000, currency: "USD" } }];
    await call("POST", "/v1/events", {
      events: [
        event("recsUnitRender", 1, "d-1"),
        event("recsUnitView", 2, "d-1"),
        event("recsItemClick", 3, "d-1", { items: [{ sku: "tote" }] }),
        event("recsItemAddToCartClick", 4, "d-1", { items: [{ sku: "tote" }] }),
        event("recsUnitRender", 5, "d-2"),
        {
          ...event("completeCheckout", 6, "order"),
          properties: { orderId: "o-1", orderTotal: { minor: 2000, currency: "USD" }, items },
        },
      ],
    });
    await app.settle();
  });

  it("makes a unit with every kind of filter, previews it as it is edited, and saves it", async () => {
    const page = await its.open("/units/new");
    await page.getByRole("textbox", { name: "Name" }).fill("Cheaper bags");
    await choose(page, /Strategy/, /More like this/);
    await page.getByText("Choose a product: this strategy starts from one.").waitFor();
    await choose(page, /Kind of page/, "Product page");
    const only = page.getByRole("region", { name: "Only products that" });
    await addFilter(page, only, /are in a category/);
    const field = only.getByRole("combobox", { name: "Add a category" });
    await openOptions(page, field);
    await find(page, field, "bags", /bags/i);
    await addFilter(page, only, /cost a price/);
    await type(only, "From", "10");
    await type(only, "To", "70");
    await addFilter(page, only, /cost like the product/);
    await type(only, "Amount", "-1");
    const never = page.getByRole("region", { name: "Never products that" });
    await addFilter(page, never, /short in stock/);
    await type(never, "Or so many left, and fewer", "2");
    await addFilter(page, never, /are of a type/);
    await never.getByRole("switch", { name: "Filter in use: are of a type" }).press("Space");

    const side = page.getByRole("region", { name: "Preview with real products" });
    const product = side.getByRole("combobox", { name: "Product" });
    await openOptions(page, product);
    await find(page, product, "duffle", /Duffle/);
    await side.getByRole("link", { name: "Canvas tote bag" }).waitFor();
    expect(await side.getByRole("link", { name: "Trail pack bag" }).count()).toBe(0);
    await its.checkLayout(page);
    await side.getByRole("button", { name: "Why?" }).first().press("Enter");
    await side.getByText("Proposed by: More like this").waitFor();
    await side.getByRole("button", { name: /^Left out/ }).press("Enter");
    await side
      .getByText(/Outside the unit's inclusion by currentPrice/)
      .first()
      .waitFor();
    await page.getByRole("region", { name: "Readiness" }).getByText("Coverage", { exact: true }).waitFor();

    await press(page, "Save draft");
    await its.titled(page, "Cheaper bags");
    const { body } = await its.admin.call("GET", "/v1/definitions/unit/cheaper-bags");
    expect(body).toMatchObject({
      pageType: "Product",
      filters: {
        inclusions: [
          { by: "category", paths: ["bags"] },
          { by: "price", minMinor: 1000, maxMinor: 7000 },
          { by: "currentPrice", operator: "atMost", offsetMinor: -100 },
        ],
        exclusions: [
          { by: "stock", outOfStock: true, atMostQty: 2 },
          { by: "type", isEnabled: false },
        ],
      },
    });
    expect(its.faults()).toEqual([]);
  });

  it("says which filter is wrong beside it, and saves once it is right", async () => {
    const page = await its.open("/units/new");
    await page.getByRole("textbox", { name: "Name" }).fill("Empty filter");
    await addFilter(page, page.getByRole("region", { name: "Never products that" }), /are in a category/);
    await press(page, "Save draft");
    await page.getByRole("listitem").getByText("name a path, or set sameAsPage").last().waitFor();
    await page.getByText("Also the category of the page").click();
    await press(page, "Save draft");
    await its.titled(page, "Empty filter");
  });

  it("shows how ready a live unit is, and what is missing", async () => {
    const page = await its.open(`/units/${unitId}?tab=readiness`);
    const panel = page.getByRole("tabpanel", { name: "Readiness" });
    await panel.getByText("Variety", { exact: true }).waitFor();
    await panel.getByText(/of 4 pages get fewer than 5 products/).waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("reports a unit in our figures and Adobe's, for a time and an attribution, and as a file", async () => {
    const page = await its.open(`/units/${unitId}?tab=report`);
    const ours = page.getByRole("region", { name: "Clientele's figures" });
    // Two clicks on two renderings are a rate of 100 %; one rendering of two was clicked.
    await ours.getByText("100%", { exact: true }).first().waitFor();
    await ours.getByText("$20.00").first().waitFor();
    const adobe = page.getByRole("region", { name: "Adobe's figures" });
    await adobe.getByText("50%", { exact: true }).first().waitFor();
    await its.checkLayout(page);
    const [file] = await Promise.all([page.waitForEvent("download"), press(page, "Export CSV")]);
    expect(file.suggestedFilename()).toBe("recommendation-units.csv");
    await choose(page, /Period/, "Days of your choice");
    await page.getByLabel("From day").fill("2020-01-01");
    await page.getByLabel("To day").fill("2020-01-31");
    await page.getByText("This unit was not shown in this time.").waitFor();
    await openTab(page, "Edit");
    expect(its.faults()).toEqual([]);
  });

  it("reports all units on one page", async () => {
    const page = await its.open("/recommendation-report?period=30d");
    await page.getByRole("rowheader", { name: "Alike" }).waitFor();
    await its.checkLayout(page);
    await page.getByRole("link", { name: "Alike" }).click();
    await its.titled(page, "Alike");
    expect(its.faults()).toEqual([]);
  });
});
