// Which profile a message belongs to: the rules of profiles-and-journeys A.3 and A.4. Messages come in order of their time; one
// that comes late is either harmless, or its surroundings are run again in order (replay-identity.ts).
import { type Identifier, namespaceOf } from "../collect/index.ts";
import { attachDevice, attachPerson, link } from "./attach-identifier.ts";
import {
  addLink,
  addProfile,
  boundLastSight,
  changeLink,
  closeLink,
  finalSurvivor,
  type IdentityGraph,
  linkAt,
  ownerAt,
  quarantined,
  setVerified,
  unknownSight,
  type WorkingProfile,
} from "./identity-graph.ts";
import {
  decidingPerson,
  type IdentityMessage,
  identifierKey,
  identifiersOf,
  isEvidence,
  isProven,
  positionOf,
  previousNamespace,
} from "./identity-message.ts";
import type { IdentityRules } from "./identity-rules.ts";
import { isFull, isIdentified, isSeparated, join, mergeFault, note, type Resolving } from "./merge-profiles.ts";

type Usable = {
  readonly persons: readonly Identifier[];
  readonly derived: readonly Identifier[];
  readonly devices: readonly Identifier[];
};

function create(work: Resolving): WorkingProfile {
  const profile = addProfile(work.graph, work.message.at);
  note(work, "create", [profile], null, "first_sight");
  return profile;
}

/** What may link: not the quarantined values, and only the strongest identifier's side of what somebody split. */
function usableOf(work: Resolving): Usable {
  const { graph, message, rules } = work;
  const isUsable = (identifier: Identifier) => linkAt(graph, identifier, message.at)?.profileId !== quarantined;
  let { persons, derived, devices } = message;
  const isWhole = persons.every(isUsable) && derived.every(isUsable) && devices.every(isUsable);
  if (isWhole && !rules.hasSeparations) return message;
  if (!isWhole) {
    persons = persons.filter(isUsable);
    derived = derived.filter(isUsable);
    devices = devices.filter(isUsable);
  }
  if (!rules.hasSeparations) return { persons, derived, devices };
  const kept: Identifier[] = [];
  const isPersonal = decidingPerson({ persons, proof: message.proof }, rules) !== undefined;
  for (const identifier of isPersonal ? [...persons, ...devices] : [...devices, ...persons]) {
    if (!kept.some((other) => areApart(identifier, other, message.at, rules))) kept.push(identifier);
    else note(work, "demote", [], identifier, "separated");
  }
  return {
    persons: persons.filter((identifier) => kept.includes(identifier)),
    derived: derived.filter((identifier) => !kept.some((other) => areApart(identifier, other, message.at, rules))),
    devices: devices.filter((identifier) => kept.includes(identifier)),
  };
}

function areApart(a: Identifier, b: Identifier, at: number, rules: IdentityRules): boolean {
  const other = identifierKey(b);
  return rules
    .separationsOf(identifierKey(a))
    .some(
      ({ separation, side }) =>
        (separation.since === null || at >= separation.since) &&
        (side === "left" ? separation.right : separation.left).includes(other),
    );
}

/** Who owns a device at the time; in the very millisecond of a sign-out it is free for the next person. */
function deviceOwner({ graph, message }: Resolving, device: Identifier): WorkingProfile | undefined {
  const current = linkAt(graph, device, message.at);
  if (!current) return undefined;
  const isFree = current.validTo === message.at + 1 && current === graph.linksByKey.get(identifierKey(device))?.at(-1);
  return isFree && message.persons.length > 0 ? undefined : graph.profiles.get(current.profileId);
}

/** A device that nobody has seen, and that an alias named, is that person's. */
function followAliases(work: Resolving, devices: readonly Identifier[]): void {
  const { graph, message } = work;
  for (const device of devices) {
    if (device.namespace !== "anonymous_id" || graph.linksByKey.has(identifierKey(device))) continue;
    const owner = ownerAt(graph, { namespace: previousNamespace, value: device.value }, message.at);
    if (owner) link(work, owner, device);
  }
}

