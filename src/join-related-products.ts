// Related products: links and rules over the catalog, asked for by a list's name or shown at a placement.
import type { FastifyPluginAsync } from "fastify";
import type { createAudienceRules, createAudiences } from "./audiences/index.ts";
import type { Catalog } from "./catalog/index.ts";
import type { Config } from "./config.ts";
import { type Decider, readCart } from "./decisions/index.ts";
import type { Definitions } from "./definitions/index.ts";
import type { JoinedCatalogPrices } from "./join-catalog-prices.ts";
import type { Clock } from "./kernel/index.ts";
import type { createMeasurement } from "./measurement/index.ts";
import { usableProfile } from "./profiles/index.ts";
import {
  createListDecider,
  createRelatedListKind,
  createRelatedMetrics,
  createRelatedProducts,
  createRelatedReportRoutes,
  createRelatedRoutes,
  createRelatedRuleKind,
  type RelatedListBody,
  type RelatedRuleBody,
} from "./related-products/index.ts";
import type { Engines } from "./storage/index.ts";
import type { Visitors } from "./visitors.ts";

/** Call before the definitions start: it registers two kinds. */
export function joinRelatedProducts(deps: {
  readonly engines: Pick<Engines, "clickhouse">;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly config: Pick<Config, "defaultStoreView" | "defaultCurrency">;
  readonly definitions: Definitions;
  readonly rules: ReturnType<typeof createAudienceRules>;
  readonly audiences: Pick<ReturnType<typeof createAudiences>, "subjectOf" | "isMember">;
  readonly measurement: Pick<ReturnType<typeof createMeasurement>, "logExposure">;
  readonly pricesOf: JoinedCatalogPrices["pricesOf"];
}) {
  const { clock, config, definitions, measurement, rules } = deps;
  definitions.register(createRelatedRuleKind(rules.faultsOf));
  definitions.register(createRelatedListKind(rules.faultsOf));
  const related = createRelatedProducts(deps);
  const decider: Decider<RelatedListBody> = {
    kind: "related-product-list",
    candidates: () => definitions.live<RelatedListBody>("related-product-list"),
    decide: createListDecider(related),
  };
  return {
    ...related,
    decider,
    reportRoutes: createRelatedReportRoutes({
      metrics: createRelatedMetrics(deps.engines.clickhouse),
      nameOf: (ruleId) =>
        definitions.live<RelatedRuleBody>("related-product-rule").find(({ id }) => id === ruleId)?.name,
      now: clock.now,
    }),
    routes: (visitors: Pick<Visitors, "find">): FastifyPluginAsync =>
      createRelatedRoutes({
        related,
        resolve: async (request, identity) => usableProfile(await visitors.find(request, identity ?? {})),
        readCart: (value) => readCart(value, config.defaultCurrency, clock.now()),
        checkRule: rules.faultsOf,
        defaultStoreView: config.defaultStoreView,
        now: clock.now,
        onAnswer: ({ related: answer, nowMs, ...call }) =>
          measurement.logExposure({
            ...call,
            at: nowMs,
            placement: `related-products.${answer.settings.list}`,
            kind: "related-products",
            definitionId: answer.settings.id,
            definitionVersion: answer.settings.version,
            skus: answer.items.map(({ sku }) => sku),
            scores: answer.items.map(() => 0),
            propensity: answer.propensity,
            policy: answer.policy,
            reasons: answer.origins,
          }),
      }),
  };
}
