import { Type } from "typebox";
import { listOf } from "../http/index.ts";
import type { SearchItem } from "../search/index.ts";
import { maxQueryLength, maxSkuLength } from "./judgement.ts";
import { maxGrade } from "./ndcg.ts";

export const keySchema = Type.String({ pattern: "^[a-z0-9][a-z0-9_-]{0,59}$" });
export const setTextsSchema = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  description: Type.Optional(Type.String({ maxLength: 2_000 })),
});
export const setSchema = Type.Object({
  key: Type.String(),
  name: Type.String(),
  description: Type.String(),
  queries: Type.Integer(),
  judgements: Type.Integer(),
  updatedAt: Type.String(),
});
export const querySchema = Type.Object({
  query: Type.String(),
  judgements: Type.Integer(),
  relevant: Type.Integer({ description: "Judged better than 0; without any the query cannot be measured" }),
});
const query = Type.String({ minLength: 1, maxLength: maxQueryLength });
const sku = Type.String({ minLength: 1, maxLength: maxSkuLength });
const grade = Type.Integer({
  minimum: 0,
  maximum: maxGrade,
  description: "0 not at all, 1 somewhat, 2 well, 3 perfectly",
});
export const judgementSchema = Type.Object({ query: Type.String(), sku: Type.String(), grade });
export const givenSchema = Type.Object({ query, sku, grade: Type.Union([grade, Type.Null()]) });
export const defaultCutoff = 10;
export const cutoffSchema = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 100, description: "Places that count; default 10" }),
);
export const settingSchema = Type.Object(
  {
    storeView: Type.Optional(Type.String({ maxLength: 100 })),
    isRulesOff: Type.Optional(Type.Boolean({ description: "Without any rule of the merchandiser" })),
    draft: Type.Optional(
      Type.Object({
        kind: Type.String({ maxLength: 60 }),
        id: Type.String({ maxLength: 100 }),
        body: Type.Record(Type.String(), Type.Any()),
      }),
    ),
  },
  { additionalProperties: false, description: "Empty = as shoppers see the shop now" },
);

const resultSchema = Type.Object({
  query: Type.String(),
  ndcg: Type.Number(),
  judgedShare: Type.Number(),
  skus: listOf(Type.String()),
});
export const measuredSchema = Type.Object({
  ndcg: Type.Number({ description: "0 to 1, linear gain, unjudged products count 0" }),
  judgedShare: Type.Number({ description: "Share of the products shown that somebody judged" }),
  zeroResultShare: Type.Number(),
  queries: listOf(resultSchema),
});
export const comparedSchema = Type.Object({
  a: measuredSchema,
  b: measuredSchema,
  difference: Type.Union([
    Type.Object({
      mean: Type.Number({ description: "NDCG of b minus a" }),
      interval: listOf(Type.Number()),
      p: Type.Number({ description: "Chance of such a difference if both were alike" }),
    }),
    Type.Null(),
  ]),
});
export const runSchema = Type.Object({
  id: Type.String(),
  ranAt: Type.String(),
  ranBy: Type.String(),
  ndcg: Type.Number(),
  judgedShare: Type.Number(),
  zeroResultShare: Type.Number(),
  queries: Type.Integer(),
});
export const lookSchema = Type.Object({
  total: Type.Integer(),
  items: Type.Unsafe<readonly (SearchItem & { readonly grade: number | null })[]>(Type.Array(Type.Any())),
  missing: listOf(judgementSchema),
});
