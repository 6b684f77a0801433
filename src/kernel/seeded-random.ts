/** Numbers in [0, 1) that follow from a seed alone (mulberry32): a training that is repeated gives the same model. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A draw from the standard normal distribution (Box–Muller). */
export function drawNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** `count` different numbers below `total` in ascending order, each such choice as likely as any other; all of them when there are no more. */
export function sampleIndexes(total: number, count: number, random: () => number): Int32Array {
  if (count >= total) return Int32Array.from({ length: total }, (_, at) => at);
  const drawn = new Int32Array(count);
  let found = 0;
  // Selection sampling (Knuth, algorithm S): one pass in order, where drawing from a heap of millions would wait for the memory.
  for (let at = 0; found < count; at += 1)
    if (random() * (total - at) < count - found) {
      drawn[found] = at;
      found += 1;
    }
  return drawn;
}
