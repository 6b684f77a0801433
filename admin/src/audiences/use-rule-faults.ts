import { useMemo, useState } from "react";
import { ApiError, type Fault } from "../api/client.ts";
import type { Json } from "../api/shapes.ts";
import { type Selection, useEstimate } from "./use-preview.ts";

/**
 * What is wrong with the rule now, with JSON pointers into it. The refusal of a save speaks of the rule that was sent, so
 * it counts until the rule changes; what the live count refuses follows every change, but is silent about what is only not
 * written yet.
 */
export function useRuleFaults(selection: Selection, saved: readonly Fault[]): readonly Fault[] {
  const { rule } = selection;
  const text = JSON.stringify(rule);
  const [refused, setRefused] = useState({ faults: saved, text });
  if (refused.faults !== saved && (refused.faults.length > 0 || saved.length > 0)) setRefused({ faults: saved, text });
  const estimate = useEstimate(selection);
  const live = estimate.error instanceof ApiError && !estimate.isBehind ? estimate.error.details : none;
  const fromSave = refused.text === text ? saved : none;
  return useMemo(() => {
    const found = fromSave.length > 0 ? fromSave : live.filter((fault) => !isUnwritten(rule, fault));
    return found.flatMap(({ path, ...fault }) => {
      const inRule = /^(\/body)?\/rule(?=\/|$)/;
      return inRule.test(path) ? [{ ...fault, path: path.replace(inRule, "") }] : [];
    });
  }, [fromSave, live, rule]);
}

const none: readonly Fault[] = [];

/** A new condition lacks its value; nobody needs to be told in red. */
function isUnwritten(rule: Json, fault: Fault): boolean {
  if (fault.code.endsWith("missingKey")) return true;
  const value = valueAt(rule, fault.path.replace(/^\/rule/, ""));
  return value === undefined || value === "" || value === null || (Array.isArray(value) && value.length === 0);
}

function valueAt(rule: Json, pointer: string): Json | undefined {
  let value: Json | undefined = rule;
  for (const key of pointer.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Readonly<Record<string, Json>>)[key.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return value;
}
