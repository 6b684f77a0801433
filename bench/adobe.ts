// Events of Adobe's Web SDK through POST /ee/v1/interact: one event a request, answered with identity and audiences after the
// commit. Beside it the native path with single events, in the same run; then how soon such an event is in profile, audience
// and the next answer. Run alone: clientele bench adobe
import { against, type BenchOptions, type BenchRow, row } from "./bench-row.ts";
import { adobeWay, freshnessDefinitions, measureFreshness } from "./freshness.ts";
import {
  type Deployment,
  demoDefinitions,
  prepareDeployment,
  type Server,
  startDeployment,
  untilCaughtUp,
} from "./lib/deployment.ts";
import { runLoad } from "./lib/load-process.ts";

const visitors = 100_000;
const connections = 64;
const defaultSeconds = 10;
const freshnessSeconds = 30;

async function benchRate(server: Server, deployment: Deployment, seconds: number): Promise<BenchRow> {
  const { writeKey: key, shop } = deployment;
  const load = { port: server.port, key, shop, visitors, connections, seconds, perSecond: null, seed: 1 };
  const native = await runLoad({ ...load, kind: "events", batchSize: 1, prefix: "native" });
  await untilCaughtUp(server, native.events);
  const edge = await runLoad({ ...load, kind: "adobe", prefix: "edge" });
  const caughtUp = await untilCaughtUp(server, 0);
  const perSecond = (edge.requests - edge.failed) / edge.seconds;
  const nativePerSecond = (native.requests - native.failed) / native.seconds;
  const note = `p50 ${edge.p50.toFixed(1)} ms, p99 ${edge.p99.toFixed(1)} ms with ${connections} connections; ${edge.failed} failed; caught up ${caughtUp.toFixed(1)} s later`;
  return against(
    row("adobe.interact", perSecond, "requests/s", "", note),
    `POST /v1/events with single events ${Math.round(nativePerSecond).toLocaleString("en")}/s`,
    perSecond / nativePerSecond,
  );
}

export async function run({ seconds, quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const deployment = await prepareDeployment([...demoDefinitions(), ...freshnessDefinitions]);
  try {
    const server = await startDeployment(deployment);
    try {
      const rate = await benchRate(server, deployment, seconds ?? (quick ? 5 : defaultSeconds));
      const each = seconds ?? (quick ? 8 : freshnessSeconds);
      return [rate, ...(await measureFreshness(server, deployment, { name: "adobe", way: adobeWay, seconds: each }))];
    } finally {
      await server.stop();
    }
  } finally {
    deployment.remove();
  }
}
