// Offer policies as a decider: each placement of a policy is a candidate there.
import type { Decided, Decider, DecisionContext, PlacedBody, PlacementCall, Undecided } from "../../decisions/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import type { Clock, JsonObject, JsonValue } from "../../kernel/index.ts";
import { localDayOf } from "../../kernel/rules/index.ts";
import { consentStatus } from "../../profiles/index.ts";
import { type Bandit, believe, priorityWithChance, sampleOrder } from "./bandit.ts";
import type { OfferPlacementBody, PolicyBody } from "./bodies.ts";
import { type Cell, reachedCap } from "./caps.ts";
import { type CartRulePort, cartRuleFault } from "./cart-rule-fault.ts";
import { type Choice, type ChooseFacts, chooseOffers, type ModelRanking } from "./choose-offers.ts";
import type { LiveCounts } from "./live-counts.ts";
import { inputSetOf, inputsOf } from "./model-inputs.ts";
import type { Capped } from "./observe-counts.ts";
import { placementKind, policyKind } from "./offer-kinds.ts";
import type { LiveOf, Offer, OfferSet, Placement, Strategy } from "./offer-set.ts";
import { offerValue } from "./offer-value.ts";
import { createTaking, type Taking, type TakingDeps } from "./take-offer.ts";

/** A policy at one of its placements. */
export type PlacedPolicy = PlacedBody & { readonly policy: string; readonly at: Placement; readonly needsAll: boolean };

/** A choice that can be learned from. */
export type ModelChoice = {
  readonly decisionId: string;
  readonly at: number;
  readonly modelKey: string;
  readonly modelVersion: number;
  readonly placement: string;
  readonly inputSet: string;
  readonly inputs: readonly number[];
  readonly candidates: readonly string[];
  readonly offers: readonly string[];
  readonly propensities: readonly number[];
  readonly propensityError: number;
  readonly isExplored: boolean;
};

export type LiveModel = { readonly version: number; readonly inputSet: string; readonly bandit: Bandit };

export type PolicyDeciderDeps = {
  readonly live: LiveOf;
  readonly set: () => OfferSet;
  /** The set of a call that previews a draft, by its request context. */
  readonly drafted: (context: JsonObject) => OfferSet | undefined;
  readonly capped: () => Capped;
  readonly counts: Pick<LiveCounts, "ofAll" | "ofVisitor" | "decided" | "ensure">;
  readonly cartRules: CartRulePort;
  readonly taking: TakingDeps;
  readonly modelOf: (modelKey: string) => LiveModel | undefined;
  readonly logChoice: (choice: ModelChoice) => void;
  /** Keeps what a decision showed, for events that name only the decision. */
  readonly remember: (decisionId: string, placement: string, offers: readonly string[]) => void;
  readonly clock: Clock;
  readonly timezone: string;
};

const defaultShare = 0.1;
/** Candidates that a logged choice names; longer lists are not learned from. */
const maxLogged = 100;
const dayMs = 86_400_000;

export function modelKeyOf(policy: string, strategy: string): string {
  return `offers:${policy}/${strategy}`;
}

function createCandidates(live: LiveOf, set: () => OfferSet) {
  let policies: readonly LiveDefinition<PolicyBody>[] | undefined;
  let placements: readonly LiveDefinition<OfferPlacementBody>[] | undefined;
  let candidates: readonly LiveDefinition<PlacedPolicy>[] = [];
  return (): readonly LiveDefinition<PlacedPolicy>[] => {
    const [nowPolicies, nowPlacements] = [live<PolicyBody>(policyKind), live<OfferPlacementBody>(placementKind)];
    if (policies === nowPolicies && placements === nowPlacements) return candidates;
    [policies, placements] = [nowPolicies, nowPlacements];
    const known = set().placements;
    candidates = nowPolicies.flatMap((definition) =>
      definition.body.placements.flatMap((key): LiveDefinition<PlacedPolicy>[] => {
        const at = known.get(key);
        const { priority, audiences, audienceMatch, rule } = definition.body;
        if (!at) return [];
        const needsAll = audienceMatch === "all" && audiences.length > 1;
        const body = { placement: at.name, priority, audiences, policy: definition.key, at, needsAll };
        return [{ ...definition, body: rule === undefined ? body : { ...body, rule } }];
      }),
    );
    return candidates;
  };
}

