import type { CanonicalEvent } from "../../collect/index.ts";
import { newId } from "../../kernel/index.ts";
import type { PreparedDestination } from "./prepare-destination.ts";

const limitMs = 15_000;

/** An event that every vocabulary knows, and that nobody counts. */
function testEvent(nowMs: number): CanonicalEvent {
  return {
    messageId: `test-${newId(nowMs)}`,
    sourceId: "clientele",
    sourceKind: "server",
    type: "productPageView",
    originalName: "productPageView",
    timestamp: nowMs,
    receivedAt: nowMs,
    identifiers: [{ namespace: "anonymous_id", value: "clientele-connection-test" }],
    verified: false,
    storeView: "default",
    properties: { items: [{ sku: "test", name: "Connection test", qty: 1 }] },
    context: { test: true },
    extra: {},
    flags: ["simulated"],
  };
}

/** Sends one made-up event. @returns null when it was taken, else what went wrong */
export async function sendTestEvent({ sender }: PreparedDestination, nowMs: number): Promise<string | null> {
  const record = sender.translate({ event: testEvent(nowMs) });
  if (record === null) return "this destination has no word for a product view";
  const signal = AbortSignal.timeout(limitMs);
  const result = await sender.send([record], { deliveryId: `test-${nowMs}`, createdAt: nowMs, signal });
  return result.kind === "done" ? null : result.message;
}
