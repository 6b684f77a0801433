/** Made-up shoppers whose profiles are folded from events as the product folds them, and rules judged on them. */
import { createAudienceRules } from "../../audiences/audience-rules.ts";
import { type JudgedProfile, subjectOf } from "../../audiences/shop-subject.ts";
import type { CanonicalEvent } from "../../collect/index.ts";
import type { JsonObject } from "../../kernel/index.ts";
import { type EventLeafSpec, insertLeafRows } from "../../kernel/rules/index.ts";
import { foldEvent } from "../../profiles/fold-event.ts";
import { emptyState, type ProfileState } from "../../profiles/index.ts";
import { aProduct } from "../a-product.ts";
import { aCatalog, anEvent, anIdentifier, noon } from "./builders.ts";

export const shopCatalog = aCatalog(
  aProduct("tent", { brand: "Acme", categories: ["outdoor/tents"] }),
  aProduct("stove", { brand: "Acme", categories: ["outdoor/kitchen"] }),
  aProduct("lamp", { brand: "Pot", categories: ["outdoor/lights"] }),
  aProduct("mug", { brand: "Pot", categories: ["kitchen"] }),
  aProduct("pan", { brand: "Pan", categories: ["kitchen"] }),
);

export const shopRules = createAudienceRules({
  catalog: { current: () => shopCatalog },
  config: { timezone: "UTC" },
});

export type Deed = {
  readonly type: string;
  readonly at: number;
  readonly properties?: JsonObject;
  readonly context?: JsonObject;
  readonly sourceKind?: CanonicalEvent["sourceKind"];
};

export type Story = {
  readonly deeds?: readonly Deed[];
  /** Has a customer account. */
  readonly customer?: boolean;
  readonly state?: Partial<ProfileState>;
  readonly firstSeenAt?: number;
};

export type Shopper = JudgedProfile & { readonly events: readonly CanonicalEvent[] };

export function aShopper({ deeds = [], customer = false, state = {}, firstSeenAt = noon }: Story): Shopper {
  const events = deeds.map(({ type, at, properties, context = {}, sourceKind = "native" }) => ({
    ...anEvent(type, at, properties),
    context,
    sourceKind,
  }));
  const context = {
    parentOf: (sku: string) => shopCatalog.parentOf(sku),
    applyLeaves: (leaves: ProfileState["leaves"]) => leaves,
    currency: "USD",
  };
  const folded = events.reduce((known, event) => foldEvent(known, event, context), emptyState(firstSeenAt));
  return {
    profileId: "018f0000-0000-7000-8000-000000000001",
    state: { ...folded, ...state },
    identifiers: customer ? [anIdentifier("user_id", "c-1")] : [],
    events,
  };
}

function rowsOf(leaf: EventLeafSpec, events: readonly CanonicalEvent[]): readonly number[] {
  let rows: readonly number[] = [];
  for (const event of events) {
    if (!leaf.names.includes(event.type)) continue;
    rows = insertLeafRows(
      rows,
      leaf.rowsOf({ ...event, source: event.sourceId }, { productOf: shopRules.productOf }),
      leaf.stride,
    );
  }
  return rows;
}

/** True when the rule holds for the shopper. */
export function holdsFor(rule: unknown, shopper: Shopper, nowMs = noon): boolean {
  const compiled = shopRules.compile(rule, { use: "audience" });
  if (compiled.broken) throw new Error("the rule has broken leaves");
  const leaves = new Map(compiled.eventLeaves.map((leaf) => [leaf.hash, rowsOf(leaf, shopper.events)] as const));
  const subject = subjectOf(shopper, {
    nowMs,
    currency: "USD",
    catalog: shopCatalog,
    audienceId: () => undefined,
    fillOf: () => undefined,
    extraLeaves: (hash) => leaves.get(hash),
  });
  return compiled.test(subject, nowMs);
}
