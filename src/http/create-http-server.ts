import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from "fastify";
import { ClienteleError, type Clock, type Logger, newId } from "../kernel/index.ts";
import type { Authenticate } from "./auth.ts";
import { installSchemaCompilers } from "./compile-schemas.ts";
import { addCorsHeaders, installPreflights } from "./cors.ts";
import { sendError } from "./error-answer.ts";
import { installGuard } from "./guard.ts";
import { docsPages, installOpenApi } from "./open-api.ts";
import { installBodyParsers } from "./parse-body.ts";
import { createRateLimiter } from "./rate-limit.ts";

export type HttpServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Receives one call a request; `route` is the pattern, never the path. */
type HttpMetrics = {
  readonly observeRequest: (request: { method: string; route: string; status: number; seconds: number }) => void;
};

type HttpOptions = {
  readonly config: { readonly publicUrl: string; readonly openDiscovery: boolean };
  readonly logger: Logger;
  readonly clock: Clock;
  readonly authenticate: Authenticate;
  readonly metrics?: HttpMetrics;
  /** Proxies whose X-Forwarded-For is believed: true, or addresses. Default: none. */
  readonly trustProxy?: boolean | string;
  /** Bytes of a decoded body, where the route sets none of its own; default 1 MiB. */
  readonly bodyLimitBytes?: number;
};

const defaultBodyLimitBytes = 1024 ** 2;
// A client that sends its request slower than this holds a socket for nothing.
const requestTimeoutMs = 60_000;
// GraphQL clients send documents, filters and view histories in the address: 16 KB of it, with as much for cookies and the rest.
const maxHeaderBytes = 32_768;

function installRequestLog(app: FastifyInstance, metrics: HttpMetrics | undefined): void {
  app.addHook("onResponse", (request, reply, done) => {
    const { url: route = "unknown", config } = request.routeOptions;
    const elapsedMs = reply.elapsedTime;
    metrics?.observeRequest({ method: request.method, route, status: reply.statusCode, seconds: elapsedMs / 1000 });
    const level = config.quiet && reply.statusCode < 400 ? "debug" : "info";
    if (request.log.level !== "silent" && app.log.level !== "silent") {
      // The route pattern, not the path: paths and queries hold keys and personal data.
      request.log[level](
        {
          method: request.method,
          route,
          status: reply.statusCode,
          elapsedMs: Math.round(elapsedMs * 10) / 10,
          actor: request.auth.actor,
        },
        "request",
      );
    }
    done();
  });
}

/**
 * Makes the HTTP server without listening. Register route plugins on it, then `ready()` or `listen()`.
 *
 * Every route names its caller in `config.access`; one that does not is refused at registration. Every failure is
 * answered as `{error: {id, code, message, details?}}`. Bodies are JSON (application/json, text/plain, or no content
 * type), plain or gzip, deflate, br, limited after decoding.
 */
export function createHttpServer(options: HttpOptions): HttpServer {
  const { config, logger, clock, authenticate, metrics } = options;
  const answerError = (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    sendError(error, request, reply);
  const settings: FastifyHttpOptions<RawServerDefault> = {
    loggerInstance: logger,
    // Our own line has the route pattern; Fastify's has the path, which holds keys and personal data.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "id" }),
    genReqId: () => newId(),
    bodyLimit: options.bodyLimitBytes ?? defaultBodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    http: { maxHeaderSize: maxHeaderBytes },
    trustProxy: options.trustProxy ?? false,
    forceCloseConnections: "idle",
    frameworkErrors: answerError,
    routerOptions: { maxParamLength: 1000 },
  };
  const app = Fastify(settings).withTypeProvider<TypeBoxTypeProvider>();
  installSchemaCompilers(app);
  app.setErrorHandler(answerError);
  // Answers hold texts of shoppers: no browser may take one for a page because it looks like it.
  app.addHook("onRequest", (_request, reply, done) => {
    reply.header("x-content-type-options", "nosniff");
    done();
  });
  installBodyParsers(app);
  installRequestLog(app, metrics);
  installGuard(app, { authenticate, openDiscovery: config.openDiscovery, rateLimiter: createRateLimiter(), clock });
  installPreflights(app);
  installOpenApi(app, config.publicUrl);
  app.setNotFoundHandler((request, reply) => {
    // A browser hides an answer without these from its developer, who then sees a CORS failure instead of a wrong path.
    addCorsHeaders(request, reply, false);
    sendError(new ClienteleError("http.notFound", `there is no ${request.method} at this path`), request, reply);
  });
  void app.register(docsPages);
  return app;
}
