/** Small numbers for SKUs, so that what is known of products lies in typed arrays. Numbers of products that went are given out again. */
export type ProductNumbers = {
  readonly of: (sku: string) => number | undefined;
  /** The number of a SKU; made when new. */
  readonly take: (sku: string) => number;
  readonly drop: (sku: string) => void;
  /** One more than the highest number so far. */
  readonly end: () => number;
};

export function createProductNumbers(): ProductNumbers {
  const numberBySku = new Map<string, number>();
  const free: number[] = [];
  let end = 0;
  return {
    of: (sku) => numberBySku.get(sku),
    take: (sku) => {
      const known = numberBySku.get(sku);
      if (known !== undefined) return known;
      const number = free.pop() ?? end++;
      numberBySku.set(sku, number);
      return number;
    },
    drop: (sku) => {
      const known = numberBySku.get(sku);
      if (known === undefined) return;
      numberBySku.delete(sku);
      free.push(known);
    },
    end: () => end,
  };
}
