// A message that can change the graph came after newer ones: the part of the graph around it is worked out anew from its evidence,
// in order, and what differs is changed. Messages in order of their time never get here.
import { type Identifier, namespaceOf } from "../collect/index.ts";
import { applyReplay } from "./apply-replay.ts";
import { type IdentityGraph, linkAt, nobody, quarantined, unknownSight } from "./identity-graph.ts";
import {
  type IdentityMessage,
  identifierKey,
  identifierOfKey,
  identifiersOf,
  isEvidence,
  messageOf,
  positionOf,
  previousNamespace,
} from "./identity-message.ts";
import type { IdentityRules } from "./identity-rules.ts";
import { type FirstSight, replayIdentity, type StoredEvidence } from "./replay-identity.ts";
import { ownersFrom } from "./resolve-identity.ts";
import type { IdentityStore } from "./store-identity.ts";

/** Bounds of what is run again; beyond them the message is taken as if it had come in order. */
const maxKeys = 1_000;
const maxRows = 10_000;
const maxRounds = 30;

export type LateDeps = {
  readonly identity: Pick<IdentityStore, "evidenceOf" | "redirectsTo">;
  readonly load: (identifiers: ReadonlyMap<string, Identifier>) => Promise<IdentityGraph>;
  readonly rules: IdentityRules;
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

/** Whether a message must be put into its place among what is known already. */
function needsReplay(graph: IdentityGraph, message: IdentityMessage, rules: IdentityRules): boolean {
  const owners = new Set(ownersFrom(graph, message, rules));
  if (owners.size === 0) return false;
  const isTelling = isEvidence(message);
  const held = movesWindow(graph, message, owners);
  if (!isTelling && held === 0 && !contradictsAlias(graph, message)) return false;
  // One alone cannot have been kept away from anybody.
  if ((isTelling && held > 1) || isAliasOfLater(graph, message, rules)) return true;
  const position = positionOf(message);
  for (const profileId of owners)
    if ((graph.profiles.get(profileId)?.evidencePosition ?? "") > position)
      return held > 0 || !isSettled(graph, message);
  return false;
}

function keysOf(message: IdentityMessage, rules: IdentityRules): readonly string[] {
  return identifiersOf(message, rules).map(identifierKey);
}

/** Keys of evidence with what follows from them. */
function keysOfRow(row: StoredEvidence, rules: IdentityRules): readonly string[] {
  return row.isCheckpoint ? row.keys : [...row.keys, ...keysOf(messageOf(row.body as IdentityMessage), rules)];
}

type Component = {
  readonly graph: IdentityGraph;
  readonly keys: ReadonlySet<string>;
  readonly evidence: readonly StoredEvidence[];
  readonly messages: readonly IdentityMessage[];
};

/**
 * The graph with everything that hangs together with the message by evidence or by a profile. The graph is read before the
 * evidence: a writer in between has changed the version of a profile, which is noticed at the end.
 *
 * @returns undefined when that is more than the bounds
 */
async function loadComponent(
  start: IdentityMessage,
  batch: readonly IdentityMessage[],
  base: ReadonlyMap<string, Identifier>,
  deps: LateDeps,
): Promise<Component | undefined> {
  const keys = new Set(keysOf(start, deps.rules));
  for (let round = 0; round < maxRounds; round += 1) {
    const before = keys.size;
    const wanted = new Map(base);
    for (const key of keys) wanted.set(key, identifierOfKey(key));
    const graph = await deps.load(wanted);
    const evidence = await deps.identity.evidenceOf([...keys], maxRows + 1);
    if (evidence.length > maxRows) return undefined;
    for (const row of evidence) for (const key of keysOfRow(row, deps.rules)) keys.add(key);
    const messages = batch.filter((message) => keysOf(message, deps.rules).some((key) => keys.has(key)));
    for (const message of messages) for (const key of keysOf(message, deps.rules)) keys.add(key);
    for (const key of [...keys])
      for (const { profileId } of graph.linksByKey.get(key) ?? [])
        for (const link of graph.profiles.get(profileId)?.links ?? []) keys.add(identifierKey(link));
    if (keys.size > maxKeys) return undefined;
    if (keys.size === before) return { graph, keys, evidence, messages };
  }
  return undefined;
}

/** The earliest event of each interval of each identifier, of this batch too. */
function firstSightsOf({ graph, keys, messages }: Component): readonly FirstSight[] {
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

export type LoadedBatch = {
  readonly graph: IdentityGraph;
  /** Messages whose place in the graph is settled: their owner is found by time. */
  readonly settled: ReadonlySet<IdentityMessage>;
  /** Versions of the profiles as they were read. */
  readonly versions: ReadonlyMap<string, number>;
  /** Somebody wrote between two reads: the batch must be worked out again. */
  readonly isOutdated: boolean;
};

const versionsOf = (graph: IdentityGraph) =>
  new Map([...graph.profiles.values()].map((profile) => [profile.profileId, profile.version]));

/**
 * Puts the late messages of a batch into their place.
 *
 * @param base identifiers of the whole batch
 */
async function replayLate(
  graph: IdentityGraph,
  late: readonly IdentityMessage[],
  batch: readonly IdentityMessage[],
  base: ReadonlyMap<string, Identifier>,
  deps: LateDeps,
): Promise<LoadedBatch> {
  const settled = new Set<IdentityMessage>();
  const components: Component[] = [];
  const tooLarge: IdentityMessage[] = [];
  const known = new Map(base);
  for (const message of late) {
    if (settled.has(message)) continue;
    const component = await loadComponent(message, batch, known, deps);
    if (!component) {
      tooLarge.push(message);
      continue;
    }
    components.push(component);
    for (const key of component.keys) known.set(key, identifierOfKey(key));
    for (const other of component.messages) if (isEvidence(other) || other === message) settled.add(other);
  }
  // Each component was loaded with all that came before it: the last graph holds them all.
  const all = components.at(-1)?.graph ?? graph;
  const versions = versionsOf(all);
  const isOutdated = components.some((component) =>
    [...versionsOf(component.graph)].some(([profileId, version]) => versions.get(profileId) !== version),
  );
  for (const component of components) {
    const { keys, evidence, messages } = component;
    const isIn = (message: IdentityMessage) => isEvidence(message) || late.includes(message);
    const fresh = replayIdentity(
      {
        evidence,
        messages: messages.filter(isIn),
        firstSights: firstSightsOf({ ...component, graph: all }),
        rules: deps.rules,
      },
      (namespace) => namespaceOf(namespace).kind === "person",
    );
    const owners = new Set([...keys].flatMap((key) => (all.linksByKey.get(key) ?? []).map((link) => link.profileId)));
    applyReplay(all, fresh, {
      keys,
      redirects: await deps.identity.redirectsTo([...owners]),
      messageIds: new Set(messages.filter(isIn).map(({ messageId }) => messageId)),
      at: deps.now,
    });
  }
  for (const message of tooLarge)
    all.log.push({
      at: deps.now,
      messageId: message.messageId,
      action: "refuse",
      profileIds: [],
      identifier: null,
      rule: "component_too_large",
    });
  return { graph: all, settled, versions, isOutdated };
}

const noMessages: ReadonlySet<IdentityMessage> = new Set();

/** The graph around the messages of a batch, with what came late put into its place. */
export async function loadBatch(messages: readonly IdentityMessage[], deps: LateDeps): Promise<LoadedBatch> {
  const identifiers = new Map<string, Identifier>();
  for (const message of messages)
    for (const identifier of identifiersOf(message, deps.rules)) identifiers.set(identifierKey(identifier), identifier);
  const graph = await deps.load(identifiers);
  const late = messages.filter((message) => needsReplay(graph, message, deps.rules));
  if (late.length === 0) return { graph, settled: noMessages, versions: versionsOf(graph), isOutdated: false };
  return replayLate(graph, late, messages, identifiers, deps);
}
