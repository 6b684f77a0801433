import { newId } from "./ids.ts";
import type { SafeStore } from "./storage.ts";
import type { WireEvent } from "./types.ts";

/**
 * Undelivered events outlive the page here. Every page writes under a key of its own, so that tabs never overwrite one
 * another; a record whose page went away (lease released or run out) is taken over by the next page that starts, one
 * page at a time. Two pages that send the same event by accident do no harm: its message id is the same.
 */
export type Outbox = {
  save(events: readonly string[]): void;
  /** True when another page has taken over what this page had saved (it had left, or slept longer than its lease). */
  isTakenOver(): boolean;
  /** Takes over the events of pages that are gone. */
  adopt(): Promise<readonly WireEvent[]>;
  /** From now on others need not wait for the lease (`true`), or have to again (`false`). */
  setLeaving(isLeaving: boolean): void;
};

type StoredOutbox = { readonly at: number; readonly events: readonly WireEvent[] };

const prefix = "clientele.queue.";
const leaseMs = 60_000;

async function oneTabAtATime(work: () => void): Promise<void> {
  if (navigator.locks) await navigator.locks.request("clientele.adopt", work);
  else work();
}

export function createOutbox(store: SafeStore): Outbox {
  const ownKey = prefix + newId();
  let saved: readonly string[] = [];
  let savedAt = 0;
  let isStored = false;
  let isLeaving = false;

  const save = (events: readonly string[]): void => {
    saved = events;
    savedAt = Date.now();
    if (events.length === 0) {
      if (isStored) store.remove(ownKey);
      isStored = false;
      return;
    }
    isStored = store.writeText(ownKey, `{"at":${isLeaving ? 0 : savedAt},"events":[${events.join(",")}]}`);
  };

  return {
    save,
    isTakenOver: () => isStored && (isLeaving || Date.now() - savedAt > leaseMs) && store.read(ownKey) === undefined,
    async adopt() {
      const adopted: WireEvent[] = [];
      await oneTabAtATime(() => {
        for (const key of store.keys(prefix)) {
          if (key === ownKey) continue;
          const record = store.read<StoredOutbox>(key);
          if (record && Date.now() - record.at < leaseMs) continue;
          store.remove(key);
          if (Array.isArray(record?.events)) adopted.push(...record.events);
        }
      });
      return adopted;
    },
    setLeaving(next) {
      isLeaving = next;
      save(saved);
    },
  };
}
