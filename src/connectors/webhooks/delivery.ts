import type { IncomingHttpHeaders } from "node:http";
import type { JsonValue } from "../../kernel/index.ts";
import type { WebhookSource } from "../sources/source.ts";
import type { PlacedRecord } from "../sources/take-records.ts";

/** One signed request, parsed. */
export type Delivery = { readonly headers: IncomingHttpHeaders; readonly body: JsonValue };

/** What a preset makes of a delivery. An empty list: nothing of it concerns us, and the sender is told that all is well. */
export type ReadDelivery =
  | { readonly ok: true; readonly records: readonly PlacedRecord[] }
  | { readonly ok: false; readonly message: string };

/** How one kind of sender signs, names and fills its webhooks. */
export type Preset = {
  /** Whether the signature over the raw body is right. */
  readonly verify: (headers: IncomingHttpHeaders, body: Buffer, secret: string, nowMs: number) => boolean;
  /** The sender's own id of this delivery, the same when it repeats it. */
  readonly deliveryId: (headers: IncomingHttpHeaders) => string | undefined;
  readonly read: (delivery: Delivery, config: WebhookSource) => ReadDelivery;
};

export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  const text = Array.isArray(value) ? value[0] : value;
  return text?.trim() || undefined;
}
