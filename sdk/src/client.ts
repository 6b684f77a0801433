import { type Attach, createAttach } from "./attach.ts";
import { type ConsentOptions, consentKey, createConsent } from "./consent.ts";
import { createDecide, type DecideOptions, type DecideResult } from "./decide.ts";
import {
  type CategoryRequest,
  createDiscovery,
  type RecommendationsAnswer,
  type RecommendationsRequest,
  type SearchAnswer,
  type SearchRequest,
  type SortOptionsAnswer,
  type SuggestAnswer,
  type SuggestRequest,
} from "./discovery.ts";
import { type EventMethods, eventNames } from "./event-types.ts";
import { createHttp } from "./http.ts";
import { createIdentity } from "./identity.ts";
import { createOutbox } from "./outbox.ts";
import { createQueue, type QueueStats } from "./queue.ts";
import { createRender, type RenderOptions, type RenderResult, type RenderTarget } from "./render.ts";
import { rotationsKey } from "./rotations.ts";
import { createSafeStore, type KeyValueStore } from "./storage.ts";
import { consentEvent, createTracker } from "./tracker.ts";
import { createTransport } from "./transport.ts";
import type { ClienteleFault, ConsentChoices, EventContext, Person } from "./types.ts";

export type ClienteleOptions = Person & {
  /** Origin of the server, e.g. `https://clientele.example.com`; empty for the page's own origin. */
  readonly endpoint: string;
  /** The public key of this shop's source. */
  readonly writeKey: string;
  readonly storeView?: string;
  readonly consent?: ConsentOptions;
  /** How long events wait for company, default 1,000 ms; 0 sends at once. */
  readonly flushIntervalMs?: number;
  /** Where state lives, default `localStorage`. */
  readonly storage?: KeyValueStore;
  /** Hears of every event that was lost and every batch that was refused. */
  readonly onError?: (fault: ClienteleFault) => void;
};

export type Clientele = EventMethods & {
  /** Queues an event of any name. @returns its message id */
  track(type: string, properties?: Readonly<Record<string, unknown>>): string;
  /** The same as `track`, for names of the shop's own. */
  custom(type: string, properties?: Readonly<Record<string, unknown>>): string;
  /** Says who the shopper is, with what is known of the person, e.g. `{ firstName, loyaltyTier }`. */
  identify(person: Person & { readonly traits?: Readonly<Record<string, unknown>> }): string;
  /** The shopper has signed in, here and now. */
  signIn(person: Person, properties?: Readonly<Record<string, unknown>>): string;
  /** The shopper has signed out: later events carry the anonymous id only. */
  signOut(): string;
  /** Begins anew as an unknown visitor with a new id and a new session. */
  reset(): void;
  readonly anonymousId: string;
  /** Lays a patch over the context of all later events and questions. */
  setContext(patch: EventContext): void;
  /** Stores the shopper's choices and sends them; categories that are left out stay as they are. */
  setConsent(choices: ConsentChoices): void;
  /** What is in force: explicit choices, and advertising denied by a privacy signal of the browser. */
  consent(): ConsentChoices;
  /** Asks what this shopper sees at the placements. Never rejects: without an answer, `decisions` is empty and `error` set. */
  decide(placements: readonly string[], options?: DecideOptions): Promise<DecideResult>;
  search(request: SearchRequest): Promise<SearchAnswer>;
  /** The products of a category, in the order the merchant and the shopper's taste give. */
  category(request: CategoryRequest): Promise<SearchAnswer>;
  suggest(request: SuggestRequest): Promise<SuggestAnswer>;
  /** Orders of the shop's own for its menu. */
  sortOptions(request?: { readonly signal?: AbortSignal }): Promise<SortOptionsAnswer>;
  recommendations(request: RecommendationsRequest): Promise<RecommendationsAnswer>;
  /** Decides and shows, and reports impressions, views and clicks. */
  render(target: RenderTarget, options?: RenderOptions): Promise<RenderResult>;
  /** Reports impression, view and clicks of a decision that the shop rendered itself. @returns stops it */
  attach: Attach["attach"];
  /** Sends what is queued now. */
  flush(): Promise<void>;
  stats(): QueueStats;
  /** Stops timers and listeners of this instance; what is queued stays stored. */
  stop(): void;
};

