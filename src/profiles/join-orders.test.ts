// One purchase under two numbers counts once, whatever came first.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { traitsOf } from "../audiences/traits.ts";
import type { CanonicalEvent } from "../collect/index.ts";
import type { JsonObject } from "../kernel/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { aLine, anEvent } from "../testing/builders.ts";
import { emptyState } from "./empty-state.ts";
import { type FoldContext, foldEvent } from "./fold-event.ts";
import { mergeStates } from "./merge-states.ts";
import type { ProfileState } from "./profile.ts";

const start = Date.UTC(2026, 0, 10);
const minuteMs = 60_000;
const bag = aProduct("bag", { categories: ["gear"], finalPrice: { minor: 1_000, currency: "USD" } });
const context: FoldContext = {
  parentOf: (sku) => (sku === "bag" ? bag : undefined),
  applyLeaves: (leaves) => leaves,
  currency: "USD",
};
const usd = (minor: number) => ({ minor, currency: "USD" });

function fold(events: readonly CanonicalEvent[]): ProfileState {
  const first = Math.min(...events.map(({ timestamp }) => timestamp));
  return events.reduce((state, event) => foldEvent(state, event, context), emptyState(first));
}

type Told = { orderId: string; minute?: number; total?: number; properties?: JsonObject };

function checkout({ orderId, minute = 0, total = 5_000, properties = {} }: Told): CanonicalEvent {
  return anEvent({
    type: "completeCheckout",
    at: start + minute * minuteMs,
    properties: {
      orderId,
      orderTotal: usd(total),
      items: [aLine("bag", total)],
      email: "ann@shop.test",
      ...properties,
    },
  });
}

function office(told: Told, type = "orderPlaced"): CanonicalEvent {
  return { ...checkout(told), type, originalName: type, sourceKind: "server", verified: true };
}

function bothWays(events: readonly CanonicalEvent[], see: (state: ProfileState) => void): void {
  see(fold(events));
  see(fold(events.toReversed()));
}

