import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { createNextItems } from "./learners/index.ts";
import { createSessionBuilder, type SessionBuilder } from "./session-builder.ts";
import type { EndedSession } from "./store-sessions.clickhouse.ts";

const sessions: readonly EndedSession[] = fc
  .sample(fc.array(fc.constantFrom(..."abcdefghijklm"), { minLength: 2, maxLength: 8 }), { numRuns: 300, seed: 7 })
  .map((items, at) => ({ key: at, items, hasPurchase: at % 5 === 0, endedAt: 1_000 + at * 60_000 }));
const queries = [["a"], ["b", "c"], ["d", "a", "d"], ["nobody-knows"], []];

let builder: SessionBuilder | undefined;
afterEach(() => builder?.close());

describe("the index of past sessions", () => {
  it.each([
    { where: "in this thread", threshold: Number.POSITIVE_INFINITY },
    { where: "in a worker", threshold: 10 },
  ])("answers as the learner does, made $where", async ({ threshold }) => {
    builder = createSessionBuilder(threshold);
    // Out of order, and some twice.
    builder.add(sessions.slice(100));
    builder.add(sessions.slice(0, 150));
    const next = await builder.build(1_000);
    const direct = createNextItems(sessions);
    expect(next.sessionCount).toBe(300);
    for (const items of queries) expect(next.next(items)).toEqual(direct.next(items));
  });

  it("takes a longer session in the place of what it was, and lets the oldest go", async () => {
    for (const threshold of [Number.POSITIVE_INFINITY, 1]) {
      builder = createSessionBuilder(threshold);
      builder.add([
        { key: 1, items: ["a", "b"], hasPurchase: false, endedAt: 1 },
        { key: 2, items: ["x", "y"], hasPurchase: false, endedAt: 2 },
      ]);
      await builder.build(10);
      builder.add([{ key: 2, items: ["x", "y", "z"], hasPurchase: true, endedAt: 3 }]);
      const next = await builder.build(1);
      expect(next.sessionCount).toBe(1);
      expect(next.next(["x"]).map(({ item }) => item)).toContain("z");
      expect(next.next(["a"])).toEqual([]);
      await builder.close();
    }
  });
});
