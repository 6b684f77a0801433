// Which profile an event belongs to: the rules of profiles-and-journeys A.3 and A.4 for persons (user_id, email) and
// devices (anonymous_id). Splits, quarantine and alias build on the same graph.
import { type CanonicalEvent, type Identifier, namespaceOf } from "../collect/index.ts";
import {
  addLink,
  addProfile,
  closeLink,
  countOpen,
  holdsNamespace,
  type IdentityAction,
  type IdentityGraph,
  linkAt,
  mergeInto,
  ownerAt,
  verifyLink,
  type WorkingProfile,
} from "./identity-graph.ts";

const maxIdentifiers = 1_000;
const maxMerges = 100;

type Resolving = { readonly graph: IdentityGraph; readonly event: CanonicalEvent };

function note(
  { graph, event }: Resolving,
  action: IdentityAction,
  profiles: readonly WorkingProfile[],
  identifier: Identifier | null,
  rule: string,
): void {
  graph.log.push({
    at: event.receivedAt,
    messageId: event.messageId,
    action,
    profileIds: profiles.map((profile) => profile.profileId),
    identifier,
    rule,
  });
}

function isIdentified(profile: WorkingProfile): boolean {
  return holdsNamespace(profile, "user_id");
}

function create(work: Resolving): WorkingProfile {
  const profile = addProfile(work.graph, work.event.timestamp);
  note(work, "create", [profile], null, "first_sight");
  return profile;
}

/** Links within the limits of A.1; over a limit the identifier is demoted: kept on the event, not on the profile. */
function link(work: Resolving, profile: WorkingProfile, identifier: Identifier): void {
  const { limit } = namespaceOf(identifier.namespace);
  if (countOpen(profile, identifier.namespace) >= limit || profile.links.length >= maxIdentifiers) {
    note(work, "demote", [profile], identifier, "limit");
    return;
  }
  addLink(work.graph, profile, identifier, work.event.timestamp, work.event.verified);
  note(work, "link", [profile], identifier, work.event.verified ? "verified" : "claimed");
}

function priorityOf(profile: WorkingProfile): number {
  let best = Number.POSITIVE_INFINITY;
  for (const owned of profile.links) {
    if (owned.validTo === null) best = Math.min(best, namespaceOf(owned.namespace).priority);
  }
  return best;
}

/** Survivor: strongest identifier, then the older profile (A.5). */
function merge(work: Resolving, a: WorkingProfile, b: WorkingProfile, rule: string): WorkingProfile {
  if (a.mergeCount + b.mergeCount >= maxMerges) {
    note(work, "refuse", [a, b], null, "merge_limit");
    return a;
  }
  const difference = priorityOf(a) - priorityOf(b) || a.createdAt - b.createdAt || (a.profileId < b.profileId ? -1 : 1);
  const [survivor, loser] = difference <= 0 ? [a, b] : [b, a];
  mergeInto(work.graph, survivor, loser);
  note(work, "merge", [survivor, loser], null, rule);
  return survivor;
}

/** The profile of a known or new person; an anonymous device's profile becomes that person's. */
function resolvePerson(work: Resolving, userId: Identifier, devices: readonly Identifier[]): WorkingProfile {
  const { graph, event } = work;
  const known = ownerAt(graph, userId, event.timestamp);
  if (known) return known;
  let target: WorkingProfile | undefined;
  for (const device of devices) {
    const owner = ownerAt(graph, device, event.timestamp);
    if (owner && !isIdentified(owner)) {
      target = owner;
      break;
    }
  }
  target ??= create(work);
  link(work, target, userId);
  return target;
}

