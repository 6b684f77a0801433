/** Random people for random rules: values of every type and of wrong ones, histories, and events that come late. */
import fc from "fast-check";
import type { RuleEvent } from "../../kernel/rules/event-leaf-spec.ts";
import type { RuleObject, RuleSubject } from "../../kernel/rules/subject.ts";
import { dayMs } from "../../kernel/rules/time.ts";
import { eventNames, texts } from "./rule-values.data.ts";
import { noon } from "./subjects.ts";

const hourMs = 3_600_000;
const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const money: fc.Arbitrary<unknown> = fc.record({
  minor: pick<unknown>([0, 100, 250, 251, "33.33", "x"]),
  currency: pick<unknown>(["EUR", "USD", "JPY", "XXX", 7]),
});
const scalar: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: pick<unknown>(texts) },
  pick<unknown>([0, 1, 3, 10, -3.5, 0.1, "", null, true, false]),
);
const free: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: scalar },
  money,
  fc.array(scalar, { maxLength: 3 }),
  fc.record({ a: scalar, b: fc.array(scalar, { maxLength: 2 }) }, { requiredKeys: [] }),
);
const objects: fc.Arbitrary<unknown> = fc.oneof(
  fc.array(fc.record({ a: free, b: free }, { requiredKeys: [] }), { maxLength: 3 }),
  free,
);
const instants: fc.Arbitrary<unknown> = fc.oneof(
  fc.integer({ min: -60, max: 30 }).map((hours) => noon + hours * hourMs),
  pick<unknown>(["2026-03-10T11:00:00Z", "2026-03-10", "2024-02-29", "2000-03-12", "never", 1e300]),
);

const valueByType: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  text: free,
  key: free,
  number: fc.oneof(pick<unknown>([0, 1, 3, 10, -3.5, 0.1, "10.00", "0.3"]), free),
  money: fc.oneof({ weight: 4, arbitrary: money }, scalar),
  boolean: pick<unknown>([true, false, "true", 1, 0, "no", null]),
  date: instants,
  instant: instants,
  version: pick<unknown>(["1.2.3", "1.2.3-beta", "v1.9.0", "2", 2, null]),
  list: fc.array(scalar, { maxLength: 3 }),
  objects,
  json: free,
};

const typed: fc.Arbitrary<Record<string, unknown>> = fc.record(
  Object.fromEntries(
    Object.entries(valueByType).flatMap(([type, value]) => ["a", "b"].map((name) => [`${name}_${type}`, value])),
  ),
  { requiredKeys: [] },
);

export const skus = ["s1", "s2", "s3", "unknown"] as const;
export const products: fc.Arbitrary<ReadonlyMap<string, RuleObject>> = fc
  .tuple(typed, typed, typed)
  .map((facts) => new Map(facts.map((product, index) => [skus[index] ?? "", product])));

const line: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    sku: pick<unknown>([...skus, 7, null]),
    qty: pick<unknown>([0, 1, 2, "2.5", "x", null]),
    price: money,
    unitPrice: money,
    lineTotal: money,
    row_total: money,
    name: scalar,
    children: fc.array(
      fc.oneof(
        fc.record({ sku: pick<unknown>(skus), qty: pick<unknown>([1, "3"]), price: money, name: scalar }),
        pick<unknown>([null, 1]),
      ),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);

const timed = <T extends object>(value: fc.Arbitrary<T>): fc.Arbitrary<RuleObject> =>
  fc.tuple(value, fc.integer({ min: -72, max: 6 })).map(([each, hours]) => ({ ...each, at: noon + hours * hourMs }));
const status = pick<unknown>(["complete", "canceled", "CANCELLED", "placed", undefined]);
const few = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(value, { maxLength: 3 });
const order = timed(
  fc.record(
    {
      status,
      grand_total: money,
      qty: pick<unknown>([1, 2, "3"]),
      shipping: fc.record({ country: pick(["DE", "a"]) }),
    },
    { requiredKeys: [] },
  ),
);
const lists = fc.record({
  cart: few(line),
  wishlist: few(fc.record({ sku: pick<unknown>(skus) })),
  viewed: few(timed(fc.record({ sku: pick<unknown>(skus) }))),
  ordered: few(timed(fc.tuple(line, status).map(([each, state]) => ({ ...each, status: state })))),
  orders: few(order),
  addresses: few(fc.record({ city: scalar, default_billing: pick<unknown>([true, false]) })),
});

