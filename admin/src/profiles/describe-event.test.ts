import { describe, expect, it } from "vitest";
import { describeEvent } from "./describe-event.ts";

describe("event in a few words", () => {
  it("names its products, and how many more there are", () => {
    const items = [{ sku: "a", name: "Jacket" }, { sku: "b" }, { sku: "c" }, { sku: "d" }];
    expect(describeEvent({ properties: { items } })).toBe("Jacket, b, c +1");
  });

  it("falls back to search phrase, order and page", () => {
    expect(describeEvent({ properties: { searchQuery: "yoga" } })).toBe("yoga");
    expect(describeEvent({ properties: { orderId: "42" } })).toBe("42");
    expect(describeEvent({ context: { page: { url: "/x" } } })).toBe("/x");
    expect(describeEvent({})).toBe("");
  });
});