const capText = (counted: string, limit: number, count: number | null): string =>
  count === null
    ? "How often the visitor had it is not known yet"
    : `It came ${count} times (${counted}); its limit is ${limit}`;

/** Who is asked for, for choices by chance: the same visitor in the same visit gets the same answer. */
function seedOf(policy: string, context: DecisionContext, call: PlacementCall): string {
  const who = call.identityKey || context.profile?.profileId || call.decisionId;
  const session = call.context["sessionId"];
  const visit = typeof session === "string" && session !== "" ? session : Math.floor(context.nowMs / dayMs);
  return `${policy}|${who}|${visit}`;
}

/** Ranks and logs by the models of one policy, for one call. */
function createModelRanking(deps: PolicyDeciderDeps, policy: string, context: DecisionContext, call: PlacementCall) {
  const facts = {
    read: (path: string) => call.judge.read?.(path),
    isMember: call.judge.isMember,
    isKnown: context.profile !== null,
  };
  const inputsByStrategy = new Map<Strategy, readonly number[]>();
  const inputs = (strategy: Strategy): readonly number[] => {
    const known = inputsByStrategy.get(strategy) ?? inputsOf(strategy.model ?? {}, facts);
    inputsByStrategy.set(strategy, known);
    return known;
  };
  const liveModel = (strategy: Strategy): LiveModel | undefined => {
    const model = deps.modelOf(modelKeyOf(policy, strategy.name));
    // Trained for other inputs: the policy has been edited since.
    return model?.inputSet === inputSetOf(strategy.model ?? {}) ? model : undefined;
  };
  const choices: ModelChoice[] = [];
  const rank = (strategy: Strategy, eligible: readonly Offer[], wanted: number): ModelRanking => {
    const model = liveModel(strategy);
    const seed = `${seedOf(policy, context, call)}|${strategy.name}`;
    const share = strategy.model?.explorationShare ?? defaultShare;
    const x = inputs(strategy);
    const beliefs = model ? eligible.map(({ key }) => believe(model.bandit, key, x)) : undefined;
    const choice = beliefs
      ? sampleOrder(beliefs, wanted, share, seed)
      : priorityWithChance(eligible.length, wanted, share, seed);
    const order = choice.order.flatMap((at, place) => {
      const offer = eligible[at];
      const propensity = choice.propensities[place] ?? 0;
      return offer ? [{ offer, score: beliefs?.[at]?.mean ?? offer.priority, propensity }] : [];
    });
    choices.push({
      decisionId: call.decisionId,
      at: context.nowMs,
      modelKey: modelKeyOf(policy, strategy.name),
      modelVersion: model?.version ?? 0,
      placement: call.placement,
      inputSet: inputSetOf(strategy.model ?? {}),
      inputs: x,
      candidates: eligible.length <= maxLogged ? eligible.map(({ key }) => key) : [],
      offers: order.slice(0, wanted).map(({ offer }) => offer.key),
      propensities: choice.propensities,
      propensityError: choice.error,
      isExplored: choice.isExplored,
    });
    return { order, policy: model ? `model/${model.version}` : "model/untrained" };
  };
  const score = (strategy: Strategy, offer: Offer): number | undefined => {
    const model = liveModel(strategy);
    return model && believe(model.bandit, offer.key, inputs(strategy)).mean;
  };
  return { rank, score, choices };
}

