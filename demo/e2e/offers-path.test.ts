// A shopper sees prices and offers of the shop's rules, from the tile to the order, and never pays another total than seen.
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { fillCheckout } from "./fill-checkout.ts";
import { checkLayout, openDemo } from "./open-demo.ts";

const demo = openDemo();

const totals = (page: Page) => page.locator("dl.totals");
const row = (page: Page, name: string) =>
  totals(page)
    .locator("div", { has: page.locator("dt", { hasText: name }) })
    .locator("dd");
const total = (page: Page) => totals(page).locator(".totals-sum dd");

/** Adds a variant or product of its page to the cart. */
async function add(page: Page, path: string, options: readonly string[] = []): Promise<void> {
  await page.goto(`${demo.url}/shop/product/${path}`);
  for (const option of options) await page.getByRole("radio", { name: option, exact: true }).check({ force: true });
  await page.getByRole("button", { name: "Add to cart", exact: true }).first().click();
  await page.locator(".notice", { hasText: "in your cart" }).waitFor();
}

async function setQty(page: Page, name: string, qty: number): Promise<void> {
  const field = page.getByRole("spinbutton", { name: `Quantity of ${name}` });
  await field.fill(String(qty));
  await field.press("Tab");
}

async function untilTaxed(page: Page): Promise<void> {
  await expect.poll(() => row(page, "Tax").innerText()).toMatch(/^\$/);
}

async function enterCode(page: Page, code: string): Promise<void> {
  await page.getByLabel("Coupon code").fill(code);
  await page.getByRole("button", { name: "Apply" }).click();
}

async function usesOfCode(): Promise<number> {
  const answer = await fetch(`${demo.url}/v1/coupons/report?period=all&groupBy=code`, {
    headers: { authorization: "Bearer demo-admin-token" },
  });
  const { rows = [], items = rows } = (await answer.json()) as { rows?: object[]; items?: object[] };
  const found = items.find((one) => JSON.stringify(one).includes('"H20"')) as { uses?: number } | undefined;
  return found?.uses ?? 0;
}

it("strikes through what catalog rules make cheaper, in lists, search and on the product's page, and says why", async () => {
  const page = await demo.openShop("/category/men/bottoms-men/pants-men");
  const tile = page.locator(".grid .tile").first();
  await tile.locator("s").waitFor();
  const name = await tile.locator("h3 a").innerText();
  await tile.locator("h3 a").click();
  await page.locator(".product-price s").waitFor();
  const [now = 0, before = 0] = [...(await page.locator(".product-price").innerText()).matchAll(/\$([\d.]+)/g)].map(
    ([, amount]) => Math.round(Number(amount) * 100),
  );
  expect(now).toBe(Math.round(before * 0.8));
  await page.getByRole("button", { name: `Why? the price of ${name}` }).click();
  await expect.poll(() => page.locator("dialog[open]").innerText()).toContain("20% off all Women");
  await page.getByRole("button", { name: "Close" }).click();
  await page.goto(`${demo.url}/shop/search?q=caesar+warm-up`);
  await page.locator(".grid .tile s").first().waitFor();
  await page.close();
}, 60_000);

it("says what is missing for free shipping, takes codes, and orders at the total that was seen", async () => {
  const page = await demo.openShop();
  await add(page, "24-MB01");
  await page.goto(`${demo.url}/shop/cart`);
  await expect
    .poll(() => page.getByRole("list", { name: "Offers" }).innerText())
    .toContain("Add $16.00 for: Free shipping");
  await expect.poll(() => row(page, "Shipping").innerText()).toBe("$5.00");
  await checkLayout(page);
  await page.goto(`${demo.url}/shop`);
  await page.getByRole("link", { name: /^Cart, / }).hover();
  await expect.poll(() => page.locator(".mini-cart").innerText()).toContain("Add $16.00 for: Free shipping");

  await add(page, "24-UG06");
  await page.goto(`${demo.url}/shop/cart`);
  await enterCode(page, "h2o");
  const codes = page.getByRole("list", { name: "Your codes" });
  await expect.poll(() => codes.innerText()).toContain("H2O There is no such code.");
  await enterCode(page, " h20 ");
  await expect.poll(() => codes.innerText()).toBe("H20 is applied.");
  await expect.poll(() => row(page, "$4 Luma water bottle").innerText()).toBe("−$4.90");
  await page.getByRole("button", { name: "Remove code H20" }).click();
  await expect.poll(() => totals(page).innerText()).not.toContain("water bottle");
  await enterCode(page, "H20");
  await expect.poll(() => row(page, "$4 Luma water bottle").count()).toBe(1);
  await setQty(page, "Joust Duffle Bag", 2);
  await expect.poll(() => row(page, "Shipping").innerText()).toBe("free");
  await page.getByRole("button", { name: "Why? offers of your cart" }).click();
  await expect.poll(() => page.locator("dialog[open]").innerText()).toContain("Buy 3 tee shirts");
  await page.getByRole("button", { name: "Close" }).click();
  await checkLayout(page);

  await fillCheckout(page, demo.url);
  await untilTaxed(page);
  await checkLayout(page);
  const seen = await total(page).innerText();
  await page.getByRole("button", { name: "Place order" }).click();
  await page.getByRole("heading", { name: /^Your order .* is placed$/ }).waitFor();
  await expect.poll(() => total(page).innerText()).toBe(seen);
  await expect.poll(() => totals(page).innerText()).toContain("water bottle");
  await expect.poll(usesOfCode).toBe(1);
  await page.close();
}, 120_000);

it("gives the fourth tee for nothing", async () => {
  const page = await demo.openShop();
  await add(page, "MS01", ["XS", "Black"]);
  await page.goto(`${demo.url}/shop/cart`);
  const line = page.locator("li.line").first();
  const name = await line.locator(".line-text a").innerText();
  await setQty(page, name, 3);
  await expect.poll(() => line.locator(".line-total").innerText()).toBe("$72.00");
  await expect.poll(() => line.locator(".line-discount").count()).toBe(0);
  await setQty(page, name, 4);
  await expect.poll(() => line.locator(".line-discount").innerText()).toBe("−$24.00");
  await page.close();
}, 60_000);

it("shows another offer at each visit of the home page", async () => {
  const page = await demo.openShop();
  const seen = new Set<string>();
  for (let visit = 0; visit < 4 && seen.size < 2; visit += 1) {
    await page.goto(`${demo.url}/shop`);
    const block = page.locator(".promo", { hasText: /20% off|tees|shipping is free|water bottle/i }).first();
    await block.waitFor();
    seen.add(await block.innerText());
  }
  await page
    .locator(".promo", { hasText: /20% off|tees|shipping is free|water bottle/i })
    .first()
    .scrollIntoViewIfNeeded();
  expect(seen.size).toBe(2);
  await page.close();
}, 60_000);
