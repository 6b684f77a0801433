// Training and scoring give way to shoppers: while the event loop is busy with requests, their next page waits.
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

const lookEveryMs = 1_000;
const lookMs = 100;
const longerLookMs = 1_000;
const busyFrom = 0.6;
/** A shop that is busy all day must get its models all the same. */
const longestRestMs = 20 * 60_000;

/** Does nothing for so long. @returns 0 to 1, how busy the event loop was meanwhile */
async function watchLoop(ms: number): Promise<number> {
  const before = performance.eventLoopUtilization();
  await pause(ms);
  return performance.eventLoopUtilization(before).utilization;
}

/**
 * @param watch rests for some milliseconds and tells how busy others were meanwhile, 0 to 1
 * @returns to be called between two pages: looks once a second, and returns when others have let up, after 20 minutes in all, or when
 *   the work is to end
 */
export function createGiveWay(
  signal: AbortSignal,
  watch: (ms: number) => Promise<number> = watchLoop,
  now: () => number = performance.now.bind(performance),
): () => Promise<void> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let restedMs = 0;
  return async () => {
    if (now() - lookedAt < lookEveryMs) return;
    let ms = lookMs;
    while (restedMs < longestRestMs && !signal.aborted && (await watch(ms)) >= busyFrom) {
      restedMs += ms;
      ms = longerLookMs;
    }
    lookedAt = now();
  };
}
