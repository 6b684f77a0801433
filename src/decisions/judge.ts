import type { JsonValue } from "../kernel/index.ts";
import { type CompiledRule, parsePath, type RuleSubject, readerOf } from "../kernel/rules/index.ts";
import type { Judge, WithRule } from "./decider.ts";

export type JudgeDeps = {
  /** Compiles the rule of a body; called once a body. */
  readonly compile: (rule: JsonValue) => CompiledRule;
};

type Read = (subject: RuleSubject) => unknown;

/** Paths that definitions name are few; more than this are not kept. */
const maxPaths = 2_000;
const readers = new Map<string, Read>();

/** Reads `profile.`, `cart.`, `context.` and `product.` paths. */
function readerOfPath(path: string): Read {
  const known = readers.get(path);
  if (known) return known;
  const parsed = parsePath(path);
  const read = readerOf(parsed?.keys ?? []);
  const made: Read = parsed ? (subject) => read(subject[parsed.subject]) : () => undefined;
  if (readers.size < maxPaths) readers.set(path, made);
  return made;
}

/** Compiles each rule once: the bodies of live definitions are immutable, so the object is the key. */
export function createJudges(deps: JudgeDeps) {
  const compiled = new WeakMap<WithRule, CompiledRule>();
  const ruleOf = (body: WithRule): CompiledRule | undefined => {
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
    gateOf: (body) => ruleOf(body)?.gate?.(),
    read: (path) => readerOfPath(path)(subject),
  });
}
