/**
 * Changes of the tree that the builder edits. All are pure, keep the ids of what stays, and give back the tree as it was where a
 * change is not possible, such as a group moved into itself.
 */
import { type ConditionNode, emptyGroup, type GroupNode, type StepEvent } from "./rule-model.ts";
import { toNode } from "./to-model.ts";
import { toRule } from "./to-rule.ts";

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
  return insertChild(replaceChild(group, id, null), to, child);
}

function insertChild(group: GroupNode, index: number, child: ConditionNode): GroupNode {
  return { ...group, children: [...group.children.slice(0, index), child, ...group.children.slice(index)] };
}

/** Every group of a tree: nested ones, and those that stand on an event, an item or a step. */
export function groupsOf(node: ConditionNode): readonly GroupNode[] {
  if (node.kind === "group") return [node, ...node.children.flatMap(groupsOf)];
  return wheresOf(node).flatMap(groupsOf);
}

function wheresOf(node: ConditionNode): readonly GroupNode[] {
  switch (node.kind) {
    case "attribute":
    case "event":
    case "items":
      return node.where ? [node.where] : [];
    case "sequence":
      return node.steps.flatMap((step) => [step, ...step.notBetween].flatMap(({ where }) => where ?? []));
    default:
      return [];
  }
}

/** The tree with each of its groups changed, the innermost first. */
function mapGroups(tree: GroupNode, change: (group: GroupNode) => GroupNode): GroupNode {
  const mapWhere = <N extends { readonly where: GroupNode | null }>(node: N): N =>
    node.where ? { ...node, where: mapGroups(node.where, change) } : node;
  const mapNode = (node: ConditionNode): ConditionNode => {
    switch (node.kind) {
      case "group":
        return mapGroups(node, change);
      case "attribute":
      case "event":
      case "items":
        return mapWhere(node);
      case "sequence":
        return {
          ...node,
          steps: node.steps.map((step) => ({
            ...mapWhere(step),
            notBetween: step.notBetween.map((event): StepEvent => mapWhere(event)),
          })),
        };
      default:
        return node;
    }
  };
  return change({ ...tree, children: tree.children.map(mapNode) });
}

function changeGroup(tree: GroupNode, id: string, change: (group: GroupNode) => GroupNode): GroupNode {
  return mapGroups(tree, (group) => (group.id === id ? change(group) : group));
}

/** The group that a node stands in directly, with its place there. */
export function findNode(
  tree: GroupNode,
  id: string,
): { readonly parent: GroupNode; readonly index: number; readonly node: ConditionNode } | null {
  for (const parent of groupsOf(tree)) {
    const index = parent.children.findIndex((child) => child.id === id);
    const node = parent.children[index];
    if (node) return { parent, index, node };
  }
  return null;
}

/** Puts a node before the child that now stands at `index` of a group; at the end with its length. */
export function moveNode(tree: GroupNode, id: string, groupId: string, index: number): GroupNode {
  const found = findNode(tree, id);
  if (!found || groupsOf(found.node).some((group) => group.id === groupId)) return tree;
  const target = groupsOf(tree).find((group) => group.id === groupId);
  if (!target) return tree;
  // Taken out of the same group, everything behind it moves up.
  const to = target.id === found.parent.id && found.index < index ? index - 1 : index;
  const without = changeGroup(tree, found.parent.id, (group) => replaceChild(group, id, null));
  return changeGroup(without, groupId, (group) => insertChild(group, Math.min(to, group.children.length), found.node));
}

export function stepNode(tree: GroupNode, id: string, step: -1 | 1): GroupNode {
  const found = findNode(tree, id);
  return found ? changeGroup(tree, found.parent.id, (group) => moveChild(group, id, step)) : tree;
}

/** Out of its group, to the place behind it; a group that stands on an event or an item keeps what is in it. */
export function outdentNode(tree: GroupNode, id: string): GroupNode {
  const found = findNode(tree, id);
  const outer = found ? findNode(tree, found.parent.id) : null;
  return outer ? moveNode(tree, id, outer.parent.id, outer.index + 1) : tree;
}

/** Into the group that stands before it. */
export function indentNode(tree: GroupNode, id: string): GroupNode {
  const found = findNode(tree, id);
  const before = found?.parent.children[found.index - 1];
  return before?.kind === "group" ? moveNode(tree, id, before.id, before.children.length) : tree;
}

export function wrapNode(tree: GroupNode, id: string): GroupNode {
  const found = findNode(tree, id);
  if (!found) return tree;
  return changeGroup(tree, found.parent.id, (group) => replaceChild(group, id, addChild(emptyGroup(), found.node)));
}

export function duplicateNode(tree: GroupNode, id: string): GroupNode {
  const found = findNode(tree, id);
  if (!found) return tree;
  return changeGroup(tree, found.parent.id, (group) => insertChild(group, found.index + 1, copyOf(found.node)));
}

export function removeNode(tree: GroupNode, id: string): GroupNode {
  const found = findNode(tree, id);
  return found ? changeGroup(tree, found.parent.id, (group) => replaceChild(group, id, null)) : tree;
}

export function appendNode(tree: GroupNode, groupId: string, node: ConditionNode): GroupNode {
  return changeGroup(tree, groupId, (group) => addChild(group, node));
}

/** The same condition with ids of its own. */
export function copyOf(node: ConditionNode): ConditionNode {
  return toNode(toRule(node));
}
