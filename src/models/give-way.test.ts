import { expect, it } from "vitest";
import { createGiveWay } from "./give-way.ts";

/** A shop whose event loop is as busy as told, one look after the other, and then idle. */
function shop(busy: readonly number[]) {
  let time = 0;
  const looks: number[] = [];
  const watch = async (ms: number): Promise<number> => {
    time += ms;
    looks.push(ms);
    return busy[looks.length - 1] ?? 0;
  };
  return {
    looks,
    watch,
    now: () => time,
    work: (ms: number) => {
      time += ms;
    },
  };
}

it("looks once a second of work, and goes on at once where nobody else is busy", async () => {
  const idle = shop([]);
  const giveWay = createGiveWay(new AbortController().signal, idle.watch, idle.now);
  for (let page = 0; page < 40; page += 1) {
    await giveWay();
    idle.work(100);
  }
  expect(idle.looks).toEqual([100, 100, 100, 100]);
});

it("waits while others are busy, and goes on when they have let up", async () => {
  const rush = shop([0.9, 0.7, 0.95, 0.59]);
  const giveWay = createGiveWay(new AbortController().signal, rush.watch, rush.now);
  await giveWay();
  expect(rush.looks).toEqual([100, 1_000, 1_000, 1_000]);
  await giveWay();
  expect(rush.looks).toHaveLength(4);
});

it("rests for twenty minutes of a training at the most, and not at all when it is to end", async () => {
  const always = shop(Array<number>(5_000).fill(1));
  const giveWay = createGiveWay(new AbortController().signal, always.watch, always.now);
  for (let page = 0; page < 3; page += 1) {
    await giveWay();
    always.work(5_000);
  }
  expect(always.looks.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(20 * 60_000 + 1_000);
  const ended = shop([1, 1]);
  await createGiveWay(AbortSignal.abort(), ended.watch, ended.now)();
  expect(ended.looks).toEqual([]);
});
