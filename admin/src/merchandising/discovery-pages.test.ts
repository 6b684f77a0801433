import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { choose } from "../testing/choose.ts";
import { useAdmin } from "../testing/use-admin.ts";

describe("pages of words, facets, orders, categories and the search tester", () => {
  const its = useAdmin(async ({ app, call }) => {
    const product = { currency: "USD", categories: ["living"], inStock: true, qty: 20 };
    await call("PUT", "/v1/catalog/products", [
      { ...product, sku: "couch-1", name: "Corner couch", price: "900.00", brand: "Norda" },
      { ...product, sku: "couch-2", name: "Small couch", price: "400.00", brand: "Alpina" },
      { ...product, sku: "lamp-1", name: "Reading lamp", price: "40.00", brand: "Alpina" },
      { ...product, sku: "lamp-2", name: "Desk lamp", price: "30.00", brand: "Norda", inStock: false, qty: 0 },
    ]);
    await call("PUT", "/v1/catalog/categories", [{ path: "living", name: "Living room" }]);
    await app.search.settled();
    for (const [position, attribute] of ["brand", "price", "categories"].entries()) {
      const key = `facet-${attribute}`;
      await call("POST", "/v1/definitions/facet", {
        key,
        name: attribute,
        body: { attribute, pinned: true, position },
      });
      const { id } = await call("GET", `/v1/definitions/facet/${key}`);
      await call("POST", `/v1/definitions/facet/${String(id)}/publish`, {});
    }
  });

  const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
  const side = (page: Page) => page.getByRole("complementary");
  const publish = async (page: Page, name: string) => {
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByRole("button", { name: "Save draft" }).click();
    await its.titled(page, name);
    await press(page, "Publish…");
    await press(page, "Publish now");
    await page.getByText(`${name} is live`).first().waitFor();
  };

  it("adds synonyms a line each, live at once, and tells what it cannot read", async () => {
    const page = await its.open("/synonyms");
    await page.getByText("No synonyms yet").waitFor();
    await its.checkLayout(page);
    await press(page, "Add several");
    const lines = page.getByRole("textbox", { name: "Synonyms" });
    await lines.fill("sofa, couch\nlight => lamp\nalone");
    await page.getByText("Cannot read “alone”").waitFor();
    await lines.fill("sofa, couch\nlight => lamp");
    await press(page, "Add 2 synonyms");
    await page.getByText("2 synonyms added").first().waitFor();
    await page.getByRole("link", { name: "light => lamp" }).waitFor();
    const { total } = await its.admin.call("GET", "/v1/search?q=sofa");
    expect(total).toBe(2);
    expect(its.faults()).toEqual([]);
  });

  it("tries a synonym while it is written", async () => {
    const page = await its.open("/synonyms/new");
    await page.getByText("Type a search to see what comes.").waitFor();
    await page.getByLabel("Word", { exact: true }).fill("settee");
    await page.getByLabel("Means the same as").fill("couch");
    await side(page).getByText("2 products").waitFor();
    await its.checkLayout(page);
    await publish(page, "Settee");
    expect(its.faults()).toEqual([]);
  });

  it("tells what happens for a search before a redirect is live", async () => {
    const page = await its.open("/redirects/new");
    await page.getByLabel("Words of the search").fill("returns");
    await page.getByLabel("Address").fill("/returns");
    await side(page).getByText("Sent to /returns.").waitFor();
    await side(page).getByLabel("Search to look at").fill("couch");
    await side(page).getByText("Not sent anywhere: a list of 2 products.").waitFor();
    await page.getByLabel("Address").fill("//elsewhere");
    await side(page)
      .getByText(/must be a path of the shop/)
      .waitFor();
    await page.getByLabel("Address").fill("/returns");
    await its.checkLayout(page);
    await publish(page, "Returns");
    expect((await its.admin.call("GET", "/v1/search?q=returns"))["redirect"]).toEqual({ url: "/returns" });
  });

  it("puts pinned facets into another order by keyboard", async () => {
    const page = await its.open("/facets");
    await page.getByRole("link", { name: "brand", exact: true }).waitFor();
    await its.checkLayout(page);
    await press(page, "Order of pinned facets");
    await page.getByRole("button", { name: "Move categories, place 3" }).focus();
    await page.keyboard.press("ArrowUp");
    await page.getByRole("button", { name: "Move categories, place 2" }).waitFor();
    await page.keyboard.press("ArrowUp");
    await page.getByRole("button", { name: "Move categories, place 1" }).waitFor();
    await press(page, "Save the order");
    await page.getByText("3 facets changed their places").first().waitFor();
    const { facets } = (await its.admin.call("GET", "/v1/search?q=couch&facets=*")) as {
      facets: readonly { attribute: string }[];
    };
    expect(facets.slice(0, 3).map(({ attribute }) => attribute)).toEqual(["categories", "brand", "price"]);
    expect(its.faults()).toEqual([]);
  });

  it("makes steps of a price, and shows them before they are live", async () => {
    const page = await its.open("/facets");
    await page.getByRole("link", { name: "price", exact: true }).click();
    await its.titled(page, "price");
    await choose(page, /Numbers/, /Steps of one width/);
    await page.getByRole("textbox", { name: "Width of a step" }).fill("500");
    await page.keyboard.press("Tab");
    await side(page).getByLabel("Search to look at").fill("couch");
    await expect.poll(() => side(page).getByRole("listitem").count()).toBe(2);
    await its.checkLayout(page);
    await publish(page, "price");
  });

  it("shows a list in an order that is not saved yet", async () => {
    const page = await its.open("/sort-options/new");
    const products = side(page).getByRole("listitem");
    await expect.poll(() => products.first().innerText()).toMatch(/Desk lamp/);
    await choose(page, /Direction of attribute 1/, "High to low");
    await expect.poll(() => products.first().innerText()).toMatch(/Corner couch/);
    await page.getByLabel("Name for shoppers").fill("Dearest first");
    await page.getByLabel("Code").fill("dearest");
    await its.checkLayout(page);
    await publish(page, "Dearest");
    const { items } = (await its.admin.call("GET", "/v1/search?sort=dearest")) as { items: readonly { sku: string }[] };
    expect(items[0]?.sku).toBe("couch-1");
  });

  it("tries stop words and what is sold out", async () => {
    const page = await its.open("/search-settings/new");
    await page.getByRole("textbox", { name: "Stop words" }).fill("two words");
    await side(page)
      .getByText(/two words is not one word/)
      .waitFor();
    await page.getByRole("textbox", { name: "Stop words" }).fill("buy\ncheap");
    await page.getByText("Products that cannot be bought stand last").click();
    await expect.poll(() => side(page).getByRole("listitem").last().innerText()).toMatch(/Desk lamp/);
    await page.getByRole("textbox", { name: "Never suggested" }).fill("couch");
    await page.getByText("Variety: not everything of one brand on top").click();
    await its.checkLayout(page);
    await publish(page, "Everywhere");
    const { suggestions } = (await its.admin.call("GET", "/v1/suggest?q=cou")) as {
      suggestions: readonly { kind: string }[];
    };
    expect(suggestions.length).toBeGreaterThan(0);
  });

  it("counts the products of a dynamic category while its condition is written", async () => {
    const page = await its.open("/dynamic-categories/new");
    await page.getByText("Give it a path and a condition.").waitFor();
    await page.getByLabel("Name for shoppers").fill("Under 50");
    await page.getByLabel("Path").fill("sale/under-50");
    await page.getByRole("radio", { name: "JSON" }).click({ force: true });
    const where = {
      all: [{ attribute: { path: "product.final_price", op: "lt", value: { minor: 5000, currency: "USD" } } }],
    };
    await page.getByRole("textbox", { name: "Rule as JSON" }).fill(JSON.stringify(where));
    await side(page).getByText("2 products").waitFor();
    await page.getByRole("radio", { name: "Builder" }).click({ force: true });
    await its.checkLayout(page);
    await publish(page, "Under 50");
    expect((await its.admin.call("GET", "/v1/categories/sale/under-50/products"))["total"]).toBe(2);
  });

  it("explains each place of a search and of a category, and what the search was taken for", async () => {
    const page = await its.open("/search-tester");
    await page.getByText("Nothing searched yet").waitFor();
    await its.checkLayout(page);
    const query = page.getByRole("textbox", { name: "Search", exact: true });
    await query.fill("sofa corner");
    await page.keyboard.press("Enter");
    await page.getByText(/products? found$/).waitFor();
    await press(page, "Why Corner couch stands here");
    const words = page.getByRole("table", { name: "Words" });
    await words.getByText("couch", { exact: true }).waitFor();
    await words.getByText("synonym").waitFor();
    await its.checkLayout(page);

    await query.fill("returns");
    await page.keyboard.press("Enter");
    await page.getByText("Shoppers who search for this are sent to /returns.").waitFor();
    await page.getByText("With rules").click();
    await page.getByText("Shoppers who search for this are sent to /returns.").waitFor({ state: "detached" });
    await page.getByText("With rules").click();

    await query.fill("readnig lamp");
    await page.keyboard.press("Enter");
    await page.getByText(/“reading lamp”/).waitFor();

    await page.getByRole("radio", { name: "Category" }).click({ force: true });
    await page.getByRole("combobox", { name: "Category" }).fill("living");
    await page.keyboard.press("Escape");
    await press(page, "Show");
    await page.getByText("4 products found").waitFor();
    expect(page.url()).toContain("kind=category");
    expect(its.faults()).toEqual([]);
  });
});
