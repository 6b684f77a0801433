// The HTTP face of every capability, in one list.
import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { createAccessRoutes } from "./access/index.ts";
import { createAudienceSyncRoutes } from "./activation/index.ts";
import { auditIdentity } from "./audit-identity.ts";
import { createCatalogRoutes } from "./catalog/index.ts";
import { type CanonicalEvent, createCollectRoutes, readEvent } from "./collect/index.ts";
import type { Capabilities } from "./compose.ts";
import type { Config } from "./config.ts";
import { createDestinationRoutes, createImportRoutes, createSourceRoutes } from "./connectors/index.ts";
import { createBlockRoutes, createBlockWarningRoutes } from "./content/index.ts";
import { createDecisionRoutes, readCart } from "./decisions/index.ts";
import { createDefinitionsRoutes } from "./definitions/index.ts";
import { createDiscoveryRoutes, createPreviewRoutes } from "./discovery/index.ts";
import { type HttpServer, isTrusted } from "./http/index.ts";
import { createEmptyAudience } from "./join-conflicts.ts";
import type { Clock, Logger } from "./kernel/index.ts";
import { createConflictRoutes, createShadowRoutes, createSimulationRoutes } from "./offers/index.ts";
import { usableProfile } from "./profiles/index.ts";
import { createRankingRoutes } from "./ranking/index.ts";
import type { UnitBody } from "./recommendations/index.ts";
import { createRelevanceRoutes } from "./relevance/index.ts";
import { createVisitors, type Visitors } from "./visitors.ts";

type Context = { readonly config: Config; readonly clock: Clock; readonly logger: Logger };

/** Events of a decision call as they will be stored; the ones that will be refused are left out. */
function readRidingEvents({ config, clock }: Context) {
  return (
    request: FastifyRequest,
    events: readonly unknown[],
    provenCustomerId: string | null,
  ): readonly CanonicalEvent[] =>
    events.flatMap((raw) => {
      const result = readEvent(raw, {
        sourceId: request.auth.sourceId,
        sourceKind: isTrusted(request.auth) ? "server" : "native",
        trusted: isTrusted(request.auth),
        provenCustomerId,
        receivedAt: clock.now(),
        sentAt: undefined,
        bounds: { maxAgeMs: config.maxEventAgeMs, correctByDelay: false },
        defaultStoreView: config.defaultStoreView,
        defaultCountry: config.defaultCountry || undefined,
      });
      return result.ok ? [result.event] : [];
    });
}

function recommendationRoutes(all: Capabilities, visitors: Visitors, { config, clock }: Context): FastifyPluginAsync {
  return all.recommendations.routes({
    now: clock.now,
    defaultStoreView: config.defaultStoreView,
    resolve: async (request, identity) => {
      const found = await visitors.find(request, identity ?? {});
      const profile = usableProfile(found);
      const identityKey = identity?.anonymousId ? `anonymous_id:${identity.anonymousId}` : "";
      return {
        profile: profile?.state ?? null,
        profileId: profile?.profileId ?? "",
        eligible: (storeView) => all.unitEligibility(profile, storeView, identityKey),
        prices: (storeView) => all.catalogPrices.pricesOf({ profile: found.ok ? found.profile : null, storeView }),
      };
    },
    findUnit: (idOrKey) =>
      all.definitions.live<UnitBody>("unit").find((unit) => unit.id === idOrKey || unit.key === idOrKey),
    onAnswer: ({ decisionId, unit, profileId, recommendation, nowMs }) =>
      all.measurement.logExposure({
        decisionId,
        at: nowMs,
        placement: unit?.body.placement ?? "api",
        kind: "unit",
        definitionId: unit?.id ?? "",
        definitionVersion: unit?.version ?? 0,
        profileId,
        identityKey: "",
        storeView: config.defaultStoreView,
        skus: recommendation.items.map((item) => item.sku),
        scores: recommendation.items.map((item) => item.score),
        propensity: 1,
        policy: `recommendations/${recommendation.strategyUsed}`,
        reasons: recommendation.reasons.map((reason) => reason.code),
      }),
  });
}

