import type { Identifier } from "../../collect/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import type { Explanation, RuleSubject } from "../../kernel/rules/index.ts";
import type { Profile } from "../../profiles/index.ts";

/** What members are asked of; the face of audiences. */
export type MemberAudiences = {
  readonly idOf: (reference: string) => string | undefined;
  readonly nameOf: (reference: string) => { readonly key: string; readonly name: string } | undefined;
  readonly subjectOf: (profile: Profile | null) => RuleSubject;
  readonly isMember: (reference: string, profile: Profile | null, subject: RuleSubject, nowMs: number) => boolean;
  readonly explain: (reference: string, subject: RuleSubject, nowMs: number) => Explanation | undefined;
};

export type CheckDeps = {
  readonly audiences: MemberAudiences;
  /** @throws {ClienteleError} `profiles.notFound` */
  readonly by: (namespace: string, value: string) => Promise<Profile>;
};

export type CheckedAudience = {
  readonly audienceId: string;
  readonly key: string;
  readonly member: boolean;
  /** Of a stored membership. */
  readonly since?: string;
  readonly version?: number;
  readonly explanation?: Explanation;
};
export type CheckedPerson = {
  readonly known: boolean;
  readonly profileId?: string;
  readonly audiences: readonly CheckedAudience[];
};

/** @throws {ClienteleError} `audiences.notFound` */
export function audienceIdOf(audiences: Pick<MemberAudiences, "idOf">, reference: string): string {
  const id = audiences.idOf(reference);
  if (id === undefined) throw new ClienteleError("audiences.notFound", `there is no live audience ${reference}`);
  return id;
}

async function find({ by }: CheckDeps, { namespace, value }: Identifier): Promise<Profile | null> {
  try {
    return await by(namespace, value);
  } catch (error) {
    if (error instanceof ClienteleError && error.code === "profiles.notFound") return null;
    throw error;
  }
}

/**
 * Whether persons are members of audiences now, in the order of the identifiers. Nobody is a member by an unknown identifier.
 *
 * @param references ids or keys of live audiences
 * @throws {ClienteleError} `audiences.notFound`
 */
export async function checkMembers(
  deps: CheckDeps,
  identifiers: readonly Identifier[],
  references: readonly string[],
  options: { readonly explain: boolean; readonly nowMs: number },
): Promise<readonly CheckedPerson[]> {
  const { audiences } = deps;
  const { nowMs } = options;
  const ids = [...new Set(references.map((reference) => audienceIdOf(audiences, reference)))];
  const checked: CheckedPerson[] = [];
  // One after the other: a caller must not take all connections for itself.
  for (const identifier of identifiers) {
    const profile = await find(deps, identifier);
    const subject = profile && audiences.subjectOf(profile);
    const found = ids.map((audienceId): CheckedAudience => {
      const base = { audienceId, key: audiences.nameOf(audienceId)?.key ?? audienceId };
      if (!profile || !subject) return { ...base, member: false };
      const { memberships } = profile.state;
      const stored = Object.hasOwn(memberships, audienceId) ? memberships[audienceId] : undefined;
      const explanation = options.explain ? audiences.explain(audienceId, subject, nowMs) : undefined;
      return {
        ...base,
        member: audiences.isMember(audienceId, profile, subject, nowMs),
        ...(stored ? { since: new Date(stored.since).toISOString(), version: stored.version } : {}),
        ...(explanation ? { explanation } : {}),
      };
    });
    checked.push({ known: profile !== null, ...(profile ? { profileId: profile.profileId } : {}), audiences: found });
  }
  return checked;
}
