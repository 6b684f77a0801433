import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * Long work calls it after every piece: now and then it lets others run.
 *
 * @param turnMs one turn of work between others
 */
export function createTurn(turnMs = 8): () => Promise<void> {
  let end = performance.now() + turnMs;
  return async () => {
    if (performance.now() < end) return;
    await nextTurn();
    end = performance.now() + turnMs;
  };
}
