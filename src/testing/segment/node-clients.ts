// The server SDKs, each told a story.
import { createRequire } from "node:module";
import { Analytics } from "@segment/analytics-node";
import type { Call } from "./story.ts";

/** Tells a story through a client and ends when the client has given up or delivered everything. */
export type Teller = (
  where: { readonly url: string; readonly writeKey: string; readonly id: string },
  story: readonly Call[],
) => Promise<void>;

/** The classic interface: one object a call, a callback at the end. */
type ClassicClient = Readonly<
  Record<"page" | "track" | "identify" | "group" | "alias", (message: object) => unknown>
> & {
  readonly flush: (done?: (error?: unknown) => void) => unknown;
};

const require = createRequire(import.meta.url);

/** Until the story reaches its identify call the shopper is a browser; then a person. */
function messagesOf(story: readonly Call[], id: string): readonly { kind: Call["kind"]; message: object }[] {
  const signsIn = story.findIndex(({ kind }) => kind === "identify");
  return story.map((call, index) => {
    const who = { anonymousId: `anon-${id}`, ...(index >= signsIn ? { userId: `user-${id}` } : {}) };
    const { kind, ...rest } = call;
    return { kind, message: kind === "alias" ? { ...rest, userId: `user-${id}` } : { ...rest, ...who } };
  });
}

const batchSize = 6;

export const segmentNode: Teller = async ({ url, writeKey, id }, story) => {
  const client = new Analytics({ writeKey, host: url, flushAt: batchSize, flushInterval: 200, maxRetries: 10 });
  const classic = client as unknown as ClassicClient;
  for (const { kind, message } of messagesOf(story, id)) classic[kind](message);
  await client.closeAndFlush({ timeout: 20_000 });
};

const flushAll = (client: ClassicClient) =>
  new Promise<void>((resolve) => {
    client.flush(() => resolve());
  });

async function tellClassic(client: ClassicClient, story: readonly Call[], id: string): Promise<void> {
  for (const { kind, message } of messagesOf(story, id)) client[kind](message);
  for (let flushes = 0; flushes < Math.ceil(story.length / batchSize); flushes += 1) await flushAll(client);
}

export const segmentNodeLegacy: Teller = async ({ url, writeKey, id }, story) => {
  const Legacy = require("analytics-node") as new (key: string, options: object) => ClassicClient;
  await tellClassic(
    new Legacy(writeKey, { host: url, flushAt: batchSize, flushInterval: 200, retryCount: 8 }),
    story,
    id,
  );
};

export const rudderNode: Teller = async ({ url, writeKey, id }, story) => {
  const module = require("@rudderstack/rudder-sdk-node") as {
    default?: new (key: string, options: object) => ClassicClient;
  };
  const Rudder = module.default ?? (module as unknown as new (key: string, options: object) => ClassicClient);
  await tellClassic(
    new Rudder(writeKey, {
      dataPlaneUrl: url,
      flushAt: batchSize,
      flushInterval: 200,
      retryCount: 8,
      gzip: true,
      logLevel: "none",
    }),
    story,
    id,
  );
};
