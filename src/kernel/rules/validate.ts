/** Checks a rule against the grammar, the attribute catalog and the limits, and reports every fault at once. */
import { ClienteleError, type ErrorDetail } from "../errors.ts";
import { isObject } from "../json.ts";
import type { RuleNode } from "./grammar.ts";
import { subjectsByUse } from "./rule-uses.ts";
import { leafChecks } from "./validate-leaves.ts";
import { fault, limits, type Place, pointer, type Run, type ValidationOptions } from "./validation.ts";

export type ValidationResult =
  | { readonly ok: true; readonly rule: RuleNode; readonly warnings: readonly ErrorDetail[] }
  | { readonly ok: false; readonly faults: readonly ErrorDetail[]; readonly warnings: readonly ErrorDetail[] };

/**
 * Checks a rule that came from outside.
 *
 * @returns the rule in stored form (time zones filled in, comma lists split), or all its faults with JSON pointers
 */
export function validateRule(input: unknown, options: ValidationOptions): ValidationResult {
  const run: Run = { options, faults: [], warnings: [], leaves: 0 };
  if (!isShallow(input)) {
    fault(run, "", "tooDeep", `nodes nest at most ${limits.depth} deep`);
    return { ok: false, faults: run.faults, warnings: [] };
  }
  const text = JSON.stringify(input) ?? "";
  if (Buffer.byteLength(text) > limits.jsonBytes) {
    fault(run, "", "tooLarge", `a rule has at most ${limits.jsonBytes / 1024} KB`);
    return { ok: false, faults: run.faults, warnings: [] };
  }
  // A copy: the stored form differs from what was sent, and the caller's object stays as it is.
  const rule: unknown = text === "" ? undefined : JSON.parse(text);
  const place: Place = {
    subjects: new Set(subjectsByUse[options.use]),
    itemKind: options.use === "cart_action" ? "line" : undefined,
    hasEvent: subjectsByUse[options.use].includes("event"),
    depth: 0,
  };
  checkNode(run, "", rule, place);
  if (run.leaves > limits.leaves) fault(run, "", "tooManyLeaves", `a rule has at most ${limits.leaves} leaves`);
  if (run.faults.length > 0) return { ok: false, faults: run.faults, warnings: run.warnings };
  // Every node was checked above, so the copy has the shape of a rule.
  return { ok: true, rule: rule as RuleNode, warnings: run.warnings };
}

/** A node is at most three levels of JSON; what nests deeper would only exhaust the stack of those who walk it. */
const maxJsonDepth = 8 * limits.depth;

function isShallow(input: unknown): boolean {
  let level: readonly unknown[] = [input];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxJsonDepth) return false;
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
  }
  return true;
}

/**
 * As `validateRule`, for callers that want the rule or an error answer.
 *
 * @throws {ClienteleError} `rules.invalid` with all faults in `details`
 */
export function requireRule(input: unknown, options: ValidationOptions): RuleNode {
  const result = validateRule(input, options);
  if (result.ok) return result.rule;
  throw new ClienteleError("rules.invalid", `the rule has ${result.faults.length} faults; see details`, {
    details: result.faults,
  });
}

function checkNode(run: Run, at: string, node: unknown, place: Place): void {
  const inner: Place = { ...place, depth: place.depth + 1 };
  if (inner.depth > limits.depth) {
    fault(run, at, "tooDeep", `nodes nest at most ${limits.depth} deep`);
    return;
  }
  if (!isObject(node)) {
    fault(run, at, "valueType", 'a condition is an object with one key, such as {"everyone": true}');
    return;
  }
  const keys = Object.keys(node);
  const [kind] = keys;
  if (kind === undefined || keys.length > 1) {
    fault(run, at, "unknownNode", `a condition has exactly one key, not ${keys.length}`);
    return;
  }
  checkKind(run, pointer(at, kind), kind, node[kind], inner);
}

/** They need a profile: not in a catalog rule or tracking plan, nor inside an event, which was counted once for all. */
const personLeaves: ReadonlySet<string> = new Set([
  ...["event", "sequence", "audience", "subscription", "consent", "journey", "message", "bucket", "list"],
]);

function checkKind(run: Run, at: string, kind: string, value: unknown, place: Place): void {
  if (kind === "all" || kind === "any") {
    if (!Array.isArray(value)) fault(run, at, "valueType", "a list of conditions is expected here");
    else for (const [index, child] of value.entries()) checkNode(run, pointer(at, index), child, place);
    return;
  }
  if (kind === "not") {
    checkNode(run, at, value, place);
    return;
  }
  run.leaves += 1;
  if (kind === "everyone") {
    if (value !== true) fault(run, at, "valueType", 'write {"everyone": true}');
    return;
  }
  const check = leafChecks[kind];
  if (!check || !Object.hasOwn(leafChecks, kind)) {
    fault(run, at, "unknownNode", `${kind} is no kind of condition`);
    return;
  }
  if (personLeaves.has(kind) && !place.subjects.has("profile")) {
    fault(
      run,
      at,
      "subjectNotAllowed",
      `${kind} asks about a person; only the subjects of this place can be used here`,
    );
    return;
  }
  check(run, at, value, place, checkNode);
}
