import { describe, expect, it } from "vitest";
import { createPageMemory } from "./page-memory.ts";

describe("the memory of a page", () => {
  it("holds what the other units of the page showed, for ten minutes and one caller", () => {
    const memory = createPageMemory();
    memory.remember("v1", "page", "u1", ["a", "b"], 0);
    memory.remember("v1", "page", "u2", ["c"], 0);
    const seen = (caller: string, page: string, unit: string, at = 1) => [...memory.seen(caller, page, unit, at)];
    expect(seen("v1", "page", "u1")).toEqual(["c"]);
    expect(seen("v1", "page", "u3")).toEqual(["a", "b", "c"]);
    expect(seen("v2", "page", "u3")).toEqual([]);
    expect(seen("v1", "other", "u3")).toEqual([]);
    expect(seen("v1", "page", "u3", 10 * 60_000 + 1)).toEqual([]);
  });

  it("never grows beyond its bounds, whatever keys are sent", () => {
    const memory = createPageMemory();
    for (let at = 0; at < 20_100; at += 1) memory.remember("v", `page-${at}`, "u", ["a"], at);
    expect(memory.size()).toBe(20_000);
    expect([...memory.seen("v", "page-0", "x", 20_100)]).toEqual([]);
    for (let unit = 0; unit < 200; unit += 1) memory.remember("v", "page", `u${unit}`, [`s${unit}`], 0);
    expect(memory.seen("v", "page", "x", 0).size).toBe(50);
  });
});
