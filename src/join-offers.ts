// Cart price rules, joined to who has the cart: profile, customer group, audiences; and to coupons.
import type { FastifyRequest } from "fastify";
import type { createAudienceRules, createAudiences } from "./audiences/index.ts";
import type { Config } from "./config.ts";
import type { Definitions } from "./definitions/index.ts";
import { isTrusted } from "./http/index.ts";
import { createFiring } from "./join-firing.ts";
import type { Clock } from "./kernel/index.ts";
import type { RuleSubject } from "./kernel/rules/index.ts";
import {
  type CartRuleBody,
  cartRuleKindName,
  createCartRuleKind,
  createCartRules,
  createEvaluateRoutes,
  createFeedRoutes,
  createGuessLimit,
  createPriceRuleGroupKind,
  type LiveCart,
  openCartOf,
  type PriceRuleGroupBody,
  priceRuleGroupKindName,
  type Shopper,
  type ShopperClaim,
  withReleasedAttributes,
} from "./offers/index.ts";
import { customerGroupOf, customerIdOf, websiteOf } from "./price-scope.ts";
import { usableProfile } from "./profiles/index.ts";
import type { Rates } from "./rates/index.ts";
import type { Visitors } from "./visitors.ts";

type Deps = Omit<Parameters<typeof createFiring>[0], "cartRules"> & {
  readonly clock: Clock;
  readonly config: Pick<
    Config,
    | "defaultStoreView"
    | "defaultCurrency"
    | "publicUrl"
    | "timezone"
    | "websiteByStoreView"
    | "marginFactor"
    | "maxCouponCodes"
  >;
  readonly definitions: Definitions;
  readonly rules: ReturnType<typeof createAudienceRules>;
  readonly audiences: Pick<ReturnType<typeof createAudiences>, "subjectOf" | "idOf">;
  readonly rates: Pick<Rates, "rateOf">;
  /** Codes and their uses; absent = codes that stand in rules, uses not counted. */
  readonly look?: NonNullable<Parameters<typeof createCartRules>[0]["look"]>;
};

/** Registers the kind; call before the definitions start. */
export function joinOffers(deps: Deps) {
  const { audiences, clock, config, definitions, rules } = deps;
  const kind = createCartRuleKind(
    withReleasedAttributes<"cart_rule" | "cart_action">(rules.faultsOf, () => deps.catalog.current().attributes),
  );
  definitions.register(kind);
  definitions.register(createPriceRuleGroupKind());
  const cartRules = createCartRules({
    live: () => definitions.live<CartRuleBody>(cartRuleKindName),
    liveGroups: () => definitions.live<PriceRuleGroupBody>(priceRuleGroupKindName),
    rules,
    marginFactor: config.marginFactor,
    maxCodes: config.maxCouponCodes,
    rateOf: deps.rates.rateOf,
    websiteOf: (storeView) => websiteOf(config, storeView),
    skus: () => deps.catalog.current().products.keys(),
    currency: config.defaultCurrency,
    ...(deps.look ? { look: deps.look } : {}),
  });
  // What was published is compiled before a cart comes to it.
  definitions.onChange((kind) => {
    if (kind === cartRuleKindName || kind === priceRuleGroupKindName) void cartRules.warm();
  });
  const guessLimit = createGuessLimit({ clock });

  const firing = createFiring({ ...deps, cartRules });

  return {
    cartRules,
    feedRoutes: createFeedRoutes({
      live: () => definitions.live<CartRuleBody>(cartRuleKindName),
      websiteOf: (storeView) => websiteOf(config, storeView),
      ...{ defaultStoreView: config.defaultStoreView, publicUrl: config.publicUrl, timezone: config.timezone },
      now: clock.now,
    }),
    /** Keys of the cart price rules that fire for somebody with an open cart: for blocks and offers that are shown with a rule. */
    rulesThatFire: firing.rulesThatFire,
    prepareFiring: firing.prepare,
    /** @param onAnswer is told of carts that were answered */
    routes: (visitors: Pick<Visitors, "find" | "provenCustomerId">, onAnswer?: (cart: LiveCart) => void) =>
      createEvaluateRoutes({
        cartRules,
        onAnswer,
        guessLimit,
        checkDraft: ({ key, body, storeViews }) =>
          kind.check?.(body, { key, scope: { storeViews }, live: definitions.live }) ?? [],
        defaultStoreView: config.defaultStoreView,
        now: clock.now,
        resolve: async (request, claim, cart): Promise<Shopper> => {
          const { identity = {}, customer, storeView, nowMs } = claim;
          const stated = customer?.id ?? identity.customerId;
          const found = await visitors.find(
            request,
            stated === undefined ? identity : { ...identity, customerId: stated },
          );
          const profile = usableProfile(found);
          // A server that names a profile speaks of the customer that it is.
          const named = mayState(request) && identity.profileId !== undefined ? customerIdOf(profile) : null;
          const customerId = provenCustomer(request, visitors, claim, stated) ?? named;
          // A group decides prices, which nobody can refuse as they can refuse to be recognised.
          const known = found.ok ? found.profile : null;
          const subject = audiences.subjectOf(profile, {
            cart: openCartOf(cart, nowMs),
            context: { ...claim.context, store_view: storeView },
            bucketValue: identity.anonymousId ? `anonymous_id:${identity.anonymousId}` : "",
          });
          return {
            ...{ storeView, customerId, profileId: profile?.profileId || null },
            email: mayState(request) ? identity.email : undefined,
            customerGroup: customer?.group ?? customerGroupOf(known, customerId),
            subject: withAudiences(subject, customer?.audiences, audiences.idOf),
          };
        },
      }),
  };
}

export type JoinedOffers = ReturnType<typeof joinOffers>;

/** Whether the caller is a server, whose word counts. */
function mayState({ auth }: FastifyRequest): boolean {
  return isTrusted(auth) && auth.kind !== "write-key";
}

/** From a browser only what its identity token proves; a server may state the customer. */
function provenCustomer(
  request: FastifyRequest,
  visitors: Pick<Visitors, "provenCustomerId">,
  { identity }: ShopperClaim,
  stated: string | undefined,
): string | null | undefined {
  if (mayState(request)) return stated;
  return visitors.provenCustomerId(request, identity?.identityToken);
}

/** With the audiences that a server states, beside those that are known. */
function withAudiences(
  subject: RuleSubject,
  stated: readonly string[] | undefined,
  idOf: (reference: string) => string | undefined,
): RuleSubject {
  if (!stated || stated.length === 0) return subject;
  const ids = new Set(stated.map((reference) => idOf(reference) ?? reference));
  return {
    ...subject,
    member: (reference) =>
      subject.member?.(reference) ?? (ids.has(idOf(reference) ?? reference) ? { since: 0 } : undefined),
  };
}
