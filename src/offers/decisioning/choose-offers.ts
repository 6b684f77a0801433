// Which offers of a policy a visitor gets at a placement: strategies in order, each ranked by itself, no offer twice, the fallback last.
import type { RuleGate } from "../../kernel/rules/index.ts";
import { createEligibility, type Removal, removal } from "./eligibility.ts";
import { type Condition, type Offer, type Policy, representationOf, type Strategy } from "./offer-set.ts";

export type Ranked = { readonly offer: Offer; readonly score: number; readonly propensity: number };
export type ModelRanking = {
  readonly order: readonly Ranked[];
  readonly policy: string;
};

export type ChooseFacts = {
  readonly placementKey: string;
  readonly storeView: string;
  readonly nowMs: number;
  readonly isMember: (audience: string) => boolean;
  readonly holds: (condition: Condition) => boolean;
  /** What one value tells of a condition, for every visitor; undefined = nothing. */
  readonly gateOf: (condition: Condition) => RuleGate | undefined;
  readonly read: (path: string) => unknown;
  readonly consents: (category: string) => boolean;
  readonly cap: (offer: Offer) => string | undefined;
  readonly cartRule: (offer: Offer) => string | undefined;
  /** Why what must be taken for the visitor cannot be. */
  readonly claim: (offer: Offer) => { readonly code: "cap" | "code" | "code_used"; readonly text: string } | undefined;
  /** Keys on the page; what is chosen is added. */
  readonly exclude: Set<string>;
  /** Ranks by the strategy's model; `wanted` = how many of the order will be taken. */
  readonly rankByModel: (strategy: Strategy, eligible: readonly Offer[], wanted: number) => ModelRanking;
  /** What the model expects of an offer; undefined = it is not trained. */
  readonly modelScore: (strategy: Strategy, offer: Offer) => number | undefined;
  readonly explain: boolean;
  /** The shop's, IANA. */
  readonly timezone: string;
};

export type Chosen = {
  readonly offer: Offer;
  readonly strategy: string;
  readonly score: number;
  readonly propensity: number;
  readonly reason: string;
  readonly isFallback: boolean;
};

export type Considered = {
  readonly offer: string;
  readonly strategy: string;
  readonly outcome: "chosen" | "eligible" | "removed";
  readonly removedBy?: Removal["code"];
  readonly text?: string;
  /** Null: its formula has no value. */
  readonly score?: number | null;
};

export type Choice = {
  readonly chosen: readonly Chosen[];
  readonly considered: readonly Considered[];
  /** More was considered than the trace holds. */
  readonly isCut: boolean;
  readonly policies: readonly string[];
};

/** Formulas and models look at so many eligible offers, those of the highest priority. */
export const maxScored = 500;
const maxConsidered = 1_000;

function rankByFormula(strategy: Strategy, eligible: readonly Offer[], facts: ChooseFacts): readonly Ranked[] {
  const { formula } = strategy;
  if (!formula) return [];
  // A path is the same for every offer of the call.
  const values = new Map<string, unknown>();
  const read = (path: string): unknown => {
    if (values.has(path)) return values.get(path);
    const value = facts.read(path);
    values.set(path, value);
    return value;
  };
  const ranked = eligible.map((offer) => ({
    offer,
    score: formula(offer, read, strategy.model ? facts.modelScore(strategy, offer) : undefined, facts.nowMs),
    propensity: 1,
  }));
  // The list comes by priority, then newest, then key: equal scores keep that order.
  return ranked.sort((a, b) => (a.score === b.score ? 0 : b.score - a.score));
}

const reasons = {
  priority: "The highest priority of those that may be shown",
  formula: "The highest score of its formula",
  model: "Chosen by what was learned of visitors like this one",
} as const;

/** What was considered, where somebody asks; bounded. */
function createTrace(explain: boolean) {
  const considered: Considered[] = [];
  let isCut = false;
  return {
    note: (offer: Offer, strategy: string, out: Removal | null, score?: number): void => {
      if (!explain) return;
      if (considered.length >= maxConsidered) {
        isCut = true;
        return;
      }
      considered.push({
        ...{ offer: offer.key, strategy, outcome: out ? "removed" : "eligible" },
        ...(out ? { removedBy: out.code, text: out.text } : {}),
        ...(score === undefined ? {} : { score: Number.isFinite(score) ? score : null }),
      });
    },
    result: (chosen: readonly Chosen[]): Pick<Choice, "considered" | "isCut"> => {
      const isChosen = new Set(chosen.map(({ offer, strategy }) => `${strategy} ${offer.key}`));
      return {
        considered: considered.map((one) =>
          one.outcome === "eligible" && isChosen.has(`${one.strategy} ${one.offer}`)
            ? { ...one, outcome: "chosen" }
            : one,
        ),
        isCut,
      };
    },
  };
}

