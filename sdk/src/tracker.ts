import type { Consent } from "./consent.ts";
import { mergeContext, readContext } from "./context.ts";
import type { Identity } from "./identity.ts";
import { newId } from "./ids.ts";
import type { Queue } from "./queue.ts";
import type { ConsentChoices, EventContext, WireEvent } from "./types.ts";
import { version } from "./version.ts";

// What a shopper does before the choice on consent, in memory only.
const heldLimit = 100;
/** The one event that is sent whatever consent says: the choice itself. */
export const consentEvent = "consentUpdated";
const library = { name: "@clientele/browser", version };

export type Tracker = {
  /** Queues one event, holds it back, or drops it, as consent says. @returns its message id */
  track(type: string, properties: Readonly<Record<string, unknown>>): string;
  /** Lays a patch over the context of everything that follows. */
  setContext(patch: EventContext): void;
  /** The context of this moment. */
  context(): EventContext;
  /** Sends the choice itself, whatever it says. */
  announceConsent(choices: ConsentChoices): void;
  /** Acts on a choice: releases what was held, or forgets everything that was not sent. */
  applyConsent(): void;
};

type TrackerParts = {
  readonly consent: Consent;
  readonly identity: Identity;
  readonly queue: Queue;
  readonly storeView?: string | undefined;
};

/** Turns calls of the shop into events. */
export function createTracker({ consent, identity, queue, storeView }: TrackerParts): Tracker {
  let patch: EventContext = storeView ? { storeView } : {};
  let held: readonly WireEvent[] = [];

  const consentContext = (): EventContext => {
    const categoryPreferences = consent.preferences();
    return categoryPreferences ? { consent: { categoryPreferences } } : {};
  };

  const context = (): EventContext => ({
    ...mergeContext(readContext(library), patch),
    sessionId: identity.touchSession(),
    ...consentContext(),
  });

  const build = (
    type: string,
    eventContext: EventContext,
    properties: Readonly<Record<string, unknown>>,
  ): WireEvent => ({
    messageId: newId(),
    type,
    timestamp: new Date().toISOString(),
    ...identity.current(),
    context: eventContext,
    properties,
  });

  return {
    context,
    setContext: (next) => {
      patch = mergeContext(patch, next);
    },
    track(type, properties) {
      if (typeof properties["pageType"] === "string")
        patch = mergeContext(patch, { page: { type: properties["pageType"] } });
      const event = build(type, context(), properties);
      if (consent.allows("analytics")) queue.add(event);
      else if (consent.preferences()?.analytics === undefined) held = [...held, event].slice(-heldLimit);
      return event.messageId;
    },
    announceConsent(choices) {
      // A refusal is sent without page, session or device: only what is needed to obey it.
      const eventContext = consent.allows("analytics") ? context() : { ...consentContext(), library };
      queue.add(build(consentEvent, eventContext, { categoryPreferences: choices }));
    },
    applyConsent() {
      const waiting = held;
      if (!consent.allows("analytics")) {
        if (consent.preferences()?.analytics === false) held = [];
        queue.clear();
        return;
      }
      held = [];
      // The id in storage may be another one than the id this page began with.
      for (const event of waiting) queue.add({ ...event, anonymousId: identity.current().anonymousId });
    },
  };
}
