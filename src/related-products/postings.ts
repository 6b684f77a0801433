// What the index knows of one attribute: which products have a value, and the number of each.
import type { CatalogProduct, ProductPrices } from "../catalog/index.ts";
import { toAmount, toDouble, valueKeys } from "../kernel/rules/index.ts";
import { addBits, type Bits, clearBit, createBits, setBit, visitBits } from "./bits.ts";
import { productValue } from "./product-value.ts";

/** Products of one value: their numbers, or a bit each where they are many. */
type Posting = { size: number; numbers: number[]; bits: Bits | undefined };

export type ValuePostings = {
  /** Of how many products a key is a value. */
  readonly sizeOf: (key: string) => number;
  /** Puts the products with the key into a set. */
  readonly addTo: (bits: Bits, key: string) => void;
  /** Changes what is known of one product; null = it is not shown. */
  readonly change: (at: number, before: CatalogProduct | null, after: CatalogProduct | null) => void;
};

const none: readonly string[] = [];

export function createValuePostings(key: string, capacity: number): ValuePostings {
  const byKey = new Map<string, Posting>();
  // A number takes as much room as 32 to 64 bits.
  const manyFrom = Math.max(64, capacity >>> 5);

  const add = (value: string, at: number): void => {
    let posting = byKey.get(value);
    if (!posting) {
      posting = { size: 0, numbers: [], bits: undefined };
      byKey.set(value, posting);
    }
    posting.size += 1;
    if (posting.bits) setBit(posting.bits, at);
    else posting.numbers.push(at);
    if (posting.bits || posting.size < manyFrom) return;
    posting.bits = createBits(capacity);
    for (const each of posting.numbers) setBit(posting.bits, each);
    posting.numbers = [];
  };
  const remove = (value: string, at: number): void => {
    const posting = byKey.get(value);
    if (!posting) return;
    posting.size -= 1;
    if (posting.bits) clearBit(posting.bits, at);
    else posting.numbers.splice(posting.numbers.indexOf(at), 1);
    if (posting.size === 0) byKey.delete(value);
  };
  const keysOf = (product: CatalogProduct | null): readonly string[] => {
    if (product === null) return none;
    const keys = valueKeys(productValue(product, key));
    return keys.length > 1 ? [...new Set(keys)] : keys;
  };

  return {
    sizeOf: (value) => byKey.get(value)?.size ?? 0,
    addTo: (bits, value) => {
      const posting = byKey.get(value);
      if (posting?.bits) addBits(bits, posting.bits);
      else for (const at of posting?.numbers ?? []) setBit(bits, at);
    },
    change: (at, before, after) => {
      const [old, next] = [keysOf(before), keysOf(after)];
      for (const value of old) if (!next.includes(value)) remove(value, at);
      for (const value of next) if (!old.includes(value)) add(value, at);
    },
  };
}

export type NumberColumn = {
  /** Currency of the amounts; empty for plain numbers, undefined when there are several. */
  readonly currency: () => string | undefined;
  /** Takes out of a set what has no number from low to high, both included. */
  readonly narrow: (bits: Bits, low: number, high: number) => void;
  readonly change: (at: number, before: CatalogProduct | null, after: CatalogProduct | null) => void;
};

/**
 * The number or amount of each product; money in minor units.
 *
 * @param prices what products cost a visitor, in place of the value at `key`
 */
export function createNumberColumn(key: string, capacity: number, prices?: ProductPrices): NumberColumn {
  const values = new Float64Array(capacity).fill(Number.NaN);
  const currencies = new Map<string, number>();
  const read = (product: CatalogProduct | null): { readonly value: number; readonly currency: string } | undefined => {
    const stored = product === null ? undefined : prices ? prices.finalPriceOf(product) : productValue(product, key);
    const amount = toAmount(stored);
    const value = toDouble(amount ? amount.minor : stored);
    return value === undefined ? undefined : { value, currency: amount?.currency ?? "" };
  };
  const count = (currency: string, more: number): void => {
    const total = (currencies.get(currency) ?? 0) + more;
    if (total === 0) currencies.delete(currency);
    else currencies.set(currency, total);
  };
  return {
    currency: () => {
      const [first, second] = currencies.keys();
      return second === undefined ? (first ?? "") : undefined;
    },
    narrow: (bits, low, high) =>
      visitBits(bits, (at) => {
        const value = values[at] ?? Number.NaN;
        // Not a number is in no range.
        if (!(value >= low && value <= high)) clearBit(bits, at);
        return true;
      }),
    change: (at, before, after) => {
      const [old, next] = [read(before), read(after)];
      if (old) count(old.currency, -1);
      if (next) count(next.currency, 1);
      values[at] = next?.value ?? Number.NaN;
    },
  };
}
