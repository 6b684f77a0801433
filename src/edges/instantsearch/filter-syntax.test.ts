import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../../kernel/index.ts";
import { type Clause, type Literal, parseFilterText } from "./filter-syntax.ts";
import { readFilters } from "./read-filters.ts";

type Facts = Readonly<Record<string, readonly (string | number)[]>>;

/** A plain reading of one condition. */
function holdsLiteral(literal: Literal, facts: Facts): boolean {
  const values = facts[literal.attribute] ?? [];
  const found =
    literal.kind === "value"
      ? values.some((value) => String(value) === literal.value)
      : values.some((value) => {
          const number = Number(value);
          const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, isFromOpen, isToOpen } = literal;
          return (isFromOpen ? number > from : number >= from) && (isToOpen ? number < to : number <= to);
        }) !== (literal.isOutside ?? false);
  return found !== literal.isNegated;
}

const holds = (clauses: readonly Clause[], facts: Facts) =>
  clauses.every((clause) => clause.some((literal) => holdsLiteral(literal, facts)));

const brief = (text: string) =>
  parseFilterText(text).map((clause) =>
    clause.map((literal) =>
      literal.kind === "value"
        ? `${literal.isNegated ? "not " : ""}${literal.attribute}=${literal.value}`
        : `${literal.isNegated ? "not " : ""}${literal.attribute} ${literal.from ?? ""}${literal.isFromOpen ? "<" : ""}..${literal.isToOpen ? "<" : ""}${literal.to ?? ""}${literal.isOutside ? " outside" : ""}`,
    ),
  );

function codeOf(act: () => unknown): ErrorCode | "none" {
  try {
    act();
    return "none";
  } catch (error) {
    return (error as { code: ErrorCode }).code;
  }
}

describe("the language of filters", () => {
  it.each([
    ["brand:Luma", [["brand=Luma"]]],
    ['brand:"Orbit & Co" AND NOT color:Red', [["brand=Orbit & Co"], ["not color=Red"]]],
    ["a:1 OR b:2 AND c:3", [["a=1", "b=2"], ["c=3"]]],
    [
      "(a:1 OR b:2) AND (c:3 OR d:4)",
      [
        ["a=1", "b=2"],
        ["c=3", "d=4"],
      ],
    ],
    ['("county:Maricopa" OR "county:Pima")', [["county=Maricopa", "county=Pima"]]],
    ["price > 12.99", [["price 12.99<.."]]],
    ["price>=10 AND price<20", [["price 10.."], ["price ..<20"]]],
    ["price:5.99 TO 100", [["price 5.99..100"]]],
    ["price != 5", [["price 5..5 outside"]]],
    ["NOT (a:1 OR b:2)", [["not a=1"], ["not b=2"]]],
    ["published", [["_tags=published"]]],
    ['\'a b\':"it\\"s"', [['a b=it"s']]],
    ["url:https://shop.test/a", [["url=https://shop.test/a"]]],
    ["brand:Luma<score=3>", [["brand=Luma"]]],
    ["a:ORANGE AND b:ANDES", [["a=ORANGE"], ["b=ANDES"]]],
    [
      "(a:1 AND b:2) OR c:3",
      [
        ["a=1", "c=3"],
        ["b=2", "c=3"],
      ],
    ],
    ["  ", []],
  ])("reads %s", (text, clauses) => {
    expect(brief(text)).toEqual(clauses);
  });

  it.each([
    "a:",
    "a:1 AND",
    "(a:1",
    "a:1)",
    "a:1 b:2",
    'a:"open',
    "price > cheap",
    "a:1 TO x",
    "OR a:1",
    "NOT",
    ":",
    "!",
  ])("refuses %s", (text) => {
    expect(codeOf(() => parseFilterText(text))).toBe("instantsearch.badFilters");
  });

  it("refuses what would cost too much, at once", () => {
    const wide = Array.from({ length: 40 }, (_, at) => `(a${at}:1 AND b${at}:2)`).join(" OR ");
    for (const text of ["(".repeat(5_000), "NOT ".repeat(5_000), wide, `a:${"x".repeat(30_000)}`])
      expect(codeOf(() => parseFilterText(text))).toBe("instantsearch.badFilters");
  });

  it("never throws anything but its own error", () => {
    const word = fc.constantFrom("a", ":", "(", ")", " ", "AND", "OR", "NOT", '"', "'", "\\", ">", "=", "1", "TO", "<");
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        expect(["none", "instantsearch.badFilters"]).toContain(codeOf(() => parseFilterText(words.join(""))));
      }),
      { numRuns: 500 },
    );
  });

  it("means what the conditions mean, whatever the parentheses", () => {
    type Node = { text: string; test: (facts: Facts) => boolean };
    const leaf: fc.Arbitrary<Node> = fc.oneof(
      fc.tuple(fc.constantFrom("color", "brand"), fc.constantFrom("red", "blue sky")).map(([name, value]) => ({
        text: `${name}:"${value}"`,
        test: (facts: Facts) => (facts[name] ?? []).includes(value),
      })),
      fc
        .tuple(fc.constantFrom("<", "<=", "=", "!=", ">=", ">"), fc.integer({ min: -2, max: 2 }))
        .map(([sign, bound]) => ({
          text: `n ${sign} ${bound}`,
          test: (facts: Facts) => {
            const any = (check: (n: number) => boolean) => (facts["n"] ?? []).some((value) => check(Number(value)));
            if (sign === "!=") return !any((n) => n === bound);
            return any((n) =>
              sign === "<"
                ? n < bound
                : sign === "<="
                  ? n <= bound
                  : sign === "="
                    ? n === bound
                    : sign === ">"
                      ? n > bound
                      : n >= bound,
            );
          },
        })),
    );
    const { tree } = fc.letrec<{ tree: Node }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        leaf,
        tie("tree").map((part) => ({ text: `NOT (${part.text})`, test: (facts: Facts) => !part.test(facts) })),
        fc.tuple(fc.constantFrom("AND", "OR"), tie("tree"), tie("tree")).map(([word, left, right]) => ({
          text: `(${left.text}) ${word} (${right.text})`,
          test: (facts: Facts) =>
            word === "AND" ? left.test(facts) && right.test(facts) : left.test(facts) || right.test(facts),
        })),
      ),
    }));
    const facts = fc.record({
      color: fc.subarray(["red", "blue sky"]),
      brand: fc.subarray(["red", "blue sky"]),
      n: fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(tree, facts, (node, given) => {
        let clauses: readonly Clause[];
        try {
          clauses = parseFilterText(node.text);
        } catch {
          return; // Too many conditions after the parentheses are resolved.
        }
        expect(holds(clauses, given)).toBe(node.test(given));
      }),
      { numRuns: 500 },
    );
  });
});

