import { ClienteleError, sha256Hex } from "../kernel/index.ts";
import type { OwnedIdentifier, ProfileRow } from "../profiles/index.ts";
import type { PersonFacts } from "./person-record.ts";
import { isComparable, readPerson } from "./read-person.ts";
import type { RefreshDeps } from "./refresh-deps.ts";
import type { Matching } from "./start-matching.ts";

const pageSize = 500;
/** Changes with what is compared and how, so that everybody is compared anew after an update of the program. */
const methodVersion = "1";

type Link = OwnedIdentifier & { readonly profileId: string };

function groupByProfile(links: readonly Link[]): ReadonlyMap<string, readonly Link[]> {
  const byProfile = new Map<string, Link[]>();
  for (const link of links) {
    const list = byProfile.get(link.profileId);
    if (list) list.push(link);
    else byProfile.set(link.profileId, [link]);
  }
  return byProfile;
}

function fingerprintOf(facts: PersonFacts): string {
  return sha256Hex(JSON.stringify([methodVersion, facts])).slice(0, 32);
}

type ReadResult = {
  readonly profiles: number;
  readonly compared: number;
  readonly isTruncated: boolean;
  /** New fingerprints of what changed, to be stored when its pairs are. */
  readonly changed: ReadonlyMap<string, string>;
  /** Profiles that were compared once and hold too little now. */
  readonly dropped: ReadonlySet<string>;
};

/** Hands everybody to the worker, page by page. `onProfile` is told of every id. */
export async function readEverybody(
  { store, profiles, maxProfiles }: RefreshDeps,
  matching: Matching,
  onProfile: (id: string) => void,
  signal: AbortSignal,
): Promise<ReadResult> {
  const changed = new Map<string, string>();
  const dropped = new Set<string>();
  let read = 0;
  let compared = 0;
  for (let afterId: string | null = null; ; ) {
    if (signal.aborted) throw new ClienteleError("duplicates.failed", "the program is stopping");
    const rows: readonly ProfileRow[] = await profiles.scan(afterId, pageSize);
    const isLast = rows.length < pageSize;
    const lastId: string | null = isLast ? null : (rows.at(-1)?.profileId ?? null);
    const links = await profiles.linksOf(rows.map((row) => row.profileId));
    const known = await store.fingerprints(afterId, lastId);
    const linksById = groupByProfile(links);
    const people: PersonFacts[] = [];
    const wanted: boolean[] = [];
    const present = new Set<string>();
    for (const { profileId, state } of rows) {
      onProfile(profileId);
      const facts = readPerson(profileId, state.attributes, linksById.get(profileId) ?? []);
      if (!isComparable(facts)) continue;
      present.add(profileId);
      const fingerprint = fingerprintOf(facts);
      const isChanged = known.get(profileId) !== fingerprint;
      if (isChanged) changed.set(profileId, fingerprint);
      people.push(facts);
      wanted.push(isChanged);
    }
    const gone = [...known.keys()].filter((id) => !present.has(id));
    await store.removeFingerprints(gone);
    for (const id of gone) dropped.add(id);
    if (people.length > 0) await matching.add(people, wanted);
    read += rows.length;
    compared += people.length;
    if (isLast) return { profiles: read, compared, changed, dropped, isTruncated: false };
    if (compared >= maxProfiles) return { profiles: read, compared, changed, dropped, isTruncated: true };
    afterId = lastId;
  }
}
