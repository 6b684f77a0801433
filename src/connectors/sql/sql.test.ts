import { createConnection } from "mysql2/promise";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../kernel/index.ts";
import { type SourcesApp, sourceCapabilities, startSourcesApp } from "../../testing/connectors/sources-app.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { type MysqlServer, startMysqlServer } from "../../testing/mysql-server.ts";
import { type PostgresServer, startPostgresServer } from "../../testing/postgres-server.ts";

let engines: TestEngines;
let app: SourcesApp;
let postgres: PostgresServer;
let mysql: MysqlServer;
beforeAll(async () => {
  [engines, postgres, mysql] = await Promise.all([
    openTestEngines(sourceCapabilities),
    startPostgresServer(),
    startMysqlServer(),
  ]);
  app = await startSourcesApp(engines, systemClock);
});
afterAll(async () => {
  await app.close();
  await Promise.all([engines.close(), postgres.stop(), mysql.stop()]);
});
beforeEach(() => {
  app.events.length = 0;
});

type Foreign = {
  readonly target: () => object;
  readonly run: (sql: string) => Promise<void>;
  /** Microseconds, which a Date would lose. */
  readonly instant: string;
};
const onPostgres: Foreign = {
  target: () => ({
    engine: "postgres",
    host: "127.0.0.1",
    port: Number(new URL(postgres.url).port),
    database: "postgres",
    user: "postgres",
    tls: "off",
  }),
  run: async (sql) => {
    const client = new pg.Client(postgres.url);
    await client.connect();
    await client.query(sql);
    await client.end();
  },
  instant: "timestamptz",
};
const onMysql: Foreign = {
  target: () => ({ engine: "mysql", host: mysql.host, port: mysql.port, database: "shop", user: "reader", tls: "off" }),
  run: async (sql) => {
    const connection = await createConnection({
      host: mysql.host,
      port: mysql.port,
      user: "root",
      database: "shop",
      multipleStatements: true,
      timezone: "Z",
    });
    await connection.query("set time_zone = '+00:00'");
    await connection.query(sql);
    await connection.end();
  },
  instant: "datetime(6)",
};

const customer = {
  kind: "customer",
  fields: {
    externalId: "id",
    "customer.id": "id",
    "personalEmail.address": "email",
    "person.name.firstName": "first",
    updatedAt: "changed_at",
  },
};
let number = 0;