/** Whether a profile without the person may become that person's. */
function canBecome(work: Resolving, profile: WorkingProfile, person: Identifier): boolean {
  const { message, rules } = work;
  return (
    !isFull(profile, person.namespace, message.at, rules) &&
    !isSeparated(identifierKey(person), profile, message.at, rules)
  );
}

/** The profile of a known or new person; an anonymous device's profile becomes that person's. */
function resolvePerson(work: Resolving, person: Identifier, { persons, devices }: Usable): WorkingProfile {
  const { graph, message, rules } = work;
  const known = ownerAt(graph, person, message.at);
  if (known) return known;
  const candidates = [
    ...persons
      .filter((other) => other !== person && isProven(other, message.proof, rules))
      .map((other) => ownerAt(graph, other, message.at)),
    ...devices.map((device) => deviceOwner(work, device)),
  ];
  const target =
    candidates.find((candidate) => candidate !== undefined && canBecome(work, candidate, person)) ?? create(work);
  link(work, target, person);
  return target;
}

function resolveDevices(work: Resolving, devices: readonly Identifier[]): WorkingProfile {
  for (const device of devices) {
    const owner = deviceOwner(work, device);
    if (owner) {
      // The first device files the event: what it is not linked to, it must be.
      const [first] = devices;
      if (first && first !== device && !linkAt(work.graph, first, work.message.at)) link(work, owner, first);
      return owner;
    }
  }
  return create(work);
}

function closeDevices(work: Resolving, devices: readonly Identifier[]): void {
  const { graph, message } = work;
  for (const device of devices) {
    const current = linkAt(graph, device, message.at);
    const owner = current && graph.profiles.get(current.profileId);
    if (!current || !owner || current.validTo !== null || !isSomebody(owner)) continue;
    closeLink(graph, current, message.at + 1);
    note(work, "close", [owner], device, "sign_out");
    if (owner.state.lastSeenAt <= message.at) continue;
    // Events of the device from after the sign-out may have been counted for the owner already: they are a stranger's.
    const stranger = addProfile(graph, message.at + 1);
    addLink(graph, stranger, device, message.at + 1, false);
    for (const held of stranger.links) held.firstSeenAt = unknownSight;
    boundLastSight(stranger, owner);
    for (const { profileId } of [owner, stranger]) graph.rebuilds.set(profileId, "late_sign_out");
  }
}

function isSomebody(profile: WorkingProfile): boolean {
  return profile.links.some((held) => held.validTo === null && namespaceOf(held.namespace).kind === "person");
}

/** `alias(previousId, userId)`: what the old id stands for joins the person, unless it is a person already. */
function resolveAlias(work: Resolving, person: WorkingProfile, previousId: string): WorkingProfile {
  const { graph, message, rules } = work;
  const previous = { namespace: previousNamespace, value: previousId };
  let profile = person;
  let refused = false;
  for (const namespace of ["user_id", "anonymous_id", previousNamespace]) {
    const owner = ownerAt(graph, { namespace, value: previousId }, message.at);
    if (!owner || owner === profile) continue;
    const fault = mergeFault(profile, owner, message.at, rules);
    const isAllowed = fault === undefined || (fault === "unique" && rules.aliasMayMergeIdentified);
    if (isAllowed) profile = join(work, profile, owner, "alias");
    else {
      refused = true;
      note(work, "refuse", [profile, owner], previous, isIdentified(owner) ? "alias_identified" : fault);
    }
  }
  if (!refused && !linkAt(graph, previous, message.at)) link(work, profile, previous);
  return profile;
}

