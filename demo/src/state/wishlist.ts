import type { Tracking } from "../personalisation/tracking.ts";
import type { Card } from "../types.ts";
import { keep, readKept } from "./kept.ts";
import { createValue, type Value } from "./value.ts";

const key = "luma.wishlist";

export type Wishlist = {
  readonly skus: Value<readonly string[]>;
  toggle(card: Pick<Card, "sku" | "name" | "price">): void;
  /** Replaces the list without telling Clientele: after a sign-in or a sign-out. */
  replace(skus: readonly string[]): void;
};

function readSkus(): readonly string[] {
  const kept = readKept(key);
  return Array.isArray(kept) ? kept.filter((sku): sku is string => typeof sku === "string") : [];
}

export function createWishlist(tracking: Tracking, onChange: () => void): Wishlist {
  const skus = createValue(readSkus());
  const write = (next: readonly string[]): void => {
    skus.set(next);
    keep(key, next);
  };
  return {
    skus,
    replace: write,
    toggle: (card) => {
      const isKept = skus.get().includes(card.sku);
      write(isKept ? skus.get().filter((sku) => sku !== card.sku) : [card.sku, ...skus.get()]);
      onChange();
      if (isKept) tracking.removeFromWishlist(card);
      else tracking.addToWishlist(card);
    },
  };
}
