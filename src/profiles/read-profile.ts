import {
  type CanonicalEvent,
  type Identifier,
  namespaceOf,
  normaliseIdentifier,
  toStorable,
} from "../collect/index.ts";
import { type Clock, decodeTimeCursor, isUuid, type Page, toPage } from "../kernel/index.ts";
import { refusesPersonalisation } from "./consent.ts";
import { type FoldContext, foldEvent } from "./fold-event.ts";
import { holdsMessage } from "./fold-recent.ts";
import type { Link } from "./identity-graph.ts";
import { identifierKey } from "./identity-message.ts";
import { loadLinks, loadProfiles } from "./load-graph.ts";
import type { Profile } from "./profile.ts";
import type { CachedProfile, ProfileCache } from "./profile-cache.ts";
import { notFound, type ProfileRow, type ProfileStore } from "./store.ts";

export type ReadDeps = { readonly store: ProfileStore; readonly cache: ProfileCache; readonly clock: Clock };

/** Who a decision is asked for, as the caller named them. */
export type IdentityClaim = {
  readonly anonymousId?: string | undefined;
  readonly customerId?: string | undefined;
  readonly email?: string | undefined;
  readonly profileId?: string | undefined;
  /** Devices by other names than `anonymousId`, e.g. an Adobe ECID; persons are ignored here. */
  readonly devices?: readonly Identifier[] | undefined;
};

/** What the caller may read. A browser proves a customer by a signed token; a server token is trusted. */
export type ReadRight = { readonly trusted: boolean; readonly provenCustomerId: string | null };

export type FoundProfile =
  | { readonly ok: true; readonly profile: Profile; readonly by: string }
  | { readonly ok: false; readonly reason: "no_identity" | "unknown" | "identity_not_verified" };

/** Null when nobody is known, or when personalisation was refused: such a visitor's profile is not used. */
export function usableProfile(
  found: { readonly ok: true; readonly profile: Profile } | { readonly ok: false },
): Profile | null {
  return found.ok && !refusesPersonalisation(found.profile.state) ? found.profile : null;
}

function claimsToIdentifiers(claim: IdentityClaim, right: ReadRight): readonly Identifier[] {
  const identifiers: Identifier[] = [];
  const customerId = right.trusted ? claim.customerId : (right.provenCustomerId ?? undefined);
  if (customerId) identifiers.push({ namespace: "user_id", value: customerId });
  if (right.trusted && claim.email)
    identifiers.push({ namespace: "email", value: claim.email.trim().normalize("NFC").toLowerCase() });
  if (claim.anonymousId) identifiers.push({ namespace: "anonymous_id", value: claim.anonymousId.trim() });
  for (const device of claim.devices ?? [])
    if (namespaceOf(device.namespace).kind === "device") identifiers.push(device);
  return identifiers;
}

/** The caller named a customer, and the profile is another one's: a device that two people share. */
function isSomebodyElse(profile: CachedProfile, claimed: string | undefined): boolean {
  if (!claimed) return false;
  const own = profile.links.filter((link) => link.validTo === null && link.namespace === "user_id");
  return own.length > 0 && !own.some((link) => link.value === claimed);
}

function isPerson(link: Link): boolean {
  return link.validTo === null && namespaceOf(link.namespace).kind === "person";
}

/**
 * A device that was tied to a person by a mere claim does not open that person's profile: anybody could make the claim.
 */
function mayRead(profile: CachedProfile, link: Link, right: ReadRight): boolean {
  if (right.trusted || namespaceOf(link.namespace).kind === "person") return true;
  return link.verified || !profile.links.some(isPerson);
}

export function createProfileReader(deps: ReadDeps) {
  const byId = async (profileId: string): Promise<CachedProfile | undefined> => {
    const now = deps.clock.now();
    const [found] = await loadProfiles(new Set([profileId]), deps.store, deps.cache, now);
    if (found) return found;
    const survivor = await deps.store.survivorOf(profileId);
    if (survivor === undefined) return undefined;
    const [merged] = await loadProfiles(new Set([survivor]), deps.store, deps.cache, now);
    return merged;
  };

  const openLink = async ({ namespace, value }: Identifier): Promise<Link | undefined> => {
    const identifier = { namespace: toStorable(namespace), value: toStorable(value) };
    const key = identifierKey(identifier);
    const links = await loadLinks(new Map([[key, identifier]]), deps.store, deps.cache, deps.clock.now());
    return links.get(key)?.find((link) => link.validTo === null);
  };

  return {
    /** By id, also by that of a merged profile. */
    byId: async (profileId: string): Promise<CachedProfile | undefined> =>
      isUuid(profileId) ? byId(profileId) : undefined,

    /**
     * The profile a caller may read for an identity, strongest identifier first.
     *
     * In memory when the person was seen lately, else one read.
     */
    find: async (claim: IdentityClaim, right: ReadRight): Promise<FoundProfile> => {
      if (right.trusted && claim.profileId) {
        const profile = isUuid(claim.profileId) ? await byId(claim.profileId) : undefined;
        return profile ? { ok: true, profile, by: "profile_id" } : { ok: false, reason: "unknown" };
      }
      const identifiers = claimsToIdentifiers(claim, right);
      if (identifiers.length === 0) return { ok: false, reason: "no_identity" };
      const customerId = identifiers.find(({ namespace }) => namespace === "user_id")?.value;
      let refused = false;
      for (const identifier of identifiers) {
        const link = await openLink(identifier);
        const profile = link && (await byId(link.profileId));
        if (!link || !profile || isSomebodyElse(profile, customerId)) continue;
        if (mayRead(profile, link, right)) return { ok: true, profile, by: identifier.namespace };
        refused = true;
      }
      return { ok: false, reason: refused ? "identity_not_verified" : "unknown" };
    },

    /** As `get`, undefined for somebody unknown. */
    has: async (profileId: string): Promise<Profile | undefined> => (isUuid(profileId) ? byId(profileId) : undefined),

    /** @throws {ClienteleError} `profiles.notFound` */
    get: async (profileId: string): Promise<Profile> => {
      const profile = isUuid(profileId) ? await byId(profileId) : undefined;
      if (!profile) throw notFound(profileId);
      return profile;
    },

    /** @throws {ClienteleError} `profiles.notFound` */
    by: async (namespace: string, value: string): Promise<Profile> => {
      const identifier = normaliseIdentifier(namespace, value) ?? { namespace, value: value.trim() };
      const link = await openLink(identifier);
      const profile = link && (await byId(link.profileId));
      if (!profile) throw notFound(`${namespace} of that value`);
      return profile;
    },

    list: async (search: string, limit: number, cursor?: string): Promise<Page<ProfileRow>> => {
      const before = cursor === undefined ? null : decodeTimeCursor(cursor);
      return toPage(await deps.store.list(toStorable(search.trim()), limit + 1, before), limit, (row) => [
        row.state.lastSeenAt,
        row.profileId,
      ]);
    },
  };
}

/**
 * The profile as it will be once these events are stored: a decision call sees the events of its own page at once. One that another
 * call has delivered meanwhile is in the profile already.
 */
export function withEvents(profile: Profile, events: readonly CanonicalEvent[], fold: FoldContext): Profile {
  let { state } = profile;
  for (const event of events) if (!holdsMessage(state, event)) state = foldEvent(state, event, fold);
  return { ...profile, state };
}
