import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { CatalogProduct } from "../../catalog/index.ts";
import { errorResponses } from "../../http/index.ts";
import { ClienteleError, type Money } from "../../kernel/index.ts";
import { notLoggedIn } from "./catalog-rule.ts";
import type { CatalogPrices, PriceAsker } from "./create-catalog-prices.ts";
import type { ExplainedPrice } from "./explain-price.ts";
import { createTrialRoutes, type TrialRouteDeps } from "./routes-trial.ts";
import { ruleSchema, ruleView } from "./rule-view.ts";

/** What a call says of who asks. */
export type PriceClaim = {
  readonly anonymousId?: string;
  readonly customerId?: string;
  readonly identityToken?: string;
};

export type PriceRouteDeps = Pick<TrialRouteDeps, "checkDraft"> & {
  readonly prices: Pick<CatalogPrices, "explain" | "pricesFor" | "tryRule">;
  readonly find: (sku: string) => CatalogProduct | undefined;
  /** The asker, as far as the caller's key and proof allow. */
  readonly resolve: (request: FastifyRequest, claim: PriceClaim, storeView: string) => Promise<PriceAsker>;
  readonly defaultStoreView: string;
  readonly now: () => number;
};

const money = Type.Object({ minor: Type.Integer(), currency: Type.String() });
const maybe = Type.Union([money, Type.Null()]);
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
  sku: Type.String(),
  pricedSku: Type.String({ description: "The variant that the price is of" }),
  customerGroup: Type.String(),
  qty: Type.Number(),
  listPrice: maybe,
  finalPrice: maybe,
  rulePrice: maybe,
  tierPrice: maybe,
  specialPrice: maybe,
  source: Type.String({
    description: "The lowest: list, tier, special or rule; parts = of a bundle or grouped product",
  }),
  rules: Type.Optional(Type.Array(ruleSchema)),
});

function pricedView({ pricedSku, price }: ExplainedPrice, explain: boolean) {
  return {
    pricedSku,
    listPrice: price.list,
    finalPrice: price.finalPrice,
    rulePrice: price.rulePrice,
    tierPrice: price.tier,
    specialPrice: price.special,
    source: price.source,
    ...(explain ? { rules: price.outcomes.map(ruleView) } : {}),
  };
}

function partsView(sku: string, listPrice: Money | null, finalPrice: Money | null) {
  return {
    pricedSku: sku,
    listPrice,
    finalPrice,
    rulePrice: null,
    tierPrice: null,
    specialPrice: null,
    source: "parts",
  };
}

/** GET /v1/catalog/products/{sku}/price. */
export function createPriceRoutes(deps: PriceRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(createTrialRoutes(deps));

    app.get(
      "/v1/catalog/products/:sku/price",
      {
        config: { access: "discovery", quiet: true },
        schema: {
          tags: ["Catalog"],
          summary: "What a product costs somebody, and why",
          description:
            "The lowest of list price, group or quantity price, special price on its days and rule price. Of a configurable product: its cheapest variant in stock.",
          params: Type.Object({ sku: Type.String({ minLength: 1, maxLength: 64 }) }),
          querystring: querySchema,
          response: { 200: answerSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const { qty, storeView = deps.defaultStoreView, group, at, explain, ...claim } = request.query;
        const { sku } = request.params;
        if ((explain || at !== undefined) && !request.auth.scopes.includes("read"))
          throw new ClienteleError("access.forbidden", "explain and at need a token with the scope read");
        const product = deps.find(sku);
        if (!product) throw new ClienteleError("catalog.productNotFound", `no product has the SKU ${sku}`);
        const found = await deps.resolve(request, claim, storeView);
        // A browser may claim any group; a server knows it.
        const isServer = request.auth.kind === "token" || request.auth.kind === "session";
        const asker: PriceAsker = {
          ...found,
          ...(group !== undefined && isServer ? { customerGroup: group } : {}),
          ...(at === undefined ? {} : { at: Date.parse(at) }),
        };
        const explained = deps.prices.explain(sku, asker, qty);
        const { price, finalPrice } = product;
        const list = deps.prices.pricesFor(asker);
        return {
          sku,
          customerGroup: asker.customerGroup ?? notLoggedIn,
          qty,
          ...(explained
            ? pricedView(explained, explain)
            : partsView(sku, price, list ? list.finalPriceOf(product) : finalPrice)),
        };
      },
    );
  };
}
