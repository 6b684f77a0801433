import { describe, expect, it } from "vitest";
import { readExplanation } from "./read-explanation.ts";

describe("explanation of a membership", () => {
  it("keeps the tree with the truth of every part", () => {
    const tree = readExplanation({
      node: "all",
      truth: false,
      sentence: "all of these hold",
      children: [
        { node: "attribute", truth: false, sentence: 'Gender is "female" (seen: "male")', observed: "male" },
        { node: "event", truth: true, sentence: "addToCart at least 1 times (seen: 4)", observed: 4 },
      ],
    });
    expect(tree).toMatchObject({ truth: false, text: "all of these hold", seen: undefined });
    expect(tree?.children.map(({ truth, text, seen }) => ({ truth, text, seen }))).toEqual([
      { truth: false, text: 'Gender is "female"', seen: "male" },
      { truth: true, text: "addToCart at least 1 times", seen: "4" },
    ]);
  });

  it("says over how many elements a measure was taken", () => {
    const leaf = readExplanation({ node: "items", truth: true, sentence: "x", observed: { value: "5", of: 3 } });
    expect(leaf?.seen).toContain("5");
    expect(leaf?.seen).toContain("3");
  });

  it("marks what refers to something that has gone", () => {
    expect(readExplanation({ node: "audience", truth: false, sentence: "x", broken: true })?.isBroken).toBe(true);
  });

  it("is nothing for what is no explanation", () => {
    expect(readExplanation(null)).toBeNull();
    expect(readExplanation({ html: "x" })).toBeNull();
  });
});
