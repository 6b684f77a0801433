/** A stream of random numbers that is fixed by what it was made from. */
export type Random = {
  /** The next number, `[0, 1)`. */
  readonly next: () => number;
  /** True with probability `ratio`. */
  readonly chance: (ratio: number) => boolean;
  /** A number in `[from, to)`. */
  readonly between: (from: number, to: number) => number;
  /** A whole number from `from` to `to`, both included. */
  readonly whole: (from: number, to: number) => number;
  /** An index by weight; weights are not negative, the last index when all are 0. */
  readonly index: (weights: readonly number[]) => number;
  /** @throws {RangeError} for an empty list */
  readonly pick: <T>(list: readonly T[]) => T;
  /** Standard normal. */
  readonly normal: () => number;
  /** How often something happens that happens `mean` times on average. */
  readonly poisson: (mean: number) => number;
};

/** FNV-1a over UTF-16 units, 32 bits: only spreads the parts of a name, nobody attacks a simulation. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

/**
 * sfc32 by Chris Doty-Humphrey (PractRand, public domain), seeded by a hash of the parts: 128 bits of state, passes
 * PractRand, and the same parts give the same stream on every machine. Streams of different parts are independent, so
 * what one shopper does never shifts what another one does.
 *
 * @param parts e.g. the seed, what the stream is for, the number of the shopper
 */
export function createRandom(...parts: readonly (string | number)[]): Random {
  const name = parts.join("|");
  let a = hash(name);
  let b = hash(`${name}|b`);
  let c = hash(`${name}|c`);
  let counter = 1;

  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  // The state is hardly mixed before twelve rounds.
  for (let round = 0; round < 12; round += 1) next();

  const between = (from: number, to: number): number => from + (to - from) * next();
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));

  return {
    next,
    between,
    whole,
    chance: (ratio) => next() < ratio,
    index: (weights) => {
      let point = next() * weights.reduce((sum, weight) => sum + weight, 0);
      for (let at = 0; at < weights.length - 1; at += 1) {
        point -= weights[at] ?? 0;
        if (point < 0) return at;
      }
      return weights.length - 1;
    },
    pick: (list) => {
      const chosen = list[whole(0, list.length - 1)];
      if (chosen === undefined) throw new RangeError("nothing to pick from");
      return chosen;
    },
    // Box and Muller; 1 - u keeps the logarithm finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    // Knuth's product method: means here stay below 5.
    poisson: (mean) => {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = next(); product > limit; product *= next()) count += 1;
      return count;
    },
  };
}
