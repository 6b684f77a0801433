// What an answer shows only once it was taken. A decision reads memory and cannot wait; so a call that needs something is decided
// without a trace first, what was chosen is taken, and then it is decided for good among what the visitor has.
import type { ClaimState, Claims, DecideAnswer, DecideRequest } from "../../decisions/index.ts";
import type { JsonObject, Logger } from "../../kernel/index.ts";
import { type FoundProfile, usableProfile } from "../../profiles/index.ts";

/** Each round takes what the one before had to do without; what is then still open is not shown. */
const maxRounds = 6;

/** Something taken. `shown`: an answer carries it; `release`: none does. */
export type Taken =
  | {
      readonly ok: true;
      readonly value: JsonObject;
      readonly shown: (decisionId: string) => Promise<void>;
      readonly release: () => Promise<void>;
    }
  | { readonly ok: false; readonly code: Refusal; readonly text: string };

/** Why something is not to be had: no piece is left; there is no code; the visitor's code is used. */
export type Refusal = "cap" | "code" | "code_used";

/** Who a call takes for; empty texts where nobody is known. */
export type Claimant = { readonly profileId: string; readonly device: string };

/** The claims of one call. */
export type CallClaims = Claims & {
  readonly who: Claimant;
  readonly ask: (key: string, take: () => Promise<Taken>) => void;
  readonly show: (key: string, decisionId: string) => void;
  /** Why it was refused; undefined = it was not, or not for a reason of the visitor's. */
  readonly refusalOf: (key: string) => Refusal | undefined;
};

/** Other deciders know only what became of claims. */
const callClaims = new WeakMap<Claims, CallClaims>();

export function callClaimsOf(claims: Claims | undefined): CallClaims | undefined {
  return claims && callClaims.get(claims);
}

/** Taking failed, for no fault of the visitor's. */
type Failed = { readonly ok: false; readonly text: string; readonly code?: undefined };
type Entry = { readonly take: () => Promise<Taken>; taken?: Taken | Failed; shownBy?: string };

function createCallClaims(who: Claimant, logger: Logger) {
  const entries = new Map<string, Entry>();
  let isClosed = false;
  const stateOf = (entry: Entry | undefined): ClaimState => {
    if (!entry?.taken)
      return isClosed ? { state: "refused", text: "It could not be taken in time" } : { state: "open" };
    const { taken } = entry;
    return taken.ok ? { state: "taken", value: taken.value } : { state: "refused", text: taken.text };
  };
  const claims: CallClaims = {
    who,
    of: (key) => stateOf(entries.get(key)),
    ask: (key, take) => {
      if (!isClosed && !entries.has(key)) entries.set(key, { take });
    },
    refusalOf: (key) => {
      const taken = entries.get(key)?.taken;
      return taken?.ok === false ? taken.code : undefined;
    },
    show: (key, decisionId) => {
      const entry = entries.get(key);
      if (entry && isClosed) entry.shownBy = decisionId;
    },
  };
  callClaims.set(claims, claims);
  return {
    claims,
    /** @returns whether there was anything to take */
    takeOpen: async (): Promise<boolean> => {
      const open = [...entries.entries()].filter(([, entry]) => entry.taken === undefined);
      for (const [key, entry] of open)
        try {
          entry.taken = await entry.take();
        } catch (error) {
          // The page goes on without it, as without any decider that fails.
          logger.error({ err: error, claim: key }, "what an offer needs was not taken; it is not shown");
          entry.taken = { ok: false, text: "Taking it failed; the server's log says why" };
        }
      return open.length > 0;
    },
    close: (): void => {
      isClosed = true;
    },
    /** Tells each whether it is shown. */
    settle: async (): Promise<void> => {
      for (const { taken, shownBy } of entries.values())
        if (taken?.ok) await (shownBy === undefined ? taken.release() : taken.shown(shownBy));
    },
  };
}

type Decide = (found: FoundProfile, request: DecideRequest) => Promise<DecideAnswer>;

/** A device stands for its visitor where nobody is known by it; not where somebody is, and did not prove or allow it. */
function claimantOf(found: FoundProfile, { identityKey }: DecideRequest): Claimant {
  if (!found.ok) return { profileId: "", device: found.reason === "unknown" ? identityKey : "" };
  const profile = usableProfile(found);
  return profile ? { profileId: profile.profileId, device: identityKey } : { profileId: "", device: "" };
}

/**
 * `decide` for calls that can wait: what must be taken is taken, exactly once, before the answer goes out.
 *
 * @param isNeeded whether anything at these placements must be taken: else the call is decided at once
 * @param lookUp reads what the visitor has had, which spares taking what is not to be had; previews go by it alone
 */
export function createTakingDecide({
  decide,
  isNeeded,
  lookUp,
  logger,
}: {
  readonly decide: Decide;
  readonly isNeeded: (placements: readonly string[], context: JsonObject) => boolean;
  readonly lookUp: (who: Claimant) => Promise<void>;
  readonly logger: Logger;
}) {
  return async (found: FoundProfile, request: DecideRequest): Promise<DecideAnswer> => {
    if (!isNeeded(request.placements, request.context)) return decide(found, request);
    const who = claimantOf(found, request);
    try {
      await lookUp(who);
    } catch (error) {
      logger.error({ err: error }, "what a visitor has had of offers could not be read; taking it tells");
    }
    if (request.preview) return decide(found, request);
    const call = createCallClaims(who, logger);
    const { claims } = call;
    for (let round = 0; round < maxRounds; round += 1) {
      await decide(found, { ...request, preview: true, claims });
      if (!(await call.takeOpen())) break;
    }
    call.close();
    const answer = await decide(found, { ...request, claims });
    await call.settle();
    return answer;
  };
}
