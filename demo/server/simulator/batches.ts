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
 * its own; but no shopper's events change places: before somebody's browser goes on after the back office spoke, both are
 * handed over.
 */
export function createBatches(maxEvents: number, nextId: () => string) {
  const browser: object[] = [];
  const backOffice: object[] = [];
  const toldByBackOffice = new Set<number>();

  const takeAll = (): readonly Batch[] => {
    toldByBackOffice.clear();
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
        toldByBackOffice.add(event.shopperIndex);
        backOffice.push(wire());
        return backOffice.length >= maxEvents ? takeAll() : [];
      }
      const due = toldByBackOffice.has(event.shopperIndex) ? takeAll() : [];
      browser.push(wire());
      return browser.length >= maxEvents ? [...due, ...takeAll()] : due;
    },
  };
}
