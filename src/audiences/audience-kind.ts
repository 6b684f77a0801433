import { Type } from "typebox";
import type { DefinitionKind, DefinitionReference, LiveDefinition } from "../definitions/index.ts";
import { type ErrorDetail, isObject } from "../kernel/index.ts";
import { type AttributeCatalog, type RuleNode, type RuleUse, validateRule } from "../kernel/rules/index.ts";

/** What an author of an audience writes. */
export type AudienceBody = {
  readonly description?: string;
  readonly rule: RuleNode;
  /** Zone of the rule's local days and periods; default the deployment's. */
  readonly timezone?: string;
};

export type AudienceKindDeps = {
  readonly attributes: () => AttributeCatalog;
  /** The deployment's zone. */
  readonly timezone: string;
  /** Default: every event name is known. */
  readonly isKnownEvent?: (name: string) => boolean;
};

const maxLiveAudiences = 1000;

/** All faults of a rule, as details whose paths start with `/rule`. */
export function ruleFaults(
  rule: unknown,
  use: RuleUse,
  deps: AudienceKindDeps,
  timezone: string = deps.timezone,
): readonly ErrorDetail[] {
  const { attributes, isKnownEvent } = deps;
  const result = validateRule(rule, {
    catalog: attributes(),
    use,
    timezone,
    ...(isKnownEvent ? { isKnownEvent } : {}),
  });
  return result.ok ? [] : result.faults.map((fault) => ({ ...fault, path: `/rule${fault.path}` }));
}

/** The definition kind `audience`. */
export function createAudienceKind(deps: AudienceKindDeps): DefinitionKind<AudienceBody> {
  return {
    kind: "audience",
    label: "Audience",
    schema: Type.Object(
      {
        description: Type.Optional(Type.String({ maxLength: 2000 })),
        rule: Type.Unknown(),
        timezone: Type.Optional(Type.String({ maxLength: 60 })),
      },
      { additionalProperties: false },
    ),
    check: (body, context) => {
      const faults = [...ruleFaults(body.rule, "audience", deps, body.timezone)];
      const live = context.live<AudienceBody>("audience");
      if (live.length >= maxLiveAudiences && !live.some(({ key }) => key === context.key)) {
        faults.push({ path: "", code: "rules.tooLarge", message: `at most ${maxLiveAudiences} audiences can be live` });
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

/** The audiences that a rule names, wherever in the tree, with JSON pointers. */
export function audienceReferences(rule: unknown, at: string): readonly DefinitionReference[] {
  if (Array.isArray(rule)) return rule.flatMap((child, index) => audienceReferences(child, `${at}/${index}`));
  if (!isObject(rule)) return [];
  return Object.entries(rule).flatMap(([name, value]) => {
    const path = `${at}/${name}`;
    if (name !== "audience" || !isObject(value)) {
      // A literal of a comparison may hold anything; only nodes hold rules.
      return name === "value" ? [] : audienceReferences(value, path);
    }
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
