import { describe, expect, it } from "vitest";
import { applyMapping, applyMappingToRows, type MappedRow } from "./apply-mapping.ts";
import { guessMapping } from "./guess-mapping.ts";
import type { Mapping } from "./mapping.ts";
import { mappingPresets } from "./presets/presets.ts";
import { validateMapping } from "./validate-mapping.ts";

function recordOf(mapped: MappedRow) {
  if (!mapped.ok) throw new Error(JSON.stringify(mapped.faults));
  return mapped.record;
}

const flat: Mapping = {
  kind: "order",
  fields: {
    purchaseID: "no",
    createdDate: { from: "date", format: "DD.MM.YYYY" },
    currencyCode: { value: "EUR" },
    "customer.id": "customer",
    "customer.firstName": { template: "{title} {name}" },
    "personalEmail.address": { from: ["mail", "mail2"], case: "lower" },
  },
  items: { fields: { id: "line", SKU: "sku", quantity: "qty", unitPrice: { from: "price", decimal: "," } } },
  lists: { refunds: { fields: { transactionID: "refund", refundAmount: { from: "refunded", decimal: "," } } } },
};

const row = (line: string, extra: Record<string, string> = {}) => ({
  no: "1",
  date: "24.12.2023",
  customer: "9",
  title: "",
  name: "Ann",
  mail: "",
  mail2: "ANN@example.org",
  line,
  sku: `S${line}`,
  qty: "2",
  price: "1.234,50",
  refund: "R1",
  refunded: "5,00",
  ...extra,
});

describe("rows of one order", () => {
  it("become one record: order columns from the first, a line from each, repeated refunds once", () => {
    const record = recordOf(applyMappingToRows(flat, [row("1"), row("2")]));
    expect(record).toEqual({
      kind: "order",
      externalId: "1",
      fields: {
        purchaseID: "1",
        createdDate: "2023-12-24T00:00:00.000Z",
        currencyCode: "EUR",
        customer: { id: "9", firstName: "Ann" },
        personalEmail: { address: "ann@example.org" },
        items: [
          { id: "1", SKU: "S1", quantity: "2", unitPrice: "1234.50" },
          { id: "2", SKU: "S2", quantity: "2", unitPrice: "1234.50" },
        ],
        refunds: [{ transactionID: "R1", refundAmount: "5.00" }],
      },
    });
  });

  it("count a line number once, and lines without one each", () => {
    const twice = applyMappingToRows(flat, [row("1"), row("1")]);
    expect(twice).toMatchObject({ ok: true, repeats: 1 });
    const unnumbered = applyMappingToRows(flat, [row("", { sku: "A" }), row("", { sku: "A" })]);
    expect(unnumbered).toMatchObject({ ok: true, repeats: 0 });
    expect(recordOf(unnumbered).fields["items"]).toHaveLength(2);
  });

  it("give every fault with the path of its target", () => {
    const mapped = applyMappingToRows(flat, [row("1", { date: "2023-12-24", price: "free" })]);
    expect(mapped.ok ? [] : mapped.faults.map(({ path, code }) => `${path} ${code}`)).toEqual([
      "createdDate date",
      "items.0.unitPrice money",
    ]);
    expect(applyMappingToRows(flat, [row("1", { no: " " })])).toMatchObject({
      ok: false,
      faults: [{ path: "externalId", code: "required" }],
    });
    expect(applyMappingToRows(flat, [])).toMatchObject({ ok: false });
  });
});

