import type { LiveDefinition } from "../../definitions/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import type { RuleEnvironment, RuleObject, RuleSubject } from "../../kernel/rules/index.ts";
import type { Cart } from "../../profiles/index.ts";
import type { CartRuleBody } from "./cart-rule-body.ts";
import { type LookUpCoupons, noCoupons } from "./coupon-facts.ts";
import { type Evaluation, evaluateCart } from "./evaluate-cart.ts";
import { createLiveRules, type ShopRules } from "./live-rules.ts";
import { cartInputOf } from "./open-cart.ts";
import { createOwnCodes } from "./own-codes.ts";
import type { CartInput } from "./price-cart.ts";

export type CartRulesDeps = {
  readonly live: () => readonly LiveDefinition<CartRuleBody>[];
  readonly rules: ShopRules & {
    readonly productOf: (sku: string) => RuleObject | undefined;
    /** Zone of the store, in which rules begin and end. */
    readonly timezone: string;
  };
  readonly rateOf: RuleEnvironment["rateOf"];
  /** Codes and their uses; default: codes that stand in rules, as if nobody had used one yet. */
  readonly look?: LookUpCoupons;
  /** Website of a store view. */
  readonly websiteOf: (storeView: string) => string;
  /** Different coupon codes that count in one cart; default 5. */
  readonly maxCodes?: number;
};

/** Somebody with a cart. What a browser merely claims of them stays out. */
export type Shopper = {
  readonly profileId: string | null;
  /** Of a registered customer; null = a guest, whom limits for each customer do not bind. */
  readonly customerId: string | null;
  /** Of a guest, as a server tells it: limits for each customer can be made to bind guests by it. */
  readonly email?: string | undefined;
  readonly customerGroup: string;
  readonly storeView: string;
  /** Default: that of the store view. */
  readonly website?: string | undefined;
  readonly subject: RuleSubject;
};

export type EvaluateCall = {
  readonly cart: CartInput;
  readonly couponCodes: readonly string[];
  readonly shopper: Shopper;
  readonly nowMs: number;
  readonly explain?: boolean;
};

/** Keys of rules by what they are for a cart. */
export type FiringRules = {
  /** Their conditions hold. */
  readonly holding: readonly string[];
  /** They reach a line or shipping. */
  readonly applied: readonly string[];
};

const defaultMaxCodes = 5;
const nothingFires: FiringRules = { holding: [], applied: [] };

/** Cart price rules of the shop: evaluated for carts, counting nothing. */
export function createCartRules(deps: CartRulesDeps) {
  const index = createLiveRules(deps.rules, deps.live);
  const look = deps.look ?? createOwnCodes(index);
  const evaluateWith = (call: EvaluateCall, facts: Awaited<ReturnType<LookUpCoupons>>): Evaluation => {
    const { shopper } = call;
    return evaluateCart({
      index: index(),
      cart: call.cart,
      couponCodes: call.couponCodes,
      maxCodes: deps.maxCodes ?? defaultMaxCodes,
      facts,
      website: shopper.website ?? deps.websiteOf(shopper.storeView),
      storeView: shopper.storeView,
      customerGroup: shopper.customerGroup,
      customerId: shopper.customerId,
      subject: shopper.subject,
      productOf: deps.rules.productOf,
      nowMs: call.nowMs,
      timezone: deps.rules.timezone,
      rateOf: deps.rateOf,
      explain: call.explain ?? false,
    });
  };
  return {
    /** Compiles the live rules now instead of at the first call. */
    warm: (): void => void index(),
    /** Hash of the rules in effect. */
    version: (): string => index().version,
    /**
     * What the rules do to a cart. May be repeated: nothing is counted.
     *
     * @throws {ClienteleError} `offers.amountTooLarge`
     */
    evaluate: async (call: EvaluateCall): Promise<Evaluation> => {
      const { profileId, customerId, email } = call.shopper;
      return evaluateWith(call, await look(call.couponCodes, { profileId, customerId, email }));
    },
    /**
     * Which rules without a coupon fire for an open cart, from memory: for blocks that are shown with a rule and for clients that ask
     * which rules a cart has. Uses are not looked up, so a rule that its customer has used up still fires.
     */
    rulesThatFire: (
      call: Omit<EvaluateCall, "cart" | "couponCodes"> & { readonly cart: Cart | null; readonly currency: string },
    ): FiringRules => {
      const cart = cartInputOf(call.cart, call.currency);
      let evaluation: Evaluation;
      try {
        evaluation = evaluateWith({ ...call, cart, couponCodes: [] }, noCoupons);
      } catch (error) {
        // Browsers write open carts: what nobody can pay for fires nothing, and the page goes on.
        if (error instanceof ClienteleError && error.code === "offers.amountTooLarge") return nothingFires;
        throw error;
      }
      const { verdicts } = evaluation;
      return {
        holding: verdicts.filter(({ outcome }) => outcome !== "conditions_not_met").map(({ rule }) => rule.key),
        applied: verdicts.filter(({ outcome }) => outcome === "applied").map(({ rule }) => rule.key),
      };
    },
  };
}

export type CartRules = ReturnType<typeof createCartRules>;
