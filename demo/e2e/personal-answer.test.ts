// The main job, end to end in a real browser: from a shopper's action to a personalised answer.
import { rmSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchBrowser } from "../../src/testing/browser.ts";
import { createDataDir } from "../../src/testing/engines.ts";
import { type ServerProcess, startServerProcess } from "../../src/testing/server-process.ts";

let dataDir: string;
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  dataDir = await createDataDir();
  server = await startServerProcess(dataDir, {}, ["demo", "--shoppers", "0"]);
  browser = await launchBrowser();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const token = { authorization: "Bearer demo-admin-token" };

async function api(path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${server.url}${path}`, { headers: token });
  return (await answer.json()) as Record<string, unknown>;
}

async function visitor(): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${server.url}/shop`);
  await page.getByRole("button", { name: "Yes, remember" }).click();
  return { context, page };
}

const anonymousId = (page: Page) => page.evaluate(() => /clientele_id=([\w-]+)/.exec(document.cookie)?.[1] ?? "");

async function view(page: Page, sku: string): Promise<void> {
  await page.goto(`${server.url}/shop/product/${sku}`);
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
        await page.goto(`${server.url}/shop`);
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
  await first.page.goto(`${server.url}/shop/account/create`);
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
  await second.page.goto(`${server.url}/shop/account`);
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
  expect((await profileOf(first.page)).profileId).toBe(profile.profileId);

  // The second browser sees what the first one did: the audience of two bags.
  await second.page.goto(`${server.url}/shop`);
  await expect.poll(() => second.page.locator(".block-hero").innerText(), { timeout: 20_000 }).toMatch(/bag/i);

  const admin = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await admin.newPage();
  await page.goto(`${server.url}/admin/`);
  await page.getByLabel(/e-?mail/i).fill("admin@example.com");
  await page.getByLabel(/password/i).fill("demo-admin");
  await page.keyboard.press("Enter");
  await page.getByRole("navigation").first().waitFor();
  await page.goto(`${server.url}/admin/profiles/${profile.profileId}`);
  await expect.poll(() => page.locator("body").innerText()).toContain(email);
  const shown = await page.locator("body").innerText();
  expect(shown).toContain("24-MB01");
  expect(shown).toContain("24-MB02");
  await Promise.all([admin.close(), first.context.close(), second.context.close()]);
}, 120_000);
