import { setImmediate as nextTurn } from "node:timers/promises";
import type { CatalogSnapshot, ProductPrices } from "../../catalog/index.ts";
import type { Segment } from "../indexing/segment.ts";

// The index holds what the catalog says of prices. Visitors of another group or website have a column of their own for each segment,
// made when they first ask and let go with the prices themselves: filters, facets and orders read one or the other. 8 bytes a
// product and kind of visitor; a column equal to the index's own is that one.

type Snapshot = Pick<CatalogSnapshot, "get">;

const columnsByPrices = new WeakMap<ProductPrices, WeakMap<Segment, Float64Array>>();
const documentsAPause = 256;
const turnMs = 8;

function columnsOf(prices: ProductPrices): WeakMap<Segment, Float64Array> {
  const known = columnsByPrices.get(prices);
  if (known) return known;
  const made = new WeakMap<Segment, Float64Array>();
  columnsByPrices.set(prices, made);
  return made;
}

/** As the index does it: of a product without a price, the lowest of its variants'. */
function priceOf(sku: string, prices: ProductPrices, snapshot: Snapshot): number {
  const product = snapshot.get(sku);
  if (!product) return Number.NaN;
  const own = prices.finalPriceOf(product);
  if (own) return own.minor;
  let lowest = Number.NaN;
  for (const variant of product.variants) {
    const part = snapshot.get(variant);
    const price = part && prices.finalPriceOf(part);
    if (price && !(price.minor >= lowest)) lowest = price.minor;
  }
  return lowest;
}

function* fill(prices: ProductPrices, snapshot: Snapshot, segment: Segment): Generator<undefined, Float64Array> {
  const column = new Float64Array(segment.size);
  let isOther = false;
  for (let doc = 0; doc < segment.size; doc += 1) {
    const price = priceOf(segment.skus[doc] ?? "", prices, snapshot);
    column[doc] = price;
    isOther ||= !Object.is(price, segment.prices[doc]);
    if (doc % documentsAPause === documentsAPause - 1) yield;
  }
  return isOther ? column : segment.prices;
}

/** Prices by document for one kind of visitor. */
export function priceColumns(prices: ProductPrices, snapshot: Snapshot): (segment: Segment) => Float64Array {
  const columns = columnsOf(prices);
  let last: Segment | undefined;
  let lastColumn: Float64Array = new Float64Array(0);
  return (segment) => {
    // Readers go through one segment after the other and ask at each document.
    if (segment === last) return lastColumn;
    let column = columns.get(segment);
    if (!column) {
      const work = fill(prices, snapshot, segment);
      let step = work.next();
      while (!step.done) step = work.next();
      column = step.value;
      columns.set(segment, column);
    }
    last = segment;
    lastColumn = column;
    return column;
  };
}

/** The same ahead of the first question, in turns between other work. */
export async function prepareColumns(
  prices: ProductPrices,
  snapshot: Snapshot,
  segments: readonly Segment[],
): Promise<void> {
  const columns = columnsOf(prices);
  for (const segment of segments) {
    if (columns.has(segment)) continue;
    const work = fill(prices, snapshot, segment);
    let turnEnd = performance.now() + turnMs;
    let step = work.next();
    while (!step.done) {
      if (performance.now() > turnEnd) {
        await nextTurn();
        turnEnd = performance.now() + turnMs;
      }
      step = work.next();
    }
    columns.set(segment, step.value);
  }
}
