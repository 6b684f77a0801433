/** What a unit can show. `viewed-also-viewed`, `bought-together`, `viewed-then-bought` and `more-like-this` need a product to start from. */
export const strategies = [
  "recommended-for-you",
  "recently-viewed",
  "viewed-also-viewed",
  "viewed-then-bought",
  "bought-together",
  "more-like-this",
  "most-viewed",
  "most-purchased",
  "most-added-to-cart",
  "trending",
  "view-to-cart-rate",
  "view-to-purchase-rate",
  "new-arrivals",
] as const;

export type Strategy = (typeof strategies)[number];

// Type ids of Adobe's recommendation units, and the name of the next-item model.
const aliases: ReadonlyMap<string, Strategy> = new Map([
  ["just-for-you", "recommended-for-you"],
  ["next", "recommended-for-you"],
  ["viewed-viewed", "viewed-also-viewed"],
  ["viewed-bought", "viewed-then-bought"],
  ["bought-bought", "bought-together"],
  ["bought-also-bought", "bought-together"],
  ["add-to-cart-conversion-rate", "view-to-cart-rate"],
  ["purchase-session-conversion-rate", "view-to-purchase-rate"],
]);

/** @returns the strategy of a name or of a foreign type id, undefined for an unknown one */
export function toStrategy(name: string): Strategy | undefined {
  return strategies.find((strategy) => strategy === name) ?? aliases.get(name);
}

/** One reason in words a shopper may read, with a code that does not change. */
export type Reason = { readonly code: string; readonly text: string };
