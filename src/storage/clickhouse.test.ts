import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import type { ClickHouse } from "./clickhouse.ts";

describe.each(["embedded", "http"] as const)("ClickHouse, %s", (kind) => {
  let engines: TestEngines;
  let clickhouse: ClickHouse;

  beforeAll(async () => {
    engines = await openTestEngines([], { postgres: "embedded", clickhouse: kind });
    clickhouse = engines.clickhouse;
    await clickhouse.command(
      `create table rows (id UInt64, text String, tags Array(String), at DateTime64(3, 'UTC'), score Nullable(Float64))
       engine = MergeTree order by id settings non_replicated_deduplication_window = 100`,
    );
  });
  afterAll(() => engines.close());

  const row = (id: number) => ({
    id,
    text: `it's "${id}" \\ \n\t ü😀`,
    tags: ["a'b", ""],
    at: "2024-03-31T01:02:03.004Z",
    score: null,
  });
  const count = async (where: string) =>
    (await clickhouse.query<{ n: number }>(`select count() as n from rows where ${where}`))[0]?.n;

  it("gives rows back as they were inserted", async () => {
    await clickhouse.insert("rows", [row(1)]);
    expect(await clickhouse.query("select * from rows where id = 1")).toEqual([row(1)]);
  });

  it("answers 64-bit integers as numbers, decimals as numbers, and no rows as an empty list", async () => {
    const rows = await clickhouse.query(
      "select toUInt64(9007199254740991) as big, count() as n, toDecimal64(1.5, 2) as price from numbers(3)",
    );
    expect(rows).toEqual([{ big: 9007199254740991, n: 3, price: 1.5 }]);
    expect(await clickhouse.query("select id from rows where id = 0")).toEqual([]);
  });

  it("drops a repeated insert of one token, and never equal rows without one", async () => {
    await clickhouse.insert("rows", [row(10)], { deduplicationToken: "it's batch 1" });
    await clickhouse.insert("rows", [row(10), row(10)], { deduplicationToken: "it's batch 1" });
    await clickhouse.insert("rows", [row(11)]);
    await clickhouse.insert("rows", [row(11)]);
    await clickhouse.insert("rows", [row(10)], { deduplicationToken: "it's batch 2" });
    expect([await count("id = 10"), await count("id = 11")]).toEqual([2, 2]);
  });

  it("refuses a column the table does not have", async () => {
    await expect(clickhouse.insert("rows", [{ id: 12, nope: 1 }])).rejects.toMatchObject({ code: "117" });
    expect(await count("id = 12")).toBe(0);
  });

  it("binds parameters whatever is in them", async () => {
    const text = "a'\"\\\n\t\0ü😀;-- {b:String}";
    const values = {
      t: text,
      l: [text, ""],
      n: -5,
      u: null,
      b: true,
      f: 1.25,
      at: new Date(1_234_567_890_123),
      days: [new Date(0)],
      m: { "k'": 1 },
    };
    const rows = await clickhouse.query(
      `select {t:String} as t, {l:Array(String)} as l, {n:Int64} as n, {u:Nullable(String)} as u, {b:Bool} as b, {f:Float64} as f,
              {at:DateTime64(3, 'UTC')} as at, {days:Array(DateTime('UTC'))} as days, {m:Map(String, UInt8)} as m`,
      values,
    );
    expect(rows).toEqual([{ ...values, at: "2009-02-13T23:31:30.123Z", days: ["1970-01-01T00:00:00Z"] }]);
  });

  it("takes lists of many parameters", async () => {
    const ids = Array.from(
      { length: 20_000 },
      (_, index) => `018f0000-0000-7000-8000-${String(index).padStart(12, "0")}`,
    );
    expect(
      await clickhouse.query("select length({ids:Array(String)}) as n, {ids:Array(String)}[20000] as last", { ids }),
    ).toEqual([{ n: 20_000, last: ids.at(-1) }]);
  });

  it("keeps concurrent queries, inserts and limits apart", async () => {
    const work = Array.from({ length: 40 }, async (_, index) => {
      await clickhouse.insert("rows", [row(1000 + index)], { deduplicationToken: `many ${index}` });
      const options = index % 2 === 0 ? { timeoutMs: 5_000 + index } : {};
      const rows = await clickhouse.query<{ v: number }>("select {v:UInt32} as v", { v: index }, options);
      return rows[0]?.v;
    });
    expect(await Promise.all(work)).toEqual(Array.from({ length: 40 }, (_, index) => index));
    expect(await count("id >= 1000")).toBe(40);
  });

  it("stops a query at its limit, and only that one", async () => {
    const slow = "select sum(sleepEachRow(0.1)) as s from numbers(20) settings max_block_size = 1";
    await expect(clickhouse.query(slow, {}, { timeoutMs: 200 })).rejects.toMatchObject({
      code: "storage.timeout",
      status: 503,
    });
    expect(
      await clickhouse.query("select sum(sleepEachRow(0.1)) as s from numbers(4) settings max_block_size = 1"),
    ).toEqual([{ s: 0 }]);
  });

  it("keeps the engine's code for a faulty statement", async () => {
    await expect(clickhouse.query("select * from nowhere")).rejects.toMatchObject({
      code: "60",
      type: "UNKNOWN_TABLE",
    });
    await expect(clickhouse.command("create table (")).rejects.toMatchObject({ code: "62" });
    await expect(clickhouse.insert("nowhere", [{ id: 1 }])).rejects.toMatchObject({ code: "60" });
  });

  it("looks keys up in a dictionary over a table", async () => {
    await clickhouse.command(
      "create table links (key String, profile_id UUID, version UInt64) engine = ReplacingMergeTree(version) order by key",
    );
    await clickhouse.insert("links", [{ key: "a'b", profile_id: "018f0000-0000-7000-8000-000000000001", version: 1 }]);
    const database = (await clickhouse.query<{ name: string }>("select currentDatabase() as name"))[0]?.name;
    await clickhouse.command(
      `create dictionary people (key String, profile_id UUID) primary key key
       source(clickhouse(query 'select key, argMax(profile_id, version) as profile_id from ${database}.links group by key'))
       layout(complex_key_hashed()) lifetime(0)`,
    );
    const lookUp = () =>
      clickhouse.query<{ id: string }>("select dictGet('people', 'profile_id', tuple({key:String})) as id", {
        key: "a'b",
      });
    expect(await lookUp()).toEqual([{ id: "018f0000-0000-7000-8000-000000000001" }]);
    await clickhouse.insert("links", [{ key: "a'b", profile_id: "018f0000-0000-7000-8000-000000000002", version: 2 }]);
    await clickhouse.command("system reload dictionary people");
    expect(await lookUp()).toEqual([{ id: "018f0000-0000-7000-8000-000000000002" }]);
  });

  it("answers storage.unavailable after it was closed", async () => {
    await clickhouse.ping();
    await engines.close();
    await expect(clickhouse.query("select 1")).rejects.toMatchObject({ code: "storage.unavailable" });
  });
});
