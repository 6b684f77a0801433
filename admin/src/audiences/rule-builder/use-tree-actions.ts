import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { messages } from "../../messages.data.ts";
import { type Clip, copyToClip } from "./clipboard.ts";
import {
  appendNode,
  duplicateNode,
  findNode,
  indentNode,
  moveNode,
  outdentNode,
  removeNode,
  stepNode,
  wrapNode,
} from "./edit-tree.ts";
import type { GroupNode } from "./rule-model.ts";
import { toNode } from "./to-model.ts";
import { toRule } from "./to-rule.ts";
import type { TreeActions } from "./tree-context.ts";
import { useLatest } from "./use-latest.ts";

const m = messages.builder;

/** What moves and copies the parts of a tree, and what is said of it to those who do not see it happen. */
export function useTreeActions(
  tree: GroupNode,
  change: (tree: GroupNode) => void,
  clip: Clip | null,
  frame: RefObject<HTMLElement | null>,
): { readonly actions: TreeActions; readonly said: string } {
  const [said, setSaid] = useState("");
  const followed = useRef<string | null>(null);
  // In another group a condition is drawn anew: whoever moved it by keyboard keeps it in hand.
  useEffect(() => {
    if (followed.current === null || !tree) return;
    frame.current?.querySelector<HTMLElement>(`[data-handle="${followed.current}"]`)?.focus();
    followed.current = null;
  }, [tree, frame]);

  const latest = useLatest({ tree, change, clip });
  const actions = useMemo<TreeActions>(() => {
    const moved = (id: string, move: (tree: GroupNode) => GroupNode) => {
      const { tree: before, change: set } = latest.current;
      const next = move(before);
      const found = next === before ? null : findNode(next, id);
      if (!found) return;
      followed.current = id;
      setSaid(m.movedTo(found.index + 1, found.parent.children.length));
      set(next);
    };
    const changed = (edit: (tree: GroupNode) => GroupNode) => latest.current.change(edit(latest.current.tree));
    const copy = (id: string, place: string) => {
      const found = findNode(latest.current.tree, id);
      if (!found) return;
      copyToClip({ place, rule: toRule(found.node) });
      setSaid(m.copied);
    };
    return {
      move: (id, groupId, index) => moved(id, (before) => moveNode(before, id, groupId, index)),
      step: (id, step) => moved(id, (before) => stepNode(before, id, step)),
      indent: (id) => moved(id, (before) => indentNode(before, id)),
      outdent: (id) => moved(id, (before) => outdentNode(before, id)),
      wrap: (id) => moved(id, (before) => wrapNode(before, id)),
      duplicate: (id) => changed((before) => duplicateNode(before, id)),
      copy,
      cut: (id, place) => {
        copy(id, place);
        changed((before) => removeNode(before, id));
      },
      paste: (groupId) => {
        const copied = latest.current.clip;
        if (!copied) return;
        setSaid(m.pasted);
        changed((before) => appendNode(before, groupId, toNode(copied.rule)));
      },
    };
  }, [latest]);
  return { actions, said };
}
