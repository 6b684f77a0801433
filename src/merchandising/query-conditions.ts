import { Type } from "typebox";
import type { ErrorDetail } from "../kernel/index.ts";
import { normaliseText } from "./normalise-text.ts";

export const queryOperators = ["contains", "is", "starts_with", "ends_with", "has_word"] as const;
export type QueryOperator = (typeof queryOperators)[number];

/** What a query must look like. Case, accents and punctuation do not matter. */
export type QueryConditions = {
  readonly match: "any" | "all";
  readonly conditions: readonly { readonly operator: QueryOperator; readonly value: string }[];
};

export const maxConditions = 50;

export const queryConditionsSchema = Type.Object(
  {
    match: Type.Union([Type.Literal("any"), Type.Literal("all")], { description: "Whether one condition is enough" }),
    conditions: Type.Array(
      Type.Object(
        {
          operator: Type.Union(
            queryOperators.map((operator) => Type.Literal(operator)),
            { description: "contains, starts_with and ends_with compare characters, has_word whole words in a row" },
          ),
          value: Type.String({ minLength: 1, maxLength: 255 }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: maxConditions },
    ),
  },
  { additionalProperties: false },
);

/** @param at JSON pointer of the conditions */
export function queryConditionFaults({ match, conditions }: QueryConditions, at: string): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  for (const [index, { value }] of conditions.entries()) {
    if (normaliseText(value) !== "") continue;
    const message = "has no letter or digit, so it would match nothing";
    faults.push({ path: `${at}/conditions/${index}/value`, code: "empty", message });
  }
  const exact = conditions.filter(({ operator }) => operator === "is").length;
  if (match === "all" && exact > 1) {
    const message = "a query cannot be two texts at once: use one `is`, or match any";
    faults.push({ path: `${at}/conditions`, code: "contradiction", message });
  }
  return faults;
}

export type QueryMatch = {
  readonly isMatch: boolean;
  /** An `is` condition holds; such a rule stands before all others. */
  readonly isExact: boolean;
};

const everyQuery: QueryMatch = { isMatch: true, isExact: false };
const noMatch: QueryMatch = { isMatch: false, isExact: false };

/** @returns what tells whether a query, as `normaliseText` writes it, fits the conditions; without conditions all do */
export function compileQueryConditions(given: QueryConditions | undefined): (query: string) => QueryMatch {
  if (!given || given.conditions.length === 0) return () => everyQuery;
  const tests = given.conditions.map(({ operator, value }) => {
    const text = normaliseText(value);
    return { isExact: operator === "is", holds: text === "" ? () => false : testOf(operator, text) };
  });
  const isAny = given.match === "any";
  return (query) => {
    let isMatch = !isAny;
    let isExact = false;
    for (const test of tests) {
      if (test.holds(query)) {
        if (isAny) isMatch = true;
        if (test.isExact) isExact = true;
      } else if (!isAny) return noMatch;
    }
    return isMatch ? { isMatch, isExact } : noMatch;
  };
}

function testOf(operator: QueryOperator, text: string): (query: string) => boolean {
  switch (operator) {
    case "is":
      return (query) => query === text;
    case "contains":
      return (query) => query.includes(text);
    case "starts_with":
      return (query) => query.startsWith(text);
    case "ends_with":
      return (query) => query.endsWith(text);
    case "has_word":
      return (query) => ` ${query} `.includes(` ${text} `);
  }
}
