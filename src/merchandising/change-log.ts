const maxLength = 20_000;
const none: readonly string[] = [];

/** SKUs that changed, in order, for followers that catch up when they are asked; the oldest are forgotten. */
export function createChangeLog() {
  let skus: string[] = [];
  let start = 0;
  return {
    note: (changed: readonly string[]): void => {
      for (const sku of changed) skus.push(sku);
      if (skus.length <= 2 * maxLength) return;
      const dropped = skus.length - maxLength;
      skus = skus.slice(dropped);
      start += dropped;
    },
    /** Place behind the last one. */
    end: (): number => start + skus.length,
    /** Each once; undefined when some of them are forgotten. */
    since: (place: number): readonly string[] | undefined => {
      if (place < start) return undefined;
      return place === start + skus.length ? none : [...new Set(skus.slice(place - start))];
    },
  };
}
