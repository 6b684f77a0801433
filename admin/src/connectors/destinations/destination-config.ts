/** What a new destination begins with. Pure. */
import type { DestinationConfig, DestinationType } from "./shapes.ts";

/** Secrets by type; those with `true` must be set. */
export const destinationSecrets: Readonly<Record<DestinationType, Readonly<Record<string, boolean>>>> = {
  webhook: { signingSecret: true, authorization: false },
  s3: { accessKeyId: true, secretAccessKey: true, sessionToken: false },
  segment: { writeKey: true },
  "adobe-edge": { accessToken: true, apiKey: false },
};

/** Most events of one request that the server takes, by type. */
export const maxBatch: Readonly<Record<DestinationType, number>> = {
  webhook: 500,
  s3: 10_000,
  segment: 500,
  "adobe-edge": 100,
};

const common = {
  events: {},
  audiences: "none",
  fields: {},
  timeoutMs: 10_000,
} as const;

// The server's own defaults: marketing clouds are told for marketing, a webhook or a bucket is taken for the shop's own.
const ownSystem = { consent: { categories: ["analytics"], unset: "default" } } as const;
const marketingCloud = { consent: { categories: ["analytics", "marketing"], unset: "default" } } as const;

export function startConfig(type: DestinationType): DestinationConfig {
  switch (type) {
    case "webhook":
      return { ...common, ...ownSystem, type, url: "", headers: {}, batchSize: 100 };
    case "s3":
      return {
        ...common,
        ...ownSystem,
        type,
        endpoint: "",
        region: "us-east-1",
        bucket: "",
        prefix: "",
        gzip: true,
        flushSeconds: 60,
        batchSize: 5000,
      };
    case "segment":
      return {
        ...common,
        ...marketingCloud,
        type,
        endpoint: "https://api.segment.io",
        audienceCall: "track",
        batchSize: 100,
      };
    case "adobe-edge":
      return {
        ...common,
        ...marketingCloud,
        type,
        endpoint: "https://server.adobedc.net",
        dataStreamId: "",
        orgId: "",
        sandbox: "",
        batchSize: 20,
      };
  }
}

/** "Name: value", one a line. Lines without a name are left out. */
export function parseHeaders(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const at = line.indexOf(":");
      return at < 1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()] as const];
    }),
  );
}

export function headersText(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}
