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

  /** By number of the rule, ascending: one bit for each unit that it discounts. */
  const reachedBy = (units: readonly Discounted[]): readonly (readonly [number, Uint32Array])[] => {
    const reached = new Map<number, Uint32Array>();
    for (const [at, { byRule }] of units.entries())
      for (const [key, minor] of byRule) {
        const rule = minor > 0 ? numberOf(key) : undefined;
        if (rule === undefined) continue;
        const bits = reached.get(rule) ?? new Uint32Array(Math.ceil(units.length / bitsPerWord));
        reached.set(rule, bits);
        bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
      }
    return [...reached].sort((a, b) => a[0] - b[0]);
  };

  return {
    /** Adds one order: what rules take from each of its units. */
    add: (units: readonly Discounted[]): void => {
      const reached = reachedBy(units);
      const words = Math.ceil(units.length / bitsPerWord);
      // Side by side and without calls: five thousand pairs an order are looked at.
      const bits = new Uint32Array(reached.length * words);
      for (const [place, [, own]] of reached.entries()) bits.set(own, place * words);
      const numbered = Uint32Array.from(reached, ([rule]) => rule);
      for (let high = 0; high < numbered.length; high += 1) {
        const row = cellsOf(numbered[high] ?? 0);
        for (let low = 0; low < high; low += 1) {
          let shared = 0;
          for (let word = 0; word < words; word += 1)
            shared |= (bits[high * words + word] ?? 0) & (bits[low * words + word] ?? 0);
          if (shared === 0) continue;
          const cell = row + (numbered[low] ?? 0);
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
