import { describe, expect, it } from "vitest";
import { readReason } from "./read-reason.ts";

describe("reason for one person", () => {
  it("is taken apart into its words and its weight", () => {
    expect(readReason("surname nearly the same (0.94), +8.6")).toEqual({
      text: "surname nearly the same (0.94)",
      bits: 8.6,
      isFor: true,
    });
  });

  it("speaks against the pair with either minus sign", () => {
    expect(readReason("house number different, −2.8")).toEqual({
      text: "house number different",
      bits: -2.8,
      isFor: false,
    });
    expect(readReason("house number different, -2.8").bits).toBe(-2.8);
  });

  it("stays whole when it has no weight", () => {
    expect(readReason("reported by hand, twice")).toEqual({ text: "reported by hand, twice", bits: null, isFor: true });
  });
});
