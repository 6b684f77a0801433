import { describe, expect, it } from "vitest";
import { createLogger } from "../../kernel/index.ts";
import type { CartRow } from "./cart-row.ts";
import { createVersions } from "./cart-row.ts";
import { createOutcomeLog } from "./outcome-log.ts";
import { type Coverage, coverageNames } from "./shadow-run.ts";

/** A store that can be away. */
function stores() {
  const kept = new Map<string, CartRow>();
  const counts: Record<string, number> = {};
  const state = { isAway: false };
  const log = createOutcomeLog({
    logger: createLogger("silent"),
    write: async (rows) => {
      if (state.isAway) throw new Error("away");
      for (const row of rows) kept.set(String(row["cart_id"]), row);
    },
    count: async (_, added: Coverage) => {
      if (state.isAway) throw new Error("away");
      for (const name of coverageNames) counts[name] = (counts[name] ?? 0) + added[name];
    },
  });
  const keep = (cart: string, n: number) => {
    log.count("run", "seen");
    log.keep("run", cart, { cart_id: cart, n });
  };
  return { log, kept, counts, state, keep };
}

describe("outcomes of shadow runs", () => {
  it("wait while a store is away, and count once when it is back", async () => {
    const { log, kept, counts, state, keep } = stores();
    state.isAway = true;
    keep("a", 1);
    keep("b", 1);
    await log.flush();
    keep("a", 2);
    await log.flush();
    state.isAway = false;
    keep("c", 1);
    await log.flush();
    await log.flush();
    expect([...kept.values()].map((row) => [row["cart_id"], row["n"]]).sort()).toEqual([
      ["a", 2],
      ["b", 1],
      ["c", 1],
    ]);
    expect(counts).toEqual({ seen: 4, judged: 3, superseded: 1, dropped: 0, failed: 0 });
  });

  it("are dropped and counted beyond what may wait", async () => {
    const { log, kept, counts, state, keep } = stores();
    state.isAway = true;
    for (let n = 0; n < 6_000; n += 1) keep(`cart-${n}`, n);
    await log.flush();
    state.isAway = false;
    await log.flush();
    expect(kept.size).toBe(counts["judged"]);
    expect(counts).toMatchObject({ seen: 6_000, dropped: 6_000 - kept.size, failed: 0 });
    expect(kept.size).toBe(5_000);
  });

  it("have versions that grow, those of a server's carts above all others", () => {
    const versionOf = createVersions();
    const [first, second, third] = [versionOf(10, false), versionOf(10, false), versionOf(9, false)];
    expect(first < second && second < third).toBe(true);
    expect(versionOf(10, true)).toBeGreaterThan(versionOf(Date.UTC(2090, 0), false));
    expect(Number.isSafeInteger(versionOf(Date.UTC(2090, 0), true))).toBe(true);
  });
});
