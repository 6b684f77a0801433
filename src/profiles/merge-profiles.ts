// Whether two profiles may become one, and which of them stays (profiles-and-journeys A.4, A.5).
import { type Identifier, type Namespace, namespaceOf } from "../collect/index.ts";
import {
  type IdentityAction,
  type IdentityGraph,
  type Link,
  mergeInto,
  type WorkingProfile,
} from "./identity-graph.ts";
import { type IdentityMessage, identifierKey } from "./identity-message.ts";
import type { IdentityRules } from "./identity-rules.ts";

/** One message being resolved. */
export type Resolving = {
  readonly graph: IdentityGraph;
  readonly message: IdentityMessage;
  readonly rules: IdentityRules;
};

export const maxIdentifiers = 1_000;
export const maxMerges = 100;
const dayMs = 86_400_000;

export function note(
  { graph, message }: Resolving,
  action: IdentityAction,
  profiles: readonly WorkingProfile[],
  identifier: Identifier | null,
  rule: string,
): void {
  graph.log.push({
    at: message.receivedAt,
    messageId: message.messageId,
    action,
    profileIds: profiles.map((profile) => profile.profileId),
    identifier,
    rule,
  });
}

export function isUnique(namespace: Namespace, rules: Pick<IdentityRules, "emailIsUnique">): boolean {
  if (namespace.unique) return true;
  return rules.emailIsUnique && (namespace.name === "email" || namespace.name === "email_sha256");
}

/** Somebody with a customer id. */
export function isIdentified(profile: WorkingProfile): boolean {
  return profile.links.some((link) => link.namespace === "user_id" && link.validTo === null);
}

/** Values of each namespace that a profile holds now. */
function openByNamespace(profile: WorkingProfile): Map<string, Link[]> {
  const groups = new Map<string, Link[]>();
  for (const link of profile.links) {
    if (link.validTo !== null) continue;
    const group = groups.get(link.namespace);
    if (group) group.push(link);
    else groups.set(link.namespace, [link]);
  }
  return groups;
}

function gainedWithin(links: readonly Link[], { windowDays }: Namespace, at: number): number {
  if (windowDays === undefined) return links.length;
  const from = at - windowDays * dayMs;
  let count = 0;
  for (const link of links) if (link.firstSeenAt > from) count += 1;
  return count;
}

/** Whether a profile has no room for one more value of a namespace. */
export function isFull(profile: WorkingProfile, name: string, at: number, rules: IdentityRules): boolean {
  const namespace = rules.namespaceOf(name);
  const limit = isUnique(namespace, rules) ? 1 : namespace.limit;
  const held = profile.links.filter((link) => link.namespace === name && link.validTo === null);
  return held.length >= limit && (isUnique(namespace, rules) || gainedWithin(held, namespace, at) >= limit);
}

/** Whether somebody split an identifier from what the profile holds. */
export function isSeparated(key: string, profile: WorkingProfile, at: number, rules: IdentityRules): boolean {
  if (!rules.hasSeparations) return false;
  for (const { separation, side } of rules.separationsOf(key)) {
    if (separation.since !== null && at < separation.since) continue;
    const others = side === "left" ? separation.right : separation.left;
    if (profile.links.some((link) => others.includes(identifierKey(link)))) return true;
  }
  return false;
}

export type MergeFault = "unique" | "separated" | "limit" | "merge_limit" | "identifier_limit";

/** Why two profiles may not become one; undefined = they may. `unique` = they are two persons. */
export function mergeFault(
  a: WorkingProfile,
  b: WorkingProfile,
  at: number,
  rules: IdentityRules,
): MergeFault | undefined {
  const [ofA, ofB] = [openByNamespace(a), openByNamespace(b)];
  let fault: MergeFault | undefined;
  for (const [name, linksOfB] of ofB) {
    const linksOfA = ofA.get(name);
    if (!linksOfA) continue;
    const namespace = rules.namespaceOf(name);
    if (isUnique(namespace, rules)) return "unique";
    if (gainedWithin([...linksOfA, ...linksOfB], namespace, at) > namespace.limit) fault = "limit";
  }
  if (rules.hasSeparations && b.links.some((link) => isSeparated(identifierKey(link), a, at, rules)))
    return "separated";
  if (fault) return fault;
  if (a.links.length + b.links.length > maxIdentifiers) return "identifier_limit";
  return a.mergeCount + b.mergeCount >= maxMerges ? "merge_limit" : undefined;
}

function priorityOf(profile: WorkingProfile): number {
  let best = Number.POSITIVE_INFINITY;
  for (const owned of profile.links) {
    if (owned.validTo === null) best = Math.min(best, namespaceOf(owned.namespace).priority);
  }
  return best;
}

/** Order of survival: strongest identifier, then the older profile (A.5). */
export function compareSurvivors(a: WorkingProfile, b: WorkingProfile): number {
  return priorityOf(a) - priorityOf(b) || a.createdAt - b.createdAt || (a.profileId < b.profileId ? -1 : 1);
}

/** Joins two profiles that may be joined. @returns the survivor */
export function join(work: Resolving, a: WorkingProfile, b: WorkingProfile, rule: string): WorkingProfile {
  const [survivor, loser] = compareSurvivors(a, b) <= 0 ? [a, b] : [b, a];
  mergeInto(work.graph, survivor, loser, work.message.at);
  note(work, "merge", [survivor, loser], null, rule);
  return survivor;
}