/** A device shows up with a person: it joins, or changes hands on a shared device, never merging two persons. */
function attachDevice(work: Resolving, person: WorkingProfile, device: Identifier): WorkingProfile {
  const { graph, event } = work;
  const current = linkAt(graph, device, event.timestamp);
  const owner = current && graph.profiles.get(current.profileId);
  if (!current || !owner) {
    link(work, person, device);
    return person;
  }
  if (owner.profileId === person.profileId) {
    if (event.verified) verifyLink(graph, current);
    return person;
  }
  if (!isIdentified(owner)) {
    const survivor = merge(work, person, owner, "sign_in");
    if (event.verified && current.profileId === survivor.profileId) verifyLink(graph, current);
    return survivor;
  }
  // A late event of the former owner's time must not take the device away from its present owner.
  if (current.validTo !== null) return person;
  closeLink(graph, current, event.timestamp);
  addLink(graph, person, device, event.timestamp, event.verified);
  note(work, "repoint", [owner, person], device, "shared_device");
  return person;
}

function attachEmail(work: Resolving, person: WorkingProfile, email: Identifier): WorkingProfile {
  const { graph, event } = work;
  const current = linkAt(graph, email, event.timestamp);
  const owner = current && graph.profiles.get(current.profileId);
  if (!current || !owner) {
    link(work, person, email);
    return person;
  }
  if (owner.profileId === person.profileId) {
    if (event.verified) verifyLink(graph, current);
    return person;
  }
  if (isIdentified(owner) && isIdentified(person)) {
    note(work, "demote", [person, owner], email, "possible_duplicate");
    return person;
  }
  // A claim from a browser must not pull somebody's history over, nor push into it.
  if (!event.verified) {
    note(work, "demote", [person, owner], email, "email_not_verified");
    return person;
  }
  return merge(work, person, owner, "verified_email");
}

function resolveAnonymous(work: Resolving, devices: readonly Identifier[]): WorkingProfile {
  const { graph, event } = work;
  let target: WorkingProfile | undefined;
  for (const device of devices) {
    const owner = ownerAt(graph, device, event.timestamp);
    if (!owner || owner === target) continue;
    if (!target) target = owner;
    else if (!isIdentified(owner) || !isIdentified(target)) target = merge(work, target, owner, "same_message");
    else note(work, "demote", [target, owner], device, "shared_device");
  }
  return target ?? create(work);
}

/** E-mail without a customer id: a guest, or somebody known when the source is trusted. */
function resolveByEmail(work: Resolving, email: Identifier, devices: readonly Identifier[]): WorkingProfile {
  const { graph, event } = work;
  const owner = ownerAt(graph, email, event.timestamp);
  if (owner && (devices.length === 0 || event.verified || !isIdentified(owner))) return owner;
  const profile = resolveAnonymous(work, devices);
  if (!owner) link(work, profile, email);
  else if (owner !== profile) note(work, "demote", [profile, owner], email, "email_not_verified");
  return profile;
}

function closeDevices(work: Resolving, devices: readonly Identifier[]): void {
  for (const device of devices) {
    const current = linkAt(work.graph, device, work.event.timestamp);
    const owner = current && work.graph.profiles.get(current.profileId);
    if (!current || !owner || current.validTo !== null || !isIdentified(owner)) continue;
    closeLink(work.graph, current, work.event.timestamp + 1);
    note(work, "close", [owner], device, "sign_out");
  }
}

/**
 * Finds or makes the profile of an event and updates the graph: links, merges, changes of hands.
 *
 * Pure but for the graph it is given; ids of new profiles lead with the event's time.
 *
 * @returns the profile that the event belongs to, after any merge
 */
export function resolveIdentity(graph: IdentityGraph, event: CanonicalEvent): WorkingProfile {
  const work: Resolving = { graph, event };
  const userId = event.identifiers.find((identifier) => identifier.namespace === "user_id");
  const email = event.identifiers.find((identifier) => identifier.namespace === "email");
  const devices = event.identifiers.filter((identifier) => namespaceOf(identifier.namespace).kind === "device");
  let profile: WorkingProfile;
  if (userId) profile = resolvePerson(work, userId, devices);
  else if (email) profile = resolveByEmail(work, email, devices);
  else profile = resolveAnonymous(work, devices);
  for (const device of devices) {
    if (userId || email) profile = attachDevice(work, profile, device);
    else if (!linkAt(graph, device, event.timestamp)) link(work, profile, device);
  }
  if (userId && email) profile = attachEmail(work, profile, email);
  if (event.type === "signOut") closeDevices(work, devices);
  return profile;
}
