import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { buildSdk } from "../build.mjs";
import type { Clientele, ClienteleOptions } from "../src/index.ts";
import { type Endpoint, startEndpoint } from "./endpoint.ts";

declare global {
  // The test page's globals: the bundle, and the client that a test made.
  var clientele: typeof import("../src/index.ts");
  var client: Clientele;
  var faults: unknown[];
}

const executablePath = [
  // biome-ignore lint/style/noProcessEnv: where the browser is belongs to the machine that tests, not to the product
  process.env["CLIENTELE_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
].find((path) => path !== undefined && existsSync(path));

// Never a silent skip: what only a browser can show would go unseen.
if (!executablePath)
  throw new Error(
    "the browser tests need Chromium: install Debian's package chromium, or set CLIENTELE_CHROMIUM to its path",
  );

const launchOptions = {
  executablePath,
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/** Whether a context closed; one with a page that is just navigating away sometimes never does. */
async function closes(context: BrowserContext): Promise<boolean> {
  const limit = new AbortController();
  const closed = await Promise.race([
    context.close().then(() => true),
    setTimeout(10_000, false, { signal: limit.signal }).catch(() => false),
  ]);
  limit.abort();
  return closed;
}

/** One browser and one endpoint for a test file; a new browser context, empty storage included, for each test. */
export function useBrowser() {
  let browser: Browser | undefined;
  let context: BrowserContext | undefined;
  // Set before the first test.
  const bench = {} as { endpoint: Endpoint };

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), "clientele-sdk-"));
    await buildSdk(directory);
    bench.endpoint = await startEndpoint(await readFile(join(directory, "clientele.min.js"), "utf8"));
    await rm(directory, { recursive: true });
    browser = await chromium.launch(launchOptions);
  }, 60_000);

  afterEach(async () => {
    const left = context;
    context = undefined;
    bench.endpoint?.next();
    if (left && !(await closes(left))) {
      await browser?.close();
      browser = await chromium.launch(launchOptions);
    }
  });

  afterAll(async () => {
    await browser?.close();
    await bench.endpoint?.close();
  });

  return Object.assign(bench, {
    /** A page of the shop, in the test's browser context. */
    openPage: async (path = "/", options: BrowserContextOptions = {}): Promise<Page> => {
      if (!browser) throw new Error("no browser");
      context ??= await browser.newContext(options);
      const page = await context.newPage();
      await page.goto(bench.endpoint.url + path);
      return page;
    },
    context: (): BrowserContext => {
      if (!context) throw new Error("open a page first");
      return context;
    },
  });
}

/** Starts the SDK in a page as `client`; what goes wrong is gathered in `faults`. */
export async function startClient(
  page: Page,
  options: Partial<Omit<ClienteleOptions, "storage" | "onError">> = {},
): Promise<void> {
  await page.evaluate((given) => {
    globalThis.faults = [];
    globalThis.client = clientele.createClientele({
      endpoint: "",
      writeKey: "wk-test",
      flushIntervalMs: 20,
      onError: (fault) => faults.push(fault),
      ...given,
    });
  }, options);
}
