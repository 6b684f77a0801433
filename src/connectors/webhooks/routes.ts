import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses } from "../../http/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import type { createReceiveWebhook } from "./receive-webhook.ts";

const maxBodyBytes = 2 * 1024 ** 2;
const tags = ["Sources"];
const config = { access: "public" } as const;
const params = Type.Object({ source: Type.String({ pattern: "^[a-z0-9][a-z0-9._-]{0,59}$" }) });
/** What WooCommerce sends, unsigned, when a webhook is saved. */
const wooPing = /^webhook_id=\d{1,20}$/;

/** `POST /v1/webhooks/{source}`: open to everybody, admitted by signature. */
export function createWebhookRoutes(webhooks: ReturnType<typeof createReceiveWebhook>): FastifyPluginAsyncTypebox {
  return async (app) => {
    // The signature is over the bytes, so they are kept as they came.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

    app.post(
      "/v1/webhooks/:source",
      {
        bodyLimit: maxBodyBytes,
        config,
        schema: {
          tags,
          summary: "Take a signed webhook of a source",
          params,
          response: {
            200: Type.Object({
              read: Type.Integer(),
              written: Type.Integer(),
              unchanged: Type.Integer(),
              rejected: Type.Integer(),
              isRepeat: Type.Boolean(),
            }),
            ...errorResponses(),
          },
        },
      },
      async ({ params: { source }, headers, body }) => {
        const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
        if (headers["content-encoding"] !== undefined && headers["content-encoding"] !== "identity")
          throw new ClienteleError("http.unsupportedMediaType", "send webhooks without a content encoding");
        if (wooPing.test(bytes.toString("latin1")) && (await webhooks.presetOf(source)) === "woocommerce")
          return { read: 0, written: 0, unchanged: 0, rejected: 0, isRepeat: false };
        return webhooks.receive(source, headers, bytes);
      },
    );

    app.get(
      "/v1/webhooks/:source",
      {
        config,
        schema: {
          tags,
          summary: "Answer the challenge of Adobe I/O",
          params,
          querystring: Type.Object({ challenge: Type.String({ minLength: 1, maxLength: 200 }) }),
          response: { 200: Type.Object({ challenge: Type.String() }), ...errorResponses() },
        },
      },
      async ({ params: { source }, query: { challenge } }) => {
        if ((await webhooks.presetOf(source)) !== "adobe-commerce")
          throw new ClienteleError("http.notFound", "there is no challenge to answer");
        return { challenge };
      },
    );
  };
}
