import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import { type ImportApp, startImportApp } from "../../testing/import-app.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { Import } from "./import.ts";

let world: ImportApp;
/** How often the door refuses before it takes an event. */
let refusals = 0;
beforeAll(async () => {
  world = await startImportApp({
    accept: async (request, accept) => {
      if (refusals > 0) {
        refusals -= 1;
        throw new ClienteleError("collect.busy", "the inbox is full", { retryAfterSeconds: 0.01 });
      }
      return accept(request);
    },
  });
});
afterAll(() => world.close());

let source = "";
let sources = 0;
beforeEach(() => {
  // Each test is a shop of its own.
  sources += 1;
  source = `s${sources}`;
});

const header = "no,date,updated,customer,sku,qty,price";
const mapping = {
  kind: "order",
  fields: {
    purchaseID: "no",
    createdDate: "date",
    lastUpdatedDate: "updated",
    currencyCode: { value: "EUR" },
    "customer.id": "customer",
  },
  items: { fields: { SKU: "sku", quantity: "qty", unitPrice: "price" } },
} as const satisfies Mapping;

type Given = { readonly mode?: "partial" | "atomic"; readonly kind?: Import["kind"]; readonly mapping?: Mapping };

async function importRows(rows: readonly string[], given: Given = {}): Promise<Import> {
  const path = world.write("orders.csv", `${header}\n${rows.join("\n")}\n`);
  const run = await world.imports.createFromPath(
    { kind: "order", fileName: "orders.csv", mapping, sourceId: source, createdBy: "test", ...given },
    path,
  );
  const ended = await world.imports.runToEnd(run.id);
  await world.app.settle();
  return ended;
}

async function ordersOf(customer: string) {
  const answer = await world.app.call("GET", `/v1/profiles/by/user_id/${customer}`);
  return answer.status === 404 ? null : answer.body;
}

async function stored(where: string): Promise<readonly Record<string, unknown>[]> {
  return world.app.engines.clickhouse.query(
    `select event_type, order_id, order_total, currency, toString(ts) as at, source_kind, identity_key from events final
     where source_id = '${source}' and ${where} order by ts, event_type`,
  );
}

