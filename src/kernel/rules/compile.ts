/**
 * Turns a validated rule into closures once; judging a subject then allocates nothing. Time never comes from a clock:
 * every call is given its `nowMs`.
 */
import { compileAttribute, partsOf } from "./compile-attribute.ts";
import { compileEvent } from "./compile-event.ts";
import { compileItems } from "./compile-items.ts";
import {
  compileAudience,
  compileBucket,
  compileConsent,
  compileGeo,
  compileJourney,
  compileList,
  compileMessage,
  compileSubscription,
} from "./compile-others.ts";
import { compileSequence } from "./compile-sequence.ts";
import { brokenNode, type CompiledNode, type Explanation, neverChanges, type Scope, type Usage } from "./compiled.ts";
import type { RuleEnvironment } from "./environment.ts";
import type { EventLeafSpec } from "./event-leaf-spec.ts";
import type { RuleNode } from "./grammar.ts";
import { gateOf, type RuleGate } from "./rule-gate.ts";
import { createFrame, enterFrame, type Frame, leaveFrame, type RuleSubject } from "./subject.ts";

export type CompiledRule = {
  readonly test: (subject: RuleSubject, nowMs: number) => boolean;
  /** An instant after `nowMs` up to which the answer cannot change without new data; null for never. May be early, never late. */
  readonly nextChangeAt: (subject: RuleSubject, nowMs: number) => number | null;
  readonly explain: (subject: RuleSubject, nowMs: number) => Explanation;
  /** What a profile has to remember of its events for this rule. */
  readonly eventLeaves: readonly EventLeafSpec[];
  /** True when a leaf looks at the request; such a rule is decided in the call only. */
  readonly usesContext: boolean;
  /** Audiences the rule refers to. */
  readonly audiences: readonly string[];
  /** Of the event leaves, hashes of those that are judged for the members of the subject's accounts; absent = none. */
  readonly accountLeaves?: readonly string[];
  /** What one value tells of the rule without judging it; absent or undefined = nothing. */
  readonly gate?: () => RuleGate | undefined;
  /** True when a leaf names something that is gone. */
  readonly broken: boolean;
};

/**
 * Compiles a rule.
 *
 * A leaf over something unknown (attribute, audience, journey) does not throw: it is false, every `not` above it is
 * false, and `broken` says so.
 */
export function compileRule(rule: RuleNode, environment: RuleEnvironment): CompiledRule {
  const usage: Usage = { eventLeaves: new Map(), audiences: new Set(), accountLeaves: new Set(), usesContext: false };
  const root = compileNode(rule, { environment, usage, itemKind: environment.itemKind, compile: compileNode });
  const shared = createFrame();
  const isLineRule = environment.itemKind === "line";
  function run<T>(subject: RuleSubject, nowMs: number, work: (frame: Frame) => T): T {
    // A subject that itself judges this rule while it is read gets a frame of its own.
    const frame = shared.busy ? createFrame() : shared;
    enterFrame(frame, subject, nowMs);
    if (isLineRule) frame.children = partsOf((subject.item as { children?: unknown } | undefined)?.children);
    try {
      return work(frame);
    } finally {
      leaveFrame(frame);
    }
  }
  return {
    test: (subject, nowMs) => run(subject, nowMs, root.test),
    nextChangeAt: (subject, nowMs) => {
      const next = run(subject, nowMs, root.next);
      return next === Number.POSITIVE_INFINITY ? null : Math.max(next, nowMs + 1);
    },
    explain: (subject, nowMs) => run(subject, nowMs, root.explain),
    eventLeaves: [...usage.eventLeaves.values()],
    usesContext: usage.usesContext,
    audiences: [...usage.audiences],
    accountLeaves: [...usage.accountLeaves],
    gate: () => gateOf(rule, environment.catalog),
    broken: root.broken,
  };
}

