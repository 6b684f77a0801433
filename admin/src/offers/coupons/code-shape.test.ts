import { describe, expect, it } from "vitest";
import { exampleOf, guessRatioOf } from "./code-shape.ts";

const spec = { format: "numeric", length: 6, prefix: "", suffix: "", dashEvery: 0, avoidLookalikes: true } as const;

describe("shape of codes", () => {
  it("tells how likely a guess hits a code", () => {
    expect(guessRatioOf(spec, 100)).toBeCloseTo(1e-4, 12);
    expect(guessRatioOf({ ...spec, format: "alphanumeric", length: 2 }, 1_024)).toBe(1);
    expect(guessRatioOf({ ...spec, format: "alphanumeric", length: 2, avoidLookalikes: false }, 1_296)).toBe(1);
  });

  it("says when there are not so many different codes", () => {
    expect(guessRatioOf({ ...spec, length: 2 }, 101)).toBe(Number.POSITIVE_INFINITY);
  });

  it("shows a code with prefix, suffix and dashes where they will be", () => {
    const example = exampleOf({ ...spec, format: "alphabetic", prefix: "Hi-", suffix: "-x", dashEvery: 2 });
    expect(example).toMatch(/^HI-[A-Z]{2}-[A-Z]{2}-[A-Z]{2}-X$/);
  });
});