/** Marks whom a message was about, so that an older one that comes later is noticed. */
function markPosition(work: Resolving, touched: Iterable<string>): void {
  const { graph, message } = work;
  const position = positionOf(message);
  for (const profileId of touched) {
    const profile = graph.profiles.get(finalSurvivor(graph, profileId));
    if (!profile || profile.evidencePosition >= position) continue;
    profile.evidencePosition = position;
    graph.changedProfiles.add(profile.profileId);
  }
}

/** An event from before the first one known of an interval moves its first sight back: limits count by it. */
function markFirstSights({ graph, message }: Resolving, identifiers: readonly Identifier[]): void {
  for (const identifier of identifiers) {
    const current = linkAt(graph, identifier, message.at);
    if (current && message.at < current.firstSeenAt && graph.profiles.has(current.profileId))
      changeLink(graph, current, { firstSeenAt: message.at });
  }
}

function resolveUsable(work: Resolving, usable: Usable): WorkingProfile {
  const { graph, message, rules } = work;
  const { persons, derived, devices } = usable;
  followAliases(work, devices);
  const person = decidingPerson({ persons, proof: message.proof }, rules);
  let profile = person ? resolvePerson(work, person, usable) : resolveDevices(work, devices);
  if (!person)
    for (const device of devices) {
      if (linkAt(graph, device, message.at)) profile = attachDevice(work, profile, device);
      else link(work, profile, device);
    }
  for (const other of persons) if (other !== person) profile = attachPerson(work, profile, other);
  for (const hash of derived) profile = attachPerson(work, profile, hash, true);
  if (person) {
    const held = linkAt(graph, person, message.at);
    if (held?.profileId === profile.profileId && isProven(person, message.proof, rules))
      setVerified(graph, held, true, message.at);
    for (const device of devices) profile = attachDevice(work, profile, device);
  }
  if (message.kind === "alias" && message.previousId !== undefined && person)
    profile = resolveAlias(work, profile, message.previousId);
  if (message.kind === "signOut") closeDevices(work, devices);
  return profile;
}

/**
 * Finds or makes the profile of a message and updates the graph: links, merges, changes of hands.
 *
 * Pure but for the graph it is given; ids of new profiles lead with the message's time.
 *
 * @returns the profile that the message belongs to, after any merge; undefined when every identifier is quarantined
 */
export function resolveIdentity(
  graph: IdentityGraph,
  message: IdentityMessage,
  rules: IdentityRules,
): WorkingProfile | undefined {
  const work: Resolving = { graph, message, rules };
  const usable = usableOf(work);
  if (usable.persons.length === 0 && usable.devices.length === 0) return undefined;
  const isMarked = isEvidence(message);
  const touched = isMarked ? new Set(ownersFrom(graph, message, rules)) : undefined;
  markFirstSights(work, [...message.persons, ...message.derived, ...message.devices]);
  const profile = resolveUsable(work, usable);
  if (touched) markPosition(work, touched.add(profile.profileId));
  return profile;
}

/** Profiles that own an identifier of the message at its time or after it. */
export function ownersFrom(
  graph: IdentityGraph,
  message: IdentityMessage,
  rules: Pick<IdentityRules, "hasPrevious">,
): string[] {
  const owners: string[] = [];
  for (const identifier of identifiersOf(message, rules))
    for (const held of graph.linksByKey.get(identifierKey(identifier)) ?? [])
      if (held.validTo === null || held.validTo > message.at)
        if (graph.profiles.has(held.profileId)) owners.push(held.profileId);
  return owners;
}

/** The profile that a message's place in time belongs to, by the identifier that decides; changes nothing. */
export function ownerOfMessage(
  graph: IdentityGraph,
  message: IdentityMessage,
  rules: IdentityRules,
): WorkingProfile | undefined {
  const isUsable = (identifier: Identifier) => linkAt(graph, identifier, message.at)?.profileId !== quarantined;
  const persons = message.persons.filter(isUsable);
  const key = decidingPerson({ persons, proof: message.proof }, rules) ?? message.devices.find(isUsable);
  return key && ownerAt(graph, key, message.at);
}
