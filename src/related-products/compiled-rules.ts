import type { LiveDefinition } from "../definitions/index.ts";
import type { AttributeCatalog, CompiledRule, RuleEnvironment, RuleNode, RuleUse } from "../kernel/rules/index.ts";
import { compareText } from "../kernel/rules/index.ts";
import { type ListName, listNames, type RelatedRuleBody } from "./rule-kind.ts";

/** What this part asks of the rules of the shop. */
export type ShopRules = {
  /** Every attribute that a rule may name; another object when one changes. */
  readonly attributes: () => AttributeCatalog;
  readonly environmentOf: (options: { readonly use: RuleUse }) => RuleEnvironment;
  readonly read: (
    rule: unknown,
    options: { readonly use: RuleUse },
  ) => { readonly node: RuleNode; readonly rule: CompiledRule };
};

/** The two trees of a rule, ready to be judged. */
export type RuleTrees = {
  readonly match: CompiledRule;
  readonly matchNode: RuleNode;
  /** With its references; what candidates are judged by has them bound. */
  readonly display: CompiledRule;
  readonly displayNode: RuleNode;
};

export type RelatedRule = { readonly definition: LiveDefinition<RelatedRuleBody>; readonly trees: RuleTrees };

export function treesOf(rules: ShopRules, body: Pick<RelatedRuleBody, "match" | "display">): RuleTrees {
  const match = rules.read(body.match, { use: "related_products" });
  const display = rules.read(body.display, { use: "products_to_display" });
  return { match: match.rule, matchNode: match.node, display: display.rule, displayNode: display.node };
}

/**
 * The live rules of each list, best first, compiled once: again when a definition is published or an attribute of the shop
 * changes. Both come as new objects, so identity tells.
 */
export function createCompiledRules(
  rules: ShopRules,
  live: () => readonly LiveDefinition<RelatedRuleBody>[],
): (list: ListName) => readonly RelatedRule[] {
  let definitions: readonly LiveDefinition<RelatedRuleBody>[] | undefined;
  let attributes: AttributeCatalog | undefined;
  let trees = new WeakMap<RelatedRuleBody, RuleTrees>();
  let byList: ReadonlyMap<ListName, readonly RelatedRule[]> = new Map();

  const compiled = (definition: LiveDefinition<RelatedRuleBody>): RelatedRule => {
    const known = trees.get(definition.body);
    if (known) return { definition, trees: known };
    const made = treesOf(rules, definition.body);
    trees.set(definition.body, made);
    return { definition, trees: made };
  };

  return (list) => {
    const [currentDefinitions, currentAttributes] = [live(), rules.attributes()];
    if (currentAttributes !== attributes) trees = new WeakMap();
    if (currentDefinitions !== definitions || currentAttributes !== attributes) {
      const sorted = [...currentDefinitions].sort(
        (a, b) => a.body.priority - b.body.priority || compareText(a.key, b.key),
      );
      byList = new Map(
        listNames.map((name) => [name, sorted.filter(({ body }) => body.applyTo === name).map(compiled)]),
      );
      definitions = currentDefinitions;
      attributes = currentAttributes;
    }
    return byList.get(list) ?? [];
  };
}
