// The language of the parameter `filters`: conditions joined by AND, OR, NOT and parentheses, OR binding tighter than AND.
// It is read into a tree and turned into clauses, each a list of alternatives of which one must hold.
import { ClienteleError } from "../../kernel/index.ts";
import { type Condition, conditionOf, numericCondition, numericOperators } from "./filter-condition.ts";

export type Literal = Condition & { readonly isNegated: boolean };
/** Alternatives: one of them must hold. */
export type Clause = readonly Literal[];

type Tree =
  | { readonly kind: "literal"; readonly condition: Condition }
  | { readonly kind: "not"; readonly part: Tree }
  | { readonly kind: "and" | "or"; readonly parts: readonly Tree[] };

const maxLength = 20_000;
const maxDepth = 20;
export const maxClauses = 30;
export const maxLiterals = 1_000;

export function badFilters(message: string): ClienteleError {
  return new ClienteleError("instantsearch.badFilters", message);
}

/** @throws {ClienteleError} `instantsearch.badFilters` with the place of the fault */
export function parseFilterText(text: string): readonly Clause[] {
  if (text.trim() === "") return [];
  if (text.length > maxLength) throw badFilters(`filters is longer than ${maxLength} characters`);
  const tree = createParser(text).parse();
  return clausesOf(tree, false);
}

/** Conjunctive form; a negation moves down to the conditions. */
function clausesOf(tree: Tree, isNegated: boolean): readonly Clause[] {
  switch (tree.kind) {
    case "literal":
      return [[{ ...tree.condition, isNegated }]];
    case "not":
      return clausesOf(tree.part, !isNegated);
    default: {
      const parts = tree.parts.map((part) => clausesOf(part, isNegated));
      const isAnd = (tree.kind === "and") !== isNegated;
      return bounded(isAnd ? parts.flat() : parts.reduce(eitherOf));
    }
  }
}

function eitherOf(left: readonly Clause[], right: readonly Clause[]): readonly Clause[] {
  return bounded(left.flatMap((clause) => right.map((other) => [...clause, ...other])));
}

export function bounded(clauses: readonly Clause[]): readonly Clause[] {
  const literals = clauses.reduce((sum, clause) => sum + clause.length, 0);
  if (clauses.length <= maxClauses && literals <= maxLiterals) return clauses;
  throw badFilters(`the filters need more than ${maxClauses} conditions or ${maxLiterals} values`);
}

function createParser(text: string): { readonly parse: () => Tree } {
  let at = 0;

  const fault = (what: string) => badFilters(`${what} at character ${at + 1} of filters`);
  const skipSpace = () => {
    while (at < text.length && /\s/.test(text[at] ?? "")) at += 1;
  };
  const take = (word: string): boolean => {
    skipSpace();
    if (!text.startsWith(word, at)) return false;
    const next = text[at + word.length];
    if (/^[A-Z]/.test(word) && next !== undefined && !/[\s()]/.test(next)) return false;
    at += word.length;
    return true;
  };

  function quoted(quote: string): string {
    at += 1;
    let value = "";
    while (at < text.length && text[at] !== quote) {
      if (text[at] === "\\" && at + 1 < text.length) at += 1;
      value += text[at];
      at += 1;
    }
    if (at >= text.length) throw fault("a quotation mark is missing");
    at += 1;
    return value;
  }

  function until(stop: RegExp): string {
    const start = at;
    while (at < text.length && !stop.test(text[at] ?? "")) at += 1;
    return text.slice(start, at);
  }

  const isQuote = () => text[at] === '"' || text[at] === "'";

  function condition(): Condition {
    skipSpace();
    const wasQuoted = isQuote();
    const name = wasQuoted ? quoted(text[at] ?? "") : until(/[\s():<>=!]/);
    if (name === "" && !wasQuoted) throw fault("a condition is missing");
    skipSpace();
    if (text[at] === ":") {
      at += 1;
      return facetCondition(name);
    }
    const operator = numericOperators.find((each) => text.startsWith(each, at));
    if (operator === undefined) return conditionOf(wasQuoted && name.includes(":") ? name : `_tags:${name}`);
    at += operator.length;
    skipSpace();
    const value = Number(until(/[\s()]/) || "?");
    if (!Number.isFinite(value)) throw fault("a number is missing");
    return numericCondition(name, operator, value);
  }

  function facetCondition(attribute: string): Condition {
    skipSpace();
    const value = isQuote() ? quoted(text[at] ?? "") : until(/[\s()]/).replace(/<score=\d+>$/, "");
    if (value === "") throw fault("a value is missing");
    if (!take("TO")) return { attribute, kind: "value", value };
    skipSpace();
    const [from, to] = [Number(value), Number(until(/[\s()]/) || "?")];
    if (!Number.isFinite(from) || !Number.isFinite(to)) throw fault("a number is missing");
    return numericCondition(attribute, "TO", from, to);
  }

  function unit(depth: number): Tree {
    if (depth > maxDepth) throw fault(`more than ${maxDepth} parentheses are open`);
    if (take("NOT")) return { kind: "not", part: unit(depth + 1) };
    if (!take("(")) return { kind: "literal", condition: condition() };
    const inside = all(depth + 1);
    if (!take(")")) throw fault("a closing parenthesis is missing");
    return inside;
  }

  function joined(kind: "and" | "or", word: string, part: () => Tree): Tree {
    const parts = [part()];
    while (take(word)) {
      parts.push(part());
      if (parts.length > maxLiterals) throw fault(`more than ${maxLiterals} conditions`);
    }
    const [only] = parts;
    return parts.length === 1 && only ? only : { kind, parts };
  }

  const all = (depth: number): Tree => joined("and", "AND", () => joined("or", "OR", () => unit(depth)));

  return {
    parse() {
      const tree = all(0);
      skipSpace();
      if (at < text.length) throw fault("AND or OR is missing");
      return tree;
    },
  };
}