describe.each([
  ["PostgreSQL", onPostgres],
  ["MariaDB", onMysql],
] as const)("%s", (_name, foreign) => {
  const table = async (columns: string) => {
    const name = `t_${++number}`;
    await foreign.run(`create table ${name} (${columns})`);
    return name;
  };
  const people = () =>
    table(`id bigint primary key, email varchar(100), first varchar(100), changed_at ${foreign.instant}`);
  const make = async (config: object) => {
    const key = `sql-${number}-${Math.random().toString(36).slice(2, 8)}`;
    await app.make(
      key,
      { type: "sql", system: "erp", mapping: customer, ...foreign.target(), ...config },
      { password: "reader-secret" },
    );
    return key;
  };
  const cursor = { mode: "cursor", cursorColumn: "changed_at", keyColumns: ["id"] };
  const ids = () => app.events.map(({ identifiers }) => Number(identifiers[0]?.value)).sort((a, b) => a - b);
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const insert = (name: string, from: number, to: number, at: (id: number) => string) =>
    foreign.run(
      `insert into ${name} values ${range(from, to)
        .map((id) => `(${id}, 'p${id}@example.org', 'P${id}', '${at(id)}')`)
        .join(", ")}`,
    );

  it("reads by a cursor what is new, also many rows of one instant, without losing microseconds", async () => {
    const name = await people();
    // 25 rows share each instant; pages of 10 end within them.
    await insert(name, 1, 100, (id) => `2026-01-01 10:00:00.00000${Math.floor((id - 1) / 25)}`);
    const key = await make({ ...cursor, query: `select * from ${name}`, batchSize: 10 });
    expect(await app.run(key)).toMatchObject({ read: 100, written: 100, rejected: 0, state: "finished", error: null });
    expect(ids()).toEqual(range(1, 100));
    expect(app.events[0]?.timestamp).toBe(Date.parse("2026-01-01T10:00:00Z"));
    expect(await app.run(key)).toMatchObject({ read: 0 });
    await insert(name, 101, 103, () => "2026-01-01 10:00:00.000003");
    await foreign.run(`update ${name} set first = 'New', changed_at = '2026-01-02 00:00:00' where id = 7`);
    await foreign.run(`update ${name} set changed_at = '2026-01-02 00:00:00' where id = 8`);
    expect(await app.run(key)).toMatchObject({ read: 5, written: 4, unchanged: 1 });
    expect(ids()).toEqual([...range(1, 7), 7, ...range(8, 103)]);
  });

  it("goes on at its checkpoint after it was cut off", async () => {
    const name = await people();
    await insert(name, 1, 60, (id) => `2026-01-01 10:00:${String(id % 60).padStart(2, "0")}`);
    const key = await make({ ...cursor, query: `select * from ${name}`, batchSize: 20 });
    let calls = 0;
    app.breakDoor(() => ++calls > 2);
    expect(await app.run(key)).toMatchObject({ state: "failed", written: 40 });
    app.breakDoor(false);
    expect(await app.run(key)).toMatchObject({ state: "finished", written: 20 });
    expect(ids()).toEqual(range(1, 60));
  });

  it("finds what changed and what is gone by reading all", async () => {
    const name = await people();
    await insert(name, 1, 40, () => "2026-01-01 10:00:00");
    const key = await make({ mode: "diff", query: `select * from ${name}`, batchSize: 7 });
    expect(await app.run(key)).toMatchObject({ read: 40, written: 40, deleted: 0 });
    app.events.length = 0;
    await foreign.run(`update ${name} set first = 'New' where id = 3`);
    await foreign.run(`delete from ${name} where id in (5, 6)`);
    await insert(name, 41, 41, () => "2026-01-01 10:00:00");
    expect(await app.run(key)).toMatchObject({ written: 4, unchanged: 37, deleted: 2, state: "finished", error: null });
    const byType = (type: string) =>
      app.events.filter((event) => event.type === type).map(({ identifiers }) => identifiers[0]?.value);
    expect(byType("profileRecord").sort()).toEqual(["3", "41"]);
    expect(byType("accountDeleted").sort()).toEqual(["5", "6"]);
    expect(await app.run(key)).toMatchObject({ written: 0, deleted: 0, unchanged: 39 });
    app.events.length = 0;
    // The same row once more is somebody who came back.
    await insert(name, 5, 5, () => "2026-01-01 10:00:00");
    expect(await app.run(key)).toMatchObject({ written: 1 });
    expect(byType("profileRecord")).toEqual(["5"]);
  });

  it("deletes nothing when the reading is empty, fails, or would delete too much", async () => {
    const name = await people();
    await insert(name, 1, 40, () => "2026-01-01 10:00:00");
    const key = await make({ mode: "diff", query: `select * from ${name}` });
    await app.run(key);
    app.events.length = 0;
    await foreign.run(`alter table ${name} rename to ${name}_away`);
    expect(await app.run(key)).toMatchObject({ state: "failed", deleted: 0 });
    await foreign.run(
      `create table ${name} (id bigint primary key, email varchar(100), first varchar(100), changed_at ${foreign.instant})`,
    );
    const empty = await app.run(key);
    expect(empty).toMatchObject({ state: "finished", deleted: 0 });
    expect(empty.error).toContain("yields nothing");
    await insert(name, 1, 10, () => "2026-01-01 10:00:00");
    const few = await app.run(key);
    expect(few).toMatchObject({ deleted: 0, unchanged: 10 });
    expect(few.error).toContain("30 of 40");
    expect(app.events).toEqual([]);
  });

  it("gathers the lines of an order, also over the end of a page", async () => {
    const name = await table(
      `order_no varchar(20), line int, sku varchar(20), qty int, amount decimal(12,4), mail varchar(100), changed_at ${foreign.instant}`,
    );
    const lines = range(1, 7).flatMap((order) =>
      range(1, 4).map(
        (line) =>
          `('O${order}', ${line}, 'S${line}', ${line}, ${line}.1050, 'o${order}@example.org', '2026-01-0${order} 00:00:00')`,
      ),
    );
    await foreign.run(`insert into ${name} values ${lines.join(", ")}`);
    const mapping = {
      kind: "order",
      fields: {
        purchaseID: "order_no",
        createdDate: "changed_at",
        "personalEmail.address": "mail",
        currencyCode: { value: "EUR" },
      },
      items: { fields: { SKU: "sku", quantity: "qty", priceTotal: "amount", id: "line" } },
    };
    const key = await make({
      mode: "cursor",
      cursorColumn: "changed_at",
      keyColumns: ["order_no", "line"],
      query: `select * from ${name}`,
      batchSize: 5,
      mapping,
    });
    expect(await app.run(key)).toMatchObject({ read: 7, written: 7, rejected: 0, error: null });
    expect(app.events).toHaveLength(7);
    for (const { properties } of app.events) {
      expect(properties["items"]).toHaveLength(4);
      // 1.105 + 2.105 + 3.105 + 4.105, each line rounded once.
      expect(properties["orderTotal"]).toEqual({ minor: 1044, currency: "EUR" });
    }
  });

  it("cannot write, takes no longer than it may, and says what is wrong without showing data", async () => {
    const name = await people();
    const write =
      foreign === onPostgres
        ? `select set_config('a.b', 'c', false) as id, nextval('${name}_seq') as n`
        : `select get_lock('x', 0) as id`;
    if (foreign === onPostgres) await foreign.run(`create sequence ${name}_seq`);
    const key = await make({ mode: "diff", query: write });
    if (foreign === onPostgres) expect((await app.run(key)).error).toContain("25006");
    const missing = await make({ mode: "diff", query: "select * from not_there" });
    expect(await app.run(missing)).toMatchObject({ state: "failed", written: 0 });
    const slow = await make({
      mode: "diff",
      query: `select count(*) as id from ${name} a, ${name} b, ${name} c, ${name} d, ${name} e`,
      statementTimeoutMs: 1_000,
    });
    await insert(name, 1, 80, () => "2026-01-01 10:00:00");
    const run = await app.run(slow);
    expect(run.state).toBe("failed");
    expect(run.error).toMatch(/limit|cannot run/);
  });

  it("tests a connection and shows the columns", async () => {
    const name = await people();
    await insert(name, 1, 1, () => "2026-01-01 10:00:00");
    const key = await make({ ...cursor, query: `select * from ${name}` });
    expect((await app.call("POST", `/v1/sources/${key}/test`)).body).toEqual({
      ok: true,
      message: "the query yields rows",
      columns: ["id", "email", "first", "changed_at"],
    });
    const away = await app.call("PATCH", `/v1/sources/${key}`, {
      config: {
        type: "sql",
        mapping: customer,
        ...foreign.target(),
        ...cursor,
        query: `select * from ${name}`,
        port: 1,
      },
      secrets: { password: "x" },
    });
    expect(away.status).toBe(200);
    expect((await app.call("POST", `/v1/sources/${key}/test`)).body).toMatchObject({ ok: false });
  });
});

