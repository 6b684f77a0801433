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
  /** Instead of a count: a figure over a value of each event. */
  readonly aggregate: Aggregate | undefined;
  readonly where: GroupNode | null;
  readonly window: JsonObject | undefined;
  /** Judged over the members of the person's accounts instead of the person alone. */
  readonly account: AccountTest | undefined;
};

export type AggregateFunction = "sum" | "average" | "min" | "max";
export type Aggregate = {
  readonly fn: AggregateFunction;
  readonly path: string;
  readonly op: Comparison;
  readonly value: Json;
};
export type AccountTest = "any" | "none" | "all";

/** An event of a sequence, or one that must not lie between two of its steps. */
export type StepEvent = { readonly id: string; readonly names: readonly string[]; readonly where: GroupNode | null };
/** A value of this event is the same as one of the event of an earlier step, counted from 0. */
export type SameValue = { readonly step: number; readonly path: string; readonly otherPath: string };
export type SequenceStep = StepEvent & {
  readonly within: string | undefined;
  readonly notBetween: readonly StepEvent[];
  readonly same: readonly SameValue[];
};

export type SequenceNode = {
  readonly id: string;
  readonly kind: "sequence";
  readonly steps: readonly SequenceStep[];
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

/** Leaves of a few plain fields; what they hold is kept as it is written in the rule. */
export type FieldsName = "subscription" | "consent" | "journey" | "message" | "bucket" | "list" | "geo";
export type FieldsNode = {
  readonly id: string;
  readonly kind: "fields";
  readonly name: FieldsName;
  readonly fields: JsonObject;
};

export type RawNode = { readonly id: string; readonly kind: "raw"; readonly rule: JsonObject };

export type ConditionNode =
  | GroupNode
  | AttributeNode
  | EventNode
  | SequenceNode
  | ItemsNode
  | AudienceNode
  | FieldsNode
  | RawNode;

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
    aggregate: undefined,
    where: null,
    window: { last: "30d" },
    account: undefined,
  };
}

export function newStepEvent(name: string): StepEvent {
  return { id: nextId(), names: [name], where: null };
}

export function newStep(name: string): SequenceStep {
  return { ...newStepEvent(name), within: undefined, notBetween: [], same: [] };
}

export function newSequence(): SequenceNode {
  const steps = [newStep("addToCart"), { ...newStep("startCheckout"), within: "1d" }];
  return { id: nextId(), kind: "sequence", steps, window: { last: "30d" } };
}

const startingFields: Readonly<Record<FieldsName, JsonObject>> = {
  subscription: { group: "", status: "subscribed" },
  consent: { category: "marketing", status: "granted" },
  journey: { id: "", state: "active" },
  message: { channel: "email", event: "opened", window: { last: "90d" } },
  bucket: { salt: "", from: 0, to: 1000 },
  list: { id: "" },
  geo: { path: "", within: { lat: 52.52, lon: 13.4, km: 25 } },
};

export function newFields(name: FieldsName): FieldsNode {
  return { id: nextId(), kind: "fields", name, fields: startingFields[name] };
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
