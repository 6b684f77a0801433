// Simulations of price rules, joined to who placed the orders, and drafts of them beside live carts.
import type { createAudienceRules, createAudiences } from "./audiences/index.ts";
import type { Config } from "./config.ts";
import type { Definitions } from "./definitions/index.ts";
import type { Clock, Logger } from "./kernel/index.ts";
import { type Coupons, createShadows, createSimulations } from "./offers/index.ts";
import { customerGroupOf, customerIdOf } from "./price-scope.ts";
import type { Profile, Profiles } from "./profiles/index.ts";
import type { Rates } from "./rates/index.ts";
import type { Engines } from "./storage/index.ts";

/** Drafts of cart price rules that are judged for live carts. */
export function joinShadows({
  config,
  engines,
  rules,
  ...deps
}: {
  readonly engines: Pick<Engines, "postgres" | "clickhouse" | "cluster">;
  readonly config: Pick<Config, "defaultCurrency">;
  readonly definitions: Definitions;
  readonly rules: ReturnType<typeof createAudienceRules>;
  readonly cartRules: Parameters<typeof createShadows>[0]["cartRules"];
  readonly clock: Clock;
  readonly logger: Logger;
}) {
  const { postgres, clickhouse, cluster } = engines;
  const { productOf, timezone } = rules;
  return createShadows({
    ...deps,
    ...{ postgres, clickhouse, cluster, productOf, timezone, currency: config.defaultCurrency },
  });
}

/** Of look-ups at once. */
const maxCodesAtOnce = 20;

export function joinSimulations(deps: {
  readonly engines: Pick<Engines, "postgres" | "clickhouse">;
  readonly config: Pick<Config, "defaultCurrency" | "marginFactor" | "maxCouponCodes" | "websiteByStoreView">;
  readonly definitions: Definitions;
  readonly rules: ReturnType<typeof createAudienceRules>;
  readonly audiences: Pick<ReturnType<typeof createAudiences>, "subjectOf">;
  readonly profiles: Pick<Profiles, "stored" | "linksOf">;
  readonly coupons: Pick<Coupons, "look">;
  readonly rates: Pick<Rates, "rateOf">;
  readonly clock: Clock;
  readonly logger: Logger;
}) {
  const { audiences, config, coupons, definitions, engines, profiles, rates, rules } = deps;
  const shopperOf = (profile: Profile | null) => {
    const customerId = customerIdOf(profile);
    return {
      customerId,
      customerGroup: customerGroupOf(profile, customerId),
      subject: audiences.subjectOf(profile),
    };
  };
  return createSimulations({
    ...{ definitions, rules, clock: deps.clock, logger: deps.logger },
    postgres: engines.postgres,
    clickhouse: engines.clickhouse,
    rateOf: rates.rateOf,
    currency: config.defaultCurrency,
    marginFactor: config.marginFactor,
    maxCodes: config.maxCouponCodes,
    categories: () =>
      [...rules.catalog().categories.values()].map(({ path, parentPath }) => [path, parentPath ?? ""] as const),
    websites: () => Object.fromEntries(config.websiteByStoreView),
    shoppersOf: async (profileIds) => {
      const [rows, links] = [await profiles.stored(profileIds), await profiles.linksOf(profileIds)];
      const linksOf = new Map<string, (typeof links)[number][]>();
      for (const link of links) linksOf.set(link.profileId, [...(linksOf.get(link.profileId) ?? []), link]);
      return new Map(
        rows.map((row) => {
          const profile = { ...row, identifiers: linksOf.get(row.profileId) ?? [] };
          return [row.profileId, shopperOf(profile)];
        }),
      );
    },
    stranger: () => shopperOf(null),
    rulesOfCodes: async (codes) => {
      const found = new Map<string, string>();
      for (let at = 0; at < codes.length; at += maxCodesAtOnce) {
        const facts = await coupons.look(codes.slice(at, at + maxCodesAtOnce), { profileId: null, customerId: null });
        for (const [code, { ruleKey }] of facts.codes) found.set(code, ruleKey);
      }
      return found;
    },
  });
}
