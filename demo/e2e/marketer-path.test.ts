// What a marketer does, end to end in a real browser: an audience in the builder, its estimate, publication, a block for it,
// a shopper who sees the block change within the visit, and the reason in the admin.
import type { Locator, Page } from "playwright-core";
import { expect, it } from "vitest";
import { choose, takeFromMenu, tick } from "../../admin/src/testing/choose.ts";
import { openWindow } from "../../admin/src/testing/open-admin.ts";
import { openDemo } from "./open-demo.ts";

const audienceName = "Watch lovers";
const headline = "Time for a new watch";
const watches = ["Aim Analog Watch", "Endurance Watch"] as const;

/** Of one condition that is waited for, in milliseconds. */
const timeout = 20_000;

const demo = openDemo();

const button = (within: Page | Locator, name: RegExp | string) =>
  within.getByRole("button", { name, exact: typeof name === "string" });

/** A field that suggests: typed, then taken from the list by keyboard, because the list moves while it is filtered. */
async function take(page: Page, field: Locator, typed: string, option: string): Promise<void> {
  await field.fill(typed);
  const offered = async (): Promise<readonly string[]> => {
    const texts = await page.getByRole("option").allInnerTexts();
    if (texts.length > 0) return texts;
    // A list that was still closing took this one with it.
    await field.fill("");
    await field.fill(typed);
    return texts;
  };
  await expect.poll(offered, { timeout, interval: 250 }).toEqual([expect.stringContaining(option)]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
}

async function add(page: Page, kind: string): Promise<void> {
  await takeFromMenu(page, button(page, "Add condition").first(), kind);
}

async function publish(page: Page): Promise<void> {
  await button(page, "Publish…").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("first version", { exact: false }).first().waitFor();
  await button(dialog, "Publish now").click();
  await dialog.waitFor({ state: "detached" });
  await page.locator("main").getByText("Live", { exact: true }).first().waitFor();
}

async function marketer(): Promise<Page> {
  const context = await openWindow(demo.browser);
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`${demo.url}/admin/audiences`);
  await page.getByLabel("E-mail").fill("admin@example.com");
  await page.getByLabel("Password").fill("demo-admin");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Audiences" }).waitFor();
  return page;
}

/** Shoppers of a minute ago, so that there is something to count: three looked at watches, two at bags. */
async function sendViews(): Promise<void> {
  const view = (anonymousId: string, sku: string) => ({
    type: "productPageView",
    anonymousId,
    timestamp: new Date(Date.now() - 60_000).toISOString(),
    properties: { items: [{ sku, qty: 1 }] },
  });
  const events = ["w1", "w2", "w3"]
    .flatMap((visitor) => [view(visitor, "24-MG04"), view(visitor, "24-MG01")])
    .concat(["b1", "b2"].flatMap((visitor) => [view(visitor, "24-MB01"), view(visitor, "24-MB04")]));
  const answer = await fetch(`${demo.url}/v1/events`, {
    method: "POST",
    headers: { authorization: "Bearer demo-write-key", "content-type": "application/json" },
    body: JSON.stringify({ events }),
  });
  expect(await answer.json()).toMatchObject({ accepted: events.length });
}

/** The live size of the rule, once it is `count`. */
async function estimated(page: Page, count: number): Promise<void> {
  const estimate = page.getByRole("region", { name: "Estimate" });
  await estimate.getByText("Exact", { exact: true }).waitFor();
  await estimate.getByText(String(count), { exact: true }).waitFor();
}

/** Did productPageView at least twice in the last day, of a product of the category of watches. */
async function buildAudience(page: Page): Promise<void> {
  await page.getByRole("link", { name: "New audience", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "New audience" }).waitFor();
  await page.getByLabel("Name", { exact: true }).fill(audienceName);
  await add(page, "Something they did");
  await page.getByRole("textbox", { name: "How often" }).fill("2");
  await page.keyboard.press("Tab");
  await page.getByRole("textbox", { name: "Length of time" }).fill("1");
  await page.keyboard.press("Tab");
  await estimated(page, 5);
  await button(page, "Add a condition on it").click();
  await add(page, "Products or orders");
  await button(page, "Add a condition on it").click();
  await add(page, "Attribute");
  await take(page, page.getByRole("combobox", { name: "Attribute" }), "Product: categories", "Product: categories");
  await choose(page, /Operator$/, "is one of", "is one");
  const values = page.getByRole("combobox", { name: "Add to Values" });
  await take(page, values, "gear/wat", "gear/watches");
  await expect.poll(() => values.inputValue(), { timeout }).toBe("");
  // The list stays open for the next value, and hides everything else.
  await page.keyboard.press("Escape");
  await page.getByRole("row", { name: "gear/watches" }).waitFor();
}

