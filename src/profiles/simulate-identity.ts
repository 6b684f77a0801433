// The graph that messages would lead to, on nothing but themselves; writes nothing.
import { type CanonicalEvent, readEvent } from "../collect/index.ts";
import { createIdentityGraph, finalSurvivor, ownedIdentifiers } from "./identity-graph.ts";
import { compareMessages, type IdentityMessage, toMessage } from "./identity-message.ts";
import { createIdentityRules, defaultIdentitySettings, type IdentitySettings } from "./identity-rules.ts";
import { resolveIdentity } from "./resolve-identity.ts";

export type SimulationInput = {
  readonly rules?: Partial<IdentitySettings>;
  /** Native events; `trusted: false` makes one a browser's claim. Without a timestamp they follow each other by a second. */
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  readonly now: number;
};

export type Simulation = {
  readonly profiles: readonly {
    readonly profile: string;
    readonly identifiers: readonly {
      readonly namespace: string;
      readonly value: string;
      readonly validFrom: string | null;
      readonly validTo: string | null;
      readonly verified: boolean;
    }[];
    readonly messages: readonly string[];
  }[];
  readonly nobody: readonly string[];
  readonly rejected: readonly { readonly index: number; readonly code: string; readonly message: string }[];
  readonly log: readonly {
    readonly messageId: string;
    readonly action: string;
    readonly profiles: readonly string[];
    readonly namespace: string | null;
    readonly value: string | null;
    readonly rule: string;
  }[];
};

const stepMs = 1_000;

function readAll({ messages, now }: SimulationInput) {
  const events: CanonicalEvent[] = [];
  const rejected: { index: number; code: string; message: string }[] = [];
  const start = now - messages.length * stepMs;
  for (const [index, { trusted, ...raw }] of messages.entries()) {
    const isTrusted = trusted !== false;
    const receivedAt = start + index * stepMs;
    const result = readEvent(
      { messageId: `message-${index + 1}`, ...raw },
      {
        sourceId: "simulation",
        sourceKind: isTrusted ? "server" : "native",
        trusted: isTrusted,
        provenCustomerId: null,
        receivedAt,
        sentAt: undefined,
        bounds: { maxAgeMs: 0, correctByDelay: false },
        defaultStoreView: "default",
      },
    );
    if (result.ok) events.push(result.event);
    else rejected.push({ index, code: result.code, message: result.message });
  }
  return { events, rejected };
}

const iso = (ms: number | null): string | null => (ms === null || ms === 0 ? null : new Date(ms).toISOString());

/**
 * Runs messages in order of their time.
 *
 * @throws {RegexFault} for a blocked pattern that the safe engine refuses
 */
export function simulateIdentity(input: SimulationInput): Simulation {
  const rules = createIdentityRules({ settings: { ...defaultIdentitySettings, ...input.rules } });
  const { events, rejected } = readAll(input);
  const nobody: string[] = [];
  const messages: IdentityMessage[] = [];
  for (const event of events) {
    const message = toMessage(event, rules);
    if (message) messages.push(message);
    else nobody.push(event.messageId);
  }
  const graph = createIdentityGraph([], [], new Set(), (state) => state);
  const owners = new Map<string, string>();
  for (const message of messages.sort(compareMessages)) {
    const profile = resolveIdentity(graph, message, rules);
    if (profile) owners.set(message.messageId, profile.profileId);
    else nobody.push(message.messageId);
  }
  const names = new Map<string, string>();
  const nameOf = (profileId: string): string => {
    const id = finalSurvivor(graph, profileId);
    const name = names.get(id) ?? `p${names.size + 1}`;
    names.set(id, name);
    return name;
  };
  for (const profileId of owners.values()) nameOf(profileId);
  return {
    profiles: [...graph.profiles.values()].map((profile) => ({
      profile: nameOf(profile.profileId),
      identifiers: ownedIdentifiers(profile.links).map(({ namespace, value, validFrom, validTo, verified }) => ({
        namespace,
        value,
        validFrom: iso(validFrom),
        validTo: iso(validTo),
        verified,
      })),
      messages: [...owners].flatMap(([messageId, owner]) =>
        finalSurvivor(graph, owner) === profile.profileId ? [messageId] : [],
      ),
    })),
    nobody,
    rejected,
    log: graph.log.map(({ messageId, action, profileIds, identifier, rule }) => ({
      messageId,
      action,
      profiles: [...new Set(profileIds.map(nameOf))],
      namespace: identifier?.namespace ?? null,
      value: identifier?.value ?? null,
      rule,
    })),
  };
}
