// The load generator as a process of its own: in the server's it would share the event loop that it measures.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createAdobeShoppers, interactPath } from "./adobe-shoppers.ts";
import { postText } from "./connection.ts";
import { type DriveOptions, type DriveResult, drive } from "./drive.ts";
import { createRandom } from "./random.ts";
import { createSegmentShoppers } from "./segment-shoppers.ts";
import { createShoppers, type ShopData } from "./shoppers.ts";

export type Load = DriveOptions & { readonly key: string } & (
    | {
        /** Native events, or messages of the Segment protocol. */
        readonly kind: "events" | "segment";
        readonly shop: ShopData;
        readonly visitors: number;
        readonly batchSize: number;
        readonly seed: number;
        readonly prefix: string;
      }
    /** Adobe's Web SDK: one event a request. */
    | {
        readonly kind: "adobe";
        readonly shop: ShopData;
        readonly visitors: number;
        readonly seed: number;
        readonly prefix: string;
      }
    /** Every visitor once, with `each` events. */
    | { readonly kind: "everybody"; readonly shop: ShopData; readonly visitors: number; readonly each: number }
    | {
        readonly kind: "decide";
        readonly visitors: number;
        readonly placements: readonly string[];
        readonly seed: number;
      }
    /** The same request again and again. */
    | { readonly kind: "same"; readonly path: string; readonly body: string }
  );

export type LoadResult = DriveResult & { readonly events: number };

const visitorsPerRequest = 50;
const placementsPerCall = 5;

async function run(load: Load): Promise<LoadResult> {
  switch (load.kind) {
    case "events": {
      const shoppers = createShoppers(load.shop, load);
      const result = await drive(() => postText("/v1/events", load.key, shoppers.batch(load.batchSize)), load);
      return { ...result, events: shoppers.sent() };
    }
    case "segment": {
      const shoppers = createSegmentShoppers(load.shop, load);
      const result = await drive(() => postText("/v1/batch", load.key, shoppers.batch(load.batchSize)), load);
      return { ...result, events: shoppers.sent() };
    }
    case "adobe": {
      const shoppers = createAdobeShoppers(load.shop, load);
      const next = () => {
        const { id, body } = shoppers.next();
        return postText(interactPath(load.key, id), load.key, body);
      };
      const result = await drive(next, load);
      return { ...result, events: shoppers.sent() };
    }
    case "everybody": {
      const shoppers = createShoppers(load.shop, { visitors: load.visitors, seed: 1, prefix: "seed" });
      let first = 0;
      const next = () => {
        const last = Math.min(load.visitors, first + visitorsPerRequest);
        const body = shoppers.ofEach(first, last, load.each);
        first = last;
        return postText("/v1/events", load.key, body);
      };
      const result = await drive(next, { ...load, maxRequests: Math.ceil(load.visitors / visitorsPerRequest) });
      return { ...result, events: shoppers.sent() };
    }
    case "decide": {
      const random = createRandom(load.seed);
      const groups = Math.floor(load.placements.length / placementsPerCall);
      const placements = Array.from({ length: groups }, (_, group) =>
        JSON.stringify(load.placements.slice(group * placementsPerCall, (group + 1) * placementsPerCall)),
      );
      const next = () => {
        const visitor = Math.floor(random() * load.visitors);
        const body = `{"identity":{"anonymousId":"visitor-${visitor}"},"placements":${placements[Math.floor(random() * groups)]}}`;
        return postText("/v1/decide", load.key, body);
      };
      return { ...(await drive(next, load)), events: 0 };
    }
    case "same": {
      const request = postText(load.path, load.key, load.body);
      return { ...(await drive(() => request, load)), events: 0 };
    }
  }
}

/** Runs a load in a process of its own to its end. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const child = fork(fileURLToPath(import.meta.url), { stdio: "inherit" });
  return new Promise<LoadResult>((resolve, reject) => {
    child.once("message", (message: LoadResult) => resolve(message));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the load generator ended with code ${code}`)));
    child.send(load);
  });
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once("message", async (load: Load) => {
    const result = await run(load);
    process.send?.(result, () => process.disconnect());
  });
}
