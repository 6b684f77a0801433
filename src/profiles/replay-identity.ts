// The identity graph from nothing but its evidence, in order of time: what the graph is by definition (profiles-and-journeys H.2).
import type { Identifier } from "../collect/index.ts";
import {
  addProfile,
  type Checkpoint,
  createIdentityGraph,
  type Evidence,
  type IdentityGraph,
  type Link,
} from "./identity-graph.ts";
import {
  compareMessages,
  type IdentityMessage,
  identifierKey,
  identifierOfKey,
  messageOf,
  previousNamespace,
} from "./identity-message.ts";
import type { IdentityRules } from "./identity-rules.ts";
import { resolveIdentity } from "./resolve-identity.ts";

/** Evidence as it is stored, in the order in which it was written. */
export type StoredEvidence = Evidence & { readonly evidenceId: number };

export type ReplayInput = {
  readonly evidence: readonly StoredEvidence[];
  /** Messages that are not stored yet. */
  readonly messages: readonly IdentityMessage[];
  /** When each identifier was first seen in each of its intervals, also in events that are no evidence, and whether that proved it. */
  readonly firstSights: readonly FirstSight[];
  readonly rules: IdentityRules;
};

export type FirstSight = { readonly key: string; readonly at: number; readonly verified: boolean };

const isCheckpoint = (row: StoredEvidence): row is StoredEvidence & { readonly body: Checkpoint } => row.isCheckpoint;

/** The newest checkpoint of each key. */
function checkpointsByKey(evidence: readonly StoredEvidence[]) {
  const newest = new Map<string, StoredEvidence & { readonly body: Checkpoint }>();
  for (const row of evidence) {
    if (!isCheckpoint(row)) continue;
    for (const key of row.keys) if ((newest.get(key)?.evidenceId ?? -1) < row.evidenceId) newest.set(key, row);
  }
  return newest;
}

function seedGraph(graph: IdentityGraph, newest: ReturnType<typeof checkpointsByKey>): void {
  for (const row of new Set(newest.values())) {
    const created = new Map(row.body.profiles.map((profile) => [profile.profileId, profile]));
    for (const stored of row.body.links) {
      const key = identifierKey(stored);
      if (newest.get(key) !== row) continue;
      const link: Link = { ...stored };
      const known = created.get(link.profileId);
      if (known) {
        const profile = graph.profiles.get(link.profileId) ?? addProfile(graph, known.createdAt, known.profileId);
        profile.mergeCount = known.mergeCount;
        profile.links.push(link);
      }
      const list = graph.linksByKey.get(key);
      if (list) list.push(link);
      else graph.linksByKey.set(key, [link]);
    }
  }
  for (const list of graph.linksByKey.values()) list.sort((a, b) => a.validFrom - b.validFrom);
}

/** A first sight that no evidence tells of, as the message that it was. */
function sightOf(identifier: Identifier, { at, verified }: FirstSight, isPerson: boolean): IdentityMessage {
  return messageOf({
    kind: "event",
    at,
    // Before any message of the same instant.
    receivedAt: 0,
    messageId: "",
    sourceId: "",
    persons: isPerson ? [identifier] : [],
    devices: isPerson ? [] : [identifier],
    proof: isPerson && verified ? "all" : "none",
  });
}

/** First sights that no message tells of. */
function sightsOf(
  firstSights: readonly FirstSight[],
  messages: readonly IdentityMessage[],
  isPerson: (namespace: string) => boolean,
): readonly IdentityMessage[] {
  const told = new Set<string>();
  const tell = (message: IdentityMessage): void => {
    for (const identifier of [...message.persons, ...message.derived, ...message.devices])
      told.add(`${identifierKey(identifier)}\u0001${message.at}`);
  };
  for (const message of messages) tell(message);
  const sights: IdentityMessage[] = [];
  // Addresses before their hashes, which follow from them.
  const isHash = ({ key }: FirstSight) => Number(key.startsWith("email_sha256\u0001"));
  for (const sight of [...firstSights].sort((a, b) => isHash(a) - isHash(b))) {
    const identifier = identifierOfKey(sight.key);
    // What an alias left behind follows from the alias.
    if (identifier.namespace === previousNamespace || told.has(`${sight.key}\u0001${sight.at}`)) continue;
    const message = sightOf(identifier, sight, isPerson(identifier.namespace));
    tell(message);
    sights.push(message);
  }
  return sights;
}

function messagesOf(input: ReplayInput, newest: ReturnType<typeof checkpointsByKey>): readonly IdentityMessage[] {
  const messages = new Map<string, IdentityMessage>();
  for (const row of input.evidence) {
    if (isCheckpoint(row)) continue;
    // The checkpoint stands for it.
    if (row.keys.some((key) => (newest.get(key)?.evidenceId ?? -1) > row.evidenceId)) continue;
    const message = messageOf(row.body as IdentityMessage);
    messages.set(`${message.sourceId}\u0001${message.messageId}`, message);
  }
  for (const message of input.messages) messages.set(`${message.sourceId}\u0001${message.messageId}`, message);
  return [...messages.values()];
}

/**
 * Runs evidence in order of time on an empty graph.
 *
 * @param isPerson whether a namespace is one of persons
 * @returns the graph; ids of its profiles are new but for those of a checkpoint
 */
export function replayIdentity(input: ReplayInput, isPerson: (namespace: string) => boolean): IdentityGraph {
  // States are worked out afterwards, where the graph changed.
  const graph = createIdentityGraph([], [], new Set(), (survivor) => survivor);
  const newest = checkpointsByKey(input.evidence);
  seedGraph(graph, newest);
  const told = messagesOf(input, newest);
  const firstSights = input.firstSights.filter(({ key }) => !newest.has(key));
  const messages = [...told, ...sightsOf(firstSights, told, isPerson)].sort(compareMessages);
  for (const message of messages) resolveIdentity(graph, message, input.rules);
  return graph;
}