/** Registers the routes of every capability, then the pages. */
export async function registerRoutes(
  server: HttpServer,
  all: Capabilities,
  context: Context,
  pages: readonly FastifyPluginAsync[],
): Promise<void> {
  const { config, clock } = context;
  const { access, accept, audiences, catalog, collect, definitions, measurement, profiles } = all;
  const visitors = createVisitors(profiles, clock, all.members.claims.honour);
  const { provenCustomerId } = visitors;
  all.privacy.watchReads(server);
  auditIdentity(server, { audit: access.audit, clock, logger: context.logger });
  await server.register(createAccessRoutes({ access, publicUrl: config.publicUrl }));
  await server.register(createDefinitionsRoutes(definitions, config.timezone));
  await server.register(
    createCatalogRoutes({
      catalog,
      pricesFor: ({ storeView = config.defaultStoreView, customerGroup }) =>
        all.catalogPrices.pricesFor({ storeView, customerGroup }),
    }),
  );
  await server.register(
    createCollectRoutes({ accept, deadLetters: collect.deadLetters, live: collect.live, provenCustomerId }),
  );
  await server.register(
    profiles.routes({
      now: clock.now,
      traitsOf: audiences.traitsOf,
      audienceName: audiences.nameOf,
      timeline: measurement.timeline,
    }),
  );
  await server.register(all.identity.routes({ audienceName: audiences.nameOf }));
  await server.register(all.duplicates.routes());
  await server.register(all.privacy.routes());
  await server.register(createSourceRoutes(all.incoming.sources));
  await server.register(createImportRoutes({ imports: all.incoming.imports }));
  await server.register(createDestinationRoutes(all.destinations));
  await server.register(createAudienceSyncRoutes(all.audienceSyncs));
  await server.register(audiences.routes());
  await server.register(all.members.routes(visitors));
  await server.register(all.attributeValueRoutes);
  await server.register(all.audienceTemplates.routes());
  await server.register(all.tracking.routes());
  await server.register(all.traits.routes(audiences.attributesOf));
  await server.register(all.models.routes());
  await server.register(createRankingRoutes(all.ranking));
  await server.register(all.rates.routes());
  await server.register(
    createDecisionRoutes({
      engine: { ...all.decisions, decide: all.offerDecisions.taking(all.decisions.decide) },
      find: all.offerDecisions.finding(profiles.find),
      honour: all.members.claims.honour,
      accept,
      provenCustomerId,
      withEvents: (profile, events) => audiences.rejudged(profiles.withEvents(profile ?? visitors.nobody(), events)),
      audienceIds: (keys) => keys.flatMap((key) => audiences.idOf(key) ?? []),
      readEvents: readRidingEvents(context),
      defaultStoreView: config.defaultStoreView,
      currency: config.defaultCurrency,
      now: clock.now,
    }),
  );
  await server.register(
    createBlockRoutes({
      ...all.blocks,
      definitions,
      find: visitors.find,
      nobody: visitors.nobody,
      audienceIds: (keys) => keys.flatMap((key) => audiences.idOf(key) ?? []),
      readCart: (cart) => readCart(cart, config.defaultCurrency, clock.now()),
      countPeople: (rule) => audiences.estimates.preview(audiences.estimates.selectionOf({ rule })),
      defaultStoreView: config.defaultStoreView,
      now: clock.now,
    }),
  );
  await server.register(
    createBlockWarningRoutes({
      ...all.blocks,
      ...{ live: definitions.live, now: clock.now },
      isEmptyAudience: createEmptyAudience(audiences),
    }),
  );
  await server.register(
    createDiscoveryRoutes({ ...all.discovery, find: visitors.find, defaultStoreView: config.defaultStoreView }),
  );
  await server.register(
    createPreviewRoutes({
      answerList: all.discovery.answerList,
      find: visitors.find,
      catalog,
      factsOf: all.merchandising.factsOf,
      defaultStoreView: config.defaultStoreView,
    }),
  );
  await server.register(recommendationRoutes(all, visitors, context));
  await server.register(all.catalogPrices.routes(visitors));
  await server.register(all.relatedProducts.routes(visitors));
  await server.register(all.relatedProducts.reportRoutes);
  await server.register(all.offers.routes(visitors, all.shadows.see));
  await server.register(all.offers.feedRoutes);
  await all.coupons.registerRoutes(server, access.audit);
  await server.register(createSimulationRoutes(all.simulations));
  await server.register(createShadowRoutes({ shadows: all.shadows, audit: access.audit, clock }));
  await server.register(createConflictRoutes(all.conflicts));
  await server.register(all.reminders.routes());
  await server.register(
    all.offerDecisions.routes({
      ...{ profiles, decide: all.decisions.decide, defaultStoreView: config.defaultStoreView },
      readCart: (cart) => readCart(cart, config.defaultCurrency, clock.now()),
    }),
  );
  await server.register(createRelevanceRoutes(all.relevance));
  await server.register(all.searchReports.routes());
  for (const plugin of [...all.assets.routes, all.variations.routes]) await server.register(plugin);
  for (const edge of all.edges) await server.register(edge);
  for (const page of pages) await server.register(page);
}
