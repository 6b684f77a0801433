import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { LiveDefinition } from "../../definitions/index.ts";
import { errorResponses } from "../../http/index.ts";
import type { JsonObject } from "../../kernel/index.ts";
import type { OfferBody } from "./bodies.ts";

const Loose = Type.Record(Type.String(), Type.Unknown());
const maxPlaces = 30;
const bound = Type.Union([Type.String({ maxLength: 40 }), Type.Null()]);

/** An offer as it is being edited. */
export type OfferDraft = {
  /** Of an offer that is stored already: the draft stands in its place. */
  readonly key: string | undefined;
  readonly name: string;
  readonly storeViews: readonly string[] | null;
  readonly schedule: LiveDefinition<unknown>["schedule"];
  readonly body: OfferBody;
};

export type OfferPreviewDeps = {
  /**
   * Decides as if the draft were published; leaves no trace.
   *
   * @throws {ClienteleError} `offers.badDraft`, `decisions.unknownPreviewProfile`
   */
  readonly preview: (asked: {
    readonly draft: OfferDraft;
    readonly placements: readonly string[];
    readonly profileId: string | undefined;
    readonly context: JsonObject;
    readonly cart: unknown;
    /** Unix milliseconds; null = now. */
    readonly asOf: number | null;
  }) => Promise<readonly JsonObject[]>;
};

/** POST /v1/offers/preview: what a draft of an offer would do. */
export function createOfferPreviewRoutes({ preview }: OfferPreviewDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/v1/offers/preview",
      {
        bodyLimit: 512_000,
        config: { access: "read", quiet: true },
        schema: {
          tags: ["Offers"],
          summary:
            "What stands at placements for a visitor if a draft of an offer were published, and why; leaves no trace",
          body: Type.Object(
            {
              draft: Type.Object(
                {
                  key: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$" })),
                  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
                  storeViews: Type.Optional(
                    Type.Union([Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 }), Type.Null()]),
                  ),
                  schedule: Type.Optional(
                    Type.Union(
                      [
                        Type.Null(),
                        Type.Object(
                          { from: bound, to: bound, timezone: Type.String({ maxLength: 60 }) },
                          { additionalProperties: false },
                        ),
                      ],
                      { description: "Default: always" },
                    ),
                  ),
                  body: Type.Unknown(),
                },
                { additionalProperties: false },
              ),
              placements: Type.Array(Type.String({ minLength: 1, maxLength: 300 }), {
                minItems: 1,
                maxItems: maxPlaces,
              }),
              profileId: Type.Optional(Type.String({ maxLength: 512 })),
              context: Type.Optional(Loose),
              cart: Type.Optional(Type.Unknown()),
              asOf: Type.Optional(Type.String({ format: "date-time", description: "When; default now" })),
            },
            { additionalProperties: false },
          ),
          response: { 200: Type.Object({ decisions: Type.Array(Loose) }), ...errorResponses(400, 401, 403, 404, 422) },
        },
      },
      async ({ body }) => {
        const { draft, placements, profileId, context = {}, cart, asOf } = body;
        const decisions = await preview({
          draft: {
            key: draft.key,
            name: draft.name ?? "Draft",
            storeViews: draft.storeViews ?? null,
            schedule: draft.schedule ?? null,
            // It is checked before it is used.
            body: draft.body as OfferBody,
          },
          placements,
          profileId,
          // A body is JSON. A copy: the object stands for this call.
          context: { ...(context as JsonObject) },
          cart,
          asOf: asOf === undefined ? null : Date.parse(asOf),
        });
        return { decisions: [...decisions] };
      },
    );
  };
}
