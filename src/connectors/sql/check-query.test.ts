import { describe, expect, it } from "vitest";
import { queryFaults } from "./check-query.ts";

const isFine = (query: string, engine: "postgres" | "mysql" = "postgres") =>
  queryFaults(query, engine, "/query").length === 0;

describe("a query", () => {
  it("is one select, with what selects have", () => {
    for (const query of [
      "select * from orders",
      "SELECT id, 'it''s; -- fine' as t FROM orders WHERE note like '%insert%';",
      "with recent as (select * from orders where at > now() - interval '1 day') select * from recent",
      'select "update", updated_at, deleted from orders',
      "select (1 + (2 * 3)) as n",
    ])
      expect([query, isFine(query)]).toEqual([query, true]);
    expect(isFine("select `delete`, 'it\\'s; drop' from `orders`", "mysql")).toBe(true);
  });

  it("is refused when it is anything else, or could reach out of its brackets", () => {
    for (const query of [
      "",
      "delete from orders",
      "select 1; drop table orders",
      "select * into copy from orders",
      "with gone as (delete from orders returning *) select * from gone",
      "select 1) s; select (2",
      "select 1) s union select * from (select 2",
      "select 1 -- comment",
      "select 1 /* comment */",
      "select $$;$$",
      "select $tag$ x $tag$",
      "select 'not closed",
      "select * from orders for update; select 1",
      "select pg_sleep(100)",
      "select pg_read_file('/etc/passwd')",
      "call something()",
      "select '\\'; drop table orders; --'",
      "explain analyze select 1",
      "select 1\0",
    ])
      expect([query, isFine(query)]).toEqual([query, false]);
    for (const query of [
      "select 1 # comment",
      "select /*!50000 1*/",
      "select * from orders into outfile '/tmp/x'",
      "select load_file('/etc/passwd')",
      "select sleep(100)",
    ])
      expect([query, isFine(query, "mysql")]).toEqual([query, false]);
  });
});
