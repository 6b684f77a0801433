import type { CatalogSnapshot } from "../catalog/index.ts";
import { isInWindow } from "../definitions/index.ts";
import type { CompiledRule, Explanation, RuleSubject } from "../kernel/rules/index.ts";
import type { Membership, ProfileState } from "../profiles/index.ts";
import type { AudienceBody } from "./audience-kind.ts";
import type { AudienceSet, LiveAudience } from "./audience-set.ts";
import { type JudgedProfile, type SubjectOptions, subjectOf } from "./shop-subject.ts";

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

export type JudgeOptions = Pick<SubjectOptions, "fillOf"> & {
  readonly nowMs: number;
  readonly currency: string;
  readonly catalog: CatalogSnapshot;
  /**
   * False while past events of these leaves are still being collected: then the version before serves, and without one memberships
   * stay as they are.
   */
  readonly isReady: (leaves: CompiledRule["eventLeaves"]) => boolean;
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
    const serving = servingVersion(audience, options.isReady);
    if (!serving) {
      if (known) memberships[audience.id] = known;
      continue;
    }
    // What depends on the request is decided in the call; nobody is a stored member.
    const open = !set.inCall.has(audience.id) && !serving.rule.usesContext && isInWindow(audience, nowMs);
    const isMember = open && appliesTo(audience.body, subject) && serving.rule.test(subject, nowMs);
    if (isMember) memberships[audience.id] = known ?? { since: nowMs, version: serving.version };
    if (isMember !== (known !== undefined)) {
      const { version } = serving;
      const reasonLeaf = open ? decidingLeaf(serving.rule.explain(subject, nowMs)) : null;
      const { profileId } = profile;
      transitions.push({ profileId, audienceId: audience.id, version, entered: isMember, reasonLeaf, at: nowMs });
    }
    nextChangeAt = Math.min(nextChangeAt, nextChangeOf(serving.rule, audience.window, subject, nowMs));
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

/** Whether somebody can be a member at all: a visitor-only audience is left with the customer account. */
export function appliesTo({ appliesTo = "both" }: Pick<AudienceBody, "appliesTo">, { profile }: RuleSubject): boolean {
  return appliesTo === "both" || (profile?.["is_registered"] === true) === (appliesTo === "registered");
}

type Version = Pick<LiveAudience, "version" | "rule">;

function servingVersion(audience: LiveAudience, isReady: JudgeOptions["isReady"]): Version | undefined {
  if (isReady(audience.rule.eventLeaves)) return audience;
  const { before } = audience;
  return before && isReady(before.rule.eventLeaves) ? before : undefined;
}

function nextChangeOf(rule: CompiledRule, window: LiveAudience["window"], subject: RuleSubject, nowMs: number): number {
  if (rule.usesContext) return Number.POSITIVE_INFINITY;
  const edges = [window.fromMs, window.toMs].filter((edge): edge is number => edge !== null && edge > nowMs);
  return Math.min(rule.nextChangeAt(subject, nowMs) ?? Number.POSITIVE_INFINITY, ...edges);
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
