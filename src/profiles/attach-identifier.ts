// An identifier shows up with a profile: it is linked, confirmed, brings its own profile along, changes hands, or is demoted.
import { type Identifier, namespaceOf } from "../collect/index.ts";
import {
  addLink,
  boundLastSight,
  changeLink,
  closeLink,
  type Link,
  linkAt,
  quarantineLink,
  setVerified,
  type WorkingProfile,
} from "./identity-graph.ts";
import { identifierKey, isProven } from "./identity-message.ts";
import {
  isFull,
  isIdentified,
  isSeparated,
  join,
  maxIdentifiers,
  mergeFault,
  note,
  type Resolving,
} from "./merge-profiles.ts";

const fuseWindowMs = 86_400_000;
/** The person with whom a value is taken for a placeholder or a shared thing (A.2). */
const fuseAt = 10;

/** Links within the limits of A.1; over a limit the identifier is demoted: kept on the event, not on the profile. */
export function link(work: Resolving, profile: WorkingProfile, identifier: Identifier): void {
  const { graph, message, rules } = work;
  const { kind, overLimit } = namespaceOf(identifier.namespace);
  if (profile.links.length >= maxIdentifiers) {
    note(work, "refuse", [profile], identifier, "identifier_limit");
    return;
  }
  if (overLimit === "demote" && isFull(profile, identifier.namespace, message.at, rules)) {
    note(work, "demote", [profile], identifier, "limit");
    return;
  }
  if (isSeparated(identifierKey(identifier), profile, message.at, rules)) {
    note(work, "demote", [profile], identifier, "separated");
    return;
  }
  const proven =
    kind === "person"
      ? isProven(identifier, message.proof, rules)
      : message.proof !== "none" && message.persons.length > 0;
  addLink(graph, profile, identifier, message.at, proven);
  // Whose customer id it is was not proven: no device that was tied to the profile before may read under it.
  if (identifier.namespace === "user_id" && message.proof === "none")
    for (const held of profile.links)
      if (namespaceOf(held.namespace).kind === "device") setVerified(graph, held, false, message.at);
  note(work, "link", [profile], identifier, proven ? "verified" : "claimed");
}

function personOf(profile: WorkingProfile): string {
  return profile.links.find((held) => held.namespace === "user_id" && held.validTo === null)?.value ?? "";
}

function quarantine(work: Resolving, identifier: Identifier): void {
  const { graph, message, rules } = work;
  const until = rules.releasesOf(identifierKey(identifier)).find((release) => release > message.at) ?? null;
  quarantineLink(graph, identifier, message.at, until);
  graph.quarantines.push({ identifier, since: message.at, until, rule: "fuse" });
  note(work, "quarantine", [], identifier, "fuse");
}

/** Persons among whom a device went round within a day, the next one included. */
function handsOf(work: Resolving, device: Identifier, person: WorkingProfile): number {
  const { graph, message } = work;
  const owners = new Set([person.profileId]);
  for (const { profileId, linkedAt } of graph.linksByKey.get(identifierKey(device)) ?? []) {
    const owner = graph.profiles.get(profileId);
    if (owner && linkedAt > message.at - fuseWindowMs && isIdentified(owner)) owners.add(profileId);
  }
  return owners.size;
}

/** Remembers whom the value of another was refused. @returns true when that was one person too many */
function blowsFuse(work: Resolving, current: Link, owner: WorkingProfile, person: WorkingProfile): boolean {
  const { graph, message } = work;
  const name = personOf(person);
  if (name === "") return false;
  const from = message.at - fuseWindowMs;
  const rivals = (current.rivals ?? []).filter((rival) => rival.at > from && rival.person !== name);
  const all = [...rivals, { person: name, at: message.at }];
  const own = isIdentified(owner) && current.linkedAt > from ? 1 : 0;
  if (all.length + own >= fuseAt) return true;
  changeLink(graph, current, { rivals: all });
  return false;
}

