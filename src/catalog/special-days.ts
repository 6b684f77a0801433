import type { Money } from "../kernel/index.ts";
import { parseLocalDate } from "../kernel/rules/index.ts";
import { withRequiredOptions } from "./custom-options.ts";
import type { CatalogProduct, LocalDays } from "./product.ts";

/**
 * Whether a special price holds on a local day; both bounds are inclusive.
 *
 * @param day days since 1970-01-01
 */
export function isSpecialOn(days: LocalDays | undefined, day: number): boolean {
  if (!days) return true;
  const [from, to] = [parseLocalDate(days.from), parseLocalDate(days.to)];
  return (from === undefined || day >= from) && (to === undefined || day <= to);
}

type OwnPrices = Pick<CatalogProduct, "price" | "specialPrice" | "specialDays" | "customOptions">;

/** What a shopper of no special group pays on a day: the lower of price and special price, with the required options. */
export function priceOnDay(product: OwnPrices, day: number): Money | null {
  return withRequiredOptions(product, lowestOnDay(product, day));
}

function lowestOnDay({ price, specialPrice, specialDays }: OwnPrices, day: number): Money | null {
  const special = specialPrice && isSpecialOn(specialDays, day) ? specialPrice : null;
  if (price === null || special === null) return price ?? special;
  return special.currency === price.currency && special.minor < price.minor ? special : price;
}

/** Products whose special price has days, and what each costs today. */
export function createSpecialDays(firstDay: number) {
  let day = firstDay;
  const products = new Map<string, CatalogProduct>();
  const today = (product: CatalogProduct): CatalogProduct => ({ ...product, finalPrice: priceOnDay(product, day) });
  return {
    /** Products as they are today; those with days are remembered. */
    take: (upserted: readonly CatalogProduct[], deleted: readonly string[] = []): readonly CatalogProduct[] => {
      for (const sku of deleted) products.delete(sku);
      return upserted.map((product) => {
        if (!product.specialDays || !product.specialPrice) {
          products.delete(product.sku);
          return product;
        }
        products.set(product.sku, product);
        return today(product);
      });
    },
    /** @returns the products that cost something else than on the day before */
    turnTo: (next: number): readonly CatalogProduct[] => {
      if (next === day) return [];
      const before = day;
      day = next;
      return [...products.values()]
        .filter((product) => priceOnDay(product, before)?.minor !== priceOnDay(product, next)?.minor)
        .map(today);
    },
  };
}
