import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSessionIndex, type PastSession } from "./session-index.ts";

/** V-SKNN straight from its formula, over all sessions. */
function naive(sessions: readonly PastSession[], current: readonly string[]): ReadonlyMap<string, number> {
  const weight = (sku: string) => (current.lastIndexOf(sku) + 1) / current.length;
  const distinct = [...new Set(current)];
  const neighbours = sessions
    .map((session, number) => {
      const shared = distinct.filter((sku) => session.skus.includes(sku));
      const newest = Math.max(...shared.map((sku) => current.lastIndexOf(sku)));
      return {
        session,
        number,
        shared,
        steps: current.length - newest,
        similarity: shared.reduce((sum, sku) => sum + weight(sku) / distinct.length, 0),
      };
    })
    .filter(({ shared }) => shared.length > 0)
    .sort((a, b) => b.similarity - a.similarity || b.number - a.number)
    .slice(0, 100);
  const scores = new Map<string, number>();
  for (const { session, steps, similarity } of neighbours) {
    for (const sku of new Set(session.skus)) {
      const frequency = sessions.filter((other) => other.skus.includes(sku)).length;
      const add = (similarity / steps) * (session.hasPurchase ? 1.5 : 1) * (1 + Math.log(sessions.length / frequency));
      scores.set(sku, (scores.get(sku) ?? 0) + add);
    }
  }
  return scores;
}

describe("next items from similar sessions", () => {
  it("equal the formula computed over all sessions", () => {
    const sku = fc.constantFrom(..."abcdefgh");
    const session = fc.record({ skus: fc.array(sku, { minLength: 1, maxLength: 6 }), hasPurchase: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(session, { maxLength: 150 }),
        fc.array(sku, { minLength: 1, maxLength: 12 }),
        (sessions, current) => {
          const expected = naive(sessions, current);
          const actual = createSessionIndex(sessions).next(current);
          expect(actual.map((item) => item.sku).sort()).toEqual([...expected.keys()].sort());
          for (const { sku: found, score } of actual) expect(score).toBeCloseTo(expected.get(found)!, 9);
        },
      ),
    );
  });

  it("names the product that speaks most for each proposal", () => {
    const sessions = [
      { skus: ["bag", "watch"], hasPurchase: false },
      { skus: ["mat", "ball"], hasPurchase: false },
    ];
    const next = createSessionIndex(sessions).next(["mat", "bag"]);
    expect(next.find((item) => item.sku === "watch")?.because).toBe("bag");
    expect(next.find((item) => item.sku === "ball")?.because).toBe("mat");
  });

  it("look at the newest 1,000 sessions that share a product only", () => {
    const old = { skus: ["a", "old"], hasPurchase: true };
    const young = { skus: ["a", "new"], hasPurchase: false };
    const index = createSessionIndex([old, ...Array.from({ length: 1_000 }, () => young)]);
    expect(
      index
        .next(["a"])
        .map((item) => item.sku)
        .sort(),
    ).toEqual(["a", "new"]);
  });
});
