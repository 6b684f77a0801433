// A signed delivery from door to commit. It is answered well only when its records are durable; a repeat counts once, by the
// sender's delivery id and, without one, by its content.
import type { IncomingHttpHeaders } from "node:http";
import { ClienteleError, type Clock, type JsonValue, newId, sha256Hex } from "../../kernel/index.ts";
import { signatureHeader } from "../net/sign-body.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import {
  type RunCounts,
  type StoredSource,
  sourceContext,
  type WebhookPreset,
  type WebhookSource,
} from "../sources/source.ts";
import type { SourceStore } from "../sources/store.ts";
import { hashId, type TakeRecords } from "../sources/take-records.ts";
import type { Preset } from "./delivery.ts";
import { adobeCommerce } from "./presets/adobe-commerce.ts";
import { generic } from "./presets/generic.ts";
import { shopify } from "./presets/shopify.ts";
import { woocommerce } from "./presets/woocommerce.ts";

export const presets: Readonly<Record<WebhookPreset, Preset>> = {
  generic,
  shopify,
  woocommerce,
  "adobe-commerce": adobeCommerce,
};

export type ReceiveDeps = {
  readonly store: SourceStore;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  readonly takeRecords: TakeRecords;
};

export type Received = Pick<RunCounts, "read" | "written" | "unchanged" | "rejected"> & { readonly isRepeat: boolean };
type Webhook = { readonly source: StoredSource; readonly config: WebhookSource; readonly secret: string };

const cachedMs = 1_000;
const maxCached = 1_000;

function parse(body: Buffer): JsonValue {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    // The text may hold personal data, and so would the parser's message.
    throw new ClienteleError("http.malformedJson", "the body is not valid JSON");
  }
}

export function createReceiveWebhook(deps: ReceiveDeps) {
  const { store, clock } = deps;
  // Anybody may knock: the database is asked at most once a second for each name.
  const cache = new Map<string, { readonly at: number; readonly webhook: Webhook | undefined }>();

  const load = async (key: string): Promise<Webhook | undefined> => {
    const known = cache.get(key);
    if (known && clock.now() - known.at < cachedMs) return known.webhook;
    const source = await store.find(key);
    const config = source?.config.type === "webhook" ? source.config : undefined;
    const webhook =
      source && config && source.key === key
        ? { source, config, secret: deps.secrets.open(source.sealed, sourceContext(source.id))["signingSecret"] ?? "" }
        : undefined;
    if (cache.size >= maxCached) cache.clear();
    cache.set(key, { at: clock.now(), webhook });
    return webhook;
  };

  const refuse = () => new ClienteleError("connectors.badSignature", "the signature is missing or wrong, or too old");

  return {
    /** After a source was changed. */
    forget: (key: string): void => void cache.delete(key),
    /** The preset of a source, for answers that come before any signature; undefined when there is none. */
    presetOf: async (key: string): Promise<WebhookPreset | undefined> => (await load(key))?.config.preset,

    /**
     * @param body the bytes as they came
     * @throws {ClienteleError} `connectors.badSignature` (also for an unknown source), `connectors.paused`,
     *   `connectors.badPayload`, `http.malformedJson`, `collect.busy`: send it again later
     */
    receive: async (key: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Received> => {
      const webhook = await load(key);
      if (!webhook) throw refuse();
      const { source, config, secret } = webhook;
      const preset = presets[config.preset];
      const now = clock.now();
      if (secret === "" || !preset.verify(headers, body, secret, now)) throw refuse();
      if (source.status !== "active") throw new ClienteleError("connectors.paused", `the source ${key} is paused`);
      // A signature with a time in it tells equal bodies of different moments apart.
      const deliveryId = preset.deliveryId(headers) ?? `${headers[signatureHeader] ?? ""}${sha256Hex(body)}`;
      const deliveryHash = hashId(deliveryId);
      if (await store.deliveries.isKnown(source.id, deliveryHash))
        return { read: 0, written: 0, unchanged: 0, rejected: 0, isRepeat: true };
      const result = preset.read({ headers, body: parse(body) }, config);
      if (!result.ok) throw new ClienteleError("connectors.badPayload", result.message);
      const { counts, taken, refusals } = await deps.takeRecords(source, result.records, false);
      const runId = await store.runs.ofDay(newId(now), source.id, now);
      await store.transaction(async (tx) => {
        await store.records.remember(tx, source.id, runId, taken);
        await store.deliveries.remember(tx, source.id, deliveryHash, now);
        await store.runs.add(tx, runId, counts, refusals);
      });
      const { read, written, unchanged, rejected } = counts;
      return { read, written, unchanged, rejected, isRepeat: false };
    },
  };
}
