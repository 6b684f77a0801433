import { Compile } from "typebox/compile";
import { describe, expect, it } from "vitest";
import type { LiveDefinition } from "../definitions/index.ts";
import { checkRates } from "../rates/read-rates.ts";
import { readExamples } from "../testing/manual.ts";
import { aTrait, traitRules } from "../testing/traits/builders.ts";
import { checkAst, checkQuery } from "./sql-query.ts";
import { type TraitBody, traitBodySchema } from "./trait-body.ts";
import { createTraitKind } from "./trait-kind.ts";

const kind = createTraitKind(traitRules());
const faults = async (body: TraitBody, live: readonly LiveDefinition<TraitBody>[] = [], key = "t") =>
  (
    (await kind.check?.(body, {
      key,
      scope: { storeViews: null },
      // The only kind of this test.
      live: <B>() => live as unknown as readonly LiveDefinition<B>[],
    })) ?? []
  ).map(({ path, code }) => `${path} ${code}`);

describe("the trait kind", () => {
  it.each<[string, TraitBody, readonly string[]]>([
    ["an event", { kind: "count" }, ["/event missing"]],
    ["a path", { kind: "sum", event: "x" }, ["/path missing"]],
    ["a known path", { kind: "sum", event: "x", path: "cart.subtotal" }, ["/path unknownAttribute"]],
    ["no path for a count", { kind: "count", event: "x", path: "event.properties.a" }, ["/path notUsed"]],
    [
      "a window that can be read",
      { kind: "count", event: "x", window: { last: "5 days" } },
      ["/window/last rules.badDuration"],
    ],
    [
      "a condition over the event",
      { kind: "count", event: "x", where: { attribute: { path: "profile.email", op: "exists" } } },
      ["/where/attribute/path rules.subjectNotAllowed"],
    ],
    ["fields of its own kind", { kind: "formula", expression: "1", event: "x" }, ["/event notUsed"]],
    ["a formula", { kind: "formula", expression: "1 +" }, ["/expression traits.badFormula"]],
    ["columns of a query", { kind: "sql", query: "select 1" }, ["/columns missing"]],
    ["events that are counted in profiles", { kind: "count", event: "audienceEntered" }, ["/event notCounted"]],
    [
      "orders for net amounts",
      { kind: "sum", event: "x", path: "event.properties.orderTotal", net: true },
      ["/net notUsed"],
    ],
  ])("asks for %s", async (_what, body, expected) => {
    expect(await faults(body)).toEqual(expected);
  });

  it("takes what is complete", async () => {
    const where = {
      items: { of: "event", match: "some", where: { attribute: { path: "product.brand", op: "eq", value: "Acme" } } },
    };
    expect(
      await faults({
        kind: "sum",
        events: ["addToCart"],
        where,
        path: "item.row_total",
        window: { last: "30d" },
        lines: { where: { attribute: { path: "item.qty", op: "gt", value: 1 } } },
      }),
    ).toEqual([]);
    expect(
      await faults({ kind: "count", event: "x", window: { calendar: "month", timezone: "Europe/Berlin" } }),
    ).toEqual([]);
    expect(await faults({ kind: "trait", attribute: "points", policy: "sum" })).toEqual([]);
  });

  it("refuses formulas that lead back to themselves, over others too", async () => {
    const live = [
      aTrait("a", { kind: "formula", expression: "trait.b + 1" }),
      aTrait("b", { kind: "formula", expression: "trait.c" }),
      aTrait("c", { kind: "count", event: "x" }),
    ];
    expect(await faults({ kind: "formula", expression: "trait.a" }, live, "c")).toEqual(["/expression rules.cycle"]);
    expect(await faults({ kind: "formula", expression: "trait.t" }, live)).toEqual(["/expression rules.cycle"]);
    expect(await faults({ kind: "formula", expression: "trait.a" }, live)).toEqual([]);
    expect(kind.references?.({ kind: "formula", expression: 'trait["a"] + trait.c' })).toHaveLength(2);
  });
});

it("takes the examples of the manual", async () => {
  const [definition, rates] = readExamples("traits", {});
  const { body } = JSON.parse(definition!.body!);
  expect(Compile(traitBodySchema).Check(body)).toBe(true);
  expect(await faults(body)).toEqual([]);
  expect(checkRates(JSON.parse(rates!.body!).rates)).toHaveLength(1);
});

describe("queries of SQL traits", () => {
  it.each(
    [
      [
        "",
        "insert into events select 1",
        "select 1; select 2",
        "with x as (select 1) select 1",
        "drop table events",
        "select 1 format CSV",
        "select 1 settings max_threads = 9",
        "select 1 into outfile 'x'",
      ],
    ].flat(),
  )("refuses %s by its text", (query) => {
    expect(checkQuery(query)).toBeTypeOf("string");
  });

  it("refuses what is no table of the event store by the engine's reading", () => {
    expect(checkAst(["SelectQuery", " TableExpression (children 1)", "  TableIdentifier events"])).toBeUndefined();
    expect(checkAst([" TableExpression (children 1)", "  TableIdentifier system.tables"])).toContain("system.tables");
    expect(checkAst([" TableExpression (children 1)", "  Function file (children 1)"])).toContain("FROM");
    const within = (right: string) =>
      checkAst([" Function in (children 1)", "  ExpressionList (children 2)", "   Identifier x", right]);
    expect(within("   Identifier system.users")).toContain("in");
    expect(within("   Subquery (children 1)")).toBeUndefined();
    expect(checkAst(["  Function dictGet (children 1)"])).toContain("dictGet");
  });
});
