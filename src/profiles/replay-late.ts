// A message that can change the graph came after newer ones: the part of the graph around it is worked out anew from its evidence,
// in order, and what differs is changed. Messages in order of their time never get here.
import { type Identifier, namespaceOf } from "../collect/index.ts";
import { applyReplay } from "./apply-replay.ts";
import { type IdentityGraph, linkAt, nobody, quarantined, unknownSight } from "./identity-graph.ts";
import {
  type IdentityMessage,
  identifierKey,
  identifiersOf,
  isEvidence,
  positionOf,
  previousNamespace,
} from "./identity-message.ts";
import type { IdentityRules } from "./identity-rules.ts";
import { type Component, type ComponentDeps, loadComponents } from "./load-components.ts";
import { type FirstSight, replayIdentity } from "./replay-identity.ts";
import { ownersFrom } from "./resolve-identity.ts";
import type { IdentityStore, Redirect } from "./store-identity.ts";

export type LateDeps = ComponentDeps & {
  readonly identity: Pick<IdentityStore, "redirectsTo">;
  readonly now: number;
};

/** Everything the message says is so already, and was before its time: running it in its place would change nothing. */
function isSettled(graph: IdentityGraph, message: IdentityMessage): boolean {
  if (message.kind !== "event") return false;
  let owner: string | undefined;
  for (const identifier of [...message.persons, ...message.derived, ...message.devices]) {
    const link = linkAt(graph, identifier, message.at);
    if (!link || link.linkedAt > message.at || (owner !== undefined && link.profileId !== owner)) return false;
    if (message.proof !== "none" && message.persons.length > 0 && !link.verified) return false;
    owner = link.profileId;
  }
  return owner !== undefined && graph.profiles.has(owner);
}

/**
 * Limits that slide count by first sights: an earlier one may change what they allowed, or had still to allow.
 *
 * @returns how many identifiers the owners hold beside such a one; 0 = there is none
 */
function movesWindow(graph: IdentityGraph, message: IdentityMessage, owners: ReadonlySet<string>): number {
  let held = 0;
  for (const identifier of [...message.persons, ...message.devices]) {
    const link = linkAt(graph, identifier, message.at);
    if (namespaceOf(identifier.namespace).windowDays === undefined || !link || message.at >= link.firstSeenAt) continue;
    for (const profileId of owners)
      for (const other of graph.profiles.get(profileId)?.links ?? [])
        if (other.namespace === identifier.namespace && other.validTo === null) held += 1;
  }
  return held;
}

/**
 * A customer who was known before the first sight known so far: a device that names one of a kind of which a profile has few may
 * not have been that customer's, when both showed up together.
 */
function precedesLimited(
  graph: IdentityGraph,
  message: IdentityMessage,
  owners: ReadonlySet<string>,
  rules: IdentityRules,
): boolean {
  const [person] = message.persons;
  const link = person && linkAt(graph, person, message.at);
  if (!link || message.at >= link.firstSeenAt) return false;
  return [...owners].some((profileId) =>
    graph.profiles.get(profileId)?.links.some(({ namespace }) => {
      const { kind, unique, windowDays } = rules.namespaceOf(namespace);
      return namespace !== person.namespace && kind === "person" && (unique || windowDays === undefined);
    }),
  );
}

/** An id that an alias named turns out to have been somebody's before. */
function contradictsAlias(graph: IdentityGraph, message: IdentityMessage): boolean {
  return [...message.persons, ...message.devices].some(
    ({ namespace, value }) =>
      (namespace === "user_id" || namespace === "anonymous_id") &&
      graph.linksByKey.has(identifierKey({ namespace: previousNamespace, value })),
  );
}

/** What an alias says depends on whether the old id was known by then. */
function isAliasOfLater(graph: IdentityGraph, message: IdentityMessage, rules: IdentityRules): boolean {
  if (message.kind !== "alias") return false;
  return identifiersOf(message, rules).some((identifier) => {
    const first = graph.linksByKey.get(identifierKey(identifier))?.[0];
    return first !== undefined && first.firstSeenAt > message.at;
  });
}

/** One device and no person, not earlier than it was first seen: nearly every event of a visitor. */
function saysLittle(graph: IdentityGraph, message: IdentityMessage): boolean {
  const [device] = message.devices;
  if (message.persons.length > 0 || device === undefined || isEvidence(message)) return false;
  const link = linkAt(graph, device, message.at);
  return link === undefined || message.at >= link.firstSeenAt;
}

