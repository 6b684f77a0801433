import type { CatalogSnapshot } from "../catalog/index.ts";
import { isInWindow } from "../definitions/index.ts";
import type { Explanation, RuleSubject } from "../kernel/rules/index.ts";
import type { Membership, ProfileState } from "../profiles/index.ts";
import type { AudienceSet, LiveAudience } from "./audience-set.ts";
import { type JudgedProfile, subjectOf } from "./shop-subject.ts";

/** Somebody entered or left an audience. */
export type Transition = {
  readonly profileId: string;
  readonly audienceId: string;
  readonly version: number;
  readonly entered: boolean;
  /** The leaf that decided, without the value seen; null when the audience itself ended. */
  readonly reasonLeaf: ReasonLeaf | null;
  readonly at: number;
};

type ReasonLeaf = {
  readonly node: string;
  readonly path?: string;
  readonly op?: string;
  readonly value?: unknown;
};

export type Judgement = {
  readonly memberships: ProfileState["memberships"];
  readonly transitions: readonly Transition[];
  /** When a membership can change by time alone; null = never. */
  readonly nextChangeAt: number | null;
};

export type JudgeOptions = {
  readonly nowMs: number;
  readonly currency: string;
  readonly catalog: CatalogSnapshot;
  /** False while the past events of a new leaf are still being collected: memberships then stay as they are. */
  readonly isReady: (audience: LiveAudience) => boolean;
};

/** Judges one profile by all live audiences. Pure: same profile, set and time, same answer. */
export function judgeProfile(profile: JudgedProfile, set: AudienceSet, options: JudgeOptions): Judgement {
  const { nowMs } = options;
  const before = profile.state.memberships;
  const memberships: Record<string, Membership> = {};
  const transitions: Transition[] = [];
  const audienceId = (reference: string): string | undefined => set.byReference.get(reference)?.id;
  const subject = subjectOf(profile, { ...options, audienceId, memberships });
  let nextChangeAt = Number.POSITIVE_INFINITY;
  for (const audience of set.audiences) {
    const known = Object.hasOwn(before, audience.id) ? before[audience.id] : undefined;
    if (!options.isReady(audience)) {
      if (known) memberships[audience.id] = known;
      continue;
    }
    // What depends on the request is decided in the call; nobody is a stored member.
    const open = !audience.rule.usesContext && isInWindow(audience, nowMs);
    const isMember = open && audience.rule.test(subject, nowMs);
    if (isMember) memberships[audience.id] = known ?? { since: nowMs, version: audience.version };
    if (isMember !== (known !== undefined)) {
      transitions.push(transitionOf(profile.profileId, audience, isMember, open ? subject : null, nowMs));
    }
    nextChangeAt = Math.min(nextChangeAt, nextChangeOf(audience, subject, nowMs));
  }
  for (const [id, { version }] of Object.entries(before)) {
    if (set.byReference.has(id)) continue;
    transitions.push({
      profileId: profile.profileId,
      audienceId: id,
      version,
      entered: false,
      reasonLeaf: null,
      at: nowMs,
    });
  }
  return {
    memberships: transitions.length === 0 ? before : memberships,
    transitions,
    nextChangeAt: nextChangeAt === Number.POSITIVE_INFINITY ? null : nextChangeAt,
  };
}

function nextChangeOf({ rule, window }: LiveAudience, subject: RuleSubject, nowMs: number): number {
  if (rule.usesContext) return Number.POSITIVE_INFINITY;
  const edges = [window.fromMs, window.toMs].filter((edge) => edge !== null && edge > nowMs);
  return Math.min(rule.nextChangeAt(subject, nowMs) ?? Number.POSITIVE_INFINITY, ...(edges as number[]));
}

function transitionOf(
  profileId: string,
  audience: LiveAudience,
  entered: boolean,
  subject: RuleSubject | null,
  at: number,
): Transition {
  const reasonLeaf = subject ? decidingLeaf(audience.rule.explain(subject, at)) : null;
  return { profileId, audienceId: audience.id, version: audience.version, entered, reasonLeaf, at };
}

/** The first leaf that by itself makes the rule what it is. */
function decidingLeaf(explanation: Explanation): ReasonLeaf {
  const { children = [], node, truth, path, op, value } = explanation;
  const deciding = node === "not" ? children[0] : (children.find((child) => child.truth === truth) ?? children[0]);
  if (deciding) return decidingLeaf(deciding);
  return {
    node,
    ...(path === undefined ? {} : { path }),
    ...(op === undefined ? {} : { op }),
    ...(value === undefined ? {} : { value }),
  };
}
