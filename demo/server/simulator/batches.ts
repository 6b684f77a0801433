import type { PlannedEvent } from "./visit.ts";

export type Batch = { readonly events: readonly object[]; readonly isBackOffice: boolean };

/** `prefix-1`, `prefix-2`, … */
export function numberIds(prefix: string): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count}`;
  };
}

/** The native event, ready to be sent. */
export function toWireEvent({ type, at, body }: PlannedEvent, messageId: string): object {
  return { messageId, type, timestamp: new Date(at).toISOString(), ...body };
}

/**
 * Gathers events into batches of one sender each. Browser and back office take turns all the time, so each fills a batch of
 * its own. A shopper's order keeps its place: before the browser that ordered goes on, both batches are handed over. What
 * else the back office tells (shipped, returned, account created) may come up to a batch later: what it changes, nothing of
 * the browser does.
 */
export function createBatches(maxEvents: number, nextId: () => string) {
  const browser: object[] = [];
  const backOffice: object[] = [];
  const hasOrdered = new Set<number>();

  const takeAll = (): readonly Batch[] => {
    hasOrdered.clear();
    const batches = [
      { events: browser.splice(0), isBackOffice: false },
      { events: backOffice.splice(0), isBackOffice: true },
    ];
    return batches.filter(({ events }) => events.length > 0);
  };

  return {
    takeAll,
    /** @returns batches that are to be sent now, in this order */
    add: (event: PlannedEvent): readonly Batch[] => {
      const wire = (): object => toWireEvent(event, nextId());
      if (event.isBackOffice) {
        if (event.type === "orderPlaced") hasOrdered.add(event.shopperIndex);
        backOffice.push(wire());
        return backOffice.length >= maxEvents ? takeAll() : [];
      }
      const due = hasOrdered.has(event.shopperIndex) ? takeAll() : [];
      browser.push(wire());
      return browser.length >= maxEvents ? [...due, ...takeAll()] : due;
    },
  };
}
