import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf, moneySchema } from "../../http/index.ts";
import { ClienteleError, type ErrorDetail } from "../../kernel/index.ts";
import type { CatalogRuleBody } from "./catalog-rule.ts";
import { ruleSchema as bodySchema } from "./catalog-rule-kind.ts";
import type { CatalogPrices } from "./create-catalog-prices.ts";
import { reasonText } from "./evaluate-price.ts";
import { sumOf } from "./price-answer.ts";
import { ruleSchema, ruleView } from "./rule-view.ts";
import type { CatalogRuleDraft, RuleTrial, TriedProduct } from "./try-rule.ts";

export type TrialRouteDeps = {
  readonly prices: Pick<CatalogPrices, "tryRule">;
  /** Faults of a draft, as when it is saved. */
  readonly checkDraft: (draft: CatalogRuleDraft) => readonly ErrorDetail[] | Promise<readonly ErrorDetail[]>;
  readonly defaultStoreView: string;
  readonly now: () => number;
};

const name = (description: string) => Type.String({ minLength: 1, maxLength: 200, description });
const requestSchema = Type.Object({
  draft: Type.Object(
    {
      key: name("Takes the place of the published rule of this key"),
      name: Type.String({ maxLength: 200 }),
      body: bodySchema,
      storeViews: Type.Optional(Type.Union([Type.Array(Type.String({ maxLength: 100 })), Type.Null()])),
    },
    { additionalProperties: false },
  ),
  storeView: Type.Optional(name("Default: the shop's")),
  group: Type.Optional(name("Customer group; default not_logged_in")),
  at: Type.Optional(Type.String({ format: "date-time", description: "Default: now" })),
  sku: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: "A product to explain" })),
  limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, default: 20 })),
});

const maybe = Type.Union([moneySchema, Type.Null()]);
const productFields = {
  sku: Type.String(),
  name: Type.String(),
  image: Type.Union([Type.String(), Type.Null()]),
  before: maybe,
  after: maybe,
  isChanged: Type.Boolean({ description: "The draft makes it cost something else" }),
  source: Type.String({ description: "Of the price after: list, tier, special or rule; empty without a price" }),
};
const trialSchema = Type.Object({
  idle: Type.Union([Type.Object({ reason: Type.String(), text: Type.String() }), Type.Null()], {
    description: "Why the draft does not run for who asks",
  }),
  looked: Type.Integer(),
  reached: Type.Integer({ description: "Products for which the conditions hold" }),
  compared: Type.Integer({ description: "Of those reached, compared with other rules" }),
  items: listOf(Type.Object(productFields)),
  meetings: listOf(
    Type.Object({
      rule: Type.String(),
      name: Type.String(),
      priority: Type.Integer(),
      products: Type.Integer(),
      examples: listOf(Type.String()),
      isEarlier: Type.Boolean({ description: "Runs before the draft" }),
      isStopped: Type.Boolean({ description: "The earlier of both discards the later on these products" }),
      isShadow: Type.Boolean({ description: "It runs first and always discards the draft, which does nothing" }),
    }),
  ),
  asked: Type.Union([
    Type.Object({
      ...productFields,
      listPrice: maybe,
      tierPrice: maybe,
      specialPrice: maybe,
      optionsPrice: Type.Union([moneySchema, Type.Null()], {
        description: "Required options, on top of the lowest price",
      }),
      rules: Type.Array(ruleSchema),
      conditions: Type.Unknown({ description: "Each condition of the draft with the value seen" }),
    }),
    Type.Null(),
  ]),
});

/** POST /v1/offers/catalog-rules/trial: what a rule that is not published would do to prices. */
export function createTrialRoutes({
  prices,
  checkDraft,
  defaultStoreView,
  now,
}: TrialRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/v1/offers/catalog-rules/trial",
      {
        // Who publishes what others wrote asks it, too.
        config: { access: "read" },
        schema: {
          tags: ["Offers"],
          summary: "Which products a catalog price rule reaches, with prices before and after",
          description:
            "The draft counts as if it were published, for members of its audiences. Nothing is kept. Of products that cannot be reached by themselves, as configurable ones, the cheapest variant is priced.",
          body: requestSchema,
          response: { 200: trialSchema, ...errorResponses() },
        },
      },
      async ({ body }) => {
        const { draft, storeView = defaultStoreView, group, at, sku, limit = 20 } = body;
        // A body of JSON that fits the schema; the check reads its conditions.
        const rule = { ...draft, body: draft.body as CatalogRuleBody, storeViews: draft.storeViews ?? null };
        const faults = await checkDraft(rule);
        if (faults.length > 0)
          throw new ClienteleError("offers.badDraft", `the rule has ${faults.length} faults`, {
            details: faults.slice(0, 200).map((fault) => ({ ...fault, path: `/draft/body${fault.path}` })),
          });
        const trial = await prices.tryRule(
          rule,
          { storeView, customerGroup: group, at: at === undefined ? now() : Date.parse(at) },
          { limit, sku },
        );
        return trialView(trial, draft.body.stop === true);
      },
    );
  };
}

function productView({ product, before, after, isChanged }: TriedProduct) {
  return {
    sku: product.sku,
    name: product.name,
    image: product.images[0] ?? null,
    before: before?.finalPrice ?? null,
    after: after?.finalPrice ?? null,
    isChanged,
    source: after?.source ?? "",
  };
}

function trialView({ idle, asked, items, meetings, ...counts }: RuleTrial, isStopping: boolean) {
  return {
    ...counts,
    idle: idle === null ? null : { reason: idle, text: reasonText(idle) },
    items: items.map(productView),
    meetings: meetings.map(({ rule, isEarlier, isShadow, products, examples }) => ({
      ...{ rule: rule.key, name: rule.name, priority: rule.priority, products, examples: [...examples], isEarlier },
      isStopped: isEarlier ? rule.stop : isStopping,
      isShadow,
    })),
    asked: asked && {
      ...productView(asked),
      listPrice: asked.after?.list ?? null,
      tierPrice: asked.after?.tier ?? null,
      specialPrice: asked.after?.special ?? null,
      optionsPrice: sumOf(asked.after?.options ?? []),
      rules: asked.after?.outcomes.map(ruleView) ?? [],
      conditions: asked.conditions,
    },
  };
}
