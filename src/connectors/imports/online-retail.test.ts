import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inData } from "../../testing/folders.ts";
import { type ImportApp, startImportApp } from "../../testing/import-app.ts";
import { mappingPresets } from "../mapping/presets/presets.ts";

const path = inData("online_retail", "orders_2010-12_2011-08.csv.gz");
const baskets = inData("completejourney", "transactions_sample.csv.gz");
const isThere = existsSync(path);
if (!isThere)
  console.info("online retail: skipped, no online_retail folder in CLIENTELE_DATA (default ../shared/data)");
/** The whole file takes a minute; every test run takes a slice that ends with an invoice. */
const rowsTaken = process.env["CLIENTELE_TEST_LONG"] ? Number.POSITIVE_INFINITY : 20_000;

type Row = Readonly<Record<string, string>>;

/** Totals in pennies by another reader and other arithmetic than the program's: whole numbers of tenths of a penny. */
function naiveTotals(rows: readonly Row[]) {
  let gross = 0;
  let refunded = 0;
  const orders = new Set<string>();
  const credits = new Set<string>();
  const customers = new Set<string>();
  const ofNobody = new Set<string>();
  for (const {
    invoice_no: invoice = "",
    quantity = "",
    unit_price_gbp: price = "",
    customer_id: customer = "",
  } of rows) {
    const pennies = Math.round((Number(quantity) * Math.round(Number(price) * 1000)) / 10);
    const isCredit = Number(quantity) < 0 || pennies < 0;
    if (isCredit) refunded -= pennies;
    else gross += pennies;
    (isCredit ? credits : orders).add(invoice);
    if (customer !== "") customers.add(customer);
    else if (!isCredit) ofNobody.add(invoice);
  }
  return {
    gross,
    refunded,
    orders: orders.size,
    credits: credits.size,
    customers: customers.size,
    ofNobody: ofNobody.size,
  };
}

describe.runIf(isThere)("the history of a real shop", () => {
  let world: ImportApp;
  let rows: readonly Row[] = [];
  let file = "";
  beforeAll(async () => {
    world = await startImportApp();
    const text = gunzipSync(readFileSync(path)).toString("utf8");
    const all: Row[] = parse(text, { columns: true });
    let end = Math.min(rowsTaken, all.length);
    while (end < all.length && all[end]?.["invoice_no"] === all[end - 1]?.["invoice_no"]) end += 1;
    rows = all.slice(0, end);
    const lines = text.split(/\r?\n/);
    file = world.write("orders.csv", `${lines.slice(0, end + 1).join("\n")}\n`);
  });
  afterAll(() => world.close());

  const run = async () => {
    const mapping = mappingPresets.get("online-retail");
    if (!mapping) throw new Error("the preset is missing");
    const created = await world.imports.createFromPath(
      { kind: "order", fileName: "orders.csv", mapping, createdBy: "test" },
      file,
    );
    const done = await world.imports.runToEnd(created.id);
    await world.app.settle();
    return done;
  };

  it("is imported to the penny: orders, credits, customers and nobody", async () => {
    const done = await run();
    expect(done).toMatchObject({ status: "done", counts: { rows: rows.length, rejected: 0, rejectedRows: 0 } });
    const naive = naiveTotals(rows);
    const report = await world.imports.reconciliation(done.id);
    const total = (what: string) => report.totals.find((row) => row.what === what);
    expect(report).toMatchObject({ isEqual: true, isSettled: true });
    expect(total("grossMinor")).toMatchObject({ currency: "GBP", file: naive.gross, stored: naive.gross });
    expect(total("refundedMinor")).toMatchObject({ currency: "GBP", file: naive.refunded, stored: naive.refunded });
    expect(total("orders")).toMatchObject({ file: naive.orders, stored: naive.orders });
    expect(total("refunds")).toMatchObject({ file: naive.credits, stored: naive.credits });
    expect(total("customers")).toMatchObject({ file: naive.customers, stored: naive.customers });
    expect(total("ordersOfNobody")).toMatchObject({ file: naive.ofNobody, stored: naive.ofNobody });
    const [events] = await world.app.engines.clickhouse.query<{ n: number }>(
      "select count() as n from events final where event_type in ('orderPlaced', 'orderRefunded') and identity_key = ''",
    );
    expect(Number(events?.n)).toBeGreaterThan(naive.ofNobody);
    const again = await run();
    expect(again.counts).toMatchObject({ written: 0, unchanged: done.counts.written, events: 0 });
    expect(await world.imports.reconciliation(again.id)).toMatchObject({ isEqual: true });
  }, 600_000);
});

describe.runIf(existsSync(baskets) && process.env["CLIENTELE_TEST_LONG"])("lines of baskets in no order", () => {
  it("find together", async () => {
    const world = await startImportApp();
    try {
      const mapping = mappingPresets.get("complete-journey");
      if (!mapping) throw new Error("the preset is missing");
      const created = await world.imports.createFromPath(
        { kind: "order", fileName: "transactions.csv.gz", mapping, createdBy: "test" },
        baskets,
      );
      const done = await world.imports.runToEnd(created.id);
      await world.app.settle();
      expect(done).toMatchObject({ status: "done", counts: { rows: 75_000, read: 47_243, rejected: 0 } });
      expect(await world.imports.reconciliation(done.id)).toMatchObject({ isEqual: true });
    } finally {
      await world.close();
    }
  }, 600_000);
});
