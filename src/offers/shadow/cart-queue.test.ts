import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCartQueue } from "./cart-queue.ts";

type Item = { readonly key: string; readonly n: number };

function counting(limit: number, judge: (item: Item, pause: () => Promise<void>) => Promise<void> = async () => {}) {
  const seen: Record<"judged" | "dropped" | "superseded", Item[]> = { judged: [], dropped: [], superseded: [] };
  const queue = createCartQueue<Item>({
    limit,
    onDrop: (item) => seen.dropped.push(item),
    onSupersede: (item) => seen.superseded.push(item),
    judge: async (item, pause) => {
      await judge(item, pause);
      seen.judged.push(item);
    },
  });
  return { seen, queue };
}

describe("the queue of carts", () => {
  it("judges nothing before whoever hands over goes on", async () => {
    const { queue, seen } = counting(2);
    queue.add("a", { key: "a", n: 1 });
    await Promise.resolve();
    expect(seen.judged).toEqual([]);
    await queue.settled();
    expect(seen.judged).toHaveLength(1);
  });

  it("judges, supersedes or drops whatever comes, and of each cart that waits the newest state", async () => {
    const keys = fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(keys, fc.integer({ min: 1, max: 4 }), async (came, limit) => {
        const { queue, seen } = counting(limit);
        const items = came.map((key, n) => ({ key, n }));
        const [waiting, dropped]: [Map<string, Item>, Item[]] = [new Map(), []];
        for (const item of items) {
          queue.add(item.key, item);
          if (waiting.has(item.key) || waiting.size < limit) waiting.set(item.key, item);
          else dropped.push(item);
        }
        await queue.settled();
        expect(seen.judged).toEqual([...waiting.values()]);
        expect(seen.dropped).toEqual(dropped);
        expect(seen.superseded).toHaveLength(items.length - waiting.size - dropped.length);
      }),
      { numRuns: 60 },
    );
  });

  it("lets others go between turns", async () => {
    let others = 0;
    const busy = async (_: Item, pause: () => Promise<void>) => {
      const end = performance.now() + 6;
      while (performance.now() < end);
      await pause();
    };
    const { queue, seen } = counting(10, busy);
    const beside = setInterval(() => {
      others += 1;
    }, 1);
    for (let n = 0; n < 4; n += 1) queue.add(String(n), { key: String(n), n });
    await queue.settled();
    clearInterval(beside);
    expect(seen.judged).toHaveLength(4);
    expect(others).toBeGreaterThan(0);
  });

  it("drops what waits when it is closed, and what comes after", async () => {
    const { queue, seen } = counting(10);
    for (let n = 0; n < 3; n += 1) queue.add(String(n), { key: String(n), n });
    await queue.close();
    queue.add("late", { key: "late", n: 9 });
    expect(seen.dropped.map(({ n }) => n)).toEqual([0, 1, 2, 9]);
    expect(seen.judged).toEqual([]);
  });
});
