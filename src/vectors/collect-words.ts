// Words of many products as numbers: what a worker thread is given to learn from.
import type { WeightedWords } from "../search/index.ts";

/** Words of products, one row a product, before any is left out. */
export type WordTable = {
  readonly words: readonly string[];
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly weights: Float32Array;
};

const maxWordsOfProduct = 300;

/** Numbers one behind the other, in memory that grows as needed. */
function createRun<Numbers extends Uint32Array | Float32Array>(make: (size: number) => Numbers) {
  let numbers = make(1_024);
  let count = 0;
  return {
    push: (value: number): void => {
      if (count === numbers.length) {
        const wider = make(count * 2);
        wider.set(numbers);
        numbers = wider;
      }
      numbers[count] = value;
      count += 1;
    },
    size: () => count,
    take: () => numbers.slice(0, count),
  };
}

export function createWordTable() {
  const numberOf = new Map<string, number>();
  const starts = createRun((size) => new Uint32Array(size));
  const columns = createRun((size) => new Uint32Array(size));
  const weights = createRun((size) => new Float32Array(size));
  starts.push(0);
  return {
    add: (words: WeightedWords): void => {
      let left = maxWordsOfProduct;
      for (const [word, weight] of words) {
        if (left === 0) break;
        left -= 1;
        let number = numberOf.get(word);
        if (number === undefined) {
          number = numberOf.size;
          numberOf.set(word, number);
        }
        columns.push(number);
        weights.push(weight);
      }
      starts.push(columns.size());
    },
    take: (): WordTable => ({
      words: [...numberOf.keys()],
      starts: starts.take() as Uint32Array, // as it was made above
      columns: columns.take() as Uint32Array,
      weights: weights.take() as Float32Array,
    }),
  };
}
