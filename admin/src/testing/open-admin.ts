/** The built admin in a real browser against the whole program on embedded engines; for tests only. */
import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { createAdminPages } from "../../../src/admin-pages.ts";
import { type App, createApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { createLogger } from "../../../src/kernel/index.ts";
import { createDataDir } from "../../../src/testing/engines.ts";
import { buildAdmin } from "./built-admin.ts";
import { closeWindows, sharedBrowser } from "./shared-browser.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export type OpenAdmin = {
  readonly app: App;
  readonly url: string;
  /** Of the program, e.g. for its drop folder. */
  readonly dataDir: string;
  readonly browser: Browser;
  readonly signedIn: BrowserContext;
  readonly call: (method: "GET" | "POST" | "PUT", path: string, body?: unknown) => Promise<Record<string, unknown>>;
  readonly close: () => Promise<void>;
};

const quietWindow = { locale: "en-US", timezoneId: "Europe/Berlin", reducedMotion: "reduce" } as const;

/**
 * What moves costs half of the time and takes no clicks meanwhile: a message that slides in blocks the whole page, and a click into a
 * dialog or a list that is still opening is lost. Leaving an address asks nothing: a load that the browser's own question about unsaved
 * changes comes between may be cut off.
 */
function withoutDelays(context: BrowserContext): Promise<unknown> {
  return context.addInitScript(() => {
    Reflect.deleteProperty(Document.prototype, "startViewTransition");
    // Adopted, since the page's own policy lets no style element in. None, not short: what has an end is waited for.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, *::before, *::after { animation: none !important; transition: none !important; }");
    document.adoptedStyleSheets.push(sheet);
    // First of all listeners, so before those of the page.
    addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), { capture: true });
  });
}

/** A window of its own, for somebody else. */
export async function openWindow(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext(quietWindow);
  await withoutDelays(context);
  return context;
}

/**
 * Starts the program with the admin as it is now, and opens a browser window in which nobody is signed in yet.
 *
 * @param settings of the program, beside those that every test needs
 */
export async function openAdmin(settings: Parameters<typeof readConfig>[1] = {}): Promise<OpenAdmin> {
  const [dist, dataDir, browser] = await Promise.all([buildAdmin(), createDataDir(), sharedBrowser()]);
  const config = readConfig({}, { ...settings, dataDir, demo: true, logLevel: "silent", port: 0 });
  const app = await createApp({ config, logger: createLogger("silent"), plugins: [createAdminPages(dist)] });
  const url = await app.server.listen({ host: "127.0.0.1", port: 0 });
  const signedIn = await openWindow(browser);
  const call: OpenAdmin["call"] = async (method, path, body) => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        authorization: "Bearer demo-admin-token",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(json)}`);
    return json;
  };
  return {
    app,
    url,
    dataDir,
    browser,
    signedIn,
    call,
    close: async () => {
      await closeWindows(browser);
      await app.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export async function signIn(page: Page, email = "admin@example.com", password = "demo-admin"): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Half faded in, every text has too little contrast. */
async function untilStill(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const passing = document
      .getAnimations()
      .filter(({ effect }) => effect?.getTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(passing.map(({ finished }) => finished));
  });
}

async function violations(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(context: object, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
    };
    // The announcer keeps what it said for some seconds, also of buttons that have gone since.
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
    // Whatever is found in order is only counted: half the time.
    const options = { runOnly: tags, resultTypes: ["violations"] };
    const found = await axe.run({ exclude: [["[data-live-announcer]"]] }, options);
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(", ")}`);
  });
}

const looks = 3;

/** What axe finds wrong, one line a rule with the elements it names. Looks again where something began to fade while it looked. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  let found: readonly string[] = [];
  for (let look = 0; look < looks; look += 1) {
    await untilStill(page);
    found = await violations(page);
    if (found.length === 0) break;
  }
  return found;
}
