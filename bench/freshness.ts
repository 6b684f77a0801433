// How long after its answer an event is in the profile, in an audience and in a decision, while 2,000 events a second come in;
// for events of our own SDK, of the Segment protocol and of Adobe's Web SDK.

import type { DefinitionFile } from "../src/definitions/index.ts";
import { isObject } from "../src/kernel/index.ts";
import { type BenchRow, row } from "./bench-row.ts";
import { ecidOf, interactBody, interactPath } from "./lib/adobe-shoppers.ts";
import type { Deployment, Server } from "./lib/deployment.ts";
import { type Load, runLoad } from "./lib/load-process.ts";
import { ascending, quantile } from "./lib/quantile.ts";

const backgroundEventsPerSecond = 2_000;
/** One event a request: all of the background that way would leave no room for the question. */
const adobeEventsPerSecond = 500;
const batchSize = 20;
const pollMs = 5;
const limitMs = 30_000;
const budgetMs = 1_000;
const placement = "bench.fresh";
const visitors = 100_000;

const common = { scope: { storeViews: null }, schedule: null, status: "live" } as const;

/** An audience of everybody who viewed a product, and a block that only its members see. */
export const freshnessDefinitions: readonly DefinitionFile[] = [
  {
    ...common,
    kind: "audience",
    key: "fresh-viewers",
    name: "Fresh viewers",
    body: { description: "", rule: { items: { of: "viewed", measure: "count", op: "gte", value: 1 } } },
  },
  {
    ...common,
    kind: "block",
    key: "fresh-block",
    name: "Fresh block",
    body: { placement, priority: 1, audiences: ["fresh-viewers"], html: "<p>Seen</p>" },
  },
];

type BackgroundLoad = Omit<Load & { kind: "events" | "segment" | "adobe" }, "batchSize"> & {
  readonly batchSize: number;
};

/** How events come in: what one probe sends, where its profile is found, how its decision is asked for, and the traffic beside it. */
export type Way = {
  readonly send: (server: Server, deployment: Deployment, probe: Probe) => Promise<unknown>;
  /** `namespace/value` of the probe's visitor. */
  readonly visitor: (probe: Probe) => string;
  /** Whether the block is shown to the visitor now. */
  readonly isShown: (server: Server, deployment: Deployment, probe: Probe) => Promise<boolean>;
  readonly background: readonly { readonly kind: BackgroundLoad["kind"]; readonly perSecond: number }[];
};

type Probe = { readonly index: number; readonly id: string; readonly sku: string };

async function isShownByDecide(server: Server, _deployment: Deployment, { id }: Probe): Promise<boolean> {
  const answer = await server.post("/v1/decide", { identity: { anonymousId: id }, placements: [placement] });
  const decisions = answer["decisions"] as readonly { readonly value: unknown }[];
  return decisions[0]?.value !== null;
}

/** POST /v1/events, as our own SDK sends. */
export const nativeWay: Way = {
  send: (server, _deployment, { id, sku }) =>
    server.post("/v1/events", {
      events: [{ messageId: id, type: "productPageView", anonymousId: id, properties: { items: [{ sku, qty: 1 }] } }],
    }),
  visitor: ({ id }) => `anonymous_id/${id}`,
  isShown: isShownByDecide,
  background: [{ kind: "events", perSecond: backgroundEventsPerSecond }],
};

/** POST /v1/batch of the Segment protocol. */
export const segmentWay: Way = {
  send: (server, _deployment, { id, sku }) =>
    server.post("/v1/batch", {
      batch: [
        {
          type: "track",
          event: "Product Viewed",
          messageId: id,
          anonymousId: id,
          properties: { product_id: sku, sku },
        },
      ],
    }),
  visitor: ({ id }) => `anonymous_id/${id}`,
  isShown: isShownByDecide,
  background: [{ kind: "segment", perSecond: backgroundEventsPerSecond }],
};

// Beyond the visitors of the background.
const edgeVisitor = (index: number) => ecidOf(visitors + index);

async function interact(
  server: Server,
  { writeKey }: Deployment,
  event: Parameters<typeof interactBody>[0],
  scope?: string,
): Promise<Record<string, unknown>> {
  return server.post(interactPath(writeKey, event.id), JSON.parse(interactBody(event, scope)));
}

