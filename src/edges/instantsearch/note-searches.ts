// Searches for the reports. These clients send none, since their own service sees each query; so we note what it answers.
// A shopper who types sends a query with each letter: they are one search, told when the shopper pauses or acts.
import type { AcceptRequest, AcceptResult } from "../../collect/index.ts";
import { type Clock, type Logger, newId } from "../../kernel/index.ts";

export type ShownSearch = {
  readonly query: string;
  readonly decisionId: string;
  readonly results: number;
  readonly skus: readonly string[];
  /** `attribute:value`, as the events of this protocol write them. */
  readonly filters: readonly string[];
  readonly sort: string | undefined;
};

/** In whose name a search is told. */
export type Searcher = Pick<AcceptRequest, "sourceId" | "trusted" | "client"> & { readonly userToken: string };

export type SearchNotes = {
  /** Never fails and never waits. */
  readonly note: (searcher: Searcher, shown: ShownSearch) => void;
  /** Tells the search that waits, before what followed it. */
  readonly flush: (userToken: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

type Waiting = { readonly searcher: Searcher; readonly shown: ShownSearch; readonly at: number };

/** Between two letters of a slow typist; a pause that long has looked at results. */
const quietMs = 2_000;
const maxWaiting = 10_000;
const maxItems = 50;

export function createSearchNotes(deps: {
  readonly accept: (request: AcceptRequest) => Promise<AcceptResult>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, "warn">;
}): SearchNotes {
  const { accept, clock, logger } = deps;
  const waitingByToken = new Map<string, Waiting>();
  let timer: NodeJS.Timeout | undefined;

  async function tell({ searcher, shown, at }: Waiting): Promise<void> {
    const { userToken, ...source } = searcher;
    try {
      await accept({
        ...source,
        events: toUnits(userToken, shown, at),
        sentAt: undefined,
        sourceKind: "instantsearch",
        provenCustomerId: null,
      });
    } catch (error) {
      // The answer went out long ago; a search that the reports lack is all that is lost.
      logger.warn({ err: error }, "a search was not noted");
    }
  }

  function take(userToken: string): Promise<void> {
    const waiting = waitingByToken.get(userToken);
    waitingByToken.delete(userToken);
    return waiting ? tell(waiting) : Promise.resolve();
  }

  function tellDue(): void {
    timer = undefined;
    for (const [token, { at }] of waitingByToken) {
      if (at > clock.now() - quietMs) break;
      void take(token);
    }
    schedule();
  }

  function schedule(): void {
    if (timer || waitingByToken.size === 0) return;
    timer = setTimeout(tellDue, quietMs);
    timer.unref();
  }

  return {
    note(searcher, shown) {
      const { userToken } = searcher;
      const before = waitingByToken.get(userToken);
      if (before && !isSameSearch(before.shown, shown)) void take(userToken);
      // Deleted first: the order of the map is that of the last letter.
      waitingByToken.delete(userToken);
      waitingByToken.set(userToken, { searcher, shown, at: clock.now() });
      const [oldest] = waitingByToken.keys();
      if (waitingByToken.size > maxWaiting && oldest !== undefined) void take(oldest);
      schedule();
    },
    flush: take,
    close: async () => {
      clearTimeout(timer);
      await Promise.all([...waitingByToken.keys()].map(take));
    },
  };
}

/** One that is being typed, corrected or drawn again. */
function isSameSearch(before: ShownSearch, after: ShownSearch): boolean {
  const [old, now] = [before.query.trim().toLowerCase(), after.query.trim().toLowerCase()];
  const isTyped = now.startsWith(old) || old.startsWith(now);
  return isTyped && before.filters.join("\n") === after.filters.join("\n") && before.sort === after.sort;
}

function toUnits(userToken: string, shown: ShownSearch, at: number): readonly object[] {
  const { query, decisionId, results, filters, sort } = shown;
  const objectIDs = shown.skus.slice(0, maxItems);
  const search = { eventType: "search", userToken, queryID: decisionId, timestamp: at, query, filters, sort };
  return [
    { ...search, messageId: `ais-${newId(at)}`, eventName: "searchRequestSent" },
    {
      ...search,
      messageId: `ais-${newId(at)}`,
      eventName: "searchResponseReceived",
      results,
      objectIDs,
      positions: objectIDs.map((_, index) => index + 1),
    },
  ];
}
