import { createAudienceRules } from "../../audiences/index.ts";
import type { CanonicalEvent } from "../../collect/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import type { JsonObject } from "../../kernel/index.ts";
import type { TraitBody } from "../../traits/index.ts";
import { aProduct } from "../a-product.ts";
import { aCatalog } from "../audiences/builders.ts";
import { anEvent } from "../builders.ts";

/** Rules over a catalog of two products. */
export function traitRules() {
  const catalog = aCatalog(
    aProduct("tent", { brand: "Acme", categories: ["outdoor/tents"] }),
    aProduct("mug", { brand: "Pot", categories: ["kitchen"] }),
  );
  return createAudienceRules({ catalog: { current: () => catalog }, config: { timezone: "UTC" } });
}

/** A live trait definition. */
export function aTrait(key: string, body: TraitBody, version = 1): LiveDefinition<TraitBody> {
  return {
    id: `00000000-0000-7000-8000-${key.padStart(12, "0").slice(-12)}`,
    kind: "trait",
    key,
    name: key,
    version,
    scope: { storeViews: null },
    schedule: null,
    window: { fromMs: null, toMs: null },
    body,
    updatedAt: 0,
  };
}

/** An order of the back office. */
export function anOrderEvent(
  orderId: string,
  at: number,
  minor: number,
  more: {
    readonly currency?: string;
    readonly type?: string;
    readonly messageId?: string;
    readonly properties?: JsonObject;
  } = {},
): CanonicalEvent {
  const { type = "orderPlaced", currency = "USD", messageId } = more;
  return anEvent({
    type,
    at,
    sourceKind: type === "completeCheckout" ? "native" : "server",
    verified: type !== "completeCheckout",
    ...(messageId === undefined ? {} : { messageId }),
    properties: { orderId, orderTotal: { minor, currency }, ...more.properties },
  });
}
