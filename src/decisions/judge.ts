import type { JsonValue } from "../kernel/index.ts";
import type { CompiledRule, RuleSubject } from "../kernel/rules/index.ts";
import type { Judge } from "./decide.ts";
import type { PlacedBody } from "./decider.ts";

export type JudgeDeps = {
  /** Compiles the rule of a body; called once a body. */
  readonly compile: (rule: JsonValue) => CompiledRule;
};

/** Compiles each rule once: the bodies of live definitions are immutable, so the object is the key. */
export function createJudges(deps: JudgeDeps) {
  const compiled = new WeakMap<PlacedBody, CompiledRule>();
  const ruleOf = (body: PlacedBody): CompiledRule | undefined => {
    if (body.rule === undefined) return undefined;
    let rule = compiled.get(body);
    if (!rule) {
      rule = deps.compile(body.rule);
      compiled.set(body, rule);
    }
    return rule;
  };
  return (subject: RuleSubject, nowMs: number, audiences: Pick<Judge, "isMember" | "explainAudience">): Judge => ({
    ...audiences,
    holds: (body) => ruleOf(body)?.test(subject, nowMs) ?? true,
    // An explanation is JSON by construction.
    explainRule: (body) => (ruleOf(body)?.explain(subject, nowMs) ?? null) as JsonValue,
  });
}
