import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { errorResponses, listOf, pageQuerySchema, pageSchema } from "../../http/index.ts";
import type { Variations } from "./create-variations.ts";
import type { VariationEditor } from "./prepare-run.ts";
import { maxTextLength, maxVariants, type Variation, type VariationRun } from "./variation.ts";
import { wordDiff } from "./word-diff.ts";

const tags = ["Content variations"];
const base = "/v1/content-variations";
const one = `${base}/:id`;
const key = Type.String({ minLength: 1, maxLength: 200 });
const nullableText = Type.Union([Type.String(), Type.Null()]);
const nullableCount = Type.Union([Type.Integer(), Type.Null()]);
const text = Type.String({ minLength: 1, maxLength: maxTextLength });
const runParams = Type.Object({ id: Type.String({ format: "uuid" }) });
const variantParams = Type.Object({ ...runParams.properties, variantId: Type.String({ format: "uuid" }) });
const note = Type.Object({ note: Type.Optional(Type.String({ maxLength: 2_000 })) }, { additionalProperties: false });

const runFields = {
  block: key,
  field: Type.Optional(Type.String({ maxLength: 1_000, description: "/html (default), /alt, or a text inside /json" })),
  storeViews: Type.Optional(Type.Array(key, { minItems: 1, maxItems: 100 })),
  locale: Type.String({ pattern: "^[a-z]{2,3}(?:[-_][A-Za-z]{2})?$", description: "Language of the text" }),
};

const runSchema = Type.Object({
  id: Type.String(),
  block: Type.String(),
  sourceVersion: Type.Integer(),
  field: Type.String(),
  source: Type.String(),
  audience: nullableText,
  storeViews: Type.Union([listOf(Type.String()), Type.Null()]),
  locale: Type.String(),
  instructions: Type.String(),
  wanted: Type.Integer(),
  status: Type.String({ description: "running, done or failed" }),
  prompt: Type.Union([listOf(Type.Object({ role: Type.String(), content: Type.String() })), Type.Null()], {
    description: "The messages as they were sent; null for variants written by hand",
  }),
  model: nullableText,
  promptTokens: nullableCount,
  completionTokens: nullableCount,
  error: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
  brandRules: listOf(Type.String()),
  createdAt: Type.String(),
  createdBy: Type.String(),
  finishedAt: nullableText,
});

const variantSchema = Type.Object({
  id: Type.String(),
  content: Type.String(),
  origin: Type.String({ description: "model, edited or manual" }),
  originalContent: nullableText,
  state: Type.String({ description: "proposed, accepted, rejected or applied" }),
  faults: listOf(Type.Object({ code: Type.String(), severity: Type.String(), message: Type.String() })),
  note: Type.String(),
  appliedVersion: nullableCount,
  /** Word by word, for a page that shows both side by side. */
  diff: listOf(Type.Object({ kind: Type.String(), text: Type.String() })),
  createdAt: Type.String(),
  createdBy: Type.String(),
  changedAt: Type.String(),
  changedBy: Type.String(),
});

const reviewSchema = Type.Object({
  run: runSchema,
  isSourceChanged: Type.Boolean({ description: "The block has another text there by now" }),
  variants: listOf(variantSchema),
});

const iso = (ms: number) => new Date(ms).toISOString();

function runJson(run: VariationRun): Static<typeof runSchema> {
  const { blockKey, sourceText, audienceKey, errorCode, errorMessage, createdAt, finishedAt, ...rest } = run;
  return {
    ...rest,
    block: blockKey,
    source: sourceText,
    audience: audienceKey,
    error: errorCode === null ? null : { code: errorCode, message: errorMessage ?? "" },
    createdAt: iso(createdAt),
    finishedAt: finishedAt === null ? null : iso(finishedAt),
  };
}

function variantJson(variation: Variation, source: string): Static<typeof variantSchema> {
  const { createdAt, changedAt, ...rest } = variation;
  return {
    ...rest,
    diff: wordDiff(source, variation.content),
    createdAt: iso(createdAt),
    changedAt: iso(changedAt),
  };
}

function editorOf({ auth, id }: FastifyRequest): VariationEditor {
  return { actor: auth.actor, via: auth.kind === "session" ? "ui" : "api", storeViews: auth.storeViews, requestId: id };
}

