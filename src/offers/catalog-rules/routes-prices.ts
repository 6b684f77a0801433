import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf } from "../../http/index.ts";
import { createTurn } from "../../kernel/index.ts";
import { notLoggedIn } from "./catalog-rule.ts";
import { askerOf, checkCall, isServer, optionsSchema, priceFields, priceOf, stateSchema } from "./price-answer.ts";
import type { PriceRouteDeps } from "./routes.ts";
import { ruleSchema, ruleView } from "./rule-view.ts";

const maxItems = 200;
const text = (maxLength: number, description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength, description }));

const bodySchema = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          sku: Type.String({ minLength: 1, maxLength: 64 }),
          qty: Type.Optional(
            Type.Number({
              default: 1,
              exclusiveMinimum: 0,
              maximum: 1e9,
              description: "Pieces, for prices by quantity",
            }),
          ),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems },
    ),
    storeView: text(100, "Default: the shop's"),
    identity: Type.Optional(
      Type.Object(
        {
          anonymousId: text(512, "Who asks"),
          customerId: text(512, "Counts only with identityToken, or from a server"),
          identityToken: text(2_000, "Signed by the shop's server"),
        },
        { additionalProperties: false },
      ),
    ),
    group: text(100, "Customer group; from a server only, from a browser what the identity token proves counts"),
    at: Type.Optional(Type.String({ format: "date-time", description: "Needs the scope read; default now" })),
    explain: Type.Optional(Type.Boolean({ description: "Which rule did what; needs the scope read" })),
  },
  { additionalProperties: false },
);

const answerSchema = Type.Object({
  storeView: Type.String(),
  customerGroup: Type.String(),
  state: stateSchema,
  version: Type.String({ description: "Other when rules or the catalog have changed" }),
  items: listOf(
    Type.Object({
      ...priceFields,
      applied: Type.Optional(
        listOf(Type.String({ description: "Keys of the rules that made the rule price; for a server" })),
      ),
      rules: Type.Optional(listOf(ruleSchema)),
      options: Type.Optional(Type.Immutable(optionsSchema)),
    }),
  ),
  missing: listOf(Type.String({ description: "SKUs that the catalog does not know" })),
});

/** POST /v1/offers/prices. */
export function createBulkPriceRoutes(deps: PriceRouteDeps): FastifyPluginAsyncTypebox {
  const { prices } = deps;
  return async (app) => {
    app.post(
      "/v1/offers/prices",
      {
        config: { access: "discovery", quiet: true },
        schema: {
          tags: ["Offers"],
          summary: "What up to 200 products cost somebody, in one call",
          description:
            "As the price of one product: the lowest of list price, group or quantity price, special price on its days and rule price, with the required options of the product on top.",
          body: bodySchema,
          response: { 200: answerSchema, ...errorResponses(400, 401, 403) },
        },
      },
      async (request) => {
        const { items, storeView = deps.defaultStoreView, identity = {}, group, at, explain = false } = request.body;
        checkCall(request.auth, explain, at);
        const asker = askerOf(await deps.resolve(request, identity, storeView), request.auth, { group, at });
        const missing = new Set<string>();
        const answers: ReturnType<typeof view>[] = [];
        const turn = createTurn();
        for (const { sku, qty = 1 } of items) {
          const product = deps.find(sku);
          if (!product) {
            missing.add(sku);
            continue;
          }
          const priced = priceOf(prices, product, asker, { qty, look: explain ? "all" : "reaching" });
          answers.push(view(priced, explain, isServer(request.auth)));
          await turn();
        }
        return {
          ...{ storeView, customerGroup: asker.customerGroup ?? notLoggedIn },
          ...{ state: prices.state(), version: prices.version(), items: answers, missing: [...missing] },
        };
      },
    );
  };
}

function view({ outcomes, options, ...price }: ReturnType<typeof priceOf>, explain: boolean, isTold: boolean) {
  return {
    ...price,
    ...(isTold ? { applied: outcomes.flatMap(({ rule, isApplied }) => (isApplied ? [rule.key] : [])) } : {}),
    ...(explain ? { rules: outcomes.map(ruleView) } : {}),
    ...(explain && options.length > 0 ? { options } : {}),
  };
}