describe("an order that storefront and back office number differently", () => {
  it("counts once, with the back office's number and money, and says why", () => {
    const events = [checkout({ orderId: "100000012" }), office({ orderId: "4711", minute: 3 })];
    bothWays(events, (state) => {
      expect(state.orders).toHaveLength(1);
      expect(state.orders[0]).toMatchObject({
        orderId: "4711",
        placedAt: start,
        confirmedBy: "back_office",
        total: usd(5_000),
        joined: { orderId: "100000012", by: "email_amount_time", apartMs: 3 * minuteMs },
      });
      const traits = traitsOf(state, start + 2 * 86_400_000, { currency: "USD" });
      expect(traits).toMatchObject({ orders_count: 1, orders_revenue_net: usd(5_000), unconfirmed_orders: 0 });
      expect(state.affinity).toEqual(fold([office({ orderId: "4711" })]).affinity);
    });
  });

  it("takes what either number says of it: a refund, a shipment, a cancellation", () => {
    const refund = anEvent({
      type: "orderRefunded",
      at: start + 9 * minuteMs,
      properties: { orderId: "100000012", refundId: "r1", refund: usd(700) },
    });
    const shipped = { ...office({ orderId: "4711", minute: 8 }), type: "orderShipped" };
    bothWays([checkout({ orderId: "100000012" }), office({ orderId: "4711" }), refund, shipped], ({ orders }) =>
      expect(orders).toMatchObject([{ orderId: "4711", refunded: usd(700), status: "shipped" }]),
    );
  });

  it("stays one when the back office changes the amount later", () => {
    const changed = office({ orderId: "4711", minute: 60, total: 4_000 }, "orderUpdated");
    bothWays([checkout({ orderId: "100000012" }), office({ orderId: "4711", minute: 1 }), changed], ({ orders }) =>
      expect(orders).toMatchObject([{ orderId: "4711", total: usd(4_000), joined: { orderId: "100000012" } }]),
    );
  });

  it("is two orders when anything disagrees: amount, address, environment, or more than 30 minutes", () => {
    const shop = checkout({ orderId: "s", properties: { environment: "prod" } });
    for (const other of [
      office({ orderId: "b", total: 5_001 }),
      office({ orderId: "b", properties: { orderTotal: { minor: 5_000, currency: "EUR" } } }),
      office({ orderId: "b", properties: { email: "ben@shop.test" } }),
      office({ orderId: "b", properties: { environment: "stage" } }),
      office({ orderId: "b", minute: 31 }),
      office({ orderId: "b", properties: { orderTotal: null, items: [] } }),
    ])
      bothWays([shop, other], ({ orders }) =>
        expect(orders.map(({ joined }) => joined)).toEqual([undefined, undefined]),
      );
  });

  it("never is two of the shop's pages, two of the back office, or one that both know by its number", () => {
    const both = (orderId: string) => [checkout({ orderId }), office({ orderId, minute: 1 })];
    for (const events of [
      [checkout({ orderId: "s1" }), checkout({ orderId: "s2", minute: 1 })],
      [office({ orderId: "b1" }), office({ orderId: "b2", minute: 1 })],
      [office({ orderId: "b1" }), { ...office({ orderId: "b2", minute: 1 }), sourceKind: "history" as const }],
      [...both("s1"), checkout({ orderId: "s2", minute: 2 })],
      [...both("s1"), office({ orderId: "b2", minute: 2 })],
      [checkout({ orderId: "s1" }), { ...office({ orderId: "s1" }), type: "orderShipped" }, office({ orderId: "b1" })],
    ])
      bothWays(events, ({ orders }) => {
        expect(orders).toHaveLength(2);
        expect(orders.every(({ joined }) => joined === undefined)).toBe(true);
      });
  });

  it("finds the nearest in time when several could be it, and joins without an address for the same person", () => {
    const events = [
      checkout({ orderId: "s1", minute: 0, properties: { email: null } }),
      checkout({ orderId: "s2", minute: 20, properties: { email: null } }),
      office({ orderId: "b2", minute: 21 }),
      office({ orderId: "b1", minute: 2 }),
    ];
    bothWays(events, ({ orders }) =>
      expect(orders).toMatchObject([
        { orderId: "b2", joined: { orderId: "s2", by: "person_amount_time" } },
        { orderId: "b1", joined: { orderId: "s1", by: "person_amount_time" } },
      ]),
    );
  });

  it("is recognised under either number after it became one of the sums", () => {
    const old = [checkout({ orderId: "s" }), office({ orderId: "b", minute: 1 })];
    const newer = Array.from({ length: 100 }, (_, index) =>
      office({ orderId: `n${index}`, minute: 100 + 60 * index, total: 100 + index }),
    );
    const state = fold([...old, ...newer]);
    expect(state.ordersBefore).toMatchObject({ count: 1, totalByCurrency: { USD: 5_000 } });
    const again = fold([...old, ...newer, ...old.map((event) => ({ ...event, messageId: "again" }))]);
    expect([again.orders, again.ordersBefore]).toEqual([state.orders, state.ordersBefore]);
  });
});

const number = fc.constantFrom("n1", "n2", "n3", "n4", "n5");
const told = fc.record({
  kind: fc.constantFrom(
    "checkout",
    "checkout",
    "placed",
    "placed",
    "updated",
    "cancelled",
    "shipped",
    "refund",
    "full",
  ),
  number,
  byOffice: fc.boolean(),
  at: fc.integer({ min: 0, max: 120 }),
  total: fc.constantFrom(1_000, 1_000, 1_000, 2_000),
  currency: fc.constantFrom("USD", "USD", "USD", "EUR"),
  email: fc.constantFrom(undefined, "ann@shop.test", "ann@shop.test", "ben@shop.test"),
  environment: fc.constantFrom(undefined, "prod"),
  refundId: fc.constantFrom("r1", "r2", "r3"),
  nameless: fc.boolean(),
  key: fc.integer(),
  mine: fc.boolean(),
});
type Drawn = typeof told extends fc.Arbitrary<infer T> ? T : never;

