// The browser SDKs in a page of another origin, bundled as a shop bundles them.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import type { Teller } from "./node-clients.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

// What runs in the page: `tell(options, story)` resolves when the client has taken every call into its queue.
const segmentScript = `
import { AnalyticsBrowser } from "@segment/analytics-next";
globalThis.tell = async ({ url, writeKey, id, batching }, story) => {
  const deliveryStrategy = batching ? { strategy: "batching", config: { size: 6, timeout: 300 } } : { strategy: "standard" };
  const [analytics] = await AnalyticsBrowser.load({ writeKey, cdnURL: url }, { integrations: { "Segment.io": { deliveryStrategy } } });
  analytics.setAnonymousId("anon-" + id);
  for (const call of story) {
    if (call.kind === "page") analytics.page(call.category, call.name, call.properties);
    else if (call.kind === "track") analytics.track(call.event, call.properties);
    else if (call.kind === "identify") await analytics.identify("user-" + id, call.traits);
    else if (call.kind === "group") analytics.group(call.groupId, call.traits);
    else analytics.alias("user-" + id, call.previousId);
  }
};`;
const rudderScript = `
import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";
globalThis.tell = ({ url, writeKey, id, batching, beacon }, story) => {
  const analytics = new RudderAnalytics();
  analytics.load(writeKey, url, {
    configUrl: url,
    useBeacon: beacon === true,
    beaconQueueOptions: { flushQueueInterval: 300 },
    queueOptions: { minRetryDelay: 200, maxRetryDelay: 1500, ...(batching ? { batch: { enabled: true, maxItems: 6, flushInterval: 300 } } : {}) },
  });
  analytics.setAnonymousId("anon-" + id);
  for (const call of story) {
    if (call.kind === "page") analytics.page(call.category, call.name, call.properties);
    else if (call.kind === "track") analytics.track(call.event, call.properties);
    else if (call.kind === "identify") analytics.identify("user-" + id, call.traits);
    else if (call.kind === "group") analytics.group(call.groupId, call.traits);
    else analytics.alias("user-" + id, call.previousId);
  }
};`;

async function bundle(contents: string): Promise<string> {
  const result = await build({
    stdin: { contents, resolveDir: root, loader: "js" },
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
  });
  return result.outputFiles[0]?.text ?? "";
}

export type Pages = {
  readonly origin: string;
  readonly segment: (options?: { readonly batching?: boolean }) => Teller;
  readonly rudder: (options?: { readonly batching?: boolean; readonly beacon?: boolean }) => Teller;
  readonly close: () => Promise<void>;
};

/** Serves the pages of a shop on an origin of its own. */
export async function startPages(browser: Browser): Promise<Pages> {
  const scripts: Readonly<Record<string, string>> = {
    "/segment.js": await bundle(segmentScript),
    "/rudder.js": await bundle(rudderScript),
  };
  const server = createServer((request, response) => {
    const script = scripts[request.url ?? ""];
    response.setHeader(
      "content-type",
      script === undefined ? "text/html; charset=utf-8" : "text/javascript; charset=utf-8",
    );
    response.end(
      script ??
        `<!doctype html><title>Shop</title><script src="${request.url === "/rudder" ? "/rudder.js" : "/segment.js"}"></script>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const teller =
    (path: string, options: object): Teller =>
    async (where, story) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`${origin}${path}`);
      // A text, because esbuild's names for functions do not exist in the page.
      await page.evaluate(`tell(${JSON.stringify({ ...where, ...options })}, ${JSON.stringify(story)})`);
    };
  return {
    origin,
    segment: (options = {}) => teller("/segment", options),
    rudder: (options = {}) => teller("/rudder", options),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
