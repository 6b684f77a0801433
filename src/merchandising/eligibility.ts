// Who a rule or redirect is for: what every kind of merchandising that depends on the shopper has in common.
import { Type } from "typebox";
import { ruleAudienceReferences } from "../audiences/index.ts";
import type { DefinitionReference } from "../definitions/index.ts";
import type { ErrorDetail, JsonValue } from "../kernel/index.ts";
import type { RuleUse } from "../kernel/rules/index.ts";

export type Eligibility = {
  /** Lower first; default 0. */
  readonly priority?: number;
  /** Audience keys; a shopper in any of them; absent or empty = everybody. */
  readonly audiences?: readonly string[];
  /** A further condition on profile, cart and context; both must hold. */
  readonly rule?: JsonValue;
};

export const maxPriority = 1_000_000;

export const eligibilityFields = {
  priority: Type.Optional(Type.Integer({ minimum: 0, maximum: maxPriority, default: 0, description: "Lower first" })),
  audiences: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 100, description: "Empty = everybody" }),
  ),
  rule: Type.Optional(Type.Unknown({ description: "A condition of the rule language on profile, cart and context" })),
};

/** Faults of a rule as one use may write it; paths are JSON pointers that start with `prefix`. */
export type CheckRule = (rule: unknown, use: RuleUse, prefix: string) => readonly ErrorDetail[];

export function eligibilityFaults({ rule }: Eligibility, checkRule: CheckRule): readonly ErrorDetail[] {
  return rule === undefined ? [] : checkRule(rule, "audience", "/rule");
}

/** Audiences that are named in the list or in the rule. */
export function eligibilityReferences({ audiences = [], rule }: Eligibility): readonly DefinitionReference[] {
  return [
    ...audiences.map((key, index) => ({ kind: "audience", key, path: `/audiences/${index}` })),
    ...ruleAudienceReferences(rule, "/rule"),
  ];
}
