import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
}, 60_000);
afterAll(() => app.close());

type Json = Record<string, unknown>;
type Given = { readonly query?: string; readonly type?: string; readonly mapping?: object };
const auth = { authorization: `Bearer ${demoCredentials.token}` };
let shops = 0;

/** Uploads a file of products, gives it a mapping if there is one, and runs it. */
async function upload(content: string, given: Given = {}): Promise<string> {
  const { query = `source=shop-${++shops}`, type = "text/csv", mapping } = given;
  const fileName = type === "text/csv" ? "products.csv" : "products.ndjson";
  const url = `/v1/imports?kind=product&fileName=${fileName}&${query}`;
  const created = await app.call("POST", url, content, { ...auth, "content-type": type });
  expect(created.status, JSON.stringify(created.body)).toBe(201);
  const id = String(created.body["id"]);
  if (mapping) {
    const mapped = await app.call("PUT", `/v1/imports/${id}/mapping`, { mapping });
    expect(mapped.status, JSON.stringify(mapped.body)).toBe(200);
  }
  return id;
}
async function run(id: string): Promise<Json> {
  const started = await app.call("POST", `/v1/imports/${id}/start`);
  expect(started.status, JSON.stringify(started.body)).toBe(200);
  const deadline = Date.now() + 15_000;
  for (;;) {
    const { body } = await app.call("GET", `/v1/imports/${id}`);
    if (body["status"] !== "running" && body["status"] !== "preview") return body;
    if (Date.now() > deadline) throw new Error("the import does not end");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const importFile = async (content: string, given: Given = {}) => run(await upload(content, given));
const product = async (sku: string) => (await app.call("GET", `/v1/catalog/products/${sku}`)).body;
const badRows = async (id: unknown) => String((await app.call("GET", `/v1/imports/${id}/bad-rows`)).body["text"]);
const ndjson = "application/x-ndjson";

describe("products by POST /v1/imports", () => {
  it("come from CSV with the shop's own column names, comma decimals and any other column as an attribute", async () => {
    const rows = [
      "Artikel;Bezeichnung;Preis;Lager;Gruppe;Farbe",
      'HEM-1;Hemd "Oxford";1.249,90 €;12;Herren/Hemden;blau',
      "HEM-2;Hemd;0,95;0;Herren/Hemden;weiß",
    ].join("\n");
    const mapping = {
      kind: "product",
      fields: {
        sku: "Artikel",
        name: "Bezeichnung",
        price: { from: "Preis", decimal: "," },
        qty: "Lager",
        categories: "Gruppe",
        "attributes.colour": "Farbe",
      },
      options: { currency: "EUR" },
    };
    const done = await importFile(rows, { mapping });
    expect(done).toMatchObject({ status: "done", counts: { rows: 2, read: 2, written: 2, rejected: 0 } });
    expect(await product("HEM-1")).toMatchObject({
      name: 'Hemd "Oxford"',
      price: { minor: 124_990, currency: "EUR" },
      qty: 12,
      inStock: true,
      attributes: { colour: "blau" },
    });
    expect(await product("HEM-2")).toMatchObject({ price: { minor: 95, currency: "EUR" }, inStock: false });
  });

  it("are recognised by their usual names without a mapping, with commas found by themselves", async () => {
    const rows = [
      "Article No;Title;Sale Price;Price;Currency;Brand;Fit",
      "G-1;Bag;9,90;19,90;EUR;Acme;slim",
      "G-2;Cap;;5,00;EUR;Acme;",
    ].join("\n");
    const id = await upload(rows);
    const preview = (await app.call("GET", `/v1/imports/${id}/preview`)).body;
    expect(preview).toMatchObject({ isGuessed: true, faultyRecords: 0, faults: [] });
    expect(await run(id)).toMatchObject({ status: "done", counts: { written: 2, rejected: 0 } });
    expect(await product("G-1")).toMatchObject({
      price: { minor: 1990, currency: "EUR" },
      specialPrice: { minor: 990, currency: "EUR" },
      brand: "Acme",
      attributes: { Fit: "slim" },
    });
  });

  it("come as NDJSON in our own words, with variants, and with currencies of three digits and of none", async () => {
    const rows = [
      { sku: "N-1", name: "Ring", price: "12.345", currency: "KWD", variants: [{ sku: "N-1-S", price: "1.5" }] },
      { sku: "N-2", name: "Fan", price: 980, currency: "JPY", updatedAt: "2026-01-02T00:00:00Z" },
      { sku: 33, name: "Numbered", price: { minor: 5, currency: "USD" }, attributes: { material: ["wool", "silk"] } },
    ];
    const done = await importFile(rows.map((row) => JSON.stringify(row)).join("\n"), { type: ndjson });
    expect(done).toMatchObject({ status: "done", counts: { written: 3, rejected: 0 } });
    expect(await product("N-1")).toMatchObject({ variants: ["N-1-S"] });
    expect(await product("N-2")).toMatchObject({ price: { minor: 980, currency: "JPY" } });
    expect(await product("33")).toMatchObject({ attributes: { material: ["wool", "silk"] } });
    const csv = 'sku,name,price,currency\nK-1,Ring,12.345,KWD\nK-2,Fan,"1,200",JPY\n';
    expect(await importFile(csv)).toMatchObject({ counts: { written: 2 } });
    expect(await product("K-1")).toMatchObject({ price: { minor: 12_345, currency: "KWD" } });
    expect(await product("K-2")).toMatchObject({ price: { minor: 1200, currency: "JPY" } });
  });

  it("come with what shoppers choose when they buy, in the notation of the shop or as JSON", async () => {
    const rows = [
      "sku,name,price,currency,custom_options",
      'O-1,Ring,20.00,USD,"name=Box,type=drop_down,required=1,price=3.0000,price_type=fixed,option_title=Wood|name=Box,type=drop_down,required=1,price=10.0000,price_type=percent,option_title=Card"',
      'O-2,Ring,20.00,USD,"[{""title"": ""Name"", ""type"": ""field"", ""required"": true, ""price"": 5}]"',
      "O-3,Ring,20.00,USD,gift wrap",
    ];
    expect(await importFile(rows.join("\n"))).toMatchObject({ counts: { written: 2, rejectedRows: 1 } });
    expect(await product("O-1")).toMatchObject({
      customOptions: [{ title: "Box", isRequired: true, values: [{ title: "Wood" }, { price: { percent: "10" } }] }],
      finalPrice: { minor: 2_200, currency: "USD" },
    });
    expect(await product("O-2")).toMatchObject({ finalPrice: { minor: 2_500, currency: "USD" } });
  });

  it("that the catalog refuses are in the bad rows with the reason, and the others are taken", async () => {
    const rows = [
      "sku,name,price,currency",
      "B-1,Good,1.00,USD",
      "B-2,,1.00,USD",
      "B-3,Dear,much,USD",
      "B-4,Odd,1.00,dollars",
      ",Nameless,1.00,USD",
      `${"x".repeat(65)},Long,1.00,USD`,
      '"B-7,Open,1',
    ].join("\n");
    const id = await upload(rows);
    const preview = (await app.call("GET", `/v1/imports/${id}/preview`)).body;
    const faults = (preview["records"] as { fault: string | null }[]).map(({ fault }) => fault !== null);
    expect(faults).toEqual([false, true, true, true, true, true, true]);
    const done = await run(id);
    expect(done).toMatchObject({ status: "done", counts: { rows: 7, written: 1, rejectedRows: 6 } });
    const text = await badRows(id);
    const lines = text.trim().split("\n");
    expect(lines).toHaveLength(7);
    for (const [line, reason] of [
      ["3", "name is missing"],
      ["4", "is no amount"],
      ["5", "currency"],
      ["6", "the row has no key"],
      ["7", "characters"],
    ] as const)
      expect(lines.find((one) => one.startsWith(`${line},`))).toContain(reason);
    expect((await app.call("GET", "/v1/catalog/products/B-3")).status).toBe(404);
    const report = (await app.call("GET", `/v1/imports/${id}/reconciliation`)).body;
    expect(report).toMatchObject({ isEqual: true, totals: [{ what: "products", file: 1, stored: 1 }] });
  });

  it("of a file that must be taken whole are not written when the catalog would refuse one", async () => {
    const rows = "sku,name,price\nA-1,Fine,1.00\nA-2,Bad,-5\n";
    const done = await importFile(rows, { query: "source=whole&mode=atomic" });
    expect(done).toMatchObject({ status: "failed", error: { code: "imports.badRows" } });
    expect((await app.call("GET", "/v1/catalog/products/A-1")).status).toBe(404);
    const again = await importFile("sku,name,price\nA-1,Fine,1.00\n", { query: "source=whole&mode=atomic" });
    expect(again).toMatchObject({ status: "done", counts: { written: 1 } });
  });

  it("that changed are changed, those that did not count as known, and an older state is ignored", async () => {
    const query = "source=erp";
    const file = (price: string, updated: string) =>
      `sku,name,price,updated_at\nC-1,Coat,${price},${updated}\nC-2,Cape,10,2026-01-01T00:00:00Z\n`;
    await importFile(file("50", "2026-01-01T00:00:00Z"), { query });
    const changed = await importFile(file("40", "2026-02-01T00:00:00Z"), { query });
    expect(changed).toMatchObject({ counts: { written: 1, unchanged: 1, older: 0 } });
    expect(await product("C-1")).toMatchObject({ price: { minor: 4000 } });
    const older = await importFile(file("45", "2026-01-15T00:00:00Z"), { query });
    expect(older).toMatchObject({ counts: { written: 0, unchanged: 1, older: 1 } });
    expect(await product("C-1")).toMatchObject({ price: { minor: 4000 } });
    const report = (await app.call("GET", `/v1/imports/${changed["id"]}/reconciliation`)).body;
    expect(report).toMatchObject({ isEqual: true });
  });

  it("are as the file says after it was imported again, whatever was done to them in between", async () => {
    const query = "source=again";
    const rows = "sku,name,price\nR-1,Robe,10\nR-2,Rug,20\n";
    await importFile(rows, { query });
    await app.call("DELETE", "/v1/catalog/products/R-1");
    await app.call("PUT", "/v1/catalog/products", [{ sku: "R-2", name: "Rug", price: "99" }]);
    expect(await importFile(rows, { query })).toMatchObject({ counts: { written: 0, unchanged: 2 } });
    expect(await product("R-1")).toMatchObject({ price: { minor: 1000 } });
    expect(await product("R-2")).toMatchObject({ price: { minor: 2000 } });
  });

  it("that were deleted in the other system are deleted, and come back when they do there", async () => {
    const query = "source=gone";
    await importFile("sku,name,price\nD-1,Dress,10\n", { query });
    const done = await importFile("sku,deleted\nD-1,true\n", { query });
    expect(done).toMatchObject({ counts: { written: 1, rejected: 0 } });
    expect((await app.call("GET", "/v1/catalog/products/D-1")).status).toBe(404);
    const back = await importFile("sku,name,price,deleted\nD-1,Dress,10,true\nD-1,Dress,12,false\n", { query });
    expect(back).toMatchObject({ counts: { read: 2, rejected: 0 } });
    expect(await product("D-1")).toMatchObject({ price: { minor: 1200 } });
  });

  it("carry no prototype and no key that reaches one", async () => {
    const row =
      '{"sku": "P-1", "name": "Trap", "__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": 1}}}';
    expect(await importFile(row, { type: ndjson })).toMatchObject({ counts: { written: 1 } });
    expect(({} as Json)["polluted"]).toBeUndefined();
  });
});
