// The main job, end to end in a real browser: from a shopper's action to a personalised answer.
import type { BrowserContext, Page } from "playwright-core";
import { expect, it } from "vitest";
import { openDemo } from "./open-demo.ts";

const demo = openDemo();

const token = { authorization: "Bearer demo-admin-token" };

async function api(path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${demo.url}${path}`, { headers: token });
  return (await answer.json()) as Record<string, unknown>;
}

async function visitor(): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await demo.browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${demo.url}/shop`);
  await page.getByRole("button", { name: "Yes, remember" }).click();
  return { context, page };
}

const anonymousId = (page: Page) => page.evaluate(() => /clientele_id=([\w-]+)/.exec(document.cookie)?.[1] ?? "");

async function view(page: Page, sku: string): Promise<void> {
  await page.goto(`${demo.url}/shop/product/${sku}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

it("shows the block of the matching audience, and units that changed, after two products of one category", async () => {
  const { context, page } = await visitor();
  await expect.poll(() => page.locator(".block-hero").innerText()).toContain("Get fit and look fab");
  await view(page, "24-MB01");
  await view(page, "24-MB04");
  const hero = page.locator(".block-hero");
  // A decision is made when the page loads; bench/freshness measures how soon the views count.
  await expect
    .poll(
      async () => {
        await page.goto(`${demo.url}/shop`);
        await hero.waitFor();
        return hero.innerText();
      },
      { timeout: 20_000 },
    )
    .toMatch(/bag/i);
  await expect.poll(() => page.getByText("Joust Duffle Bag").count()).toBeGreaterThan(0);
  await hero.getByRole("button", { name: /why/i }).click();
  await expect.poll(() => page.getByRole("dialog").innerText()).toMatch(/audience bag-lovers/i);
  await context.close();
}, 60_000);

it("joins two browsers of one customer to one profile with both histories, and the admin shows the same numbers", async () => {
  const email = "tester@shop.example";
  const first = await visitor();
  await view(first.page, "24-MB01");
  await first.page.goto(`${demo.url}/shop/account/create`);
  await first.page.getByLabel("First name").fill("Test");
  await first.page.getByLabel("Last name").fill("Person");
  await first.page.getByLabel(/e-?mail/i).fill(email);
  await first.page.getByLabel(/^password/i).fill("a long password 1");
  await first.page.getByRole("button", { name: /create/i }).click();
  await first.page
    .getByRole("heading", { name: /account|welcome|hello|orders/i })
    .first()
    .waitFor();

  const second = await visitor();
  await view(second.page, "24-MB02");
  await second.page.goto(`${demo.url}/shop/account`);
  await second.page.getByLabel(/e-?mail/i).fill(email);
  await second.page.getByLabel(/^password/i).fill("a long password 1");
  await second.page
    .getByRole("button", { name: /^sign in$/i })
    .last()
    .click();
  await second.page
    .getByRole("heading", { name: /account|welcome|hello|orders/i })
    .first()
    .waitFor();

  type Shown = { profileId: string; viewed: { sku: string }[]; counters: Record<string, number>; label: string };
  const profileOf = async (page: Page) =>
    (await api(`/v1/profiles/by/anonymous_id/${await anonymousId(page)}`)) as unknown as Shown;
  await expect
    .poll(async () => (await profileOf(second.page)).counters?.["productPageView"], { timeout: 20_000 })
    .toBe(2);
  const profile = await profileOf(second.page);
  expect(profile.viewed.map((product) => product.sku).sort()).toEqual(["24-MB01", "24-MB02"]);
  await expect.poll(async () => (await profileOf(first.page)).profileId).toBe(profile.profileId);

  // The second browser sees what the first one did: the audience of two bags.
  await second.page.goto(`${demo.url}/shop`);
  await expect.poll(() => second.page.locator(".block-hero").innerText(), { timeout: 20_000 }).toMatch(/bag/i);

  const admin = await demo.browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await admin.newPage();
  await page.goto(`${demo.url}/admin/`);
  await page.getByLabel(/e-?mail/i).fill("admin@example.com");
  await page.getByLabel(/password/i).fill("demo-admin");
  await page.keyboard.press("Enter");
  await page.getByRole("navigation").first().waitFor();
  await page.goto(`${demo.url}/admin/profiles/${profile.profileId}`);
  await expect.poll(() => page.locator("body").innerText()).toContain(email);
  for (const sku of ["24-MB01", "24-MB02"]) await expect.poll(() => page.locator("body").innerText()).toContain(sku);
  await Promise.all([admin.close(), first.context.close(), second.context.close()]);
}, 120_000);
