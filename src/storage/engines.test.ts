import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";

let engines: TestEngines;
beforeAll(async () => {
  engines = await openTestEngines(["collect", "profiles", "measurement"]);
});
afterAll(() => engines.close());

describe("embedded PostgreSQL", () => {
  it("returns counts as numbers, times as dates and json parsed", async () => {
    const { rows } = await engines.postgres.query<{ n: number; at: Date; doc: { a: string } }>(
      "select count(*) as n, to_timestamp(1.5) as at, '{\"a\": \"ü\"}'::jsonb as doc from inbox",
    );
    expect(rows).toEqual([{ n: 0, at: new Date(1500), doc: { a: "ü" } }]);
  });

  it("rolls a transaction back when its work throws", async () => {
    const insert = "insert into inbox (received_at, event_count, payload) values (now(), 1, '[]')";
    await expect(
      engines.postgres.transaction(async (tx) => {
        await tx.query(insert);
        throw new Error("stop");
      }),
    ).rejects.toThrow("stop");
    const { rows } = await engines.postgres.query<{ n: number }>("select count(*) as n from inbox");
    expect(rows[0]?.n).toBe(0);
  });

  it("runs transactions of several connections one after the other without mixing them", async () => {
    await engines.postgres.query("create table counter (n int)");
    await engines.postgres.query("insert into counter values (0)");
    const add = () =>
      engines.postgres.transaction(async (tx) => {
        const { rows } = await tx.query<{ n: number }>("select n from counter for update");
        await tx.query("update counter set n = $1", [(rows[0]?.n ?? 0) + 1]);
      });
    await Promise.all(Array.from({ length: 20 }, add));
    const { rows } = await engines.postgres.query<{ n: number }>("select n from counter");
    expect(rows[0]?.n).toBe(20);
  });

  it("takes parameters of several megabytes", async () => {
    const text = "x".repeat(5_000_000);
    const { rows } = await engines.postgres.query<{ n: number }>("select length($1::text) as n", [text]);
    expect(rows[0]?.n).toBe(5_000_000);
  });
});

describe("embedded ClickHouse", () => {
  it("drops a repeated insert of one token, and only that", async () => {
    const row = (id: string) => ({ identity_key: id, valid_from: 1_700_000_000_123, valid_to: null, profile_id: "018f0000-0000-7000-8000-000000000000", version: 1 });
    await engines.clickhouse.insert("identity_links", [row("a")], { deduplicationToken: "one" });
    await engines.clickhouse.insert("identity_links", [row("a")], { deduplicationToken: "one" });
    await engines.clickhouse.insert("identity_links", [row("b")]);
    await engines.clickhouse.insert("identity_links", [row("b")]);
    const rows = await engines.clickhouse.query<{ identity_key: string; n: number; at: number }>(
      "select identity_key, count() as n, min(toUnixTimestamp64Milli(valid_from)) as at from identity_links group by identity_key order by identity_key",
    );
    expect(rows).toEqual([
      { identity_key: "a", n: 1, at: 1_700_000_000_123 },
      { identity_key: "b", n: 2, at: 1_700_000_000_123 },
    ]);
  });

  it("binds parameters with quotes, backslashes, line ends and lists", async () => {
    const text = "a'\"\\\n\tü;--";
    const rows = await engines.clickhouse.query("select {t:String} as t, {l:Array(String)} as l, {n:Int64} as n", { t: text, l: [text, ""], n: -5 });
    expect(rows).toEqual([{ t: text, l: [text, ""], n: -5 }]);
  });
});