/** Whether a message must be put into its place among what is known already. */
function needsReplay(graph: IdentityGraph, message: IdentityMessage, rules: IdentityRules): boolean {
  if (saysLittle(graph, message) && !contradictsAlias(graph, message)) return false;
  const owners = new Set(ownersFrom(graph, message, rules));
  if (owners.size === 0) return false;
  const isTelling = isEvidence(message);
  const held = movesWindow(graph, message, owners);
  const isFirst = precedesLimited(graph, message, owners, rules);
  if (!isTelling && held === 0 && !isFirst && !contradictsAlias(graph, message)) return false;
  // One alone cannot have been kept away from anybody.
  if ((isTelling && held > 1) || isAliasOfLater(graph, message, rules)) return true;
  const position = positionOf(message);
  for (const profileId of owners)
    if ((graph.profiles.get(profileId)?.evidencePosition ?? "") > position)
      return held > 0 || isFirst || !isSettled(graph, message);
  return false;
}

/** The earliest event of each interval of each identifier, of this batch too. */
function firstSightsOf(graph: IdentityGraph, { keys, messages }: Component): readonly FirstSight[] {
  const sights = new Map<string, FirstSight>();
  const see = (key: string, at: number, verified: boolean): void => {
    const name = `${key}\u0001${at}`;
    sights.set(name, { key, at, verified: verified || (sights.get(name)?.verified ?? false) });
  };
  for (const key of keys)
    for (const link of graph.linksByKey.get(key) ?? [])
      if (link.profileId !== nobody && link.profileId !== quarantined && link.firstSeenAt < unknownSight)
        see(key, link.firstSeenAt, link.verified);
  for (const message of messages)
    for (const identifier of [...message.persons, ...message.devices])
      see(identifierKey(identifier), message.at, message.proof === "all");
  return [...sights.values()];
}

const versionsOf = (graph: IdentityGraph) =>
  new Map([...graph.profiles.values()].map((profile) => [profile.profileId, profile.version]));

export type LoadedBatch = {
  readonly graph: IdentityGraph;
  /** Messages whose place in the graph is settled: their owner is found by time. */
  readonly settled: ReadonlySet<IdentityMessage>;
  /** Versions of the profiles as they were read. */
  readonly versions: ReadonlyMap<string, number>;
};

function ownersOf(graph: IdentityGraph, keys: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...keys].flatMap((key) => (graph.linksByKey.get(key) ?? []).map((link) => link.profileId)));
}

/** Puts the late messages of a batch into their place. */
async function replayLate(
  late: readonly IdentityMessage[],
  batch: readonly IdentityMessage[],
  base: ReadonlyMap<string, Identifier>,
  deps: LateDeps,
): Promise<LoadedBatch> {
  const { graph, components, tooLarge } = await loadComponents(late, batch, base, deps);
  const versions = versionsOf(graph);
  const isLate = new Set(late);
  const settled = new Set<IdentityMessage>();
  const owners = components.map(({ keys }) => ownersOf(graph, keys));
  const redirects = new Map<string, Redirect[]>();
  for (const redirect of await deps.identity.redirectsTo([...new Set(owners.flatMap((ids) => [...ids]))])) {
    const list = redirects.get(redirect.survivorId);
    if (list) list.push(redirect);
    else redirects.set(redirect.survivorId, [redirect]);
  }
  for (const [index, component] of components.entries()) {
    const messages = component.messages.filter((message) => isEvidence(message) || isLate.has(message));
    const fresh = replayIdentity(
      {
        evidence: component.evidence,
        messages,
        firstSights: firstSightsOf(graph, component),
        rules: deps.rules,
      },
      (namespace) => namespaceOf(namespace).kind === "person",
    );
    applyReplay(graph, fresh, {
      keys: component.keys,
      redirects: [...(owners[index] ?? [])].flatMap((profileId) => redirects.get(profileId) ?? []),
      messageIds: new Set(messages.map(({ messageId }) => messageId)),
      at: deps.now,
    });
    for (const message of messages) settled.add(message);
  }
  for (const { messageId } of tooLarge)
    graph.log.push({
      at: deps.now,
      messageId,
      action: "refuse",
      profileIds: [],
      identifier: null,
      rule: "component_too_large",
    });
  return { graph, settled, versions };
}

const noMessages: ReadonlySet<IdentityMessage> = new Set();

/** The graph around the messages of a batch, with what came late put into its place. */
export async function loadBatch(messages: readonly IdentityMessage[], deps: LateDeps): Promise<LoadedBatch> {
  const identifiers = new Map<string, Identifier>();
  for (const message of messages)
    for (const identifier of identifiersOf(message, deps.rules)) identifiers.set(identifierKey(identifier), identifier);
  const graph = await deps.load(identifiers);
  const late = messages.filter((message) => needsReplay(graph, message, deps.rules));
  if (late.length === 0) return { graph, settled: noMessages, versions: versionsOf(graph) };
  return replayLate(late, messages, identifiers, deps);
}
