import type { AttributeCatalog } from "../../kernel/rules/attribute-catalog.ts";
import { type CompiledRule, compileRule } from "../../kernel/rules/compile.ts";
import type { RuleEnvironment } from "../../kernel/rules/environment.ts";
import type { RuleEvent } from "../../kernel/rules/event-leaf-spec.ts";
import { sortLeafRows } from "../../kernel/rules/leaf-rows.ts";
import type { RuleUse } from "../../kernel/rules/rule-uses.ts";
import type { RuleSubject } from "../../kernel/rules/subject.ts";
import { requireRule } from "../../kernel/rules/validate.ts";
import { exampleCatalog } from "./catalog.ts";

export const noon = Date.parse("2026-03-10T12:00:00Z");

/** Validates and compiles, as every caller does. */
export function ruleOf(
  rule: unknown,
  environment: Partial<RuleEnvironment> = {},
  use: RuleUse = "audience",
): CompiledRule {
  const catalog: AttributeCatalog = environment.catalog ?? exampleCatalog;
  return compileRule(requireRule(rule, { catalog, use, timezone: environment.timezone ?? "UTC" }), {
    ...environment,
    catalog,
  });
}

export function attributeRule(path: string, op: string, value?: unknown, more: object = {}): unknown {
  return { attribute: { path, op, ...(value === undefined ? {} : { value }), ...more } };
}

/** The subject that has seen these events, with the state that each leaf of the rule keeps. */
export function subjectWithEvents(
  rule: CompiledRule,
  events: readonly RuleEvent[],
  more: RuleSubject = {},
): RuleSubject {
  const rows = new Map<string, readonly number[]>();
  for (const leaf of rule.eventLeaves) {
    const own = events.flatMap((event) => leaf.rowsOf(event, more));
    rows.set(leaf.hash, sortLeafRows(own, leaf.stride));
  }
  return { ...more, eventTimes: (hash) => rows.get(hash) ?? [] };
}