describe("an import", () => {
  it("brings orders of any age to their customers, and those of nobody to the event store", async () => {
    const done = await importRows([
      `${source}-1,2009-05-01 10:00:00,,${source}c1,A,2,9.99`,
      `${source}-1,2009-05-01 10:00:00,,${source}c1,B,1,0.01`,
      `${source}-2,1971-01-01 00:00:00,,,A,1,5`,
    ]);
    expect(done).toMatchObject({ status: "done", counts: { rows: 3, read: 2, written: 2, rejected: 0 } });
    expect(await stored("1")).toEqual([
      expect.objectContaining({
        order_id: `${source}-2`,
        at: "1971-01-01 00:00:00.000",
        identity_key: "",
        order_total: 500,
      }),
      expect.objectContaining({
        order_id: `${source}-1`,
        at: "2009-05-01 10:00:00.000",
        identity_key: `user_id:${source}c1`,
        order_total: 1999,
        currency: "EUR",
        source_kind: "history",
      }),
    ]);
    expect(await ordersOf(`${source}c1`)).not.toBeNull();
  });

  it("that is repeated changes nothing", async () => {
    const rows = [
      `${source}-1,2020-01-01 00:00:00,,${source}c,A,1,5`,
      `${source}-2,2020-01-02 00:00:00,,${source}c,A,1,5`,
    ];
    await importRows(rows);
    const before = await ordersOf(`${source}c`);
    const again = await importRows(rows);
    expect(again.counts).toMatchObject({ read: 2, written: 0, unchanged: 2, events: 0 });
    expect(await stored("1")).toHaveLength(2);
    expect(await ordersOf(`${source}c`)).toEqual(before);
  });

  it("replaces an order by a newer state and ignores an older one", async () => {
    const order = (updated: string, price: string) => [
      `${source}-1,2020-01-01 00:00:00,${updated},${source}c,A,1,${price}`,
    ];
    await importRows(order("2020-01-05 00:00:00", "5"));
    const older = await importRows(order("2020-01-03 00:00:00", "3"));
    expect(older.counts).toMatchObject({ written: 0, older: 1 });
    const newer = await importRows(order("2020-01-07 00:00:00", "7"));
    expect(newer.counts).toMatchObject({ written: 1, older: 0 });
    expect((await stored("1")).map(({ event_type, order_total }) => `${event_type} ${order_total}`)).toEqual([
      "orderPlaced 500",
      "orderUpdated 700",
    ]);
    const report = await world.imports.reconciliation(newer.id);
    expect(report).toMatchObject({ isEqual: true, isSettled: true });
    expect(report.totals).toContainEqual({
      what: "grossMinor",
      currency: "EUR",
      file: 700,
      stored: 700,
      difference: 0,
    });
  });

  it("replaces an order also when nothing but its content says that it is newer", async () => {
    const order = (price: string) => [`${source}-1,2020-01-01 00:00:00,,${source}c,A,1,${price}`];
    await importRows(order("5"));
    await importRows(order("4"));
    await importRows(order("6"));
    const last = await importRows(order("6"));
    expect(last.counts).toMatchObject({ unchanged: 1, written: 0 });
    const events = await world.app.engines.clickhouse.query<{ updated: string; total: number }>(
      `select JSONExtractString(properties, 'updatedAt') as updated, order_total as total from events final where source_id = '${source}' order by updated`,
    );
    expect(events).toEqual([
      { updated: "", total: 500 },
      { updated: "2020-01-01T00:00:00.001Z", total: 400 },
      { updated: "2020-01-01T00:00:00.002Z", total: 600 },
    ]);
  });

  it("takes the good rows, and gives the others back with line and reason", async () => {
    const done = await importRows([
      `${source}-1,2020-01-01 00:00:00,,${source}c,A,1,5`,
      `${source}-2,someday,,${source}c,A,1,5`,
      "too,few",
      `${source}-3,2020-01-01 00:00:00,,${source}c,,x,=HYPERLINK()`,
    ]);
    expect(done.counts).toMatchObject({ rows: 4, read: 1, written: 1, rejectedRows: 3 });
    const pieces: Buffer[] = [];
    for await (const piece of await world.imports.badRows(done.id)) pieces.push(piece as Buffer);
    const lines = Buffer.concat(pieces).toString("utf8").replace("\uFEFF", "").trimEnd().split("\r\n");
    expect(lines[0]).toBe(`import_line,import_fault,${header}`);
    expect(lines.slice(1).map((line) => line.split(",")[0])).toEqual(["3", "4", "5"]);
    expect(lines.join("\n")).toContain("createdDate is no date of the format iso");
    expect(lines.join("\n")).toContain("'=HYPERLINK()");
    expect(await stored("1")).toHaveLength(1);
  });

  it("in the atomic mode writes nothing while one row has a fault", async () => {
    const good = `${source}-1,2020-01-01 00:00:00,,${source}c,A,1,5`;
    const failed = await importRows([good, `${source}-2,someday,,${source}c,A,1,5`], { mode: "atomic" });
    expect(failed).toMatchObject({ status: "failed", error: { code: "imports.badRows" }, counts: { rejectedRows: 1 } });
    expect(await stored("1")).toHaveLength(0);
    const done = await importRows([good], { mode: "atomic" });
    expect(done).toMatchObject({ status: "done", counts: { written: 1, rejectedRows: 0 } });
  });

  it("waits for an inbox that is full", async () => {
    refusals = 3;
    const done = await importRows([`${source}-1,2020-01-01 00:00:00,,${source}c,A,1,5`]);
    expect(refusals).toBe(0);
    expect(done).toMatchObject({ status: "done", counts: { written: 1, events: 1 } });
  });

  it("refuses rows of an order that lie further apart than the window, instead of cutting the order in two", async () => {
    const rows = [
      `${source}-1,2020-01-01 00:00:00,,${source}c,A,1,5`,
      `${source}-2,2020-01-01 00:00:00,,${source}c,A,1,5`,
      `${source}-3,2020-01-01 00:00:00,,${source}c,A,1,5`,
      `${source}-1,2020-01-01 00:00:00,,${source}c,B,1,5`,
    ];
    const near = await importRows(rows, { mapping: { ...mapping, options: { groupWindow: 1 } } });
    expect(near.counts).toMatchObject({ written: 3, rejected: 1, rejectedRows: 1 });
    source += "x";
    const far = await importRows(
      rows.map((row) => row.replace("-", "x-")),
      { mapping: { ...mapping, options: { groupWindow: 10 } } },
    );
    expect(far.counts).toMatchObject({ written: 3, rejected: 0 });
  });
});

