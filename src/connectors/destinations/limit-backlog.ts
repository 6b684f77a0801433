// The outbox may not grow without end because one destination is away: beyond the limit its oldest rows become dead letters of those
// that have not had them, and those letters have a limit too.
import { type Clock, type Logger, newId } from "../../kernel/index.ts";
import type { OutboxItem } from "./destination.ts";
import type { DestinationStore } from "./store.ts";

type BacklogDeps = {
  readonly store: DestinationStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Bytes of the outbox, and of the dead letters of each destination. */
  readonly maxBytes: number;
};

const rowsPerPass = 1_000;

/** Moves one row to the dead letters of everybody who has not had it. @returns its bytes; 0 when there is none */
async function bury({ store, clock, maxBytes }: BacklogDeps): Promise<number> {
  return store.transaction(async (tx) => {
    const row = await store.outbox.oldest(tx);
    if (!row) return 0;
    // Written by the outbox writer only.
    const items = JSON.parse(row.payload) as (OutboxItem | null)[];
    const at = clock.now();
    for (const { id, state } of await store.behind(tx, row.position)) {
      const open = state.cursor.position === row.position ? items.slice(state.cursor.item) : items;
      const message = `the backlog passed ${maxBytes} bytes`;
      await store.letters.insert(tx, id, [
        { id: newId(at), at, code: "connectors.backlogOverflow", message, items: open },
      ]);
      const lost = await store.letters.trim(tx, id, maxBytes);
      await store.skipTo(tx, id, row.position + 1, open.length, lost, at);
    }
    await store.outbox.remove(tx, row.position);
    return Math.max(1, row.bytes);
  });
}

/** Deletes what everybody has, then buries the oldest until the outbox fits. @returns rows that were buried */
export async function limitBacklog(deps: BacklogDeps): Promise<number> {
  await deps.store.outbox.clean();
  let over = (await deps.store.outbox.bytes()) - deps.maxBytes;
  let buried = 0;
  for (; over > 0 && buried < rowsPerPass; buried += 1) {
    const bytes = await bury(deps);
    if (bytes === 0) break;
    over -= bytes;
  }
  if (buried > 0) deps.logger.error({ rows: buried }, "destinations lag: their oldest events became dead letters");
  return buried;
}