function rank(
  strategy: Strategy,
  eligible: readonly Offer[],
  wanted: number,
  facts: ChooseFacts,
): { readonly order: readonly Ranked[]; readonly policy: string } {
  const { method } = strategy;
  if (method === "model") return facts.rankByModel(strategy, eligible, Math.min(wanted, eligible.length));
  if (method === "formula") return { order: rankByFormula(strategy, eligible, facts), policy: method };
  return { order: eligible.map((offer) => ({ offer, score: offer.priority, propensity: 1 })), policy: method };
}

/** The fallback, where something is missing; on a page that has it already, only when there would be nothing else. */
function fallbackFor({ fallback, wanted }: Policy, chosen: readonly Chosen[], facts: ChooseFacts): readonly Chosen[] {
  if (!fallback || chosen.length >= wanted || !representationOf(fallback, facts.placementKey, facts.storeView))
    return [];
  if (chosen.length > 0 && facts.exclude.has(fallback.key)) return [];
  const reason = "The fallback: too few offers may be shown";
  return [{ offer: fallback, strategy: "fallback", score: 0, propensity: 1, reason, isFallback: true }];
}

/** Chooses. Pure: everything it asks for is in `facts`; it adds what it chose to `facts.exclude`. */
export function chooseOffers(policy: Policy, facts: ChooseFacts): Choice {
  const { wanted } = policy;
  const { explain, exclude } = facts;
  const chosen: Chosen[] = [];
  const policies: string[] = [];
  const taken = new Set<Offer>();
  const eligibility = createEligibility(facts, policy);
  const trace = createTrace(explain);
  const judge = (offer: Offer): Removal | null => {
    if (taken.size > 0 && taken.has(offer)) return removal("duplicate", "It is in this answer already", explain);
    if (exclude.size > 0 && exclude.has(offer.key)) return removal("excluded", "It is on the page already", explain);
    return eligibility.of(offer);
  };
  /** Every offer, each with what speaks against it. */
  const eligibleWithReasons = ({ name, offers }: Strategy): readonly Offer[] => {
    const eligible: Offer[] = [];
    for (const offer of offers) {
      if (eligible.length >= maxScored) break;
      const removed = judge(offer);
      if (removed) trace.note(offer, name, removed);
      else eligible.push(offer);
    }
    return eligible;
  };
  const eligibleOf = ({ showable }: Strategy, most: number): readonly Offer[] => {
    const eligible: Offer[] = [];
    const { offers, whoseAt } = showable(facts.placementKey, facts.storeView);
    for (let at = 0; at < offers.length; at += 1) {
      // In order of priority: nothing behind can come before.
      if (eligible.length >= most) break;
      // A look at numbers that stand side by side: most offers are out by it, and are never touched.
      if (eligibility.isOut(whoseAt[at])) continue;
      const offer = offers[at];
      if (offer && !judge(offer)) eligible.push(offer);
    }
    return eligible;
  };

  for (const strategy of policy.strategies) {
    const needed = wanted - chosen.length;
    // An explanation also tells who stood behind.
    if (needed <= 0 && !explain) break;
    const { method, name } = strategy;
    const out = eligibility.whose(strategy.who);
    if (out) {
      if (explain) for (const offer of strategy.offers) trace.note(offer, name, out);
      continue;
    }
    const eligible = explain
      ? eligibleWithReasons(strategy)
      : eligibleOf(strategy, method === "priority" ? needed : maxScored);
    if (eligible.length === 0 || needed <= 0) {
      for (const offer of eligible) trace.note(offer, name, null);
      continue;
    }
    const ranked = rank(strategy, eligible, needed, facts);
    policies.push(ranked.policy);
    for (const [place, { offer, score, propensity }] of ranked.order.entries()) {
      trace.note(offer, name, null, score);
      if (place >= needed) continue;
      taken.add(offer);
      chosen.push({ offer, strategy: name, score, propensity, reason: reasons[method], isFallback: false });
    }
  }
  chosen.push(...fallbackFor(policy, chosen, facts));
  for (const { offer } of chosen) exclude.add(offer.key);
  return { chosen, policies, ...trace.result(chosen) };
}
