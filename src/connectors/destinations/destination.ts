import type { CanonicalEvent } from "../../collect/index.ts";
import type { JsonObject, JsonValue } from "../../kernel/index.ts";
import type { Connection, StoredConnection } from "../managed/connection.ts";
import type { SecretMap } from "../secrets/secret-box.ts";

export type DestinationType = "webhook" | "s3" | "segment" | "adobe-edge";

/** Which events a destination gets. */
export type EventFilter = {
  /** Canonical names; absent = all. */
  readonly names?: readonly string[];
  readonly except?: readonly string[];
  /** A rule over `event.`; absent = every event of the names. */
  readonly rule?: JsonValue;
};

/** Whose entries and exits a destination gets: those of no audience, of all, or of those named by key or id. */
export type AudienceChoice = "none" | "all" | readonly string[];
/** How Segment's vocabulary tells a transition. */
export type AudienceCall = "track" | "identify";

/** Which consent a person must have given (profiles-and-journeys G.2). */
export type ConsentNeed = {
  /** `analytics`, or one channel of a category: `marketing:email`. */
  readonly categories: readonly string[];
  /** What counts where nobody was asked. `default`: marketing and advertising must be granted, the others may until denied. */
  readonly unset: "default" | "allow" | "deny";
};

/** What leaves of an event. Paths are dotted and start with `properties`, `context` or `extra`. */
export type FieldPolicy = {
  /** Absent = everything. */
  readonly keep?: readonly string[];
  readonly drop?: readonly string[];
  /** Replaced by the SHA-256 of the trimmed, lower-case text. */
  readonly hash?: readonly string[];
  /** Namespaces; absent = all. */
  readonly identifiers?: readonly string[];
  /** Namespaces whose values are replaced by their SHA-256; `email` then travels as `email_sha256`. */
  readonly hashIdentifiers?: readonly string[];
};

type Common = {
  readonly events: EventFilter;
  /** Absent = none. */
  readonly audiences?: AudienceChoice;
  readonly consent: ConsentNeed;
  readonly fields: FieldPolicy;
  /** Most events of one request or file. */
  readonly batchSize: number;
  readonly timeoutMs: number;
};

export type WebhookDestination = Common & {
  readonly type: "webhook";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
};
export type S3Destination = Common & {
  readonly type: "s3";
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly gzip: boolean;
  /** A file is written when so many seconds of events wait, or when the batch is full. */
  readonly flushSeconds: number;
};
export type SegmentDestination = Common & {
  readonly type: "segment";
  /** e.g. https://api.segment.io; events go to `<endpoint>/v1/batch`. */
  readonly endpoint: string;
  /** Absent = track. */
  readonly audienceCall?: AudienceCall;
};
export type AdobeEdgeDestination = Common & {
  readonly type: "adobe-edge";
  /** e.g. https://server.adobedc.net; events go to `<endpoint>/ee/v2/collect`. */
  readonly endpoint: string;
  readonly dataStreamId: string;
  readonly orgId: string;
  readonly sandbox: string;
};
export type DestinationConfig = WebhookDestination | S3Destination | SegmentDestination | AdobeEdgeDestination;

/** Place in the outbox: everything before is delivered, filtered out or dead. */
export type OutboxCursor = { readonly position: number; readonly item: number };

export type Destination = Connection<DestinationConfig>;

/** How delivery goes. */
export type DeliveryState = {
  readonly cursor: OutboxCursor;
  readonly failures: number;
  readonly failingSince: number | null;
  readonly nextAttemptAt: number | null;
  readonly lastError: string | null;
  readonly lastDeliveredAt: number | null;
  readonly delivered: number;
  readonly filtered: number;
  readonly dead: number;
  /** Dead letters that had no room any more. */
  readonly lost: number;
  readonly laggingSince: number | null;
};

export type StoredDestination = StoredConnection<DestinationConfig> & { readonly state: DeliveryState };

/** One event on its way out. `profileId` is absent for what is stored without a person. */
export type OutboxItem = {
  readonly profileId?: string;
  readonly event: CanonicalEvent;
  /** An entry into an audience or an exit, made here: chosen by its audience, not by its name. */
  readonly isTransition?: true;
};

export type OutboxRow = {
  readonly position: number;
  readonly createdAt: number;
  /** Null where a person was erased. */
  readonly items: readonly (OutboxItem | null)[];
};

/** How our events look in other vocabularies; null = the vocabulary has no word for it. */
export type EventFormats = {
  readonly segment: (event: CanonicalEvent) => JsonObject | null;
  readonly xdm: (event: CanonicalEvent) => JsonObject | null;
};

/** Secrets by type; those with `true` must be set. */
export const destinationSecrets: Readonly<Record<DestinationType, Readonly<Record<string, boolean>>>> = {
  webhook: { signingSecret: true, authorization: false },
  s3: { accessKeyId: true, secretAccessKey: true, sessionToken: false },
  segment: { writeKey: true },
  "adobe-edge": { accessToken: true, apiKey: false },
};

/** Names of the secrets that a type needs and that are not set. */
export function missingSecrets(type: DestinationType, secrets: SecretMap): readonly string[] {
  return Object.entries(destinationSecrets[type]).flatMap(([name, needed]) => (needed && !secrets[name] ? [name] : []));
}
