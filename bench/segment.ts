// Ingest through POST /v1/batch, batches of 20 messages as a server SDK of the Segment protocol sends them, beside the same
// number of native events through POST /v1/events: what the translation costs; then how soon such an event is in profile,
// audience and decision. Run alone: clientele bench segment
import { against, type BenchOptions, type BenchRow, row } from "./bench-row.ts";
import { freshnessDefinitions, measureFreshness, segmentWay } from "./freshness.ts";
import {
  type Deployment,
  demoDefinitions,
  prepareDeployment,
  type Server,
  startDeployment,
  storedEvents,
  untilCaughtUp,
} from "./lib/deployment.ts";
import { type LoadResult, runLoad } from "./lib/load-process.ts";

const visitors = 100_000;
const batchSize = 20;
const connections = 16;
const secondsEach = 8;
const freshnessSeconds = 30;

async function measure(
  server: Server,
  deployment: Deployment,
  kind: "events" | "segment",
  seconds: number,
): Promise<{ readonly load: LoadResult; readonly sustained: number }> {
  const before = await storedEvents(server);
  const { shop, writeKey: key } = deployment;
  const load = await runLoad({
    ...{ kind, port: server.port, key, shop, visitors, connections, batchSize, seconds },
    seed: 1,
    prefix: kind,
    perSecond: null,
  });
  const caughtUp = await untilCaughtUp(server, before + load.events - load.failed * batchSize);
  return { load, sustained: (load.events - load.failed * batchSize) / (load.seconds + caughtUp) };
}

/** As much as the server takes, counted when it is in profiles and analytics. */
export async function run({ seconds, quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const each = seconds ?? (quick ? 3 : secondsEach);
  const deployment = await prepareDeployment([...demoDefinitions(), ...freshnessDefinitions]);
  try {
    const server = await startDeployment(deployment);
    try {
      // First a second of each that does not count: the code is compiled while it runs.
      for (const kind of ["events", "segment"] as const)
        await runLoad({
          ...{
            kind,
            port: server.port,
            key: deployment.writeKey,
            shop: deployment.shop,
            visitors,
            connections,
            batchSize,
          },
          ...{ seconds: 1, seed: 2, prefix: `warm-${kind}`, perSecond: null },
        });
      await untilCaughtUp(server, 0);
      const fresh = { name: "segment", way: segmentWay, seconds: seconds ?? (quick ? 8 : freshnessSeconds) };
      const native = await measure(server, deployment, "events", each);
      const segment = await measure(server, deployment, "segment", each);
      const note = `answered ${Math.round(segment.load.events / segment.load.seconds).toLocaleString("en")}/s, p99 ${segment.load.p99.toFixed(0)} ms with ${connections} connections; ${segment.load.failed} requests failed`;
      return [
        against(
          row("segment.batches.sustained", segment.sustained, "events/s", "ratio ≥ 0.7", note),
          `the same through POST /v1/events ${Math.round(native.sustained).toLocaleString("en")}/s`,
          segment.sustained / native.sustained,
        ),
        ...(await measureFreshness(server, deployment, fresh)),
      ];
    } finally {
      await server.stop();
    }
  } finally {
    deployment.remove();
  }
}
