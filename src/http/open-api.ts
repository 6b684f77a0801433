import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { apiReferencePage } from "./api-reference-page.ts";
import { pages } from "./pages.ts";

/** Records every route registered afterwards for the OpenAPI document. */
export function installOpenApi(app: FastifyInstance, publicUrl: string): void {
  void app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Clientele API",
        version: "1",
        description:
          "Collect events, know the shopper, decide what they see. Errors have one shape: `{error: {id, code, message, details?}}`.",
      },
      servers: [{ url: publicUrl }],
      components: {
        securitySchemes: {
          writeKey: {
            type: "http",
            scheme: "basic",
            description:
              "Write key as user name, empty password. Also accepted as bearer, as x-api-key and as ?writeKey=.",
          },
          token: { type: "http", scheme: "bearer", description: "Secret token with scopes." },
          session: {
            type: "apiKey",
            in: "cookie",
            name: "clientele_session",
            description: "Signed-in user; unsafe methods also need x-clientele-csrf.",
          },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const access = route.config?.access;
      const isKey = access === "write-key" || access === "decide" || access === "discovery";
      const security =
        access === "public" ? [] : isKey ? [{ writeKey: [] }, { token: [] }] : [{ token: [] }, { session: [] }];
      const needs = access === "public" ? {} : { "x-access": access };
      return { schema: { ...schema, security, ...needs }, url };
    },
  });
}

/** The OpenAPI 3.1 document of every route. Call it after `app.ready()`. */
export function openApiDocument(app: Pick<FastifyInstance, "swagger">): object {
  return app.swagger();
}

/** `/docs`: a readable reference; `/docs/openapi.json`: the document. */
export const docsPages = pages({
  csp: "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  plugin: async (app) => {
    let html: string | undefined;
    app.get("/docs", { schema: { hide: true } }, (_request, reply) => {
      html ??= apiReferencePage(openApiDocument(app));
      reply.type("text/html; charset=utf-8").send(html);
    });
    app.get(
      "/docs/openapi.json",
      { config: { access: "public", cors: true }, schema: { hide: true } },
      (_request, reply) => {
        reply.type("application/json; charset=utf-8").send(JSON.stringify(openApiDocument(app)));
      },
    );
  },
});