export function createClient(options: ClienteleOptions): Clientele {
  const { writeKey, storeView, flushIntervalMs = 1_000, customerId, email, identityToken, onError } = options;
  const endpoint = options.endpoint.replace(/\/+$/, "");
  const onFault = (fault: ClienteleFault): void => {
    console.warn(`clientele: ${fault.message}`);
    onError?.(fault);
  };

  const store = createSafeStore(options.storage);
  const consent = createConsent(store, options.consent);
  const mayStore = (): boolean => consent.allows("analytics") || consent.allows("personalisation");
  const identity = createIdentity(store, mayStore, {
    ...(customerId && { customerId }),
    ...(email && { email }),
    ...(identityToken && { identityToken }),
  });
  const queue = createQueue({
    outbox: createOutbox(store),
    transport: createTransport({ endpoint, writeKey }),
    flushIntervalMs,
    onFault,
    isAllowed: ({ type }) => type === consentEvent || consent.allows("analytics"),
    onTokenRefused: identity.forgetToken,
  });
  const tracker = createTracker({ consent, identity, queue, storeView });
  const parts = { http: createHttp({ endpoint, writeKey }), consent, identity, queue, store, tracker };
  const decide = createDecide(parts);
  const track = (type: string, properties: Readonly<Record<string, unknown>> = {}): string =>
    tracker.track(type, properties);
  // A page load is activity. Id and session exist before the first event, so that tabs which track at once share them.
  identity.current();
  identity.touchSession();
  const { attach, stop: detachAll } = createAttach(track);
  const stopListening = listen();

  function listen(): () => void {
    const abort = new AbortController();
    const { signal } = abort;
    document.addEventListener(
      "visibilitychange",
      () => {
        if (document.hidden) queue.flushOnLeave();
        else queue.wake();
      },
      { signal },
    );
    addEventListener("pagehide", () => queue.leave(), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && queue.comeBack(), { signal });
    addEventListener("online", () => queue.wake(), { signal });
    // Another tab asked the shopper: the answer holds here as well.
    addEventListener("storage", ({ key }) => key === consentKey && tracker.applyConsent(), { signal });
    void queue.resume();
    return () => abort.abort();
  }

  // The list holds every key of EventMethods, which the compiler checks where the list is declared.
  const eventMethods = Object.fromEntries(
    eventNames.map((name) => [name, (properties?: Readonly<Record<string, unknown>>) => track(name, properties)]),
  ) as unknown as EventMethods;

  return {
    ...eventMethods,
    ...createDiscovery(parts),
    track,
    custom: track,
    identify({ traits, ...person }) {
      identity.setPerson(person);
      return track("profileRecord", traits ? { traits } : {});
    },
    signIn(person, properties) {
      identity.setPerson(person);
      return track("signIn", properties);
    },
    signOut() {
      // Sent as the shopper who leaves, so that the server closes the right interval.
      const messageId = track("signOut");
      identity.forgetPerson();
      return messageId;
    },
    reset() {
      store.remove(rotationsKey);
      identity.reset();
    },
    get anonymousId() {
      return identity.current().anonymousId;
    },
    setContext: tracker.setContext,
    setConsent(choices) {
      consent.choose(choices);
      tracker.applyConsent();
      tracker.announceConsent(choices);
      if (!mayStore()) identity.erase();
      if (!consent.allows("personalisation")) store.remove(rotationsKey);
      void queue.flush();
    },
    consent: () => consent.preferences() ?? {},
    decide,
    render: createRender({ decide, attach }),
    attach,
    flush: queue.flush,
    stats: queue.stats,
    stop() {
      stopListening();
      detachAll();
      queue.stop();
    },
  };
}
