import type { AuditTrail } from "../../access/index.ts";
import { type Definitions, type LiveDefinition, windowOf } from "../../definitions/index.ts";
import { type Clock, createBatchLog, type JsonObject, type Logger, newId } from "../../kernel/index.ts";
import type { CompiledRule } from "../../kernel/rules/index.ts";
import { localDateText, localDayOf } from "../../kernel/rules/index.ts";
import { createModelStore } from "../../models/index.ts";
import type { FoundProfile } from "../../profiles/index.ts";
import type { ClickHouse, Postgres, Sql } from "../../storage/index.ts";
import type { OfferBody, PolicyBody } from "./bodies.ts";
import { keptDays, periodOfStock, stockOf } from "./caps.ts";
import type { CartRulePort } from "./cart-rule-fault.ts";
import { createTakingDecide } from "./claims.ts";
import { createPolicyDecider } from "./decide-policy.ts";
import { createLiveCounts } from "./live-counts.ts";
import { createLiveHolds } from "./live-holds.ts";
import { createModelKeeper } from "./model-keeper.ts";
import { type Capped, cappedOf, createCountObserver, type KnownDecision } from "./observe-counts.ts";
import {
  type CheckRule,
  createCollectionKind,
  createOfferKind,
  createPlacementKind,
  createPolicyKind,
  offerKind,
  policyKind,
} from "./offer-kinds.ts";
import { asksFiring, asksTaking, placementsWith } from "./offer-placements.ts";
import { createOfferSet, type LiveOf, type OfferSet } from "./offer-set.ts";
import { createPersonStocks } from "./person-stocks.ts";
import { createPersonalCodes, type IssueCode } from "./personal-codes.ts";
import type { OfferDraft } from "./routes-preview.ts";
import { createOfferLogStore, toChoiceRow } from "./store.clickhouse.ts";
import { createOfferCountStore } from "./store.ts";
import { createPersonalCodeStore } from "./store-codes.ts";
import { createHoldStore } from "./store-holds.ts";
import { createPersonStockStore } from "./store-person-stock.ts";
import { createStockCleaner } from "./store-stock-cleaner.ts";

export type OfferDecisionsDeps = {
  readonly postgres: Postgres;
  readonly clickhouse: ClickHouse;
  readonly definitions: Pick<Definitions, "live" | "register">;
  readonly checkRule: CheckRule;
  /** Compiles a condition on events. */
  readonly compileEventRule: (rule: unknown) => CompiledRule;
  readonly cartRules: CartRulePort;
  /** Makes personal codes of a rule's pool. */
  readonly issueCode: IssueCode;
  /** Those of these codes that an order has used or reserved. */
  readonly usedCodes: (codes: readonly string[]) => Promise<readonly string[]>;
  /** Whether this process trains. */
  readonly isTrainer: boolean;
  readonly audit: AuditTrail;
  /** Of the deployment, IANA: periods of caps follow its calendar. */
  readonly timezone: string;
  readonly clock: Clock;
  readonly logger: Logger;
};

const rememberedDecisions = 50_000;
const foldedAtOnce = 5_000;

/** What decisions showed, for events that name only the decision; the oldest are forgotten first, half of them at a time. */
function createRecentDecisions() {
  // Two maps: to take the oldest out of one by one, a map walks over all that were taken out before.
  let recent = new Map<string, KnownDecision>();
  let older: ReadonlyMap<string, KnownDecision> = new Map();
  return {
    of: (decisionId: string): KnownDecision | undefined => recent.get(decisionId) ?? older.get(decisionId),
    remember: (decisionId: string, placement: string, offers: readonly string[]): void => {
      recent.set(decisionId, { placement, offers });
      if (recent.size < rememberedDecisions / 2) return;
      older = recent;
      recent = new Map();
    },
  };
}

/**
 * Offer decisioning: kinds of definitions, the decider, the counts behind caps, the models behind rankings.
 *
 * Construct it before the profiles, whose event path it counts in; register its kinds before the definitions start.
 */
