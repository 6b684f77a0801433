// Members of a profile's accounts as the subjects of event conditions. Whoever judges many profiles loads them first, a page at a time.
import type { RuleSubject } from "../kernel/rules/index.ts";
import type {
  AccountChange,
  AccountMember,
  CoMembers,
  OwnedIdentifier,
  Owner,
  ProfileState,
} from "../profiles/index.ts";
import { type FillOf, rowsOfLeaf } from "./leaf-state.ts";

/** Where accounts and their members are known. */
export type AccountSource = {
  /** Adds the members of their accounts to profiles that have any; of their leaves those of `keys`. */
  readonly withCoMembers: <P extends { readonly profileId: string; readonly state: ProfileState }>(
    given: readonly P[],
    keys: readonly string[],
  ) => Promise<readonly (P & { readonly coMembers?: CoMembers })[]>;
  readonly memberIds: (accountId: string, afterId: string | null, limit: number) => Promise<readonly string[]>;
  /** Accounts whose members are to be judged again. */
  readonly changes: (limit: number) => Promise<readonly AccountChange[]>;
  readonly settleChange: (change: AccountChange, nowMs: number) => Promise<void>;
};

type Person = { readonly profileId: string; readonly state: ProfileState; readonly coMembers?: CoMembers };

/** Where profiles keep the rows of leaves. */
export function keysOfLeaves(hashes: readonly string[], fillOf: FillOf): readonly string[] {
  return hashes.flatMap((hash) => {
    const fill = fillOf(hash);
    return fill ? [fill.liveKey, fill.pastKey] : [];
  });
}

/** Adds co-members where a rule asks for them. @param hashes its leaves that do; with none nothing is loaded */
export async function withMembers<P extends Person>(
  profiles: readonly P[],
  hashes: readonly string[],
  { accounts, fillOf }: { readonly accounts: AccountSource | undefined; readonly fillOf: FillOf },
): Promise<readonly P[]> {
  return hashes.length === 0 || !accounts ? profiles : accounts.withCoMembers(profiles, keysOfLeaves(hashes, fillOf));
}

/** Whether it is known who the co-members of a profile are: whoever has no account has none. */
export function areMembersKnown({ state, coMembers }: Person): boolean {
  return coMembers === undefined ? state.accounts === undefined : coMembers !== "later";
}

/** Co-members that are not among the profiles themselves, with what past events are found by. */
export async function ownersBeside(
  profiles: readonly Person[],
  linksOf: (ids: readonly string[]) => Promise<readonly (OwnedIdentifier & { readonly profileId: string })[]>,
): Promise<readonly Owner[]> {
  const own = new Set(profiles.map(({ profileId }) => profileId));
  const others = new Set<string>();
  for (const list of new Set(profiles.map(({ coMembers }) => coMembers)))
    if (Array.isArray(list)) for (const { profileId } of list) if (!own.has(profileId)) others.add(profileId);
  if (others.size === 0) return [];
  const identifiers = new Map<string, OwnedIdentifier[]>([...others].map((id) => [id, []]));
  for (const { profileId, ...link } of await linksOf([...others])) identifiers.get(profileId)?.push(link);
  return [...identifiers].map(([profileId, links]) => ({ profileId, identifiers: links }));
}

export type MemberOptions = {
  readonly fillOf?: FillOf;
  /** Rows of leaves that profiles do not keep, for previews of rules that are not live. */
  readonly memberRows?: (profileId: string, leafHash: string) => readonly number[] | undefined;
};

type Made = MemberOptions & { readonly subjects: readonly RuleSubject[] };

const nobody: readonly RuleSubject[] = [];
const noTimes: readonly number[] = [];
/** Everybody of an account is given the same array, so that rules work out once what a leaf is for its members. */
const known = new WeakMap<readonly AccountMember[], Made>();

/** Co-members as rules read them; nobody where they are not known. */
export function memberSubjects(coMembers: CoMembers | undefined, options: MemberOptions): readonly RuleSubject[] {
  if (coMembers === undefined || coMembers === "later") return nobody;
  const { fillOf, memberRows } = options;
  const made = known.get(coMembers);
  if (made && made.fillOf === fillOf && made.memberRows === memberRows) return made.subjects;
  const subjects = coMembers.map(
    ({ profileId, leaves, session }): RuleSubject => ({
      eventTimes: (hash) => {
        const past = memberRows?.(profileId, hash);
        if (past) return past;
        const fill = fillOf?.(hash);
        return (fill && rowsOfLeaf(leaves, fill)) ?? noTimes;
      },
      session: session ?? undefined,
    }),
  );
  known.set(coMembers, { ...(fillOf ? { fillOf } : {}), ...(memberRows ? { memberRows } : {}), subjects });
  return subjects;
}
