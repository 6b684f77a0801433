// Samples of pairs, the same on every run: estimation must not depend on chance.

/** Pairs of records `a[i]`, `b[i]`. */
export type PairSample = {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  /** Pairs there were for each pair in the sample. */
  readonly factor: number;
};

/** A level that one pair in 10,000 strangers has is seen 10 times: more pairs change weights by less than half a bit. */
const sampleSize = 100_000;
const seed = 0x2545f491;

/** Marsaglia's xorshift, 32 bit. */
function createRandom(start: number): () => number {
  let state = start;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Pairs of any two of so many records; all of them when they are few. */
export function randomPairs(records: number): PairSample {
  const pairs = (records * (records - 1)) / 2;
  const size = Math.min(pairs, sampleSize);
  const a = new Uint32Array(size);
  const b = new Uint32Array(size);
  let used = 0;
  if (pairs <= sampleSize) {
    for (let i = 0; i < records; i += 1)
      for (let j = i + 1; j < records; j += 1) {
        a[used] = i;
        b[used] = j;
        used += 1;
      }
    return { a, b, factor: 1 };
  }
  const random = createRandom(seed);
  while (used < size) {
    const x = Math.floor(random() * records);
    const y = Math.floor(random() * records);
    if (x === y) continue;
    a[used] = x;
    b[used] = y;
    used += 1;
  }
  return { a, b, factor: pairs / size };
}

/** A fair sample of bounded size of pairs that come one by one (reservoir, Vitter 1985). */
export function createReservoir() {
  const a = new Uint32Array(sampleSize);
  const b = new Uint32Array(sampleSize);
  const random = createRandom(seed);
  let seen = 0;
  return {
    add: (x: number, y: number): void => {
      const at = seen < sampleSize ? seen : Math.floor(random() * (seen + 1));
      seen += 1;
      if (at >= sampleSize) return;
      a[at] = x;
      b[at] = y;
    },
    sample: (): PairSample => {
      const size = Math.min(seen, sampleSize);
      return { a: a.subarray(0, size), b: b.subarray(0, size), factor: seen / Math.max(1, size) };
    },
    seen: (): number => seen,
  };
}
