import { Type } from "typebox";
import type { DefinitionKind, DefinitionReference, LiveDefinition } from "../definitions/index.ts";
import { type ErrorDetail, isObject } from "../kernel/index.ts";
import { parseDuration } from "../kernel/rules/index.ts";
import type { AudienceRules } from "./audience-rules.ts";

/** What an author of an audience writes. */
export type AudienceBody = {
  readonly description?: string;
  /** A tree of the rule language, checked on save; none for an audience whose members come from outside. */
  readonly rule?: unknown;
  /** Who may be a member; default everybody. It stays as it was when the audience went live. */
  readonly appliesTo?: AppliesTo;
  /** Members are given by another system through the API. */
  readonly imported?: Imported;
  /** Zone of the rule's local days and periods; default the deployment's. */
  readonly timezone?: string;
};

export type AppliesTo = "registered" | "visitors" | "both";
/** `source` names the system; `ttl` how long a membership lasts when its giver does not say, e.g. `30d`; default for ever. */
export type Imported = { readonly source: string; readonly ttl?: string };

const maxLiveAudiences = 1000;

/** The definition kind `audience`. */
export function createAudienceKind(
  rules: Pick<AudienceRules, "faultsOf">,
  hasList: (reference: string) => boolean = () => true,
): DefinitionKind<AudienceBody> {
  return {
    kind: "audience",
    label: "Audience",
    schema: Type.Object(
      {
        description: Type.Optional(Type.String({ maxLength: 2000 })),
        rule: Type.Optional(Type.Unknown({ description: "A tree of the rule language" })),
        appliesTo: Type.Optional(
          Type.Union([Type.Literal("registered"), Type.Literal("visitors"), Type.Literal("both")], {
            description: "Who may be a member; it cannot be changed any more once the audience was live",
          }),
        ),
        imported: Type.Optional(
          Type.Object(
            {
              source: Type.String({ minLength: 1, maxLength: 100 }),
              ttl: Type.Optional(Type.String({ maxLength: 10, description: "How long a membership lasts, e.g. 30d" })),
            },
            { additionalProperties: false, description: "Members come from another system; then there is no rule" },
          ),
        ),
        timezone: Type.Optional(Type.String({ maxLength: 60, description: "IANA zone of local days and periods" })),
      },
      { additionalProperties: false },
    ),
    check: (body, context) => {
      const live = context.live<AudienceBody>("audience");
      const faults = [
        ...(body.imported ? importedFaults(body) : rules.faultsOf(body.rule, "audience", "/rule", body.timezone)),
        ...unknownLists(body.rule, "/rule", hasList),
      ];
      const before = live.find(({ key }) => key === context.key)?.body;
      if (before && (before.appliesTo ?? "both") !== (body.appliesTo ?? "both")) {
        const message = `the audience is live for ${before.appliesTo ?? "both"}: make another audience instead`;
        faults.push({ path: "/appliesTo", code: "rules.notChangeable", message });
      }
      if (before && (before.imported === undefined) !== (body.imported === undefined)) {
        const message = "an audience keeps its origin: make another audience instead";
        faults.push({ path: "/imported", code: "rules.notChangeable", message });
      }
      if (live.length >= maxLiveAudiences && !live.some(({ key }) => key === context.key)) {
        const message = `at most ${maxLiveAudiences} audiences can be live`;
        faults.push({ path: "", code: "rules.tooLarge", message });
      }
      for (const { key, path } of audienceReferences(body.rule, "/rule")) {
        if (leadsTo(key, context.key, live, new Set())) {
          faults.push({ path, code: "rules.cycle", message: `the audience ${key} depends on this one` });
        }
      }
      return faults;
    },
    references: (body) => audienceReferences(body.rule, "/rule"),
  };
}

function importedFaults({ rule, imported }: AudienceBody): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  if (rule !== undefined)
    faults.push({ path: "/rule", code: "rules.unknownKey", message: "members from outside follow from no rule" });
  if (imported?.ttl !== undefined && parseDuration(imported.ttl) === undefined) {
    const message = `${imported.ttl} is no duration such as 30d`;
    faults.push({ path: "/imported/ttl", code: "rules.badDuration", message });
  }
  return faults;
}

/** Lists that the rule names and that are not there. */
function unknownLists(rule: unknown, at: string, hasList: (id: string) => boolean): readonly ErrorDetail[] {
  return listReferences(rule, at)
    .filter(({ id }) => !hasList(id))
    .map(({ id, path }) => ({ path, code: "rules.unknownReference", message: `there is no list ${id}` }));
}

/** The uploaded lists that a rule names in `list` leaves, with JSON pointers. */
export function listReferences(rule: unknown, at: string): readonly { readonly id: string; readonly path: string }[] {
  if (Array.isArray(rule)) return rule.flatMap((child, index) => listReferences(child, `${at}/${index}`));
  if (!isObject(rule)) return [];
  return Object.entries(rule).flatMap(([name, value]) => {
    if (name === "value") return [];
    const id = name === "list" && isObject(value) ? value["id"] : undefined;
    return typeof id === "string" ? [{ id, path: `${at}/list/id` }] : listReferences(value, `${at}/${name}`);
  });
}

/** The audiences that a rule names, wherever in the tree, with JSON pointers. */
export function audienceReferences(rule: unknown, at: string): readonly DefinitionReference[] {
  if (Array.isArray(rule)) return rule.flatMap((child, index) => audienceReferences(child, `${at}/${index}`));
  if (!isObject(rule)) return [];
  return Object.entries(rule).flatMap(([name, value]) => {
    const path = `${at}/${name}`;
    // A literal of a comparison may hold anything; only nodes hold rules.
    if (name === "value") return [];
    if (name !== "audience" || !isObject(value)) return audienceReferences(value, path);
    const { id, ids } = value;
    const many = Array.isArray(ids) ? ids.map((each, index) => [each, `${path}/ids/${index}`] as const) : [];
    return [[id, `${path}/id`] as const, ...many].flatMap(([key, where]) =>
      typeof key === "string" ? [{ kind: "audience", key, path: where }] : [],
    );
  });
}

function leadsTo(
  from: string,
  target: string,
  live: readonly LiveDefinition<AudienceBody>[],
  seen: Set<string>,
): boolean {
  if (from === target) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  const definition = live.find(({ key, id }) => key === from || id === from);
  const references = definition ? audienceReferences(definition.body.rule, "") : [];
  return references.some(({ key }) => leadsTo(key, target, live, seen));
}
