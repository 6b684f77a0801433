import { Type } from "typebox";
import { listOf, moneySchema } from "../../http/index.ts";
import type { CouponOrder } from "./coupon-order.ts";
import { maxCodeLength } from "./coupon-rule.ts";
import type { Generation, PoolDetail } from "./create-pools.ts";
import { maxOrderIdLength, maxUses } from "./read-request.ts";
import type { CouponPool, ListedCode } from "./store-codes.ts";

const optional = <T extends Parameters<typeof Type.Optional>[0]>(schema: T) =>
  Type.Optional(Type.Union([schema, Type.Null()]));
export const orderIdSchema = Type.String({
  minLength: 1,
  maxLength: maxOrderIdLength,
  description: "The number of the order in the shop, under which a call may be repeated; the same as in its events",
});

const useSchema = Type.Object({
  ruleKey: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: "Cart price rule; a code tells it by itself" }),
  ),
  code: Type.Optional(Type.String({ minLength: 1, maxLength: maxCodeLength })),
  amount: Type.Optional(
    Type.Object(
      { minor: Type.Integer({ minimum: 0 }), currency: Type.String({ pattern: "^[A-Z]{3}$" }) },
      { description: "The discount of this rule in the order; needed for rules with a spend budget" },
    ),
  ),
});
const more = {
  customerId: optional(Type.String({ maxLength: 320, description: "Registered customer; none for guests" })),
  email: optional(Type.String({ maxLength: 320, description: "Of a guest; kept as a hash, where guests are bound" })),
  storeView: Type.Optional(Type.String({ maxLength: 64 })),
  replaces: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: maxOrderIdLength,
      description: "The order that this one is an edit of: what it uses does not count against this one",
    }),
  ),
  allowPartial: Type.Optional(
    Type.Boolean({ description: "Take what is left of a spend budget when it is less than the discount" }),
  ),
};
const uses = Type.Array(useSchema, { minItems: 1, maxItems: maxUses });
export const reserveBody = Type.Object({ orderId: orderIdSchema, uses, ...more });
export const redeemBody = Type.Object({ orderId: orderIdSchema, uses: Type.Optional(uses), ...more });
export const releaseBody = Type.Object({ orderId: orderIdSchema });

const nullable = <T extends Parameters<typeof Type.Optional>[0]>(schema: T) => Type.Union([schema, Type.Null()]);
export const orderAnswer = Type.Object({
  orderId: Type.String(),
  status: Type.String({
    description: "reserved, redeemed, released, expired, replaced, or unknown: nothing is counted of this order",
  }),
  uses: Type.Array(
    Type.Object({
      ruleKey: Type.String(),
      code: nullable(Type.String()),
      amount: nullable(moneySchema),
      granted: nullable(moneySchema),
    }),
  ),
  replaces: nullable(Type.String()),
  expiresAt: nullable(Type.String()),
});

export function toOrderAnswer(orderId: string, order: CouponOrder | null) {
  if (order === null) return { orderId, status: "unknown", uses: [], replaces: null, expiresAt: null };
  return {
    orderId,
    status: order.status,
    uses: order.uses.map((use) => ({ ...use })),
    replaces: order.replaces,
    expiresAt: order.expiresAt === null ? null : new Date(order.expiresAt).toISOString(),
  };
}

export const poolSchema = Type.Object({
  id: Type.String(),
  ruleKey: Type.String(),
  name: Type.String(),
  createdAt: Type.String(),
  createdBy: Type.String(),
  archivedAt: nullable(Type.String({ description: "Since when its codes open nothing; null = it is in use" })),
});
export const generationSchema = Type.Object({
  id: Type.String(),
  status: Type.String({ description: "queued, running, done, cancelled or failed" }),
  quantity: Type.Integer(),
  done: Type.Integer({ description: "Codes made so far" }),
  spec: Type.Object({
    format: Type.String(),
    length: Type.Integer(),
    prefix: Type.String(),
    suffix: Type.String(),
    dashEvery: Type.Integer(),
    avoidLookalikes: Type.Boolean(),
    limit: nullable(Type.Integer()),
    expires: nullable(Type.String()),
  }),
  guessRatio: Type.Number({ description: "Upper bound that one guess of this shape hits a code of the pool; 0 to 1" }),
  error: nullable(Type.String()),
  createdAt: Type.String(),
  createdBy: Type.String(),
  finishedAt: nullable(Type.String()),
});
export const poolDetailSchema = Type.Object({
  ...poolSchema.properties,
  codes: Type.Integer(),
  usedCodes: Type.Integer({ description: "Codes with at least one use, reservations included" }),
  generations: listOf(generationSchema),
});
export const codeSchema = Type.Object({
  code: Type.String(),
  limit: nullable(Type.Integer({ description: "Null: as the rule says" })),
  expires: nullable(Type.String({ description: "Last day on which it is good" })),
  used: Type.Integer({ description: "Reservations included" }),
  createdAt: Type.String(),
});

const iso = (at: number) => new Date(at).toISOString();

export function toPoolAnswer({ id, ruleKey, name, createdAt, createdBy, archivedAt }: CouponPool) {
  const archived = archivedAt === null ? null : iso(archivedAt);
  return { id, ruleKey, name, createdAt: iso(createdAt), createdBy, archivedAt: archived };
}

export function toGenerationAnswer({ spec, createdAt, finishedAt, poolId: _poolId, ...job }: Generation) {
  return { ...job, spec, createdAt: iso(createdAt), finishedAt: finishedAt === null ? null : iso(finishedAt) };
}

export function toPoolDetail(pool: PoolDetail) {
  return {
    ...toPoolAnswer(pool),
    codes: pool.codes,
    usedCodes: pool.usedCodes,
    generations: pool.generations.map(toGenerationAnswer),
  };
}

export function toCodeAnswer({ createdAt, ...code }: ListedCode) {
  return { ...code, createdAt: iso(createdAt) };
}
