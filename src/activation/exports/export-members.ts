// An audience as CSV, page by page: one page of members is in memory, whatever the size of the audience.
import { type Identifier, namespaceOf } from "../../collect/index.ts";
import type { Clock } from "../../kernel/index.ts";
import { csvLine } from "../../kernel/index.ts";
import type { RuleObject } from "../../kernel/rules/index.ts";
import { allows, type OwnedIdentifier, type ProfileState } from "../../profiles/index.ts";
import type { ExportTable, Member } from "./columns.ts";

/** What a person must have allowed, e.g. `{category: "marketing", channel: "email"}`. */
export type NeededConsent = { readonly category: string; readonly channel?: string };

type OwnedLink = OwnedIdentifier & { readonly profileId: string; readonly linkedAt: number };

export type ExportDeps = {
  /** In order of profile id, one more than `limit`. */
  readonly membersOf: (
    audienceId: string,
    afterProfileId: string | null,
    limit: number,
  ) => Promise<readonly { readonly profileId: string; readonly version: number; readonly since: number }[]>;
  /** As stored now, past the cache: an export must not push those who are on the site out of it. */
  readonly statesOf: (
    profileIds: readonly string[],
  ) => Promise<readonly { readonly profileId: string; readonly state: ProfileState }[]>;
  readonly linksOf: (profileIds: readonly string[]) => Promise<readonly OwnedLink[]>;
  readonly attributesOf: (
    profile: { readonly state: ProfileState; readonly identifiers: readonly OwnedLink[] },
    nowMs: number,
  ) => RuleObject;
  readonly addressesOf: (state: ProfileState) => readonly RuleObject[];
  readonly isSuppressed: (identifier: Identifier) => boolean;
  readonly clock: Clock;
};

/** What an export has come to; `withheld` for want of consent or by suppression, `unmatched` without anything to match by. */
export type ExportCounts = { members: number; written: number; withheld: number; unmatched: number };

export type AudienceExport = {
  readonly audienceId: string;
  readonly audienceKey: string;
  readonly table: ExportTable;
  /** All of them. */
  readonly consents: readonly NeededConsent[];
};

const pageSize = 500;

/** Whose person asked that nothing more is done with them; a device in somebody else's hands does not speak for them. */
function isWithdrawn(identifiers: readonly Identifier[], isSuppressed: ExportDeps["isSuppressed"]): boolean {
  const persons = identifiers.filter(({ namespace }) => namespaceOf(namespace).kind === "person");
  return (persons.length > 0 ? persons : identifiers).some(isSuppressed);
}

/** Identifiers that are theirs now, by profile. */
function openLinks(links: readonly OwnedLink[]): ReadonlyMap<string, readonly OwnedLink[]> {
  const byProfile = new Map<string, OwnedLink[]>();
  for (const link of links) {
    if (link.validTo !== null) continue;
    const known = byProfile.get(link.profileId);
    if (known) known.push(link);
    else byProfile.set(link.profileId, [link]);
  }
  return byProfile;
}

/**
 * Lines of the export with its heading, one text a page. What consent and suppression say is read with each page, so a person who
 * withdraws while it runs is left out from then on; who was erased has no profile any more.
 *
 * @param counts is counted up while the lines are taken
 */
export async function* exportMembers(
  deps: ExportDeps,
  { audienceId, audienceKey, table, consents }: AudienceExport,
  counts: ExportCounts,
): AsyncGenerator<string> {
  yield csvLine(table.columns.map(({ heading }) => heading));
  for (let after: string | null = null; ; ) {
    const found = await deps.membersOf(audienceId, after, pageSize);
    const page = found.slice(0, pageSize);
    const last = page.at(-1);
    if (!last) return;
    const ids = page.map(({ profileId }) => profileId);
    const [states, links] = [await deps.statesOf(ids), await deps.linksOf(ids)];
    const stateById = new Map(states.map(({ profileId, state }) => [profileId, state]));
    const linksById = openLinks(links);
    const nowMs = deps.clock.now();
    const lines: string[] = [];
    for (const { profileId, since, version } of page) {
      counts.members += 1;
      const state = stateById.get(profileId);
      const identifiers = (linksById.get(profileId) ?? []).toSorted((a, b) => b.linkedAt - a.linkedAt);
      if (
        !state ||
        isWithdrawn(identifiers, deps.isSuppressed) ||
        !consents.every(({ category, channel }) => allows(state, category, channel, nowMs))
      ) {
        counts.withheld += 1;
        continue;
      }
      const member: Member = {
        profileId,
        since,
        version,
        audienceKey,
        identifiers,
        state,
        attributes: deps.attributesOf({ state, identifiers }, nowMs),
        addresses: deps.addressesOf(state),
      };
      const cells = table.columns.map(({ read }) => read(member));
      if (table.isUseful(cells)) {
        lines.push(csvLine(cells));
        counts.written += 1;
      } else counts.unmatched += 1;
    }
    if (lines.length > 0) yield lines.join("");
    if (found.length <= pageSize) return;
    after = last.profileId;
  }
}
