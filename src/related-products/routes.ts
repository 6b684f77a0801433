import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { errorResponses, moneySchema } from "../http/index.ts";
import { ClienteleError, type JsonObject, newId } from "../kernel/index.ts";
import type { Cart, Profile } from "../profiles/index.ts";
import type { RelatedAnswer, RelatedItem, RelatedProducts } from "./create-related-products.ts";
import { maxListLength, unitIdOf } from "./list-kind.ts";
import { type CheckRule, maxResultLimit } from "./rule-kind.ts";

const tags = ["Related products"];
const id = Type.String({ maxLength: 512 });
const sku = Type.String({ minLength: 1, maxLength: 64 });

const identitySchema = Type.Object({
  anonymousId: Type.Optional(id),
  customerId: Type.Optional(id),
  email: Type.Optional(id),
  profileId: Type.Optional(id),
  identityToken: Type.Optional(Type.String({ maxLength: 2_000 })),
});

/** What a call says of the shopper; who that is, is settled by the server. */
type IdentityOfCall = Static<typeof identitySchema>;

const previewSchema = Type.Object(
  {
    asOf: Type.Optional(Type.String({ format: "date-time", description: "Default: now" })),
    seed: Type.Optional(Type.String({ maxLength: 100, description: "The same seed gives the same list" })),
  },
  { additionalProperties: false, description: "A merchandiser's look: nothing is logged; needs the scope read" },
);

const bodySchema = Type.Object({
  list: Type.String({
    minLength: 1,
    maxLength: 120,
    description: "related, upsell or crosssell, or the id or key of a live list",
  }),
  items: Type.Optional(
    Type.Array(sku, {
      maxItems: 50,
      description: "SKUs that the page is about; without any, a list of cross-sells is about the cart",
    }),
  ),
  identity: Type.Optional(identitySchema),
  cart: Type.Optional(Type.Unknown({ description: "{items: [{sku, qty}]}; default: the cart of the profile" })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxListLength })),
  context: Type.Optional(
    Type.Object(
      {
        storeView: Type.Optional(Type.String({ maxLength: 100 })),
        seen: Type.Optional(Type.Array(sku, { maxItems: 200, description: "SKUs shown elsewhere on the page" })),
      },
      { additionalProperties: true, description: "Other fields, such as device, are there for rules" },
    ),
  ),
  preview: Type.Optional(previewSchema),
  explain: Type.Optional(Type.Boolean({ description: "Needs the scope read" })),
});

const money = Type.Union([moneySchema, Type.Null()]);
const loose = Type.Record(Type.String(), Type.Unknown());

const answerSchema = Type.Object({
  unitId: Type.String({ description: "Send it with clicks, and decisionId" }),
  list: Type.String(),
  label: Type.String(),
  rotation: Type.String(),
  items: Type.Unsafe<readonly RelatedItem[]>(
    Type.Array(
      Type.Object({
        sku: Type.String(),
        name: Type.String(),
        url: Type.String(),
        image: Type.Union([Type.String(), Type.Null()]),
        price: money,
        finalPrice: money,
        rating: Type.Union([Type.Object({ average: Type.Number(), count: Type.Integer() }), Type.Null()]),
        source: Type.String({ description: "linked: set by a person; rule: by a rule" }),
        ruleId: Type.Union([Type.String(), Type.Null()]),
        reasons: Type.Array(Type.Object({ code: Type.String(), text: Type.String() })),
      }),
    ),
  ),
  decisionId: Type.String(),
  explain: Type.Optional(
    Type.Unsafe<ReturnType<RelatedAnswer["explain"]>>(
      Type.Object({
        candidates: Type.Integer(),
        seed: Type.String(),
        rules: Type.Array(loose),
        items: Type.Array(loose),
      }),
    ),
  ),
});

const trialSchema = Type.Object({
  match: Type.Unknown(),
  display: Type.Unknown(),
  resultLimit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxResultLimit })),
  items: Type.Optional(
    Type.Array(sku, { maxItems: 20, description: "Products to try; default: the first that match" }),
  ),
});

