import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { CatalogProduct } from "../../catalog/index.ts";
import { errorResponses } from "../../http/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import { notLoggedIn } from "./catalog-rule.ts";
import type { CatalogPrices, PriceAsker } from "./create-catalog-prices.ts";
import { askerOf, checkCall, optionsSchema, priceFields, priceOf, stateSchema } from "./price-answer.ts";
import { createBulkPriceRoutes } from "./routes-prices.ts";
import { createTrialRoutes, type TrialRouteDeps } from "./routes-trial.ts";
import { ruleSchema, ruleView } from "./rule-view.ts";

/** What a call says of who asks. */
export type PriceClaim = {
  readonly anonymousId?: string;
  readonly customerId?: string;
  readonly identityToken?: string;
};

export type PriceRouteDeps = Pick<TrialRouteDeps, "checkDraft"> & {
  readonly prices: Pick<CatalogPrices, "explain" | "pricesFor" | "state" | "tryRule" | "version">;
  readonly find: (sku: string) => CatalogProduct | undefined;
  /** The asker, as far as the caller's key and proof allow. */
  readonly resolve: (request: FastifyRequest, claim: PriceClaim, storeView: string) => Promise<PriceAsker>;
  readonly defaultStoreView: string;
  readonly now: () => number;
};

const text = (description: string, maxLength = 200) =>
  Type.Optional(Type.String({ minLength: 1, maxLength, description }));

const querySchema = Type.Object({
  qty: Type.Number({ default: 1, exclusiveMinimum: 0, maximum: 1e9, description: "Pieces, for prices by quantity" }),
  storeView: text("Default: the shop's"),
  group: text("Customer group; from a server only, from a browser what the identity token proves counts"),
  at: Type.Optional(Type.String({ format: "date-time", description: "Needs the scope read; default now" })),
  explain: Type.Boolean({ default: false, description: "Which rule did what; needs the scope read" }),
  anonymousId: text("Who asks"),
  customerId: text("Who asks: counts only with identityToken, or from a server"),
  identityToken: text("Signed by the shop's server", 2_000),
});

const answerSchema = Type.Object({
  ...priceFields,
  customerGroup: Type.String(),
  state: stateSchema,
  rules: Type.Optional(Type.Array(ruleSchema)),
  options: Type.Optional(Type.Immutable(optionsSchema)),
});

/** GET /v1/catalog/products/{sku}/price. */
export function createPriceRoutes(deps: PriceRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(createTrialRoutes(deps));
    await app.register(createBulkPriceRoutes(deps));

    app.get(
      "/v1/catalog/products/:sku/price",
      {
        config: { access: "discovery", quiet: true },
        schema: {
          tags: ["Catalog"],
          summary: "What a product costs somebody, and why",
          description:
            "The lowest of list price, group or quantity price, special price on its days and rule price, with the required options of the product on top. Of a configurable product: its cheapest variant in stock.",
          params: Type.Object({ sku: Type.String({ minLength: 1, maxLength: 64 }) }),
          querystring: querySchema,
          response: { 200: answerSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const { qty, storeView = deps.defaultStoreView, group, at, explain, ...claim } = request.query;
        const { sku } = request.params;
        checkCall(request.auth, explain, at);
        const product = deps.find(sku);
        if (!product) throw new ClienteleError("catalog.productNotFound", `no product has the SKU ${sku}`);
        const found = await deps.resolve(request, claim, storeView);
        const asker = askerOf(found, request.auth, { group, at });
        const { outcomes, options, ...price } = priceOf(deps.prices, product, asker, { qty, look: "all" });
        return {
          ...price,
          ...{ customerGroup: asker.customerGroup ?? notLoggedIn, state: deps.prices.state() },
          ...(explain && outcomes.length > 0 ? { rules: outcomes.map(ruleView) } : {}),
          ...(explain && options.length > 0 ? { options } : {}),
        };
      },
    );
  };
}
