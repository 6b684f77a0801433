import type { Clock } from "../kernel/index.ts";
import type { CompiledRule, RuleObject, RuleSubject } from "../kernel/rules/index.ts";
import type { Profile } from "../profiles/index.ts";
import { type AccountSource, ownersBeside, withMembers } from "./account-members.ts";
import type { ProfileSource } from "./backfill.ts";
import { countLeaves, type PastEvents } from "./count-leaves.ts";
import type { FillOf } from "./leaf-state.ts";
import { missingLeaves } from "./preview.ts";
import { type JudgedProfile, type SubjectOptions, subjectOf } from "./shop-subject.ts";

export type StoredSubjectDeps = {
  readonly clock: Clock;
  readonly past: PastEvents;
  readonly profiles: Pick<ProfileSource, "linksOf"> & { readonly accounts?: AccountSource };
  readonly fillOf: FillOf;
  readonly isFilled: (leafHash: string) => boolean;
  readonly productOf: (sku: string) => RuleObject | undefined;
  readonly subjectOptions: (nowMs: number) => SubjectOptions;
};

/** A stored profile as the subject of a rule; past events of leaves that profiles do not keep come from the event store. */
export function createSubjectOfStored(deps: StoredSubjectDeps) {
  const { past, productOf, fillOf } = deps;
  return async (profile: Profile, rule: CompiledRule): Promise<RuleSubject> => {
    const nowMs = deps.clock.now();
    const { accounts } = deps.profiles;
    const [judged = profile] = await withMembers<JudgedProfile>([profile], rule.accountLeaves ?? [], {
      accounts,
      fillOf,
    });
    const leaves = missingLeaves(rule, deps.isFilled);
    const options = deps.subjectOptions(nowMs);
    if (leaves.length === 0) return subjectOf(judged, options);
    const of = [judged, ...(await ownersBeside([judged], deps.profiles.linksOf))];
    const rows = await countLeaves({ past, leaves, cutoff: nowMs, productOf, of });
    const rowsOf = (profileId: string, hash: string) => rows?.get(profileId)?.get(hash);
    return subjectOf(judged, {
      ...options,
      extraLeaves: (hash) => rowsOf(profile.profileId, hash),
      memberRows: rowsOf,
    });
  };
}
