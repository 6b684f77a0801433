// The demo in a process of its own, with its data in a folder of its own, and a browser to look at it.
import { rmSync } from "node:fs";
import AxeSource from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { closeWindows, sharedBrowser } from "../../admin/src/testing/shared-browser.ts";
import { createDataDir } from "../../src/testing/engines.ts";
import { type ServerProcess, startServerProcess } from "../../src/testing/server-process.ts";

export type Demo = {
  readonly url: string;
  readonly browser: Browser;
  /** A visitor who agreed to be remembered, in a browser window of their own. */
  readonly openShop: (path?: string) => Promise<Page>;
};

const viewport = { width: 1280, height: 900 } as const;

/** Starts the demo without simulated shoppers before the tests of a file, and ends it after them. */
export function openDemo(): Demo {
  let dataDir: string | undefined;
  let server: ServerProcess | undefined;
  let browser: Browser | undefined;
  const started = <T>(what: T | undefined): T => {
    if (what === undefined) throw new Error("the demo is there once the tests run");
    return what;
  };
  beforeAll(async () => {
    dataDir = await createDataDir();
    // One after the other, so that each that has started is known and is ended.
    server = await startServerProcess(dataDir, {}, ["demo", "--shoppers", "0"]);
    browser = await sharedBrowser();
  }, 120_000);
  afterAll(async () => {
    await closeWindows(browser);
    await server?.stop();
    if (dataDir !== undefined) rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    get url() {
      return started(server).url;
    },
    get browser() {
      return started(browser);
    },
    openShop: async (path = "") => {
      const page = await started(browser).newPage({ viewport, reducedMotion: "reduce" });
      await page.goto(`${started(server).url}/shop${path}`);
      await page.getByRole("button", { name: "Yes, remember" }).click();
      return page;
    },
  };
}

/** Nothing for axe to find, nothing that scrolls sideways, at both widths. */
export async function checkLayout(page: Page): Promise<void> {
  for (const width of [1280, 768]) {
    await page.setViewportSize({ width, height: viewport.height });
    // A list that loads is faded.
    await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
    await page.evaluate(AxeSource.source);
    const faults = await page.evaluate(async () => {
      type Violation = { readonly id: string; readonly nodes: readonly { readonly html: string }[] };
      const { axe } = window as unknown as { axe: { run: () => Promise<{ violations: readonly Violation[] }> } };
      return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    });
    expect(faults.join("\n"), `${page.url()} at ${width}`).toBe("");
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize(viewport);
}