async function makeBlock(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Blocks", exact: true }).click();
  await page.getByRole("link", { name: "New block", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "New block" }).waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Home hero: watches");
  await page.getByLabel("HTML", { exact: true }).fill(`<h2>${headline}</h2>`);
  await page.getByRole("combobox", { name: "Placement" }).fill("home.hero");
  await page.keyboard.press("Escape");
  await page.getByRole("textbox", { name: "Priority" }).fill("1");
  await page.keyboard.press("Tab");
  await tick(page, button(page, /Audiences$/), audienceName);
  await button(page, "Save draft").click();
  await page.getByRole("heading", { level: 1, name: "Home hero: watches" }).waitFor();
  await publish(page);
}

/** A visit that never loads the page anew: everything after it happens in this session. */
async function shopper(): Promise<Page> {
  const context = await openWindow(demo.browser);
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`${demo.url}/shop`);
  await button(page, "Yes, remember").click();
  return page;
}

async function lookAt(page: Page, product: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name: "Gear", exact: true }).first().hover();
  await page.getByRole("navigation").getByRole("link", { name: "Watches", exact: true }).first().click();
  await page.getByRole("link", { name: product }).first().click();
  await page.getByRole("heading", { level: 1, name: product }).waitFor();
}

it("turns an audience built in the admin into another block for a shopper, within the visit, and says why", async () => {
  await sendViews();
  const admin = await marketer();
  await buildAudience(admin);
  await estimated(admin, 3);
  await button(admin, "Save draft").click();
  await admin.getByRole("heading", { level: 1, name: audienceName }).waitFor();
  await publish(admin);
  const audienceUrl = admin.url();
  await makeBlock(admin);

  const shop = await shopper();
  const hero = shop.locator(".block-hero");
  const home = shop.getByRole("banner").getByRole("link", { name: /luma/i }).first();
  const anonymousId = await shop.evaluate(() => {
    Reflect.set(globalThis, "isSameDocument", true);
    return /clientele_id=([\w-]+)/.exec(document.cookie)?.[1] ?? "";
  });
  await expect.poll(() => hero.innerText(), { timeout }).toContain("Get fit and look fab");
  await lookAt(shop, watches[0]);
  await home.click();
  await expect.poll(() => hero.innerText(), { timeout }).toContain("Get fit and look fab");
  await lookAt(shop, watches[1]);
  await home.click();
  // A decision is made when a page opens: the shopper goes on, and comes back, until the views count.
  const comeBack = async (): Promise<string> => {
    const seen = await hero.innerText();
    if (seen.includes(headline)) return seen;
    await shop.getByRole("link", { name: "Gear", exact: true }).first().click();
    await hero.waitFor({ state: "detached" });
    await home.click();
    await hero.waitFor();
    return seen;
  };
  await expect.poll(comeBack, { timeout, interval: 250 }).toContain(headline);
  expect(await shop.evaluate(() => Reflect.get(globalThis, "isSameDocument"))).toBe(true);

  await admin.goto(`${demo.url}/admin/profiles?q=${anonymousId}`);
  await admin.getByRole("table").getByRole("link").first().click();
  await admin.getByRole("tab", { name: /^Audiences \(\d+\)/ }).click();
  await button(admin, `Why? ${audienceName}`).click();
  const why = admin.getByRole("dialog");
  await why.getByText(/Member since/).waitFor();
  await why.getByText(/productPageView.*at least 2 times/).waitFor();
  await why.getByText(/Value seen:\s*2/).waitFor();
  await why.getByText("True", { exact: true }).first().waitFor();
  await button(why, "Close").click();

  await admin.goto(audienceUrl);
  await admin.getByRole("tab", { name: "Members" }).click();
  await expect.poll(() => admin.getByRole("button", { name: /^Why\?/ }).count(), { timeout }).toBe(4);
}, 180_000);
