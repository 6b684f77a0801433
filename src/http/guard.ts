import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction, RouteOptions } from "fastify";
import { ClienteleError, type Clock } from "../kernel/index.ts";
import { type Access, type Auth, type Authenticate, authorize, noAuth, type RouteAccess } from "./auth.ts";
import { addCorsHeaders, isCrossOrigin } from "./cors.ts";
import type { RateLimiter } from "./rate-limit.ts";

// One hook a route, built when the route is registered: the hot path finds its settings in a closure instead of
// looking them up for each request, and authentication by key stays synchronous.

export type GuardOptions = {
  readonly authenticate: Authenticate;
  readonly openDiscovery: boolean;
  readonly rateLimiter: RateLimiter;
  readonly clock: Clock;
};

const defaultAccess = Symbol("defaultAccess");
const found = Symbol("auth");

/** Routes registered in this scope without an access of their own get this one; for plugins that make their own routes. */
export function setDefaultAccess(app: FastifyInstance, access: Access): void {
  Object.assign(app, { [defaultAccess]: access });
}

function routeAccess(app: FastifyInstance, route: RouteOptions): RouteAccess {
  // setDefaultAccess is the only writer of this symbol.
  const inherited = (app as { [defaultAccess]?: Access })[defaultAccess];
  const access = route.config?.access ?? inherited;
  if (access === undefined) {
    throw new Error(`route ${[route.method].flat().join(",")} ${route.url} has no config.access; say who may call it`);
  }
  return { ...route.config, access };
}

function limitRate(auth: Auth, reply: FastifyReply, { rateLimiter, clock }: GuardOptions): void {
  if (auth.rateLimit === undefined || auth.id === null) return;
  const nowMs = clock.now();
  const waitSeconds = rateLimiter.take(auth.id, auth.rateLimit, nowMs);
  if (waitSeconds === 0) return;
  reply.header("x-ratelimit-reset", String(Math.ceil(nowMs / 1000) + waitSeconds));
  throw new ClienteleError("http.rateLimited", `the key may send ${auth.rateLimit} requests a second`, {
    retryAfterSeconds: waitSeconds,
  });
}

function createCheck(route: RouteAccess, options: GuardOptions) {
  const { openDiscovery, authenticate } = options;
  const isOpen = route.access === "discovery" && openDiscovery;
  const admit = (auth: Auth, request: FastifyRequest, reply: FastifyReply) => {
    authorize(auth, route.access, openDiscovery);
    request.auth = auth;
    limitRate(auth, reply, options);
  };
  const check = async (pending: Promise<Auth>, request: FastifyRequest, reply: FastifyReply) =>
    admit(await pending, request, reply);
  return (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    try {
      const auth = authenticate(request, route);
      if (auth instanceof Promise) {
        check(auth, request, reply).then(() => done(), done);
        return;
      }
      admit(auth, request, reply);
    } catch (error) {
      // Foreign clients send keys of other systems to open discovery; there they are nobody.
      if (!(isOpen && error instanceof ClienteleError && error.code === "access.unauthorized")) {
        done(error instanceof Error ? error : new Error(String(error)));
        return;
      }
    }
    done();
  };
}

/** Refuses routes that do not say who may call them, and enforces it for the others. */
export function installGuard(app: FastifyInstance, options: GuardOptions): void {
  // A getter, because paths that no route serves have no hook that could set it.
  app.decorateRequest("auth", {
    getter(this: FastifyRequest & { [found]?: Auth }) {
      return this[found] ?? noAuth;
    },
    setter(this: FastifyRequest & { [found]?: Auth }, auth: Auth) {
      this[found] = auth;
    },
  });
  app.addHook("onRoute", function (this: FastifyInstance, route) {
    const config = routeAccess(this, route);
    const isCors = isCrossOrigin(config);
    const check = config.access === "public" ? undefined : createCheck(config, options);
    const onRequest = (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => {
      if (isCors) addCorsHeaders(request, reply, config.corsCredentials ?? false);
      if (check && !config.keyInBody) check(request, reply, done);
      else done();
    };
    route.config = { ...route.config, ...config };
    route.onRequest = [onRequest, ...[route.onRequest ?? []].flat()];
    if (check && config.keyInBody) route.preValidation = [check, ...[route.preValidation ?? []].flat()];
  });
}
