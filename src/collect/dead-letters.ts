import {
  ClienteleError,
  type Clock,
  decodeTimeCursor,
  isObject,
  type Page,
  plainText,
  toPage,
} from "../kernel/index.ts";
import type { createEventAcceptor } from "./accept-events.ts";
import type { SourceKind } from "./event.ts";
import type { CollectStore, DeadLetter, DeadLetterFilter } from "./store.ts";

const sourceKinds: readonly SourceKind[] = [
  "native",
  "edge",
  "server",
  "snowplow",
  "segment",
  "instantsearch",
  "connector",
  "history",
];

export type ReplayResult = {
  readonly accepted: number;
  readonly rejected: readonly { readonly code: string; readonly message: string }[];
};

/** Outcome of one step of a replay of many. */
export type BulkReplay = {
  readonly replayed: number;
  /** Those that were refused again, by code; they stay where they are. */
  readonly refused: readonly { readonly code: string; readonly count: number }[];
  readonly nextCursor?: string;
};

/** Reads and replays what could not be taken; letters are kept for 14 days. */
export function createDeadLetters(deps: {
  store: CollectStore;
  clock: Clock;
  accept: ReturnType<typeof createEventAcceptor>["accept"];
}) {
  const list = async (limit: number, cursor?: string, filter: DeadLetterFilter = {}): Promise<Page<DeadLetter>> => {
    const before = cursor === undefined ? null : decodeTimeCursor(cursor);
    return toPage(await deps.store.listDeadLetters(limit + 1, before, filter), limit, (letter) => [
      letter.at,
      letter.id,
    ]);
  };

  /**
   * Sends one letter through the door again, as from its own source. May be repeated: an event that was stored meanwhile counts once.
   *
   * @throws {ClienteleError} `collect.deadLetterNotFound`
   */
  const replay = async (id: string, payload?: unknown): Promise<ReplayResult> => {
    const letter = await deps.store.findDeadLetter(id);
    if (!letter) throw new ClienteleError("collect.deadLetterNotFound", `no dead letter ${id}`);
    return replayLetter(letter, payload);
  };

  const replayLetter = async (letter: DeadLetter, payload?: unknown): Promise<ReplayResult> => {
    const result = await deps.accept({
      events: [payload === undefined ? asNative(letter.payload) : payload],
      sentAt: undefined,
      sourceId: letter.sourceId,
      sourceKind: sourceKinds.find((kind) => kind === letter.sourceKind) ?? "native",
      trusted: letter.verified,
      provenCustomerId: null,
      isReplay: true,
    });
    if (result.rejected.length === 0) await deps.store.markReplayed(letter.id, deps.clock.now());
    return { accepted: result.accepted, rejected: result.rejected.map(({ code, message }) => ({ code, message })) };
  };

  /**
   * Replays open letters of a filter, newest first, after a fix of what refused them: at most `limit` in one call. Repeat it
   * with the cursor of the answer until there is none.
   */
  const replayAll = async (filter: DeadLetterFilter, limit: number, cursor?: string): Promise<BulkReplay> => {
    const page = await list(limit, cursor, { ...filter, isOpen: true });
    const codes = new Map<string, number>();
    let replayed = 0;
    for (const letter of page.items) {
      const { rejected } = await replayLetter(letter);
      const [first] = rejected;
      if (first) codes.set(first.code, (codes.get(first.code) ?? 0) + 1);
      else replayed += 1;
    }
    return {
      replayed,
      refused: [...codes].map(([code, count]) => ({ code, count })),
      ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
    };
  };

  return { list, replay, replayAll };
}

/** A letter written by the processor holds the canonical shape; the door reads the native one. */
function asNative(payload: unknown): unknown {
  if (!isObject(payload) || !Array.isArray(payload["identifiers"])) return payload;
  const native: Record<string, unknown> = {
    messageId: payload["messageId"],
    type: payload["originalName"],
    timestamp: payload["timestamp"],
    properties: payload["properties"],
    context: payload["context"],
  };
  const fields: Readonly<Record<string, string>> = {
    user_id: "customerId",
    email: "email",
    anonymous_id: "anonymousId",
  };
  for (const identifier of payload["identifiers"]) {
    if (!isObject(identifier)) continue;
    const field = fields[plainText(identifier["namespace"])];
    if (field) native[field] = identifier["value"];
  }
  return native;
}