function compileNode(node: RuleNode, scope: Scope): CompiledNode {
  if ("all" in node) return compileGroup("all", node.all, scope);
  if ("any" in node) return compileGroup("any", node.any, scope);
  if ("not" in node) return compileNot(node.not, scope);
  if ("attribute" in node) return compileAttribute(node.attribute, scope);
  if ("items" in node) return compileItems(node.items, scope);
  if ("event" in node) return compileEvent(node.event, scope);
  if ("sequence" in node) return compileSequence(node.sequence, scope);
  if ("audience" in node) return compileAudience(node.audience, scope);
  if ("subscription" in node) return compileSubscription(node.subscription);
  if ("consent" in node) return compileConsent(node.consent);
  if ("journey" in node) return compileJourney(node.journey, scope);
  if ("message" in node) return compileMessage(node.message, scope);
  if ("bucket" in node) return compileBucket(node.bucket);
  if ("list" in node) return compileList(node.list, scope);
  if ("geo" in node) return compileGeo(node.geo, scope);
  if ("everyone" in node) {
    return { test: () => true, next: neverChanges, explain: everyone, broken: false };
  }
  // Stored by a newer version, perhaps: as with any leaf we cannot read, nobody fits and nothing throws.
  return brokenNode(Object.keys(node)[0] ?? "", "the condition is not known");
}

const everyone = (): Explanation => ({ node: "everyone", truth: true, sentence: "everyone" });

function compileGroup(kind: "all" | "any", nodes: readonly RuleNode[], scope: Scope): CompiledNode {
  const children = nodes.map((node) => scope.compile(node, scope));
  const test = kind === "all" ? allOf(children) : anyOf(children);
  return {
    test,
    next: children.every(({ next }) => next === neverChanges) ? neverChanges : nextOfGroup(kind, children),
    explain: (frame) => ({
      node: kind,
      truth: test(frame),
      sentence: kind === "all" ? "all of these hold" : "one of these holds",
      children: children.map((child) => child.explain(frame)),
    }),
    broken: children.some(({ broken }) => broken),
  };
}

function allOf(children: readonly CompiledNode[]): (frame: Frame) => boolean {
  const [first, second, ...more] = children;
  if (!first) return () => true;
  if (!second) return first.test;
  if (more.length === 0) return (frame) => first.test(frame) && second.test(frame);
  return (frame) => {
    for (const child of children) {
      if (!child.test(frame)) return false;
    }
    return true;
  };
}

function anyOf(children: readonly CompiledNode[]): (frame: Frame) => boolean {
  const [first, second, ...more] = children;
  if (!first) return () => true;
  if (!second) return first.test;
  if (more.length === 0) return (frame) => first.test(frame) || second.test(frame);
  return (frame) => {
    for (const child of children) {
      if (child.test(frame)) return true;
    }
    return false;
  };
}

/**
 * A child that alone makes `all` false, or `any` true, has to change first, whatever the others do: the group waits for it.
 * Waiting for the earliest of all children instead would wake most profiles for nothing.
 */
function nextOfGroup(kind: "all" | "any", children: readonly CompiledNode[]): (frame: Frame) => number {
  const deciding = kind === "any";
  return (frame) => {
    let next = Number.POSITIVE_INFINITY;
    for (const child of children) {
      if (child.test(frame) === deciding) return child.next(frame);
      next = Math.min(next, child.next(frame));
    }
    return next;
  };
}

function compileNot(node: RuleNode, scope: Scope): CompiledNode {
  const child = scope.compile(node, scope);
  // The complement of a broken leaf would hold for everybody: it holds for nobody.
  const test = child.broken ? (): boolean => false : (frame: Frame): boolean => !child.test(frame);
  return {
    test,
    next: child.next,
    explain: (frame) => ({
      node: "not",
      truth: test(frame),
      sentence: "this does not hold",
      children: [child.explain(frame)],
    }),
    broken: child.broken,
  };
}
