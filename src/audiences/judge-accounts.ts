// Whoever changes what the members of an account are judged by leaves a note of the account. Here its members are judged again, in
// pages, so that an account of any size holds up nobody.
import type { Clock } from "../kernel/index.ts";
import type { AccountSource } from "./account-members.ts";
import type { ScannedProfile } from "./backfill.ts";

type AccountJudgeDeps = {
  readonly accounts: AccountSource | undefined;
  /** Profiles as they are stored now. */
  readonly stored: ((ids: readonly string[]) => Promise<readonly ScannedProfile[]>) | undefined;
  /** Judges profiles and writes those that change. */
  readonly judgePage: (page: readonly ScannedProfile[]) => Promise<void>;
  /** Whether a live audience asks for co-members. */
  readonly isAsked: () => boolean;
  readonly isStopped: () => boolean;
  readonly clock: Clock;
};

const accountsAtOnce = 100;
/** After a run its own time several times over is left to others: an account of ten thousand takes most of a second. */
const restFactor = 4;
const pageSize = 1_000;

/** @returns a job to be run every second; safe to repeat and to run in several processes */
export function createAccountJudge({ accounts, stored, judgePage, isAsked, isStopped, clock }: AccountJudgeDeps) {
  let restsUntil = 0;
  return async (): Promise<void> => {
    const startedAt = clock.now();
    if (!accounts || !stored || !isAsked() || startedAt < restsUntil) return;
    // Small accounts are judged together: most have a handful of members.
    let page = new Set<string>();
    const flush = async (): Promise<void> => {
      if (page.size > 0 && !isStopped()) await judgePage(await stored([...page]));
      page = new Set();
    };
    const changes = await accounts.changes(accountsAtOnce);
    for (const { accountId } of changes) {
      for (let after: string | null = null; !isStopped(); ) {
        const ids = await accounts.memberIds(accountId, after, pageSize);
        for (const id of ids) page.add(id);
        if (page.size >= pageSize) await flush();
        const last = ids.at(-1);
        if (last === undefined || ids.length < pageSize) break;
        after = last;
      }
    }
    await flush();
    // One that a stop cut off is judged again from the start.
    if (isStopped()) return;
    for (const change of changes) await accounts.settleChange(change, clock.now());
    restsUntil = clock.now() + restFactor * (clock.now() - startedAt);
  };
}