/** Whether an answer of the edge carries something to show. */
function hasProposition({ handle }: Record<string, unknown>): boolean {
  if (!Array.isArray(handle)) return false;
  return handle.some(
    (part) =>
      isObject(part) &&
      part["type"] === "personalization:decisions" &&
      Array.isArray(part["payload"]) &&
      part["payload"].length > 0,
  );
}

/** POST /ee/v1/interact of Adobe's Web SDK, which also asks for the block: each question is a page view of the same visitor. */
export const adobeWay: Way = {
  send: (server, deployment, { index, id, sku }) =>
    interact(server, deployment, { id, ecid: edgeVisitor(index), sku, isView: false }),
  visitor: ({ index }) => `ecid/${edgeVisitor(index)}`,
  isShown: async (server, deployment, { index, id, sku }) => {
    const asking = { id: `${id}-${performance.now()}`, ecid: edgeVisitor(index), sku, isView: true };
    return hasProposition(await interact(server, deployment, asking, placement));
  },
  background: [
    { kind: "adobe", perSecond: adobeEventsPerSecond },
    { kind: "events", perSecond: backgroundEventsPerSecond - adobeEventsPerSecond },
  ],
};

async function until(holds: () => Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    if (await holds()) return performance.now() - startedAt;
    if (performance.now() - startedAt > limitMs) throw new Error("an event did not arrive in 30 s");
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** One new visitor views a product. @returns milliseconds from the answer to each place */
async function measureProbe(
  server: Server,
  deployment: Deployment,
  way: Way,
  probe: Probe,
): Promise<readonly [number, number, number]> {
  await way.send(server, deployment, probe);
  const path = `/v1/profiles/by/${way.visitor(probe)}`;
  return Promise.all([
    until(async () => (await server.read(path)) !== undefined),
    until(async () => {
      const audiences = (await server.read(path))?.["audiences"];
      return Array.isArray(audiences) && audiences.includes("fresh-viewers");
    }),
    until(() => way.isShown(server, deployment, probe)),
  ]);
}

/** @returns events a second that really came in */
async function runBackground(
  server: Server,
  { writeKey: key, shop }: Deployment,
  way: Way,
  seconds: number,
): Promise<number> {
  const loads = way.background.map(async ({ kind, perSecond }, index) => {
    const load = { port: server.port, key, shop, visitors, seed: 9 + index, prefix: `background-${kind}` };
    const rate = { connections: 16, seconds, perSecond: kind === "adobe" ? perSecond : perSecond / batchSize };
    const { events, seconds: took } = await runLoad({ ...load, ...rate, kind, batchSize });
    return events / took;
  });
  return (await Promise.all(loads)).reduce((sum, each) => sum + each, 0);
}

/** @param name before each figure's name */
export async function measureFreshness(
  server: Server,
  deployment: Deployment,
  { name, way, seconds }: { readonly name: string; readonly way: Way; readonly seconds: number },
): Promise<readonly BenchRow[]> {
  const background = runBackground(server, deployment, way, seconds);
  const { skus } = deployment.shop;
  const times: [number[], number[], number[]] = [[], [], []];
  const endAt = performance.now() + (seconds - 1) * 1000;
  for (let index = 0; performance.now() < endAt; index += 1) {
    const sku = skus[index % skus.length];
    if (sku === undefined) throw new Error("the shop has no products");
    const measured = await measureProbe(server, deployment, way, { index, id: `probe-${name}-${index}`, sku });
    for (const [place, ms] of measured.entries()) times[place]?.push(ms);
  }
  const perSecond = Math.round(await background).toLocaleString("en");
  return ["profile", "audience", "decision"].map((place, index) => {
    const sorted = ascending(times[index] ?? []);
    const note = `${sorted.length} events, p50 ${quantile(sorted, 0.5).toFixed(0)} ms, polled every ${pollMs} ms; background ${perSecond} events/s (${way.background.map(({ kind, perSecond: each }) => `${kind} ${each.toLocaleString("en")}`).join(", ")})`;
    const budget = `≤ ${budgetMs.toLocaleString("en")}`;
    return row(`${name}.freshness.${place}.p95`, quantile(sorted, 0.95), "ms", budget, note);
  });
}
