import type { FastifyBaseLogger } from "fastify";
import { askClientele, type ClienteleAccess } from "./ask-clientele.ts";
import type { CartOffers } from "./cart-offers.ts";
import { isFields } from "./form.ts";
import { money } from "./money.ts";
import { couponMessage } from "./offer-texts.ts";
import { noOffersNow } from "./price-desk.ts";
import { ShopError } from "./shop-error.ts";

// Uses of offers: held before an order is written, counted after. What is held and never counted is given back by
// Clientele after half an hour, and the order's event counts it when the call after the order gets lost.

const timeLimitMs = 5_000;

type Use = { readonly ruleKey: string; readonly code?: string; readonly amount: ReturnType<typeof money> };

export type CouponDesk = {
  /** @throws {ShopError} 409 when an offer has run out meanwhile, 503 without an answer */
  reserve(
    order: { readonly orderId: string; readonly customerId: string | null; readonly email: string },
    offers: CartOffers,
  ): Promise<void>;
  redeem(orderId: string): Promise<void>;
  release(orderId: string): Promise<void>;
};

export function usesOf({ applied, coupons }: Pick<CartOffers, "applied" | "coupons">): readonly Use[] {
  return applied.flatMap(({ rule, minor }): readonly Use[] => {
    const codes = coupons.filter((coupon) => coupon.isApplied && coupon.rule === rule);
    const use = { ruleKey: rule, amount: money(minor) };
    return codes.length === 0 ? [use] : codes.map(({ code }) => ({ ...use, code }));
  });
}

function refusalOf(body: unknown, uses: readonly Use[]): ShopError {
  const error = isFields(body) && isFields(body["error"]) ? body["error"] : {};
  const details = Array.isArray(error["details"]) ? error["details"].filter(isFields) : [];
  const texts = details.map(({ path, code }) => {
    const use = uses[Number(/\d+$/.exec(String(path))?.[0])];
    return `${use?.code ?? "An offer of your cart"}: ${couponMessage(String(code))}`;
  });
  const why = texts.length > 0 ? texts.join(" ") : "An offer of your cart has changed.";
  return new ShopError(409, "offerGone", `${why} Nothing was ordered.`);
}

export function createCouponDesk(
  deps: ClienteleAccess & { readonly storeView: string; readonly log: Pick<FastifyBaseLogger, "warn"> },
): CouponDesk {
  const settle = async (what: "redeem" | "release", orderId: string): Promise<void> => {
    const { status } = await askClientele(deps, `/v1/coupons/${what}`, { body: { orderId }, timeoutMs: timeLimitMs });
    // The event of the order tells the same, as often as it takes.
    if (status !== 200) deps.log.warn({ orderId, what, status }, "the uses of an order wait for its event");
  };

  return {
    reserve: async ({ orderId, customerId, email }, offers) => {
      const uses = usesOf(offers);
      if (uses.length === 0) return;
      const { status, body } = await askClientele(deps, "/v1/coupons/reserve", {
        body: { orderId, uses, customerId, email, storeView: deps.storeView },
        timeoutMs: timeLimitMs,
      });
      if (status === 409) throw refusalOf(body, uses);
      if (status !== 200) throw noOffersNow();
    },
    redeem: (orderId) => settle("redeem", orderId),
    release: (orderId) => settle("release", orderId),
  };
}
