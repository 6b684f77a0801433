// Hands planned changes over in batches, in order, and sorts what came of them.
import { setTimeout as pause } from "node:timers/promises";
import { type Delivery, deliverBatch } from "../../connectors/index.ts";
import { newId } from "../../kernel/index.ts";
import type { Target, ToldChange } from "../targets/target.ts";
import type { NewDeadLetter } from "./members-store.ts";
import type { Change } from "./plan-changes.ts";
import type { StoredSync } from "./sync.ts";

export type DeliverDeps = {
  readonly target: Target;
  /** Keeps the sync for this worker while a request is under way. */
  readonly renew: () => Promise<void>;
  /** Whether the sync is still the one that was read. */
  readonly isStill: () => Promise<boolean>;
  readonly now: () => number;
  readonly pace: number;
  readonly signal: AbortSignal;
};

/** A run of which the changes are part; `parts` were told before. */
export type SnapshotPlace = { readonly runId: string; readonly parts: number };

export type Delivered = {
  /** Told, dead ones left out. */
  readonly settled: readonly Change[];
  readonly dead: readonly NewDeadLetter[];
  readonly down: Delivery["down"];
  readonly isStale: boolean;
  readonly refusals: number;
  readonly parts: number;
};

function toTold(change: Change, sequence: number): ToldChange {
  const { op, namespace, value, profileId, since, version } = change;
  return {
    op,
    namespace,
    identifier: value,
    ...(profileId === null ? {} : { profileId }),
    since: new Date(since).toISOString(),
    version,
    sequence,
  };
}

/** @param firstSequence number of the first change */
export async function deliverChanges(
  sync: StoredSync,
  audience: { readonly id: string; readonly key: string },
  changes: readonly Change[],
  firstSequence: number,
  snapshot: SnapshotPlace | null,
  refusedBefore: number,
  deps: DeliverDeps,
): Promise<Delivered> {
  const settled: Change[] = [];
  const dead: NewDeadLetter[] = [];
  let refusals = refusedBefore;
  let parts = 0;
  const { batchSize } = sync.config;
  for (let start = 0; start < changes.length; start += batchSize) {
    const batch = changes.slice(start, start + batchSize);
    const told = batch.map((change, index) => toTold(change, firstSequence + start + index));
    const isPart = snapshot !== null && batch.some(({ op }) => op === "entered");
    if (isPart) parts += 1;
    const part = (snapshot?.parts ?? 0) + parts;
    const delivery = await deliverBatch(
      batch.length,
      {
        send: async (from, to) => {
          await deps.renew();
          return deps.target.send(told.slice(from, to), {
            deliveryId: `${sync.key}-${told[from]?.sequence ?? 0}`,
            audience,
            ...(isPart && snapshot ? { snapshot: { runId: snapshot.runId, part } } : {}),
            at: deps.now(),
            signal: deps.signal,
          });
        },
        isStill: deps.isStill,
        wait: async (ms) =>
          void (await pause(ms * deps.pace, undefined, { signal: deps.signal }).catch(() => undefined)),
      },
      refusals,
    );
    refusals = delivery.refusals;
    const buried = new Map(delivery.dead.map(({ index, message }) => [index, message]));
    for (const [index, change] of batch.slice(0, delivery.settled).entries()) {
      const message = buried.get(index);
      if (message === undefined) settled.push(change);
      else dead.push({ id: newId(deps.now()), change, message });
    }
    if (delivery.down || delivery.isStale)
      return { settled, dead, down: delivery.down, isStale: delivery.isStale, refusals, parts };
  }
  return { settled, dead, down: null, isStale: false, refusals, parts };
}
