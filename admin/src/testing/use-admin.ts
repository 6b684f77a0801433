/** The admin for the tests of one file: one program, one signed-in tab, and the checks that each page must pass; for tests only. */
import type { Frame, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { accessibilityFaults, type OpenAdmin, openAdmin, openWindow, signIn } from "./open-admin.ts";

const widths = [1280, 768] as const;
const height = 900;
// A limit of what hangs: beside another program on the same cores, a page takes several times as long.
const loadMs = 45_000;
// A preview is sandboxed and runs no script, what this test puts into each frame included; the browser says so now and then.
const isRefusedScript = /^Blocked script execution in 'about:srcdoc' because the document's frame is sandboxed/;

/**
 * Starts the admin before the tests and ends it after them.
 *
 * @param prepare writes what the pages show, once
 * @param settings of the program, known before it starts
 */
export function useAdmin(
  prepare: (admin: OpenAdmin) => Promise<void>,
  settings: () => Promise<Parameters<typeof openAdmin>[0]> = async () => ({}),
) {
  let admin: OpenAdmin;
  let tab: Page | undefined;
  let faults: string[] = [];

  beforeAll(async () => {
    admin = await openAdmin(await settings());
    const credentials = { email: "admin@example.com", password: "demo-admin" };
    const [, answer] = await Promise.all([
      prepare(admin),
      admin.signedIn.request.post(`${admin.url}/v1/session`, { data: credentials }),
    ]);
    if (!answer.ok()) throw new Error(`signing in answered ${answer.status()}`);
  }, 180_000);
  afterAll(() => admin?.close());
  // What a failed test left open must not fail the next one.
  afterEach(async ({ task }) => {
    if (task.result?.state !== "fail") return;
    await tab?.close();
    tab = undefined;
  });

  const ownTab = async (): Promise<Page> => {
    if (tab && !tab.isClosed()) return tab;
    tab = await admin.signedIn.newPage();
    tab.setDefaultTimeout(loadMs);
    tab.on("pageerror", (error) => faults.push(error.message));
    tab.on("console", (message) => {
      if (message.type() === "error" && !isRefusedScript.test(message.text())) faults.push(message.text());
    });
    return tab;
  };

  const load = async (page: Page, path: string): Promise<Page> => {
    await page.setViewportSize({ width: widths[0], height });
    // Until the new page is there, the one before may still complain of being left.
    const forget = (frame: Frame) => {
      if (frame === page.mainFrame()) faults = [];
    };
    page.on("framenavigated", forget);
    await page.goto(`${admin.url}/admin${path}`, { waitUntil: "commit" });
    page.off("framenavigated", forget);
    await page.locator("main h1").waitFor();
    return page;
  };

  const titled = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();

  return {
    get admin(): OpenAdmin {
      return admin;
    },
    /** What the tab complained of since its last `open` or `visit`. */
    faults: (): readonly string[] => faults,
    /** Loads an address anew in the signed-in tab. */
    open: async (path: string): Promise<Page> => load(await ownTab(), path),
    /** Goes to an address as a link does: what the program holds in memory stays. */
    visit: async (path: string, title: string): Promise<Page> => {
      const page = await ownTab();
      if (page.url() === "about:blank") await load(page, path);
      else {
        faults = [];
        await page.setViewportSize({ width: widths[0], height });
        await page.evaluate((to) => {
          history.pushState({}, "", to);
          dispatchEvent(new PopStateEvent("popstate"));
        }, `/admin${path}`);
      }
      await titled(page, title);
      return page;
    },
    /** Opens an address as somebody else, in a window of its own that the caller closes. */
    openAs: async (email: string, password: string, path: string): Promise<Page> => {
      const context = await openWindow(admin.browser);
      const page = await context.newPage();
      page.setDefaultTimeout(loadMs);
      await page.goto(`${admin.url}/admin${path}`);
      await signIn(page, email, password);
      return page;
    },
    titled,
    /** Nothing loads any more, and at both widths axe finds nothing and nothing scrolls sideways. Leaves the page wide. */
    checkLayout: async (page: Page): Promise<void> => {
      for (const width of widths) {
        await page.setViewportSize({ width, height });
        await expect.poll(() => page.getByLabel("Loading").count(), { timeout: loadMs }).toBe(0);
        expect(await accessibilityFaults(page), `${page.url()} at ${width}`).toEqual([]);
        const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(tooWide, `${page.url()} at ${width} scrolls sideways`).toBeLessThanOrEqual(0);
      }
      await page.setViewportSize({ width: widths[0], height });
    },
  };
}
