import type { LearnJob } from "./learn-personal.ts";
import type { ItemNumbers } from "./learners/index.ts";
import type { Interests, PastBaskets } from "./store-people.clickhouse.ts";

/**
 * Turns what people did into numbers, page by page.
 *
 * @param parentOf a variant counts as its product
 */
export function createPeopleTable(parentOf: (sku: string) => string) {
  const numbers = new Map<string, number>();
  const interests = { starts: [0], items: [] as number[], values: [] as number[] };
  const orders = { people: [0], baskets: [0], items: [] as number[] };
  const numberOf = (sku: string): number => {
    const name = parentOf(sku);
    const known = numbers.get(name) ?? numbers.size;
    if (known === numbers.size) numbers.set(name, known);
    return known;
  };

  return {
    /** Products of all people so far; bounds the memory. */
    size: (): number => interests.items.length + orders.items.length,
    /** People with baskets. */
    buyers: (): number => orders.people.length - 1,
    addInterests: (page: readonly Interests[]): void => {
      for (const { items, weights } of page) {
        const sums = new Map<number, number>();
        for (const [at, sku] of items.entries()) {
          const item = numberOf(sku);
          sums.set(item, (sums.get(item) ?? 0) + (weights[at] ?? 0));
        }
        for (const [item, sum] of sums) {
          interests.items.push(item);
          interests.values.push(Math.log1p(sum));
        }
        interests.starts.push(interests.items.length);
      }
    },
    addBaskets: (page: readonly PastBaskets[]): void => {
      for (const baskets of page) {
        for (const basket of baskets) {
          for (const item of new Set(basket.map(numberOf))) orders.items.push(item);
          orders.baskets.push(orders.items.length);
        }
        orders.people.push(orders.baskets.length - 1);
      }
    },
    job: (): LearnJob => ({
      interests: {
        itemCount: numbers.size,
        starts: Int32Array.from(interests.starts),
        items: Int32Array.from(interests.items),
        values: Float32Array.from(interests.values),
      },
      baskets: {
        people: Int32Array.from(orders.people),
        baskets: Int32Array.from(orders.baskets),
        items: Int32Array.from(orders.items),
      },
    }),
    numbers: (): ItemNumbers => ({ names: [...numbers.keys()], of: (name) => numbers.get(name) ?? -1 }),
  };
}
