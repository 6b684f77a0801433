import type { Consent } from "./consent.ts";
import { ClienteleRequestError, type Http } from "./http.ts";
import type { Identity } from "./identity.ts";
import type { Queue } from "./queue.ts";
import { keepRotations, type RotationStates, rotationsKey } from "./rotations.ts";
import type { SafeStore } from "./storage.ts";
import type { Tracker } from "./tracker.ts";
import type { ClienteleFault, Decision, EventContext, Item } from "./types.ts";

export type DecideOptions = {
  /**
   * Events of this page that count at once. Undelivered events ride along by default; `false` leaves them out; a list
   * is tracked first. Each is still delivered once: it keeps its message id.
   */
  readonly events?:
    | false
    | readonly { readonly type: string; readonly properties?: Readonly<Record<string, unknown>> }[];
  readonly context?: EventContext;
  /** Codes count as entered; prices do not: the server goes by its own. */
  readonly cart?: {
    readonly cartId?: string;
    readonly items: readonly Item[];
    readonly couponCodes?: readonly string[];
  };
  /** Asks for what was considered and why it was thrown out; the server answers it to tokens, not to write keys. */
  readonly explain?: boolean;
  /** Time limit, default 1,500 ms: a page must not wait longer for its content. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/** `decisions` is empty and `error` set when the server gave no answer in time: show the default content. */
export type DecideResult = {
  readonly profileId?: string;
  readonly decisions: readonly Decision[];
  readonly error?: { readonly code: ClienteleFault["code"]; readonly message: string };
};

export const decideTimeoutMs = 1_500;

export type CallParts = {
  readonly http: Http;
  readonly consent: Consent;
  readonly identity: Identity;
  readonly queue: Queue;
  readonly tracker: Tracker;
  readonly store: SafeStore;
};

/** The context of a question; without consent to personalisation it says nothing about the person or the session. */
export function callContext({ consent, tracker }: CallParts, over: EventContext = {}): EventContext {
  const { sessionId, ...context } = tracker.context();
  return { ...context, ...(consent.allows("personalisation") && { sessionId }), ...over };
}

export function createDecide(parts: CallParts) {
  const { http, consent, identity, queue, store, tracker } = parts;
  return async (placements: readonly string[], options: DecideOptions = {}): Promise<DecideResult> => {
    const { events, context, cart, explain, timeoutMs = decideTimeoutMs, signal } = options;
    for (const { type, properties } of events || []) tracker.track(type, properties ?? {});
    const isPersonal = consent.allows("personalisation");
    const riding = isPersonal && events !== false ? queue.pending() : [];
    const states = isPersonal && store.read<RotationStates>(rotationsKey);
    const ask = () =>
      http.call<DecideResult>({
        method: "POST",
        path: "/v1/decide",
        timeoutMs,
        signal,
        body: {
          identity: isPersonal ? identity.current() : {},
          placements,
          context: callContext(parts, context),
          ...(riding.length > 0 && { events: riding, sentAt: new Date().toISOString() }),
          ...(cart && { cart }),
          ...(states && { rotations: states }),
          ...(explain && { explain }),
        },
      });
    try {
      const result = await ask().catch((error: ClienteleRequestError) => {
        if (error.code !== "identityToken") throw error;
        // A token that ran out costs what is personal, not the content of the page.
        identity.forgetToken();
        return ask();
      });
      queue.acknowledge(riding);
      if (isPersonal) keepRotations(store, result.decisions);
      return result;
    } catch (error) {
      if (!(error instanceof ClienteleRequestError)) throw error;
      return { decisions: [], error: { code: error.code, message: error.message } };
    }
  };
}
