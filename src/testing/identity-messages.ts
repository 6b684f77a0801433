// Streams of messages for tests of the pure resolver.
import { type CanonicalEvent, type Identifier, namespaceOf } from "../collect/index.ts";
import { createIdentityGraph, finalSurvivor, type IdentityGraph } from "../profiles/identity-graph.ts";
import { toMessage } from "../profiles/identity-message.ts";
import { type IdentityRules, plainRules } from "../profiles/identity-rules.ts";
import { resolveIdentity } from "../profiles/resolve-identity.ts";
import { anEvent } from "./builders.ts";

export const start = 1_760_000_000_000;
export const day = 86_400_000;
export const emptyGraph = () => createIdentityGraph([], [], new Set());

export type Who = {
  readonly user?: string;
  readonly email?: string;
  readonly device?: string;
  readonly others?: readonly Identifier[];
};

/** An event of somebody; trusted unless `claimed`. */
export function said(
  at: number,
  { user, email, device, others = [] }: Who,
  more: Partial<CanonicalEvent> = {},
): CanonicalEvent {
  const identifiers = [
    ...(user ? [{ namespace: "user_id", value: user }] : []),
    ...(email ? [{ namespace: "email", value: email }] : []),
    ...(device ? [{ namespace: "anonymous_id", value: device }] : []),
    ...others,
  ].sort((a, b) => namespaceOf(a.namespace).priority - namespaceOf(b.namespace).priority);
  return { ...anEvent({ at: start + at, verified: true, sourceKind: "server" }), identifiers, ...more };
}
/** Of a browser that proves nothing. */
export const claimed = { verified: false, sourceKind: "native" } as const;
export const alias = (at: number, user: string, previousId: string) =>
  said(at, { user }, { type: "alias", properties: { previousId } });

/** Runs events in order; returns the profile of each, after all merges; empty = nobody's. */
export function resolveAll(
  graph: IdentityGraph,
  events: readonly CanonicalEvent[],
  rules: IdentityRules = plainRules,
): string[] {
  const ids = events.map((event) => {
    const message = toMessage(event, rules);
    return (message && resolveIdentity(graph, message, rules)?.profileId) ?? "";
  });
  return ids.map((id) => finalSurvivor(graph, id));
}

export function heldBy(graph: IdentityGraph, profileId: string | undefined): string[] {
  const profile = graph.profiles.get(profileId ?? "");
  return (profile?.links ?? [])
    .filter((link) => link.validTo === null && link.namespace !== "email_sha256")
    .map((link) => `${link.namespace} ${link.value}`)
    .sort();
}
export const rulesOf = (graph: IdentityGraph) => graph.log.map(({ action, rule }) => `${action} ${rule}`);
export const device = (value: string): Identifier => ({ namespace: "anonymous_id", value });
