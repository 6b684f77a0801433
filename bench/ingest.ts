// Ingest through the built server in its own process, the load generator in another: batches of 20, single events, and how
// long an event takes into profile, audience and decision. Run alone: clientele bench ingest
import { against, type BenchOptions, type BenchRow, row } from "./bench-row.ts";
import { startHttpFloor } from "./floors/http-floor.ts";
import { runIngestFloor } from "./floors/ingest-floor.ts";
import { freshnessDefinitions, measureFreshness, nativeWay } from "./freshness.ts";
import {
  type Deployment,
  demoDefinitions,
  prepareDeployment,
  type Server,
  startDeployment,
  storedEvents,
  untilCaughtUp,
} from "./lib/deployment.ts";
import { type Load, runLoad } from "./lib/load-process.ts";
import { createShoppers } from "./lib/shoppers.ts";

const visitors = 100_000;
const batchSize = 20;
const offeredEventsPerSecond = 15_500;
const batchSeconds = 60;
const shortSeconds = 20;
const connections = 48;
const freshnessSeconds = 30;
const megabyte = 1024 ** 2;

type Sizes = { readonly batchSeconds: number; readonly shortSeconds: number; readonly freshnessSeconds: number };

function sizesOf({ seconds, quick }: BenchOptions): Sizes {
  if (quick) return { batchSeconds: seconds ?? 10, shortSeconds: 5, freshnessSeconds: 8 };
  return { batchSeconds: seconds ?? batchSeconds, shortSeconds, freshnessSeconds };
}

function eventsLoad(
  server: Server,
  deployment: Deployment,
  prefix: string,
): Omit<Load & { kind: "events" }, "batchSize" | "seconds" | "perSecond"> {
  const { writeKey, shop } = deployment;
  return { kind: "events", port: server.port, key: writeKey, shop, visitors, connections, seed: prefix.length, prefix };
}

/** The budget's rate for its time: answers, memory, and how soon everything is where it belongs. */
async function benchOffered(server: Server, deployment: Deployment, seconds: number): Promise<readonly BenchRow[]> {
  const offered = await runLoad({
    ...eventsLoad(server, deployment, "offered"),
    batchSize,
    seconds,
    perSecond: offeredEventsPerSecond / batchSize,
  });
  const caughtUp = await untilCaughtUp(server, offered.events);
  const note = `${offered.events.toLocaleString("en")} events of ${visitors.toLocaleString("en")} visitors in ${Math.round(offered.seconds)} s, offered ${offeredEventsPerSecond.toLocaleString("en")}/s; ${offered.failed} requests failed`;
  return [
    row(
      "ingest.batches.accepted",
      (offered.events - offered.failed * batchSize) / offered.seconds,
      "events/s",
      "≥ 15,000",
      note,
    ),
    row(
      "ingest.batches.p99",
      offered.p99,
      "ms",
      "≤ 250",
      `p50 ${offered.p50.toFixed(1)} ms, from when a request was due`,
    ),
    row("ingest.batches.caught up", caughtUp, "s", "≤ 5", "after the last answer, profiles and analytics"),
    row("ingest.batches.memory", server.peakMemory() / megabyte, "MB", "≤ 1,536", "largest resident memory so far"),
  ];
}

/** As much as the server takes, counted when it is in profiles and analytics. */
async function benchSaturated(
  server: Server,
  deployment: Deployment,
  seconds: number,
  before: number,
  floor: number,
): Promise<readonly BenchRow[]> {
  const load = await runLoad({
    ...eventsLoad(server, deployment, "saturated"),
    batchSize,
    seconds,
    perSecond: null,
    connections: 16,
  });
  const caughtUp = await untilCaughtUp(server, before + load.events);
  const sustained = load.events / (load.seconds + caughtUp);
  return [
    against(
      row(
        "ingest.batches.sustained",
        sustained,
        "events/s",
        "ratio ≥ 0.3",
        `answered ${Math.round(load.events / load.seconds).toLocaleString("en")}/s, in profiles and analytics ${caughtUp.toFixed(1)} s later; ${load.failed} requests failed`,
      ),
      `the engines alone ${Math.round(floor).toLocaleString("en")}/s`,
      sustained / floor,
    ),
  ];
}

async function benchSingles(server: Server, deployment: Deployment, seconds: number): Promise<readonly BenchRow[]> {
  const load = await runLoad({
    ...eventsLoad(server, deployment, "single"),
    batchSize: 1,
    seconds,
    perSecond: null,
    connections: 64,
  });
  const body = createShoppers(deployment.shop, { visitors, seed: 1, prefix: "floor" }).batch(1);
  const floorServer = await startHttpFloor("/v1/events", '{"accepted":1,"duplicates":0,"rejected":[]}');
  const floor = await runLoad({
    ...{ kind: "same", path: "/v1/events", body, key: deployment.writeKey, port: floorServer.port },
    connections: 64,
    seconds: Math.min(seconds, 10),
    perSecond: null,
  });
  floorServer.stop();
  const perSecond = (load.requests - load.failed) / load.seconds;
  const floorPerSecond = floor.requests / floor.seconds;
  return [
    against(
      row(
        "ingest.single",
        perSecond,
        "requests/s",
        "≥ 6,000, ratio ≥ 0.15",
        `p99 ${load.p99.toFixed(1)} ms with 64 connections; ${load.failed} failed`,
      ),
      `an empty Fastify route ${Math.round(floorPerSecond).toLocaleString("en")}/s`,
      perSecond / floorPerSecond,
    ),
  ];
}

export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  const sizes = sizesOf(options);
  const deployment = await prepareDeployment([...demoDefinitions(), ...freshnessDefinitions]);
  try {
    const floor = await runIngestFloor({ shop: deployment.shop, visitors, seconds: Math.min(10, sizes.shortSeconds) });
    const server = await startDeployment(deployment);
    try {
      const rows = [...(await benchOffered(server, deployment, sizes.batchSeconds))];
      rows.push(...(await benchSaturated(server, deployment, sizes.shortSeconds, await storedEvents(server), floor)));
      rows.push(...(await benchSingles(server, deployment, sizes.shortSeconds)));
      await untilCaughtUp(server, 0);
      const fresh = { name: "ingest", way: nativeWay, seconds: sizes.freshnessSeconds };
      rows.push(...(await measureFreshness(server, deployment, fresh)));
      return rows;
    } finally {
      await server.stop();
    }
  } finally {
    deployment.remove();
  }
}
