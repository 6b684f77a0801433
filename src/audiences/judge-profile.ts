import type { CatalogSnapshot } from "../catalog/index.ts";
import { isInWindow } from "../definitions/index.ts";
import type { CompiledRule, Explanation, RuleSubject } from "../kernel/rules/index.ts";
import type { Membership, ProfileState } from "../profiles/index.ts";
import { areMembersKnown } from "./account-members.ts";
import type { AudienceBody } from "./audience-kind.ts";
import type { AudienceSet, LiveAudience } from "./audience-set.ts";
import { boundExits, noExits, withoutExit } from "./exits.ts";
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
  /** When the person last left audiences. */
  readonly exits: ProfileState["exits"];
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
  return createJudge(set, options)(profile);
}

/** What of an audience is the same for everybody at one time. */
type Serving = {
  readonly audience: LiveAudience;
  /** Undefined while nothing is ready: memberships stay as they are. */
  readonly version: Version | undefined;
  readonly isOpen: boolean;
  /** When its window opens or closes next. */
  readonly edgeMs: number;
};

function servingOf(audience: LiveAudience, set: AudienceSet, { nowMs, isReady }: JudgeOptions): Serving {
  const { window } = audience;
  const version = servingVersion(audience, isReady);
  // What depends on the request is decided in the call; nobody is a stored member.
  const isOpen = !set.inCall.has(audience.id) && !version?.rule.usesContext && isInWindow(audience, nowMs);
  const edges = [window.fromMs, window.toMs].filter((edge): edge is number => edge !== null && edge > nowMs);
  return { audience, version, isOpen, edgeMs: Math.min(Number.POSITIVE_INFINITY, ...edges) };
}

/** As `judgeProfile`, for many profiles at one time. */
export function createJudge(set: AudienceSet, options: JudgeOptions): (profile: JudgedProfile) => Judgement {
  const { nowMs } = options;
  const serving = set.audiences.map((audience) => servingOf(audience, set, options));
  const audienceId = (reference: string): string | undefined => set.byReference.get(reference)?.id;
  return (profile) => {
    const before = profile.state.memberships;
    const memberships: Record<string, Membership> = {};
    const transitions: Transition[] = [];
    let exits = profile.state.exits ?? noExits;
    const subject = subjectOf(profile, { ...options, audienceId, memberships, exitOf: (id) => exits[id] });
    const isHeld = !areMembersKnown(profile);
    let nextChangeAt = Number.POSITIVE_INFINITY;
    for (const { audience, version: served, isOpen, edgeMs } of serving) {
      const known = Object.hasOwn(before, audience.id) ? before[audience.id] : undefined;
      if (!served) {
        if (known) memberships[audience.id] = known;
        continue;
      }
      if (isHeld && served.rule.accountLeaves?.length) {
        // Judged as soon as the members of the accounts are at hand.
        if (known) memberships[audience.id] = known;
        nextChangeAt = nowMs;
        continue;
      }
      const { rule, version } = served;
      const isMember = isOpen && appliesTo(audience.body, subject) && rule.test(subject, nowMs);
      if (isMember) memberships[audience.id] = known ?? { since: nowMs, version };
      if (isMember !== (known !== undefined)) {
        const reasonLeaf = isOpen ? decidingLeaf(rule.explain(subject, nowMs)) : null;
        const { profileId } = profile;
        transitions.push({ profileId, audienceId: audience.id, version, entered: isMember, reasonLeaf, at: nowMs });
        exits = isMember ? withoutExit(exits, audience.id) : { ...exits, [audience.id]: nowMs };
      }
      if (rule.usesContext) continue;
      nextChangeAt = Math.min(nextChangeAt, edgeMs, rule.nextChangeAt(subject, nowMs) ?? Number.POSITIVE_INFINITY);
    }
    for (const id of Object.keys(before)) {
      if (set.byReference.has(id)) continue;
      transitions.push(endOf(id, before[id], profile, nowMs));
      exits = { ...exits, [id]: nowMs };
    }
    return {
      memberships: transitions.length === 0 ? before : memberships,
      exits: boundExits(exits, (id) => set.byReference.has(id)),
      transitions,
      nextChangeAt: nextChangeAt === Number.POSITIVE_INFINITY ? null : nextChangeAt,
    };
  };
}

/** The audience itself is gone. */
function endOf(
  audienceId: string,
  known: Membership | undefined,
  { profileId }: JudgedProfile,
  at: number,
): Transition {
  return { profileId, audienceId, version: known?.version ?? 0, entered: false, reasonLeaf: null, at };
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
