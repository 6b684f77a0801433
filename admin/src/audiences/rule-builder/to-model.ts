import type { Json, JsonObject } from "../../api/shapes.ts";
import { fitsForm } from "./fields-shape.ts";
import {
  type AccountTest,
  type Aggregate,
  type AttributeNode,
  type AudienceNode,
  type Comparison,
  type ConditionNode,
  type EventNode,
  emptyGroup,
  type FieldsName,
  type FieldsNode,
  type GroupNode,
  type ItemsNode,
  type ItemsTest,
  nextId,
  type SameValue,
  type SequenceNode,
  type SequenceStep,
  type StepEvent,
} from "./rule-model.ts";

const comparisons = new Set(["eq", "neq", "gt", "gte", "lt", "lte"]);
const matches = new Set(["some", "none", "every"]);

/** The tree for a rule; its root is always a group, because that is what the builder draws. */
export function toModel(rule: Json | undefined): GroupNode {
  const node = isObject(rule) ? toNode(rule) : emptyGroup();
  return node.kind === "group" ? node : { ...emptyGroup(), children: [node] };
}

/** Any node; what has no form here is kept word for word. */
export function toNode(rule: JsonObject): ConditionNode {
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
  if (name === "sequence") return toSequence(leaf);
  if (name === "items") return toItems(leaf);
  if (name === "audience") return toAudience(leaf);
  return toFields(name, leaf);
}

function toFields(name: string, leaf: JsonObject): FieldsNode | null {
  // The shape is known for exactly the names that the type lists.
  return fitsForm(name, leaf) ? { id: nextId(), kind: "fields", name: name as FieldsName, fields: leaf } : null;
}

function toAttribute(leaf: JsonObject): AttributeNode | null {
  const { path, op, value, where, caseSensitive, timezone, ...others } = leaf;
  if (hasAny(others) || typeof path !== "string" || typeof op !== "string") return null;
  if (!isOptionalWhere(where)) return null;
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
  const { name, where, window, count, distinct, aggregate, account, ...others } = leaf;
  const names = toNames(name);
  const test = toCount(count);
  const figure = toAggregate(aggregate);
  if (hasAny(others) || !names || !test || figure === null || !isOptionalObject(window)) return null;
  if (!isOptionalWhere(where) || (figure && (count !== undefined || distinct !== undefined))) return null;
  if ((distinct !== undefined && typeof distinct !== "string") || !isAccountTest(account)) return null;
  return {
    id: nextId(),
    kind: "event",
    names,
    count: test,
    distinct,
    aggregate: figure,
    where: toWhere(where),
    window,
    account,
  };
}

function toNames(name: Json | undefined): readonly string[] | null {
  const names = typeof name === "string" ? [name] : name;
  return isTextList(names) ? names : null;
}

function toAggregate(aggregate: Json | undefined): Aggregate | undefined | null {
  if (aggregate === undefined) return undefined;
  if (!isObject(aggregate)) return null;
  const { fn, path, op, value, ...others } = aggregate;
  if (hasAny(others) || typeof path !== "string" || !isComparison(op) || value === undefined) return null;
  return fn === "sum" || fn === "average" || fn === "min" || fn === "max" ? { fn, path, op, value } : null;
}

function toSequence(leaf: JsonObject): SequenceNode | null {
  const { steps, window, ...others } = leaf;
  if (hasAny(others) || !Array.isArray(steps) || steps.length === 0 || !isOptionalObject(window)) return null;
  const read = steps.map(toStep);
  return read.every((step) => step !== null) ? { id: nextId(), kind: "sequence", steps: read, window } : null;
}

function toStep(step: Json): SequenceStep | null {
  if (!isObject(step)) return null;
  const { within, notBetween = [], same = [], ...event } = step;
  const own = toStepEvent(event);
  if (!own || !Array.isArray(notBetween) || !Array.isArray(same)) return null;
  if (within !== undefined && typeof within !== "string") return null;
  const between = notBetween.map(toStepEvent);
  const equal = same.map(toSame);
  if (!between.every((each) => each !== null) || !equal.every((each) => each !== null)) return null;
  return { ...own, within, notBetween: between, same: equal };
}

function toStepEvent(event: Json): StepEvent | null {
  if (!isObject(event)) return null;
  const { name, where, ...others } = event;
  const names = toNames(name);
  if (hasAny(others) || !names || !isOptionalWhere(where)) return null;
  return { id: nextId(), names, where: toWhere(where) };
}

function toSame(same: Json): SameValue | null {
  if (!isObject(same)) return null;
  const { step, path, otherPath, ...others } = same;
  if (hasAny(others) || typeof step !== "number" || typeof path !== "string" || typeof otherPath !== "string") {
    return null;
  }
  return { step, path, otherPath };
}

function toCount(count: Json | undefined): EventNode["count"] | null {
  if (count === undefined) return { op: "gte", value: 1 };
  if (!isObject(count)) return null;
  const { op, value, ...others } = count;
  return !hasAny(others) && isComparison(op) && typeof value === "number" ? { op, value } : null;
}

function toItems(leaf: JsonObject): ItemsNode | null {
  const { of, where, window, statuses, match, measure, op, value, ...others } = leaf;
  const test = toTest({ match, measure, op, value });
  if (hasAny(others) || typeof of !== "string" || !test || !isOptionalObject(window)) return null;
  if (!isOptionalWhere(where)) return null;
  if (statuses !== undefined && !isTextList(statuses)) return null;
  return { id: nextId(), kind: "items", of, test, where: toWhere(where), window, statuses };
}

function toTest(leaf: Readonly<Record<string, Json | undefined>>): ItemsTest | null {
  const { match, measure, op, value } = leaf;
  if (typeof match === "string" && matches.has(match)) {
    return measure === undefined ? { match: match as "some" | "none" | "every" } : null;
  }
  if (typeof measure !== "string" || !isComparison(op) || value === undefined || isReference(value)) return null;
  if (Array.isArray(value)) return null;
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

/** What is no object at this place would be lost. */
function isOptionalWhere(where: Json | undefined): boolean {
  return where === undefined || isObject(where);
}

function isAccountTest(value: Json | undefined): value is AccountTest | undefined {
  return value === undefined || value === "any" || value === "none" || value === "all";
}

function isTextList(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

function isComparison(value: Json | undefined): value is Comparison {
  return typeof value === "string" && comparisons.has(value);
}

/** A measure compared with another attribute or a shared list has no form here. */
function isReference(value: Json | undefined): boolean {
  return isObject(value) && ("ref" in value || "list" in value);
}

function hasAny(members: object): boolean {
  return Object.keys(members).length > 0;
}
