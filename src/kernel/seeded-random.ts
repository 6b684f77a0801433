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

/** `count` different numbers below `total` in ascending order; all of them when there are no more. */
export function sampleIndexes(total: number, count: number, random: () => number): Int32Array {
  const all = new Int32Array(total);
  for (let at = 0; at < total; at += 1) all[at] = at;
  if (count >= total) return all;
  for (let at = 0; at < count; at += 1) {
    const other = at + Math.floor(random() * (total - at));
    const kept = all[at] ?? 0;
    all[at] = all[other] ?? 0;
    all[other] = kept;
  }
  // Marked and collected: in order without sorting.
  const isDrawn = new Uint8Array(total);
  for (let at = 0; at < count; at += 1) isDrawn[all[at] ?? 0] = 1;
  let found = 0;
  const drawn = new Int32Array(count);
  for (let index = 0; index < total; index += 1)
    if (isDrawn[index] === 1) {
      drawn[found] = index;
      found += 1;
    }
  return drawn;
}
