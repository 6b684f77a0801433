// Notes which customers a run has to look at, in the transaction that changes them.
import type { Clock } from "../../kernel/index.ts";
import type { ChangedProfile, ReevaluateBatch } from "../../profiles/index.ts";
import { isWatchable } from "./person.ts";
import type { ReminderSet } from "./reminder-set.ts";
import type { ReminderStore } from "./store.ts";

const capacity = 50_000;
/** A batch that was rolled back is done again within this time, and must note its customers again. */
const settledMs = 120_000;

type Seen = { readonly text: string; readonly at: number };

/** What reminders can depend on, without what every page view changes. */
function factsOf({ state, identifiers }: ChangedProfile, memberships: object): string {
  const [view] = state.viewed;
  const open = identifiers.flatMap(({ namespace, value, validTo }) => (validTo === null ? [namespace, value] : []));
  return JSON.stringify([
    state.cart && [state.cart.cartId, state.cart.updatedAt, state.cart.items.length],
    state.wishlistLog[0],
    state.wishlistSharedAt,
    state.orders.slice(0, 3).map(({ orderId, status, placedAt }) => [orderId, status, placedAt]),
    view && [view.sku, view.at],
    Object.keys(state.attributes).map((key) => [key, state.attributes[key]?.at]),
    Object.keys(state.consents).map((key) => [key, state.consents[key]?.status]),
    Object.keys(memberships),
    Object.keys(state.storeViews ?? {}),
    open,
  ]);
}

/** The same judgement, whose write also notes the customers. */
export function watchProfiles(deps: {
  readonly store: Pick<ReminderStore, "watch" | "sequences">;
  readonly clock: Clock;
  readonly current: () => ReminderSet;
}): (reevaluate: ReevaluateBatch) => ReevaluateBatch {
  const seen = new Map<string, Seen>();
  const mayDiffer = (profileId: string, text: string, nowMs: number): boolean => {
    const known = seen.get(profileId);
    seen.delete(profileId);
    const isSame = known?.text === text;
    seen.set(profileId, isSame ? known : { text, at: nowMs });
    const [oldest] = seen.keys();
    if (seen.size > capacity && oldest !== undefined) seen.delete(oldest);
    return !isSame || nowMs - known.at < settledMs;
  };
  return (reevaluate) => (changed, merged, batchId) => {
    const result = reevaluate(changed, merged, batchId);
    const { reminders, uses } = deps.current();
    if (reminders.length === 0 && merged.size === 0) return result;
    const nowMs = deps.clock.now();
    const sure: string[] = [];
    const perhaps: string[] = [];
    for (const profile of changed) {
      if (reminders.length === 0) break;
      const { profileId, state } = profile;
      const memberships = result.byProfile.get(profileId)?.memberships ?? state.memberships;
      if (!mayDiffer(profileId, factsOf(profile, memberships), nowMs)) continue;
      if (isWatchable(state, uses)) sure.push(profileId);
      else perhaps.push(profileId);
    }
    if (sure.length === 0 && perhaps.length === 0 && merged.size === 0) return result;
    return {
      ...result,
      write: async (tx) => {
        await result.write(tx);
        if (merged.size > 0)
          for (const from of await deps.store.sequences.known(tx, [...merged.keys()])) {
            const to = merged.get(from);
            if (to === undefined) continue;
            await deps.store.sequences.move(tx, from, to, nowMs);
            sure.push(to);
          }
        await deps.store.watch.append(tx, [...new Set(sure)], perhaps, nowMs);
      },
    };
  };
}
