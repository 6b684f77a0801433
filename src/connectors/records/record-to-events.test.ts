import { describe, expect, it } from "vitest";
import { readTranslatedEvent, type TranslatedEvent } from "../../collect/index.ts";
import type { JsonObject } from "../../kernel/index.ts";
import type { RecordFacts, RecordMemory, SourceRecord } from "./record.ts";
import { recordToEvents } from "./record-to-events.ts";

const facts: RecordFacts = {
  sourceId: "erp",
  sourceKind: "history",
  trusted: true,
  customerNamespace: "user_id",
  defaultCurrency: "USD",
  defaultStoreView: "default",
};

function anOrder(fields: JsonObject = {}, rest: Partial<SourceRecord> = {}): SourceRecord {
  return {
    kind: "order",
    externalId: "100",
    fields: {
      purchaseID: "100",
      createdDate: "2021-03-01T10:00:00+01:00",
      currencyCode: "EUR",
      priceTotal: "30.00",
      customer: { id: "7" },
      items: [{ SKU: "A", quantity: 2, priceTotal: "30.00", unitPrice: "15" }],
      ...fields,
    },
    ...rest,
  };
}

function eventsOf(record: SourceRecord, memory: RecordMemory = {}): readonly TranslatedEvent[] {
  const result = recordToEvents(record, facts, memory);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.events;
}

function faultsOf(record: SourceRecord) {
  const result = recordToEvents(record, facts);
  return result.ok ? [] : result.faults.map(({ path, code }) => `${path} ${code}`);
}

const told = (record: SourceRecord, memory: RecordMemory = {}) =>
  eventsOf(record, memory).map(({ type, timestamp }) => `${type} ${timestamp}`);

