// What is kept of a person's messages, as the simulation takes them, and which source named each identifier first.
import type { Identifier } from "../collect/index.ts";
import { hashOfEmail, type IdentityMessage, identifierKey } from "./identity-message.ts";
import type { StoredEvidence } from "./replay-identity.ts";

/** A native event with the source it came from; `trusted` as the simulation reads it. */
export type KeptMessage = {
  readonly messageId: string;
  readonly type: "event" | "signOut" | "alias";
  readonly timestamp: string;
  readonly sourceId: string;
  readonly trusted: boolean | "customerId";
  readonly customerId?: string;
  readonly identifiers: readonly Identifier[];
  readonly properties?: { readonly previousId: string };
};

export type FirstNamed = Identifier & { readonly sourceId: string; readonly at: string };

/** Made from a claim while it is read, see `toMessage`; it would be made again. */
const claimNamespace = "claim";

const trustOf: Readonly<Record<IdentityMessage["proof"], KeptMessage["trusted"]>> = {
  all: true,
  user: "customerId",
  none: false,
};

/** An address comes with its hash, which is not kept. */
function keysOf(identifier: Identifier): readonly string[] {
  const key = identifierKey(identifier);
  if (identifier.namespace !== "email") return [key];
  return [key, identifierKey({ namespace: "email_sha256", value: hashOfEmail(identifier.value) })];
}

function toKeptMessage(message: IdentityMessage): KeptMessage {
  const customer = message.persons.find(({ namespace }) => namespace === "user_id");
  const others = [...message.persons, ...message.devices].filter(
    (identifier) => identifier !== customer && identifier.namespace !== claimNamespace,
  );
  return {
    messageId: message.messageId,
    type: message.kind,
    timestamp: new Date(message.at).toISOString(),
    sourceId: message.sourceId,
    trusted: trustOf[message.proof],
    ...(customer ? { customerId: customer.value } : {}),
    identifiers: others.map(({ namespace, value }) => ({ namespace, value })),
    ...(message.previousId === undefined ? {} : { properties: { previousId: message.previousId } }),
  };
}

/**
 * Messages in order of time.
 *
 * `isIncomplete`: somebody split or merged by hand, which no message tells, or there are more than `most`.
 */
export function keptMessages(
  evidence: readonly StoredEvidence[],
  own: readonly Identifier[],
  most: number,
): {
  readonly messages: readonly KeptMessage[];
  readonly firstNamed: readonly FirstNamed[];
  readonly isIncomplete: boolean;
} {
  const all = evidence
    .flatMap(({ body }) => ("kind" in body ? [body] : []))
    .sort((a, b) => a.at - b.at || a.receivedAt - b.receivedAt);
  const first = new Map<string, IdentityMessage>();
  for (const message of all)
    for (const identifier of [...message.persons, ...message.devices])
      for (const key of keysOf(identifier)) if (!first.has(key)) first.set(key, message);
  const unique = new Map(own.map((identifier) => [identifierKey(identifier), identifier]));
  return {
    messages: all.slice(0, most).map(toKeptMessage),
    firstNamed: [...unique].flatMap(([key, { namespace, value }]) => {
      const message = first.get(key);
      return message ? [{ namespace, value, sourceId: message.sourceId, at: new Date(message.at).toISOString() }] : [];
    }),
    isIncomplete: all.length > most || evidence.some(({ isCheckpoint }) => isCheckpoint),
  };
}
