import type { Json, JsonObject } from "../../api/shapes.ts";
import {
  type AttributeNode,
  type AudienceNode,
  type Comparison,
  type ConditionNode,
  type EventNode,
  emptyGroup,
  type GroupNode,
  type ItemsNode,
  type ItemsTest,
  nextId,
} from "./rule-model.ts";

const comparisons = new Set(["eq", "neq", "gt", "gte", "lt", "lte"]);
const matches = new Set(["some", "none", "every"]);

/** The tree for a rule; its root is always a group, because that is what the builder draws. */
export function toModel(rule: Json | undefined): GroupNode {
  const node = isObject(rule) ? toNode(rule) : emptyGroup();
  return node.kind === "group" ? node : { ...emptyGroup(), children: [node] };
}

function toNode(rule: JsonObject): ConditionNode {
  return toGroup(rule) ?? toLeaf(rule) ?? { id: nextId(), kind: "raw", rule };
}

function toGroup(rule: JsonObject): GroupNode | null {
  const [name, value] = soleMember(rule);
  if (name === "everyone") return emptyGroup();
  if ((name === "all" || name === "any") && Array.isArray(value) && value.every(isObject)) {
    return { ...emptyGroup(name), children: value.map(toNode) };
  }
  if (name !== "not" || !isObject(value)) return null;
  const inner = value["any"];
  if (Object.keys(value).length === 1 && Array.isArray(inner) && inner.every(isObject)) {
    return { ...emptyGroup("none"), children: inner.map(toNode) };
  }
  return { ...emptyGroup("none"), children: [toNode(value)] };
}

function toLeaf(rule: JsonObject): ConditionNode | null {
  const [name, leaf] = soleMember(rule);
  if (!isObject(leaf)) return null;
  if (name === "attribute") return toAttribute(leaf);
  if (name === "event") return toEvent(leaf);
  if (name === "items") return toItems(leaf);
  return name === "audience" ? toAudience(leaf) : null;
}

function toAttribute(leaf: JsonObject): AttributeNode | null {
  const { path, op, value, where, caseSensitive, timezone, ...others } = leaf;
  if (hasAny(others) || typeof path !== "string" || typeof op !== "string" || isReference(value)) return null;
  return {
    id: nextId(),
    kind: "attribute",
    path,
    op,
    value,
    where: toWhere(where),
    caseSensitive: caseSensitive === true,
    timezone: typeof timezone === "string" ? timezone : undefined,
  };
}

function toEvent(leaf: JsonObject): EventNode | null {
  const { name, where, window, count, distinct, ...others } = leaf;
  const names = typeof name === "string" ? [name] : name;
  const test = toCount(count);
  if (hasAny(others) || !isTextList(names) || !test || !isOptionalObject(window)) return null;
  if (distinct !== undefined && typeof distinct !== "string") return null;
  return { id: nextId(), kind: "event", names, count: test, distinct, where: toWhere(where), window };
}

function toCount(count: Json | undefined): EventNode["count"] | null {
  if (count === undefined) return { op: "gte", value: 1 };
  if (!isObject(count)) return null;
  const { op, value } = count;
  return isComparison(op) && typeof value === "number" ? { op, value } : null;
}

function toItems(leaf: JsonObject): ItemsNode | null {
  const { of, where, window, statuses, match, measure, op, value, ...others } = leaf;
  const test = toTest({ match, measure, op, value });
  if (hasAny(others) || typeof of !== "string" || !test || !isOptionalObject(window)) return null;
  if (statuses !== undefined && !isTextList(statuses)) return null;
  return { id: nextId(), kind: "items", of, test, where: toWhere(where), window, statuses };
}

function toTest(leaf: Readonly<Record<string, Json | undefined>>): ItemsTest | null {
  const { match, measure, op, value } = leaf;
  if (typeof match === "string" && matches.has(match)) {
    return measure === undefined ? { match: match as "some" | "none" | "every" } : null;
  }
  if (typeof measure !== "string" || !isComparison(op) || value === undefined || isReference(value)) return null;
  return { measure, op, value };
}

function toAudience(leaf: JsonObject): AudienceNode | null {
  const { id, ids, member, for: since, ...others } = leaf;
  const audiences = typeof id === "string" ? [id] : ids;
  if (hasAny(others) || !isTextList(audiences) || (since !== undefined && typeof since !== "string")) return null;
  return { id: nextId(), kind: "audience", audiences, member: member !== false, for: since };
}

function toWhere(where: Json | undefined): GroupNode | null {
  return isObject(where) ? toModel(where) : null;
}

function soleMember(rule: JsonObject): readonly [string, Json | undefined] {
  const entries = Object.entries(rule);
  const [first] = entries;
  return first && entries.length === 1 ? first : ["", undefined];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOptionalObject(value: Json | undefined): value is JsonObject | undefined {
  return value === undefined || isObject(value);
}

function isTextList(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

function isComparison(value: Json | undefined): value is Comparison {
  return typeof value === "string" && comparisons.has(value);
}

/** A value taken from another attribute or a shared list has no form here. */
function isReference(value: Json | undefined): boolean {
  return isObject(value) && ("ref" in value || "list" in value);
}

function hasAny(members: object): boolean {
  return Object.keys(members).length > 0;
}