describe("an order of the past", () => {
  it("is placed, shipped, refunded, returned and cancelled, each at its own time", () => {
    const record = anOrder({
      lastUpdatedDate: "2021-03-09T00:00:00Z",
      cancelDate: "2021-03-08T00:00:00Z",
      shipping: { shipDate: "2021-03-02T00:00:00Z", trackingNumber: 12345, shippingAmount: 4.9 },
      refunds: [{ transactionID: "R1", refundAmount: 10, date: "2021-03-05T00:00:00Z", refundReason: "return" }],
      returns: [
        { returnID: "RMA1", returnStatus: "closed", date: "2021-03-04T00:00:00Z", items: [{ SKU: "A", quantity: 1 }] },
      ],
    });
    expect(told(record, { isKnown: false })).toEqual([
      "orderPlaced 2021-03-01T09:00:00.000Z",
      "orderShipped 2021-03-02T00:00:00.000Z",
      "orderReturned 2021-03-04T00:00:00.000Z",
      "orderReturnCompleted 2021-03-04T00:00:00.000Z",
      "orderRefunded 2021-03-05T00:00:00.000Z",
      "orderCancelled 2021-03-08T00:00:00.000Z",
    ]);
    const shipped = eventsOf(record).find(({ type }) => type === "orderShipped");
    expect(shipped?.properties["trackingNumber"]).toBe("12345");
  });

  it("gives the same message ids whenever it comes, and others for another environment", () => {
    const ids = (record: SourceRecord) => eventsOf(record).map(({ messageId }) => messageId);
    expect(ids(anOrder())).toEqual(ids(anOrder()));
    expect(ids(anOrder({ scope: { environmentID: "eu" } }))).not.toEqual(ids(anOrder()));
    expect(new Set(ids(anOrder({ cancelDate: "2021-03-08T00:00:00Z" }))).size).toBe(2);
  });

  it("is told as changed when it was known, without what was told before", () => {
    const record = anOrder({
      lastUpdatedDate: "2021-03-09T00:00:00Z",
      refunds: [
        { transactionID: "R1", refundAmount: 10 },
        { transactionID: "R2", refundAmount: 5 },
      ],
    });
    const events = eventsOf(record, { isKnown: true, knownParts: new Set(["placed", "refund:R1"]) });
    expect(events.map(({ type }) => type)).toEqual(["orderUpdated", "orderRefunded"]);
    expect(events[0]?.properties["updatedAt"]).toBe("2021-03-09T00:00:00.000Z");
    expect(events[1]?.properties["refundId"]).toBe("R2");
  });

  it("keeps money to the minor unit and the text of a finer unit price", () => {
    const record = anOrder({
      priceTotal: undefined as never,
      items: [
        { SKU: "A", quantity: "1000", unitPrice: "0.001" },
        { SKU: "B", quantity: "3", unitPrice: "1.335" },
      ],
    });
    const [placed] = eventsOf(record);
    expect(placed?.properties["orderTotal"]).toEqual({ minor: 100 + 401, currency: "EUR" });
    expect(placed?.properties["items"]).toMatchObject([
      { unitPriceText: "0.001", lineTotal: { minor: 100 } },
      { unitPriceText: "1.335", lineTotal: { minor: 401 } },
    ]);
  });

  it("of negative lines alone is a refund, never a sale", () => {
    const record = anOrder({
      purchaseID: "C5",
      priceTotal: undefined as never,
      items: [{ SKU: "A", quantity: -2, unitPrice: "2.50" }],
    });
    const events = eventsOf({ ...record, externalId: "C5" });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: "orderRefunded",
      properties: { refundId: "C5", refund: { minor: 500, currency: "EUR" }, items: [{ sku: "A", qty: 2 }] },
    });
  });

  it("without a customer belongs to nobody and passes the door all the same", () => {
    const [placed] = eventsOf(anOrder({ customer: {} }));
    expect(placed).toMatchObject({ identifiers: [], mayBeNobody: true });
    const read = readTranslatedEvent(JSON.parse(JSON.stringify(placed)), {
      sourceId: "erp",
      sourceKind: "history",
      trusted: true,
      provenCustomerId: null,
      receivedAt: Date.UTC(2026, 0, 1),
      sentAt: undefined,
      bounds: { maxAgeMs: 0, correctByDelay: false },
      defaultStoreView: "default",
    });
    expect(read).toMatchObject({ ok: true, event: { identifiers: [], timestamp: Date.UTC(2021, 2, 1, 9) } });
  });

  it("of a guest repeats an address that was typed, which proves nothing", () => {
    const [placed] = eventsOf(
      anOrder({ customer: { id: "9", isGuest: true }, personalEmail: { address: "Someone@Example.org" } }),
    );
    expect(placed?.identifiers).toEqual([{ namespace: "email", value: "Someone@Example.org" }]);
    expect(placed?.verified).toBe(false);
  });

  it("tells what was refunded in total beyond the listed refunds, and later only the difference", () => {
    const record = (refundTotal: number) =>
      anOrder({ refundTotal, refunds: [{ transactionID: "R1", refundAmount: 10 }] });
    const first = eventsOf(record(15)).filter(({ type }) => type === "orderRefunded");
    expect(first.map(({ properties }) => properties["refund"])).toEqual([
      { minor: 1000, currency: "EUR" },
      { minor: 500, currency: "EUR" },
    ]);
    const later = eventsOf(record(18), {
      isKnown: true,
      knownParts: new Set(["placed", "refund:R1", "refund:total:500"]),
    }).filter(({ type }) => type === "orderRefunded");
    expect(later.map(({ properties }) => properties["refund"])).toEqual([{ minor: 300, currency: "EUR" }]);
  });

  it("of a thousand lines fits into one event with its total whole", () => {
    const items = Array.from({ length: 1_500 }, (_, index) => ({
      SKU: `SKU-${index}`,
      name: "a name of some length that nobody needs twice",
      quantity: 1,
      priceTotal: "1.00",
      categories: [{ id: "1", name: "Category", path: "a/b/c" }],
    }));
    const [placed] = eventsOf(anOrder({ items, priceTotal: "1500.00" }));
    const text = JSON.stringify(placed);
    expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024);
    expect(placed?.properties["orderTotal"]).toEqual({ minor: 150_000, currency: "EUR" });
    const kept = placed?.properties["items"] as unknown as readonly object[];
    expect(kept.length + Number(placed?.properties["itemsOmitted"] ?? 0)).toBe(1_500);
  });

  it("that is gone in its system was cancelled, once", () => {
    const gone: SourceRecord = {
      kind: "order",
      externalId: "100",
      deleted: true,
      updatedAt: "2021-05-01T00:00:00Z",
      fields: {},
    };
    expect(told(gone)).toEqual(["orderCancelled 2021-05-01T00:00:00Z"]);
    expect(told(gone, { isKnown: true, knownParts: new Set(["cancelled"]) })).toEqual([]);
  });

  it("reports every fault at once, with its path", () => {
    expect(
      faultsOf(
        anOrder({
          createdDate: "yesterday",
          currencyCode: "EURO",
          items: [{ quantity: 1, priceTotal: "x" }, { SKU: "B" }],
        }),
      ),
    ).toEqual([
      "createdDate time",
      "items.0.SKU required",
      "items.0.priceTotal number",
      "items.1.quantity required",
      "items.1.priceTotal required",
    ]);
    expect(faultsOf(anOrder({ createdDate: null }))).toEqual(["createdDate required"]);
  });

  it("survives hostile shapes", () => {
    for (const items of ["x", 5, [null], [[]], [{ SKU: {} }], { __proto__: 1 }])
      expect(() => recordToEvents(anOrder({ items: items as never }), facts)).not.toThrow();
  });
});

