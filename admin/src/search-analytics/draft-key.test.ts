import { describe, expect, it } from "vitest";
import { draftKey } from "./draft-key.ts";

describe("the key of what is made of a query", () => {
  it("tells its words, and is the same each time", () => {
    expect(draftKey("Red shoes")).toMatch(/^from-query-red-shoes-[0-9a-z]+$/);
    expect(draftKey("Red shoes")).toBe(draftKey("Red shoes"));
  });

  it("differs for other queries and store views, whatever letters they have", () => {
    const keys = [draftKey("хлеб"), draftKey("мир"), draftKey("a b"), draftKey("a-b"), draftKey("a b", "german")];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("is one that the server takes, however long the query is", () => {
    expect(draftKey(`${"x".repeat(39)} ${"y".repeat(400)}`)).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/);
  });
});
