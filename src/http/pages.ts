import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { setDefaultAccess } from "./guard.ts";

/**
 * Wraps a plugin that serves pages: its routes are public unless they say otherwise, and every answer carries the
 * security headers of a page.
 *
 * @param csp Content-Security-Policy of the pages, e.g. `default-src 'self'`
 */
export function pages(options: { readonly csp: string; readonly plugin: FastifyPluginAsync }): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    setDefaultAccess(app, "public");
    app.addHook("onRequest", (_request, reply, done) => {
      reply.header("content-security-policy", options.csp);
      reply.header("x-content-type-options", "nosniff");
      reply.header("referrer-policy", "strict-origin-when-cross-origin");
      reply.header("x-frame-options", "SAMEORIGIN");
      reply.header("cross-origin-opener-policy", "same-origin");
      done();
    });
    await app.register(options.plugin);
  };
}
