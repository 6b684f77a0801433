import { Type } from "typebox";
import { moneySchema } from "../http/index.ts";
import type { AttributeMeta, CustomOption, ProductComponent, ProductReview, TierPrice } from "./product.ts";

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
// The handlers answer with the catalog's own read-only lists.
const texts = Type.Unsafe<readonly string[]>(Type.Array(Type.String()));
const attributeInput = Type.Unsafe<AttributeMeta["input"]>(
  Type.Union(
    (["text", "select", "multiselect", "boolean", "number", "price", "date"] as const).map((input) =>
      Type.Literal(input),
    ),
  ),
);

const optionPrice = Type.Optional(
  Type.Union([Type.Object({ amount: moneySchema }), Type.Object({ percent: Type.String() })], {
    description: "An amount, or per cent of what the product costs before its options; absent = nothing",
  }),
);

const productFields = {
  sku: Type.String(),
  parentSku: nullable(Type.String()),
  type: Type.String(),
  name: Type.String(),
  description: Type.String({ description: "As the shop sent it; may hold HTML. Escape it before showing it." }),
  brand: nullable(Type.String()),
  categories: texts,
  price: nullable(moneySchema),
  specialPrice: nullable(moneySchema),
  specialDays: Type.Optional(Type.Object({ from: nullable(Type.String()), to: nullable(Type.String()) })),
  tierPrices: Type.Optional(
    Type.Unsafe<readonly TierPrice[]>(
      Type.Array(
        Type.Object({
          qty: Type.Number({ description: "From so many pieces" }),
          group: Type.Optional(Type.String({ description: "Customer group; absent = every group" })),
          website: Type.Optional(Type.String()),
          price: moneySchema,
        }),
      ),
    ),
  ),
  customOptions: Type.Optional(
    Type.Unsafe<readonly CustomOption[]>(
      Type.Array(
        Type.Object({
          title: Type.String(),
          type: Type.String({ description: "As the shop names it, e.g. drop_down or field" }),
          isRequired: Type.Boolean({ description: "The cheapest choice is part of the final price" }),
          price: optionPrice,
          values: Type.Optional(Type.Array(Type.Object({ title: Type.String(), price: optionPrice }))),
        }),
        { description: "What shoppers choose or fill in when they buy it" },
      ),
    ),
  ),
  finalPrice: nullable(moneySchema),
  inStock: Type.Boolean(),
  qty: nullable(Type.Number()),
  visibility: Type.String(),
  attributes: Type.Record(Type.String(), Type.Unknown()),
  options: Type.Record(Type.String(), Type.String()),
  variants: texts,
  components: Type.Optional(
    Type.Unsafe<readonly ProductComponent[]>(Type.Array(Type.Object({ label: Type.String(), skus: texts }))),
  ),
  images: texts,
  url: Type.String(),
  related: texts,
  upsell: texts,
  crosssell: texts,
  rating: nullable(Type.Object({ average: Type.Number(), count: Type.Integer() })),
  createdAt: Type.Integer({ description: "Unix milliseconds" }),
  updatedAt: Type.Integer({ description: "Unix milliseconds" }),
};

export const productSchema = Type.Object(productFields);

export const storedProductSchema = Type.Object({
  ...productFields,
  reviews: Type.Unsafe<readonly ProductReview[]>(
    Type.Array(
      Type.Object({ rating: Type.Number(), title: Type.String(), text: Type.String(), reviewer: Type.String() }),
    ),
  ),
  extra: Type.Record(Type.String(), Type.Unknown()),
});

export const upsertReportSchema = Type.Object({
  accepted: Type.Integer(),
  rejected: Type.Array(
    Type.Object({
      index: Type.Integer({ description: "Place of the row in the call, from 0" }),
      sku: nullable(Type.String()),
      code: Type.String(),
      message: Type.String(),
      details: Type.Array(Type.Object({ path: Type.String(), code: Type.String(), message: Type.String() })),
    }),
  ),
});

export const categoryInputSchema = Type.Object(
  {
    path: Type.String({
      minLength: 1,
      maxLength: 1000,
      pattern: "^[^/\\s][^/]*(/[^/]+)*$",
      description: "URL keys from the root, joined by /",
    }),
    name: Type.String({ minLength: 1, maxLength: 500 }),
    position: Type.Optional(Type.Number()),
    inMenu: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

export const categorySchema = Type.Object({
  path: Type.String(),
  name: Type.String(),
  urlKey: Type.String(),
  parentPath: nullable(Type.String()),
  position: Type.Number(),
  inMenu: Type.Boolean(),
  productCount: Type.Integer({ description: "Visible products, descendants included" }),
});

const attributeFields = {
  code: Type.String({ minLength: 1, maxLength: 100, pattern: "^(?!__proto__$)" }),
  label: Type.String({ minLength: 1, maxLength: 200 }),
  input: attributeInput,
};
const flag = Type.Boolean();
const flagOrNull = Type.Optional(nullable(flag));

/** Flags to set; null = as the shop says again. */
export const attributeFlagsSchema = Type.Object(
  {
    searchable: flagOrNull,
    filterable: flagOrNull,
    filterableInSearch: flagOrNull,
    sortable: flagOrNull,
    usedForPromoRules: flagOrNull,
  },
  { additionalProperties: false, minProperties: 1 },
);

export const attributeInputSchema = Type.Object(
  {
    ...attributeFields,
    options: Type.Optional(Type.Array(Type.String({ maxLength: 500 }), { maxItems: 20_000 })),
    searchable: Type.Optional(flag),
    searchWeight: Type.Optional(Type.Number({ minimum: 1, maximum: 10 })),
    filterable: Type.Optional(flag),
    filterableInSearch: Type.Optional(flag),
    sortable: Type.Optional(flag),
    usedForPromoRules: Type.Optional(
      Type.Boolean({ default: true, description: "Whether conditions of price rules may name it" }),
    ),
  },
  { additionalProperties: false },
);

export const attributeSchema = Type.Object({
  ...attributeFields,
  options: texts,
  searchable: flag,
  searchWeight: Type.Number(),
  filterable: flag,
  filterableInSearch: flag,
  sortable: flag,
  usedForPromoRules: flag,
  chosen: Type.Optional(
    Type.Object(
      {
        searchable: Type.Optional(flag),
        filterable: Type.Optional(flag),
        filterableInSearch: Type.Optional(flag),
        sortable: Type.Optional(flag),
        usedForPromoRules: Type.Optional(flag),
      },
      { description: "Flags that people set against what the shop says; absent = none" },
    ),
  ),
});