/** A second device, or the same one again: see the table in docs/manual/identity.md. */
export function attachDevice(work: Resolving, person: WorkingProfile, device: Identifier): WorkingProfile {
  const { graph, message, rules } = work;
  const list = graph.linksByKey.get(identifierKey(device));
  const current = linkAt(graph, device, message.at);
  const owner = current && graph.profiles.get(current.profileId);
  // In the very millisecond of a sign-out the device is free already.
  const isFree = current?.validTo === message.at + 1 && current === list?.at(-1);
  if (!current || !owner || (isFree && owner !== person)) {
    link(work, person, device);
    return person;
  }
  const isTie = message.proof !== "none" && message.persons.length > 0;
  if (owner === person) {
    if (isTie) setVerified(graph, current, true, message.at);
    return person;
  }
  const fault = mergeFault(person, owner, message.at, rules);
  if (fault === undefined) {
    const survivor = join(work, person, owner, message.persons.length > 0 ? "sign_in" : "same_message");
    if (isTie) setVerified(graph, current, true, message.at);
    return survivor;
  }
  if (fault !== "unique") {
    note(work, fault === "limit" || fault === "separated" ? "demote" : "refuse", [person, owner], device, fault);
    return person;
  }
  changeHands(work, person, owner, device, current);
  return person;
}

function changeHands(
  work: Resolving,
  person: WorkingProfile,
  owner: WorkingProfile,
  device: Identifier,
  current: Link,
): void {
  const { graph, message } = work;
  if (message.persons.length === 0) {
    note(work, "demote", [person, owner], device, "shared_device");
    return;
  }
  // A late event of the former owner's time must not take the device away from its present owner.
  if (current.validTo !== null) return;
  if (isIdentified(person) && handsOf(work, device, person) >= fuseAt) {
    quarantine(work, device);
    return;
  }
  if (person.links.length >= maxIdentifiers) {
    note(work, "refuse", [person], device, "identifier_limit");
    return;
  }
  closeLink(graph, current, message.at);
  addLink(graph, person, device, message.at, message.proof !== "none");
  note(work, "repoint", [owner, person], device, "shared_device");
  // What was counted for the former owner in this millisecond, or comes from later, is the new owner's.
  if (owner.state.lastSeenAt < message.at) return;
  boundLastSight(person, owner);
  for (const { profileId } of [owner, person]) graph.rebuilds.set(profileId, "late_sign_in");
}

/** A further identifier of a person: an address, a number, an id of another system. */
export function attachPerson(
  work: Resolving,
  profile: WorkingProfile,
  identifier: Identifier,
  isDerived = false,
): WorkingProfile {
  const { graph, message, rules } = work;
  const current = linkAt(graph, identifier, message.at);
  const owner = current && graph.profiles.get(current.profileId);
  const proven = isProven(identifier, message.proof, rules);
  if (!current || !owner) {
    link(work, profile, identifier);
    return profile;
  }
  if (owner === profile) {
    if (proven) setVerified(graph, current, true, message.at);
    return profile;
  }
  const fault = mergeFault(profile, owner, message.at, rules);
  if (fault === "unique" && blowsFuse(work, current, owner, profile)) {
    quarantine(work, identifier);
    return profile;
  }
  // A claim from a browser must neither pull somebody's history over nor push into it.
  const isHarmless = !current.verified && !hasProof(profile) && !hasProof(owner);
  if (fault === undefined && (proven || isHarmless))
    return join(work, profile, owner, proven ? `verified_${identifier.namespace}` : `claimed_${identifier.namespace}`);
  if (isDerived) return profile;
  const rule = fault === "unique" ? "possible_duplicate" : (fault ?? `${identifier.namespace}_not_verified`);
  note(work, fault?.endsWith("_limit") ? "refuse" : "demote", [profile, owner], identifier, rule);
  return profile;
}

/** Whether anything on a profile is more than a claim: a customer id, or something that a trusted source said of a person. */
function hasProof(profile: WorkingProfile): boolean {
  return profile.links.some(
    ({ namespace, validTo, verified }) =>
      validTo === null && (namespace === "user_id" || (verified && namespaceOf(namespace).kind === "person")),
  );
}
