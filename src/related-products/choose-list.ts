import { isInWindow, type LiveDefinition } from "../definitions/index.ts";
import type { CompiledRule, RuleSubject } from "../kernel/rules/index.ts";
import type { ShopRules } from "./compiled-rules.ts";
import { defaultSettings, type ListSettings, type RelatedListBody, settingsOf } from "./list-kind.ts";
import { listNames } from "./rule-kind.ts";

/** Who asks for a list. */
export type ListVisitor = {
  readonly storeView: string;
  readonly nowMs: number;
  readonly isMember: (audience: string) => boolean;
  readonly subject: () => RuleSubject;
};

/** Chooses the settings of a list by name. */
export function createListChoice(rules: ShopRules, live: () => readonly LiveDefinition<RelatedListBody>[]) {
  const compiled = new WeakMap<RelatedListBody, CompiledRule>();
  const holds = (body: RelatedListBody, visitor: ListVisitor): boolean => {
    if (body.rule === undefined) return true;
    const rule = compiled.get(body) ?? rules.read(body.rule, { use: "block" }).rule;
    compiled.set(body, rule);
    return rule.test(visitor.subject(), visitor.nowMs);
  };
  const isFor = ({ body, scope }: LiveDefinition<RelatedListBody>, visitor: ListVisitor): boolean =>
    (scope.storeViews === null || scope.storeViews.includes(visitor.storeView)) &&
    (body.audiences.length === 0 || body.audiences.some(visitor.isMember)) &&
    holds(body, visitor);

  return (name: string, visitor: ListVisitor): ListSettings | undefined => {
    const current = live().filter((definition) => isInWindow(definition, visitor.nowMs));
    const named = current.find(({ id, key }) => id === name || key === name);
    if (named) return settingsOf(named);
    const list = listNames.find((known) => known === name);
    if (list === undefined) return undefined;
    const [first] = current
      .filter((definition) => definition.body.list === list && isFor(definition, visitor))
      .sort((a, b) => a.body.priority - b.body.priority || (a.key < b.key ? -1 : 1));
    return first ? settingsOf(first) : defaultSettings(list);
  };
}
