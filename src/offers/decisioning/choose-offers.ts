// Which offers of a policy a visitor gets at a placement: strategies in order, each ranked by itself, no offer twice, the fallback last.
import { outsideWindowText } from "../../definitions/index.ts";
import {
  type Condition,
  type Eligible,
  type Offer,
  type Policy,
  representationOf,
  type Strategy,
} from "./offer-set.ts";

/** Why an offer is out. */
export type Removal = {
  readonly code:
    | "representation"
    | "scope"
    | "date"
    | "audience"
    | "rule"
    | "consent"
    | "cap"
    | "code"
    | "code_used"
    | "cart_rule"
    | "duplicate"
    | "excluded";
  readonly text: string;
};

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

const silent = new Map<Removal["code"], Removal>();

/** The sentence is made only where somebody reads it: ten thousand offers may be out. */
function removal(code: Removal["code"], text: string | (() => string), explain: boolean): Removal {
  if (explain) return { code, text: typeof text === "string" ? text : text() };
  const known = silent.get(code) ?? { code, text: "" };
  silent.set(code, known);
  return known;
}

/** Judges an offer once a call, whatever strategies have it; audiences and rules that many offers share, once too. */
function createEligibility(facts: ChooseFacts, sizes: Policy["sizes"]) {
  const { explain, nowMs, placementKey, storeView } = facts;
  const members = new Map<string, boolean>();
  // Arrays, not maps: ten thousand offers are looked at a call. Of a condition 0 = not judged yet, 1 = it holds, 2 = it does not.
  const judged = new Uint8Array(sizes.conditions);
  const verdicts = new Array<Removal | null | undefined>(sizes.eligibles).fill(undefined);
  const out = (code: Removal["code"], text: string | (() => string)): Removal => removal(code, text, explain);
  const isMember = (audience: string): boolean => {
    const known = members.get(audience) ?? facts.isMember(audience);
    members.set(audience, known);
    return known;
  };
  const holds = (condition: Condition): boolean => {
    const known = judged[condition.at];
    if (known) return known === 1;
    const isMet = facts.holds(condition);
    judged[condition.at] = isMet ? 1 : 2;
    return isMet;
  };
  const allHold = ({ conditions, failedAt }: Eligible): boolean => {
    const first = conditions[failedAt.last];
    if (first && !holds(first)) return false;
    for (const [at, condition] of conditions.entries()) {
      if (holds(condition)) continue;
      failedAt.last = at;
      return false;
    }
    return true;
  };
  const judgeWho = (who: Eligible): Removal | null => {
    const { audiences, all } = who;
    if (audiences.length > 0) {
      if (all) {
        const missing = audiences.find((audience) => !isMember(audience));
        if (missing !== undefined) return out("audience", () => `The visitor is not in audience ${missing}`);
      } else if (!audiences.some(isMember))
        return out("audience", () => `The visitor is in none of: ${audiences.join(", ")}`);
    }
    return allHold(who) ? null : out("rule", "Its rule does not hold");
  };
  const whose = (who: Eligible): Removal | null => {
    const known = verdicts[who.at];
    if (known !== undefined) return known;
    const verdict = judgeWho(who);
    verdicts[who.at] = verdict;
    return verdict;
  };
  const outsideText = ({ fromMs, toMs, schedule }: Offer): string =>
    outsideWindowText({ schedule, window: { fromMs, toMs } }, nowMs, facts.timezone) ?? "Outside its schedule";
  return {
    whose,
    of: (offer: Offer): Removal | null => {
      const { fromMs, toMs, storeViews, consent } = offer;
      // Who cannot be shown at all is not in the list, unless it is to be explained.
      if (explain && !representationOf(offer, placementKey, storeView))
        return out("representation", "It has no representation for this placement");
      if (explain && storeViews !== null && !storeViews.includes(storeView))
        return out("scope", `Not for store view ${storeView}`);
      if ((fromMs !== null && nowMs < fromMs) || (toMs !== null && nowMs >= toMs))
        return out("date", explain ? outsideText(offer) : "");
      if (consent !== undefined && !facts.consents(consent))
        return out("consent", () => `The visitor has not agreed to ${consent}`);
      const notTheirs = whose(offer.who);
      if (notTheirs) return notTheirs;
      const cap = offer.soft.length === 0 ? undefined : facts.cap(offer);
      if (cap !== undefined) return out("cap", cap);
      const link = offer.cartRule === undefined ? undefined : facts.cartRule(offer);
      if (link !== undefined) return out("cart_rule", link);
      const claim = offer.isTaken ? facts.claim(offer) : undefined;
      return claim === undefined ? null : out(claim.code, claim.text);
    },
  };
}

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
  const eligibility = createEligibility(facts, policy.sizes);
  const trace = createTrace(explain);
  const judge = (offer: Offer): Removal | null => {
    if (taken.size > 0 && taken.has(offer)) return removal("duplicate", "It is in this answer already", explain);
    if (exclude.size > 0 && exclude.has(offer.key)) return removal("excluded", "It is on the page already", explain);
    return eligibility.of(offer);
  };
  const eligibleOf = ({ name, offers, showable }: Strategy, most: number): readonly Offer[] => {
    const eligible: Offer[] = [];
    for (const offer of explain ? offers : showable(facts.placementKey, facts.storeView)) {
      // In order of priority: nothing behind can come before.
      if (eligible.length >= most) break;
      const removed = judge(offer);
      if (removed) trace.note(offer, name, removed);
      else eligible.push(offer);
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
    const eligible = eligibleOf(strategy, method === "priority" && !explain ? needed : maxScored);
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
