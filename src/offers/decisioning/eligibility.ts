// Whether a visitor may have an offer: its dates, consent, audiences and rule, caps, its cart price rule, what must be taken for it.
import { outsideWindowText } from "../../definitions/index.ts";
import type { ChooseFacts } from "./choose-offers.ts";
import { type Condition, type Eligible, type Offer, type Policy, representationOf } from "./offer-set.ts";

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

const silent = new Map<Removal["code"], Removal>();

/** The sentence is made only where somebody reads it: ten thousand offers may be out. */
export function removal(code: Removal["code"], text: string | (() => string), explain: boolean): Removal {
  if (explain) return { code, text: typeof text === "string" ? text : text() };
  const known = silent.get(code) ?? { code, text: "" };
  silent.set(code, known);
  return known;
}

// Of those who may have something, and of conditions. Those whose gate is shut stand as `out` before they are judged.
const out = 1;
const holding = 2;

/** Judges an offer once a call, whatever strategies have it; audiences and rules that many offers share, once too. */
export function createEligibility(facts: ChooseFacts, { sizes, gates }: Policy) {
  const { explain, nowMs, placementKey, storeView } = facts;
  const members = new Map<string, boolean>();
  // Arrays of numbers, not maps: ten thousand offers are looked at a call.
  const judged = new Uint8Array(sizes.conditions);
  const states = explain ? new Uint8Array(sizes.eligibles) : gates(facts.gateOf)(facts.read);
  const reasons = new Map<Eligible, Removal>();
  const because = (code: Removal["code"], text: string | (() => string)): Removal => removal(code, text, explain);
  const isMember = (audience: string): boolean => {
    const known = members.get(audience) ?? facts.isMember(audience);
    members.set(audience, known);
    return known;
  };
  const holds = (condition: Condition): boolean => {
    const known = judged[condition.at];
    if (known) return known === holding;
    const isMet = facts.holds(condition);
    judged[condition.at] = isMet ? holding : out;
    return isMet;
  };
  const allHold = ({ conditions, failedAt }: Eligible): boolean => {
    const first = conditions[failedAt.last];
    if (first && !holds(first)) return false;
    const failed = conditions.findIndex((condition) => !holds(condition));
    if (failed >= 0) failedAt.last = failed;
    return failed < 0;
  };
  const judgeWho = (who: Eligible): Removal | null => {
    const { audiences, all } = who;
    if (audiences.length > 0) {
      if (all) {
        const missing = audiences.find((audience) => !isMember(audience));
        if (missing !== undefined) return because("audience", () => `The visitor is not in audience ${missing}`);
      } else if (!audiences.some(isMember))
        return because("audience", () => `The visitor is in none of: ${audiences.join(", ")}`);
    }
    return allHold(who) ? null : because("rule", "Its rule does not hold");
  };
  const whose = (who: Eligible): Removal | null => {
    const state = states[who.at];
    if (state === holding) return null;
    if (state === out) return reasons.get(who) ?? because("rule", "");
    const verdict = judgeWho(who);
    states[who.at] = verdict ? out : holding;
    if (verdict && explain) reasons.set(who, verdict);
    return verdict;
  };
  const outsideText = ({ fromMs, toMs, schedule }: Offer): string =>
    outsideWindowText({ schedule, window: { fromMs, toMs } }, nowMs, facts.timezone) ?? "Outside its schedule";
  return {
    whose,
    /** Whether those who stand at a place of the set are known not to be meant; false = to be judged. */
    isOut: (whoAt: number | undefined): boolean => whoAt !== undefined && states[whoAt] === out,
    of: (offer: Offer): Removal | null => {
      const { fromMs, toMs, storeViews, consent } = offer;
      // Who cannot be shown at all is not in the list, unless it is to be explained.
      if (explain && !representationOf(offer, placementKey, storeView))
        return because("representation", "It has no representation for this placement");
      if (explain && storeViews !== null && !storeViews.includes(storeView))
        return because("scope", `Not for store view ${storeView}`);
      if ((fromMs !== null && nowMs < fromMs) || (toMs !== null && nowMs >= toMs))
        return because("date", explain ? outsideText(offer) : "");
      if (consent !== undefined && !facts.consents(consent))
        return because("consent", () => `The visitor has not agreed to ${consent}`);
      const notTheirs = whose(offer.who);
      if (notTheirs) return notTheirs;
      const cap = offer.soft.length === 0 ? undefined : facts.cap(offer);
      if (cap !== undefined) return because("cap", cap);
      const link = offer.cartRule === undefined ? undefined : facts.cartRule(offer);
      if (link !== undefined) return because("cart_rule", link);
      const claim = offer.isTaken ? facts.claim(offer) : undefined;
      return claim === undefined ? null : because(claim.code, claim.text);
    },
  };
}
