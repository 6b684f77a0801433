import type { AuditTrail } from "../../access/index.ts";
import type { Definitions, LiveDefinition } from "../../definitions/index.ts";
import { type Clock, createBatchLog, type JsonObject, type Logger, newId } from "../../kernel/index.ts";
import type { CompiledRule } from "../../kernel/rules/index.ts";
import { localDayOf } from "../../kernel/rules/index.ts";
import { createModelStore } from "../../models/index.ts";
import type { FoundProfile } from "../../profiles/index.ts";
import type { ClickHouse, Postgres, Sql } from "../../storage/index.ts";
import type { OfferBody } from "./bodies.ts";
import { keptDays } from "./caps.ts";
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
} from "./offer-kinds.ts";
import { createOfferSet, type LiveOf, type OfferSet } from "./offer-set.ts";
import { createPersonalCodes, type IssueCode } from "./personal-codes.ts";
import type { OfferDraft } from "./routes-preview.ts";
import { createOfferLogStore, toChoiceRow } from "./store.clickhouse.ts";
import { createOfferCountStore } from "./store.ts";
import { createPersonalCodeStore } from "./store-codes.ts";
import { createHoldStore } from "./store-holds.ts";

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
  const counts = createLiveCounts({ store, clock, logger, totalIds: () => capped().totalIds });
  const holdStore = createHoldStore(deps.postgres);
  const codeStore = createPersonalCodeStore(deps.postgres);
  const holds = createLiveHolds({ store: holdStore, clock, logger, hardIds: () => capped().hardIds });
  const codes = createPersonalCodes({ store: codeStore, issueCode: deps.issueCode, clock });
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
    ...{ set, capped, counts, store, holds: holdStore, codes: codeStore, onMerged: codes.forget },
    decisionOf: recent.of,
    compile: deps.compileEventRule,
    timezone: deps.timezone,
  });

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
      createTakingDecide({ decide, isNeeded: () => capped().isTaking, logger }),
    /** Calls with this request context are decided as if the draft were live, in place of the offer with its key. For previews only. */
    useDraft: (context: JsonObject, { body, key = "draft", name, storeViews }: OfferDraft): void => {
      const live = definitions.live<OfferBody>(offerKind);
      const nowMs = clock.now();
      const before = live.find((each) => each.key === key);
      const draft: LiveDefinition<OfferBody> = {
        ...{ id: before?.id ?? newId(nowMs), kind: offerKind, key, name, version: 0, updatedAt: nowMs, body },
        ...{ scope: { storeViews }, schedule: null, window: { fromMs: null, toMs: null } },
      };
      const offers: readonly LiveDefinition<unknown>[] = [...live.filter((each) => each !== before), draft];
      // The lists of one kind have the bodies of that kind.
      const draftedLive: LiveOf = <B>(kind: string) =>
        kind === offerKind ? (offers as readonly LiveDefinition<B>[]) : definitions.live<B>(kind);
      drafts.set(context, createOfferSet(draftedLive)());
    },
    /** Whether a live offer is about a cart price rule. */
    askCartRules: (): boolean => capped().hasCartRules,
    /** Job of every process that answers, each second. */
    refreshCounts: async (): Promise<void> => {
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
    },
    models,
    /** Forgets persons in the transaction of an erasure. @returns rows deleted */
    erase: async (tx: Sql, profileIds: readonly string[]): Promise<number> =>
      (await store.erase(tx, profileIds)) +
      (await holdStore.erase(tx, profileIds)) +
      (await codeStore.erase(tx, profileIds)),
    /** Makes this process forget persons. */
    forget: (profileIds: readonly string[]): void => {
      counts.forget(profileIds);
      codes.forget(profileIds);
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
