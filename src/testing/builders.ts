import type { CanonicalEvent } from "../collect/index.ts";
import type { JsonObject } from "../kernel/index.ts";

let sequence = 0;

export type EventInput = {
  readonly type?: string;
  readonly at?: number;
  readonly messageId?: string;
  readonly anonymousId?: string;
  readonly customerId?: string;
  readonly email?: string;
  readonly verified?: boolean;
  readonly sourceKind?: CanonicalEvent["sourceKind"];
  readonly properties?: JsonObject;
  readonly context?: JsonObject;
};

/** A canonical event; everything that a test does not name has a plain default. */
export function anEvent(input: EventInput = {}): CanonicalEvent {
  sequence += 1;
  const timestamp = input.at ?? 1_760_000_000_000 + sequence;
  const identifiers = [
    ...(input.customerId ? [{ namespace: "user_id", value: input.customerId }] : []),
    ...(input.email ? [{ namespace: "email", value: input.email }] : []),
    ...(input.anonymousId ? [{ namespace: "anonymous_id", value: input.anonymousId }] : []),
  ];
  return {
    messageId: input.messageId ?? `m-${sequence}`,
    sourceId: "shop",
    sourceKind: input.sourceKind ?? "native",
    type: input.type ?? "pageView",
    originalName: input.type ?? "pageView",
    timestamp,
    receivedAt: timestamp,
    identifiers: identifiers.length > 0 ? identifiers : [{ namespace: "anonymous_id", value: "a-1" }],
    verified: input.verified ?? false,
    storeView: "default",
    properties: input.properties ?? {},
    context: input.context ?? {},
    extra: {},
    flags: [],
  };
}

/** A line of a cart or an order in US dollars. */
export function aLine(sku: string, minor: number, qty = 1): JsonObject {
  return { sku, qty, unitPrice: { minor, currency: "USD" }, lineTotal: { minor: minor * qty, currency: "USD" } };
}
