import type { ReactNode } from "react";
import { pathByKind } from "../definitions/path-by-kind.ts";
import { AppLink } from "../shell/navigation.tsx";
import type { ConsideredRule, RuleEffect } from "./shapes.ts";

/** A rule's name, as a link where the list knows its kind. */
export function ruleTitle(
  effect: Pick<RuleEffect, "ruleId" | "ruleName">,
  rules: readonly ConsideredRule[],
): ReactNode {
  const path = pathByKind[rules.find(({ id }) => id === effect.ruleId)?.kind ?? ""];
  return path && effect.ruleId !== "new" ? (
    <AppLink to={`${path}/${effect.ruleId}`}>{effect.ruleName}</AppLink>
  ) : (
    effect.ruleName
  );
}
