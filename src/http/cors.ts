import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import type { RouteAccess } from "./auth.ts";

// Foreign clients send headers of their own, and a preflight that lacks one of them loses all of their events without
// a word. So the answer allows whatever was asked for; the key decides which origins may use it (access.originNotAllowed).

/** True for routes that browsers of other origins may call. */
export function isCrossOrigin(route: RouteAccess): boolean {
  return route.cors ?? (route.access === "write-key" || route.access === "decide" || route.access === "discovery");
}

/** The headers of every answer of a cross-origin route, errors included. */
export function addCorsHeaders(request: FastifyRequest, reply: FastifyReply, allowCredentials: boolean): void {
  const origin = request.headers.origin;
  reply.header("vary", "Origin");
  if (origin === undefined) {
    reply.header("access-control-allow-origin", "*");
    return;
  }
  reply.header("access-control-allow-origin", origin);
  reply.header("access-control-expose-headers", "Retry-After, X-RateLimit-Reset");
  if (allowCredentials) reply.header("access-control-allow-credentials", "true");
}

// Foreign clients know one answer for all paths; a method that a path does not serve is refused when it is called.
const alwaysAllowed = ["POST", "GET", "OPTIONS"];
const preflightMaxAgeSeconds = 86_400;

function sendPreflight(request: FastifyRequest, reply: FastifyReply, methods: string): void {
  reply.header("access-control-allow-methods", methods);
  reply.header("access-control-max-age", String(preflightMaxAgeSeconds));
  const asked = request.headers["access-control-request-headers"];
  if (asked !== undefined) reply.header("access-control-allow-headers", asked);
  reply.code(204).send();
}

/** Adds an OPTIONS route beside every cross-origin route; its methods are the usual ones and those registered for the path. */
export function installPreflights(app: FastifyInstance): void {
  const methodsByUrl = new Map<string, Set<string>>();
  app.addHook("onRoute", (route: RouteOptions) => {
    const config = route.config;
    if (config?.access === undefined || config.isPreflight || !isCrossOrigin({ ...config, access: config.access }))
      return;
    const known = methodsByUrl.get(route.url);
    const methods = known ?? new Set(alwaysAllowed);
    for (const method of [route.method].flat()) methods.add(method);
    if (known) return;
    methodsByUrl.set(route.url, methods);
    app.route({
      method: "OPTIONS",
      url: route.url,
      config: {
        access: "public",
        cors: true,
        corsCredentials: config.corsCredentials ?? false,
        isPreflight: true,
        quiet: true,
      },
      schema: { hide: true },
      handler: (request, reply) => {
        sendPreflight(request, reply, [...methods].join(", "));
      },
    });
  });
}
