import fc from "fast-check";
import { expect, it } from "vitest";
import { createGroupCommit } from "./group-commit.ts";

it("decides every item by exactly one commit, in order, and a failed commit rejects its own items only", async () => {
  const item = fc.record({ size: fc.integer({ min: 0, max: 12 }), turnsBefore: fc.integer({ min: 0, max: 3 }) });
  const failures = fc.array(fc.boolean(), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 40 }), failures, async (items, failing) => {
      const groups: { ids: readonly number[]; failed: boolean }[] = [];
      let running = 0;
      const sizes = items.map(({ size }) => size);
      const { submit, backlog, drained } = createGroupCommit<number>(async (ids) => {
        running += 1;
        expect(running).toBe(1);
        const failed = failing[groups.length] === true;
        groups.push({ ids, failed });
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        if (failed) throw new Error(`commit ${groups.length - 1}`);
      }, 10);
      const outcomes: Promise<"stored" | "refused">[] = [];
      for (const [id, { size, turnsBefore }] of items.entries()) {
        for (let turn = 0; turn < turnsBefore; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        outcomes.push(
          submit(id, size).then(
            () => "stored" as const,
            () => "refused" as const,
          ),
        );
      }
      await drained();
      const decided = await Promise.all(outcomes);
      expect(groups.flatMap(({ ids }) => ids)).toEqual(items.map((_, id) => id));
      for (const { ids, failed } of groups) {
        for (const id of ids) expect(decided[id]).toBe(failed ? "refused" : "stored");
        const size = ids.reduce((sum, id) => sum + (sizes[id] ?? 0), 0);
        expect(ids.length === 1 || size <= 10).toBe(true);
      }
      expect(backlog()).toBe(0);
    }),
    { numRuns: 200 },
  );
});

it("commits what arrives in one turn together, and what arrives during a commit together after it", async () => {
  const groups: (readonly string[])[] = [];
  let release: () => void = () => undefined;
  const { submit, backlog } = createGroupCommit<string>(async (items) => {
    groups.push(items);
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  }, 100);
  const first = Promise.all([submit("a", 1), submit("b", 2)]);
  await Promise.resolve();
  const second = Promise.all([submit("c", 3), submit("d", 4)]);
  expect(groups).toEqual([["a", "b"]]);
  expect(backlog()).toBe(10);
  release();
  await first;
  await expect
    .poll(() => groups)
    .toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
  expect(backlog()).toBe(7);
  release();
  await second;
  expect(backlog()).toBe(0);
});
