import { Type } from "typebox";
import { moneySchema } from "../http/index.ts";

const id = Type.String({ maxLength: 512 });

export const identitySchema = Type.Object({
  anonymousId: Type.Optional(id),
  customerId: Type.Optional(id),
  email: Type.Optional(id),
  profileId: Type.Optional(id),
  identityToken: Type.Optional(Type.String({ maxLength: 2_000 })),
});

/** What a call states of the price beside which products are shown. */
export const currentPriceSchema = Type.Object({
  minor: Type.Integer(),
  currency: Type.String({ minLength: 3, maxLength: 3 }),
});
export const reasons = Type.Array(Type.Object({ code: Type.String(), text: Type.String() }));
const money = Type.Union([moneySchema, Type.Null()]);

export const itemSchema = Type.Object({
  sku: Type.String(),
  name: Type.String(),
  url: Type.String(),
  image: Type.Union([Type.String(), Type.Null()]),
  price: money,
  finalPrice: money,
  rating: Type.Union([Type.Object({ average: Type.Number(), count: Type.Integer() }), Type.Null()]),
  score: Type.Number(),
  reasons,
  isFallback: Type.Boolean({ description: "Another strategy filled this place" }),
  strategy: Type.String({ description: "What proposed it" }),
});
