// Events of Adobe's Web SDK through POST /ee/v1/interact: one event a request, answered with identity and audiences after the
// commit. Beside it the native path with single events, in the same run. Run alone: clientele bench adobe
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { against, type BenchOptions, type BenchRow, row } from "./bench-row.ts";
import { postText } from "./lib/connection.ts";
import { demoDefinitions, prepareDeployment, startDeployment, untilCaughtUp } from "./lib/deployment.ts";
import { type DriveOptions, type DriveResult, drive } from "./lib/drive.ts";
import { runLoad } from "./lib/load-process.ts";
import { createRandom, pick } from "./lib/random.ts";
import type { ShopData } from "./lib/shoppers.ts";

const visitors = 100_000;
const connections = 64;
const defaultSeconds = 10;

type EdgeLoad = DriveOptions & { readonly key: string; readonly shop: ShopData };

/** The common fields that the Web SDK puts on every event, about 1.2 KB. */
function eventText(shop: ShopData, random: () => number, sequence: number): string {
  const ecid = String(10 ** 18 + Math.floor(random() * visitors)).padStart(38, "4");
  const sku = pick(shop.skus, random);
  const isView = random() < 0.5;
  const type = isView ? "web.webpagedetails.pageViews" : "commerce.productViews";
  const about = isView
    ? `"web":{"webPageDetails":{"URL":"https://shop.example/${sku}.html?utm_source=mail","name":"Home","siteSection":"CMS","pageViews":{"value":1}},"webReferrer":{"URL":"https://shop.example/"}}`
    : `"web":{"webPageDetails":{"URL":"https://shop.example/${sku}.html"}},"commerce":{"productViews":{"value":1},"commerceScope":{"environmentID":"e","websiteCode":"base","storeCode":"main","storeViewCode":"default"}},"productListItems":[{"SKU":"${sku}","name":"Product ${sku}","priceTotal":96,"currencyCode":"USD","discountAmount":24,"productImageUrl":"https://shop.example/${sku}.jpg"}]`;
  return `{"events":[{"xdm":{"eventType":"${type}",${about},"_id":"edge-${sequence}","timestamp":"${new Date().toISOString()}","identityMap":{"ECID":[{"id":"${ecid}","primary":true}]},"device":{"screenHeight":720,"screenWidth":1280,"screenOrientation":"landscape"},"environment":{"type":"browser","browserDetails":{"viewportWidth":1280,"viewportHeight":720}},"placeContext":{"localTimezoneOffset":0,"localTime":"2026-11-21T03:16:03.853+00:00","ianaTimezone":"UTC"},"implementationDetails":{"name":"https://ns.adobe.com/experience/alloy","version":"2.33.1","environment":"browser"},"channel":{"_id":"https://ns.adobe.com/xdm/channels/web","_type":"https://ns.adobe.com/xdm/channel-types/web"},"personID":"${ecid}"}}],"query":{"identity":{"fetch":["ECID"]}},"meta":{"queueTimeMillis":1,"state":{"domain":"shop.example","cookiesEnabled":true}}}`;
}

async function loadEdge(load: EdgeLoad): Promise<DriveResult> {
  const random = createRandom(7);
  let sequence = 0;
  const next = () => {
    sequence += 1;
    const path = `/ee/cl1/v1/interact?configId=${load.key}&requestId=bench-${sequence}`;
    return postText(path, load.key, eventText(load.shop, random, sequence));
  };
  return drive(next, load);
}

/** The load in a process of its own, as in lib/load-process.ts. */
function runEdgeLoad(load: EdgeLoad): Promise<DriveResult> {
  const child = fork(fileURLToPath(import.meta.url), { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("message", (result: DriveResult) => resolve(result));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the load generator ended with code ${code}`)));
    child.send(load);
  });
}

export async function run({ seconds = defaultSeconds, quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const deployment = await prepareDeployment(demoDefinitions());
  try {
    const server = await startDeployment(deployment);
    try {
      const { writeKey: key, shop } = deployment;
      const options = {
        port: server.port,
        connections,
        seconds: quick ? Math.min(seconds, 5) : seconds,
        perSecond: null,
      };
      const native = await runLoad({
        ...options,
        kind: "events",
        key,
        shop,
        visitors,
        batchSize: 1,
        seed: 1,
        prefix: "native",
      });
      await untilCaughtUp(server, native.events);
      const edge = await runEdgeLoad({ ...options, key, shop });
      const caughtUp = await untilCaughtUp(server, 0);
      const perSecond = (edge.requests - edge.failed) / edge.seconds;
      const nativePerSecond = (native.requests - native.failed) / native.seconds;
      return [
        against(
          row(
            "adobe.interact",
            perSecond,
            "requests/s",
            "",
            `p50 ${edge.p50.toFixed(1)} ms, p99 ${edge.p99.toFixed(1)} ms with ${connections} connections; ${edge.failed} failed; caught up ${caughtUp.toFixed(1)} s later`,
          ),
          `POST /v1/events with single events ${Math.round(nativePerSecond).toLocaleString("en")}/s`,
          perSecond / nativePerSecond,
        ),
      ];
    } finally {
      await server.stop();
    }
  } finally {
    deployment.remove();
  }
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once("message", async (load: EdgeLoad) => {
    const result = await loadEdge(load);
    process.send?.(result, () => process.disconnect());
  });
}
