/** The built admin in a real browser against the whole program on embedded engines; for tests only. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { createAdminPages } from "../../../src/admin-pages.ts";
import { type App, createApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { createLogger } from "../../../src/kernel/index.ts";
import { createDataDir } from "../../../src/testing/engines.ts";

const quietFlags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const adminRoot = fileURLToPath(new URL("../../", import.meta.url));
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

/** Builds the admin into a folder of its own, starts the program with it, and signs the demo's administrator in. */
export async function openAdmin(chromiumPath: string): Promise<OpenAdmin> {
  const dist = mkdtempSync(join(tmpdir(), "clientele-admin-"));
  await build({
    root: adminRoot,
    configFile: join(adminRoot, "vite.config.ts"),
    logLevel: "error",
    build: { outDir: dist, emptyOutDir: true },
  });
  const dataDir = await createDataDir();
  const config = readConfig({}, { dataDir, demo: true, logLevel: "silent", port: 0 });
  const app = await createApp({ config, logger: createLogger("silent"), plugins: [createAdminPages(dist)] });
  const url = await app.server.listen({ host: "127.0.0.1", port: 0 });
  const browser = await chromium.launch({ executablePath: chromiumPath, args: quietFlags });
  const signedIn = await browser.newContext({ locale: "en-US", timezoneId: "Europe/Berlin" });
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
      await browser.close();
      await app.close();
      rmSync(dist, { recursive: true, force: true });
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export async function signIn(page: Page, email = "admin@example.com", password = "demo-admin"): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** What axe finds wrong, one line a rule with the elements it names. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  // Half faded in, every text has too little contrast.
  await page.evaluate(async () => {
    const passing = document
      .getAnimations()
      .filter(({ effect }) => effect?.getTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(passing.map(({ finished }) => finished));
  });
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(context: object, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
    };
    // The announcer keeps what it said for some seconds, also of buttons that have gone since.
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
    const { violations } = await axe.run({ exclude: [["[data-live-announcer]"]] }, { runOnly: tags });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(", ")}`);
  });
}
