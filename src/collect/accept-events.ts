import { ClienteleError, type Clock, type ErrorCode, type JsonValue, type Logger, newId } from "../kernel/index.ts";
import { type EventReader, exceedsBounds, type RequestFacts } from "./build-event.ts";
import type { ClientFacts } from "./client-facts.ts";
import { type DoorCheck, passDoor } from "./door.ts";
import type { CanonicalEvent, SourceKind } from "./event.ts";
import { createGroupCommit } from "./group-commit.ts";
import type { LiveEvents } from "./live-events.ts";
import { packEvents } from "./payload.ts";
import { maxEventBytes, readEvent } from "./read-event.ts";
import { createRecentMessages, messageHash } from "./recent-messages.ts";
import { toStorableText } from "./storable.ts";
import type { CollectStore, DeadLetter } from "./store.ts";

export type RejectedEvent = {
  readonly index: number;
  readonly messageId: string | null;
  readonly code: ErrorCode;
  readonly message: string;
};
export type AcceptResult = {
  readonly accepted: number;
  readonly duplicates: number;
  /** Not stored on purpose, by reason; the client is told they were accepted. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly rejected: readonly RejectedEvent[];
};

/** What the caller proved about a request. */
export type AcceptRequest = {
  readonly events: readonly unknown[];
  readonly sentAt: number | undefined;
  readonly sourceId: string;
  readonly sourceKind: SourceKind;
  readonly trusted: boolean;
  readonly provenCustomerId: string | null;
  /** What the request tells of a browser; absent for servers. */
  readonly client?: ClientFacts;
  /** Sent again on purpose: was acknowledged before and may not have been counted; the processor knows. */
  readonly isReplay?: boolean;
  /** Bytes of one raw event; more than the default of 32,768 where an edge adds fields of its own to what the client sent. */
  readonly maxEventBytes?: number;
};

/** A committed group: the events and the inbox row they are in. */
export type CommittedGroup = {
  readonly inboxId: number;
  readonly events: readonly CanonicalEvent[];
  /** Of each event, see `messageHash`. */
  readonly hashes: readonly string[];
};

export type AcceptDeps = {
  readonly store: CollectStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly live: LiveEvents;
  readonly maxEventAgeMs: number;
  readonly defaultStoreView: string;
  readonly defaultCountry?: string | undefined;
  /** Readers of foreign events by source kind; the others are native. */
  readonly readers: Readonly<Partial<Record<SourceKind, EventReader>>>;
  readonly door: readonly DoorCheck[];
  /** What may be kept of a payload that was rejected before it passed the door. */
  readonly cleanRejected: (payload: JsonValue) => JsonValue;
  /** Bytes that may wait for a commit; beyond it requests are answered 503. */
  readonly maxBacklogBytes: number;
  /** Called after each commit, before its requests are answered. */
  readonly committed: (group: CommittedGroup) => void;
};

export const maxEventsPerRequest = 2_500;
const maxGroupBytes = 4 * 1024 * 1024;
const recentMessageCapacity = 400_000;
/** UTF-8 bytes of one UTF-16 unit: shorter texts need no exact count. */
const maxBytesPerUnit = 3;

type Submission = {
  readonly events: readonly CanonicalEvent[];
  readonly texts: readonly string[];
  readonly hashes: readonly string[];
};

/**
 * The only door for events: native routes and every edge call it.
 *
 * The promise resolves after the inbox commit. Repeats inside the request and of the last few hundred thousand acknowledged
 * messages are dropped here; the processor drops every other repeat exactly.
 *
 * @throws {ClienteleError} `collect.tooManyEvents`, `collect.busy` (nothing of the request was stored; may be repeated)
 */
export function createEventAcceptor(deps: AcceptDeps) {
  const recent = createRecentMessages(recentMessageCapacity);

  const commit = async (group: readonly Submission[]): Promise<void> => {
    const texts: string[] = [];
    const events: CanonicalEvent[] = [];
    const hashes: string[] = [];
    for (const submission of group) {
      for (const text of submission.texts) texts.push(text);
      for (const hash of submission.hashes) hashes.push(hash);
      for (const event of submission.events) events.push(event);
    }
    const inboxId = await deps.store.appendInbox(deps.clock.now(), events.length, await packEvents(texts));
    deps.committed({ inboxId, events, hashes });
  };
  const commits = createGroupCommit(commit, maxGroupBytes);

  const storeRejected = async (
    request: AcceptRequest,
    rejected: readonly RejectedEvent[],
    receivedAt: number,
  ): Promise<void> => {
    const { sourceId, sourceKind, trusted } = request;
    const letters = rejected.map(({ index, code, message }): Omit<DeadLetter, "replayedAt"> => {
      const payload = deps.cleanRejected(boundedPayload(request.events[index]));
      deps.live.publish({ status: "rejected", receivedAt, sourceId, payload, code, message });
      return {
        id: newId(receivedAt),
        at: receivedAt,
        sourceId,
        sourceKind,
        code,
        message,
        payload,
        verified: trusted,
      };
    });
    await deps.store.insertDeadLetters(letters);
  };

  const accept = async (request: AcceptRequest): Promise<AcceptResult> => {
    if (request.events.length > maxEventsPerRequest) {
      throw new ClienteleError(
        "collect.tooManyEvents",
        `${request.events.length} events in one request; the limit is ${maxEventsPerRequest}`,
      );
    }
    if (commits.backlog() > deps.maxBacklogBytes) throw busy("the inbox is full");
    const receivedAt = deps.clock.now();
    const facts: RequestFacts = {
      sourceId: request.sourceId,
      sourceKind: request.sourceKind,
      trusted: request.trusted,
      provenCustomerId: request.provenCustomerId,
      receivedAt,
      sentAt: request.sentAt,
      // History may reach back to 1970 (profiles-and-journeys D.6); 0 = no bound.
      bounds: {
        maxAgeMs: request.sourceKind === "history" ? 0 : deps.maxEventAgeMs,
        correctByDelay: !request.trusted,
      },
      defaultStoreView: deps.defaultStoreView,
      defaultCountry: deps.defaultCountry,
      client: request.client,
    };
    const read = deps.readers[request.sourceKind] ?? readEvent;
    const maxBytes = request.maxEventBytes ?? maxEventBytes;
    const dropped: Record<string, number> = {};
    const events: CanonicalEvent[] = [];
    const texts: string[] = [];
    const hashes = new Set<string>();
    const rejected: RejectedEvent[] = [];
    let duplicates = 0;
    let bytes = 0;
    for (let index = 0; index < request.events.length; index += 1) {
      const raw = request.events[index];
      const result = read(raw, facts);
      if (!result.ok) {
        rejected.push({ index, messageId: result.messageId, code: result.code, message: result.message });
        continue;
      }
      const verdict = passDoor(deps.door, result.event, raw, facts);
      if (verdict.action === "drop") {
        dropped[verdict.reason] = (dropped[verdict.reason] ?? 0) + 1;
        continue;
      }
      if (verdict.action === "reject") {
        const { code, message } = verdict;
        rejected.push({ index, messageId: result.event.messageId, code, message });
        continue;
      }
      let { event } = verdict;
      const hash = messageHash(event.sourceId, event.messageId);
      if (hashes.has(hash) || (recent.has(hash) && !request.isReplay)) {
        duplicates += 1;
        continue;
      }
      const written = JSON.stringify(event);
      const text = toStorableText(written);
      // The cleaned text has the shape it was made from.
      if (text !== written) event = JSON.parse(text) as CanonicalEvent;
      if (text.length > maxBytes / maxBytesPerUnit && Buffer.byteLength(JSON.stringify(raw)) > maxBytes) {
        rejected.push({
          index,
          messageId: event.messageId,
          code: "collect.eventTooLarge",
          message: `larger than ${maxBytes} bytes`,
        });
        continue;
      }
      hashes.add(hash);
      events.push(event);
      texts.push(text);
      bytes += text.length;
    }
    // A replay that is refused again has its letter already.
    if (rejected.length > 0 && !request.isReplay) await storeRejected(request, rejected, receivedAt);
    if (events.length > 0) {
      try {
        await commits.submit({ events, texts, hashes: [...hashes] }, bytes);
      } catch (error) {
        deps.logger.error({ err: error }, "inbox commit failed");
        throw busy("the inbox cannot store durably", error);
      }
      for (const hash of hashes) recent.add(hash);
      for (const event of events) deps.live.publish({ status: "accepted", event });
    }
    return { accepted: events.length, duplicates, dropped, rejected };
  };

  return { accept, drained: commits.drained, backlogBytes: commits.backlog };
}

function busy(what: string, cause?: unknown): ClienteleError {
  return new ClienteleError("collect.busy", `${what}; repeat the whole request`, { cause, retryAfterSeconds: 1 });
}

const maxLetterBytes = 64 * 1024;
/** JSON.stringify recurses: some thousand levels end its stack. */
const maxLetterDepth = 500;

/** A rejected payload as it may be kept: whole up to 64 KB, else its first 64 KB as text; nothing of one that is nested too deeply. */
function boundedPayload(payload: unknown): JsonValue {
  if (exceedsBounds(payload, maxLetterDepth, Number.POSITIVE_INFINITY))
    return { truncated: "nested too deeply to be kept" };
  const text = toStorableText(JSON.stringify(payload) ?? "null");
  if (text.length <= maxLetterBytes) return JSON.parse(text) as JsonValue;
  return { truncated: text.slice(0, maxLetterBytes).toWellFormed() };
}