describe("JSON lines", () => {
  it("of orders in the words of the contract need no mapping", async () => {
    const order = {
      purchaseID: `${source}-9`,
      createdDate: "2018-06-01T12:00:00Z",
      lastUpdatedDate: "2018-06-09T12:00:00Z",
      currencyCode: "EUR",
      priceTotal: 20,
      personalEmail: { address: `${source}@example.org` },
      items: [{ SKU: "A", quantity: 1, priceTotal: 20 }],
      refunds: [{ transactionID: "R1", refundAmount: 5, date: "2018-06-05T12:00:00Z" }],
    };
    const path = world.write("orders.ndjson.gz", gzipSync(`${JSON.stringify(order)}\n`));
    const run = await world.imports.createFromPath(
      { kind: "order", fileName: "orders.ndjson.gz", sourceId: source, createdBy: "test" },
      path,
    );
    const done = await world.imports.runToEnd(run.id);
    await world.app.settle();
    expect(done).toMatchObject({ status: "done", counts: { written: 1, events: 2 } });
    expect((await stored("1")).map(({ event_type, at }) => `${event_type} ${at}`)).toEqual([
      "orderPlaced 2018-06-01 12:00:00.000",
      "orderRefunded 2018-06-05 12:00:00.000",
    ]);
    expect(await world.imports.reconciliation(run.id)).toMatchObject({ isEqual: true });
    const profile = await world.app.call("GET", `/v1/profiles/by/email/${source}@example.org`);
    expect(profile.status).toBe(200);
  });

  it("of customers, consents and events find the same person", async () => {
    const files = [
      [
        "customer",
        {
          customer: { id: source },
          person: { name: { firstName: "Ann" } },
          personalEmail: { address: `${source}@x.org` },
          updatedAt: "2020-01-01T00:00:00Z",
        },
      ],
      ["consent", { customer: { id: source }, categories: { marketing: false }, date: "2020-01-02T00:00:00Z" }],
      [
        "event",
        {
          type: "addToCart",
          timestamp: "2020-01-03T00:00:00Z",
          customerId: source,
          messageId: `${source}m`,
          properties: { sku: "A" },
        },
      ],
    ] as const;
    for (const [kind, row] of files) {
      const path = world.write(`${kind}.ndjson`, `${JSON.stringify(row)}\n`);
      const run = await world.imports.createFromPath(
        { kind, fileName: `${kind}.ndjson`, sourceId: source, createdBy: "test" },
        path,
      );
      expect(await world.imports.runToEnd(run.id)).toMatchObject({ status: "done", counts: { written: 1 } });
    }
    await world.app.settle();
    const profile = await world.app.call("GET", `/v1/profiles/by/email/${source}@x.org`);
    expect(profile.body).toMatchObject({ consents: { marketing: { status: "denied" } } });
    expect(JSON.stringify(profile.body)).toContain("Ann");
    expect(await stored("1")).toHaveLength(3);
  });
});

