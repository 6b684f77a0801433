/** Answers of `/v1/destinations*` as the admin reads them. */
import type { Json } from "../../api/shapes.ts";

export const destinationTypes = ["webhook", "s3", "segment", "adobe-edge"] as const;
export type DestinationType = (typeof destinationTypes)[number];

export type EventFilter = {
  readonly names?: readonly string[];
  readonly except?: readonly string[];
  readonly rule?: Json;
};
export type FieldPolicy = {
  readonly keep?: readonly string[];
  readonly drop?: readonly string[];
  readonly hash?: readonly string[];
  readonly identifiers?: readonly string[];
  readonly hashIdentifiers?: readonly string[];
};

/** What counts where nobody was asked. */
export const consentUnsets = ["default", "allow", "deny"] as const;
export type ConsentUnset = (typeof consentUnsets)[number];

/** Whose entries and exits are sent; keys. */
export type AudienceChoice = "none" | "all" | readonly string[];
export const audienceCalls = ["track", "identify"] as const;

type Common = {
  readonly events: EventFilter;
  /** Destinations from before there was a choice have none. */
  readonly audiences?: AudienceChoice;
  readonly consent: { readonly categories: readonly string[]; readonly unset: ConsentUnset };
  readonly fields: FieldPolicy;
  readonly batchSize: number;
  readonly timeoutMs: number;
};
export type WebhookConfig = Common & {
  readonly type: "webhook";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
};
export type S3Config = Common & {
  readonly type: "s3";
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly gzip: boolean;
  readonly flushSeconds: number;
};
export type SegmentConfig = Common & {
  readonly type: "segment";
  readonly endpoint: string;
  readonly audienceCall?: (typeof audienceCalls)[number];
};
export type AdobeConfig = Common & {
  readonly type: "adobe-edge";
  readonly endpoint: string;
  readonly dataStreamId: string;
  readonly orgId: string;
  readonly sandbox: string;
};
export type DestinationConfig = WebhookConfig | S3Config | SegmentConfig | AdobeConfig;

export type Destination = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly type: DestinationType;
  readonly status: "active" | "paused";
  readonly config: DestinationConfig;
  readonly secrets: Readonly<Record<string, "set">>;
  readonly etag: number;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly delivery: {
    readonly health: "ok" | "failing" | "lagging";
    readonly failures: number;
    readonly failingSince: string | null;
    readonly nextAttemptAt: string | null;
    readonly lastError: string | null;
    readonly lastDeliveredAt: string | null;
    readonly delivered: number;
    readonly filtered: number;
    readonly dead: number;
    readonly lost: number;
  };
};

export type Lag = { readonly events: number; readonly bytes: number; readonly oldestAt: string | null };

export type DeadLetter = {
  readonly id: string;
  readonly at: string;
  readonly code: string;
  readonly message: string;
  readonly eventCount: number;
  readonly replayedAt: string | null;
};

export type Replay = {
  readonly replayed: number;
  readonly delivered: number;
  readonly failed: readonly { readonly id: string; readonly message: string }[];
};
