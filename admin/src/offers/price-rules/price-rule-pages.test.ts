import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { choose, find, openOptions } from "../../testing/choose.ts";
import { openTab, press } from "../../testing/connector-pages.ts";
import { useAdmin } from "../../testing/use-admin.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const ofBrand = (brand: string) => ({ attribute: { path: "product.brand", op: "eq", value: brand } });

/** Takes a product in a field that finds while one types. */
async function takeProduct(page: Page, side: Locator, field: string, sku: string, name: RegExp): Promise<void> {
  const box = side.getByRole("combobox", { name: field });
  await openOptions(page, box);
  await find(page, box, sku, name);
}

describe("price rules", { timeout: 90_000 }, () => {
  const its = useAdmin(async ({ app, call }) => {
    await call("PUT", "/v1/catalog/products", [
      { sku: "duffle", name: "Duffle bag", price: usd(4_000), brand: "Acme" },
      { sku: "tote", name: "Canvas tote", price: usd(2_000), brand: "Other" },
    ]);
    await app.search.settled();
    const publish = async (kind: string, key: string, name: string, body: object) => {
      await call("POST", `/v1/definitions/${kind}`, { key, name, body });
      await call("POST", `/v1/definitions/${kind}/${key}/publish`, {});
    };
    const percent = { type: "percent", percent: "10" };
    await publish("cart-price-rule", "acme", "Acme week", { priority: 5, targets: ofBrand("Acme"), action: percent });
    await publish("cart-price-rule", "coded", "Welcome", { priority: 6, coupon: { type: "pool" }, action: percent });
    const off = { type: "by_percent", percent: "50" };
    await publish("catalog-price-rule", "others", "Other half", {
      priority: 5,
      conditions: ofBrand("Other"),
      action: off,
    });
  });

  it("makes a cart price rule with a code, and tries it on a cart while it is edited", async () => {
    const page = await its.open("/price-rules/new");
    await page.getByRole("textbox", { name: "Name" }).fill("Bags for less");
    const what = page.getByRole("region", { name: "What it does" });
    await what.getByText("10 % off all products.").waitFor();
    await choose(page, /Discount/, "Buy some, get some free");
    await what.getByText("Buy 3, get 1 free.").waitFor();
    await choose(page, /Discount/, "Amount off each product");
    await page.getByRole("textbox", { name: "Off each unit" }).fill("3.50");
    await page.getByRole("textbox", { name: "Off each unit" }).blur();
    await what.getByText("$3.50 off each unit of all products.").waitFor();
    await choose(page, /Coupon/, "One code");
    const trial = page.getByRole("region", { name: "Try it on a cart" });
    await takeProduct(page, trial, "Add a product to the cart", "duffle", /Duffle/);
    const result = page.getByRole("region", { name: "What happens" });
    await result.getByText("The rule is not complete yet:").waitFor();
    await page.getByRole("textbox", { name: "Code", exact: true }).fill("Bags");
    await result.getByText("It takes $3.50 from the products.").waitFor();
    await result.getByText("Bags: counts").waitFor();
    await result.getByText("This rule (10): applies").waitFor();
    await trial.getByText("With its code Bags").click();
    await result.getByText("none of its codes was entered", { exact: true }).waitFor();
    const meets = page.getByRole("region", { name: "What it meets" });
    await meets.getByText("It is for 2 of 2 products.").waitFor();
    await meets.getByRole("link", { name: "Acme week" }).waitFor();
    await its.checkLayout(page);
    await press(page, "Save draft");
    await its.titled(page, "Bags for less");
    const { body } = await its.admin.call("GET", "/v1/definitions/cart-price-rule/bags-for-less");
    expect(body).toEqual({
      priority: 10,
      action: { type: "fixed", amounts: [usd(350)] },
      coupon: { type: "specific", code: "Bags" },
    });
    await openTab(page, "Uses");
    await page.getByText("Nothing was redeemed in this time").waitFor();
    // A rule that is refused while it is written, and a page that is asked for it, are told in the console, too.
    expect(its.faults().filter((fault) => !fault.includes("400") && !fault.includes("422"))).toEqual([]);
  });

  it("has a form for every kind of discount, which the server takes as it is first offered", async () => {
    const page = await its.open("/price-rules/new");
    const what = page.getByRole("region", { name: "What it does" });
    const kinds = [
      ["Percent off in steps", "Off all products: 5 % from $50.00, 10 % from $100.00."],
      ["Several for one price", "Any 3 for $100.00."],
      ["Buy some, get others cheaper", "Buy 2, get 1 free (the cheapest)."],
      ["Amount off the cart", "$5.00 off the cart, shared among all products."],
      ["Amount off in steps", "Off all products: $10.00 from $100.00."],
    ] as const;
    const result = page.getByRole("region", { name: "What it meets" });
    for (const [kind, sentence] of kinds) {
      await choose(page, /Discount/, kind);
      await what.getByText(sentence).waitFor();
      await result.getByText("It is for 2 of 2 products.").waitFor();
    }
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("shows what a catalog price rule changes, what it meets, and why a product costs that", async () => {
    const page = await its.open("/catalog-price-rules/new");
    await page.getByRole("textbox", { name: "Name" }).fill("Everything less");
    const changes = page.getByRole("region", { name: "What it changes" });
    await changes.getByText("$40.00 → $36.00").waitFor();
    await changes.getByText("$10.00 → $9.00").waitFor();
    await changes.getByRole("link", { name: "Other half" }).waitFor();
    const why = page.getByRole("region", { name: "Why does a product cost that?" });
    await takeProduct(page, why, "Product", "tote", /Canvas/);
    await why.getByText("Other half: $20.00 → $10.00").waitFor();
    await why.getByText("This rule: $10.00 → $9.00").waitFor();
    await its.checkLayout(page);
    await press(page, "Save draft");
    await its.titled(page, "Everything less");
    expect(its.faults()).toEqual([]);
  });

  it("lists rules and groups", async () => {
    const page = await its.open("/price-rules");
    await page.getByRole("link", { name: "Acme week" }).waitFor();
    await its.checkLayout(page);
    await its.visit("/catalog-price-rules", "Catalog price rules");
    await page.getByRole("link", { name: "Other half" }).waitFor();
    await its.visit("/price-rule-groups", "Price rule groups");
    await its.visit("/price-rule-groups/new", "New group");
    await page.getByRole("textbox", { name: "Name" }).fill("Best offer");
    await press(page, "Save draft");
    await its.titled(page, "Best offer");
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });
});
