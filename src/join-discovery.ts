// Product discovery: the index, the counts, and what is shown where, joined into one way to a list.

import type { AuditTrail } from "./access/index.ts";
import type { createAudienceRules } from "./audiences/index.ts";
import type { Catalog } from "./catalog/index.ts";
import type { Config } from "./config.ts";
import type { Definitions } from "./definitions/index.ts";
import { createDiscovery } from "./discovery/index.ts";
import type { Clock, Logger } from "./kernel/index.ts";
import type { createMeasurement } from "./measurement/index.ts";
import { createRecommendations, createUnitKind } from "./recommendations/index.ts";
import { createRelevance } from "./relevance/index.ts";
import { createSearch } from "./search/index.ts";
import type { Engines } from "./storage/index.ts";

export function joinDiscovery(deps: {
  readonly engines: Engines;
  readonly config: Pick<Config, "defaultStoreView">;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly catalog: Catalog;
  readonly definitions: Definitions;
  readonly rules: Pick<ReturnType<typeof createAudienceRules>, "faultsOf">;
  readonly measurement: Pick<ReturnType<typeof createMeasurement>, "logExposure">;
}) {
  const { engines, clock, logger, catalog, definitions, rules } = deps;
  const search = createSearch({ catalog, clock, logger });
  const recommendations = createRecommendations({ clickhouse: engines.clickhouse, catalog, clock, logger });
  const discovery = createDiscovery({
    search,
    catalog,
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
  return { search, recommendations, discovery, relevance };
}
