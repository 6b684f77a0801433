// Formulas over traits: parsed by jsep, evaluated here. Nothing but the listed operators and functions exists: no members of
// objects, no assignment, no call of anything else.
import jsep from "jsep";
import { isObject, minorDigits, plainText } from "../kernel/index.ts";

export type FormulaValue = number | string | boolean | undefined;
/** Reads a trait by its path, e.g. `orders_count` or `trait.visits`. */
export type FormulaInput = (path: string) => unknown;
export type Formula = {
  readonly evaluate: (read: FormulaInput, nowMs: number) => FormulaValue;
  /** Paths of the traits it reads. */
  readonly reads: readonly string[];
  /** True when the value follows the clock. */
  readonly usesNow: boolean;
};

type Node = (read: FormulaInput, nowMs: number) => FormulaValue;

const maxDepth = 50;
const maxNodes = 500;
const dayMs = 86_400_000;

/** What is wrong with a formula. */
export class FormulaFault extends Error {
  override readonly name = "FormulaFault";
}

function numberOf(value: FormulaValue): number | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string")
    return value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : undefined;
  return value;
}

type NumberFunction = (...values: readonly number[]) => number;

const numberFunctions: Readonly<
  Record<string, { readonly fn: NumberFunction; readonly min: number; readonly max: number }>
> = {
  abs: { fn: Math.abs, min: 1, max: 1 },
  ceil: { fn: Math.ceil, min: 1, max: 1 },
  floor: { fn: Math.floor, min: 1, max: 1 },
  sqrt: { fn: Math.sqrt, min: 1, max: 1 },
  log: { fn: Math.log, min: 1, max: 1 },
  exp: { fn: Math.exp, min: 1, max: 1 },
  pow: { fn: Math.pow, min: 2, max: 2 },
  min: { fn: Math.min, min: 1, max: 20 },
  max: { fn: Math.max, min: 1, max: 20 },
  round: { fn: (value, places = 0) => Math.round(value * 10 ** places) / 10 ** places, min: 1, max: 2 },
};

const binaryOperators: Readonly<Record<string, (a: number, b: number) => number | boolean>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function finite(value: number | boolean): FormulaValue {
  return typeof value === "number" && !Number.isFinite(value) ? undefined : value;
}

/** Numbers in, a number out; a missing value makes the result missing. */
function overNumbers(fn: (...values: number[]) => number | boolean, parts: readonly Node[]): Node {
  return (read, nowMs) => {
    const values: number[] = [];
    for (const part of parts) {
      const value = numberOf(part(read, nowMs));
      if (value === undefined) return undefined;
      values.push(value);
    }
    return finite(fn(...values));
  };
}

/** Money counts in whole units of its currency: a formula makes scores, not amounts. */
function toValue(value: unknown): FormulaValue {
  if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.length;
  if (isObject(value) && typeof value["minor"] === "number")
    return value["minor"] / 10 ** minorDigits(plainText(value["currency"]));
  return undefined;
}

const specialFunctions: Readonly<
  Record<string, { readonly make: (parts: readonly Node[]) => Node; readonly min: number; readonly max: number }>
> = {
  coalesce: {
    make: (parts) => (read, nowMs) => {
      for (const part of parts) {
        const value = part(read, nowMs);
        if (value !== undefined && value !== "") return value;
      }
      return undefined;
    },
    min: 1,
    max: 20,
  },
  if: {
    make:
      ([test, yes, no]) =>
      (read, nowMs) =>
        (test?.(read, nowMs) ? yes : no)?.(read, nowMs),
    min: 3,
    max: 3,
  },
  concat: {
    make: (parts) => (read, nowMs) =>
      parts
        .map((part) => String(part(read, nowMs) ?? ""))
        .join("")
        .slice(0, 1000),
    min: 1,
    max: 20,
  },
  lower: {
    make:
      ([part]) =>
      (read, nowMs) =>
        String(part?.(read, nowMs) ?? "").toLowerCase(),
    min: 1,
    max: 1,
  },
  upper: {
    make:
      ([part]) =>
      (read, nowMs) =>
        String(part?.(read, nowMs) ?? "").toUpperCase(),
    min: 1,
    max: 1,
  },
  exists: {
    make:
      ([part]) =>
      (read, nowMs) =>
        part?.(read, nowMs) !== undefined,
    min: 1,
    max: 1,
  },
  days_since: {
    make:
      ([part]) =>
      (read, nowMs) => {
        const at = numberOf(part?.(read, nowMs));
        return at === undefined ? undefined : Math.floor((nowMs - at) / dayMs);
      },
    min: 1,
    max: 1,
  },
};

export const formulaFunctions: readonly string[] = [
  ...Object.keys(numberFunctions),
  ...Object.keys(specialFunctions),
].sort();

type Compiling = { readonly reads: Set<string>; nodes: number; usesNow: boolean };

