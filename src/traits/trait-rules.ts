import type { CanonicalEvent } from "../collect/index.ts";
import type { ErrorDetail } from "../kernel/index.ts";
import type { AttributeCatalog, CompiledRule, RuleObject, RuleUse } from "../kernel/rules/index.ts";

/** What traits need of the rule language: conditions over events and lines. */
export type TraitRules = {
  readonly compile: (
    rule: unknown,
    options: { readonly timezone?: string | undefined; readonly use?: RuleUse },
  ) => CompiledRule;
  readonly faultsOf: (rule: unknown, use: RuleUse, prefix: string, timezone?: string) => readonly ErrorDetail[];
  readonly attributes: () => AttributeCatalog;
  readonly productOf: (sku: string) => RuleObject | undefined;
  /** Zone of local days where nothing names one. */
  readonly timezone: string;
};

/** What of an event a trait can depend on; a stored event has all of it. */
export type TraitEvent = Pick<
  CanonicalEvent,
  | "type"
  | "timestamp"
  | "receivedAt"
  | "messageId"
  | "sourceId"
  | "sourceKind"
  | "verified"
  | "storeView"
  | "properties"
  | "context"
>;
