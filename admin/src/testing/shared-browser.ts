/** One browser for all test files of a process: to start one takes both cores a second. Each file has windows of its own; for tests only. */
import type { Browser } from "playwright-core";
import { launchBrowser } from "../../../src/testing/browser.ts";

let launched: Promise<Browser> | undefined;

/** Started by the first who asks, and again after it broke. It ends with the process; nobody else closes it. */
export async function sharedBrowser(): Promise<Browser> {
  const former = await launched?.catch(() => undefined);
  if (former?.isConnected() !== true) launched = launchBrowser();
  return launched as Promise<Browser>;
}

/** Closes what a test file opened. The files of a process run one after the other, so nobody else has a window open. */
export async function closeWindows(browser: Browser | undefined): Promise<void> {
  await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
}