/** `orders_count`, `trait.visits`, `trait["my-key"]`. */
function pathOf(node: jsep.Expression): string | undefined {
  if (node.type === "Identifier") return String(node["name"]);
  if (node.type !== "MemberExpression") return undefined;
  const { object, property, computed } = node as jsep.MemberExpression;
  const head = pathOf(object);
  const key = computed ? (property as jsep.Literal).value : (property as jsep.Identifier).name;
  if (head === undefined || typeof key !== "string" || (computed && property.type !== "Literal")) return undefined;
  return `${head}.${key.replaceAll(".", "\\.")}`;
}

function compileCall(node: jsep.CallExpression, work: Compiling, depth: number): Node {
  const name = node.callee.type === "Identifier" ? String((node.callee as jsep.Identifier).name) : "";
  const own = Object.hasOwn(numberFunctions, name) ? numberFunctions[name] : undefined;
  const special = Object.hasOwn(specialFunctions, name) ? specialFunctions[name] : undefined;
  const found = own ?? special;
  if (!found) throw new FormulaFault(`${name || "this"} is no function; known: ${formulaFunctions.join(", ")}`);
  const { length } = node.arguments;
  if (length < found.min || length > found.max) {
    const wanted = found.min === found.max ? `${found.min}` : `${found.min} to ${found.max}`;
    throw new FormulaFault(`${name} takes ${wanted} values, not ${length}`);
  }
  const parts = node.arguments.map((part) => compileNode(part, work, depth + 1));
  if (name === "days_since") work.usesNow = true;
  return own ? overNumbers(own.fn, parts) : (special?.make(parts) ?? (() => undefined));
}

function compileBinary(node: jsep.BinaryExpression, work: Compiling, depth: number): Node {
  const [left, right] = [compileNode(node.left, work, depth + 1), compileNode(node.right, work, depth + 1)];
  const { operator } = node;
  if (operator === "&&") return (read, nowMs) => Boolean(left(read, nowMs)) && Boolean(right(read, nowMs));
  if (operator === "||") return (read, nowMs) => Boolean(left(read, nowMs)) || Boolean(right(read, nowMs));
  if (operator === "==" || operator === "===") return (read, nowMs) => left(read, nowMs) === right(read, nowMs);
  if (operator === "!=" || operator === "!==") return (read, nowMs) => left(read, nowMs) !== right(read, nowMs);
  const fn = Object.hasOwn(binaryOperators, operator) ? binaryOperators[operator] : undefined;
  if (!fn) throw new FormulaFault(`${operator} is not known here`);
  return overNumbers(fn as (...values: number[]) => number | boolean, [left, right]);
}

function compileNode(node: jsep.Expression, work: Compiling, depth: number): Node {
  work.nodes += 1;
  if (depth > maxDepth || work.nodes > maxNodes) throw new FormulaFault("the formula is too long or too deep");
  switch (node.type) {
    case "Literal": {
      const { value } = node as jsep.Literal;
      if (typeof value !== "number" && typeof value !== "string" && typeof value !== "boolean")
        throw new FormulaFault("only numbers, texts, true and false can be written");
      return () => value;
    }
    case "Identifier":
    case "MemberExpression": {
      const path = pathOf(node);
      if (path === undefined)
        throw new FormulaFault('traits are named like orders_count, trait.visits or trait["my-key"]');
      if (path === "now") {
        work.usesNow = true;
        return (_read, nowMs) => nowMs;
      }
      work.reads.add(path);
      return (read) => toValue(read(path));
    }
    case "UnaryExpression": {
      const { operator, argument } = node as jsep.UnaryExpression;
      const part = compileNode(argument, work, depth + 1);
      if (operator === "!") return (read, nowMs) => !part(read, nowMs);
      if (operator === "-") return overNumbers((value) => -value, [part]);
      if (operator === "+") return part;
      throw new FormulaFault(`${operator} is not known here`);
    }
    case "BinaryExpression":
      return compileBinary(node as jsep.BinaryExpression, work, depth);
    case "ConditionalExpression": {
      const { test, consequent, alternate } = node as jsep.ConditionalExpression;
      const [check, yes, no] = [test, consequent, alternate].map((part) => compileNode(part, work, depth + 1));
      return (read, nowMs) => (check?.(read, nowMs) ? yes : no)?.(read, nowMs);
    }
    case "CallExpression":
      return compileCall(node as jsep.CallExpression, work, depth);
    default:
      throw new FormulaFault("write one expression of traits, numbers, operators and functions");
  }
}

/** @throws {FormulaFault} when the text is no formula */
export function compileFormula(text: string): Formula {
  let tree: jsep.Expression;
  try {
    tree = jsep(text);
  } catch (error) {
    throw new FormulaFault(error instanceof Error ? error.message : "the formula cannot be read");
  }
  const work: Compiling = { reads: new Set(), nodes: 0, usesNow: false };
  const evaluate = compileNode(tree, work, 0);
  return { evaluate, reads: [...work.reads], usesNow: work.usesNow };
}
