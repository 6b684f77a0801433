import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses } from "../http/index.ts";
import type { Metrics } from "./metrics.ts";
import type { createSystemStatus } from "./system-status.ts";

const tags = ["Operations"];
const Loose = Type.Record(Type.String(), Type.Unknown());

export type OperationsRouteDeps = {
  readonly system: ReturnType<typeof createSystemStatus>;
  readonly metrics: Metrics;
  /** Fills the gauges that cost a query; called when metrics are read. */
  readonly refreshGauges: () => Promise<void>;
};

/** /health, /ready, /metrics and the figures of the system page. */
export function createOperationsRoutes(deps: OperationsRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/health",
      {
        config: { access: "public", quiet: true },
        schema: { tags, summary: "The process lives", response: { 200: Type.Object({ status: Type.Literal("ok") }) } },
      },
      async () => ({ status: "ok" as const }),
    );
    app.get(
      "/ready",
      {
        config: { access: "public", quiet: true },
        schema: { tags, summary: "The process may get traffic", response: { 200: Loose, 503: Loose } },
      },
      async (_request, reply) => {
        const answer = await deps.system.ready();
        return reply.code(answer.ready ? 200 : 503).send(answer);
      },
    );
    // Prometheus has no place for a token in its default set-up; the figures name no person.
    app.get(
      "/metrics",
      { config: { access: "public", quiet: true }, schema: { tags, summary: "Prometheus metrics" } },
      async (_request, reply) => {
        await deps.refreshGauges();
        return reply
          .header("content-type", deps.metrics.registry.contentType)
          .send(await deps.metrics.registry.metrics());
      },
    );
    app.get(
      "/v1/system",
      {
        config: { access: "read", quiet: true },
        schema: {
          tags,
          summary: "State of engines, queues, catalog and memory",
          response: { 200: Loose, ...errorResponses() },
        },
      },
      async () => deps.system.status(),
    );
  };
}