it("keeps passwords to itself and forgets them when the host changes", async () => {
  const config = { type: "sql", mapping: customer, ...onPostgres.target(), mode: "diff", query: "select 1 as id" };
  await app.make("masked", config, { password: "hunter2" });
  const shown = await app.call("GET", "/v1/sources/masked");
  expect(shown.body.secrets).toEqual({ password: "set" });
  expect(JSON.stringify(shown.body)).not.toContain("hunter2");
  const moved = await app.call("PATCH", "/v1/sources/masked", { config: { ...config, host: "db.example.org" } });
  expect(moved.status).toBe(422);
  expect(moved.body.error.details).toMatchObject([{ path: "/secrets/password" }]);
  const renamed = await app.call("PATCH", "/v1/sources/masked", { name: "ERP" });
  expect(renamed.body).toMatchObject({ name: "ERP", secrets: { password: "set" } });
});

it("runs what is due, and what is asked for, in the background", async () => {
  await onPostgres.run(
    "create table due_people (id bigint primary key, email text, first text, changed_at timestamptz)",
  );
  await onPostgres.run("insert into due_people values (1, 'a@example.org', 'A', now())");
  const config = {
    type: "sql",
    mapping: customer,
    ...onPostgres.target(),
    mode: "diff",
    query: "select * from due_people",
  };
  await app.make("due", { ...config, everySeconds: 3_600 }, { password: "none" });
  await app.sources.beginDue();
  const runs = async () => (await app.call("GET", "/v1/sources/due/runs")).body.items;
  const finished = async (count: number) => {
    const deadline = Date.now() + 10_000;
    while ((await runs()).filter(({ state }: { state: string }) => state === "finished").length < count) {
      if (Date.now() > deadline) throw new Error("no run finished");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await finished(1);
  await app.sources.beginDue();
  expect(await runs()).toHaveLength(1);
  expect((await app.call("POST", "/v1/sources/due/run")).status).toBe(202);
  await app.sources.beginDue();
  await finished(2);
  await app.call("POST", "/v1/sources/due/pause");
  expect((await app.call("POST", "/v1/sources/due/run")).status).toBe(409);
});
