import type { OwnedIdentifier, ProfileRow } from "../../profiles/index.ts";
import type { Person } from "./desired-members.ts";

/** Profiles as the database has them now, past every cache. */
export type People = {
  readonly stored: (profileIds: readonly string[]) => Promise<readonly Pick<ProfileRow, "profileId" | "state">[]>;
  readonly linksOf: (
    profileIds: readonly string[],
  ) => Promise<readonly (OwnedIdentifier & { readonly profileId: string })[]>;
};

/** Reads persons as one audience sees them; those who are gone are missing. */
export async function loadPersons(
  people: People,
  profileIds: readonly string[],
  audienceId: string,
): Promise<readonly Person[]> {
  const rows = await people.stored(profileIds);
  const links = new Map<string, OwnedIdentifier[]>();
  for (const { profileId, ...link } of await people.linksOf(profileIds))
    links.set(profileId, [...(links.get(profileId) ?? []), link]);
  return rows.map(({ profileId, state }) => ({
    profileId,
    membership: Object.hasOwn(state.memberships, audienceId) ? state.memberships[audienceId] : undefined,
    consents: state.consents,
    identifiers: links.get(profileId) ?? [],
  }));
}