const typeOf: Record<string, string> = {
  checkout: "completeCheckout",
  placed: "orderPlaced",
  updated: "orderUpdated",
  cancelled: "orderCancelled",
  shipped: "orderShipped",
  refund: "orderRefunded",
  full: "orderRefunded",
};
const refundMinor: Record<string, number> = { r1: 100, r2: 250, r3: 900 };
const isOffice = ({ kind, byOffice }: Drawn): boolean => byOffice && kind !== "checkout";
const isContent = ({ kind }: Drawn): boolean => ["checkout", "placed", "updated"].includes(kind);
/** Each of a place in time of its own: what happens twice at one instant is another test's. */
const atOf = ({ at }: Drawn, index: number): number => start + at * minuteMs + index;

function toEvent(drawn: Drawn, index: number): CanonicalEvent {
  const { kind, total, currency, email, environment, refundId } = drawn;
  const properties: JsonObject = {
    ...(kind === "refund" && drawn.nameless ? {} : { orderId: drawn.number }),
    ...(isContent(drawn) ? { orderTotal: { minor: total, currency } } : {}),
    ...(isContent(drawn) && email ? { email } : {}),
    ...(environment ? { environment } : {}),
    ...(kind === "refund" ? { refundId, refund: { minor: refundMinor[refundId] ?? 0, currency } } : {}),
    ...(kind === "full" ? { refundId: "all" } : {}),
  };
  return anEvent({
    type: typeOf[kind] ?? "",
    at: atOf(drawn, index),
    messageId: `m${index}`,
    sourceKind: isOffice(drawn) ? "server" : "native",
    verified: isOffice(drawn),
    properties,
  });
}

type Group = { readonly all: readonly (Drawn & { time: number })[]; readonly numbers: readonly string[] };

type Rank = readonly [number, number, string, string];

function isBefore(a: Rank, b: Rank): boolean {
  const place = [0, 1, 2, 3].find((at) => a[at] !== b[at]) ?? 0;
  return a[place]! < b[place]!;
}

