import { Type } from "typebox";
import { moneySchema } from "../http/index.ts";
import type {
  Facet,
  Highlight,
  ItemExplanation,
  ItemReason,
  RuleEffect,
  SearchWarning,
  Suggestion,
} from "../search/index.ts";
import type { ConsideredRule, ListPreview, ListSubject } from "./product-lists.ts";

const text = (description: string, maxLength = 200) => Type.Optional(Type.String({ maxLength, description }));
const flag = (description: string) => Type.Boolean({ default: false, description });
const money = Type.Union([moneySchema, Type.Null()]);
const reasons = Type.Unsafe<readonly ItemReason[]>(
  Type.Array(Type.Object({ code: Type.String(), text: Type.String() })),
);

const identityFields = {
  anonymousId: text("Who looks: the browser's id"),
  customerId: text("Who looks: counts only with identityToken, or with a token of the shop's server"),
  identityToken: text("Signed by the shop's server; proves customerId", 2_000),
  storeView: text("Store view; default the shop's"),
  customerGroup: text("Whose prices are shown: from a server only; else those of the visitor's own group"),
};

/** Query of both lists; unknown fields are ignored, since shops add cache busters. */
export const listQueryFields = {
  // Range and form of the next ones are checked by the search itself, which says what to write instead.
  limit: Type.Optional(Type.Number({ description: "Products on the page, 1 to 200, default 24" })),
  offset: Type.Optional(Type.Number({ description: "Products to leave out, 0 to 10,000" })),
  sort: text(
    "relevance, position, name, price, newest, rating or a sortable attribute, each with :asc or :desc; several with commas",
    600,
  ),
  filter: Type.Optional(
    Type.Union([Type.Array(Type.String({ maxLength: 4_000 }), { maxItems: 31 }), Type.String({ maxLength: 4_000 })], {
      description: "attribute:value, attribute:a|b or attribute:10..20 (from inclusive, to exclusive); repeatable",
    }),
  ),
  facets: text("Attribute codes with commas, also categories and price; * chooses", 4_000),
  explore: Type.Optional(Type.Boolean({ description: "false: no product is tried out in this list" })),
  explain: flag("Adds how each product came to its place; needs the scope read"),
  ...identityFields,
};

export const searchQuerySchema = Type.Object({
  q: Type.Optional(Type.String({ description: "What the shopper typed; empty = all products; cut at 255 characters" })),
  asYouType: flag("Take the last word for the beginning of one"),
  ...listQueryFields,
});

export const categoryQuerySchema = Type.Object(listQueryFields);

export const suggestQuerySchema = Type.Object({
  q: Type.String({ default: "", description: "What was typed so far; at least 2 characters" }),
  limit: Type.Integer({ default: 10, minimum: 1, maximum: 50 }),
  storeView: identityFields.storeView,
});

const considered = Type.Unsafe<readonly ConsideredRule[]>(
  Type.Array(
    Type.Object({
      kind: Type.String(),
      id: Type.String(),
      key: Type.String(),
      name: Type.String(),
      isApplied: Type.Boolean(),
      reason: Type.String({ description: "Why it applies, or what it lost to" }),
    }),
    { description: "Rules of the merchandiser that fit this list; with explain" },
  ),
);

const highlights = Type.Unsafe<readonly Highlight[]>(
  Type.Array(
    Type.Object({
      attribute: Type.String(),
      value: Type.String({ description: "HTML: escaped text with matches in <em>" }),
      matchedWords: Type.Array(Type.String()),
    }),
  ),
);

const itemSchema = Type.Object({
  sku: Type.String(),
  name: Type.String(),
  url: Type.String(),
  image: Type.Union([Type.String(), Type.Null()]),
  price: money,
  finalPrice: money,
  rating: Type.Union([Type.Object({ average: Type.Number(), count: Type.Integer() }), Type.Null()]),
  inStock: Type.Boolean(),
  brand: Type.Optional(Type.String()),
  matchedVariant: Type.Optional(Type.String({ description: "The variant whose SKU was typed" })),
  score: Type.Number({ description: "What the default order goes by; 1 = best text match, before personal factors" }),
  propensity: Type.Number({ description: "Chance with which it came to its place; 1 = no chance in it" }),
  highlights,
  reasons,
  explain: Type.Optional(Type.Unsafe<ItemExplanation>(Type.Any())),
});

