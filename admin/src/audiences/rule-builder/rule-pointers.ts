import type { ConditionNode, GroupNode } from "./rule-model.ts";
import { bareCondition } from "./to-rule.ts";

/** Where the parts of a tree stand in the rule it is written as: JSON pointers, those of `toRule`. */
export type Pointer = { readonly id: string; readonly pointer: string };

/** Every node and step with its place; a leaf at the place of its members, so that the next key names a control. */
export function pointersOf(node: ConditionNode, at = ""): readonly Pointer[] {
  const own = { id: node.id, pointer: at };
  switch (node.kind) {
    case "group": {
      const list = node.mode === "none" ? `${at}/not/any` : `${at}/${node.mode}`;
      return [own, ...node.children.flatMap((child, index) => pointersOf(child, `${list}/${index}`))];
    }
    case "attribute":
    case "event":
    case "items":
      return [own, { ...own, pointer: `${at}/${node.kind}` }, ...whereOf(node.where, `${at}/${node.kind}/where`)];
    case "sequence":
      return [own, { ...own, pointer: `${at}/sequence` }, ...stepsOf(node.steps, `${at}/sequence/steps`)];
    case "audience":
      return [own, { ...own, pointer: `${at}/audience` }];
    case "fields":
      return [own, { ...own, pointer: `${at}/${node.name}` }];
    case "raw":
      return [own];
  }
}

type Steps = Extract<ConditionNode, { kind: "sequence" }>["steps"];

function stepsOf(steps: Steps, at: string): readonly Pointer[] {
  return steps.flatMap((step, index) => [
    { id: step.id, pointer: `${at}/${index}` },
    ...whereOf(step.where, `${at}/${index}/where`),
    ...step.notBetween.flatMap((event, place) => [
      { id: event.id, pointer: `${at}/${index}/notBetween/${place}` },
      ...whereOf(event.where, `${at}/${index}/notBetween/${place}/where`),
    ]),
  ]);
}

function whereOf(where: GroupNode | null, at: string): readonly Pointer[] {
  return where ? pointersOf(bareCondition(where), at) : [];
}

/** A fault at a node: `control` is the member it is about, empty when it is about the whole. */
export type NodeFault = { readonly id: string; readonly control: string; readonly message: string };

/** Always the same, so that nothing is drawn again for it. */
const none: readonly NodeFault[] = [];

/** Finds the innermost part that each fault belongs to. Faults of no part go to the root. */
export function faultsByNode(
  tree: GroupNode,
  faults: readonly { readonly path: string; readonly message: string }[],
): readonly NodeFault[] {
  if (faults.length === 0) return none;
  const places = [...pointersOf(tree)].sort((a, b) => b.pointer.length - a.pointer.length);
  return faults.map(({ path, message }) => {
    const place = places.find(({ pointer }) => path === pointer || path.startsWith(`${pointer}/`));
    const rest = place ? path.slice(place.pointer.length) : "";
    return { id: place?.id ?? tree.id, control: rest.split("/")[1] ?? "", message };
  });
}