export function createOfferDecisions(deps: OfferDecisionsDeps) {
  const { clock, logger, definitions } = deps;
  const store = createOfferCountStore(deps.postgres);
  const log = createOfferLogStore(deps.clickhouse);
  const set = createOfferSet((kind) => definitions.live(kind));
  // The context object of a request stands for its call.
  const drafts = new WeakMap<JsonObject, OfferSet>();
  let known: { readonly set: OfferSet; readonly capped: Capped } | undefined;
  const capped = (): Capped => {
    const current = set();
    if (known?.set !== current) known = { set: current, capped: cappedOf(current) };
    return known.capped;
  };
  type Places = { readonly firing: ReadonlySet<string>; readonly taking: ReadonlySet<string> };
  const placesIn = (of: OfferSet): Places => {
    const policies = definitions.live<PolicyBody>(policyKind);
    return { firing: placementsWith(asksFiring, of, policies), taking: placementsWith(asksTaking, of, policies) };
  };
  let placesOf: { readonly set: OfferSet; readonly places: Places } | undefined;
  const places = (): Places => {
    const current = set();
    if (placesOf?.set !== current) placesOf = { set: current, places: placesIn(current) };
    return placesOf.places;
  };
  const counts = createLiveCounts({ store, clock, logger, totalIds: () => capped().totalIds });
  const holdStore = createHoldStore(deps.postgres);
  const codeStore = createPersonalCodeStore(deps.postgres);
  const personStore = createPersonStockStore(deps.postgres);
  const stockCleaner = createStockCleaner(deps.postgres);
  const persons = createPersonStocks({ store: personStore, clock });
  const holds = createLiveHolds({ store: holdStore, persons, clock, logger, hardIds: () => capped().hardIds });
  const codes = createPersonalCodes({
    store: codeStore,
    ...{ issueCode: deps.issueCode, usedCodes: deps.usedCodes, clock },
  });
  const recent = createRecentDecisions();
  const choices = createBatchLog({
    write: log.insert,
    logger,
    what: "choices of offers",
    maxWaiting: 50_000,
    flushAt: 5_000,
  });
  const models = createModelKeeper({
    models: createModelStore(deps.postgres),
    log,
    live: (kind) => definitions.live(kind),
    isTrainer: deps.isTrainer,
    flush: choices.flush,
    audit: deps.audit,
    clock,
    logger,
  });
  const observer = createCountObserver({
    ...{ set, capped, counts, store, holds: holdStore, persons: personStore, codes: codeStore },
    onMerged: (profileIds) => {
      codes.forget(profileIds);
      persons.forget(profileIds);
    },
    decisionOf: recent.of,
    compile: deps.compileEventRule,
    timezone: deps.timezone,
  });
  const isTakingAt = (placements: readonly string[], context: JsonObject): boolean => {
    const draft = drafts.get(context);
    const { taking } = draft ? placesIn(draft) : places();
    return taking.size > 0 && placements.some((placement) => taking.has(placement));
  };
  /** Reads what a visitor has had: at most three queries, and none where it was read within a second. */
  const lookUp = async ({ profileId, device }: { readonly profileId: string; readonly device: string }) => {
    const holders = [profileId, device].filter((holder) => holder !== "");
    const { hasPersonLimits, hasCodes } = capped();
    if (hasPersonLimits) await persons.load(holders);
    if (hasCodes) await codes.lookUp(holders);
  };

  return {
    /** The definition kinds; register each. */
    kinds: {
      placement: createPlacementKind(),
      offer: createOfferKind(deps.checkRule),
      collection: createCollectionKind(),
      policy: createPolicyKind(deps.checkRule),
    },
    decider: createPolicyDecider({
      live: (kind) => definitions.live(kind),
      drafted: (context) => drafts.get(context),
      ...{ set, capped, counts, clock, taking: { holds, codes } },
      cartRules: deps.cartRules,
      modelOf: models.of,
      logChoice: (choice) => choices.log(() => toChoiceRow(choice)),
      remember: recent.remember,
      timezone: deps.timezone,
    }),
    /** Counts events in the transaction of their batch. */
    observe: observer.observe,
    /** Joins the counts of profiles that are merged. */
    watch: observer.watch,
    /** Loads what caps need to know of a visitor; the same visitor comes back. Reads nothing where no offer has such a cap. */
    prepare: async (found: FoundProfile): Promise<FoundProfile> => {
      if (found.ok && found.profile.profileId !== "" && capped().perProfile.size > 0)
        await counts.ensure(found.profile.profileId);
      return found;
    },
    /** `decide` for calls that can wait until what an offer gives out is taken: pieces of a stock, a personal code. */
    taking: (decide: Parameters<typeof createTakingDecide>[0]["decide"]) =>
      createTakingDecide({ decide, isNeeded: isTakingAt, lookUp, logger }),
    /** Calls with this request context are decided as if the draft were live, in place of the offer with its key. For previews only. */
    useDraft: (context: JsonObject, { body, key = "draft", name, storeViews, schedule }: OfferDraft): void => {
      const live = definitions.live<OfferBody>(offerKind);
      const nowMs = clock.now();
      const before = live.find((each) => each.key === key);
      const draft: LiveDefinition<OfferBody> = {
        ...{ id: before?.id ?? newId(nowMs), kind: offerKind, key, name, version: 0, updatedAt: nowMs, body },
        ...{ scope: { storeViews }, schedule, window: windowOf(schedule) },
      };
      const offers: readonly LiveDefinition<unknown>[] = [...live.filter((each) => each !== before), draft];
      // The lists of one kind have the bodies of that kind.
      const draftedLive: LiveOf = <B>(kind: string) =>
        kind === offerKind ? (offers as readonly LiveDefinition<B>[]) : definitions.live<B>(kind);
      drafts.set(context, createOfferSet(draftedLive)());
    },
    /** Whether a live offer is about a cart price rule. */
    askCartRules: (): boolean => capped().hasCartRules,
    /** Whether an offer at one of these placements goes by what a cart price rule would do to the cart. */
    askFiring: (placements: readonly string[], context: JsonObject): boolean => {
      const draft = drafts.get(context);
      const { firing } = draft ? placesIn(draft) : places();
      return firing.size > 0 && placements.some((placement) => firing.has(placement));
    },
    /** Job of every process that answers, each second. */
    refreshCounts: async (): Promise<void> => {
      codes.refresh();
      await counts.refresh();
      await holds.refresh();
    },
    /** Job of every process that answers: loads the versions that serve. */
    refreshModels: models.refresh,
    /** Job of the trainer: trains what is due. */
    trainDue: models.trainDue,
    /** Job, once an hour: days that no period reaches any more become one. */
    maintain: async (): Promise<void> => {
      await store.fold(localDayOf(clock.now(), deps.timezone) - keptDays, foldedAtOnce);
      await holds.maintain();
      await stockCleaner.clean(
        localDayOf(clock.now(), deps.timezone),
        set().offers.flatMap(({ hard, id }) => hard.map((cap) => stockOf(id, cap, "", 0, ""))),
      );
    },
    /** Orders have used these codes or given them back: decisions go by it at once. */
    codesChanged: codes.changed,
    /** Codes that came with offers to holders (profiles or devices), the oldest first. */
    codesOf: codeStore.given,
    models,
    /**
     * Forgets persons in the transaction of an erasure. @returns rows deleted
     *
     * @param devices theirs, by which they were known before: `anonymous_id:…`
     */
    erase: async (tx: Sql, profileIds: readonly string[], devices: readonly string[]): Promise<number> => {
      const holders = [...profileIds, ...devices];
      return (
        (await store.erase(tx, profileIds)) +
        (await personStore.erase(tx, holders)) +
        (await holdStore.erase(tx, holders)) +
        (await codeStore.erase(tx, holders))
      );
    },
    /** Makes this process forget persons. */
    forget: (profileIds: readonly string[], devices: readonly string[]): void => {
      counts.forget(profileIds);
      const holders = [...profileIds, ...devices];
      codes.forget(holders);
      persons.forget(holders);
    },
    /** What persons have taken of hard limits for each person, for an export. */
    limitsOf: async (profileIds: readonly string[], devices: readonly string[]): Promise<readonly object[]> =>
      (await personStore.of([...profileIds, ...devices])).map(({ offerId, cap, placement, periodStart, taken }) => ({
        ...{ offer: set().byId.get(offerId)?.key ?? offerId, counted: cap.split(" ")[1], placement, taken },
        from: periodOfStock(cap, 0) === undefined ? null : localDateText(periodStart),
      })),
    /** How often offers came to persons, for an export. */
    countsOf: async (profileIds: readonly string[]): Promise<readonly object[]> => {
      const rows = [];
      for (const profileId of profileIds) rows.push(...(await store.ofProfile(profileId)));
      return rows.map(({ offerId, counted, placement, day, n }) => ({
        ...{ offer: set().byId.get(offerId)?.key ?? offerId, counted, placement, count: n },
        day: localDateText(day),
      }));
    },
    dropped: () => ({ counts: counts.dropped(), choices: choices.dropped() }),
    /** Writes what waits. */
    flush: async (): Promise<void> => {
      await counts.flush();
      await choices.flush();
    },
  };
}

export type OfferDecisions = ReturnType<typeof createOfferDecisions>;
