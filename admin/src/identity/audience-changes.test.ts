import { describe, expect, it } from "vitest";
import { changesOf } from "./audience-changes.ts";

const nameOf = (key: string): string => key.toUpperCase();

describe("audiences that a split or merge changes", () => {
  it("says which are entered and which are left, by name", () => {
    const change = { who: "This profile", before: ["buyers", "vip"], after: ["buyers", "guests"] };
    expect(changesOf(change, nameOf)).toEqual(["This profile: enters GUESTS", "This profile: leaves VIP"]);
  });

  it("says nothing when none changes", () => {
    expect(changesOf({ who: "This profile", before: ["vip"], after: ["vip"] }, nameOf)).toEqual([]);
  });
});
