import type { ErrorEntry } from "../errors.ts";

export const couponsErrors = {
  "coupons.invalid": {
    status: 422,
    means: "A call about coupons has faults; nothing was changed.",
    remedy: "Correct the fields that `details` names.",
  },
  "coupons.rejected": {
    status: 409,
    means: "At least one use of a coupon or rule is not possible, so that none was taken.",
    remedy: "Show the reasons of `details` to the shopper, evaluate the cart again and reserve what is left.",
  },
  "coupons.conflict": {
    status: 409,
    means: "The order id came with other uses before.",
    remedy: "Repeat a call with the same body; to change an order, release it, or send a new id with `replaces`.",
  },
  "coupons.released": {
    status: 409,
    means: "The coupons of the order were released before.",
    remedy: "Reserve them again if the order is to be placed after all.",
  },
  "coupons.replaces": {
    status: 409,
    means: "The order that is to be replaced holds nothing, or is being replaced already.",
    remedy: "Name the order as it was last placed; redeem or release the other replacement first.",
  },
  "coupons.noRate": {
    status: 422,
    means: "A rule has a spend budget in another currency than the discount, and no rate is known.",
    remedy: "Import currency rates, or send the discount in the currency of the budget.",
  },
  "coupons.busy": {
    status: 503,
    means: "The order was changed by other calls again and again meanwhile.",
    remedy: "Repeat the call with the same body.",
  },
  "coupons.tooManyGuesses": {
    status: 429,
    means: "Too many codes that do not exist were entered from this address or by this visitor.",
    remedy: "Wait for the seconds of Retry-After.",
  },
  "coupons.poolNotFound": {
    status: 404,
    means: "There is no coupon pool with this id.",
    remedy: "List the pools with GET /v1/coupon-pools.",
  },
  "coupons.poolInUse": {
    status: 409,
    means: "A live price rule takes codes of this pool.",
    remedy:
      "Pause or archive the rules that `details` names, or give them another kind of coupon; or delete single codes.",
  },
  "coupons.poolArchived": {
    status: 409,
    means: "The coupon pool is put away: it takes no codes.",
    remedy: "Bring it back with POST /v1/coupon-pools/{id}/unarchive, or use another pool.",
  },
  "coupons.poolNotArchived": {
    status: 409,
    means: "Only an archived coupon pool is deleted.",
    remedy: "Archive it first with POST /v1/coupon-pools/{id}/archive.",
  },
  "coupons.jobNotFound": {
    status: 404,
    means: "There is no generation with this id in the pool.",
    remedy: "Read the pool: it lists its generations.",
  },
  "coupons.spaceTooSmall": {
    status: 422,
    means: "Codes of this shape could be guessed, or there are fewer of them than asked for.",
    remedy: "Make the codes longer or use more characters; the message says how likely a guess would be.",
  },
  "coupons.badFile": {
    status: 422,
    means: "The file holds no codes that can be read.",
    remedy: "Send CSV with the column `code` and, if wanted, `limit` and `expires` (YYYY-MM-DD).",
  },
} as const satisfies Record<string, ErrorEntry>;
