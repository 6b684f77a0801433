import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { migrate } from "./migrate.ts";

describe.each(["embedded", "server"] as const)("migrations, PostgreSQL %s", (postgres) => {
  let engines: TestEngines;
  let root: string;
  let folder: string;

  beforeAll(async () => {
    engines = await openTestEngines([], { postgres, clickhouse: "embedded" });
  });
  afterAll(() => engines.close());
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "clientele-test-"));
    folder = join(root, "shop", "migrations");
    mkdirSync(folder, { recursive: true });
    write("0001_carts.sql", "create table carts (id int primary key);\ninsert into carts values (1);\n");
    write(
      "0002_visits.clickhouse.sql",
      "create table if not exists visits {{onCluster}} (n UInt8) engine = {{engine:MergeTree()}} order by n;\n",
    );
  });
  afterEach(async () => {
    rmSync(root, { recursive: true, force: true });
    await engines.postgres.query("drop table if exists carts, notes, schema_migrations");
    await engines.clickhouse.command("drop table if exists visits");
  });

  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const run = () => migrate(engines, [folder]);

  it("applies what is missing in order, once", async () => {
    expect(await run()).toEqual({ applied: ["shop/0001_carts.sql", "shop/0002_visits.clickhouse.sql"], already: 0 });
    write("0003_notes.sql", "create table notes (cart_id int references carts (id));\n");
    expect(await run()).toEqual({ applied: ["shop/0003_notes.sql"], already: 2 });
    expect(await run()).toEqual({ applied: [], already: 3 });
    expect((await engines.postgres.query("select id from carts")).rows).toEqual([{ id: 1 }]);
    expect(await engines.clickhouse.query("select n from visits")).toEqual([]);
  });

  it("leaves nothing of a migration that fails half way, and applies it after it was mended", async () => {
    write("0003_notes.sql", "create table notes (id int);\ninsert into notes values ('no number');\n");
    await expect(run()).rejects.toMatchObject({ code: "22P02" });
    write("0003_notes.sql", "create table notes (id int);\n");
    expect((await run()).applied).toEqual(["shop/0003_notes.sql"]);
  });

  it("refuses a migration that was applied with another content", async () => {
    await run();
    write("0001_carts.sql", "create table carts (id int primary key, extra text);\n");
    await expect(run()).rejects.toMatchObject({
      code: "storage.migrationChanged",
      message: expect.stringContaining("shop/0001_carts.sql"),
    });
  });

  it("refuses a database with migrations that this version does not know", async () => {
    write("0003_notes.sql", "create table notes (id int);\n");
    await run();
    rmSync(join(folder, "0003_notes.sql"));
    await expect(run()).rejects.toMatchObject({
      code: "storage.newerVersion",
      message: expect.stringContaining("shop/0003_notes.sql"),
    });
  });

  it("refuses a file that would never be applied", async () => {
    write("3-notes.sql", "select 1;\n");
    await expect(run()).rejects.toThrow("3-notes.sql must be named");
  });

  it("makes the tables of an emptied ClickHouse again", async () => {
    await run();
    await engines.clickhouse.command("drop table visits");
    expect((await run()).applied).toEqual(["shop/0002_visits.clickhouse.sql"]);
  });

  it("runs in one of several processes that start at once", async () => {
    if (postgres === "embedded") return;
    const reports = await Promise.all([run(), run(), run()]);
    expect(reports.map((report) => report.applied.length).sort()).toEqual([0, 0, 2]);
  });
});
