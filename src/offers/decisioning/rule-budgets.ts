// Whether a cart price rule has budget left, from memory: offers that are about a rule end with its budget. This process looks anew
// after each use that it counts, and once a second for what others count.
import type { Logger, Money } from "../../kernel/index.ts";

export type RuleBudget = { readonly spend?: Money | undefined; readonly uses?: number | undefined };
/** Reservations included; `minor` in the currency of the budget. */
export type RuleSpent = { readonly uses: number; readonly minor: number };

export function createRuleBudgets(deps: {
  /** Budget of a live rule; undefined = none. */
  readonly budgetOf: (ruleKey: string) => RuleBudget | undefined;
  /** What every rule with a budget has used. */
  readonly spent: () => Promise<ReadonlyMap<string, RuleSpent>>;
  /** Whether a live offer is about a rule: else nothing is looked at. */
  readonly isNeeded: () => boolean;
  readonly logger: Logger;
}) {
  let spent: ReadonlyMap<string, RuleSpent> = new Map();
  let reading: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const read = async (): Promise<void> => {
    if (!deps.isNeeded()) return;
    spent = await deps.spent();
  };
  const start = (): Promise<void> => {
    reading = read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  /** A look that began before a use may have missed it: all who come meanwhile share the one after. */
  const refresh = (): Promise<void> => {
    if (!reading) return start();
    next ??= reading
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return start();
      });
    return next;
  };
  return {
    /** Whether the rule may be used once more. What is not known yet counts as unused. */
    hasBudget: (ruleKey: string): boolean => {
      const budget = deps.budgetOf(ruleKey);
      const used = budget && spent.get(ruleKey);
      if (!used) return true;
      if (budget.uses !== undefined && used.uses >= budget.uses) return false;
      return budget.spend === undefined || used.minor < budget.spend.minor;
    },
    /** Job, each second. */
    refresh,
    /** After a use was counted or given back; never fails. */
    used: async (): Promise<void> => {
      try {
        await refresh();
      } catch (error) {
        deps.logger.error({ err: error }, "budgets of price rules could not be read; offers go by the last look");
      }
    },
  };
}
