// Catalog price rules, joined to who looks: store view, customer group, audiences. What every list and card shows is priced here.
import type { FastifyRequest } from "fastify";
import type { createAudienceRules, createAudiences } from "./audiences/index.ts";
import type { Catalog, ProductPrices } from "./catalog/index.ts";
import type { Config } from "./config.ts";
import type { Definitions } from "./definitions/index.ts";
import type { Clock, Logger } from "./kernel/index.ts";
import {
  createCatalogPrices,
  createCatalogRuleKind,
  createPriceRoutes,
  type PriceAsker,
  withReleasedAttributes,
} from "./offers/index.ts";
import { customerGroupOf, customerIdOf, websiteOf } from "./price-scope.ts";
import { type Profile, usableProfile } from "./profiles/index.ts";
import type { Rates } from "./rates/index.ts";
import type { Visitors } from "./visitors.ts";

type Deps = {
  readonly catalog: Pick<Catalog, "current" | "onChange">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly config: Pick<Config, "defaultStoreView" | "timezone" | "websiteByStoreView">;
  readonly definitions: Definitions;
  readonly rules: ReturnType<typeof createAudienceRules>;
  readonly audiences: Pick<ReturnType<typeof createAudiences>, "subjectOf" | "isMember">;
  readonly rates: Pick<Rates, "rateOf">;
  /** Prepares lists for prices that are about to come into effect. */
  readonly warm: (prices: ProductPrices) => Promise<void>;
};

/** A visitor, for whom a list is made. `profile` as found, also of one who refused to be recognised: a group is no personalisation. */
export type PricedVisitor = { readonly profile: Profile | null; readonly storeView: string };

/** Registers the kind; call before the definitions start, and `start` after it. */
export function joinCatalogPrices(deps: Deps) {
  const { audiences, catalog, clock, config, definitions, rules } = deps;
  const kind = createCatalogRuleKind(
    withReleasedAttributes<"catalog_rule">(rules.faultsOf, () => catalog.current().attributes),
  );
  definitions.register(kind);
  const prices = createCatalogPrices({
    ...{ catalog, definitions, rules, clock, logger: deps.logger, timezone: config.timezone, warm: deps.warm },
    rateOf: deps.rates.rateOf,
    websiteOf: (storeView) => websiteOf(config, storeView),
  });

  /** From the profile that the caller may read; nobody signed in has the group of its own. */
  const askerOf = ({ profile, storeView }: PricedVisitor): PriceAsker => {
    const customerId = customerIdOf(profile);
    if (!profile || customerId === null) return { storeView };
    const known = usableProfile({ ok: true, profile });
    // Made when a rule asks for an audience, which few do.
    let subject: ReturnType<typeof audiences.subjectOf> | undefined;
    const isMember = (key: string): boolean => {
      subject ??= audiences.subjectOf(known, {
        cart: known?.state.cart ?? null,
        context: { store_view: storeView },
      });
      return audiences.isMember(key, known, subject, clock.now());
    };
    return {
      storeView,
      customerGroup: customerGroupOf(profile, customerId),
      ...(known ? { isMember } : {}),
    };
  };

  return {
    ...prices,
    askerOf,
    /**
     * As `pricesOf`, of rules for everybody and for groups: what audiences see of prices, since rules for audiences would ask them
     * in turn.
     */
    groupPricesOf: ({ profile, storeView }: PricedVisitor): ProductPrices | undefined => {
      const customerId = customerIdOf(profile);
      return prices.pricesFor({
        storeView,
        ...(customerId === null ? {} : { customerGroup: customerGroupOf(profile, customerId) }),
      });
    },
    /** Undefined = the catalog's own prices. */
    pricesOf: (visitor: PricedVisitor): ProductPrices | undefined => prices.pricesFor(askerOf(visitor)),
    routes: (visitors: Pick<Visitors, "find">) =>
      createPriceRoutes({
        prices,
        checkDraft: ({ key, body, storeViews }) =>
          kind.check?.(body, { key, scope: { storeViews }, live: definitions.live }) ?? [],
        find: (sku) => catalog.current().get(sku),
        resolve: async (request: FastifyRequest, claim, storeView) => {
          const found = await visitors.find(request, claim);
          return askerOf({ profile: found.ok ? found.profile : null, storeView });
        },
        defaultStoreView: config.defaultStoreView,
        now: clock.now,
      }),
  };
}

export type JoinedCatalogPrices = ReturnType<typeof joinCatalogPrices>;
