import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import type { Postgres } from "./postgres.ts";

describe.each(["embedded", "server"] as const)("PostgreSQL, %s", (kind) => {
  let engines: TestEngines;
  let postgres: Postgres;

  beforeAll(async () => {
    engines = await openTestEngines([], { postgres: kind, clickhouse: "embedded" });
    postgres = engines.postgres;
    await postgres.query("create table items (id int primary key, name text not null, doc jsonb)");
    await postgres.query("create table counters (n int not null)");
    await postgres.query("insert into counters values (0)");
  });
  afterAll(() => engines.close());

  const countItems = async () => (await postgres.query<{ n: number }>("select count(*) as n from items")).rows[0]?.n;

  it("returns counts as numbers, times as dates, days and decimals as text, json parsed", async () => {
    const { rows } = await postgres.query(
      `select count(*) as n, '2024-03-31'::date as day, '{2024-03-31}'::date[] as days, '{1,null}'::int8[] as ids, 9007199254740993::int8 as huge,
              1.50::numeric as price, to_timestamp(1.5) as at, '{"a": "ü"}'::jsonb as doc from items`,
    );
    expect(rows).toEqual([
      {
        n: 0,
        day: "2024-03-31",
        days: ["2024-03-31"],
        ids: [1, null],
        huge: "9007199254740993",
        price: "1.50",
        at: new Date(1500),
        doc: { a: "ü" },
      },
    ]);
  });

  it("writes many rows at once from arrays and from json", async () => {
    await postgres.query("insert into items (id, name) select * from unnest($1::int[], $2::text[])", [
      [1, 2],
      ["it's", 'a "b" {c}, \\d'],
    ]);
    await postgres.query(
      "insert into items (id, name, doc) select * from jsonb_to_recordset($1) as r(id int, name text, doc jsonb)",
      [JSON.stringify([{ id: 3, name: "three", doc: { deep: [1, null] } }])],
    );
    const { rows } = await postgres.query("select name, doc from items order by id");
    expect(rows).toEqual([
      { name: "it's", doc: null },
      { name: 'a "b" {c}, \\d', doc: null },
      { name: "three", doc: { deep: [1, null] } },
    ]);
  });

  it("reports how many rows a statement changed", async () => {
    expect((await postgres.query("update items set doc = '{}' where id <= 2")).rowCount).toBe(2);
  });

  it("rolls a transaction back when its work throws, and goes on", async () => {
    const before = await countItems();
    const failing = postgres.transaction(async (tx) => {
      await tx.query("insert into items (id, name) values (100, 'x')");
      throw new Error("stop");
    });
    await expect(failing).rejects.toThrow("stop");
    expect(await countItems()).toBe(before);
  });

  it("keeps the SQLSTATE of a violated constraint, also inside a transaction", async () => {
    await expect(postgres.query("insert into items (id, name) values (1, 'again')")).rejects.toMatchObject({
      code: "23505",
    });
    const failing = postgres.transaction((tx) => tx.query("insert into items (id, name) values (1, 'again')"));
    await expect(failing).rejects.toMatchObject({ code: "23505" });
    expect(await countItems()).toBe(3);
  });

  it("lets concurrent transactions and statements take turns without mixing them", async () => {
    const add = () =>
      postgres.transaction(async (tx) => {
        const { rows } = await tx.query<{ n: number }>("select n from counters for update");
        await tx.query("update counters set n = $1", [(rows[0]?.n ?? 0) + 1]);
      });
    const ask = async (value: number) =>
      (await postgres.query<{ v: number }>("select $1::int as v", [value])).rows[0]?.v;
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const [answers] = await Promise.all([Promise.all(numbers.map(ask)), Promise.all(numbers.map(add))]);
    expect(answers).toEqual(numbers);
    expect((await postgres.query("select n from counters")).rows).toEqual([{ n: 20 }]);
  });

  it("takes parameters and gives results of several megabytes", async () => {
    const text = "ü".repeat(2_000_000);
    const { rows } = await postgres.query<{ text: string }>("select $1::text as text", [text]);
    expect(rows[0]?.text === text).toBe(true);
  });

  it("gives a statement up at the limit of its transaction, rolls back and serves the next one", async () => {
    const slow = postgres.transaction(
      async (tx) => {
        await tx.query("insert into items (id, name) values (200, 'x')");
        await tx.query("select count(*) from generate_series(1, 4000000)");
      },
      { timeoutMs: 50 },
    );
    await expect(slow).rejects.toMatchObject({ code: "storage.timeout", status: 503 });
    expect(await countItems()).toBe(3);
  });

  it("tells listeners what was notified until they leave", async () => {
    const heard: string[] = [];
    const stop = await postgres.listen("changes", (payload) => heard.push(payload));
    await postgres.notify("changes", "it's one");
    await expect.poll(() => heard).toEqual(["it's one"]);
    stop();
    await postgres.listen("changes", (payload) => heard.push(`second ${payload}`));
    await postgres.notify("changes", "two");
    await expect.poll(() => heard).toEqual(["it's one", "second two"]);
  });

  it("survives the loss of its connections", async () => {
    if (kind === "embedded") return;
    const heard: string[] = [];
    await postgres.listen("after", (payload) => heard.push(payload));
    const lost = postgres.transaction(async (tx) => {
      await tx.query("insert into items (id, name) values (300, 'x')");
      await postgres.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and application_name = 'clientele'",
      );
      await tx.query("select 1");
    });
    await expect(lost).rejects.toMatchObject({ code: "storage.unavailable" });
    expect(await countItems()).toBe(3);
    await expect
      .poll(
        async () => {
          await postgres.notify("after", "back");
          return heard.length > 0;
        },
        { timeout: 10_000 },
      )
      .toBe(true);
  });
});
