import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { LiveDefinition } from "../../definitions/index.ts";
import { errorResponses, listOf } from "../../http/index.ts";
import { sha256Hex } from "../../kernel/index.ts";
import { localDayOf } from "../../kernel/rules/index.ts";
import type { CartRuleBody } from "../cart-rules/index.ts";
import { foldCode } from "../fold-code.ts";
import { maxOffers, publicOffers } from "./public-offers.ts";
import { toAtom } from "./to-atom.ts";

export type FeedDeps = {
  readonly live: () => readonly LiveDefinition<CartRuleBody>[];
  readonly websiteOf: (storeView: string) => string;
  readonly defaultStoreView: string;
  /** Under which the feed is known outside; never what a request says. */
  readonly publicUrl: string;
  /** The shop's, IANA. */
  readonly timezone: string;
  readonly now: () => number;
};

const path = "/v1/offers/feed";
const maxAgeSeconds = 300;
const maybe = Type.Union([Type.String(), Type.Null()]);

const feedSchema = Type.Object({
  storeView: Type.String(),
  items: listOf(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      from: Type.Union([Type.String({ description: "First day, in the shop's time zone" }), Type.Null()]),
      to: Type.Union([Type.String({ description: "Last day, inclusive" }), Type.Null()]),
      endsAt: maybe,
      couponCode: Type.Union([Type.String({ description: "The code that everybody may use" }), Type.Null()]),
      needsCoupon: Type.Boolean(),
      updatedAt: Type.String(),
    }),
  ),
});

/** GET /v1/offers/feed: for everybody, without a key. */
export function createFeedRoutes(deps: FeedDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      path,
      {
        config: { access: "public", cors: true, quiet: true },
        schema: {
          tags: ["Offers"],
          summary: "Offers that the shop tells everybody, as JSON or Atom",
          description: `Live cart price rules with publicInFeed, by priority, at most ${maxOffers}. May be cached for 5 minutes; asks again with If-None-Match are answered 304.`,
          querystring: Type.Object(
            {
              storeView: Type.Optional(
                Type.String({ minLength: 1, maxLength: 100, description: "Default: the shop's" }),
              ),
              format: Type.Optional(Type.Union([Type.Literal("json"), Type.Literal("atom")], { default: "json" })),
            },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Union([feedSchema, Type.String({ description: "Atom" })]),
            304: Type.Null(),
            ...errorResponses(400),
          },
        },
      },
      async (request, reply) => {
        const { storeView = deps.defaultStoreView, format = "json" } = request.query;
        const nowMs = deps.now();
        const offers = publicOffers(deps.live(), {
          ...{ storeView, nowMs, day: localDayOf(nowMs, deps.timezone) },
          website: foldCode(deps.websiteOf(storeView)),
        });
        const text =
          format === "atom"
            ? toAtom({
                storeView,
                offers,
                url: `${deps.publicUrl}${path}?format=atom&storeView=${encodeURIComponent(storeView)}`,
              })
            : JSON.stringify({ storeView, items: offers });
        const etag = `"${sha256Hex(text).slice(0, 32)}"`;
        reply.header("etag", etag).header("cache-control", `public, max-age=${maxAgeSeconds}`);
        if (isKnown(request.headers["if-none-match"], etag)) {
          return reply.code(304).send(null);
        }
        reply.type(format === "atom" ? "application/atom+xml; charset=utf-8" : "application/json; charset=utf-8");
        return reply.serializer((given: unknown) => String(given)).send(text);
      },
    );
  };
}

function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined || header.length > 2_000) return false;
  return header.split(",").some((each) => each.trim().replace(/^W\//, "") === etag || each.trim() === "*");
}
