import { setImmediate as nextTurn } from "node:timers/promises";

/** One turn of work between others, in milliseconds. */
const turnMs = 8;

/** Work in the background calls it after every piece: now and then it lets others run, after 8 ms of work. */
export function createTurn(): () => Promise<void> {
  let end = performance.now() + turnMs;
  return async () => {
    if (performance.now() < end) return;
    await nextTurn();
    end = performance.now() + turnMs;
  };
}
