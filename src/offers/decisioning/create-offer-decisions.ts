import type { AuditTrail } from "../../access/index.ts";
import type { Definitions } from "../../definitions/index.ts";
import { type Clock, createBatchLog, type Logger } from "../../kernel/index.ts";
import type { CompiledRule } from "../../kernel/rules/index.ts";
import { localDayOf } from "../../kernel/rules/index.ts";
import { createModelStore } from "../../models/index.ts";
import type { FoundProfile } from "../../profiles/index.ts";
import type { ClickHouse, Postgres } from "../../storage/index.ts";
import { keptDays } from "./caps.ts";
import { type CartRulePort, createPolicyDecider } from "./decide-policy.ts";
import { createLiveCounts } from "./live-counts.ts";
import { createModelKeeper } from "./model-keeper.ts";
import { type Capped, cappedOf, createCountObserver, type KnownDecision } from "./observe-counts.ts";
import {
  type CheckRule,
  createCollectionKind,
  createOfferKind,
  createPlacementKind,
  createPolicyKind,
} from "./offer-kinds.ts";
import { createOfferSet, type OfferSet } from "./offer-set.ts";
import { createOfferLogStore, toChoiceRow } from "./store.clickhouse.ts";
import { createOfferCountStore } from "./store.ts";

export type OfferDecisionsDeps = {
  readonly postgres: Postgres;
  readonly clickhouse: ClickHouse;
  readonly definitions: Pick<Definitions, "live" | "register">;
  readonly checkRule: CheckRule;
  /** Compiles a condition on events. */
  readonly compileEventRule: (rule: unknown) => CompiledRule;
  readonly cartRules: CartRulePort;
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

/** What decisions showed, for events that name only the decision; the oldest are forgotten first. */
function createRecentDecisions() {
  const recent = new Map<string, KnownDecision>();
  return {
    of: (decisionId: string): KnownDecision | undefined => recent.get(decisionId),
    remember: (decisionId: string, placement: string, offers: readonly string[]): void => {
      recent.set(decisionId, { placement, offers });
      if (recent.size <= rememberedDecisions) return;
      const [oldest] = recent.keys();
      if (oldest !== undefined) recent.delete(oldest);
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
  let known: { readonly set: OfferSet; readonly capped: Capped } | undefined;
  const capped = (): Capped => {
    const current = set();
    if (known?.set !== current) known = { set: current, capped: cappedOf(current) };
    return known.capped;
  };
  const counts = createLiveCounts({ store, clock, logger, totalIds: () => capped().totalIds });
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
    ...{ set, capped, counts, store },
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
      ...{ set, capped, counts, clock },
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
    /** Job of every process that answers, each second. */
    refreshCounts: counts.refresh,
    /** Job of every process that answers: loads the versions that serve. */
    refreshModels: models.refresh,
    /** Job of the trainer: trains what is due. */
    trainDue: models.trainDue,
    /** Job, once an hour: days that no period reaches any more become one. */
    maintain: async (): Promise<void> => {
      await store.fold(localDayOf(clock.now(), deps.timezone) - keptDays, foldedAtOnce);
    },
    models,
    /** Forgets persons in the transaction of an erasure. @returns rows deleted */
    erase: store.erase,
    /** Makes this process forget persons. */
    forget: counts.forget,
    dropped: () => ({ counts: counts.dropped(), choices: choices.dropped() }),
    /** Writes what waits. */
    flush: async (): Promise<void> => {
      await counts.flush();
      await choices.flush();
    },
  };
}

export type OfferDecisions = ReturnType<typeof createOfferDecisions>;
