import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { AuditTrail } from "../../access/index.ts";
import { errorResponses, pageQuerySchema, pageSchema } from "../../http/index.ts";
import { ClienteleError, type Clock, type Page } from "../../kernel/index.ts";
import { codeFormats, largestMaxGuessRatio } from "./code-format.ts";
import { maxCodeLength } from "./coupon-rule.ts";
import type { CouponPools } from "./create-pools.ts";
import { limitBytes } from "./limit-bytes.ts";
import {
  codeSchema,
  generationSchema,
  poolDetailSchema,
  poolSchema,
  toCodeAnswer,
  toGenerationAnswer,
  toPoolAnswer,
  toPoolDetail,
} from "./schemas.ts";
import { exportFormats } from "./write-codes-file.ts";

export type PoolRouteDeps = { readonly pools: CouponPools; readonly audit: AuditTrail; readonly clock: Clock };

const tags = ["Coupon pools"];
const one = "/v1/coupon-pools/:id";
const params = Type.Object({ id: Type.String({ maxLength: 64 }) });
const maxQuantity = 10_000_000;
const maxDeleted = 10_000;
/** About ten million codes. */
const maxFileBytes = 256 * 1024 ** 2;
const failures = errorResponses(400, 401, 403, 404, 409, 422);

const filter = {
  search: Type.Optional(Type.String({ maxLength: maxCodeLength, description: "Beginning of the code" })),
  used: Type.Optional(Type.Boolean({ description: "Only codes that are used, or only those that are not" })),
};
const day = Type.String({ format: "date", description: "YYYY-MM-DD" });
const generationBody = Type.Object({
  quantity: Type.Integer({ minimum: 1, maximum: maxQuantity }),
  format: Type.Optional(
    Type.Union(
      codeFormats.map((name) => Type.Literal(name)),
      { description: "Default alphanumeric" },
    ),
  ),
  length: Type.Optional(
    Type.Integer({ minimum: 1, maximum: maxCodeLength, description: "Random characters; default 12" }),
  ),
  prefix: Type.Optional(Type.String({ maxLength: 32 })),
  suffix: Type.Optional(Type.String({ maxLength: 32 })),
  dashEvery: Type.Optional(
    Type.Integer({ minimum: 0, maximum: maxCodeLength, description: "A dash after so many characters; 0 = none" }),
  ),
  avoidLookalikes: Type.Optional(Type.Boolean({ description: "Without 0, O, 1 and I; default true" })),
  limit: Type.Optional(
    Type.Union([Type.Integer({ minimum: 1, maximum: 1_000_000_000 }), Type.Null()], {
      description: "Uses of each code; default: as the rule says",
    }),
  ),
  expires: Type.Optional(Type.Union([day, Type.Null()], { description: "Last day on which the codes are good" })),
  maxGuessRatio: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: largestMaxGuessRatio,
      description: "Largest probability that one guess hits a code; default 0.0001",
    }),
  ),
});

const toPage = <T, A>({ items, nextCursor }: Page<T>, toAnswer: (item: T) => A) => ({
  items: items.map(toAnswer),
  ...(nextCursor === undefined ? {} : { nextCursor }),
});

