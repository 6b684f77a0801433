import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { choose, find, openOptions, takeFromMenu } from "../testing/choose.ts";
import { openTab, press } from "../testing/connector-pages.ts";
import { useAdmin } from "../testing/use-admin.ts";

const is = (path: string, op: string, value: unknown) => ({ attribute: { path, op, value } });

/** Takes a product in a field that holds several. */
async function addProduct(page: Page, side: Locator, field: string, sku: string, name: RegExp): Promise<void> {
  const box = side.getByRole("combobox", { name: field });
  await openOptions(page, box);
  await find(page, box, sku, name);
  await side.getByRole("row", { name: sku }).waitFor();
}

describe("related products", { timeout: 90_000 }, () => {
  const its = useAdmin(async ({ app, call }) => {
    await call("PUT", "/v1/catalog/categories", [{ path: "bags", name: "Bags" }]);
    const bag = { categories: ["bags"], currency: "USD" };
    await call("PUT", "/v1/catalog/products", [
      { ...bag, sku: "duffle", name: "Duffle bag", price: "40.00", brand: "Acme", related: ["cover"] },
      { ...bag, sku: "tote", name: "Canvas tote", price: "20.00", brand: "Acme" },
      { ...bag, sku: "pack", name: "Trail pack", price: "60.00", brand: "Acme" },
      { ...bag, sku: "sling", name: "City sling", price: "30.00", brand: "Other" },
      { sku: "cover", name: "Rain cover", price: "9.00", currency: "USD", categories: ["bags"], brand: "Third" },
    ]);
    await app.search.settled();
    const body = {
      ...{ applyTo: "related", priority: 2, audiences: [] },
      match: is("product.brand", "eq", "Acme"),
      display: is("product.brand", "eq", "Other"),
    };
    await call("POST", "/v1/definitions/related-product-rule", { key: "others", name: "Other brands", body });
    await call("POST", "/v1/definitions/related-product-rule/others/publish", {});
    const [matched, first] = [is("product.brand", "eq", "Nobody"), body.display];
    const unused = { ...body, priority: 1, match: matched, display: first };
    await call("POST", "/v1/definitions/related-product-rule", { key: "unused", name: "For nothing", body: unused });
    await call("POST", "/v1/definitions/related-product-rule/unused/publish", {});
  });

  it("makes a rule that compares with the matched product, and tries it while it is edited", async () => {
    const page = await its.open("/related-rules/new");
    await page.getByRole("textbox", { name: "Name" }).fill("Same brand, cheaper");
    const trial = page.getByRole("region", { name: "Try the rule" });
    await trial.getByText("It is for 5 products.").waitFor();
    const display = page.getByRole("region", { name: "Products to display" });
    for (const preset of [/The same brand/, /Costs at most as much/])
      await takeFromMenu(page, display.getByRole("button", { name: "Compare with the matched product" }), preset);
    await page.getByRole("menu").first().waitFor({ state: "detached" });
    await addProduct(page, trial, "Add a product to try", "duffle", /Duffle/);
    const beside = trial.getByRole("region", { name: "Beside duffle" });
    await beside.getByRole("link", { name: "Canvas tote" }).waitFor();
    expect(await beside.getByRole("link").count()).toBe(1);
    await display.getByText(/Where Product: brand is that of Matched product: brand and/).waitFor();
    await its.checkLayout(page);
    await press(page, "Save draft");
    await its.titled(page, "Same brand, cheaper");
    const { body } = await its.admin.call("GET", "/v1/definitions/related-product-rule/same-brand-cheaper");
    expect(body).toMatchObject({
      display: {
        all: [
          is("product.brand", "eq", { ref: "matched.brand" }),
          is("product.final_price", "lte", { ref: "matched.final_price" }),
        ],
      },
    });
    expect(its.faults()).toEqual([]);
  });

  it("sets a list up, and previews it for a product: links, rules, and why", async () => {
    const page = await its.open("/related-lists/new");
    await page.getByRole("textbox", { name: "Name" }).fill("Beside products");
    await choose(page, /Order of what rules give/, /By priority, shuffled/);
    const preview = page.getByRole("region", { name: "Preview the list" });
    await preview.getByText("Choose a product to see its list.").waitFor();
    await addProduct(page, preview, "Add a product", "duffle", /Duffle/);
    await preview.getByRole("link", { name: "Rain cover" }).waitFor();
    await preview.getByText("Rule: Other brands").waitFor();
    const rules = preview.getByRole("region", { name: "Rules (candidates: 1)" });
    await rules.getByText("Not for it").waitFor();
    await rules.getByText("It matches Duffle bag").waitFor();
    await preview.getByRole("button", { name: "Why?" }).press("Enter");
    await preview.getByText("The rule is for duffle:").waitFor();
    await its.checkLayout(page);
    await press(page, "Save draft");
    await its.titled(page, "Beside products");
    expect(its.faults()).toEqual([]);
  });

  it("lists rules and lists, and says when there is nothing to report", async () => {
    const page = await its.open("/related-rules");
    await page.getByRole("link", { name: "Other brands" }).waitFor();
    await its.checkLayout(page);
    await page.getByRole("link", { name: "Other brands" }).click();
    await its.titled(page, "Other brands");
    await openTab(page, "Report");
    await page.getByText("Nothing was shown in this time").waitFor();
    await its.checkLayout(page);
    await its.visit("/related-lists", "Related product lists");
    await page.getByRole("link", { name: "Beside products" }).waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("reports what rules and links came to", async () => {
    const { items, decisionId, unitId } = await its.admin.call("POST", "/v1/related-products", {
      ...{ list: "related", items: ["duffle"], identity: { anonymousId: "shopper" } },
    });
    expect(items).toMatchObject([{ sku: "cover" }, { sku: "sling" }]);
    await its.admin.call("POST", "/v1/events", {
      events: [
        {
          ...{ type: "recsItemClick", messageId: "click", anonymousId: "shopper", context: { sessionId: "s" } },
          properties: { unitId, decisionId, items: [{ sku: "sling" }] },
        },
      ],
    });
    await its.admin.app.settle();
    const page = await its.open("/related-rules");
    await page.getByRole("link", { name: "Other brands" }).click();
    await openTab(page, "Report");
    await page.getByRole("row", { name: "Other brands 1 1 1 100% 0 –" }).waitFor();
    await page.getByRole("row", { name: /^Links that people set 1 1 0/ }).waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });
});