function createRunRoutes(variations: Variations): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      `${base}/model`,
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Whether a language model is configured; without one, variants are written by hand",
          response: {
            200: Type.Object({ isConfigured: Type.Boolean(), name: nullableText }),
            ...errorResponses(),
          },
        },
      },
      async () => ({ isConfigured: variations.modelName !== undefined, name: variations.modelName ?? null }),
    );

    app.post(
      base,
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Ask the language model for variants of a block's text, for each audience",
          body: Type.Object(
            {
              ...runFields,
              audiences: Type.Array(Type.Union([key, Type.Null()]), {
                minItems: 1,
                maxItems: 10,
                description: "Keys of audiences; null = everybody",
              }),
              count: Type.Optional(
                Type.Integer({ minimum: 1, maximum: maxVariants, description: "For each audience; default 3" }),
              ),
              instructions: Type.Optional(Type.String({ maxLength: 2_000 })),
            },
            { additionalProperties: false },
          ),
          response: { 202: Type.Object({ runs: listOf(runSchema) }), ...errorResponses() },
        },
      },
      async (request, reply) => {
        const runs = await variations.generate(
          { field: "/html", count: 3, instructions: "", ...request.body },
          editorOf(request),
        );
        return reply.code(202).send({ runs: runs.map(runJson) });
      },
    );

    app.post(
      `${base}/manual`,
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Propose variants written by hand",
          body: Type.Object(
            {
              ...runFields,
              audience: Type.Union([key, Type.Null()]),
              texts: Type.Array(text, { minItems: 1, maxItems: maxVariants }),
            },
            { additionalProperties: false },
          ),
          response: { 201: reviewSchema, ...errorResponses() },
        },
      },
      async (request, reply) => {
        const run = await variations.addManual({ field: "/html", ...request.body }, editorOf(request));
        const found = await variations.get(run.id);
        reply.code(201).header("location", `${base}/${run.id}`);
        return {
          run: runJson(found.run),
          isSourceChanged: found.isSourceChanged,
          variants: found.variations.map((each) => variantJson(each, run.sourceText)),
        };
      },
    );

    app.get(
      base,
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "List runs, newest first",
          querystring: Type.Object({
            ...pageQuerySchema,
            block: Type.Optional(key),
            state: Type.Optional(
              Type.Unsafe<Variation["state"]>(
                Type.Union(
                  (["proposed", "accepted", "rejected", "applied"] as const).map((state) => Type.Literal(state)),
                ),
              ),
            ),
          }),
          response: { 200: pageSchema(runSchema), ...errorResponses() },
        },
      },
      async ({ query: { limit, cursor, ...filter } }) => {
        const page = await variations.list(filter, { limit, cursor });
        return { ...page, items: page.items.map(runJson) };
      },
    );

    app.get(
      one,
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "A run with source and variants side by side",
          params: runParams,
          response: { 200: reviewSchema, ...errorResponses() },
        },
      },
      async ({ params: { id } }) => {
        const { run, isSourceChanged, variations: found } = await variations.get(id);
        return {
          run: runJson(run),
          isSourceChanged,
          variants: found.map((each) => variantJson(each, run.sourceText)),
        };
      },
    );
  };
}

function createReviewRoutes(variations: Variations): FastifyPluginAsyncTypebox {
  const answer = async (variation: Variation) =>
    variantJson(variation, (await variations.get(variation.runId)).run.sourceText);
  const path = `${one}/variants/:variantId`;
  const response = { 200: variantSchema, ...errorResponses() };
  return async (app) => {
    app.put(
      path,
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Change the text of a variant; it is to be reviewed again",
          params: variantParams,
          body: Type.Object({ content: text }, { additionalProperties: false }),
          response,
        },
      },
      async (request) => {
        const { id, variantId } = request.params;
        return answer(await variations.edit(id, variantId, request.body.content, editorOf(request)));
      },
    );
    for (const [action, summary] of [
      ["accept", "Accept a variant; needs the right to publish"],
      ["reject", "Reject a variant"],
    ] as const) {
      app.post(
        `${path}/${action}`,
        { config: { access: "publish" }, schema: { tags, summary, params: variantParams, body: note, response } },
        async (request) => {
          const { id, variantId } = request.params;
          return answer(await variations[action](id, variantId, request.body.note ?? "", editorOf(request)));
        },
      );
    }
    app.post(
      `${path}/apply`,
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Put an accepted variant into the draft of its block; nothing goes live",
          params: variantParams,
          response,
        },
      },
      async (request) => {
        const { id, variantId } = request.params;
        return answer(await variations.apply(id, variantId, editorOf(request)));
      },
    );
  };
}

/** `/v1/content-variations…`. */
export function createVariationRoutes(variations: Variations): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(createRunRoutes(variations));
    await app.register(createReviewRoutes(variations));
  };
}
