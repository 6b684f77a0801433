import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { createConsents } from "./consents.ts";
import type { AdobeEdgeDeps } from "./edge-deps.ts";
import { createEdgeTraffic } from "./edge-traffic.ts";
import { registerEdgeRoutes } from "./routes-edge.ts";
import { type SnowplowDeps, takeSnowplow } from "./snowplow/handle-snowplow.ts";
import { createSnowplowReader } from "./snowplow/read-snowplow-event.ts";
import { createTwins } from "./twins.ts";
import { createVisits } from "./visits.ts";
import { createXdmReader } from "./xdm/read-xdm-event.ts";

const snowplowBodyLimit = 512_000;
const snowplowPaths = ["/com.snowplowanalytics.snowplow/tp2", "/collector/tp2"];

/** Placements of blocks with a target on the page; worked out again only when a block changes. */
function createDomPlacements(liveBlocks: AdobeEdgeDeps["liveBlocks"]): () => readonly string[] {
  let known: ReturnType<AdobeEdgeDeps["liveBlocks"]> | undefined;
  let placements: readonly string[] = [];
  return () => {
    const live = liveBlocks();
    if (live !== known) {
      known = live;
      placements = [...new Set(live.flatMap(({ body }) => (body.dom === undefined ? [] : [body.placement])))];
    }
    return placements;
  };
}

/**
 * The Edge protocol and the second stream of Adobe's clients, as one plugin.
 *
 * Stops without losing anything: when the server closes, events that wait for a twin are stored.
 */
export function createAdobeEdge(deps: AdobeEdgeDeps): FastifyPluginAsync {
  const { clock, settings } = deps;
  const now = () => clock.now();
  const twins = createTwins({ now, ...(settings.twinHoldMs === undefined ? {} : { holdMs: settings.twinHoldMs }) });
  const consents = createConsents(now);
  const visits = createVisits(now);
  const traffic = createEdgeTraffic(now);
  const edge = {
    ...deps,
    readXdmEvent: createXdmReader(settings.currency),
    domPlacements: createDomPlacements(deps.liveBlocks),
    twins,
    traffic,
    consents,
    visits,
  };
  const snowplow: SnowplowDeps = {
    ...deps,
    readSnowplowEvent: createSnowplowReader(settings.currency),
    twins,
    traffic,
    consents,
  };
  const snowplowKey = (_request: FastifyRequest) => settings.snowplowWriteKey || undefined;

  return async (app) => {
    app.addHook("preClose", async () => twins.flush());
    await app.register(async (inner) => registerEdgeRoutes(inner, edge));
    for (const path of snowplowPaths) {
      app.post(
        path,
        {
          bodyLimit: snowplowBodyLimit,
          config: { access: "write-key", corsCredentials: true, quiet: true, writeKeyFrom: snowplowKey },
          schema: { tags: ["Adobe Edge"], summary: "Second stream (Snowplow) of Adobe's Commerce collector" },
        },
        async (request, reply) => {
          await takeSnowplow(request, snowplow);
          return reply.code(200).header("content-type", "text/plain; charset=utf-8").send("ok");
        },
      );
    }
  };
}