describe("a customer", () => {
  const customer = (fields: JsonObject, rest: Partial<SourceRecord> = {}): SourceRecord => ({
    kind: "customer",
    externalId: "7",
    fields,
    ...rest,
  });

  it("becomes a profile record with its traits", () => {
    const [record] = eventsOf(
      customer(
        {
          person: { name: { firstName: "Ann", lastName: "Example" }, birthDate: "1980-12-31", gender: "female" },
          personalEmail: { address: "ann@example.org" },
          mobilePhone: { number: "+49 30 123456" },
          loyalty: { tier: "gold", points: "120" },
          attributes: { size: "M" },
        },
        { updatedAt: "2024-01-01T00:00:00Z" },
      ),
    );
    expect(record).toMatchObject({
      type: "profileRecord",
      timestamp: "2024-01-01T00:00:00Z",
      identifiers: [
        { namespace: "user_id", value: "7" },
        { namespace: "email", value: "ann@example.org" },
        { namespace: "phone", value: "+49 30 123456" },
      ],
      properties: {
        traits: { firstName: "Ann", birthDate: "1980-12-31", loyalty: { tier: "gold", points: 120 }, size: "M" },
      },
    });
  });

  it("that was deleted is the end of the account, without personal data", () => {
    const [record] = eventsOf(customer({ person: { name: { firstName: "Ann" } } }, { deleted: true }));
    expect(record).toMatchObject({ type: "accountDeleted", properties: {} });
  });

  it("of another system keeps its number in that system's namespace", () => {
    const result = recordToEvents(customer({}), { ...facts, customerNamespace: "customer_id:crm" });
    expect(result).toMatchObject({
      ok: true,
      events: [{ identifiers: [{ namespace: "customer_id:crm", value: "7" }] }],
    });
  });
});

describe("other records", () => {
  it("carry consents by category", () => {
    const [consent] = eventsOf({
      kind: "consent",
      externalId: "c1",
      fields: { customer: { id: "7" }, categories: { analytics: "no", marketing: true }, date: "2024-05-01T00:00:00Z" },
    });
    expect(consent).toMatchObject({
      type: "consentUpdated",
      timestamp: "2024-05-01T00:00:00.000Z",
      context: { consent: { categoryPreferences: { analytics: false, marketing: true } } },
    });
  });

  it("carry consents by channel", () => {
    const [consent] = eventsOf({
      kind: "consent",
      externalId: "c1",
      fields: { customer: { id: "7" }, categories: { marketing: { email: "yes", sms: false } } },
    });
    expect(consent?.context["consent"]).toEqual({ categoryPreferences: { marketing: { email: true, sms: false } } });
  });

  it("tie a loyalty account to its owner", () => {
    const [loyalty] = eventsOf({
      kind: "loyalty",
      externalId: "L-1",
      fields: { customer: { id: "7" }, loyalty: { tier: "silver", points: 10 } },
    });
    expect(loyalty?.identifiers).toEqual([
      { namespace: "user_id", value: "7" },
      { namespace: "loyalty_id", value: "L-1" },
    ]);
    expect(loyalty?.properties).toEqual({ traits: { loyalty: { tier: "silver", points: 10 } } });
  });

  it("pass events on under our names", () => {
    const [event] = eventsOf({
      kind: "event",
      externalId: "e1",
      fields: {
        type: "commerce.productViews",
        timestamp: "2020-02-02T02:02:02Z",
        anonymousId: "a1",
        messageId: "m1",
        properties: { sku: "A" },
      },
    });
    expect(event).toMatchObject({ type: "productPageView", originalName: "commerce.productViews", messageId: "m1" });
  });

  it("that name nobody or no time are refused", () => {
    expect(faultsOf({ kind: "event", externalId: "e", fields: { type: "x" } })).toEqual([
      "customerId required",
      "timestamp required",
    ]);
    expect(faultsOf({ kind: "consent", externalId: "c", fields: { customer: { id: "1" } } })).toEqual([
      "categories required",
    ]);
  });

  it("give products back as rows for the catalog", () => {
    const result = recordToEvents({ kind: "product", externalId: "A", fields: { sku: "A", name: "Bag" } }, facts);
    expect(result).toMatchObject({ ok: true, events: [], product: { sku: "A", name: "Bag" } });
  });
});
