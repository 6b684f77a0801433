// Product discovery: the index, the counts, and what is shown where, joined into one way to a list.
import { join } from "node:path";
import type { AuditTrail } from "./access/index.ts";
import type { createAudienceRules, createAudiences } from "./audiences/index.ts";
import type { Catalog, ProductPrices } from "./catalog/index.ts";
import type { Config } from "./config.ts";
import type { Definitions } from "./definitions/index.ts";
import { createDiscovery } from "./discovery/index.ts";
import type { JoinedCatalogPrices } from "./join-catalog-prices.ts";
import type { Clock, Logger } from "./kernel/index.ts";
import type { createMeasurement } from "./measurement/index.ts";
import { createMerchandising, createSearchReports } from "./merchandising/index.ts";
import { detectPersonalValue } from "./privacy/index.ts";
import { createRanking } from "./ranking/index.ts";
import { createRecommendations, createUnitKind, type UnitBody } from "./recommendations/index.ts";
import { createRelevance } from "./relevance/index.ts";
import { runs } from "./roles.ts";
import { createSearch } from "./search/index.ts";
import type { Engines } from "./storage/index.ts";
import { createUnitEligibility } from "./unit-eligibility.ts";
import { createVectors } from "./vectors/index.ts";

export function joinDiscovery(deps: {
  readonly engines: Engines;
  readonly config: Pick<Config, "defaultStoreView" | "roles" | "locale" | "localeByStoreView" | "dataDir">;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly catalog: Catalog;
  readonly definitions: Definitions;
  readonly rules: Pick<ReturnType<typeof createAudienceRules>, "faultsOf" | "compile" | "productOf">;
  readonly audiences: Pick<ReturnType<typeof createAudiences>, "subjectOf" | "isMember">;
  readonly measurement: Pick<ReturnType<typeof createMeasurement>, "logExposure">;
  readonly prices: Pick<JoinedCatalogPrices, "askerOf" | "pricesFor" | "pricesOf">;
}) {
  const { engines, clock, logger, catalog, definitions, rules, audiences } = deps;
  const searchReports = createSearchReports({
    ...{ clickhouse: engines.clickhouse, definitions, catalog, clock },
    looksPersonal: (query) => detectPersonalValue(query) !== undefined,
  });
  const vectors = createVectors({
    ...{ postgres: engines.postgres, clickhouse: engines.clickhouse, catalog, clock, logger },
    locale: deps.config.locale,
  });
  const search = createSearch({
    ...{ catalog, clock, logger, locale: deps.config.locale, vectors },
    popularQueries: searchReports.popular.startingWith,
    localeByStoreView: deps.config.localeByStoreView,
    folder: join(deps.config.dataDir, "search"),
  });
  const recommendations = createRecommendations({
    ...{ clickhouse: engines.clickhouse, catalog, clock, logger },
    pricesOf: deps.prices.pricesOf,
    units: () => definitions.live<UnitBody>("unit"),
    logExposure: deps.measurement.logExposure,
  });
  const merchandising = createMerchandising({
    ...{ catalog, definitions, rules, clock },
    signals: {
      signalOf: (name, windowDays) => {
        const signal = recommendations.signalOf(name === "cart-adds" ? "cartAdds" : name, windowDays);
        return (sku) => signal.get(sku);
      },
      viewedWith: (viewed) => {
        const together = recommendations.viewedWith(viewed);
        return (sku) => together.get(sku);
      },
    },
  });
  const ranking = createRanking({
    ...{ postgres: engines.postgres, clickhouse: engines.clickhouse, catalog, audit: deps.audit, clock, logger },
    isTrainer: runs(deps.config.roles, "training"),
    vectors,
  });
  const discovery = createDiscovery({
    search,
    catalog,
    merchandising,
    shopperOf: (profile, { context = {}, storeView, identityKey, viewed }, nowMs) => {
      const subject = () =>
        audiences.subjectOf(profile, {
          cart: profile?.state.cart ?? null,
          context: { ...context, store_view: storeView },
          product: undefined,
          bucketValue: identityKey,
        });
      return {
        subject,
        isMember: (key) => audiences.isMember(key, profile, subject(), nowMs),
        viewed: viewed ?? profile?.state.viewed.map(({ sku }) => sku) ?? [],
      };
    },
    pricesFor: ({ visitor, storeView, customerGroup }, at) =>
      deps.prices.pricesFor({
        ...deps.prices.askerOf({ profile: visitor.ok ? visitor.profile : null, storeView }),
        ...(customerGroup === undefined ? {} : { customerGroup }),
        ...(at === undefined ? {} : { at }),
      }),
    rankingFor: ranking.forList,
    popularityOf: recommendations.popularityOf,
    logExposure: deps.measurement.logExposure,
    clock,
  });
  definitions.register(createUnitKind((rule) => rules.faultsOf(rule, "block", "/rule")));
  const relevance = createRelevance({
    postgres: engines.postgres,
    audit: deps.audit,
    answerList: discovery.answerList,
    defaultStoreView: deps.config.defaultStoreView,
    clock,
  });
  for (const kind of merchandising.kinds) definitions.register(kind);
  const unitEligibility = createUnitEligibility({ rules, audiences, clock });
  return {
    /** Makes lists ready for prices that are about to come into effect. */
    preparePrices: async (prices: ProductPrices): Promise<void> => {
      await search.preparePrices(prices);
      await merchandising.preparePrices(prices);
    },
    search,
    vectors,
    recommendations,
    ranking,
    discovery,
    merchandising,
    relevance,
    searchReports,
    unitEligibility,
  };
}
