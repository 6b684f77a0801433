// What identity resolution reads of an event, small enough to be kept as evidence; and which of its identifiers decides to whom the
// event belongs. The latter is a pure function of the event, so that the event store can file it before anybody resolves it.
import { type CanonicalEvent, type Identifier, isTrustedSource, namespaceOf } from "../collect/index.ts";
import { sha256Hex } from "../kernel/index.ts";
import type { IdentityRules } from "./identity-rules.ts";

export type IdentityMessage = {
  readonly kind: "event" | "signOut" | "alias";
  readonly at: number;
  readonly receivedAt: number;
  readonly messageId: string;
  readonly sourceId: string;
  /** Strongest first. */
  readonly persons: readonly Identifier[];
  /** Hashes of the addresses among the persons. */
  readonly derived: readonly Identifier[];
  /** Strongest first. */
  readonly devices: readonly Identifier[];
  /**
   * What the sender proved: `all` = a trusted source said it; `user` = an identity token names the customer, the rest is a claim of
   * the browser; `none` = all of it is.
   */
  readonly proof: "all" | "user" | "none";
  /** Of an alias. */
  readonly previousId?: string;
};

export function identifierKey({ namespace, value }: Identifier): string {
  return `${namespace}\u0001${value}`;
}

export function identifierOfKey(key: string): Identifier {
  const at = key.indexOf("\u0001");
  return { namespace: key.slice(0, at), value: key.slice(at + 1) };
}

export const previousNamespace = "user_id:previous";
const none: readonly Identifier[] = Object.freeze([]);
const maxPreviousLength = 512;

/** The hash under which Adobe's clients send an address (events.md 2.1). */
export function hashOfEmail(email: string): string {
  return sha256Hex(email);
}

function hashesOf(persons: readonly Identifier[]): readonly Identifier[] {
  let hashes: Identifier[] | undefined;
  for (const { namespace, value } of persons) {
    if (namespace !== "email") continue;
    const hash = { namespace: "email_sha256", value: hashOfEmail(value) };
    if (persons.some((person) => person.namespace === "email_sha256" && person.value === hash.value)) continue;
    hashes ??= [];
    hashes.push(hash);
  }
  return hashes ?? none;
}

function proofOf(event: CanonicalEvent): IdentityMessage["proof"] {
  if (!event.verified) return "none";
  // An address beside an identity token is still typed by anybody.
  return isTrustedSource(event) ? "all" : "user";
}

/** Completes what is kept of a message. */
export function messageOf(kept: Omit<IdentityMessage, "derived">): IdentityMessage {
  return { ...kept, derived: hashesOf(kept.persons) };
}

/** The identity side of an event; undefined when it names nobody. */
export function toMessage(event: CanonicalEvent, rules: IdentityRules): IdentityMessage | undefined {
  const persons: Identifier[] = [];
  const devices: Identifier[] = [];
  for (const identifier of rules.identifiersOf(event)) {
    if (rules.isBlocked(identifier)) continue;
    (namespaceOf(identifier.namespace).kind === "person" ? persons : devices).push(identifier);
  }
  const [strongest] = persons;
  if (!strongest && devices.length === 0) return undefined;
  const proof = proofOf(event);
  // Neither proof nor device: a stranger who uses that name, whoever owns it.
  if (strongest && devices.length === 0 && !isProven(strongest, proof, rules) && strongest.namespace !== "user_id")
    devices.push({ namespace: "claim", value: `${strongest.namespace}:${strongest.value}` });
  const previousId = event.type === "alias" ? previousIdOf(event) : undefined;
  return {
    kind: previousId !== undefined ? "alias" : event.type === "signOut" ? "signOut" : "event",
    at: event.timestamp,
    receivedAt: event.receivedAt,
    messageId: event.messageId,
    sourceId: event.sourceId,
    persons,
    derived: strongest ? hashesOf(persons) : none,
    devices,
    proof,
    ...(previousId === undefined ? {} : { previousId }),
  };
}

function previousIdOf(event: CanonicalEvent): string | undefined {
  const given = event.properties["previousId"];
  const text = typeof given === "number" ? String(given) : given;
  if (typeof text !== "string") return undefined;
  const value = text.trim();
  return value === "" || Buffer.byteLength(value) > maxPreviousLength ? undefined : value;
}

