// The HTTP face that Segment and RudderStack clients speak (profiles-and-journeys D.1 to D.4).
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { type AcceptRequest, type AcceptResult, clientFactsOf, parseInstant } from "../../collect/index.ts";
import { acceptJsonAs, isTrusted } from "../../http/index.ts";
import { ClienteleError, isObject } from "../../kernel/index.ts";
import { addressOf, analyticsJsSettings, rudderSourceConfig } from "./client-settings.ts";
import { refusalOf, sendSegmentError } from "./error-answer.ts";
import { pixelGif, pixelUnit } from "./pixel.ts";
import { anonymousIdOf, batchUnits, type CallType, singleUnit } from "./units.ts";

const tags = ["Segment protocol"];
const maxMessageBytes = 32_768;
const maxBatchBytes = 512_000;
/** What the edge may add to a single message that is just small enough: its type, the id of the browser. */
const addedBytes = 2_048;
/** A request that names no time of sending: too far from now to correct anything by, and not a replay. */
const noSentAt = 0;
const maxKeyLength = 1_000;

const Succeeded = Type.Object({
  success: Type.Literal(true),
  rejected: Type.Optional(
    Type.Array(
      Type.Object({
        index: Type.Integer(),
        messageId: Type.Union([Type.String(), Type.Null()]),
        code: Type.String(),
        message: Type.String(),
      }),
    ),
  ),
});
const Failed = Type.Object(
  { success: Type.Literal(false), message: Type.String(), code: Type.String(), id: Type.String() },
  { description: "The request failed" },
);
const failures = { "4xx": Failed, 503: Failed };
const Loose = Type.Record(Type.String(), Type.Unknown());

const singlePaths: Readonly<Record<CallType, readonly string[]>> = {
  track: ["/v1/track", "/v1/t"],
  identify: ["/v1/identify", "/v1/i"],
  page: ["/v1/page", "/v1/p"],
  screen: ["/v1/screen", "/v1/s"],
  group: ["/v1/group", "/v1/g"],
  alias: ["/v1/alias", "/v1/a"],
};
const batchPaths = ["/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"] as const;

export type SegmentRouteDeps = {
  readonly accept: (request: AcceptRequest) => Promise<AcceptResult>;
  /** Address of this server for browsers, as configured. */
  readonly publicUrl: string;
};

/** The write key in a body, or in the first message of a batch. */
function keyOfBody({ body }: FastifyRequest): string | undefined {
  if (!isObject(body)) return undefined;
  const { writeKey, batch } = body;
  if (typeof writeKey === "string") return writeKey;
  const first: unknown = Array.isArray(batch) ? batch[0] : undefined;
  return isObject(first) && typeof first["writeKey"] === "string" ? first["writeKey"] : undefined;
}

/** RudderStack's server SDK calls its compressed JSON a form. A form that is not compressed is one. */
const compressedForm = "application/x-www-form-urlencoded";

function refuseForms(request: FastifyRequest): void {
  const { "content-type": type = "", "content-encoding": encoding } = request.headers;
  if (encoding === undefined && type.toLowerCase().startsWith(compressedForm))
    throw new ClienteleError("http.unsupportedMediaType", "send application/json, or text/plain that holds JSON");
}

/** Takes messages in the name of the caller. `sentAt` of the body wins over that of the header. */
function createTake({ accept }: SegmentRouteDeps) {
  return (request: FastifyRequest, events: readonly unknown[], maxEventBytes: number): Promise<AcceptResult> => {
    const { auth, body, headers } = request;
    const trusted = isTrusted(auth);
    const inBody = isObject(body) ? parseInstant(body["sentAt"]) : undefined;
    return accept({
      events,
      sentAt: inBody ?? parseInstant(headers["sentat"]) ?? noSentAt,
      sourceId: auth.sourceId,
      sourceKind: "segment",
      trusted,
      provenCustomerId: null,
      maxEventBytes,
      ...(trusted ? {} : { client: clientFactsOf(request) }),
    });
  };
}

const keyAnywhere = { access: "write-key", keyInBody: true, writeKeyFrom: keyOfBody, quiet: true } as const;
// Described for the API reference, read by hand: a fault of one message must not refuse its batch.
const anyBody = () => () => true;

