// Entries into audiences and exits from them, told to other systems: whose a destination gets, and how each vocabulary says it.
import { type CanonicalEvent, namespaceOf } from "../../collect/index.ts";
import { type JsonObject, plainText } from "../../kernel/index.ts";
import type { AudienceCall, AudienceChoice, OutboxItem } from "./destination.ts";

/** An audience as people know it. */
export type AudienceName = { readonly key: string; readonly name: string };

/** An event that the audiences made, and the profile it is about. */
export type DerivedEvent = { readonly event: CanonicalEvent; readonly profileId: string };

const enteredType = "audienceEntered";
const transitionTypes: ReadonlySet<string> = new Set([enteredType, "audienceExited"]);

/** Whether an event has the name of a transition, which only our own may have: a browser's word for a membership is worth nothing. */
export function looksLikeTransition({ type }: CanonicalEvent): boolean {
  return transitionTypes.has(type);
}

/** Id of the audience of a transition. */
export function audienceIdOf({ properties }: CanonicalEvent): string {
  return plainText(properties["audienceId"] ?? "");
}

/**
 * Whether a destination wants the transitions of an audience, which it may name by id or key.
 *
 * @param key undefined for an audience that ended and whose key is not known here: then it may be one of those named
 */
export function wantsAudience(choice: AudienceChoice | undefined, id: string, key: string | undefined): boolean {
  if (choice === undefined || choice === "none") return false;
  if (choice === "all") return true;
  return choice.includes(id) || (key === undefined ? choice.length > 0 : choice.includes(key));
}

/** Strongest identifier first, as events of clients have them: the first one is primary in some vocabularies. */
function strongestFirst({ identifiers, ...event }: CanonicalEvent): CanonicalEvent {
  const priorityOf = ({ namespace }: { readonly namespace: string }) => namespaceOf(namespace).priority;
  return { ...event, identifiers: identifiers.toSorted((a, b) => priorityOf(a) - priorityOf(b)) };
}

/** What the outbox keeps of the derived events of a batch. */
export function transitionItems(
  derived: readonly DerivedEvent[],
  wants: (audienceId: string) => boolean,
): readonly OutboxItem[] {
  return derived.flatMap(({ event, profileId }): OutboxItem[] =>
    transitionTypes.has(event.type) && wants(audienceIdOf(event))
      ? [{ event: strongestFirst(event), profileId, isTransition: true }]
      : [],
  );
}

/** The transition with key and name of its audience, which its event does not hold. */
export function withAudienceName(item: OutboxItem, audience: AudienceName | undefined): OutboxItem {
  if (!audience) return item;
  const { audienceId, ...rest } = item.event.properties;
  const properties = {
    ...(audienceId === undefined ? {} : { audienceId }),
    audienceKey: audience.key,
    audienceName: audience.name,
    ...rest,
  };
  return { ...item, event: { ...item.event, properties } };
}

const hasEntered = ({ type }: CanonicalEvent) => type === enteredType;
const keyOf = (event: CanonicalEvent) => plainText(event.properties["audienceKey"] ?? audienceIdOf(event));

/** A track call "Audience Entered" or "Audience Exited", or an identify call with the audience's key as a trait that is true or false. */
export function toSegmentTransition(message: JsonObject, event: CanonicalEvent, call: AudienceCall): JsonObject {
  const { event: _name, properties: _properties, traits: _traits, ...shared } = message;
  const membership = { [keyOf(event)]: hasEntered(event) };
  if (call === "identify") return { ...shared, type: "identify", traits: membership };
  const { audienceName = null } = event.properties;
  return {
    ...shared,
    type: "track",
    event: hasEntered(event) ? "Audience Entered" : "Audience Exited",
    properties: {
      ...membership,
      audience_id: audienceIdOf(event),
      audience_key: keyOf(event),
      audience_name: audienceName,
    },
  };
}

/** XDM's segment membership; its map has no place for key and name, so they stand in fields of our own beside it. */
export function toXdmTransition(xdm: JsonObject, event: CanonicalEvent): JsonObject {
  const id = audienceIdOf(event);
  const status = hasEntered(event) ? "realized" : "exited";
  const at = new Date(event.timestamp).toISOString();
  const { audienceName = null } = event.properties;
  return {
    ...xdm,
    segmentMembership: { clientele: { [id]: { status, lastQualificationTime: at } } },
    _clientele: { audience: { id, key: keyOf(event), name: audienceName, status, at } },
  };
}
