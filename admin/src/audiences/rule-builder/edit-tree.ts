import type { ConditionNode, GroupNode } from "./rule-model.ts";

/** The group with one child replaced, or taken out with null. */
export function replaceChild(group: GroupNode, id: string, next: ConditionNode | null): GroupNode {
  const children = group.children.flatMap((child) => (child.id === id ? (next ? [next] : []) : [child]));
  return { ...group, children };
}

export function addChild(group: GroupNode, child: ConditionNode): GroupNode {
  return { ...group, children: [...group.children, child] };
}

/** Moves a child by one place; at the edge nothing changes. */
export function moveChild(group: GroupNode, id: string, step: -1 | 1): GroupNode {
  const from = group.children.findIndex((child) => child.id === id);
  const to = from + step;
  const child = group.children[from];
  if (!child || to < 0 || to >= group.children.length) return group;
  const children = group.children.filter((other) => other.id !== id);
  return { ...group, children: [...children.slice(0, to), child, ...children.slice(to)] };
}
