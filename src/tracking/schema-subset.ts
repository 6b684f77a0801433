// Which JSON Schema a plan may hold: enough to describe an event, nothing that fetches, recurses or backtracks.
import { type ErrorDetail, isObject } from "../kernel/index.ts";
import { regexFault } from "../kernel/rules/index.ts";

const maxDepth = 12;
const maxNodes = 5_000;
const types = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);

const notes = new Set(["title", "description", "examples", "default", "$schema", "$comment"]);
type Walk = { readonly faults: ErrorDetail[]; nodes: number };

function fault(walk: Walk, path: string, message: string): void {
  if (walk.faults.length < 50) walk.faults.push({ path, code: "tracking.schema", message });
}

function checkType(walk: Walk, value: unknown, path: string): void {
  const named = Array.isArray(value) ? value : [value];
  if (named.length === 0 || !named.every((name) => typeof name === "string" && types.has(name)))
    fault(walk, path, `must be one of ${[...types].join(", ")}, or a list of them`);
}

type Check = (walk: Walk, value: unknown, path: string, depth: number) => void;

const checkSchemas: Check = (walk, value, path, depth) => {
  if (!Array.isArray(value) || value.length === 0 || value.length > 20) {
    fault(walk, path, "must be a list of 1 to 20 schemas");
    return;
  }
  for (const [index, child] of value.entries()) check(walk, child, `${path}/${index}`, depth + 1);
};

const checkProperties: Check = (walk, value, path, depth) => {
  if (!isObject(value)) {
    fault(walk, path, "must be an object of schemas");
    return;
  }
  for (const [name, child] of Object.entries(value)) check(walk, child, `${path}/${name}`, depth + 1);
};

const checkChild: Check = (walk, value, path, depth) => check(walk, value, path, depth + 1);

const checkPattern: Check = (walk, value, path) => {
  const wrong = typeof value === "string" && value.length <= 500 ? regexFault(value) : "must be a short pattern";
  if (wrong !== undefined) fault(walk, path, wrong);
};

const expect =
  (isRight: (value: unknown) => boolean, message: string): Check =>
  (walk, value, path) => {
    if (!isRight(value)) fault(walk, path, message);
  };

const checks: Record<string, Check> = {
  type: checkType,
  pattern: checkPattern,
  properties: checkProperties,
  items: checkChild,
  not: checkChild,
  additionalProperties: checkChild,
  anyOf: checkSchemas,
  oneOf: checkSchemas,
  allOf: checkSchemas,
  const: () => undefined,
  enum: expect(
    (value) => Array.isArray(value) && value.length > 0 && value.length <= 1_000,
    "must be a list of 1 to 1,000 values",
  ),
  required: expect(
    (value) => Array.isArray(value) && value.every((name) => typeof name === "string"),
    "must be a list of names",
  ),
  uniqueItems: expect((value) => typeof value === "boolean", "must be true or false"),
};
const numbers =
  "minLength maxLength minItems maxItems minProperties maxProperties minimum maximum exclusiveMinimum exclusiveMaximum multipleOf";
for (const name of numbers.split(" "))
  checks[name] = expect((value) => typeof value === "number" && Number.isFinite(value), "must be a number");

function checkKeyword(walk: Walk, key: string, value: unknown, path: string, depth: number): void {
  if (notes.has(key)) return;
  const known = Object.hasOwn(checks, key) ? checks[key] : undefined;
  if (known) known(walk, value, path, depth);
  else fault(walk, path, `${key} is not supported`);
}

function check(walk: Walk, schema: unknown, path: string, depth: number): void {
  walk.nodes += 1;
  if (depth > maxDepth || walk.nodes > maxNodes) {
    fault(walk, path, `a schema may be ${maxDepth} levels deep and have ${maxNodes} parts`);
    return;
  }
  if (typeof schema === "boolean") return;
  if (!isObject(schema)) {
    fault(walk, path, "must be a schema object");
    return;
  }
  for (const [key, value] of Object.entries(schema)) checkKeyword(walk, key, value, `${path}/${key}`, depth);
}

/** Everything in a schema that a plan may not hold; empty when it can be compiled. */
export function schemaFaults(schema: unknown, path: string): readonly ErrorDetail[] {
  const walk: Walk = { faults: [], nodes: 0 };
  check(walk, schema, path, 0);
  return walk.faults;
}
