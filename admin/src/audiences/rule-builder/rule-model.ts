/**
 * What the builder edits: the rule tree with an id on every node, so that a row keeps its focus while the tree
 * around it changes. What the builder has no form for is kept word for word as a `raw` node: opening and saving
 * never loses a condition. Non-goal: hiding the rule language; every node maps to one node of it.
 */
import type { Json, JsonObject } from "../../api/shapes.ts";

export type GroupMode = "all" | "any" | "none";
export type Comparison = "eq" | "neq" | "gt" | "gte" | "lt" | "lte";

export type GroupNode = {
  readonly id: string;
  readonly kind: "group";
  readonly mode: GroupMode;
  readonly children: readonly ConditionNode[];
};

export type AttributeNode = {
  readonly id: string;
  readonly kind: "attribute";
  readonly path: string;
  readonly op: string;
  readonly value: Json | undefined;
  /** For any_match and none_match: what one element must satisfy. */
  readonly where: GroupNode | null;
  readonly caseSensitive: boolean;
  readonly timezone: string | undefined;
};

export type EventNode = {
  readonly id: string;
  readonly kind: "event";
  readonly names: readonly string[];
  readonly count: { readonly op: Comparison; readonly value: number };
  /** Counts different values of this path instead of events. */
  readonly distinct: string | undefined;
  readonly where: GroupNode | null;
  readonly window: JsonObject | undefined;
};

export type ItemsTest =
  | { readonly match: "some" | "none" | "every" }
  | { readonly measure: string; readonly op: Comparison; readonly value: Json };

export type ItemsNode = {
  readonly id: string;
  readonly kind: "items";
  readonly of: string;
  readonly test: ItemsTest;
  readonly where: GroupNode | null;
  readonly window: JsonObject | undefined;
  readonly statuses: readonly string[] | undefined;
};

export type AudienceNode = {
  readonly id: string;
  readonly kind: "audience";
  readonly audiences: readonly string[];
  readonly member: boolean;
  readonly for: string | undefined;
};

export type RawNode = { readonly id: string; readonly kind: "raw"; readonly rule: JsonObject };

export type ConditionNode = GroupNode | AttributeNode | EventNode | ItemsNode | AudienceNode | RawNode;

let lastId = 0;

/** Unique within this page; never stored. */
export function nextId(): string {
  lastId += 1;
  return `n${lastId}`;
}

export function emptyGroup(mode: GroupMode = "all"): GroupNode {
  return { id: nextId(), kind: "group", mode, children: [] };
}

export function newAttribute(path: string, op: string): AttributeNode {
  return {
    id: nextId(),
    kind: "attribute",
    path,
    op,
    value: undefined,
    where: null,
    caseSensitive: false,
    timezone: undefined,
  };
}

export function newEvent(): EventNode {
  return {
    id: nextId(),
    kind: "event",
    names: ["productPageView"],
    count: { op: "gte", value: 1 },
    distinct: undefined,
    where: null,
    window: { last: "30d" },
  };
}

export function newItems(of: string): ItemsNode {
  return {
    id: nextId(),
    kind: "items",
    of,
    test: { match: "some" },
    where: null,
    window: undefined,
    statuses: undefined,
  };
}

export function newAudience(): AudienceNode {
  return { id: nextId(), kind: "audience", audiences: [], member: true, for: undefined };
}

/** How many conditions (not groups) a tree holds. */
export function countConditions(node: ConditionNode): number {
  if (node.kind !== "group") return 1;
  return node.children.reduce((sum, child) => sum + countConditions(child), 0);
}
