// Which cart price rules fire for whoever looks at a page: for blocks and offers that are shown with a rule. What a database knows (codes,
// used-up limits) is looked up before; the cart itself is evaluated from memory, when something asks.
import type { createAudiences } from "./audiences/index.ts";
import { type CatalogSnapshot, type ProductPrices, withPrices } from "./catalog/index.ts";
import type { Config } from "./config.ts";
import type { LiveDefinition } from "./definitions/index.ts";
import { ClienteleError, type Clock, type Logger, type Money } from "./kernel/index.ts";
import {
  type createCartRules,
  createGuessLimit,
  type FiringRules,
  normaliseCode,
  nothingFires,
} from "./offers/index.ts";
import { customerGroupOf, customerIdOf } from "./price-scope.ts";
import type { Cart, CartLine, Profile } from "./profiles/index.ts";

/** One object stands for one call: what was looked up for it is kept as long as it is. The profile is one that the caller may read. */
export type FiringCall = {
  readonly profile: Profile | null;
  readonly cart: Cart | null;
  readonly storeView: string;
  readonly nowMs: number;
};

/** Who sent the cart of a call. */
export type CartSender = {
  /** A server, whose prices count. What browsers and their events say of prices does not. */
  readonly isTrusted: boolean;
  readonly ip: string;
  /** `namespace:value` of the device; empty = none. */
  readonly identityKey: string;
};

type CartRules = Pick<ReturnType<typeof createCartRules>, "rulesThatFire" | "look">;
type Known = Pick<Parameters<CartRules["rulesThatFire"]>[0], "couponCodes" | "facts"> & { readonly cart: Cart | null };

type Deps = {
  readonly cartRules: CartRules;
  /** As the look of `cartRules`, of which a decision may take one that is a second old; default: that one. */
  readonly glance?: CartRules["look"] | undefined;
  readonly audiences: Pick<ReturnType<typeof createAudiences>, "subjectOf">;
  readonly catalog: { readonly current: () => CatalogSnapshot };
  /** What a visitor pays at a time; undefined = the catalog's own prices. */
  readonly pricesOf: (visitor: {
    readonly profile: Profile | null;
    readonly storeView: string;
    readonly nowMs: number;
  }) => ProductPrices | undefined;
  /** Rules that come into effect by the time of a call; absent = none were looked up. */
  readonly rulesToCome?: (call: FiringCall) => readonly LiveDefinition<unknown>[] | undefined;
  readonly config: Pick<Config, "defaultCurrency">;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** A line at the price of the shop; what the catalog has no price for is worth nothing. */
function atShopPrice(line: CartLine, finalPriceOf: (sku: string) => Money | null): CartLine {
  const unitPrice = finalPriceOf(line.sku) ?? { minor: 0, currency: line.lineTotal.currency };
  return { ...line, unitPrice, lineTotal: { ...unitPrice, minor: Math.round(unitPrice.minor * line.qty) } };
}

export function createFiring(deps: Deps) {
  const { cartRules, audiences, catalog, pricesOf, rulesToCome, config, clock, logger } = deps;
  const look = deps.glance ?? cartRules.look;
  const known = new WeakMap<FiringCall, Known | null>();
  const fired = new WeakMap<FiringCall, FiringRules>();
  // Of its own: a page that shows a mistyped code at every load must not lock the shopper out of the cart.
  const guessLimit = createGuessLimit({ clock });

  const cartOf = ({ cart, profile, storeView, nowMs }: FiringCall, { isTrusted }: CartSender): Cart | null => {
    // A shop that keeps no catalog here has blocks of rules too; nothing but what is shown hangs on them.
    if (!cart || isTrusted || catalog.current().products.size === 0) return cart;
    const priced = withPrices(catalog.current(), pricesOf({ profile, storeView, nowMs }));
    const finalPriceOf = (sku: string) => priced.get(sku)?.finalPrice ?? null;
    const { cartId, updatedAt, items } = cart;
    return { cartId, updatedAt, items: items.map((line) => atShopPrice(line, finalPriceOf)) };
  };

  /** Codes of the cart; none of somebody who tries codes. */
  const codesOf = ({ cart }: FiringCall, { isTrusted, ip, identityKey }: CartSender): readonly string[] => {
    const codes = cart?.totals?.couponCodes ?? [];
    if (isTrusted || codes.length === 0) return codes;
    try {
      guessLimit.check({ ip, identity: identityKey });
      return codes;
    } catch (error) {
      if (error instanceof ClienteleError && error.code === "coupons.tooManyGuesses") return [];
      throw error;
    }
  };

  const lookUp = async (call: FiringCall, sender: CartSender): Promise<Known> => {
    const couponCodes = codesOf(call, sender);
    const { profile } = call;
    const who = { profileId: profile?.profileId || null, customerId: customerIdOf(profile) };
    const facts = await look(couponCodes, who);
    if (!sender.isTrusted) {
      const unknown = couponCodes.filter((code) => !facts.codes.has(normaliseCode(code))).length;
      guessLimit.count({ ip: sender.ip, identity: sender.identityKey }, unknown);
    }
    return { facts, couponCodes, cart: cartOf(call, sender) };
  };

  return {
    /** Looks up codes and uses for a call. Never fails: of a call whose uses cannot be read no rule fires. */
    prepare: async (call: FiringCall, sender: CartSender): Promise<void> => {
      if (known.has(call)) return;
      try {
        known.set(call, await lookUp(call, sender));
      } catch (error) {
        logger.error({ err: error }, "uses of price rules could not be read");
        known.set(call, null);
      }
    },
    /** Keys of the rules that fire. Of a call that was not prepared no code is known, and nothing is used up. */
    rulesThatFire: (call: FiringCall): FiringRules => {
      const before = fired.get(call);
      if (before) return before;
      const looked = known.get(call);
      if (looked === null) return nothingFires;
      const { profile, storeView, nowMs } = call;
      const { cart, ...given } = looked ?? { cart: call.cart };
      const customerId = customerIdOf(profile);
      const firing = cartRules.rulesThatFire({
        ...given,
        cart,
        nowMs,
        rulesToCome: rulesToCome?.(call),
        currency: config.defaultCurrency,
        shopper: {
          ...{ storeView, customerId, profileId: profile?.profileId || null },
          customerGroup: customerGroupOf(profile, customerId),
          subject: audiences.subjectOf(profile, { cart, context: { store_view: storeView } }),
        },
      });
      fired.set(call, firing);
      return firing;
    },
  };
}
