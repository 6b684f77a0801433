// What the storefront clients of others are answered from: lists, units, blocks, and who the visitor is.
import type { createAudienceRules, createAudiences } from "./audiences/index.ts";
import type { Catalog } from "./catalog/index.ts";
import type { Config } from "./config.ts";
import { createJudges, type PlacedBody } from "./decisions/index.ts";
import type { Discovery } from "./discovery/index.ts";
import type { JoinedBlocks } from "./join-blocks.ts";
import type { JoinedCatalogPrices } from "./join-catalog-prices.ts";
import type { joinMembers } from "./join-members.ts";
import type { Clock } from "./kernel/index.ts";
import type { createMeasurement } from "./measurement/index.ts";
import type { Profile, Profiles } from "./profiles/index.ts";
import type { Recommendations } from "./recommendations/index.ts";
import { createVisitors } from "./visitors.ts";

export function joinStorefront(parts: {
  readonly clock: Clock;
  readonly config: Pick<Config, "defaultCurrency" | "defaultStoreView">;
  readonly catalog: Catalog;
  readonly discovery: Discovery;
  readonly recommendations: Recommendations;
  readonly rules: Pick<ReturnType<typeof createAudienceRules>, "compile">;
  readonly measurement: Pick<ReturnType<typeof createMeasurement>, "logExposure">;
  readonly members: Awaited<ReturnType<typeof joinMembers>>;
  readonly audiences: Pick<ReturnType<typeof createAudiences>, "traitsOf" | "subjectOf" | "isMember">;
  readonly profiles: Profiles;
  readonly pricesOf: JoinedCatalogPrices["pricesOf"];
  readonly blocks: Pick<
    JoinedBlocks,
    "shownTo" | "firedRules" | "isOfSource" | "judgeOf" | "prepare" | "prepareFiring"
  >;
}) {
  const { audiences, catalog, clock, config, discovery, members } = parts;
  const judges = createJudges({ compile: (rule) => parts.rules.compile(rule) });
  return {
    clock,
    catalog,
    pricesOf: parts.pricesOf,
    answerList: discovery.answerList,
    suggest: discovery.suggest,
    units: parts.recommendations.units,
    recommend: parts.recommendations.recommend,
    logExposure: parts.measurement.logExposure,
    blocks: parts.blocks,
    eligible: (
      profile: Profile | null,
      { storeView, identityKey }: { readonly storeView: string; readonly identityKey: string },
    ) => {
      const nowMs = clock.now();
      const subject = audiences.subjectOf(profile, {
        cart: profile?.state.cart ?? null,
        context: { store_view: storeView },
        product: undefined,
        bucketValue: identityKey,
      });
      const judge = judges(subject, nowMs, {
        isMember: (key) => audiences.isMember(key, profile, subject, nowMs),
        explainAudience: () => null,
      });
      return (body: PlacedBody) =>
        (body.audiences.length === 0 || body.audiences.some((key) => judge.isMember(key))) && judge.holds(body);
    },
    find: createVisitors(parts.profiles, clock, members.claims.honour).find,
    audienceKeysOf: members.audienceKeysOf,
    customerGroupOf: ({ state, identifiers }: Profile): string | undefined => {
      const { group } = audiences.traitsOf(state, clock.now(), identifiers);
      return typeof group === "string" && group !== "" ? group : undefined;
    },
    settings: { currency: config.defaultCurrency, defaultStoreView: config.defaultStoreView },
  };
}
