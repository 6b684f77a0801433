// What offers take before they are shown: pieces of their stocks, and the visitor's code of their cart price rule.
import type { DecisionContext, PlacementCall } from "../../decisions/index.ts";
import type { JsonObject } from "../../kernel/index.ts";
import { type CallClaims, type Claimant, callClaimsOf, type Refusal, type Taken } from "./claims.ts";
import type { LiveHolds } from "./live-holds.ts";
import type { Offer } from "./offer-set.ts";
import type { PersonalCodes } from "./personal-codes.ts";

export type TakingDeps = {
  readonly holds: Pick<LiveHolds, "emptyText" | "take" | "shown" | "release">;
  readonly codes: Pick<PersonalCodes, "take" | "isUsed">;
};

const refused = (code: Refusal, text: string): Taken => ({ ok: false, code, text });
const done = async (): Promise<void> => undefined;

const usedText = (ruleKey: string): string => `The visitor's code of the cart price rule ${ruleKey} is used`;

/** Why a visitor gets no code; undefined = they may have one. */
function codeFault({ cartRule }: Offer, { profileId, device }: Claimant): string | undefined {
  if (!cartRule?.personalCode || profileId !== "") return undefined;
  if (cartRule.personalCode.guests !== true) return "It comes with a personal code, and nobody is known here";
  return device === "" ? "It comes with a personal code, and the call names no device" : undefined;
}

async function takeOffer(
  { holds, codes }: TakingDeps,
  offer: Offer,
  placement: string,
  who: Claimant,
  today: number,
): Promise<Taken> {
  const { cartRule, hard } = offer;
  const pieces = hard.length === 0 ? undefined : await holds.take(offer, placement, who, today);
  if (pieces && !pieces.ok)
    return refused(
      "cap",
      pieces.isOwn
        ? "The visitor has had or holds all that one may have"
        : "The last piece was just given to somebody else",
    );
  const { holdIds = [], newIds = [] } = pieces ?? {};
  const release = newIds.length === 0 ? done : () => holds.release(newIds);
  let value: JsonObject = {};
  if (cartRule?.personalCode) {
    let code: Awaited<ReturnType<PersonalCodes["take"]>>;
    try {
      code = await codes.take(cartRule.key, who);
    } catch (error) {
      await release();
      throw error;
    }
    if (!code) {
      await release();
      return refused("code", `The cart price rule ${cartRule.key} has no pool of codes`);
    }
    if (code.isUsed) {
      await release();
      return refused("code_used", usedText(cartRule.key));
    }
    const { expires } = code;
    value = { code: code.code, rule: cartRule.key, ...(expires === null ? {} : { expires }) };
  }
  const shown = holdIds.length === 0 ? done : (decisionId: string) => holds.shown(holdIds, decisionId);
  return { ok: true, value, shown, release };
}

/** Of one placement of one call. */
export function createTaking(
  deps: TakingDeps,
  { nowMs, profile }: Pick<DecisionContext, "nowMs" | "profile">,
  call: Pick<PlacementCall, "claims" | "decisionId" | "identityKey" | "placement" | "preview">,
  today: number,
) {
  const claims: CallClaims | undefined = callClaimsOf(call.claims);
  // A preview decides as a call would that can take, and takes nothing.
  const who: Claimant = claims?.who ?? { profileId: profile?.profileId ?? "", device: call.identityKey };
  const holders = [who.profileId, who.device].filter((holder) => holder !== "");
  const keyOf = (offer: Offer): string => `${offer.id} ${call.placement}`;
  return {
    /** Why an offer cannot be taken; undefined = it is, or it may be asked for. */
    fault: (offer: Offer): { readonly code: Refusal; readonly text: string } | undefined => {
      const what = offer.hard.length > 0 ? "cap" : "code";
      if (!claims && !call.preview) return { code: what, text: "This call cannot take what the offer gives out" };
      const claim = claims?.of(keyOf(offer)) ?? { state: "open" };
      if (claim.state === "taken") return undefined;
      if (claim.state === "refused") return { code: claims?.refusalOf(keyOf(offer)) ?? what, text: claim.text };
      const noCode = codeFault(offer, who);
      if (noCode !== undefined) return { code: "code", text: noCode };
      const { cartRule } = offer;
      if (cartRule?.personalCode && deps.codes.isUsed(holders, cartRule.key))
        return { code: "code_used", text: usedText(cartRule.key) };
      const empty = deps.holds.emptyText(offer, call.placement, holders, today, nowMs);
      return empty === undefined ? undefined : { code: "cap", text: empty };
    },
    /** Asks for what is chosen, or tells that it is shown. */
    choose: (offer: Offer): void => {
      if (!claims || !offer.isTaken) return;
      const key = keyOf(offer);
      claims.ask(key, () => takeOffer(deps, offer, call.placement, who, today));
      claims.show(key, call.decisionId);
    },
    /** The visitor's code of an offer. */
    codeOf: (offer: Offer): JsonObject | undefined => {
      if (!offer.cartRule?.personalCode) return undefined;
      const claim = claims?.of(keyOf(offer));
      return claim?.state === "taken" ? claim.value : undefined;
    },
  };
}

export type Taking = ReturnType<typeof createTaking>;
