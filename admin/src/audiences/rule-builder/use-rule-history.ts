import { useState } from "react";
import type { Json, JsonObject } from "../../api/shapes.ts";
import { groupsOf } from "./edit-tree.ts";
import type { GroupNode } from "./rule-model.ts";
import { toModel } from "./to-model.ts";
import { toRule } from "./to-rule.ts";

/** `text` is the rule that the tree stands for. */
type Step = { readonly text: string; readonly tree: GroupNode };
type History = {
  readonly past: readonly Step[];
  readonly now: Step;
  readonly future: readonly Step[];
  readonly at: number;
};

const maxSteps = 200;
/** Letters typed faster than this are one step back. */
const typingMs = 800;

/** The tree of a rule with the way back. What replaces the rule from outside (discard, a template, JSON) is a step too. */
export function useRuleHistory(rule: Json | undefined, onChange: (rule: JsonObject) => void) {
  const text = textOf(rule);
  const [history, setHistory] = useState<History>(() => ({ past: [], now: read(rule), future: [], at: 0 }));
  let shown = history;
  if (history.now.text !== text) {
    shown = { ...stepOn(history, read(rule)), at: 0 };
    setHistory(shown);
  }
  const go = (next: History) => {
    setHistory(next);
    onChange(JSON.parse(next.now.text) as JsonObject);
  };
  const [before] = shown.past.slice(-1);
  const [after] = shown.future;
  return {
    tree: shown.now.tree,
    change: (tree: GroupNode) => {
      const next = { text: JSON.stringify(toRule(tree)), tree };
      const isTyping = Date.now() - shown.at < typingMs && shapeOf(tree) === shapeOf(shown.now.tree);
      go({ ...(isTyping ? { ...shown, now: next, future: [] } : stepOn(shown, next)), at: Date.now() });
    },
    undo: before
      ? () => go({ past: shown.past.slice(0, -1), now: before, future: [shown.now, ...shown.future], at: 0 })
      : null,
    redo: after
      ? () => go({ past: [...shown.past, shown.now], now: after, future: shown.future.slice(1), at: 0 })
      : null,
  };
}

function stepOn(history: History, now: Step): History {
  return { past: [...history.past, history.now].slice(-maxSteps), now, future: [], at: history.at };
}

function read(rule: Json | undefined): Step {
  return { text: textOf(rule), tree: toModel(rule) };
}

/** Which parts a tree has and in which order; the same while only values change. */
function shapeOf(tree: GroupNode): string {
  return groupsOf(tree)
    .map(({ id, mode, children }) => `${id}${mode}${children.map((child) => child.id).join()}`)
    .join(" ");
}

function textOf(rule: Json | undefined): string {
  return JSON.stringify(rule ?? { all: [] });
}