describe("filters as lists", () => {
  const read = (params: Partial<Parameters<typeof readFilters>[0]>) =>
    readFilters({
      filters: undefined,
      facetFilters: undefined,
      numericFilters: undefined,
      tagFilters: undefined,
      ...params,
    });

  it("holds all of a list and one of a list within", () => {
    expect(read({ facetFilters: [["color:Red", "color:Blue"], "brand:-Luma", "code:\\-5", []] })).toEqual([
      [
        { attribute: "color", kind: "value", value: "Red", isNegated: false },
        { attribute: "color", kind: "value", value: "Blue", isNegated: false },
      ],
      [{ attribute: "brand", kind: "value", value: "Luma", isNegated: true }],
      [{ attribute: "code", kind: "value", value: "-5", isNegated: false }],
    ]);
    expect(read({ numericFilters: ["price>=10", ["price <= 20", "weight:1 TO 2.5"], "n=-3"] })).toMatchObject([
      [{ attribute: "price", kind: "range", from: 10 }],
      [
        { attribute: "price", to: 20 },
        { attribute: "weight", from: 1, to: 2.5 },
      ],
      [{ attribute: "n", from: -3, to: -3 }],
    ]);
    expect(read({ facetFilters: "color:Red", tagFilters: "new" })).toMatchObject([
      [{ attribute: "color", value: "Red" }],
      [{ attribute: "_tags", value: "new" }],
    ]);
  });

  it.each([
    { facetFilters: { color: "Red" } },
    { facetFilters: [{ a: 1 }] },
    { facetFilters: [[[[[[["a:1"]]]]]]] },
    { facetFilters: Array.from({ length: 31 }, () => "a:1") },
    { numericFilters: ["price>cheap"] },
    { numericFilters: ["price"] },
    { numericFilters: 5 },
  ])("refuses %j", (params) => {
    expect(codeOf(() => read(params))).toBe("instantsearch.badFilters");
  });
});