/** Pools of generated or imported codes. Codes are worth money: whoever sees them may also edit. */
export function createPoolRoutes({ pools, audit, clock }: PoolRouteDeps): FastifyPluginAsyncTypebox {
  const note = ({ auth, id }: FastifyRequest, action: string, poolId: string, after: object | null) =>
    audit.recordPast([
      {
        ...{ atMs: clock.now(), actor: auth.actor, via: auth.kind === "session" ? ("ui" as const) : ("api" as const) },
        ...{ action, objectKind: "coupon-pool", objectId: poolId, before: null, after, requestId: id },
      },
    ]);

  return async (app) => {
    // Only in this plugin: a file is read as it comes and never held whole.
    app.addContentTypeParser("text/csv", (_request, payload, done) => done(null, payload));

    app.post(
      "/v1/coupon-pools",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Make an empty pool for the codes of a cart price rule",
          body: Type.Object({
            ruleKey: Type.String({ minLength: 1, maxLength: 200, pattern: "^[^\\u0000]+$" }),
            name: Type.String({ minLength: 1, maxLength: 200, pattern: "^[^\\u0000]+$" }),
          }),
          response: { 201: poolSchema, ...failures },
        },
      },
      async (request, reply) => {
        const pool = await pools.create({ ...request.body, createdBy: request.auth.actor });
        await note(request, "coupon-pool.create", pool.id, { ruleKey: pool.ruleKey, name: pool.name });
        return reply.code(201).send(toPoolAnswer(pool));
      },
    );

    app.get(
      "/v1/coupon-pools",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Pools, newest first",
          querystring: Type.Object({
            ...pageQuerySchema,
            ruleKey: Type.Optional(Type.String({ maxLength: 200, pattern: "^[^\\u0000]+$" })),
            archived: Type.Optional(Type.Boolean({ description: "Those that are put away, in place of the others" })),
          }),
          response: { 200: pageSchema(poolSchema), ...failures },
        },
      },
      async ({ query }) => toPage(await pools.list(query), toPoolAnswer),
    );

    app.get(
      one,
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "A pool with its counts and the progress of its generations",
          params,
          response: { 200: poolDetailSchema, ...failures },
        },
      },
      async ({ params: { id } }) => toPoolDetail(await pools.read(id)),
    );

    for (const [action, summary] of [
      ["archive", "Put a pool away that no live rule uses: its codes open nothing, its generations stop"],
      ["unarchive", "Bring an archived pool back with its codes"],
    ] as const)
      app.post(
        `${one}/${action}`,
        { config: { access: "edit" }, schema: { tags, summary, params, response: { 200: poolSchema, ...failures } } },
        async (request) => {
          const pool = await pools[action](request.params.id);
          await note(request, `coupon-pool.${action}`, pool.id, { ruleKey: pool.ruleKey, name: pool.name });
          return toPoolAnswer(pool);
        },
      );

    app.delete(
      one,
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary:
            "Delete an archived pool with all its codes, for good; what was used of them stays counted and reported",
          params,
          response: { 200: Type.Object({ deleted: Type.Integer({ description: "Codes" }) }), ...failures },
        },
      },
      async (request) => {
        const { pool, deleted } = await pools.delete(request.params.id);
        const { id, ruleKey, name } = pool;
        await note(request, "coupon-pool.delete", id, { ruleKey, name, deleted });
        return { deleted };
      },
    );

    app.post(
      `${one}/generations`,
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Ask for codes; they are made in the background",
          params,
          body: generationBody,
          response: { 202: generationSchema, ...failures },
        },
      },
      async (request, reply) => {
        const generation = await pools.generate(request.params.id, request.body, request.auth.actor);
        await note(request, "coupon-pool.generate", request.params.id, {
          generation: generation.id,
          quantity: generation.quantity,
        });
        return reply.code(202).send(toGenerationAnswer(generation));
      },
    );

    app.post(
      `${one}/generations/:generation/cancel`,
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Stop a generation; the codes made so far stay",
          params: Type.Object({ ...params.properties, generation: Type.String({ maxLength: 64 }) }),
          response: { 200: generationSchema, ...failures },
        },
      },
      async ({ params: { id, generation } }) => toGenerationAnswer(await pools.cancel(id, generation)),
    );

    app.get(
      `${one}/codes`,
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Codes of a pool, in their order",
          params,
          querystring: Type.Object({ ...pageQuerySchema, ...filter }),
          response: { 200: pageSchema(codeSchema), ...failures },
        },
      },
      async ({ params: { id }, query }) => toPage(await pools.codes(id, query), toCodeAnswer),
    );

    app.get(
      `${one}/codes.:format`,
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "All codes of a pool as CSV or XML, streamed",
          params: Type.Object({
            ...params.properties,
            format: Type.Union(exportFormats.map((name) => Type.Literal(name))),
          }),
          querystring: Type.Object(filter),
        },
      },
      async (request, reply) => {
        const { id, format } = request.params;
        const file = await pools.exportFile(id, request.query, format);
        // Before the first byte: what cannot be recorded does not leave.
        await note(request, "coupon-pool.export", id, { format });
        return reply
          .header("content-type", format === "csv" ? "text/csv; charset=utf-8; header=present" : "application/xml")
          .header("content-disposition", `attachment; filename="coupons-${id}.${format}"`)
          .header("cache-control", "no-store")
          .header("x-content-type-options", "nosniff")
          .send(Readable.from(file, { objectMode: false }));
      },
    );

    app.post(
      `${one}/codes/import`,
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Import codes from CSV with the columns code, limit, expires; the body is the file",
          params,
          response: {
            200: Type.Object({
              imported: Type.Integer(),
              known: Type.Integer({ description: "Codes that exist already, in any pool" }),
              faulty: Type.Integer(),
              faults: Type.Array(
                Type.Object({
                  path: Type.String({ description: "/line" }),
                  code: Type.String(),
                  message: Type.String(),
                }),
              ),
            }),
            ...errorResponses(400, 401, 403, 404, 409, 413, 415, 422),
          },
        },
      },
      async (request) => {
        const { body } = request;
        if (!(body instanceof Readable))
          throw new ClienteleError("http.unsupportedMediaType", "send the file with the content type text/csv");
        const report = await pools.importFile(request.params.id, limitBytes(body, maxFileBytes));
        await note(request, "coupon-pool.import", request.params.id, { imported: report.imported });
        return { ...report, faults: [...report.faults] };
      },
    );

    app.post(
      `${one}/codes/delete`,
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Delete codes: those named, or all that match",
          params,
          body: Type.Union([
            Type.Object(
              { codes: Type.Array(Type.String({ maxLength: maxCodeLength }), { minItems: 1, maxItems: maxDeleted }) },
              { additionalProperties: false },
            ),
            Type.Object(
              {
                matching: Type.Object({
                  ...filter,
                  generation: Type.Optional(Type.String({ format: "uuid", description: "Made by this generation" })),
                }),
              },
              { additionalProperties: false },
            ),
          ]),
          response: { 200: Type.Object({ deleted: Type.Integer() }), ...failures },
        },
      },
      async (request) => {
        const { id } = request.params;
        const { body } = request;
        const deleted =
          "codes" in body ? await pools.deleteCodes(id, body.codes) : await pools.deleteMatching(id, body.matching);
        await note(request, "coupon-pool.delete-codes", id, { deleted });
        return { deleted };
      },
    );
  };
}
