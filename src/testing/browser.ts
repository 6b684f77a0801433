import { type Browser, chromium } from "playwright-core";

// Flags for a closed network and a container without a sandbox.
const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Debian's Chromium, or the one that CLIENTELE_CHROMIUM names; a test without a browser fails. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env["CLIENTELE_CHROMIUM"] ?? "/usr/bin/chromium", args });
}
