// What persons have taken of limits for each of them, as decisions read it: from memory, at most a second old. It only spares the
// database a question whose answer is known; what is taken, the database decides.
import type { Clock } from "../../kernel/index.ts";
import type { PersonStockStore } from "./store-person-stock.ts";
import type { Stock, StockKey } from "./store-stocks.ts";

type Entry = { readonly loadedAt: number; readonly taken: Map<string, number> };

const capacity = 50_000;
const maxAgeMs = 1_000;

const keyOf = ({ offerId, cap, placement, periodStart }: StockKey): string =>
  `${offerId} ${cap} ${periodStart} ${placement}`;

export function createPersonStocks({ store, clock }: { readonly store: PersonStockStore; readonly clock: Clock }) {
  let entries = new Map<string, Entry>();
  const isFresh = (entry: Entry | undefined): boolean => entry !== undefined && clock.now() - entry.loadedAt < maxAgeMs;

  return {
    /** Reads what persons have taken, where it is not known or too old: one query at most. */
    load: async (persons: readonly string[]): Promise<void> => {
      const asked = persons.filter((person) => !isFresh(entries.get(person)));
      if (asked.length === 0) return;
      const loadedAt = clock.now();
      const found = await store.of(asked);
      for (const person of asked) {
        entries.delete(person);
        entries.set(person, { loadedAt, taken: new Map() });
      }
      for (const stock of found) entries.get(stock.person)?.taken.set(keyOf(stock), stock.taken);
      // A Map keeps the order of insertion.
      for (const oldest of entries.keys()) {
        if (entries.size <= capacity) break;
        entries.delete(oldest);
      }
    },
    /** Pieces that persons have taken together; 0 where nothing is known. */
    takenBy: (persons: readonly string[], key: StockKey): number => {
      let sum = 0;
      for (const person of persons) sum += entries.get(person)?.taken.get(keyOf(key)) ?? 0;
      return sum;
    },
    /** What this process has just learned. */
    note: (stock: Stock): void => void entries.get(stock.person)?.taken.set(keyOf(stock), stock.taken),
    forget: (persons: readonly string[]): void => {
      for (const person of persons) entries.delete(person);
    },
    /** Others may have taken or freed something: everybody is read anew. */
    clear: (): void => {
      entries = new Map();
    },
  };
}

export type PersonStocks = ReturnType<typeof createPersonStocks>;
