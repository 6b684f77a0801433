import { describe, expect, it } from "vitest";
import { addStep, moveStepUp, removeStep } from "./edit-steps.ts";
import type { SequenceNode } from "./rule-model.ts";
import { toModel } from "./to-model.ts";

const same = (step: number) => [{ step, path: "event.properties.cartId", otherPath: "event.properties.cartId" }];

const sequence = (): SequenceNode => {
  const steps = [
    { name: "a" },
    { name: "b", within: "1h" },
    { name: "c", same: same(1) },
    { name: "d", same: same(0) },
  ];
  const [node] = toModel({ sequence: { steps } }).children;
  if (node?.kind !== "sequence") throw new Error("no sequence");
  return node;
};
const told = ({ steps }: SequenceNode) => steps.map((step) => [step.names[0], step.same.map((each) => each.step)]);

describe("steps of a sequence", () => {
  it("takes comparisons with a removed step away and lets the others follow", () => {
    const node = sequence();
    expect(told(removeStep(node, node.steps[1]!.id))).toEqual([
      ["a", []],
      ["c", []],
      ["d", [0]],
    ]);
    expect(told(removeStep(node, node.steps[0]!.id))).toEqual([
      ["b", []],
      ["c", [0]],
      ["d", []],
    ]);
  });

  it("asks nothing of the first step, whichever becomes it", () => {
    const node = sequence();
    expect(removeStep(node, node.steps[0]!.id).steps[0]).toMatchObject({ names: ["b"], within: undefined });
    expect(moveStepUp(node, 1).steps[0]).toMatchObject({ names: ["b"], within: undefined });
  });

  it("moves a step up with the comparisons that still can be made", () => {
    expect(told(moveStepUp(sequence(), 2))).toEqual([
      ["a", []],
      ["c", []],
      ["b", []],
      ["d", [0]],
    ]);
    expect(told(moveStepUp(sequence(), 1))).toEqual([
      ["b", []],
      ["a", []],
      ["c", [0]],
      ["d", [1]],
    ]);
    expect(moveStepUp(sequence(), 0).steps[0]?.names).toEqual(["a"]);
  });

  it("adds a step at the end", () => {
    expect(addStep(sequence()).steps).toHaveLength(5);
  });
});
