import type { DefinitionKind, DefinitionReference, LiveDefinition } from "../definitions/index.ts";
import type { ErrorDetail } from "../kernel/index.ts";
import { parsePath } from "../kernel/rules/index.ts";
import { compileFormula, FormulaFault } from "./formula.ts";
import { compilePath } from "./read-values.ts";
import { checkQuery } from "./sql-query.ts";
import { eventsOf, isEventKind, type TraitBody, type TraitKindName, traitBodySchema } from "./trait-body.ts";
import type { TraitRules } from "./trait-rules.ts";

const maxLiveTraits = 500;
/** Events that follow from profiles and do not go into them. */
const derivedTypes = new Set(["audienceEntered", "audienceExited"]);

type Field = keyof TraitBody;

const allowed: Readonly<Record<string, readonly Field[]>> = {
  events: ["event", "events", "where", "lines", "path", "window", "timezone", "valueType", "currency", "net"],
  trait: ["attribute", "policy", "valueType"],
  affinity: ["attribute"],
  formula: ["expression", "valueType"],
  sql: ["query", "columns", "everyHours"],
  prediction: ["prediction", "valueType"],
};
const needsPath = new Set<TraitKindName>(["sum", "avg", "min", "max", "most_frequent", "unique_list", "unique_count"]);

function fault(field: string, code: string, message: string): ErrorDetail {
  return { path: field === "" ? "" : `/${field}`, code, message };
}

function fieldFaults(body: TraitBody): readonly ErrorDetail[] {
  const fields = allowed[isEventKind(body.kind) ? "events" : body.kind] ?? [];
  return Object.keys(body)
    .filter((field) => field !== "kind" && field !== "description" && !fields.includes(field as Field))
    .map((field) => fault(field, "notUsed", `${field} is not used by the kind ${body.kind}`));
}

function windowFaults(body: TraitBody, rules: TraitRules): readonly ErrorDetail[] {
  if (body.window === undefined) return [];
  // The grammar of windows is that of event conditions.
  const leaf = { event: { name: "pageView", window: body.window } };
  return rules
    .faultsOf(leaf, "audience", "", body.timezone)
    .map((each) => ({ ...each, path: each.path.replace(/^\/event/, "") }));
}

function eventFaults(body: TraitBody, rules: TraitRules): readonly ErrorDetail[] {
  const types = eventsOf(body);
  const faults: ErrorDetail[] = [];
  if (types.length === 0) faults.push(fault("event", "missing", "name an event, or several in events"));
  for (const type of types)
    if (derivedTypes.has(type))
      faults.push(fault("event", "notCounted", `${type} follows from profiles and is not counted in them`));
  if (body.where !== undefined) faults.push(...rules.faultsOf(body.where, "tracking_plan", "/where", body.timezone));
  if (body.lines?.where !== undefined)
    faults.push(...rules.faultsOf(body.lines.where, "cart_action", "/lines/where", body.timezone));
  faults.push(...windowFaults(body, rules));
  if (body.path === undefined) {
    if (needsPath.has(body.kind)) faults.push(fault("path", "missing", `${body.kind} needs the path of a value`));
  } else if (body.kind === "count" || body.kind === "days_since")
    faults.push(fault("path", "notUsed", `${body.kind} looks at events, not at a value; put conditions into where`));
  else if (!compilePath(body.path) || !isKnownPath(body.path, rules))
    faults.push(fault("path", "unknownAttribute", `${body.path} is no value of an event; start with event. or item.`));
  if (body.net && !types.every((type) => type === "orderPlaced" || type === "completeCheckout"))
    faults.push(fault("net", "notUsed", "net goes with orderPlaced and completeCheckout"));
  return faults;
}

function isKnownPath(path: string, rules: TraitRules): boolean {
  return parsePath(path)?.subject === "item" || rules.attributes().find(path) !== undefined;
}

function formulaFaults(body: TraitBody): readonly ErrorDetail[] {
  try {
    compileFormula(body.expression ?? "");
    return [];
  } catch (error) {
    if (error instanceof FormulaFault) return [fault("expression", "traits.badFormula", error.message)];
    throw error;
  }
}

/** Keys of the defined traits that a formula reads: `trait.visits`. */
export function formulaTraits(expression: string | undefined): readonly string[] {
  try {
    return compileFormula(expression ?? "").reads.flatMap((path) =>
      path.startsWith("trait.")
        ? [(path.slice("trait.".length).split(/(?<!\\)\./)[0] ?? "").replaceAll("\\.", ".")]
        : [],
    );
  } catch (error) {
    if (error instanceof FormulaFault) return [];
    throw error;
  }
}

function leadsTo(from: string, target: string, live: readonly LiveDefinition<TraitBody>[], seen: Set<string>): boolean {
  if (from === target) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  const body = live.find(({ key }) => key === from)?.body;
  return body?.kind === "formula" && formulaTraits(body.expression).some((key) => leadsTo(key, target, live, seen));
}

/** The definition kind `trait`. */
export function createTraitKind(rules: TraitRules): DefinitionKind<TraitBody> {
  return {
    kind: "trait",
    label: "Trait",
    schema: traitBodySchema,
    check: (body, context) => {
      const faults = [...fieldFaults(body)];
      if (isEventKind(body.kind)) faults.push(...eventFaults(body, rules));
      if (body.kind === "formula") faults.push(...formulaFaults(body));
      if (body.kind === "sql") {
        if (!body.columns) faults.push(fault("columns", "missing", "name the columns and their types"));
        const refused = checkQuery(body.query ?? "");
        if (refused !== undefined) faults.push(fault("query", "traits.queryRefused", refused));
      }
      const live = context.live<TraitBody>("trait");
      if (live.length >= maxLiveTraits && !live.some(({ key }) => key === context.key))
        faults.push(fault("", "tooMany", `at most ${maxLiveTraits} traits can be live`));
      for (const key of formulaTraits(body.kind === "formula" ? body.expression : undefined))
        if (leadsTo(key, context.key, live, new Set()))
          faults.push(fault("expression", "rules.cycle", `the trait ${key} depends on this one`));
      return faults;
    },
    references: (body): readonly DefinitionReference[] =>
      body.kind === "formula"
        ? formulaTraits(body.expression).map((key) => ({ kind: "trait", key, path: "/expression" }))
        : [],
  };
}
