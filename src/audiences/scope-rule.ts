/**
 * The rule of an audience with store views in its scope, as it is judged: what happened elsewhere does not count. Written as a rule
 * itself, so that predicate, counts over past events, SQL and explanation need to know nothing of scopes.
 */
import type { RuleNode } from "../kernel/rules/index.ts";

/** Collections that know where their elements come from. */
const placed: ReadonlySet<string> = new Set(["orders", "ordered"]);

type AttributeNode = Extract<RuleNode, { readonly attribute: unknown }>;

const isOneOf = (path: string, storeViews: readonly string[]): AttributeNode => ({
  attribute: { path, op: "in", value: storeViews, caseSensitive: true },
});
const isUnknown = (path: string): AttributeNode => ({ attribute: { path, op: "not_exists" } });

/**
 * Members were seen in one of the store views; event conditions and sequences see its events only, `orders` and `ordered` its orders
 * only. Orders and profiles of which nobody knows where they belong count everywhere.
 */
export function scopeRule(rule: RuleNode, storeViews: readonly string[]): RuleNode {
  const here: RuleNode = { any: [isOneOf("profile.store_views", storeViews), isUnknown("profile.store_views")] };
  return { all: [here, scoped(rule, storeViews)] };
}

function scoped(node: RuleNode, storeViews: readonly string[]): RuleNode {
  if ("all" in node) return { all: node.all.map((each) => scoped(each, storeViews)) };
  if ("any" in node) return { any: node.any.map((each) => scoped(each, storeViews)) };
  if ("not" in node) return { not: scoped(node.not, storeViews) };
  const event = isOneOf("event.storeView", storeViews);
  if ("event" in node) return { event: { ...node.event, where: both(event, node.event.where) } };
  if ("sequence" in node) {
    const steps = node.sequence.steps.map((step) => ({
      ...step,
      where: both(event, step.where),
      ...(step.notBetween
        ? { notBetween: step.notBetween.map((each) => ({ ...each, where: both(event, each.where) })) }
        : {}),
    }));
    return { sequence: { ...node.sequence, steps } };
  }
  if ("items" in node && placed.has(node.items.of)) {
    const path = "item.store_view";
    return itemsHere(node, { any: [isOneOf(path, storeViews), isUnknown(path)] });
  }
  return node;
}

type ItemsNode = Extract<RuleNode, { readonly items: unknown }>;

/** "Every" speaks of the elements from here: those from elsewhere do not fail it. */
function itemsHere({ items }: ItemsNode, here: RuleNode): RuleNode {
  if ("match" in items && items.match === "every")
    return { items: { ...items, where: items.where ? { any: [{ not: here }, items.where] } : { everyone: true } } };
  return { items: { ...items, where: both(here, items.where) } };
}

function both(here: RuleNode, where: RuleNode | undefined): RuleNode {
  return where ? { all: [here, where] } : here;
}