/** Whether an identifier of a person may decide and merge, or is a mere claim. */
export function isProven(
  { namespace }: Identifier,
  proof: IdentityMessage["proof"],
  rules: Pick<IdentityRules, "emailIsUnique">,
): boolean {
  if (proof === "all") return true;
  if (namespace === "user_id") return proof === "user";
  return namespace === "email" && rules.emailIsUnique;
}

/** The person who decides where a message belongs; undefined = its devices decide. A customer id decides even as a claim. */
export function decidingPerson(
  message: Pick<IdentityMessage, "persons" | "proof">,
  rules: IdentityRules,
): Identifier | undefined {
  const [strongest] = message.persons;
  if (!strongest) return undefined;
  return strongest.namespace === "user_id" || isProven(strongest, message.proof, rules) ? strongest : undefined;
}

/** The key under which an event is stored and by which its profile is found, `namespace:value`; empty = nobody's. */
export function identityKeyOf(event: CanonicalEvent, rules: IdentityRules): string {
  const identifiers = rules.identifiersOf(event);
  const [only] = identifiers;
  // Most events name one device or one customer: nothing else could decide.
  if (only && identifiers.length === 1 && !rules.isBlocked(only)) {
    const { namespace, value } = only;
    if (namespace === "user_id" || namespaceOf(namespace).kind === "device") return `${namespace}:${value}`;
  }
  const message = toMessage(event, rules);
  if (!message) return "";
  const usable = (identifier: Identifier) => !rules.isQuarantined(identifier, message.at);
  const persons = message.persons.filter(usable);
  const deciding = decidingPerson({ persons, proof: message.proof }, rules);
  // Quarantined ones keep their key: the mapping says that they belong to nobody.
  const key = deciding ?? message.devices.find(usable) ?? message.persons[0] ?? message.devices[0];
  return key ? `${key.namespace}:${key.value}` : "";
}

/** Everything whose owner matters for a message. */
export function identifiersOf(
  message: IdentityMessage,
  rules: Pick<IdentityRules, "hasPrevious">,
): readonly Identifier[] {
  const all = [...message.persons, ...message.derived, ...message.devices];
  if (message.previousId !== undefined)
    for (const namespace of [previousNamespace, "user_id", "anonymous_id"])
      all.push({ namespace, value: message.previousId });
  if (rules.hasPrevious()) {
    for (const { namespace, value } of [...message.persons, ...message.devices])
      if (namespace === "user_id" || namespace === "anonymous_id") all.push({ namespace: previousNamespace, value });
  }
  return all;
}

/** Whether a message can change the graph beyond first sights: it names two, ends something, or proves what was a claim. */
export function isEvidence(message: IdentityMessage): boolean {
  if (message.kind !== "event" || message.persons.length + message.devices.length > 1) return true;
  const [only] = message.persons;
  return only !== undefined && only.namespace !== "user_id" && message.proof === "all";
}

const digits = 15;

/** Place of a message in the order of D.5 (time, receipt, message id), as a text that sorts like it. */
export function positionOf(message: Pick<IdentityMessage, "at" | "receivedAt" | "messageId">): string {
  const number = (value: number) => String(Math.max(0, Math.round(value))).padStart(digits, "0");
  return `${number(message.at)}.${number(message.receivedAt)}.${message.messageId}`;
}

export function compareMessages(a: IdentityMessage, b: IdentityMessage): number {
  return (
    a.at - b.at || a.receivedAt - b.receivedAt || (a.messageId < b.messageId ? -1 : a.messageId > b.messageId ? 1 : 0)
  );
}

/** What is kept of a message: its hashes follow from it. Aliases are found by everything that the old id may stand for. */
export function evidenceOf(message: IdentityMessage): {
  readonly keys: readonly string[];
  readonly body: IdentityMessage;
} {
  const keys = new Set([...message.persons, ...message.devices].map(identifierKey));
  if (message.kind === "alias")
    for (const identifier of identifiersOf(message, { hasPrevious: () => false }))
      if (!message.derived.includes(identifier)) keys.add(identifierKey(identifier));
  return { keys: [...keys], body: { ...message, derived: none } };
}
