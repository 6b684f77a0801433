/** The segment cases through the product: catalog, events and account by its API, membership by its event path. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import { readFixture } from "../testing/rules/fixtures.ts";
import { type SegmentCase, translateSegment } from "../testing/rules/translate-segment.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

type Json = Readonly<Record<string, unknown>>;

const cases = readFixture<readonly SegmentCase[]>("promotions/segments.json");
const reason = "fixtures folder not found; set CLIENTELE_FIXTURES";
const usd = (minor: unknown) => ({ minor, currency: "USD" });

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function linesOf(of: unknown): readonly object[] {
  return list(of).map(({ sku, qty = 1, unitPrice = 0 }) => ({
    sku,
    qty: Number(qty),
    unitPrice: usd(unitPrice),
    lineTotal: usd(Number(unitPrice) * Number(qty)),
  }));
}

function productsOf({ subject }: SegmentCase): readonly Json[] {
  const cart = (subject["cart"] ?? {}) as Json;
  const ordered = list(subject["orders"]).flatMap((order) => list(order["lines"]));
  return [...list(subject["wishlist"]), ...list(subject["viewed"]), ...ordered, ...list(cart["lines"])];
}

/** A row of the catalog: the categories of a product are its place, everything else is an attribute. */
function rowOf(product: Json): object {
  const { category_ids: categories = [], ...attributes } = (product["attributes"] ?? {}) as Json;
  return { sku: product["sku"], name: product["sku"], price: "1.00", categories, attributes };
}

const totals: Readonly<Record<string, string>> = {
  grand_total: "grandTotal",
  gift_card: "giftCard",
  store_credit: "storeCredit",
};

function cartView(cart: Json, at: number): Json {
  const named = Object.entries(cart).filter(([, value]) => typeof value === "number");
  return {
    type: "shoppingCartView",
    timestamp: new Date(at).toISOString(),
    properties: {
      items: linesOf(cart["lines"]),
      ...Object.fromEntries(named.map(([name, minor]) => [totals[name] ?? name, usd(minor)])),
    },
  };
}

function orderEvent(order: Json): Json {
  return {
    type: "orderPlaced",
    timestamp: order["placedAt"],
    properties: {
      orderId: order["id"],
      status: order["status"],
      orderTotal: usd(order["grandTotal"]),
      items: linesOf(order["lines"]),
      ...(order["shipping"] ? { shippingAddress: order["shipping"] } : {}),
      ...(order["billing"] ? { billingAddress: order["billing"] } : {}),
    },
  };
}

/** What the browser and the shop's server tell of the subject. */
function eventsOf({ subject, now }: SegmentCase): {
  readonly browser: readonly Json[];
  readonly server: readonly Json[];
} {
  const at = Date.parse(now) - 1000;
  const timestamp = new Date(at).toISOString();
  const customer = (subject["customer"] ?? {}) as Json;
  const { attributes = {}, ...fields } = customer;
  const addresses = list(subject["addresses"]);
  const traits = { ...fields, ...(attributes as Json), ...(addresses.length > 0 ? { addresses } : {}) };
  const viewed = list(subject["viewed"]).map(({ sku, at: time }) => ({
    type: "productPageView",
    timestamp: time,
    properties: { items: [{ sku }] },
  }));
  const wishes = list(subject["wishlist"]).map(({ sku }) => ({
    type: "addToWishlist",
    timestamp,
    properties: { items: [{ sku }] },
  }));
  const cart = subject["cart"] ? [cartView(subject["cart"] as Json, at)] : [];
  return {
    browser: [{ type: "pageView", timestamp }, ...viewed, ...wishes, ...cart],
    server: [{ type: "profileRecord", timestamp, properties: { traits } }, ...list(subject["orders"]).map(orderEvent)],
  };
}

/** Products of one case get SKUs of their own: the cases give one SKU different attributes. */
function withOwnSkus(fixture: SegmentCase, at: number): SegmentCase {
  const skus = new Set(productsOf(fixture).map(({ sku }) => sku));
  const text = JSON.stringify(fixture, (_key, value: unknown) => (skus.has(value) ? `${value}-${at}` : value));
  return JSON.parse(text) as SegmentCase;
}

describe.skipIf(cases === null)(`segments of the fixtures${cases ? "" : ` (${reason})`}`, () => {
  // The clock of the product does not go back.
  const inOrder = [...(cases ?? [])].map(withOwnSkus).sort((a, b) => Date.parse(a.now) - Date.parse(b.now));
  const clock = createFixedClock(Date.parse(inOrder[0]?.now ?? "2026-01-01T00:00:00Z"));
  const matches: boolean[] = [];
  let app: TestApp;

  async function tell(fixture: SegmentCase, at: number): Promise<void> {
    const { appliesTo } = fixture.segment;
    const body = { rule: translateSegment(fixture), appliesTo, timezone: fixture.timezone };
    if (fixture.segment.active) await app.publish("audience", `case-${at}`, body);
    const person = {
      anonymousId: `device-${at}`,
      ...(fixture.subject.kind === "registered" ? { customerId: `customer-${at}` } : {}),
    };
    const { browser, server } = eventsOf(fixture);
    await app.send(browser.map((event) => ({ ...event, ...person })));
    await app.sendFromServer(server.map((event) => ({ ...event, ...person })));
  }

  async function isMember(at: number): Promise<boolean> {
    const { state } = await app.profiles.by("anonymous_id", `device-${at}`);
    const id = app.audiences.idOf(`case-${at}`);
    return id !== undefined && Object.hasOwn(state.memberships, id);
  }

  beforeAll(async () => {
    app = await startTestApp({ clock });
    const products = inOrder.flatMap(productsOf).map(rowOf);
    expect((await app.call("PUT", "/v1/catalog/products", products)).status).toBe(200);
    for (const now of new Set(inOrder.map((each) => each.now))) {
      clock.set(Date.parse(now));
      const present = inOrder.flatMap((each, at) => (each.now === now ? [{ each, at }] : []));
      for (const { each, at } of present) await tell(each, at);
      await app.settle();
      await app.audiences.settled();
      for (const { at } of present) matches[at] = await isMember(at);
    }
  }, 60_000);
  afterAll(() => app.close());

  it.each(inOrder.map((each, at) => [each.name, at, each] as const))(
    "%s",
    (_name, at, { segment, subject, expected }) => {
      expect(matches[at] && segment.website === subject.website).toBe(expected.matches);
    },
  );

  it("hold different people", () => {
    expect(new Set(matches).size).toBe(2);
  });
});
