import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { Definitions } from "../../definitions/index.ts";
import { errorResponses, listOf } from "../../http/index.ts";
import type { BlockBody } from "./block.ts";
import type { Blocks } from "./create-blocks.ts";
import { createPreviewCall, Loose, type PreviewDeps, Reason, viewerFields } from "./preview-call.ts";
import { createDraftReader, draftFields } from "./read-draft.ts";
import type { RotationBody } from "./rotation-kind.ts";

export type PreviewRouteDeps = PreviewDeps & {
  readonly definitions: Pick<Definitions, "find" | "version" | "faultsOf">;
  readonly preview: Blocks["preview"];
  readonly previewRotation: Blocks["previewRotation"];
};

const config = { access: "read" } as const;
const tags = ["Blocks"];
const bodyLimit = 1_000_000;
const maxViews = 1_000;
const defaultViews = 20;

/** A block or a rotation of any version, saved or not, as somebody would see it. */
export function createBlockPreviewRoutes(deps: PreviewRouteDeps): FastifyPluginAsyncTypebox {
  const blocks = createDraftReader<BlockBody>("block", deps);
  const rotations = createDraftReader<RotationBody>("block-rotation", deps);
  const viewerOf = createPreviewCall(deps);

  return async (app) => {
    app.post(
      "/v1/blocks/preview",
      {
        bodyLimit,
        config,
        schema: {
          tags,
          summary: "A block of any version, saved or not, as somebody would see it; leaves no trace",
          body: Type.Object({ ...draftFields, ...viewerFields }),
          response: {
            200: Type.Object({
              shown: Type.Boolean(),
              reasons: Type.Array(Reason),
              value: Type.Union([Loose, Type.Null()]),
            }),
            ...errorResponses(400, 401, 403, 404, 422),
          },
        },
      },
      async (request) => {
        const block = await blocks.read(request.body);
        const { context, judge } = await viewerOf(request, request.body);
        const { shown, reasons, value } = deps.preview(block, context, judge);
        return { shown, reasons: [...reasons], value: value === undefined ? null : { ...value } };
      },
    );

    app.post(
      "/v1/block-rotations/preview",
      {
        bodyLimit,
        config,
        schema: {
          tags,
          summary: "What somebody would see of a rotation over their next page views; leaves no trace",
          body: Type.Object({
            ...draftFields,
            ...viewerFields,
            views: Type.Optional(
              Type.Integer({ minimum: 1, maximum: maxViews, description: `Page views; default ${defaultViews}` }),
            ),
          }),
          response: {
            200: Type.Object({
              shown: Type.Boolean(),
              reasons: Type.Array(Reason),
              blocks: listOf(
                Type.Object({
                  key: Type.String(),
                  name: Type.String(),
                  shown: Type.Boolean({ description: "The person may see it" }),
                  reason: Reason,
                  count: Type.Integer({ description: "Page views that show it" }),
                  share: Type.Number({ description: "0 to 1 of the page views" }),
                  value: Type.Union([Loose, Type.Null()]),
                }),
              ),
              views: listOf(listOf(Type.String({ description: "Key of a block that this page view shows" }))),
            }),
            ...errorResponses(400, 401, 403, 404, 422),
          },
        },
      },
      async (request) => {
        const rotation = await rotations.read(request.body);
        const { context, judge } = await viewerOf(request, request.body);
        const preview = deps.previewRotation(rotation, context, judge, request.body.views ?? defaultViews);
        return {
          shown: preview.shown,
          reasons: [...preview.reasons],
          blocks: preview.blocks.map(({ block, value, because, count, share }) => ({
            ...{ key: block.key, name: block.name, shown: value !== undefined, reason: because, count, share },
            value: value === undefined ? null : { ...value },
          })),
          views: preview.views.map((keys) => [...keys]),
        };
      },
    );
  };
}
