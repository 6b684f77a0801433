// How long after its answer an event is in the profile, in an audience and in a decision, while 2,000 events a second come in.
import type { DefinitionFile } from "../src/definitions/index.ts";
import { type BenchRow, row } from "./bench-row.ts";
import type { Deployment, Server } from "./lib/deployment.ts";
import { runLoad } from "./lib/load-process.ts";
import { ascending, quantile } from "./lib/quantile.ts";

const backgroundEventsPerSecond = 2_000;
const batchSize = 20;
const pollMs = 5;
const limitMs = 30_000;
const budgetMs = 1_000;

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
    body: { placement: "bench.fresh", priority: 1, audiences: ["fresh-viewers"], html: "<p>Seen</p>" },
  },
];

async function until(holds: () => Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    if (await holds()) return performance.now() - startedAt;
    if (performance.now() - startedAt > limitMs) throw new Error("an event did not arrive in 30 s");
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** One new visitor views a product. @returns milliseconds from the answer to each place */
async function probe(server: Server, visitor: string, sku: string): Promise<readonly [number, number, number]> {
  const event = {
    messageId: visitor,
    type: "productPageView",
    anonymousId: visitor,
    properties: { items: [{ sku, qty: 1 }] },
  };
  await server.post("/v1/events", { events: [event] });
  const path = `/v1/profiles/by/anonymous_id/${visitor}`;
  return Promise.all([
    until(async () => (await server.read(path)) !== undefined),
    until(async () => {
      const audiences = (await server.read(path))?.["audiences"];
      return Array.isArray(audiences) && audiences.includes("fresh-viewers");
    }),
    until(async () => {
      const answer = await server.post("/v1/decide", {
        identity: { anonymousId: visitor },
        placements: ["bench.fresh"],
      });
      const decisions = answer["decisions"] as readonly { readonly value: unknown }[];
      return decisions[0]?.value !== null;
    }),
  ]);
}

export async function measureFreshness(
  server: Server,
  deployment: Deployment,
  seconds: number,
): Promise<readonly BenchRow[]> {
  const { writeKey, shop } = deployment;
  const background = runLoad({
    ...{
      kind: "events",
      port: server.port,
      key: writeKey,
      shop,
      visitors: 100_000,
      batchSize,
      seed: 9,
      prefix: "background",
    },
    connections: 16,
    seconds,
    perSecond: backgroundEventsPerSecond / batchSize,
  });
  const times: [number[], number[], number[]] = [[], [], []];
  const endAt = performance.now() + (seconds - 1) * 1000;
  for (let count = 0; performance.now() < endAt; count += 1) {
    const measured = await probe(server, `probe-${count}`, shop.skus[count % shop.skus.length]!);
    for (const [index, ms] of measured.entries()) times[index]?.push(ms);
  }
  const { events, seconds: took } = await background;
  return ["profile", "audience", "decision"].map((place, index) => {
    const sorted = ascending(times[index] ?? []);
    const note = `${sorted.length} events, p50 ${quantile(sorted, 0.5).toFixed(0)} ms, polled every ${pollMs} ms; background ${Math.round(events / took).toLocaleString("en")} events/s`;
    return row(
      `ingest.freshness.${place}.p95`,
      quantile(sorted, 0.95),
      "ms",
      `≤ ${budgetMs.toLocaleString("en")}`,
      note,
    );
  });
}
