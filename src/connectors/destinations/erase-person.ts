import type { OutboxItem } from "./destination.ts";
import type { DestinationStore } from "./store.ts";

const pageSize = 50;

/** The payload without the given persons, or undefined when none of them is in it. Places stay, so that cursors stay right. */
function without(payload: string, profileIds: ReadonlySet<string>): string | undefined {
  // Written by the outbox writer only.
  const items = JSON.parse(payload) as (OutboxItem | null)[];
  const isTheirs = (item: OutboxItem | null) => item?.profileId !== undefined && profileIds.has(item.profileId);
  if (!items.some(isTheirs)) return undefined;
  return JSON.stringify(items.map((item) => (isTheirs(item) ? null : item)));
}

/** Takes persons out of everything that waits to leave and out of the dead letters. May be repeated. @returns payloads changed */
export async function erasePersons(store: DestinationStore, profileIds: readonly string[]): Promise<number> {
  const ids = new Set(profileIds);
  let changed = 0;
  for (let after = 0; ; ) {
    const rows = await store.outbox.payloads(after, pageSize);
    for (const { outbox_id, payload } of rows) {
      const text = without(payload, ids);
      if (text !== undefined) await store.outbox.rewrite(outbox_id, text);
      changed += text === undefined ? 0 : 1;
    }
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) break;
    after = last.outbox_id;
  }
  for (let after = "00000000-0000-0000-0000-000000000000"; ; ) {
    const rows = await store.letters.payloads(after, pageSize);
    for (const { dead_letter_id, payload } of rows) {
      const text = without(payload, ids);
      if (text !== undefined) await store.letters.rewrite(dead_letter_id, text);
      changed += text === undefined ? 0 : 1;
    }
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return changed;
    after = last.dead_letter_id;
  }
}
