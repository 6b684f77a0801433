/** One event of a simulation as the form edits it; whatever it has no field for is kept in `rest`. */
import type { Json, JsonObject } from "../../api/shapes.ts";

/** `customerId`: a browser with a proof of the customer number; the rest of what it says is a claim. */
export type Sender = "server" | "browser" | "customerId";

export type DraftMessage = {
  /** Tells rows apart while they are moved. */
  readonly key: number;
  readonly type: string;
  readonly anonymousId: string;
  readonly customerId: string;
  readonly email: string;
  /** Of an alias. */
  readonly previousId: string;
  readonly sender: Sender;
  /** As given; empty: after the event before it. */
  readonly timestamp: string;
  readonly rest: JsonObject;
};

export const textFields = ["anonymousId", "customerId", "email"] as const;
/** What the form offers; other names stay as they are. */
export const messageTypes = ["pageView", "signIn", "signOut", "orderPlaced", "accountUpdated", "alias"] as const;

let lastKey = 0;

export function emptyDraft(): DraftMessage {
  lastKey += 1;
  return {
    key: lastKey,
    type: "pageView",
    anonymousId: "",
    customerId: "",
    email: "",
    previousId: "",
    sender: "server",
    timestamp: "",
    rest: {},
  };
}

const textOf = (value: Json | undefined): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function toDraft(event: JsonObject): DraftMessage {
  const {
    messageId: _messageId,
    sourceId: _sourceId,
    type,
    timestamp,
    trusted,
    anonymousId,
    customerId,
    email,
    ...rest
  } = event;
  const { properties } = rest;
  const previousId = type === "alias" && isObject(properties) ? textOf(properties["previousId"]) : "";
  const draft: DraftMessage = {
    ...emptyDraft(),
    type: textOf(type),
    anonymousId: textOf(anonymousId),
    customerId: textOf(customerId),
    email: textOf(email),
    previousId,
    sender: trusted === "customerId" ? "customerId" : trusted === false ? "browser" : "server",
    timestamp: textOf(timestamp),
    rest,
  };
  return hoisted(draft);
}

const fieldOfNamespace: Readonly<Record<string, (typeof textFields)[number]>> = {
  anonymous_id: "anonymousId",
  user_id: "customerId",
  email: "email",
};

/** Identifiers that a field stands for go into it, the first of each kind. */
function hoisted(draft: DraftMessage): DraftMessage {
  const { identifiers, ...rest } = draft.rest;
  if (!Array.isArray(identifiers)) return draft;
  const fields: Partial<Record<(typeof textFields)[number], string>> = {};
  const left: Json[] = [];
  for (const one of identifiers) {
    const field = isObject(one) ? fieldOfNamespace[textOf(one["namespace"])] : undefined;
    if (field && draft[field] === "" && fields[field] === undefined && isObject(one))
      fields[field] = textOf(one["value"]);
    else left.push(one);
  }
  return { ...draft, ...fields, rest: left.length > 0 ? { ...rest, identifiers: left } : rest };
}

/** The identifiers that no field shows. */
export function otherIdentifiers({
  rest,
}: DraftMessage): readonly { readonly namespace: string; readonly value: string }[] {
  const { identifiers } = rest;
  if (!Array.isArray(identifiers)) return [];
  return identifiers.flatMap((one) =>
    isObject(one) ? [{ namespace: textOf(one["namespace"]), value: textOf(one["value"]) }] : [],
  );
}

/** As the simulation takes it, without a name: those are given by place. */
export function toEvent(draft: DraftMessage): JsonObject {
  const { properties } = draft.rest;
  const given = isObject(properties) ? properties : {};
  const { previousId: _previousId, ...others } = given;
  const next = draft.type === "alias" && draft.previousId !== "" ? { ...others, previousId: draft.previousId } : others;
  const { properties: _properties, ...rest } = draft.rest;
  return {
    type: draft.type,
    ...(draft.timestamp === "" ? {} : { timestamp: draft.timestamp }),
    ...Object.fromEntries(textFields.flatMap((field) => (draft[field] === "" ? [] : [[field, draft[field]]]))),
    ...(Object.keys(next).length > 0 ? { properties: next } : {}),
    ...(draft.sender === "server" ? {} : { trusted: draft.sender === "browser" ? false : draft.sender }),
    ...rest,
  };
}

/** Changes places with the neighbour; times stay where they are, so that the order of the rows is the order in time. */
export function moved(drafts: readonly DraftMessage[], from: number, to: number): readonly DraftMessage[] {
  const [one, other] = [drafts[from], drafts[to]];
  if (!one || !other) return drafts;
  return drafts.map((draft, index) => {
    if (index === from) return { ...other, timestamp: one.timestamp };
    return index === to ? { ...one, timestamp: other.timestamp } : draft;
  });
}
