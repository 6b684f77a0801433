// Notes which profiles syncs have to look at, in the transaction that changes them: entries and exits, profiles that were merged
// away, and members whose consent or identifiers are others than before.
import { type Clock, plainText } from "../../kernel/index.ts";
import type { ChangedProfile, ReevaluateBatch } from "../../profiles/index.ts";
import type { SyncStore } from "./store.ts";

const capacity = 50_000;
/** A batch that was rolled back is done again within this time, and must note its profiles again. */
const settledMs = 120_000;

type Seen = { readonly text: string; readonly at: number };

function factsOf({ state, identifiers }: ChangedProfile): string {
  const open = identifiers.flatMap(({ namespace, value, validTo }) => (validTo === null ? [namespace, value] : []));
  const consents = Object.entries(state.consents).map(([name, { status, expiresAt }]) => [name, status, expiresAt]);
  return JSON.stringify([open, consents]);
}

export function createWatch(deps: {
  readonly store: Pick<SyncStore, "queue">;
  readonly clock: Clock;
  /** Audiences that active syncs copy. */
  readonly audiences: () => ReadonlySet<string>;
}) {
  const seen = new Map<string, Seen>();

  /** Whether what leaves of a member may have changed; true for whoever was not seen for long. */
  const mayDiffer = (profile: ChangedProfile, nowMs: number): boolean => {
    const text = factsOf(profile);
    const known = seen.get(profile.profileId);
    seen.delete(profile.profileId);
    const isSame = known?.text === text;
    seen.set(profile.profileId, isSame ? known : { text, at: nowMs });
    const [oldest] = seen.keys();
    if (seen.size > capacity && oldest !== undefined) seen.delete(oldest);
    return !isSame || nowMs - known.at < settledMs;
  };

  /** The same judgement, whose write also notes the profiles. */
  return (reevaluate: ReevaluateBatch): ReevaluateBatch =>
    (changed, merged, batchId) => {
      const result = reevaluate(changed, merged, batchId);
      const audiences = deps.audiences();
      if (audiences.size === 0) return result;
      const nowMs = deps.clock.now();
      const pairs = new Map<string, { readonly audienceId: string; readonly profileId: string }>();
      const note = (audienceId: string, profileId: string) =>
        void pairs.set(`${audienceId} ${profileId}`, { audienceId, profileId });
      for (const { event, profileId } of result.derived) {
        const audienceId = plainText(event.properties["audienceId"] ?? "");
        if (audiences.has(audienceId)) note(audienceId, profileId);
      }
      for (const profile of changed) {
        const { profileId } = profile;
        const memberships = result.byProfile.get(profileId)?.memberships ?? {};
        const copied = Object.keys(memberships).filter((id) => audiences.has(id));
        if (copied.length > 0 && mayDiffer(profile, nowMs)) for (const id of copied) note(id, profileId);
      }
      if (pairs.size === 0 && merged.size === 0) return result;
      return {
        ...result,
        write: async (tx) => {
          await result.write(tx);
          await deps.store.queue.append(tx, [...pairs.values()], [...merged.keys()], nowMs);
        },
      };
    };
}