/** Orders counted by reading the whole stream again and again; nothing is remembered. */
function recount(stream: readonly Drawn[]) {
  const events = stream.map((drawn, index) => ({ ...drawn, time: atOf(drawn, index) }));
  const named = events.filter(({ kind, nameless }) => !(kind === "refund" && nameless));
  const placedAt = ({ all }: Group) =>
    Math.min(...all.filter(({ kind }) => kind === "checkout" || kind === "placed").map(({ time }) => time));
  const groupOf = (wanted: readonly string[]): Group => ({
    all: named.filter((event) => wanted.includes(event.number)),
    numbers: wanted,
  });
  const byNumber = ["n1", "n2", "n3", "n4", "n5"].map((each) => groupOf([each])).filter(({ all }) => all.length > 0);
  const placed = byNumber.filter((group) => placedAt(group) < Number.POSITIVE_INFINITY);
  const best = (all: Group["all"], value: (event: Group["all"][number]) => unknown) =>
    all
      .filter((event) => isContent(event) && value(event) !== undefined)
      .sort((a, b) => Number(isOffice(b)) - Number(isOffice(a)) || b.time - a.time)[0];
  const first = ({ all }: Group) => all.filter(isContent).sort((a, b) => a.time - b.time)[0]!;
  const speaks = ({ all }: Group, by: boolean) => all.every((event) => isOffice(event) === by);
  let open = placed;
  const groups: Group[] = [];
  for (;;) {
    let found: { rank: Rank; a: Group; b: Group } | undefined;
    for (const a of open.filter((group) => speaks(group, true)))
      for (const b of open.filter((group) => speaks(group, false))) {
        const apart = Math.abs(placedAt(a) - placedAt(b));
        const [x, y] = [best(a.all, ({ email }) => email)?.email, best(b.all, ({ email }) => email)?.email];
        if (apart > 30 * minuteMs || (x !== undefined && y !== undefined && x !== y)) continue;
        if (first(a).total !== first(b).total || first(a).currency !== first(b).currency) continue;
        const rank: Rank = [x === undefined || y === undefined ? 1 : 0, apart, a.numbers[0]!, b.numbers[0]!];
        if (!found || isBefore(rank, found.rank)) found = { rank, a, b };
      }
    if (!found) break;
    const { a, b } = found;
    groups.push(groupOf([...a.numbers, ...b.numbers]));
    open = open.filter((group) => group !== a && group !== b);
  }
  groups.push(...open);
  const net: Record<string, number> = { USD: 0, EUR: 0 };
  const refundIds = new Set(named.filter(({ kind }) => kind === "refund").map(({ refundId }) => refundId));
  const waiting = byNumber.filter((group) => !placed.includes(group));
  const live = (group: Group) => !group.all.some(({ kind }) => kind === "cancelled");
  for (const group of [...groups, ...waiting]) {
    if (!live(group)) continue;
    const paid = groups.includes(group) ? best(group.all, ({ total }) => total) : undefined;
    let back = group.all.some(({ kind }) => kind === "full") ? (paid?.total ?? 0) : 0;
    for (const id of Object.keys(refundMinor)) {
      const last = group.all
        .filter(({ kind, refundId }) => kind === "refund" && refundId === id)
        .sort((a, b) => b.time - a.time)[0];
      if (!last) continue;
      if (paid && last.currency === paid.currency) back += refundMinor[id]!;
      else net[last.currency]! -= refundMinor[id]!;
    }
    if (paid) net[paid.currency]! += paid.total - Math.min(paid.total, back);
  }
  for (const id of Object.keys(refundMinor)) {
    const last = events
      .filter(({ kind, nameless, refundId }) => kind === "refund" && nameless && refundId === id)
      .sort((a, b) => b.time - a.time)[0];
    if (last && !refundIds.has(last.refundId)) net[last.currency]! -= refundMinor[id]!;
  }
  return {
    orders: groups.map(({ numbers }) => [...numbers].sort().join()).sort(),
    count: groups.filter(live).length,
    net,
  };
}

function counted(state: ProfileState) {
  const traits = (currency: string) =>
    traitsOf(state, start + 86_400_000, { currency }) as {
      orders_count: number;
      orders_revenue_net: { minor: number };
    };
  return {
    orders: state.orders
      .map(({ orderId, joined }) => [orderId, ...(joined ? [joined.orderId] : [])].sort().join())
      .sort(),
    count: traits("USD").orders_count,
    net: { USD: traits("USD").orders_revenue_net.minor, EUR: traits("EUR").orders_revenue_net.minor },
  };
}

describe("orders and credit notes", () => {
  it("agree with a recount of the whole stream, in any order and any split into profiles that merge", () => {
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 16 }), (stream) => {
        const events = stream.map(toEvent);
        const shuffled = events
          .map((event, index) => ({ event, drawn: stream[index]! }))
          .sort((a, b) => a.drawn.key - b.drawn.key);
        const whole = fold(events);
        expect(counted(whole)).toEqual(recount(stream));
        expect(fold(shuffled.map(({ event }) => event))).toEqual(whole);
        const [mine, others] = [true, false].map((side) =>
          shuffled.filter(({ drawn }) => drawn.mine === side).map(({ event }) => event),
        );
        if (mine!.length === 0 || others!.length === 0) return;
        const [a, b]: ProfileState[] = JSON.parse(JSON.stringify([fold(mine!), fold(others!)]));
        expect(mergeStates(a!, b!, context)).toEqual(whole);
        expect(mergeStates(b!, a!, context)).toEqual(whole);
      }),
      { numRuns: Number(process.env["RUNS"] ?? 1_500) },
    );
  });
});
