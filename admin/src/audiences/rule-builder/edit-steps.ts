import { newStep, type SameValue, type SequenceNode, type SequenceStep } from "./rule-model.ts";

export function addStep(node: SequenceNode): SequenceNode {
  return { ...node, steps: [...node.steps, { ...newStep("completeCheckout"), within: "1d" }] };
}

export function changeStep(node: SequenceNode, id: string, patch: Partial<SequenceStep>): SequenceNode {
  return { ...node, steps: node.steps.map((step) => (step.id === id ? { ...step, ...patch } : step)) };
}

/** Without a step; comparisons with it go with it, those with later steps follow them. */
export function removeStep(node: SequenceNode, id: string): SequenceNode {
  const removed = node.steps.findIndex((step) => step.id === id);
  const follow = (same: SameValue): readonly SameValue[] =>
    same.step === removed ? [] : [{ ...same, step: same.step > removed ? same.step - 1 : same.step }];
  return withFirst({
    ...node,
    steps: node.steps.flatMap((step) => (step.id === id ? [] : { ...step, same: step.same.flatMap(follow) })),
  });
}

/** Before the step that stands before it. A comparison of the two goes: only an earlier step can be compared with. */
export function moveStepUp(node: SequenceNode, index: number): SequenceNode {
  const [step, before] = [node.steps[index], node.steps[index - 1]];
  if (!step || !before) return node;
  const follow = (same: SameValue): SameValue =>
    same.step === index ? { ...same, step: index - 1 } : same.step === index - 1 ? { ...same, step: index } : same;
  const moved = node.steps.toSpliced(index - 1, 2, step, before);
  return withFirst({
    ...node,
    steps: moved.map((each, at) => ({
      ...each,
      same: each.same.map(follow).filter((same) => same.step < at),
    })),
  });
}

/** Nothing comes before the first step, so it has no limits to the one before. */
function withFirst(node: SequenceNode): SequenceNode {
  const [first, ...others] = node.steps;
  return first ? { ...node, steps: [{ ...first, within: undefined, notBetween: [], same: [] }, ...others] } : node;
}
