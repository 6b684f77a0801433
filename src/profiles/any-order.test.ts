// The same events give the same profile, whatever order they arrive in and however they are split over profiles that merge later.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CanonicalEvent } from "../collect/index.ts";
import type { JsonObject } from "../kernel/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { anEvent } from "../testing/builders.ts";
import { emptyState } from "./empty-state.ts";
import { type FoldContext, foldEvent } from "./fold-event.ts";
import { mergeStates } from "./merge-states.ts";
import { migrateState } from "./migrate-state.ts";
import type { MergePolicy, ProfileState } from "./profile.ts";

const start = Date.UTC(2026, 0, 10);
const minuteMs = 60_000;
const products = new Map(
  ["bag", "mat", "tent", "mug"].map((sku, index) => [
    sku,
    aProduct(sku, {
      brand: index % 2 === 0 ? "Luma" : "Acme",
      categories: [`gear/${sku}`, "sale"],
      finalPrice: { minor: 1_000 * (index + 1), currency: "USD" },
    }),
  ]),
);
const policies: Readonly<Record<string, MergePolicy>> = {
  points: "sum",
  tags: "union",
  first: "oldest",
  email: "non_empty",
  best: "max",
  tier: { sourceOrder: ["crm", "shop"] },
};
const context: FoldContext = {
  parentOf: (sku) => products.get(sku),
  applyLeaves: (leaves) => leaves,
  policyOf: (attribute) => (Object.hasOwn(policies, attribute) ? policies[attribute] : undefined),
  tasteAttributes: ["color"],
  currency: "USD",
};

function fold(events: readonly CanonicalEvent[]): ProfileState {
  const seed = emptyState(events[0]?.timestamp ?? start);
  return events.reduce((state, event) => foldEvent(state, event, context), seed);
}

const sku = fc.constantFrom("bag", "mat", "tent", "mug", "unknown");
const line = fc.record({ sku, qty: fc.integer({ min: 1, max: 3 }), minor: fc.integer({ min: 0, max: 5_000 }) }).map(
  ({ minor, qty, ...rest }): JsonObject => ({
    ...rest,
    qty,
    unitPrice: { minor, currency: "USD" },
    lineTotal: { minor: minor * qty, currency: "USD" },
    discount: { minor: 5, currency: "USD" },
  }),
);
const items = fc.array(line, { maxLength: 3 });
const orderId = fc.constantFrom("o1", "o2", "o3");
const money = fc.record({ minor: fc.integer({ min: 0, max: 9_000 }), currency: fc.constantFrom("USD", "EUR") });

function typed(types: readonly string[], properties: fc.Arbitrary<JsonObject>) {
  return fc.record({ type: fc.constantFrom(...types), properties });
}

const action = fc.oneof(
  typed(
    ["pageView", "productPageView", "addToWishlist", "removeFromWishlist", "shareWishlist", "recsItemClick"],
    fc.record({ items }),
  ),
  typed(
    ["addToCart", "removeFromCart", "openCart", "shoppingCartView", "startCheckout"],
    fc.record({ cartId: fc.constantFrom("c1", "c2"), items }),
  ),
  typed(["searchRequestSent"], fc.record({ searchQuery: fc.constantFrom("Yoga", "yoga", "bag", "tent ") })),
  typed(
    ["completeCheckout", "orderPlaced", "orderUpdated"],
    fc.record(
      {
        orderId,
        items,
        orderTotal: money,
        coupon: fc.constantFrom("SPRING", "VIP"),
        discount: money,
        channel: fc.constantFrom("web", "pos"),
        status: fc.constantFrom("processing", "complete", "canceled", "odd"),
        updatedAt: fc.integer({ min: 0, max: 40 }).map((day) => new Date(start + day * 86_400_000).toISOString()),
        shippingAddress: fc.record({ country: fc.constantFrom("DE", "US"), city: fc.constantFrom("Ulm", "Rye") }),
      },
      { requiredKeys: ["orderId"] },
    ),
  ),
  typed(["orderShipped", "orderCancelled", "orderInvoiced", "orderShipmentCompleted"], fc.record({ orderId })),
  typed(
    ["orderRefunded"],
    fc.record(
      { orderId, refundId: fc.constantFrom("r1", "r2"), refund: money, items },
      { requiredKeys: ["orderId", "refundId"] },
    ),
  ),
  typed(
    ["orderReturned", "orderReturnCompleted"],
    fc.record({ orderId, returnId: fc.constantFrom("b1", "b2"), items }),
  ),
  typed(
    ["messageSent", "messageOpened", "messageClicked"],
    fc.record({ sendKey: fc.constantFrom("k1", "k2"), channel: fc.constantFrom("email", "sms") }),
  ),
  typed(["storeVisit", "signIn"], fc.constant({})),
  typed(
    ["profileRecord"],
    fc.record({
      traits: fc.dictionary(
        fc.constantFrom("points", "tags", "first", "email", "best", "tier", "plain"),
        fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom("", "a", "b", null)),
      ),
    }),
  ),
);

