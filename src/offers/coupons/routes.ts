import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { errorResponses } from "../../http/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import type { CouponRejection } from "./coupon-order.ts";
import type { CouponResult, Coupons } from "./create-coupons.ts";
import { orderAnswer, redeemBody, releaseBody, reserveBody, toOrderAnswer } from "./schemas.ts";

const tags = ["Coupons"];
const answers = { 200: orderAnswer, ...errorResponses(400, 401, 403, 409, 422, 503) };

const sentence: Readonly<Record<CouponRejection["reason"], string>> = {
  unknown_code: "the code does not exist or belongs to another rule",
  inactive_rule: "the rule is not live",
  expired: "the code is over",
  usage_limit_reached: "the code is used up",
  customer_usage_limit_reached: "the customer has used the rule as often as it allows",
  budget_exhausted: "the budget of the rule is used up",
};

/** @throws {ClienteleError} `coupons.rejected`: whoever looks at the status alone must not give a discount that nobody holds */
function answerOf(orderId: string, result: CouponResult) {
  if (result.ok) return toOrderAnswer(orderId.trim(), result.order);
  const details = result.rejections.map(({ index, reason }) => ({
    path: `/uses/${index}`,
    code: reason,
    message: sentence[reason],
  }));
  throw new ClienteleError("coupons.rejected", "nothing was taken: at least one use is not possible", { details });
}

/**
 * Reserve, redeem, release. Only the shop's server may call them, with a token of the scope `edit`: whoever has a write key has a
 * browser, and could use up codes that are not theirs.
 */
export function createCouponRoutes(
  coupons: Pick<Coupons, "reserve" | "redeem" | "release">,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/v1/coupons/reserve",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary:
            "Take what an order uses, all or nothing, for 30 minutes; repeat it with the same body as often as needed",
          body: reserveBody,
          response: answers,
        },
      },
      async ({ body }) => answerOf(body.orderId, await coupons.reserve(body)),
    );

    app.post(
      "/v1/coupons/redeem",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Count the uses of an order that is placed; with `uses` also without a reservation",
          body: redeemBody,
          response: answers,
        },
      },
      async ({ body }) => answerOf(body.orderId, await coupons.redeem(body)),
    );

    app.post(
      "/v1/coupons/release",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Give back what an order uses: the payment failed, or it was cancelled",
          body: releaseBody,
          response: answers,
        },
      },
      async ({ body }) => answerOf(body.orderId, await coupons.release(body.orderId)),
    );
  };
}
