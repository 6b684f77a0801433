// The only place that constructs capabilities and joins them. Read it from top to bottom to see how the product hangs together.
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createAccess, createAccessStore, demoCredentials } from "./access/index.ts";
import {
  createAttributeValueRoutes,
  createAudienceRules,
  createAudienceStore,
  createAudiences,
  createAudienceTemplates,
  createEventValueStore,
  createRuleQueryStore,
} from "./audiences/index.ts";
import { loadCatalog } from "./catalog/index.ts";
import { createCollect } from "./collect/index.ts";
import type { Config } from "./config.ts";
import type { BlockBody } from "./content/index.ts";
import { createDefinitions, createDefinitionsStore } from "./definitions/index.ts";
import { createDuplicates } from "./duplicates/index.ts";
import { adobeDevicesOf, adobeReaders, createAdobeEdge, toXdmEvent } from "./edges/adobe-edge/index.ts";
import { createGraphqlEdge } from "./edges/graphql/index.ts";
import { createInsightsReader, createInstantSearchRoutes } from "./edges/instantsearch/index.ts";
import { createSegmentReader, createSegmentRoutes, toSegmentMessage } from "./edges/segment/index.ts";
import { audienceSyncParticipant, joinAudienceSyncs } from "./join-activation.ts";
import { joinCatalogPrices } from "./join-catalog-prices.ts";
import { joinConflicts } from "./join-conflicts.ts";
import { connectorParticipants, destinationUsers, joinDestinations, joinSources } from "./join-connectors.ts";
import { joinCoupons } from "./join-coupons.ts";
import { joinDecisions } from "./join-decisions.ts";
import { joinDiscovery } from "./join-discovery.ts";
import { joinMembers, listParticipant } from "./join-members.ts";
import { joinModels } from "./join-models.ts";
import { joinOfferDecisions } from "./join-offer-decisions.ts";
import { joinOffersAndContent } from "./join-offers-and-content.ts";
import { joinLists, observeAll, peopleOf } from "./join-parts.ts";
import { offerParticipants } from "./join-personal-codes.ts";
import { duplicateParticipant, joinPrivacy, recommendationParticipant } from "./join-privacy.ts";
import { joinRelatedProducts } from "./join-related-products.ts";
import { joinReminders, reminderParticipant } from "./join-reminders.ts";
import { joinRotationMemory } from "./join-rotation-memory.ts";
import { joinShadows, joinSimulations } from "./join-simulations.ts";
import { joinStorefront } from "./join-storefront.ts";
import { type Clock, type Logger, newId } from "./kernel/index.ts";
import { createMeasurement } from "./measurement/index.ts";
import { createMetrics } from "./operations/index.ts";
import { createPrivacyDoor, detectPersonalValue } from "./privacy/index.ts";
import { createProfiles, type StateChange } from "./profiles/index.ts";
import { createRateStore, createRates, dayOf } from "./rates/index.ts";
import type { Engines } from "./storage/index.ts";
import { createTracking } from "./tracking/index.ts";
import { createTraitEventStore, createTraitStore, createTraits } from "./traits/index.ts";

/** Capabilities with migrations, in order of dependence. */
const migratedCapabilities = [
  "access",
  "definitions",
  "catalog",
  "collect",
  "profiles",
  "audiences",
  "measurement",
  "tracking",
  "privacy",
  "connectors",
  "activation",
  "duplicates",
  "traits",
  "models",
  "rates",
  "relevance",
  "recommendations",
  "ranking",
  "offers",
  "content",
  "journeys",
] as const;

/** Absolute folders of all migrations, beside this file in source and in the build. */
export const migrationFolders: readonly string[] = migratedCapabilities.map((capability) =>
  fileURLToPath(new URL(`./${capability}/migrations`, import.meta.url)),
);

/** After this time every other process works by a definition that this one has; they look once a second. */
const definitionsElsewhereMs = 1_500;

