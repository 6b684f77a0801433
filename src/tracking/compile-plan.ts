import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import type { CanonicalEvent } from "../collect/index.ts";
import { isObject, type JsonObject, type JsonValue, plainText } from "../kernel/index.ts";
import { compileRegex } from "../kernel/rules/index.ts";
import type { PlanBody, PlanMode } from "./plan.ts";

export type ViolationKind =
  | "missing_required"
  | "wrong_type"
  | "pattern"
  | "enum"
  | "unplanned_event"
  | "unplanned_property";

/** One way in which an event breaks its plan. The path is a JSON pointer into `properties`, list positions left out. */
export type Violation = { readonly kind: ViolationKind; readonly path: string; readonly message: string };

export type CompiledPlan = {
  readonly key: string;
  readonly version: number;
  readonly modeFor: (sourceId: string) => PlanMode;
  /** What is wrong with an event; empty for one that keeps to the plan. */
  readonly violationsOf: (event: CanonicalEvent) => readonly Violation[];
  /** The event without the properties that no schema of the plan names. */
  readonly withoutUnplanned: (event: CanonicalEvent) => CanonicalEvent;
};

const maxViolations = 20;

const kindByKeyword: Readonly<Record<string, ViolationKind>> = {
  required: "missing_required",
  type: "wrong_type",
  enum: "enum",
  const: "enum",
  additionalProperties: "unplanned_property",
  anyOf: "wrong_type",
  oneOf: "wrong_type",
  not: "wrong_type",
};

// A plan's patterns run in time linear in the text; the platform's own engine does not.
const safeRegExp = Object.assign(
  // Ajv tells patterns apart by their text.
  (pattern: string) => ({ test: compileRegex(pattern, true), toString: () => pattern }),
  // Ajv writes this into stand-alone code, which is never made here.
  { code: "safeRegExp" },
);

function createAjv(): Ajv2020 {
  return new Ajv2020({
    allErrors: true,
    strict: false,
    addUsedSchema: false,
    // Its type asks for the platform's class; only `test` is called.
    code: { regExp: safeRegExp as never },
  });
}

/** Objects of a plan's schema are closed unless they say otherwise: what is not named is unplanned. */
function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close);
  if (!isObject(schema)) return schema;
  const closed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties" && isObject(value))
      closed[key] = Object.fromEntries(Object.entries(value).map(([name, child]) => [name, close(child)]));
    else closed[key] = key === "items" || key === "anyOf" || key === "oneOf" ? close(value) : value;
  }
  if (isObject(schema["properties"]) && !("additionalProperties" in schema)) closed["additionalProperties"] = false;
  return closed;
}

/** One schema of both: the names of either are planned. */
function join(common: unknown, own: unknown): unknown {
  if (!isObject(common)) return own;
  if (!isObject(own)) return common;
  const required = [common["required"], own["required"]].flatMap((names) => (Array.isArray(names) ? names : []));
  return {
    ...common,
    ...own,
    properties: {
      ...(isObject(common["properties"]) ? common["properties"] : {}),
      ...(isObject(own["properties"]) ? own["properties"] : {}),
    },
    ...(required.length > 0 ? { required: [...new Set(required)] } : {}),
  };
}

function toViolation(error: ErrorObject): Violation {
  const { missingProperty, additionalProperty } = error.params as Record<string, unknown>;
  const added = missingProperty ?? additionalProperty;
  const at = error.instancePath.replace(/\/\d+(?=\/|$)/g, "/*");
  return {
    kind: kindByKeyword[error.keyword] ?? "pattern",
    path: added === undefined ? at : `${at}/${plainText(added)}`,
    message: error.message ?? error.keyword,
  };
}

function remove(value: JsonValue, steps: readonly string[]): JsonValue {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (Array.isArray(value)) return value.map((child, index) => (String(index) === step ? remove(child, rest) : child));
  if (!isObject(value)) return value;
  // An object of JSON stays one.
  const object = value as JsonObject;
  if (rest.length > 0) {
    const child = object[step];
    return child === undefined ? object : { ...object, [step]: remove(child, rest) };
  }
  const { [step]: _removed, ...others } = object;
  return others;
}

const unescapePointer = (step: string) => step.replaceAll("~1", "/").replaceAll("~0", "~");

/** Compiles each schema of a plan at its first event; a plan without schemas only knows which events are planned. */
export function compilePlan(plan: {
  readonly key: string;
  readonly version: number;
  readonly body: PlanBody;
}): CompiledPlan {
  const { body } = plan;
  const ajv = createAjv();
  const planned = new Map(Object.entries(body.events));
  const validators = new Map<string, ValidateFunction | null>();
  const validatorOf = (type: string): ValidateFunction | null => {
    const compiled = validators.get(type);
    if (compiled !== undefined) return compiled;
    const schema = join(body.common, planned.get(type)?.schema);
    const validator = schema === undefined ? null : ajv.compile(close(schema) as object | boolean);
    validators.set(type, validator);
    return validator;
  };
  const errorsOf = (event: CanonicalEvent): readonly ErrorObject[] => {
    const validate = planned.has(event.type) ? validatorOf(event.type) : null;
    if (!validate || validate(event.properties)) return [];
    return validate.errors?.slice(0, maxViolations) ?? [];
  };
  return {
    key: plan.key,
    version: plan.version,
    modeFor: (sourceId) =>
      (body.modes && Object.hasOwn(body.modes, sourceId) ? body.modes[sourceId] : undefined) ?? body.mode,
    violationsOf: (event) =>
      planned.has(event.type)
        ? errorsOf(event).map(toViolation)
        : [{ kind: "unplanned_event", path: "", message: "the plan does not name this event" }],
    withoutUnplanned: (event) => {
      let properties: JsonValue = event.properties;
      for (const error of errorsOf(event)) {
        if (error.keyword !== "additionalProperties") continue;
        const { additionalProperty } = error.params as Record<string, unknown>;
        const steps = error.instancePath.split("/").slice(1).map(unescapePointer);
        properties = remove(properties, [...steps, plainText(additionalProperty)]);
      }
      return properties === event.properties ? event : { ...event, properties: properties as JsonObject };
    },
  };
}
