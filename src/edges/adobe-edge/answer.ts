// The body of an answer: handles by type, in the order in which the Web SDK's own service sends them.
import type { JsonObject } from "../../kernel/index.ts";
import { decodeIdentityCookie, encodeIdentityCookie } from "./identity-cookie.ts";
import type { Proposition } from "./personalize.ts";
import type { Problem } from "./problems.ts";
import type { EdgeCall } from "./read-call.ts";
import type { CallIdentity } from "./resolve-ecid.ts";
import { type StateEntry, stateEntry } from "./state.ts";

/** One region: the hint comes back as a path segment and means nothing to us. */
export const locationHint = "cl1";
const hintSeconds = 1_800;
/** An identity entry is written anew once a day, so that it never ends for somebody who comes back. */
const rewriteMs = 24 * 3_600_000;

export type Handle = { readonly type: string; readonly payload: readonly unknown[]; readonly eventIndex?: number };

export type AnswerParts = {
  readonly call: EdgeCall;
  readonly identity: CallIdentity;
  readonly nowMs: number;
  readonly consent?: "in" | "out" | undefined;
  /** By event: an empty list answers a question to which there is nothing to show. */
  readonly propositions?: readonly { readonly eventIndex: number; readonly payload: readonly Proposition[] }[];
  readonly activation?: JsonObject | undefined;
  readonly warnings?: readonly Problem[];
  readonly errors?: readonly Problem[];
  /** Nothing but identity and consent: the browser opted out. */
  readonly isSilent?: boolean;
};

export type Answer = {
  readonly requestId: string;
  readonly handle: readonly Handle[];
  readonly warnings?: readonly Problem[];
  readonly errors?: readonly Problem[];
};

function identityEntries({ call, identity, nowMs }: AnswerParts): readonly StateEntry[] {
  const { ecid, source } = identity;
  if (ecid === undefined) return [];
  return call.orgs.flatMap((org) => {
    const kept = decodeIdentityCookie(call.state.valueOf(org, "identity") ?? "");
    if (kept && nowMs - kept.writtenAt < rewriteMs) return [];
    const fresh = { ecid, source, createdAt: nowMs, writtenAt: nowMs };
    return [
      stateEntry(org, "identity", encodeIdentityCookie(kept ? { ...kept, writtenAt: nowMs } : fresh, locationHint)),
    ];
  });
}

function stateEntries(parts: AnswerParts): readonly StateEntry[] {
  const { call, consent, isSilent } = parts;
  if (!call.keepsState) return [];
  const consents =
    consent === undefined ? [] : call.orgs.map((org) => stateEntry(org, "consent", `general=${consent}`));
  if (isSilent) return consents;
  return [...identityEntries(parts), ...call.orgs.map((org) => stateEntry(org, "cluster", locationHint)), ...consents];
}

/** The answer of interact, identity/acquire and set-consent. */
export function toAnswer(parts: AnswerParts): Answer {
  const { call, identity, activation, warnings = [], errors = [], isSilent } = parts;
  const handle: Handle[] = [];
  if (identity.ecid !== undefined && call.asksForEcid)
    handle.push({ type: "identity:result", payload: [{ id: identity.ecid, namespace: { code: "ECID" } }] });
  if (!isSilent)
    handle.push({
      type: "locationHint:result",
      payload: [{ scope: "EdgeNetwork", hint: locationHint, ttlSeconds: hintSeconds }],
    });
  for (const { eventIndex, payload } of parts.propositions ?? [])
    handle.push({ type: "personalization:decisions", eventIndex, payload });
  if (activation) handle.push({ type: "activation:pull", payload: [activation] });
  const entries = stateEntries(parts);
  if (entries.length > 0) handle.push({ type: "state:store", payload: entries });
  return {
    requestId: call.requestId,
    handle,
    ...(warnings.length > 0 ? { warnings } : {}),
    ...(errors.length > 0 ? { errors } : {}),
  };
}
