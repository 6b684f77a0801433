// All filters of a query, in the four ways to write them, as clauses that must all hold.
import { conditionOf, numericCondition, numericOperators } from "./filter-condition.ts";
import { badFilters, bounded, type Clause, type Literal, maxClauses, parseFilterText } from "./filter-syntax.ts";
import type { SearchParams } from "./search-params.ts";

const maxDepth = 4;

/** @throws {ClienteleError} `instantsearch.badFilters` */
export function readFilters(
  params: Pick<SearchParams, "filters" | "facetFilters" | "numericFilters" | "tagFilters">,
): readonly Clause[] {
  const { filters, facetFilters, numericFilters, tagFilters } = params;
  return bounded([
    ...(typeof filters === "string" ? parseFilterText(filters) : []),
    ...listed(facetFilters, "facetFilters", facetLiteral),
    ...listed(numericFilters, "numericFilters", numericLiteral),
    ...listed(tagFilters, "tagFilters", (text) => facetLiteral(`_tags:${text}`)),
  ]);
}

/** A list of which all must hold; a list in it holds alternatives. */
function listed(given: unknown, name: string, read: (text: string) => Literal): readonly Clause[] {
  if (given === undefined || given === null || given === "") return [];
  if (typeof given === "string") return [[read(given)]];
  if (!Array.isArray(given)) throw badFilters(`${name} is neither a text nor a list`);
  if (given.length > maxClauses) throw badFilters(`${name} has more than ${maxClauses} conditions`);
  return given.flatMap((entry): readonly Clause[] => {
    const literals = alternatives(entry, name, read, 0);
    return literals.length === 0 ? [] : [literals];
  });
}

function alternatives(entry: unknown, name: string, read: (text: string) => Literal, depth: number): Clause {
  if (typeof entry === "string") return entry === "" ? [] : [read(entry)];
  if (!Array.isArray(entry) || depth > maxDepth) throw badFilters(`${name} holds something that is no text`);
  return entry.flatMap((each) => alternatives(each, name, read, depth + 1));
}

/** `attribute:value`, `attribute:-value` for all others, `attribute:\-value` for a value that begins with a minus. */
function facetLiteral(text: string): Literal {
  const condition = conditionOf(text.replace(/<score=\d+>$/, ""));
  if (condition.kind !== "value") return { ...condition, isNegated: false };
  const { value } = condition;
  if (value.startsWith("-")) return { ...condition, value: value.slice(1), isNegated: true };
  return { ...condition, value: value.startsWith("\\-") ? value.slice(1) : value, isNegated: false };
}

const number = "-?\\d{1,15}(?:\\.\\d{1,12})?";
const comparison = /^\s*([^<>=!]{1,200}?)\s*(<=|>=|!=|<|>|=)\s*([^\s]{1,40})\s*$/;
const range = new RegExp(`^\\s*(.{1,200}?)\\s*:\\s*(${number})\\s+(?:TO|to)\\s+(${number})\\s*$`);

function numericLiteral(text: string): Literal {
  const between = range.exec(text);
  if (between)
    return {
      ...numericCondition(between[1] ?? "", "TO", Number(between[2]), Number(between[3])),
      isNegated: false,
    };
  const match = comparison.exec(text);
  const operator = numericOperators.find((each) => each === match?.[2]);
  const value = Number(match?.[3] ?? "?");
  if (!match || operator === undefined || !Number.isFinite(value))
    throw badFilters("a numeric filter has not the form attribute >= 10 or attribute:10 TO 20");
  return { ...numericCondition(match[1] ?? "", operator, value), isNegated: false };
}
