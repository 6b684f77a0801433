import type { ErrorDetail } from "../errors.ts";
import { isObject } from "../json.ts";
import type { AttributeCatalog, AttributeSpec, ItemKind } from "./attribute-catalog.ts";
import { attributeAt, nearestPath } from "./compiled.ts";
import type { RuleEnvironment } from "./environment.ts";
import { parsePath, type Subject } from "./paths.ts";
import type { RuleUse } from "./rule-uses.ts";

/** Fault codes that a rule can have; each fault carries a JSON pointer. */
export type FaultCode =
  | "unknownNode"
  | "unknownKey"
  | "missingKey"
  | "unknownAttribute"
  | "subjectNotAllowed"
  | "operatorNotAllowed"
  | "valueType"
  | "valueNotListed"
  | "unknownReference"
  | "unknownEvent"
  | "cycle"
  | "badRegex"
  | "badWindow"
  | "badDuration"
  | "badTimezone"
  | "currencyMissing"
  | "tooDeep"
  | "tooManyLeaves"
  | "tooLarge";

export type ValidationOptions = {
  readonly catalog: AttributeCatalog;
  readonly use: RuleUse;
  /** Filled in where a rule needs a zone and names none; default UTC. */
  readonly timezone?: string;
  /** Default: every name is known. */
  readonly isKnownEvent?: (name: string) => boolean;
  /** Default: everything exists. */
  readonly exists?: RuleEnvironment["exists"];
};

export const limits = {
  depth: 30,
  leaves: 200,
  listValues: 10_000,
  textLength: 1000,
  jsonBytes: 256 * 1024,
} as const;

/** One run over one rule: options, and the faults found so far. */
export type Run = {
  readonly options: ValidationOptions;
  readonly faults: ErrorDetail[];
  readonly warnings: ErrorDetail[];
  leaves: number;
};

/** Where in the tree the walk stands. */
export type Place = {
  readonly subjects: ReadonlySet<Subject>;
  readonly itemKind: ItemKind | undefined;
  /** An event is in hand: its lines can be walked over. */
  readonly hasEvent: boolean;
  readonly depth: number;
};

export function fault(run: Run, path: string, code: FaultCode, message: string): void {
  run.faults.push({ path, code: `rules.${code}`, message });
}

export function warn(run: Run, path: string, code: FaultCode, message: string): void {
  run.warnings.push({ path, code: `rules.${code}`, message });
}

/** Appends a key to a JSON pointer. */
export function pointer(at: string, key: string | number): string {
  return `${at}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

type Keys = { readonly required: readonly string[]; readonly optional?: readonly string[] };

/** Checks that a value is an object with these keys and no others. */
export function checkKeys(run: Run, at: string, value: unknown, keys: Keys): Record<string, unknown> | undefined {
  if (!isObject(value)) {
    fault(run, at, "valueType", "an object is expected here");
    return undefined;
  }
  for (const key of keys.required) {
    if (value[key] === undefined) fault(run, pointer(at, key), "missingKey", `${key} is missing`);
  }
  for (const key of Object.keys(value)) {
    if (!keys.required.includes(key) && !keys.optional?.includes(key)) {
      fault(run, pointer(at, key), "unknownKey", `${key} is not known here`);
    }
  }
  return value;
}

/** Checks one of a few words. */
export function checkWord(run: Run, at: string, value: unknown, words: readonly string[]): void {
  if (value !== undefined && !(typeof value === "string" && words.includes(value))) {
    fault(run, at, "valueType", `write one of ${words.join(", ")}`);
  }
}

/** Checks that a path is known and may be used here; returns its attribute. */
export function checkPath(run: Run, at: string, path: unknown, place: Place): AttributeSpec | undefined {
  if (typeof path !== "string") {
    if (path !== undefined) fault(run, at, "valueType", "a path is text");
    return undefined;
  }
  const parsed = parsePath(path);
  if (!parsed) {
    fault(run, at, "unknownAttribute", `${path} is no path; start with a subject such as profile.`);
    return undefined;
  }
  if (!place.subjects.has(parsed.subject)) {
    const allowed = [...place.subjects].map((subject) => `${subject}.`).join(" ");
    fault(run, at, "subjectNotAllowed", `${parsed.subject}. cannot be used here; allowed: ${allowed || "nothing"}`);
    return undefined;
  }
  const spec = attributeAt(path, { environment: run.options, itemKind: place.itemKind });
  if (!spec) {
    const nearest = nearestPath(path, run.options.catalog, place.itemKind);
    fault(run, at, "unknownAttribute", `${path} is not known${nearest ? `; did you mean ${nearest}?` : ""}`);
  }
  return spec;
}