const facetSchema = Type.Unsafe<Facet>(
  Type.Object({
    attribute: Type.String(),
    label: Type.String(),
    type: Type.Union([Type.Literal("values"), Type.Literal("ranges"), Type.Literal("categories")]),
    choice: Type.String({ description: "Why it is here: asked, pinned, intelligent or popular" }),
    stats: Type.Optional(
      Type.Object({ min: Type.Number(), max: Type.Number() }, { description: "Of a number, in the filtered list" }),
    ),
    buckets: Type.Array(
      Type.Object({
        value: Type.String({ description: "What a filter on the attribute takes" }),
        label: Type.String(),
        count: Type.Integer({ description: "Products with every filter but the facet's own" }),
        selected: Type.Boolean(),
        from: Type.Optional(Type.Number()),
        to: Type.Optional(Type.Number()),
      }),
    ),
  }),
);

export const listResponseSchema = Type.Object({
  items: Type.Array(itemSchema),
  total: Type.Integer(),
  facets: Type.Array(facetSchema),
  suggestions: Type.Unsafe<readonly string[]>(Type.Array(Type.String())),
  didYouMean: Type.Optional(Type.String({ description: "A far more frequent spelling; both were searched" })),
  correctedQuery: Type.Optional(Type.String({ description: "What was searched instead of words that no product has" })),
  warnings: Type.Unsafe<readonly SearchWarning[]>(
    Type.Array(Type.Object({ code: Type.String(), message: Type.String() })),
  ),
  relaxations: Type.Unsafe<readonly { readonly attribute: string; readonly total: number }[]>(
    Type.Array(Type.Object({ attribute: Type.String(), total: Type.Integer() }), {
      description: "With no result: products that only the filter on this attribute keeps away",
    }),
  ),
  decisionId: Type.String(),
  reasons,
  redirect: Type.Union(
    [Type.Object({ url: Type.String({ description: "A path of the shop, or http(s)" }) }), Type.Null()],
    {
      description: "Where the shopper should be sent instead",
    },
  ),
  rules: Type.Optional(considered),
});

export const suggestResponseSchema = Type.Object({
  suggestions: Type.Unsafe<readonly Suggestion[]>(
    Type.Array(
      Type.Object({
        kind: Type.Union([Type.Literal("query"), Type.Literal("product"), Type.Literal("category")]),
        text: Type.String(),
        html: Type.String(),
        sku: Type.Optional(Type.String()),
        categoryPath: Type.Optional(Type.String()),
        within: Type.Optional(Type.Array(Type.String(), { description: "Names of the categories above" })),
        url: Type.Optional(Type.String()),
        image: Type.Optional(Type.String()),
      }),
    ),
  ),
});

export const previewBodySchema = Type.Object({
  subject: Type.Unsafe<ListSubject>(
    Type.Union([
      Type.Object({ kind: Type.Literal("search"), q: Type.String({ maxLength: 2_000 }) }),
      Type.Object({ kind: Type.Literal("category"), path: Type.String({ minLength: 1, maxLength: 1_000 }) }),
    ]),
  ),
  as: Type.Optional(
    Type.Object({ profileId: Type.String({ maxLength: 100 }) }, { description: "The list as this person sees it" }),
  ),
  storeView: listQueryFields.storeView,
  sort: listQueryFields.sort,
  filter: listQueryFields.filter,
  facets: listQueryFields.facets,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
  preview: Type.Optional(
    Type.Unsafe<ListPreview>(
      Type.Object(
        {
          asOf: Type.Optional(Type.Integer({ minimum: 0, maximum: 8.64e15, description: "Unix milliseconds" })),
          isRulesOff: Type.Optional(Type.Boolean({ description: "The list without any rule" })),
          draft: Type.Optional(
            Type.Object(
              {
                kind: Type.String({ maxLength: 60 }),
                id: Type.String({ maxLength: 100 }),
                body: Type.Record(Type.String(), Type.Any()),
                name: Type.Optional(Type.String({ maxLength: 200 })),
                storeViews: Type.Optional(
                  Type.Union([Type.Array(Type.String({ maxLength: 200 }), { maxItems: 1_000 }), Type.Null()]),
                ),
              },
              { description: "A rule as it is being edited, in the place of the live one" },
            ),
          ),
        },
        { additionalProperties: false },
      ),
    ),
  ),
});

export const previewResponseSchema = Type.Object({
  total: Type.Integer(),
  items: Type.Array(
    Type.Object({
      ...itemSchema.properties,
      qty: Type.Union([Type.Number(), Type.Null()]),
      margin: Type.Union([Type.Number(), Type.Null()], { description: "(price − cost) / price; needs the scope edit" }),
      effects: Type.Unsafe<readonly RuleEffect[]>(Type.Array(Type.Any())),
    }),
  ),
  facets: listResponseSchema.properties.facets,
  redirect: listResponseSchema.properties.redirect,
  rules: considered,
  reasons,
  didYouMean: listResponseSchema.properties.didYouMean,
  correctedQuery: listResponseSchema.properties.correctedQuery,
});