/** Constructs every capability and joins them by functions. */
export async function construct(
  engines: Engines,
  { config, logger }: { readonly config: Config; readonly logger: Logger },
  clock: Clock,
) {
  const { postgres, clickhouse } = engines;

  const access = createAccess({ store: createAccessStore(postgres), clock, logger });
  await access.start();
  if (config.demo) await access.ensureDemoAccess();
  // The command line must still be able to revoke them.
  else if (config.roles.length > 0) await access.assertNoDemoCredentials();

  const catalog = await loadCatalog({
    postgres,
    clock,
    logger,
    currency: config.defaultCurrency,
    timezone: config.timezone,
    audit: access.audit,
  });
  const parentOf = (sku: string) => catalog.current().parentOf(sku);
  const definitions = createDefinitions({
    store: createDefinitionsStore(postgres),
    audit: access.audit,
    clock,
    logger,
  });
  const measurement = createMeasurement({
    clickhouse,
    logger,
    parentOf,
    identityKey: (event) => profiles.identityKey(event),
  });
  const metrics = createMetrics();
  const privacyDoor = createPrivacyDoor({ postgres, clock, logger });
  const outside = { engines, config, clock, logger, audit: access.audit };

  // Audiences judge profiles and profiles carry memberships: the two are joined by functions.
  const rates = createRates({ store: createRateStore(postgres), clock, logger });
  await rates.start();
  const rules = createAudienceRules({
    catalog,
    config,
    traitAttributes: joinLists(
      () => traits.attributes(),
      () => models.attributes(),
    ),
    rateOf: rates.rateOf,
  });
  const people = peopleOf(() => profiles);
  const reevaluate = async (profileIds: ReadonlySet<string>, change?: StateChange): Promise<boolean> => {
    const batchId = newId(clock.now());
    return collect.applyPrepared(await profiles.prepareReevaluation(profileIds, batchId, change), batchId);
  };
  /** Everything that any process has accepted by now, with the definitions it then went by. */
  const acceptedSoFar = async () => {
    if (postgres.kind === "server") await pause(definitionsElsewhereMs);
    return collect.acceptedSoFar();
  };
  const traits = createTraits({
    ...{ rules, definitions, clock, logger },
    store: createTraitStore(postgres),
    events: createTraitEventStore(clickhouse),
    convertMinor: rates.convertMinor,
    currency: config.defaultCurrency,
    profiles: people,
    acceptedSoFar,
    reevaluate,
    onChange: () => void audiences.traitsChanged(),
  });
  const audiences = createAudiences({
    ...{ rules, definitions, clock, logger },
    store: createAudienceStore(postgres),
    ruleQueries: createRuleQueryStore(clickhouse),
    currency: config.defaultCurrency,
    convert: rates.convert,
    definedTraits: traits.read,
    pricesOf: (visitor) => catalogPrices.groupPricesOf(visitor),
    profiles: people,
    past: measurement.past,
    country: config.defaultCountry || undefined,
    isSuppressed: privacyDoor.suppression.isSuppressed,
    acceptedSoFar,
    reevaluate,
  });
  const destinations = joinDestinations({
    ...outside,
    formats: { segment: toSegmentMessage, xdm: toXdmEvent },
    rules,
    profiles: () => profiles,
    audiences: { nameOf: audiences.nameOf, find: (reference) => definitions.find("audience", reference) },
  });
  const audienceSyncs = joinAudienceSyncs({
    ...{ ...outside, privacyDoor, audiences, definitions },
    profiles: () => profiles,
  });
  const offerDecisions = joinOfferDecisions({
    ...{ engines, config, definitions, rules, clock, logger, audit: access.audit },
    // The rules are joined once profiles stand; nobody decides before.
    rulesThatFire: (call) => offers.rulesThatFire(call),
    spent: async () => (await coupons.look([], { profileId: null, customerId: null })).spent,
    issueCode: (ruleKey, key, expires) => coupons.issueCode(ruleKey, key, expires),
    usedCodes: (codes) => coupons.usedCodes(codes),
    convert: (money, to) => rates.convert(money, to, dayOf(clock.now())),
  });
  const coupons = joinCoupons({ ...outside, definitions, rates, onUse: (codes) => offerDecisions.rulesUsed(codes) });
  const rotationMemory = joinRotationMemory({ engines, clock, logger });
  const reminders = joinReminders({
    ...{ ...outside, catalog, definitions, rules, audiences, privacyDoor },
    profiles: () => profiles,
    collect: () => collect,
    publicPrices: () => catalogPrices.pricesOf({ profile: null, storeView: config.defaultStoreView }),
    coupons: { issueCode: (ruleKey, _profileId, key, expires) => coupons.issueCode(ruleKey, key, expires) },
  });
  const profiles = createProfiles({
    ...{ postgres, clock, logger },
    fold: {
      parentOf,
      applyLeaves: audiences.applyEvent,
      applyTraits: traits.applyEvent,
      policyOf: traits.policyOf,
      currency: config.defaultCurrency,
    },
    reevaluate: reminders.watch(audienceSyncs.watch(offerDecisions.watch(audiences.reevaluateBatch))),
    accountLeaves: audiences.accountLeaves,
    observe: observeAll([privacyDoor.observe, destinations.observe, offerDecisions.observe, coupons.observe]),
  });
  const tracking = createTracking({ postgres, clickhouse, clock, logger, definitions });
  const collect = createCollect({
    ...{ postgres, clock, logger },
    maxEventAgeMs: config.maxEventAgeMs,
    defaultStoreView: config.defaultStoreView,
    defaultCountry: config.defaultCountry || undefined,
    readers: {
      ...adobeReaders(config.defaultCurrency),
      segment: createSegmentReader({ defaultCurrency: config.defaultCurrency }),
      instantsearch: createInsightsReader({ defaultCurrency: config.defaultCurrency }),
    },
    door: [...privacyDoor.checks, tracking.check],
    cleanRejected: privacyDoor.cleanRejected,
    maxBacklogBytes: config.inboxMaxBytes,
    leaseMs: config.inboxLeaseMs,
    prepare: profiles.prepare,
    sink: measurement.sink,
  });
  const accept: typeof collect.accept = async (request) => {
    const result = await collect.accept(request);
    metrics.countEvents(result.accepted, result.duplicates, result.rejected.length);
    return result;
  };

  const identity = profiles.createIdentity({
    eventsOf: measurement.eventsOf,
    acceptedSoFar: collect.acceptedSoFar,
    apply: collect.applyPrepared,
  });
  const duplicates = createDuplicates({
    ...{ postgres, clock, logger, profiles, audit: access.audit },
    merge: (a, b) => identity.merge(a, b, false),
    separate: identity.separate,
    separated: identity.areSeparated,
    conflicts: identity.conflicts,
  });
  const models = joinModels({
    ...{ postgres, config, clock, logger, audit: access.audit },
    ...{ people, profiles, audiences, measurement, definitions, rates, parentOf, reevaluate },
  });
  const incoming = joinSources({ ...outside, accept, collect, catalog });
  const members = await joinMembers({
    ...{ engines, clock, logger, access, audiences, profiles, metrics },
    door: privacyDoor,
    devicesOf: adobeDevicesOf,
  });
  const catalogPrices = joinCatalogPrices({
    ...{ catalog, clock, logger, config, definitions, rules, audiences, rates },
    warm: async (prices) => {
      await found.preparePrices(prices);
      relatedProducts.preparePrices(prices);
    },
  });
  const found = joinDiscovery({
    ...{ ...outside, catalog, definitions, rules, audiences, measurement },
    prices: catalogPrices,
  });
  const { discovery, ranking, recommendations } = found;
  const privacy = joinPrivacy({
    ...{ engines, clock, logger, access, accept, collect, measurement, ranking, profiles },
    door: privacyDoor,
    participants: [
      ...connectorParticipants(destinations, incoming),
      audienceSyncParticipant(audienceSyncs),
      listParticipant(engines, audiences),
      duplicateParticipant(duplicates),
      recommendationParticipant(recommendations),
      ...offerParticipants(engines, offerDecisions, coupons),
      reminderParticipant(engines, reminders),
      rotationMemory.participant,
    ],
  });
  await privacy.start();
  definitions.alsoUsedBy(destinationUsers(destinations));
  await destinations.load();
  await audienceSyncs.load();
  for (const { kind } of [audiences, tracking, traits, reminders]) definitions.register(kind);
  const { offers, assets, blocks, prepare, variations } = joinOffersAndContent({
    ...{ ...outside, catalog, definitions, rules, audiences, rates, coupons, catalogPrices, offerDecisions },
    rotations: rotationMemory.rotations,
  });
  const relatedProducts = joinRelatedProducts({
    ...{ engines, clock, config, catalog, definitions, rules, audiences, measurement },
    pricesOf: catalogPrices.pricesOf,
  });
  const conflicts = joinConflicts({ clock, config, logger, definitions, catalog, audiences, offers, catalogPrices });
  const simulations = joinSimulations({ ...outside, definitions, rules, audiences, profiles, coupons, rates });
  const shadows = joinShadows({ ...outside, definitions, rules, cartRules: offers.cartRules });
  await definitions.start();
  await shadows.refresh();
  for (const part of [blocks, catalogPrices, assets, traits, models, audiences]) await part.start();
  relatedProducts.warm();
  void offers.cartRules.warm();
  tracking.start();

  const decisions = joinDecisions({
    ...{ clock, logger, definitions, rules, audiences, recommendations, measurement },
    deciders: [...blocks.deciders, relatedProducts.decider, offerDecisions.decider],
    prepare,
  });

  const adobeEdge = createAdobeEdge({
    ...{ clock, logger, accept },
    find: offerDecisions.finding(profiles.find),
    decide: offerDecisions.taking(decisions.decide),
    withEvents: (profile, events) => audiences.rejudged(profiles.withEvents(profile, events)),
    liveBlocks: () => definitions.live<BlockBody>("block"),
    audienceKeysOf: members.audienceKeysOf,
    signSegments: members.claims.sign,
    settings: {
      orgIds: config.adobeOrgIds,
      fpidCookie: config.adobeFpidCookie,
      snowplowWriteKey: config.snowplowWriteKey || (config.demo ? demoCredentials.writeKey : ""),
      currency: config.defaultCurrency,
      defaultStoreView: config.defaultStoreView,
      defaultCountry: config.defaultCountry || undefined,
      maxEventAgeMs: config.maxEventAgeMs,
    },
  });

  const storefront = joinStorefront({
    ...{ clock, config, catalog, discovery, recommendations, rules },
    ...{ measurement, members, audiences, profiles, blocks },
    pricesOf: catalogPrices.pricesOf,
  });

  return {
    ...found,
    access,
    accept,
    assets,
    attributeValueRoutes: createAttributeValueRoutes({
      ...{ rules, clock, profiles: people },
      attributesOf: audiences.attributesOf,
      events: createEventValueStore(clickhouse),
      classes: privacy.classes.list,
      looksPersonal: (value) => detectPersonalValue(value) !== undefined,
    }),
    audiences,
    audienceSyncs,
    audienceTemplates: createAudienceTemplates({ rules, currency: config.defaultCurrency }),
    blocks,
    catalog,
    catalogPrices,
    collect,
    conflicts,
    coupons,
    decisions,
    definitions,
    destinations,
    duplicates,
    /** Routes of foreign protocols. */
    edges: [
      createSegmentRoutes({ accept, publicUrl: config.publicUrl }),
      adobeEdge,
      createGraphqlEdge({ ...storefront, devicesOf: adobeDevicesOf }),
      createInstantSearchRoutes({ ...storefront, accept }),
    ],
    identity,
    incoming,
    measurement,
    members,
    metrics,
    models,
    offerDecisions,
    offers,
    privacy,
    profiles,
    rates,
    relatedProducts,
    reminders,
    rotations: rotationMemory.rotations,
    shadows,
    simulations,
    tracking,
    traits,
    variations,
  };
}

/** Every capability of the program, joined. */
export type Capabilities = Awaited<ReturnType<typeof construct>>;
