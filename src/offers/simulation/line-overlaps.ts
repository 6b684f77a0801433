// Which rules discount the same lines, and in how many orders. A hundred rules on a line are five thousand pairs an order, so that
// pairs are counted in a triangle of integers, not by name.

/** The triangle of so many rules takes 8 MB. */
const mostRules = 2_000;
const firstRules = 64;
const bitsPerWord = 32;

export type LineOverlap = { readonly rules: readonly [string, string]; readonly orders: number };

type Discounted = { readonly byRule: readonly (readonly [string, number])[] };

const cellsOf = (rules: number): number => (rules * (rules - 1)) / 2;

export function createLineOverlaps() {
  const numbers = new Map<string, number>();
  let counts = new Uint32Array(cellsOf(firstRules));

  const numberOf = (key: string): number | undefined => {
    const known = numbers.get(key);
    if (known !== undefined || numbers.size >= mostRules) return known;
    const number = numbers.size;
    numbers.set(key, number);
    const needed = cellsOf(numbers.size);
    if (needed > counts.length) {
      const larger = new Uint32Array(Math.min(needed * 4, cellsOf(mostRules)));
      larger.set(counts);
      counts = larger;
    }
    return number;
  };

  return {
    /** Adds one order: what rules take from each of its units. */
    add: (units: readonly Discounted[]): void => {
      const words = Math.ceil(units.length / bitsPerWord);
      // By number of the rule: one bit for each unit that it discounts.
      const reached = new Map<number, Uint32Array>();
      for (const [at, { byRule }] of units.entries())
        for (const [key, minor] of byRule) {
          const rule = minor > 0 ? numberOf(key) : undefined;
          if (rule === undefined) continue;
          const bits = reached.get(rule) ?? new Uint32Array(words);
          reached.set(rule, bits);
          bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
        }
      const rules = [...reached].sort((a, b) => a[0] - b[0]);
      for (const [place, [high, ofHigh]] of rules.entries())
        for (let before = 0; before < place; before += 1) {
          const [low, ofLow] = rules[before] ?? [0, ofHigh];
          if (ofHigh.some((word, at) => (word & (ofLow[at] ?? 0)) !== 0)) {
            const cell = cellsOf(high) + low;
            counts[cell] = (counts[cell] ?? 0) + 1;
          }
        }
    },
    /** Pairs that meet most often, keys of each in order. */
    most: (limit: number): readonly LineOverlap[] => {
      const keys = [...numbers.keys()];
      const found: LineOverlap[] = [];
      for (const [high, a] of keys.entries())
        for (const [low, b] of keys.slice(0, high).entries()) {
          const orders = counts[cellsOf(high) + low] ?? 0;
          if (orders > 0) found.push({ rules: a < b ? [a, b] : [b, a], orders });
        }
      return found.sort((a, b) => b.orders - a.orders || (a.rules.join() < b.rules.join() ? -1 : 1)).slice(0, limit);
    },
  };
}
