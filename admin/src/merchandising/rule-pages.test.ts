import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { choose } from "../testing/choose.ts";
import { useAdmin } from "../testing/use-admin.ts";

const names = ["Two person tent", "Family tent", "Tent pegs", "Tunnel tent", "Repair kit for a tent", "Dome tent"];

describe("pages of search and category rules", () => {
  const its = useAdmin(async ({ app, call }) => {
    const products = names.map((name, index) => ({
      ...{ sku: `tent-${index}`, name, currency: "USD", categories: ["camping"] },
      ...{ price: `${80 + 10 * index}.00`, cost: "40", brand: index % 2 === 0 ? "Norda" : "Alpina" },
      ...(index === 3 ? { qty: 0, inStock: false } : { qty: index === 4 ? 2 : 40, inStock: true }),
    }));
    await call("PUT", "/v1/catalog/products", products);
    await call("PUT", "/v1/catalog/categories", [{ path: "camping", name: "Camping" }]);
    await app.search.settled();
    const body = {
      query: { match: "any", conditions: [{ operator: "contains", value: "tent" }] },
      events: [{ action: "boost", sku: "tent-4" }],
    };
    await call("POST", "/v1/definitions/search-rule", { key: "spring", name: "Spring sale", body });
    const { id } = await call("GET", "/v1/definitions/search-rule/spring");
    await call("POST", `/v1/definitions/search-rule/${String(id)}/publish`, {});
  });

  const cards = (page: Page) => page.getByRole("list", { name: "Products" });
  /** Empty while the server has not answered to the last change. */
  const order = async (page: Page): Promise<readonly string[]> =>
    (await cards(page).getAttribute("aria-busy")) === "true" ? [] : cards(page).getByRole("link").allInnerTexts();
  const boosted = (page: Page) => page.getByText("Boosted × 4", { exact: true }).count();
  const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
  /** The list as the server made it. */
  const settled = (page: Page) => expect.poll(() => page.getByText(/^\d+ products?$/).count()).toBe(1);
  const publish = async (page: Page, name: string) => {
    await page.getByRole("button", { name: "Save draft" }).click();
    await its.titled(page, name);
    await press(page, "Publish…");
    await press(page, "Publish now");
    await page.getByText(`${name} is live`).first().waitFor();
  };
  const firstOf = async (path: string) => {
    const { items } = (await its.admin.call("GET", path)) as { items: readonly { name: string }[] };
    return items.map(({ name }) => name);
  };

  it("lists rules, and begins one without looking at anything that is not typed yet", async () => {
    const page = await its.open("/search-rules");
    await page.getByRole("link", { name: "Spring sale" }).waitFor();
    await its.checkLayout(page);
    await page.getByRole("link", { name: "New search rule" }).click();
    await its.titled(page, "New search rule");
    await page.getByText("Out of stock").first().waitFor();
    await page.getByText("Only 2 left").waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("arranges the answer to a search by keyboard and pointer, takes steps back, and makes it live", async () => {
    const page = await its.open("/search-rules/new");
    await page.getByLabel("Name", { exact: true }).fill("Tents");
    await page.getByLabel("Words of the search").fill("tent");
    await expect.poll(async () => (await order(page))[0]).toBe("Repair kit for a tent");
    await page.getByText("Boosted × 4 by Spring sale").waitFor();

    // By keyboard: each arrow key pins the product one place further up, and stays with it.
    const places = await order(page);
    await page.getByRole("button", { name: `Move Dome tent, place ${places.indexOf("Dome tent") + 1}` }).focus();
    for (let at = places.indexOf("Dome tent"); at >= 1; at -= 1) {
      await page.keyboard.press("ArrowUp");
      await page.getByRole("button", { name: `Move Dome tent, place ${at}` }).waitFor();
    }
    await expect.poll(async () => (await order(page))[0]).toBe("Dome tent");
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
      .toBe("Move Dome tent, place 1");

    // By pointer: a card is dropped on another one's place.
    const card = (text: string | RegExp) => cards(page).getByRole("listitem").filter({ hasText: text });
    await card("Family tent").getByRole("button", { name: /^Move/ }).dragTo(card("⠿ Place 2"));
    await expect.poll(async () => (await order(page)).slice(0, 2)).toEqual(["Dome tent", "Family tent"]);
    await press(page, "Hide Tent pegs");
    await expect.poll(() => order(page)).toHaveLength(names.length - 1);
    expect(await order(page)).not.toContain("Tent pegs");
    await page
      .getByRole("region", { name: /Said of products/ })
      .getByRole("link", { name: "Tent pegs" })
      .waitFor();
    await press(page, "Boost Two person tent");
    await expect.poll(() => boosted(page)).toBe(1);
    await press(page, "Undo");
    await expect.poll(() => boosted(page)).toBe(0);
    await press(page, "Redo");
    await expect.poll(() => boosted(page)).toBe(1);
    await its.checkLayout(page);

    await publish(page, "Tents");
    expect((await firstOf("/v1/search?q=tent")).slice(0, 2)).toEqual(["Dome tent", "Family tent"]);
    expect(await firstOf("/v1/search?q=tent")).not.toContain("Tent pegs");
    expect(its.faults()).toEqual([]);
  });

  it("shows the list without rules beside the list with the draft, why a product stands where it does, and what lost", async () => {
    const page = await its.open("/search-rules");
    await page.getByRole("link", { name: "Tents" }).click();
    await its.titled(page, "Tents");
    await settled(page);
    await press(page, "Bury Repair kit for a tent");
    await page.getByText(/its boost of tent-4 lost to the bury by "Tents"/).waitFor();
    await press(page, "Why here? Dome tent");
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/^Score .* relevance/).waitFor();
    await dialog.getByRole("table", { name: "Words" }).getByText("name").first().waitFor();
    await dialog.getByText(/pinned to place 1/).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.getByText("Before and after").click();
    const before = page.getByRole("region", { name: "Without rules" });
    await before.getByText("No longer here").waitFor();
    const after = page.getByRole("region", { name: "With this rule" }).getByRole("listitem");
    await expect.poll(() => after.first().innerText()).toMatch(/Dome tent/);
    await expect.poll(() => after.first().innerText()).toMatch(/up/);
    await its.checkLayout(page);
    // What a colleague is sent shows the same.
    expect(page.url()).toContain("view=compare");
    expect(its.faults()).toEqual([]);
  });

  it("says that a rule has no say in the list that is looked at", async () => {
    const page = await its.open("/search-rules/new");
    await page.getByLabel("Words of the search").fill("boots");
    await page.getByLabel("Search to look at").fill("tent");
    await page.getByText("The rule has no say in this list").waitFor();
    await choose(page, /The rule is for/, "Every search and every category");
    await page.getByText("The rule has no say in this list").waitFor({ state: "detached" });
  });

  it("ranks by a number, boosts by a condition, and adds a product that the search does not find", async () => {
    const page = await its.open("/search-rules/new");
    await page.getByLabel("Words of the search").fill("tent");
    await page.getByLabel("Search to look at").fill("tunnel");
    // A page that grows or scrolls under an open menu closes it; each letter opens it again.
    await expect.poll(() => order(page)).toEqual(["Tunnel tent"]);
    await page.getByRole("combobox", { name: "Product" }).click();
    await page.keyboard.type("Dome", { delay: 100 });
    const found = page.getByRole("option");
    await expect.poll(() => found.allInnerTexts()).toEqual([expect.stringContaining("Dome tent")]);
    await found.click();
    await found.waitFor({ state: "detached" });
    await press(page, "Pin to place 1");
    await page.getByText("Pinned to place 1, but not a match here").waitFor();
    await page.getByRole("button", { name: "Take back what is said of tent-5" }).click();
    await page.getByText("Pinned to place 1, but not a match here").waitFor({ state: "detached" });

    await page.getByLabel("Words of the search").fill("norda");
    await page.getByLabel("Search to look at").fill("norda");
    await choose(page, /^(?=.*Ranking)/, /A number of the product/);
    await page.getByRole("combobox", { name: "Attribute" }).fill("final_price");
    await page.keyboard.press("Escape");
    await page.getByRole("slider", { name: "Strength" }).fill("100");
    await page.getByText("up to 11 times").waitFor();
    await expect.poll(() => order(page)).toEqual(["Repair kit for a tent", "Tent pegs", "Two person tent"]);
    await press(page, "Add a condition on products");
    await page.getByRole("radio", { name: "JSON" }).click({ force: true });
    const where = { all: [{ attribute: { path: "product.stock_qty", op: "lt", value: 3 } }] };
    await page.getByRole("textbox", { name: "Rule as JSON" }).fill(JSON.stringify(where));
    await expect.poll(() => boosted(page)).toBe(1);
    await its.checkLayout(page);
  });

  it("arranges a category, from the menu of a card", async () => {
    const page = await its.open("/category-rules/new");
    await page.getByText("Choose a category first.").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Camping first");
    await page.getByRole("combobox", { name: "Category" }).fill("camping");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "More for Tunnel tent" }).click();
    await page.getByRole("menuitem", { name: "Pin to a place…" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Place" }).fill("2");
    await page.getByRole("dialog").getByRole("button", { name: "Pin", exact: true }).click();
    await expect.poll(async () => (await order(page))[1]).toBe("Tunnel tent");
    await its.checkLayout(page);
    await publish(page, "Camping first");
    expect((await firstOf("/v1/categories/camping/products"))[1]).toBe("Tunnel tent");
    expect(its.faults()).toEqual([]);
  });
});