export type RelatedRouteDeps = {
  readonly related: RelatedProducts;
  /** The shopper by what the call says and what its key allows; null = nobody. */
  readonly resolve: (request: FastifyRequest, identity: IdentityOfCall | undefined) => Promise<Profile | null>;
  readonly readCart: (value: unknown) => Cart | null;
  readonly checkRule: CheckRule;
  readonly defaultStoreView: string;
  /** Told of every answer that a shopper gets, for the exposure log. */
  readonly onAnswer: (answer: {
    readonly decisionId: string;
    readonly profileId: string;
    readonly identityKey: string;
    readonly storeView: string;
    readonly nowMs: number;
    readonly related: RelatedAnswer;
  }) => void;
  readonly now: () => number;
};

/** POST /v1/related-products, and the trial of a rule for its editor. */
export function createRelatedRoutes(deps: RelatedRouteDeps): FastifyPluginAsyncTypebox {
  const { related } = deps;
  return async (app) => {
    app.post(
      "/v1/related-products",
      {
        bodyLimit: 128_000,
        config: { access: "discovery", quiet: true },
        schema: {
          tags,
          summary: "Related products, up-sells or cross-sells",
          body: bodySchema,
          response: { 200: answerSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const { body } = request;
        const { items = [], context = {}, preview, explain = false, identity } = body;
        if ((preview !== undefined || explain) && !request.auth.scopes.includes("read")) {
          throw new ClienteleError(
            "relatedProducts.previewNotAllowed",
            "preview and explain need a token with the scope read",
          );
        }
        const { seen = [], storeView = deps.defaultStoreView, ...facts } = context;
        const nowMs = preview?.asOf === undefined ? deps.now() : Date.parse(preview.asOf);
        const profile = await deps.resolve(request, identity);
        const visitor = {
          ...{ profile, storeView, nowMs },
          cart: deps.readCart(body.cart) ?? profile?.state.cart ?? null,
          // The body of a request is JSON.
          context: facts as JsonObject,
        };
        const settings = related.settings(body.list, visitor);
        if (settings === undefined) {
          throw new ClienteleError("relatedProducts.listNotFound", `no live list has the id or key ${body.list}`);
        }
        const answer = related.answer({
          ...visitor,
          settings: related.withLimit(settings, body.limit),
          items,
          seen: new Set(seen),
          ...(preview?.seed === undefined ? {} : { seed: preview.seed }),
        });
        const decisionId = newId(deps.now());
        if (preview === undefined && !explain && answer.items.length > 0) {
          const identityKey = identity?.anonymousId === undefined ? "" : `anonymous_id:${identity.anonymousId}`;
          deps.onAnswer({
            ...{ decisionId, storeView, nowMs, identityKey, related: answer },
            profileId: profile?.profileId ?? "",
          });
        }
        return {
          unitId: unitIdOf(settings),
          list: settings.list,
          label: settings.label,
          rotation: settings.rotation,
          items: answer.items,
          decisionId,
          ...(explain ? { explain: answer.explain() } : {}),
        };
      },
    );

    app.post(
      "/v1/related-products/trial",
      {
        bodyLimit: 600_000,
        config: { access: "read" },
        schema: {
          tags,
          summary: "What a rule would match and display",
          body: trialSchema,
          response: {
            200: Type.Object({
              matching: Type.Integer({ description: "Products that the rule is for" }),
              examples: Type.Array(Type.String()),
              displayed: Type.Array(
                Type.Object({ sku: Type.String(), isMatched: Type.Boolean(), items: Type.Array(Type.String()) }),
              ),
            }),
            ...errorResponses(400, 401, 403, 422),
          },
        },
      },
      async ({ body }) => {
        const faults = [
          ...deps.checkRule(body.match, "related_products", "/match"),
          ...deps.checkRule(body.display, "products_to_display", "/display"),
        ];
        if (faults.length > 0) {
          throw new ClienteleError("rules.invalid", `the rule has ${faults.length} faults; see details`, {
            details: faults,
          });
        }
        // Checked above: both are JSON and rules.
        const trees = { match: body.match as JsonObject, display: body.display as JsonObject };
        const { resultLimit, items = [] } = body;
        const trial = related.tryRule({ ...trees, ...(resultLimit === undefined ? {} : { resultLimit }) }, items);
        return {
          matching: trial.matching,
          examples: [...trial.examples],
          displayed: trial.displayed.map((each) => ({ ...each, items: [...each.items] })),
        };
      },
    );
  };
}