describe("the HTTP API", () => {
  const auth = { authorization: `Bearer ${demoCredentials.token}` };
  const file = () => `${header}\n${source}-1,2020-01-01 00:00:00,,${source}c,A,1,5\n${source}-2,never,,,A,1,5\n`;
  const call = async (method: "GET" | "POST" | "PUT", url: string, payload?: string | Buffer, type?: string) => {
    const answer = await world.server.inject({
      method,
      url,
      headers: { ...auth, ...(type === undefined ? {} : { "content-type": type }) },
      ...(payload === undefined ? {} : { payload }),
    });
    const isJson = String(answer.headers["content-type"]).includes("json");
    return { status: answer.statusCode, body: isJson ? answer.json() : answer.body };
  };
  const ended = async (id: string) => {
    for (let attempt = 0; attempt < 500; attempt += 1) {
      const { body } = await call("GET", `/v1/imports/${id}`);
      if (body.status !== "running" && body.status !== "preview") return body;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error("the import does not end");
  };

  it("takes a form, previews it, runs it and reconciles it", async () => {
    const boundary = "----form";
    const field = (name: string, value: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const form = `${field("kind", "order")}${field("source", source)}${field("mapping", JSON.stringify(mapping))}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="my orders.csv"\r\nContent-Type: text/csv\r\n\r\n${file()}\r\n--${boundary}--\r\n`;
    const created = await call("POST", "/v1/imports", form, `multipart/form-data; boundary=${boundary}`);
    expect(created).toMatchObject({
      status: 201,
      body: { status: "preview", fileName: "my orders.csv", isFileComplete: true },
    });
    const { id } = created.body;
    const preview = await call("GET", `/v1/imports/${id}/preview`);
    expect(preview.body).toMatchObject({
      isGuessed: false,
      faultyRecords: 1,
      records: [
        {
          lines: [2],
          fault: null,
          events: [{ type: "orderPlaced", properties: { orderTotal: { minor: 500, currency: "EUR" } } }],
        },
        { lines: [3], fault: "createdDate is no date of the format iso" },
      ],
    });
    expect((await call("GET", `/v1/imports/${id}/reconciliation`)).status).toBe(409);
    expect((await call("POST", `/v1/imports/${id}/start`)).status).toBe(200);
    expect(await ended(id)).toMatchObject({
      status: "done",
      progress: { ratio: 1 },
      counts: { written: 1, rejectedRows: 1 },
    });
    await world.app.settle();
    const report = await call("GET", `/v1/imports/${id}/reconciliation`);
    expect(report.body).toMatchObject({ isEqual: true, months: [{ month: "2020-01", isEqual: true }] });
    const bad = await call("GET", `/v1/imports/${id}/bad-rows`);
    expect(bad.body).toContain(`${source}-2,never`);
    expect((await call("POST", `/v1/imports/${id}/start`)).status).toBe(409);
    const list = await call("GET", "/v1/imports?limit=1");
    expect(list.body.items).toHaveLength(1);
    expect(list.body.nextCursor).toBeDefined();
  });

  it("takes the bytes of a file, guesses its mapping, and says when it cannot", async () => {
    const plain = `order_id,order_date,customer_id,sku,qty,price\n${source}-1,2020-01-01,${source}c,A,1,5\n`;
    const query = `kind=order&fileName=a.csv&source=${source}`;
    const created = await call("POST", `/v1/imports?${query}`, plain, "text/csv");
    expect(created.status).toBe(201);
    await call("POST", `/v1/imports/${created.body.id}/start`);
    expect(await ended(created.body.id)).toMatchObject({ status: "done", counts: { written: 1 } });
    const vague = await call("POST", `/v1/imports?${query}`, "a,b\n1,2\n", "text/csv");
    const refused = await call("POST", `/v1/imports/${vague.body.id}/start`);
    expect(refused).toMatchObject({ status: 422, body: { error: { code: "imports.mapping" } } });
    const mended = await call(
      "PUT",
      `/v1/imports/${vague.body.id}/mapping`,
      JSON.stringify({ mapping: { kind: "order", fields: { nonsense: "a" } } }),
      "application/json",
    );
    expect(mended.body.error.details.map(({ path }: { path: string }) => path)).toContain("/fields/nonsense");
    expect((await call("POST", `/v1/imports/${vague.body.id}/cancel`)).body.status).toBe("cancelled");
  });

  it("takes a file in pieces and goes on where one was cut off", async () => {
    const bytes = Buffer.from(file());
    const created = await call(
      "POST",
      "/v1/imports",
      JSON.stringify({ kind: "order", fileName: "a.csv", source, mapping }),
      "application/json",
    );
    const url = `/v1/imports/${created.body.id}/file`;
    expect((await call("POST", `/v1/imports/${created.body.id}/start`)).body.error.code).toBe("imports.state");
    const type = "application/octet-stream";
    expect((await call("PUT", `${url}?offset=0`, bytes.subarray(0, 30), type)).body).toMatchObject({
      storedBytes: 30,
      isFileComplete: false,
    });
    expect((await call("PUT", `${url}?offset=10`, bytes.subarray(10), type)).body.error.code).toBe("imports.offset");
    expect((await call("PUT", `${url}?offset=30&last=true`, bytes.subarray(30), type)).body).toMatchObject({
      isFileComplete: true,
    });
    await call("POST", `/v1/imports/${created.body.id}/start`);
    expect(await ended(created.body.id)).toMatchObject({ status: "done", counts: { written: 1, rejectedRows: 1 } });
  });

  it("refuses what it cannot read", async () => {
    expect((await call("POST", "/v1/imports?kind=spaceship", "a", "text/csv")).status).toBe(400);
    expect((await call("POST", "/v1/imports", "a", "text/csv")).status).toBe(400);
    expect((await call("POST", "/v1/imports?kind=order", "", "text/csv")).status).toBe(422);
    expect((await call("POST", "/v1/imports?kind=order&preset=none", "a", "text/csv")).status).toBe(422);
    const cut = await call(
      "POST",
      "/v1/imports",
      '--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\nord',
      "multipart/form-data; boundary=b",
    );
    expect(cut).toMatchObject({ status: 400, body: { error: { code: "imports.upload" } } });
    expect((await call("GET", "/v1/imports/00000000-0000-7000-8000-000000000000")).status).toBe(404);
    const nobody = await world.server.inject({ method: "GET", url: "/v1/imports" });
    expect(nobody.statusCode).toBe(401);
    const mappings = await call("GET", "/v1/import-mappings");
    expect(mappings.body.presets.map(({ name }: { name: string }) => name)).toContain("online-retail");
  });
});
