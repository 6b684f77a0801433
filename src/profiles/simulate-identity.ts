// The graph that messages would lead to, on nothing but themselves; writes nothing.

import { type CanonicalEvent, readEvent } from "../collect/index.ts";
import { plainText } from "../kernel/index.ts";
import {
  createIdentityGraph,
  finalSurvivor,
  type IdentityGraph,
  type IdentityLogEntry,
  ownedIdentifiers,
} from "./identity-graph.ts";
import { compareMessages, type IdentityMessage, toMessage } from "./identity-message.ts";
import { createIdentityRules, defaultIdentitySettings, type IdentitySettings } from "./identity-rules.ts";
import { resolveIdentity } from "./resolve-identity.ts";

export type SimulationInput = {
  readonly rules?: Partial<IdentitySettings>;
  /**
   * Native events; `trusted: false` makes one a browser's claim, `"customerId"` one with a proven customer id and claims beside
   * it. Without a timestamp they follow each other by a second.
   */
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  readonly now: number;
};

type SimulatedDecision = {
  readonly action: string;
  readonly profiles: readonly string[];
  readonly namespace: string | null;
  readonly value: string | null;
  readonly rule: string;
};

/** One message, in order of time, with what it decided. */
export type SimulatedStep = {
  readonly messageId: string;
  readonly type: string;
  readonly at: string;
  /** Whose message it is once it is read; null: nobody's. */
  readonly profile: string | null;
  readonly decisions: readonly SimulatedDecision[];
  /** What the profiles of this step hold after it: the first 20 identifiers, and how many more. */
  readonly after: readonly {
    readonly profile: string;
    readonly identifiers: readonly { readonly namespace: string; readonly value: string }[];
    readonly more: number;
  }[];
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
  /** Profiles that ended in another have names of their own here, which come after those of `profiles`. */
  readonly steps: readonly SimulatedStep[];
};

const shownIdentifiers = 20;
const stepMs = 1_000;

function readAll({ messages, now }: SimulationInput) {
  const events: CanonicalEvent[] = [];
  const rejected: { index: number; code: string; message: string }[] = [];
  const start = now - messages.length * stepMs;
  for (const [index, { trusted, ...raw }] of messages.entries()) {
    const isProven = trusted === "customerId";
    const isTrusted = trusted !== false && !isProven;
    const receivedAt = start + index * stepMs;
    const result = readEvent(
      { messageId: `message-${index + 1}`, ...raw },
      {
        sourceId: "simulation",
        sourceKind: isTrusted ? "server" : "native",
        trusted: isTrusted,
        provenCustomerId: isProven ? plainText(raw["customerId"] ?? "").trim() || null : null,
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

/** What one message did, with ids for names: those that stay are only known at the end. */
type Traced = {
  readonly event: CanonicalEvent;
  readonly profileId: string | null;
  readonly log: readonly IdentityLogEntry[];
  readonly after: SimulatedStep["after"];
};

function holdings(graph: IdentityGraph, profileIds: Iterable<string>): SimulatedStep["after"] {
  const touched = new Set([...profileIds].map((profileId) => finalSurvivor(graph, profileId)));
  return [...touched].flatMap((profileId) => {
    const open = graph.profiles.get(profileId)?.links.filter(({ validTo }) => validTo === null);
    if (!open) return [];
    const identifiers = open.slice(0, shownIdentifiers).map(({ namespace, value }) => ({ namespace, value }));
    return [{ profile: profileId, identifiers, more: open.length - identifiers.length }];
  });
}

/** p1, p2 … in the order they are asked for. */
function createNames(): (profileId: string) => string {
  const names = new Map<string, string>();
  return (profileId) => {
    const name = names.get(profileId) ?? `p${names.size + 1}`;
    names.set(profileId, name);
    return name;
  };
}

function toStep({ event, profileId, log, after }: Traced, nameOf: (profileId: string) => string): SimulatedStep {
  return {
    messageId: event.messageId,
    type: event.originalName,
    at: new Date(event.timestamp).toISOString(),
    profile: profileId === null ? null : nameOf(profileId),
    decisions: log.map(({ action, profileIds, identifier, rule }) => ({
      action,
      profiles: profileIds.map(nameOf),
      namespace: identifier?.namespace ?? null,
      value: identifier?.value ?? null,
      rule,
    })),
    after: after.map((one) => ({ ...one, profile: nameOf(one.profile) })),
  };
}

/**
 * Runs messages in order of their time.
 *
 * @throws {RegexFault} for a blocked pattern that the safe engine refuses
 */
export function simulateIdentity(input: SimulationInput): Simulation {
  const rules = createIdentityRules({ settings: { ...defaultIdentitySettings, ...input.rules } });
  const { events, rejected } = readAll(input);
  const nobody: string[] = [];
  const traced: Traced[] = [];
  const messages: { readonly event: CanonicalEvent; readonly message: IdentityMessage }[] = [];
  for (const event of events) {
    const message = toMessage(event, rules);
    if (message) messages.push({ event, message });
    else {
      nobody.push(event.messageId);
      traced.push({ event, profileId: null, log: [], after: [] });
    }
  }
  const graph = createIdentityGraph([], [], new Set(), (state) => state);
  const owners = new Map<string, string>();
  for (const { event, message } of messages.sort((a, b) => compareMessages(a.message, b.message))) {
    const before = graph.log.length;
    const profile = resolveIdentity(graph, message, rules);
    if (profile) owners.set(message.messageId, profile.profileId);
    else nobody.push(message.messageId);
    const log = graph.log.slice(before);
    const touched = [...(profile ? [profile.profileId] : []), ...log.flatMap(({ profileIds }) => profileIds)];
    traced.push({ event, profileId: profile?.profileId ?? null, log, after: holdings(graph, touched) });
  }
  const nameOf = createNames();
  const finalNameOf = (profileId: string): string => nameOf(finalSurvivor(graph, profileId));
  for (const profileId of owners.values()) finalNameOf(profileId);
  const profiles = [...graph.profiles.values()].map((profile) => ({
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
  }));
  return {
    profiles,
    nobody,
    rejected,
    log: graph.log.map(({ messageId, action, profileIds, identifier, rule }) => ({
      messageId,
      action,
      profiles: [...new Set(profileIds.map(finalNameOf))],
      namespace: identifier?.namespace ?? null,
      value: identifier?.value ?? null,
      rule,
    })),
    steps: traced
      .sort((a, b) => a.event.timestamp - b.event.timestamp || a.event.receivedAt - b.event.receivedAt)
      .map((one) => toStep(one, nameOf)),
  };
}
