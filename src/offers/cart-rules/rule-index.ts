// Rules in memory by website, customer group and day: a request looks only at those that can run for it.
import { type CartRule, compareRules, type RuleGroup } from "./cart-rule.ts";

export type RuleIndex = {
  /** Changes with the rules: a hash of the set. */
  readonly version: string;
  readonly byKey: ReadonlyMap<string, CartRule>;
  /** The live groups. */
  readonly groups: ReadonlyMap<string, RuleGroup>;
  /** Rules by their own code, normalised. */
  readonly byCode: ReadonlyMap<string, CartRule>;
  /** Active rules that need no code, for a website, group and local day, in order. */
  readonly automatic: (where: {
    readonly website: string;
    readonly group: string;
    readonly today: number;
  }) => readonly CartRule[];
};

const anyOther = "";

/** @param rules in any order */
export function createRuleIndex(
  rules: readonly CartRule[],
  version: string,
  liveGroups: ReadonlyMap<string, RuleGroup> = new Map(),
): RuleIndex {
  const automatic = rules.filter(({ coupon, isActive }) => isActive && coupon === "none").sort(compareRules);
  const websites = new Set(automatic.flatMap((rule) => [...(rule.websites ?? [])]));
  const groups = new Set(automatic.flatMap((rule) => [...(rule.customerGroups ?? [])]));
  // By website, group and day. Callers can name only days that a preview may ask for, and add no websites or groups.
  const lists = new Map<string, readonly CartRule[]>();
  const maxLists = 4 * (websites.size + 1) * (groups.size + 1);
  return {
    version,
    groups: liveGroups,
    byKey: new Map(rules.map((rule) => [rule.key, rule])),
    // Two rules with one code are refused when they are saved; should it happen, the first in order has it.
    byCode: new Map(
      [...rules]
        .sort(compareRules)
        .reverse()
        .flatMap((rule) => (rule.code ? [[rule.code.text, rule]] : [])),
    ),
    automatic: ({ website, group, today }) => {
      const place = JSON.stringify([
        websites.has(website) ? website : anyOther,
        groups.has(group) ? group : anyOther,
        today,
      ]);
      const known = lists.get(place);
      if (known) return known;
      const found = automatic.filter((rule) => fits(rule, website, group, today));
      if (lists.size >= maxLists) lists.clear();
      lists.set(place, found);
      return found;
    },
  };
}

function fits({ websites, customerGroups, fromDay, toDay }: CartRule, website: string, group: string, today: number) {
  return (
    (websites === null || websites.has(website)) &&
    (customerGroups === null || customerGroups.has(group)) &&
    (fromDay === null || today >= fromDay) &&
    (toDay === null || today <= toDay)
  );
}
