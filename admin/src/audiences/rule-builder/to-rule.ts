import type { Json, JsonObject } from "../../api/shapes.ts";
import type {
  AttributeNode,
  AudienceNode,
  ConditionNode,
  EventNode,
  GroupNode,
  ItemsNode,
  SequenceNode,
  SequenceStep,
  StepEvent,
} from "./rule-model.ts";

/** The rule that a tree stands for; members at their default are left out. */
export function toRule(node: ConditionNode): JsonObject {
  switch (node.kind) {
    case "group":
      return groupToRule(node);
    case "attribute":
      return { attribute: attributeToRule(node) };
    case "event":
      return { event: eventToRule(node) };
    case "sequence":
      return { sequence: sequenceToRule(node) };
    case "fields":
      return { [node.name]: node.fields };
    case "items":
      return { items: itemsToRule(node) };
    case "audience":
      return { audience: audienceToRule(node) };
    case "raw":
      return node.rule;
  }
}

function groupToRule(group: GroupNode): JsonObject {
  const children = group.children.map(toRule);
  return group.mode === "none" ? { not: { any: children } } : { [group.mode]: children };
}

function attributeToRule(node: AttributeNode): JsonObject {
  return compact({
    path: node.path,
    op: node.op,
    value: node.value,
    // Here `where` is the right-hand side, so it is there even when it is empty.
    where: whereToRule(node.where) ?? (node.where ? { all: [] } : undefined),
    caseSensitive: node.caseSensitive ? true : undefined,
    timezone: node.timezone,
  });
}

function eventToRule(node: EventNode): JsonObject {
  const isDefault = node.count.op === "gte" && node.count.value === 1;
  return compact({
    name: namesToRule(node.names),
    where: whereToRule(node.where),
    window: node.window,
    count: isDefault || node.aggregate ? undefined : node.count,
    distinct: node.aggregate ? undefined : node.distinct,
    aggregate: node.aggregate,
    account: node.account,
  });
}

function sequenceToRule(node: SequenceNode): JsonObject {
  return compact({ steps: node.steps.map(stepToRule), window: node.window });
}

function stepToRule(step: SequenceStep): JsonObject {
  return compact({
    ...stepEventToRule(step),
    within: step.within,
    notBetween: step.notBetween.length === 0 ? undefined : step.notBetween.map(stepEventToRule),
    same: step.same.length === 0 ? undefined : step.same,
  });
}

function stepEventToRule({ names, where }: StepEvent): JsonObject {
  return compact({ name: namesToRule(names), where: whereToRule(where) });
}

function namesToRule(names: readonly string[]): Json {
  return names.length === 1 ? (names[0] ?? "") : names;
}

function itemsToRule(node: ItemsNode): JsonObject {
  return compact({
    of: node.of,
    ...node.test,
    where: whereToRule(node.where),
    window: node.window,
    statuses: node.statuses,
  });
}

function audienceToRule(node: AudienceNode): JsonObject {
  const member = node.member ? undefined : false;
  if (node.audiences.length === 1) return compact({ id: node.audiences[0], member, for: node.for });
  return compact({ ids: node.audiences, member });
}

/**
 * A group of all or any without conditions restricts nothing and is left out (none of nothing is never true and
 * stays); one condition stands without a group around it.
 */
function whereToRule(where: GroupNode | null): JsonObject | undefined {
  if (!where) return undefined;
  const rule = toRule(bareCondition(where));
  const list = rule["all"] ?? rule["any"];
  return Array.isArray(list) && list.length === 0 ? undefined : rule;
}

/** The condition that stands for a `where` in the rule: groups of one are not written. */
export function bareCondition(where: GroupNode): ConditionNode {
  let bare: ConditionNode = where;
  while (bare.kind === "group" && bare.mode !== "none" && bare.children.length === 1) bare = bare.children[0] ?? bare;
  return bare;
}

function compact(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) kept[name] = value;
  return kept;
}