describe("a nested document", () => {
  it("is read by paths, lists included", () => {
    const magento = mappingPresets.get("magento-orders");
    if (!magento) throw new Error("the preset is missing");
    const record = recordOf(
      applyMapping(magento, {
        increment_id: "000000001",
        created_at: "2023-01-02 03:04:05",
        updated_at: "2023-01-03 03:04:05",
        state: "complete",
        grand_total: 36.39,
        order_currency_code: "USD",
        customer_email: "a@example.org",
        customer_is_guest: 0,
        billing_address: { street: ["Main 1", "Back"], city: "Austin", country_id: "US" },
        items: [{ item_id: 1, sku: "WS12", name: "Tank", qty_ordered: 1, row_total: 22, price: 22 }],
        payment: { method: "checkmo", amount_ordered: 36.39 },
      }),
    );
    expect(record).toMatchObject({
      externalId: "000000001",
      updatedAt: "2023-01-03T03:04:05.000Z",
      fields: {
        status: "completed",
        priceTotal: "36.39",
        customer: { isGuest: false },
        billing: { address: { street1: "Main 1", city: "Austin", country: "US" } },
        items: [{ id: "1", SKU: "WS12", quantity: "1", priceTotal: "22" }],
        payments: [{ paymentType: "checkmo", paymentAmount: "36.39" }],
      },
    });
  });

  it("in our own vocabulary needs no mapping but its key", () => {
    const order = {
      purchaseID: "5",
      createdDate: "2020-01-01T00:00:00Z",
      lastUpdatedDate: "2020-01-02T00:00:00Z",
      items: [{ SKU: "A", quantity: 1, priceTotal: 3 }],
    };
    const { mapping, missing } = guessMapping([], [order], "order");
    expect(missing).toEqual([]);
    const record = recordOf(applyMapping(mapping, order));
    expect(record).toMatchObject({ externalId: "5", updatedAt: "2020-01-02T00:00:00.000Z" });
    expect(record.fields).toMatchObject({ items: order.items, createdDate: order.createdDate });
  });

  it("never reaches a prototype", () => {
    const mapping: Mapping = { kind: "customer", fields: { "customer.id": "id" }, options: { unmapped: "attributes" } };
    const hostile = JSON.parse('{"id":"1","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}');
    const record = recordOf(applyMapping(mapping, hostile));
    expect(record.fields["attributes"]).toBeUndefined();
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("a guessed mapping", () => {
  it("knows the columns, dates and decimal signs of other systems", () => {
    const rows = [
      {
        Bestellung: "1",
        "Order Date": "24.12.2023 18:00",
        SKU: "A",
        Qty: "1",
        "Unit Price": "1.234,50",
        "E-Mail": "a@b.de",
        Note: "x",
      },
    ];
    const { mapping, unmapped, missing } = guessMapping(Object.keys(rows[0] ?? {}), rows, "order");
    expect(mapping).toMatchObject({
      fields: {
        createdDate: { from: "Order Date", format: "DD.MM.YYYY HH:mm" },
        "personalEmail.address": "E-Mail",
      },
      items: { fields: { SKU: "SKU", quantity: "Qty", unitPrice: { from: "Unit Price", decimal: "," } } },
    });
    expect(missing).toEqual(["purchaseID"]);
    expect(unmapped).toEqual(["Bestellung", "Note"]);
  });

  it("reads the paths of the contract, flattened with points", () => {
    const header = [
      "purchaseID",
      "createdDate",
      "currencyCode",
      "customer.id",
      "items.SKU",
      "items.quantity",
      "items.priceTotal",
      "items.attributes.gift",
      "refunds.transactionID",
      "refunds.refundAmount",
      "attributes.campaign",
    ];
    const { mapping, unmapped, missing } = guessMapping(header, [], "order");
    expect(missing).toEqual([]);
    expect(unmapped).toEqual([]);
    expect(validateMapping(mapping)).toMatchObject({ ok: true });
    const values = ["7", "2020-01-01", "EUR", "9", "A", "1", "2.50", "yes", "R", "1", "spring"];
    const record = recordOf(
      applyMapping(mapping, Object.fromEntries(header.map((name, at) => [name, values[at] ?? ""]))),
    );
    expect(record.fields).toMatchObject({
      items: [{ SKU: "A", quantity: "1", priceTotal: "2.50", attributes: { gift: "yes" } }],
      refunds: [{ transactionID: "R", refundAmount: "1" }],
      attributes: { campaign: "spring" },
    });
  });

  it("takes the day first where both orders fit, and the only one that fits otherwise", () => {
    const format = (dates: readonly string[]) => {
      const rows = dates.map((date) => ({ order_id: "1", date }));
      const { mapping } = guessMapping(["order_id", "date"], rows, "order");
      return mapping.fields["createdDate"];
    };
    expect(format(["01/02/2023"])).toEqual({ from: "date", format: "DD/MM/YYYY" });
    expect(format(["01/02/2023", "12/31/2023"])).toEqual({ from: "date", format: "MM/DD/YYYY" });
    expect(format(["1665865239"])).toEqual({ from: "date", format: "unix" });
  });
});

describe("a mapping file", () => {
  const faultsOf = (input: unknown) => {
    const checked = validateMapping(input);
    return checked.ok ? [] : checked.faults.map(({ path, code }) => `${path} ${code}`);
  };

  it("comes valid with the product", () => {
    expect(mappingPresets.size).toBeGreaterThanOrEqual(3);
    for (const preset of mappingPresets.values())
      expect(validateMapping(JSON.parse(JSON.stringify(preset))).ok).toBe(true);
  });

  it("is refused with path and reason", () => {
    expect(faultsOf({ kind: "order", fields: {}, items: { fields: { SKU: "s" } } })).toEqual([
      "/fields required",
      "/fields required",
      "/items/fields required",
      "/items/fields required",
    ]);
    expect(
      faultsOf({
        kind: "customer",
        fields: {
          "customer.id": { from: "a", value: 1 },
          nonsense: "b",
          "userAccount.startDate": { from: "c", format: "HH", zone: "Mars/Olympus" },
        },
      }),
    ).toEqual([
      "/fields/customer.id ambiguous",
      "/fields/nonsense unknownTarget",
      "/fields/userAccount.startDate/zone zone",
    ]);
    expect(faultsOf({ kind: "order" }).length).toBeGreaterThan(0);
    expect(faultsOf({ kind: "spaceship", fields: {} }).length).toBeGreaterThan(0);
    for (const input of [null, 5, "x", [], {}]) expect(faultsOf(input).length).toBeGreaterThan(0);
  });
});