function factsOf(
  deps: PolicyDeciderDeps,
  { at }: PlacedPolicy,
  context: DecisionContext,
  call: PlacementCall,
  models: ReturnType<typeof createModelRanking>,
  taking: Taking,
  today: number,
): ChooseFacts {
  const { judge } = call;
  const { profile } = context;
  let isUnknown = false;
  return {
    placementKey: at.key,
    storeView: context.storeView,
    nowMs: context.nowMs,
    isMember: judge.isMember,
    holds: (condition) => judge.holds(condition),
    gateOf: (condition) => judge.gateOf?.(condition),
    read: (path) => judge.read?.(path),
    consents: (category) =>
      profile !== null && consentStatus(profile.state, category, undefined, context.nowMs) === "granted",
    cap: (offer) => {
      const ofProfile = deps.counts.ofVisitor(profile?.profileId ?? null, call.identityKey, offer.id);
      if (ofProfile === null && !isUnknown && profile) {
        isUnknown = true;
        // For the next call; this one goes without. Failures were logged by the engine, and the next call tries again.
        deps.counts.ensure(profile.profileId).catch(() => undefined);
      }
      const reached = reachedCap(offer.soft, {
        ...{ ofProfile, ofAll: deps.counts.ofAll(offer.id), placement: call.placement, today },
      });
      return reached && capText(reached.rule.counted, reached.rule.limit, reached.count);
    },
    claim: taking.fault,
    cartRule: (offer) => cartRuleFault(offer, context, deps.cartRules),
    exclude: call.exclude,
    rankByModel: models.rank,
    modelScore: models.score,
    explain: call.explain,
    timezone: deps.timezone,
  };
}

function traceOf(choice: Choice): JsonValue {
  return {
    offers: choice.considered.map((one): JsonObject => ({ ...one })),
    ...(choice.isCut ? { cut: true } : {}),
    rankedBy: [...choice.policies],
  };
}

/** The decider of offer policies. */
export function createPolicyDecider(deps: PolicyDeciderDeps): Decider<PlacedPolicy> {
  const note = (
    { chosen }: Choice,
    choices: readonly ModelChoice[],
    context: DecisionContext,
    call: PlacementCall,
    day: number,
  ): void => {
    const capped = deps.capped();
    const cells = chosen.flatMap(({ offer }): Cell[] =>
      capped.decided.has(offer.id) ? [{ offerId: offer.id, counted: "decision", placement: call.placement, day }] : [],
    );
    deps.counts.decided(context.profile?.profileId ?? null, call.identityKey, cells, (id) => capped.inTotal.has(id));
    deps.remember(
      call.decisionId,
      call.placement,
      chosen.map(({ offer }) => offer.key),
    );
    for (const choice of choices) deps.logChoice(choice);
  };

  return {
    kind: "offers",
    candidates: createCandidates(deps.live, deps.set),
    decide: (candidate, context, call): Decided | Undecided => {
      const { body } = candidate;
      const missing = body.needsAll ? body.audiences.find((key) => !call.judge.isMember(key)) : undefined;
      if (missing !== undefined)
        return { ok: false, reason: { code: "audience", text: `The visitor is not in audience ${missing}` } };
      const policy = (deps.drafted(call.context) ?? deps.set()).policies.get(body.policy);
      if (!policy) return { ok: false, reason: { code: "no_offer", text: "The policy has just been taken back" } };
      const models = createModelRanking(deps, body.policy, context, call);
      const today = localDayOf(context.nowMs, deps.timezone);
      const taking = createTaking(deps.taking, context, call, today);
      const choice = chooseOffers(policy, factsOf(deps, body, context, call, models, taking, today));
      const explain = call.explain ? { explain: traceOf(choice) } : {};
      if (choice.chosen.length === 0)
        return { ok: false, reason: { code: "no_offer", text: "No offer of the policy may be shown" }, ...explain };
      for (const { offer } of choice.chosen) taking.choose(offer);
      if (!call.preview) note(choice, models.choices, context, call, today);
      const { chosen } = choice;
      return {
        ok: true,
        kind: "offers",
        value: offerValue(candidate, choice, context, call, taking.codeOf),
        reasons: chosen.some(({ isFallback }) => isFallback)
          ? [{ code: "fallback", text: "Too few offers may be shown; the fallback fills the place" }]
          : [],
        skus: [],
        scores: chosen.map(({ score }) => (Number.isFinite(score) ? score : 0)),
        propensity: chosen[0]?.propensity ?? 1,
        policy: `offers/${choice.policies.join("+") || "fallback"}`,
        ...explain,
      };
    },
  };
}