/** An event with the time at which it arrived; some arrive long after they happened. */
export type DrawnEvent = { readonly event: RuleEvent; readonly arrivedAt: number };

export const drawnEvent: fc.Arbitrary<DrawnEvent> = fc
  .record({
    type: pick(eventNames),
    // Half hours, so that edges of windows are met and events share an instant.
    slot: fc.oneof(fc.integer({ min: -100, max: 6 }), fc.integer({ min: -4, max: 0 })),
    delay: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constant(0)),
    // Some differ early, some only where a row no longer holds them as they are.
    messageId: fc.tuple(pick(["", "m-", "018f3c2a-1b2c-7"]), fc.nat(999)).map(([start, number]) => `${start}${number}`),
    source: pick(["web", "pos"]),
    storeView: pick(["a", "10"]),
    properties: fc.record(
      {
        text: free,
        key: scalar,
        number: fc.oneof(pick<unknown>([0, 1, 2.5, "3.50"]), free),
        money,
        objects,
        free,
        sku: pick<unknown>(skus),
        items: fc.oneof({ weight: 5, arbitrary: few(line) }, scalar),
      },
      { requiredKeys: [] },
    ),
    context: fc.record({ device: pick<unknown>(["desktop", "mobile", null]) }, { requiredKeys: [] }),
  })
  .map(({ slot, delay, ...event }) => {
    const timestamp = noon + slot * (hourMs / 2);
    const receivedAt = timestamp + delay * hourMs;
    return { event: { ...event, timestamp, receivedAt }, arrivedAt: receivedAt };
  });

const since = fc.option(fc.record({ since: fc.integer({ min: -60, max: 0 }).map((h) => noon + h * hourMs) }), {
  nil: undefined,
});
const journey = fc.option(
  fc.record({
    state: pick(["active", "completed", "exited"] as const),
    at: fc.integer({ min: -60, max: 0 }).map((hours) => noon + hours * hourMs),
  }),
  { nil: undefined },
);

/** A person without events; `state` answers for an instant, since days pass by themselves. */
export const drawnPerson: fc.Arbitrary<(nowMs: number) => RuleSubject> = fc
  .record({
    profile: typed,
    home: pick<unknown>([{ lat: 48.86, lon: 2.35 }, { lat: "52.5", lon: 13.4 }, { lat: "x" }, null]),
    cart: fc.option(typed, { nil: undefined }),
    lists,
    vip: since,
    fresh: since,
    consent: pick(["granted", "denied", undefined] as const),
    subscription: pick(["subscribed", "unsubscribed", "pending", undefined] as const),
    journey,
    messages: fc.array(fc.integer({ min: -60, max: 4 }), { maxLength: 3 }),
    listed: fc.boolean(),
    session: fc.option(fc.integer({ min: -3, max: 0 }), { nil: undefined }),
    bucketValue: pick(["p1", "p2", "p3", undefined]),
  })
  .map((drawn) => {
    const messages = drawn.messages.map((hours) => noon + hours * hourMs).sort((a, b) => a - b);
    const base: RuleSubject = {
      cart: drawn.cart,
      list: (of) => (drawn.lists as Readonly<Record<string, readonly RuleObject[]>>)[of] ?? [],
      member: (id) => (id === "vip" ? drawn.vip : drawn.fresh),
      outsideSince: () => noon - 2 * dayMs,
      consent: (category) => (category === "marketing" ? drawn.consent : undefined),
      subscription: (group) => (group === "news" ? drawn.subscription : undefined),
      journey: (id) => (id === "welcome" ? drawn.journey : undefined),
      messageTimes: () => messages,
      inList: (id) => id === "staff" && drawn.listed,
      bucketValue: drawn.bucketValue,
      session:
        drawn.session === undefined
          ? undefined
          : { startedAt: noon + (drawn.session - 1) * hourMs, lastAt: noon + drawn.session * hourMs },
    };
    return (nowMs) => ({
      ...base,
      profile: { ...drawn.profile, home: drawn.home, days: daysAt(drawn.profile, nowMs) },
    });
  });

function daysAt(profile: Readonly<Record<string, unknown>>, nowMs: number): number | undefined {
  const at = profile["a_instant"];
  return typeof at === "number" && Math.abs(at) < 1e15 ? Math.max(0, Math.floor((nowMs - at) / dayMs)) : undefined;
}
