import fastifyStatic from "@fastify/static";
import type { FastifyPluginAsync } from "fastify";
import { pages } from "./http/index.ts";

// Product pictures may come from the shop's own host. Spectrum writes styles at run time; the preview of a block is an inline sandboxed frame.
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data: blob:; font-src 'self' data:; connect-src 'self'; frame-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const assetMaxAgeMs = 365 * 86_400_000;

/** The built admin at /admin; every path that is no file answers with the application. */
export function createAdminPages(dist: string): FastifyPluginAsync {
  return pages({
    csp: policy,
    plugin: async (app) => {
      await app.register(fastifyStatic, {
        root: dist,
        prefix: "/admin/",
        wildcard: false,
        decorateReply: true,
        setHeaders: (response, path) => {
          // Built names carry a hash of the content; the entry page does not.
          const isAsset = path.includes("/assets/");
          response.setHeader(
            "cache-control",
            isAsset ? `public, max-age=${assetMaxAgeMs / 1000}, immutable` : "no-cache",
          );
        },
      });
      app.get("/admin", async (_request, reply) => reply.redirect("/admin/"));
      app.get("/admin/*", async (request, reply) => {
        // A page of the application, but never a file that is not there: a browser must not take HTML for a script.
        if (request.url.startsWith("/admin/assets/")) return reply.callNotFound();
        return reply.sendFile("index.html");
      });
    },
  });
}
