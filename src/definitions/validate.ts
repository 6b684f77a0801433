import { Compile, type Validator } from "typebox/compile";
import { schemaFaults } from "../http/index.ts";
import { ClienteleError, type ErrorDetail } from "../kernel/index.ts";
import { keyFaults } from "./keys.ts";
import type {
  DefinitionCheckContext,
  DefinitionKind,
  DefinitionReference,
  DefinitionSchedule,
  DefinitionScope,
} from "./kind.ts";
import { scheduleFaults } from "./schedule.ts";

export type Candidate = {
  readonly key: string;
  readonly name: string;
  readonly body: unknown;
  readonly scope: DefinitionScope;
  readonly schedule: DefinitionSchedule | null;
};

export type CheckedKind = { readonly kind: DefinitionKind<unknown>; readonly validator: Validator };

/** What is known of another definition; `statuses` of the store has this form. */
export type KnownDefinitions = ReadonlyMap<string, { readonly status: string; readonly published: boolean }>;

const maxFaults = 200;
const maxDepth = 64;
const maxNodes = 200_000;
const maxNameLength = 200;
const escapePointer = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** @throws when the schema of the kind is no valid TypeBox schema: a fault of the program, found at start */
export function compileKind(kind: DefinitionKind<unknown>): CheckedKind {
  return { kind, validator: Compile(kind.schema) };
}

// PostgreSQL cannot store U+0000 in jsonb, nor half of a surrogate pair. Written as escapes: these are code points.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the NUL character is exactly what is looked for
const unstorable = /\u0000|\p{Surrogate}/u;

/** Faults of a JSON value that no kind may have: too deep, too large, or text that cannot be stored. */
function storageFaults(body: unknown): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  const open: { value: unknown; path: string; depth: number }[] = [{ value: body, path: "/body", depth: 0 }];
  let nodes = 0;
  for (let next = open.pop(); next !== undefined && faults.length < maxFaults; next = open.pop()) {
    const { value, path, depth } = next;
    nodes += 1;
    if (nodes > maxNodes)
      return [...faults, { path: "/body", code: "size", message: `holds more than ${maxNodes} values` }];
    if (typeof value === "string" && unstorable.test(value))
      faults.push({ path, code: "text", message: "holds a character that cannot be stored" });
    if (typeof value !== "object" || value === null) continue;
    if (depth >= maxDepth) {
      faults.push({ path, code: "depth", message: `is nested deeper than ${maxDepth} levels` });
      continue;
    }
    for (const [key, child] of Object.entries(value)) {
      if (unstorable.test(key))
        faults.push({ path, code: "text", message: "has a key with a character that cannot be stored" });
      open.push({ value: child, path: `${path}/${escapePointer(key)}`, depth: depth + 1 });
    }
  }
  return faults;
}

function nameFaults(name: string): readonly ErrorDetail[] {
  if (name.trim() === "" || name.length > maxNameLength)
    return [{ path: "/name", code: "length", message: `must have 1 to ${maxNameLength} characters` }];
  return unstorable.test(name)
    ? [{ path: "/name", code: "text", message: "holds a character that cannot be stored" }]
    : [];
}

export type Checked = { readonly faults: readonly ErrorDetail[]; readonly references: readonly DefinitionReference[] };

/**
 * Every fault that can be found without the other definitions: name, schedule, schema, then the kind's own check.
 * References are those of a body that fits its schema.
 */
export async function checkCandidate(
  { kind, validator }: CheckedKind,
  candidate: Candidate,
  live: DefinitionCheckContext["live"],
): Promise<Checked> {
  const { body, key, scope } = candidate;
  const frame = [
    ...keyFaults(key),
    ...nameFaults(candidate.name),
    ...scheduleFaults(candidate.schedule),
    ...storageFaults(body),
  ];
  // A schema of nested rules follows the body down; one without end would exhaust the stack.
  if (frame.some(({ code }) => code === "depth" || code === "size")) return { faults: frame, references: [] };
  if (!validator.Check(body)) {
    const faults = schemaFaults(validator.Errors(body)).map((fault) => ({ ...fault, path: `/body${fault.path}` }));
    return { faults: [...frame, ...faults], references: [] };
  }
  const own = (await kind.check?.(body, { key, scope, live })) ?? [];
  return {
    faults: [...frame, ...own.map((fault) => ({ ...fault, path: `/body${fault.path}` }))],
    references: kind.references?.(body) ?? [],
  };
}

/**
 * Faults of references: the used definition must exist and not be archived, and be published when its user is.
 *
 * @param self `kind/key` of the user, which may use itself
 */
export function referenceFaults(
  references: readonly DefinitionReference[],
  known: KnownDefinitions,
  stage: "save" | "publish",
  self: string,
): readonly ErrorDetail[] {
  return references.flatMap(({ kind, key, path }): readonly ErrorDetail[] => {
    const name = `${kind}/${key}`;
    if (name === self) return [];
    const found = known.get(name);
    const fault = (code: string, message: string) => [{ path: `/body${path}`, code, message }];
    if (!found) return fault("unknownReference", `uses the ${kind} ${key}, which does not exist`);
    if (found.status === "archived") return fault("archivedReference", `uses the ${kind} ${key}, which is archived`);
    return stage === "publish" && !found.published
      ? fault("unpublishedReference", `uses the ${kind} ${key}, which is not published`)
      : [];
  });
}

/** @throws {ClienteleError} `definitions.invalid` with all faults, when there are any */
export function assertNoFaults(faults: readonly ErrorDetail[], what: string): void {
  if (faults.length === 0) return;
  const count = faults.length === 1 ? "one fault" : `${faults.length} faults`;
  throw new ClienteleError("definitions.invalid", `the ${what} has ${count}`, { details: faults.slice(0, maxFaults) });
}
