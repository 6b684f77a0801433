// Members that another system gives: kept with the profile as rows of when a membership began and when it ends, beside the rows of
// event leaves, so that they follow their person through a merge.
import { type CompiledRule, type Explanation, parseDuration, type RuleSubject } from "../kernel/rules/index.ts";
import type { ProfileState } from "../profiles/index.ts";
import type { Imported } from "./audience-kind.ts";

/** Where a profile keeps given memberships among the rows of its leaves. */
export const givenPrefix = "given:";
const stride = 2;
/** The latest instant that there is: a membership without an end. */
const forEver = 8_640_000_000_000_000;
const never: readonly number[] = [];

/** Whether rows of a profile are given memberships instead of times of events. */
export function isGivenKey(key: string): boolean {
  return key.startsWith(givenPrefix);
}

// The end of a key tells the length of a row.
const keyOf = (audienceId: string): string => `${givenPrefix}${audienceId}/${stride}`;

export type GivenMembership = {
  /** Unix milliseconds. */
  readonly enteredAt: number;
  /** Null = by the audience's own duration, or for ever. */
  readonly expiresAt: number | null;
};

/** When memberships that are given without an end are over. */
export function expiryOf({ enteredAt, expiresAt }: GivenMembership, { ttl }: Imported): number {
  const lasts = ttl === undefined ? undefined : parseDuration(ttl);
  return expiresAt ?? (lasts === undefined ? forEver : enteredAt + lasts);
}

/** The profile's state with a given membership in place of what was given before; null takes it away. */
export function withGiven(
  state: ProfileState,
  audienceId: string,
  given: { readonly enteredAt: number; readonly expiresAt: number } | null,
): ProfileState {
  const { [keyOf(audienceId)]: _before, ...leaves } = state.leaves;
  return {
    ...state,
    leaves: given ? { ...leaves, [keyOf(audienceId)]: [given.enteredAt, given.expiresAt] } : leaves,
  };
}

/** A rule that holds for those whose membership was given and has not ended. */
export function givenRule(audienceId: string, { source }: Imported): CompiledRule {
  const rowsOf = (subject: RuleSubject): readonly number[] => subject.eventTimes?.(keyOf(audienceId)) ?? never;
  const test = (subject: RuleSubject, nowMs: number): boolean => {
    const rows = rowsOf(subject);
    for (let at = 0; at < rows.length; at += stride)
      if ((rows[at] ?? 0) <= nowMs && nowMs < (rows[at + 1] ?? 0)) return true;
    return false;
  };
  return {
    test,
    nextChangeAt: (subject, nowMs) => {
      const edges = rowsOf(subject).filter((edge) => edge > nowMs && edge < forEver);
      return edges.length === 0 ? null : Math.min(...edges);
    },
    explain: (subject, nowMs): Explanation => {
      const [entered, expires] = rowsOf(subject);
      const isoOf = (at: number | undefined): string | null =>
        at === undefined || at >= forEver ? null : new Date(at).toISOString();
      return {
        node: "imported",
        truth: test(subject, nowMs),
        sentence: `is a member by ${source}`,
        observed: { enteredAt: isoOf(entered), expiresAt: isoOf(expires) },
      };
    },
    eventLeaves: [],
    usesContext: false,
    audiences: [],
    broken: false,
  };
}
