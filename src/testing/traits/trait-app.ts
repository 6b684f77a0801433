import {
  createAudienceRules,
  createAudienceStore,
  createAudiences,
  createRuleQueryStore,
} from "../../audiences/index.ts";
import { createCollect } from "../../collect/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import { type Clock, createLogger, newId } from "../../kernel/index.ts";
import { createMeasurement } from "../../measurement/index.ts";
import { accountsOf, createProfiles } from "../../profiles/index.ts";
import { createRateStore, createRates } from "../../rates/index.ts";
import { createTraitEventStore, createTraitStore, createTraits, type TraitBody } from "../../traits/index.ts";
import { aProduct } from "../a-product.ts";
import { aCatalog, anAudience } from "../audiences/builders.ts";
import { openTestEngines } from "../engines.ts";
import { aTrait } from "./builders.ts";

/** Collect, profiles, audiences, event store, rates and traits on real engines; definitions are held in memory. */
export async function startTraitApp(clock: Clock) {
  /** What happens between the reading of profiles and their writing, by turns; each happens once. */
  const meanwhile: { reading?: () => Promise<void>; writing?: () => Promise<void> } = {};
  const happens = async (moment: keyof typeof meanwhile): Promise<void> => {
    const happening = meanwhile[moment];
    delete meanwhile[moment];
    await happening?.();
  };
  const engines = await openTestEngines(["collect", "profiles", "audiences", "measurement", "traits", "rates"]);
  const { postgres, clickhouse } = engines;
  const logger = createLogger(process.env["CLIENTELE_TEST_LOG"] ?? "silent");
  const currency = "USD";
  const catalog = aCatalog(aProduct("tent", { brand: "Acme" }), aProduct("mug", { brand: "Pot" }));
  const live = new Map<string, LiveDefinition<unknown>>();
  const handlers = new Set<(kind: string) => void>();
  const definitions = {
    live: <B>(kind: string) =>
      [...live.values()].filter((each) => each.kind === kind) as unknown as readonly LiveDefinition<B>[],
    onChange: (handler: (kind: string) => void) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
  const rates = createRates({ store: createRateStore(postgres), clock, logger });
  await rates.start();
  const measurement = createMeasurement({ clickhouse, logger, parentOf: catalog.parentOf });
  const reevaluate: Parameters<typeof createTraits>[0]["reevaluate"] = async (profileIds, change) => {
    const batchId = newId(clock.now());
    await happens("reading");
    const prepared = await profiles.prepareReevaluation(profileIds, batchId, change);
    await happens("writing");
    return collect.applyPrepared(prepared, batchId);
  };
  const rules = createAudienceRules({
    catalog: { current: () => catalog },
    config: { timezone: "UTC" },
    traitAttributes: () => traits.attributes(),
    rateOf: rates.rateOf,
  });
  const source = {
    scan: (afterId: string | null, limit: number) => profiles.scan(afterId, limit),
    linksOf: (ids: readonly string[]) => profiles.linksOf(ids),
    replaceLeaves: async (...given: Parameters<typeof profiles.replaceLeaves>): Promise<boolean> => {
      await happens("reading");
      await happens("writing");
      return profiles.replaceLeaves(...given);
    },
    get: (profileId: string) => profiles.get(profileId),
    count: () => profiles.count(),
    sample: (after: { readonly hash: number; readonly profileId: string } | null, limit: number) =>
      profiles.sample(after, limit),
    ownership: {
      mark: () => profiles.ownership.mark(),
      changedSince: (mark: string) => profiles.ownership.changedSince(mark),
    },
    stored: (ids: readonly string[]) => profiles.stored(ids),
    accounts: accountsOf(() => profiles),
  };
  const traits = createTraits({
    store: createTraitStore(postgres),
    events: createTraitEventStore(clickhouse),
    rules,
    definitions,
    convertMinor: rates.convertMinor,
    currency,
    profiles: source,
    acceptedSoFar: () => collect.acceptedSoFar(),
    reevaluate,
    onChange: () => void audiences.traitsChanged(),
    clock,
    logger,
  });
  const audiences = createAudiences({
    store: createAudienceStore(postgres),
    ruleQueries: createRuleQueryStore(clickhouse),
    rules,
    definitions,
    clock,
    logger,
    currency,
    convert: rates.convert,
    definedTraits: traits.read,
    profiles: source,
    past: measurement.past,
    acceptedSoFar: () => collect.acceptedSoFar(),
    reevaluate: (profileIds, change) => reevaluate(profileIds, change ?? ((_id, state) => state)),
  });
  const profiles = createProfiles({
    postgres,
    clock,
    logger,
    fold: {
      parentOf: catalog.parentOf,
      applyLeaves: audiences.applyEvent,
      applyTraits: traits.applyEvent,
      policyOf: traits.policyOf,
      currency,
    },
    reevaluate: audiences.reevaluateBatch,
    accountLeaves: audiences.accountLeaves,
  });
  const collect = createCollect({
    postgres,
    clock,
    logger,
    maxEventAgeMs: 5 * 365 * 86_400_000,
    defaultStoreView: "default",
    maxBacklogBytes: 100_000_000,
    prepare: profiles.prepare,
    sink: measurement.sink,
  });
  await traits.start();
  await audiences.start();
  await collect.start();

  return {
    meanwhile,
    traits,
    audiences,
    collect,
    profiles,
    rates,
    engines,
    /** Events of the shop's server. */
    send: async (events: readonly object[]): Promise<void> => {
      await collect.accept({
        events: [...events],
        sentAt: undefined,
        sourceId: "shop",
        sourceKind: "server",
        trusted: true,
        provenCustomerId: null,
      });
    },
    publish: async (key: string, body: TraitBody, version = 1): Promise<void> => {
      live.set(`trait/${key}`, aTrait(key, body, version));
      for (const handler of handlers) handler("trait");
    },
    /** A null rule withdraws the audience. */
    publishAudience: async (number: number, key: string, rule: unknown, version = 1): Promise<void> => {
      if (rule === null) live.delete(`audience/${key}`);
      else live.set(`audience/${key}`, anAudience(number, key, rule, { version }));
      for (const handler of handlers) handler("audience");
      await audiences.settled();
    },
    /** Judges whoever is due by time. */
    judgeDue: async (): Promise<void> => {
      const due = await profiles.due(clock.now(), 1_000);
      if (due.length > 0) await reevaluate(new Set(due.map(({ profileId }) => profileId)), (_id, state) => state);
    },
    traitsOf: async (anonymousId: string): Promise<Record<string, unknown>> => {
      const { state, identifiers } = await profiles.by("anonymous_id", anonymousId);
      const all = audiences.traitsOf(state, clock.now(), identifiers);
      return (all["trait"] ?? {}) as Record<string, unknown>;
    },
    audiencesOf: async (anonymousId: string): Promise<readonly string[]> => {
      const { state } = await profiles.by("anonymous_id", anonymousId);
      return Object.keys(state.memberships).flatMap((id) => audiences.nameOf(id)?.key ?? []);
    },
    close: async (): Promise<void> => {
      await traits.stop();
      await audiences.stop();
      await collect.stop();
      await measurement.close();
      await engines.close();
    },
  };
}

export type TraitApp = Awaited<ReturnType<typeof startTraitApp>>;
