import { Type } from "typebox";
import type { DefinitionKind, DefinitionReference, LiveDefinition } from "../definitions/index.ts";
import { isObject } from "../kernel/index.ts";
import type { AudienceRules } from "./audience-rules.ts";

/** What an author of an audience writes. */
export type AudienceBody = {
  readonly description?: string;
  /** A tree of the rule language, checked on save. */
  readonly rule: unknown;
  /** Zone of the rule's local days and periods; default the deployment's. */
  readonly timezone?: string;
};

const maxLiveAudiences = 1000;

/** The definition kind `audience`. */
export function createAudienceKind(rules: Pick<AudienceRules, "faultsOf">): DefinitionKind<AudienceBody> {
  return {
    kind: "audience",
    label: "Audience",
    schema: Type.Object(
      {
        description: Type.Optional(Type.String({ maxLength: 2000 })),
        rule: Type.Unknown({ description: "A tree of the rule language" }),
        timezone: Type.Optional(Type.String({ maxLength: 60, description: "IANA zone of local days and periods" })),
      },
      { additionalProperties: false },
    ),
    check: (body, context) => {
      const faults = [...rules.faultsOf(body.rule, "audience", "/rule", body.timezone)];
      const live = context.live<AudienceBody>("audience");
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
