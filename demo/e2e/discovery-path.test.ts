// A shopper finds, filters, sorts, buys, and is shown what goes with it: the whole way in a real demo.browser.
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { fillCheckout } from "./fill-checkout.ts";
import { checkLayout, openDemo } from "./open-demo.ts";

const demo = openDemo();

/** Units are there; the shop shows none where no answer comes in time, which a busy machine may well cause. */
async function untilUnits(page: Page): Promise<void> {
  for (let left = 4; left > 0; left -= 1) {
    const isShown = await page
      .locator("section.unit .tile")
      .first()
      .waitFor({ timeout: 6_000 })
      .then(
        () => true,
        () => false,
      );
    if (isShown) return;
    await page.reload();
  }
  throw new Error(`no unit at ${page.url()}`);
}

const search = (page: Page) => page.getByRole("combobox", { name: "Search the shop" });
const shownTotal = (page: Page) => page.locator(".listing-bar [role=status]");

it("finds while typing, filters, sorts, buys, and recommends at every step", async () => {
  const page = await demo.openShop();
  const sent: { type: string; properties: Record<string, unknown> }[] = [];
  page.on("request", (request) => {
    const body = request.method() === "POST" ? request.postData() : null;
    if (body?.includes('"events"')) sent.push(...((JSON.parse(body) as { events?: typeof sent }).events ?? []));
  });

  await search(page).fill("ba");
  await search(page).pressSequentially("g");
  const options = page.getByRole("option");
  await expect.poll(() => options.filter({ hasText: "$" }).count()).toBe(4);
  await checkLayout(page);
  await page.keyboard.press("ArrowUp");
  await expect.poll(() => options.last().getAttribute("aria-selected")).toBe("true");
  await expect.poll(() => options.last().innerText()).toMatch(/^All \d+ products$/);
  await page.keyboard.press("Enter");

  await page.getByRole("heading", { level: 1, name: "Results for “bag”" }).waitFor();
  await expect.poll(() => shownTotal(page).innerText()).toMatch(/^\d+ products$/);
  const all = await shownTotal(page).innerText();
  // The merchandiser's pin.
  await expect.poll(() => page.locator(".grid .tile").first().innerText()).toContain("Joust Duffle Bag");
  const facet = page.locator("details.facet", { has: page.locator("summary", { hasText: "Price" }) });
  const choice = facet.getByRole("checkbox").first();
  await choice.check();
  await expect.poll(() => shownTotal(page).innerText()).not.toBe(all);
  const chosen = page.getByRole("list", { name: "Chosen filters" }).getByRole("button");
  await expect.poll(() => chosen.count()).toBe(2);
  await page.reload();
  await choice.and(page.locator(":checked")).waitFor();
  await page.getByLabel("Sort by").selectOption({ label: "Price, low to high" });
  await page.waitForURL(/sort=price-low/);
  await page.getByRole("button", { name: "Remove all" }).click();
  await expect.poll(() => shownTotal(page).innerText()).toBe(all);
  await checkLayout(page);
  const prices = () =>
    page
      .locator(".grid .tile .price")
      .allInnerTexts()
      .then((texts) => texts.map((text) => Number(/\$([\d,.]+)/.exec(text)?.[1]?.replace(",", ""))));
  // The list before it stays, faded, until the sorted one is there.
  const isAscending = async () => {
    const shown = await prices();
    return shown.length > 4 && shown.every((price, at) => at === 0 || price >= (shown[at - 1] ?? 0));
  };
  await expect.poll(isAscending).toBe(true);

  await page.goto(`${demo.url}/shop/product/24-MB01`);
  await untilUnits(page);
  const skus = await page
    .locator("section.unit [data-clientele-sku]")
    .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute("data-clientele-sku")));
  expect(new Set(skus).size, "no product twice on a page").toBe(skus.length);
  await checkLayout(page);
  await page.getByRole("button", { name: "Add to cart", exact: true }).first().click();
  await page.goto(`${demo.url}/shop/cart`);
  await untilUnits(page);
  expect((await page.locator("section.unit").allInnerTexts()).join()).not.toContain("Joust Duffle Bag");

  await fillCheckout(page, demo.url);
  await page.getByRole("button", { name: "Place order" }).click();
  const placed = page.getByRole("heading", { name: /^Your order .* is placed$/ });
  const refused = page.getByRole("alert");
  await placed.or(refused).first().waitFor();
  expect(await refused.allInnerTexts()).toEqual([]);
  await untilUnits(page);
  await checkLayout(page);

  await expect
    .poll(() => [...new Set(sent.map(({ type }) => type))])
    .toEqual(expect.arrayContaining(["searchRequestSent", "searchResponseReceived", "recsUnitRender"]));
  const typed = () =>
    sent.filter(({ type, properties }) => type === "searchRequestSent" && properties["searchQuery"] === "bag");
  await expect.poll(() => typed().length).toBeGreaterThanOrEqual(2);
  await page.close();
}, 120_000);

it("follows a redirect of the merchandiser, and the way back leads to the page before", async () => {
  const page = await demo.openShop("/category/women");
  await search(page).fill("sale");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/shop\/category\/sale$/);
  await page.goBack();
  await page.waitForURL(/\/shop\/category\/women$/);
  await page.close();
}, 60_000);