function createMessageRoutes(deps: SegmentRouteDeps): FastifyPluginAsyncTypebox {
  const take = createTake(deps);
  return async (app) => {
    acceptJsonAs(app, [compressedForm]);
    // Not earlier: the headers for other origins are set by the route's own first hook.
    app.addHook("preParsing", async (request) => refuseForms(request));
    for (const [type, paths] of Object.entries(singlePaths) as [CallType, readonly string[]][]) {
      for (const path of paths) {
        app.post(
          path,
          {
            bodyLimit: maxMessageBytes,
            config: keyAnywhere,
            validatorCompiler: anyBody,
            schema: { tags, summary: `Send one ${type} call`, body: Loose, response: { 200: Succeeded, ...failures } },
          },
          async (request) => {
            const unit = singleUnit(request.body, type, anonymousIdOf(request.headers["anonymousid"]));
            const { rejected } = await take(request, [unit], maxMessageBytes + addedBytes);
            if (rejected[0]) throw refusalOf(rejected[0]);
            return { success: true as const };
          },
        );
      }
    }
    for (const path of batchPaths) {
      app.post(
        path,
        {
          bodyLimit: maxBatchBytes,
          config: keyAnywhere,
          validatorCompiler: anyBody,
          schema: { tags, summary: "Send a batch of calls", body: Loose, response: { 200: Succeeded, ...failures } },
        },
        async (request) => {
          const anonymousId = anonymousIdOf(request.headers["anonymousid"]);
          const units = batchUnits(request.body, { anonymousId, isImport: path === "/v1/import" });
          const { rejected } = await take(request, units, maxMessageBytes);
          return { success: true as const, ...(rejected.length === 0 ? {} : { rejected: [...rejected] }) };
        },
      );
    }
  };
}

function createPixelRoutes(deps: SegmentRouteDeps): FastifyPluginAsyncTypebox {
  const take = createTake(deps);
  return async (app) => {
    app.addHook("onSend", async (_request, reply) => {
      reply.header("cache-control", "no-store");
    });
    // A broken image in somebody's mail helps nobody.
    app.setErrorHandler((error, request, reply) => {
      request.log.info({ err: error }, "pixel refused");
      reply.code(200).type("image/gif").send(pixelGif);
    });
    for (const type of ["track", "page"] as const) {
      app.get(
        `/pixel/v1/${type}`,
        {
          exposeHeadRoute: false,
          config: { access: "write-key", quiet: true },
          schema: { tags, summary: `Send one ${type} call as an image` },
        },
        async (request, reply) => {
          const { writeKey: _key, ...unit } = pixelUnit(request.query, type, request.headers.referer);
          await take(request, [unit], maxMessageBytes);
          return reply.type("image/gif").send(pixelGif);
        },
      );
    }
  };
}

function createSettingsRoutes({ publicUrl }: SegmentRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    // The SDK asks with and without the slash, depending on how its address was written.
    for (const path of ["/sourceConfig", "/sourceConfig/"]) {
      app.get(
        path,
        {
          config: { access: "write-key", quiet: true },
          schema: { tags, summary: "Source configuration of RudderStack's browser SDK" },
        },
        async (request) => {
          const key = isObject(request.query) ? request.query["writeKey"] : undefined;
          return rudderSourceConfig(request.auth.sourceId, typeof key === "string" ? key : "");
        },
      );
    }
    app.get(
      "/v1/projects/:writeKey/settings",
      {
        config: {
          access: "write-key",
          quiet: true,
          writeKeyFrom: ({ params }) =>
            isObject(params) && typeof params["writeKey"] === "string" ? params["writeKey"] : undefined,
        },
        schema: {
          tags,
          summary: "Settings of analytics.js",
          params: Type.Object({ writeKey: Type.String({ maxLength: maxKeyLength }) }),
        },
      },
      async (request) => analyticsJsSettings(request.params.writeKey, addressOf(request, publicUrl)),
    );
  };
}

/** Every path of the Segment protocol. */
export function createSegmentRoutes(deps: SegmentRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.setErrorHandler(sendSegmentError);
    await app.register(createMessageRoutes(deps));
    await app.register(createPixelRoutes(deps));
    await app.register(createSettingsRoutes(deps));
  };
}
