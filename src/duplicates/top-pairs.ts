/** Keeps the most probable of any number of pairs; never holds more than twice as many as it returns. */
export function createTopPairs(minProbability: number, maxPairs: number) {
  type Pair = readonly [a: number, b: number, probability: number];
  let kept = new Map<string, Pair>();
  let floor = minProbability;
  let truncated = false;
  const best = (): readonly Pair[] =>
    [...kept.values()].sort((x, y) => y[2] - x[2] || x[0] - y[0] || x[1] - y[1]).slice(0, maxPairs);
  return {
    add: (a: number, b: number, probability: number): void => {
      if (probability < floor) return;
      kept.set(`${a} ${b}`, [a, b, probability]);
      if (kept.size < 2 * maxPairs) return;
      const pairs = best();
      kept = new Map(pairs.map((pair) => [`${pair[0]} ${pair[1]}`, pair]));
      floor = pairs.at(-1)?.[2] ?? floor;
      truncated = true;
    },
    /** Most probable first, each pair once. */
    pairs: best,
    isTruncated: (): boolean => truncated || kept.size > maxPairs,
  };
}