const step = fc.record({
  action,
  at: fc.oneof(fc.integer({ min: 0, max: 6 * 60 }), fc.integer({ min: 0, max: 40 * 24 * 60 })),
  delay: fc.integer({ min: 0, max: 2 }),
  sourceKind: fc.constantFrom<CanonicalEvent["sourceKind"]>("native", "native", "edge", "server", "history"),
  sourceId: fc.constantFrom("shop", "crm", "erp"),
  consent: fc.constantFrom(undefined, true, false),
  mine: fc.boolean(),
  key: fc.integer(),
});

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function toEvent({ action: { type, properties }, at, delay, sourceKind, sourceId, consent }: Step, index: number) {
  const timestamp = start + at * minuteMs;
  const event = anEvent({
    type,
    at: timestamp,
    messageId: `m-${index}`,
    sourceKind,
    properties: JSON.parse(JSON.stringify(properties)),
    context: consent === undefined ? {} : { consent: { categoryPreferences: { analytics: consent } } },
  });
  return { ...event, sourceId, receivedAt: timestamp + delay * minuteMs };
}

describe("a profile", () => {
  it("is the same for every order of arrival and every split into profiles that merge", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const events = steps.map(toEvent);
        const whole = fold([...events].sort((a, b) => a.timestamp - b.timestamp));
        const shuffled = events
          .map((event, index) => ({ event, key: steps[index]!.key }))
          .sort((a, b) => a.key - b.key)
          .map(({ event }) => event);
        if (events.length === 0) return;
        expect(fold(shuffled)).toEqual(whole);
        const mine = shuffled.filter((event) => steps[events.indexOf(event)]!.mine);
        const others = shuffled.filter((event) => !steps[events.indexOf(event)]!.mine);
        if (mine.length === 0 || others.length === 0) return;
        // States are stored as JSON in between.
        const [a, b]: ProfileState[] = JSON.parse(JSON.stringify([fold(mine), fold(others)]));
        expect(mergeStates(a!, b!, context)).toEqual(whole);
        expect(mergeStates(b!, a!, context)).toEqual(whole);
      }),
      { numRuns: 800 },
    );
  });

  it("reads what the version before stored", () => {
    const old = {
      ...emptyState(start),
      v: undefined,
      session: { id: "s", startedAt: start + 5, lastAt: start + 9, skus: ["bag"] },
      sessionCount: 3,
      cart: {
        cartId: "c",
        items: [{ sku: "bag", qty: 2, lineTotal: { minor: 20, currency: "USD" } }],
        updatedAt: start,
      },
      wishlist: ["bag", "mat"],
      affinity: { brand: { Luma: { s: 4, at: start } } },
    } as unknown as ProfileState;
    const state = migrateState(old);
    expect(state).toMatchObject({ v: 2, sessionCount: 3, wishlist: ["bag", "mat"], cart: { items: [{ qty: 2 }] } });
    expect(migrateState(state)).toBe(state);
    const add = anEvent({
      type: "addToCart",
      at: start + minuteMs,
      properties: { cartId: "c", items: [{ sku: "bag", qty: 1, unitPrice: { minor: 10, currency: "USD" } }] },
    });
    const next = foldEvent(state, add, context);
    expect(next.cart?.items).toMatchObject([{ sku: "bag", qty: 3, lineTotal: { minor: 30 } }]);
    expect(next.sessionCount).toBe(3);
  });
});
