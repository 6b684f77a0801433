/** What a unit can show; `strategyFacts` says how each behaves. */
export const strategies = [
  "recommended-for-you",
  "next",
  "recently-viewed",
  "viewed-also-viewed",
  "viewed-then-bought",
  "bought-together",
  "frequently-bought-together",
  "more-like-this",
  "visual-similarity",
  "substitutes",
  "complete-the-look",
  "most-viewed",
  "most-purchased",
  "most-added-to-cart",
  "trending",
  "view-to-cart-rate",
  "view-to-purchase-rate",
  "new-arrivals",
  "buy-again",
  "next-basket",
  "replenishment",
  "price-drop",
  "back-in-stock",
] as const;

export type Strategy = (typeof strategies)[number];

// Type ids and signals of Adobe's recommendation units, and words that others use.
const aliases: ReadonlyMap<string, Strategy> = new Map([
  ["just-for-you", "recommended-for-you"],
  ["viewed-viewed", "viewed-also-viewed"],
  ["viewed-bought", "viewed-then-bought"],
  ["bought-bought", "bought-together"],
  ["bought-also-bought", "bought-together"],
  ["add-to-cart-conversion-rate", "view-to-cart-rate"],
  ["purchase-session-conversion-rate", "view-to-purchase-rate"],
  ["next-item", "next"],
  ["visually-similar", "visual-similarity"],
  ["similar", "more-like-this"],
  ["alternatives", "substitutes"],
]);

/** @returns the strategy of a name, of a foreign type id or of a REST signal (`viewed_viewed`), undefined for an unknown one */
export function toStrategy(name: string): Strategy | undefined {
  const plain = name.replaceAll("_", "-");
  return strategies.find((strategy) => strategy === plain) ?? aliases.get(plain);
}

const adobeTypeIds: Readonly<Partial<Record<Strategy, string>>> = {
  "recommended-for-you": "just-for-you",
  "viewed-also-viewed": "viewed-viewed",
  "viewed-then-bought": "viewed-bought",
  "bought-together": "bought-bought",
  "view-to-cart-rate": "add-to-cart-conversion-rate",
  "view-to-purchase-rate": "purchase-session-conversion-rate",
};

/** The `typeId` by which Adobe's clients know a strategy; one that Adobe does not have keeps its name. */
export function typeIdOf(strategy: Strategy): string {
  return adobeTypeIds[strategy] ?? strategy;
}

export type StrategyFacts = {
  /** Starts from products: the one of the page, the lines of the cart, those of the order. */
  readonly needsItem: boolean;
  /** About what is popular: on a category page it stays in that category. */
  readonly isPopular: boolean;
  /** Others may fill the places it leaves open. Lists that promise something of each product must not be filled with anything else. */
  readonly isFillable: boolean;
  /** Shows what the shopper bought, whatever the unit says. */
  readonly keepsPurchased: boolean;
};

const plain: StrategyFacts = { needsItem: false, isPopular: false, isFillable: true, keepsPurchased: false };
const popular: StrategyFacts = { ...plain, isPopular: true };
const fromItem: StrategyFacts = { ...plain, needsItem: true };
const promise: StrategyFacts = { ...plain, isFillable: false };
const again: StrategyFacts = { ...promise, keepsPurchased: true };

export const strategyFacts: Readonly<Record<Strategy, StrategyFacts>> = {
  "recommended-for-you": plain,
  next: plain,
  "recently-viewed": promise,
  "viewed-also-viewed": fromItem,
  "viewed-then-bought": fromItem,
  "bought-together": fromItem,
  "frequently-bought-together": { ...fromItem, isFillable: false },
  "more-like-this": fromItem,
  "visual-similarity": fromItem,
  substitutes: fromItem,
  "complete-the-look": { ...fromItem, isFillable: false },
  "most-viewed": popular,
  "most-purchased": popular,
  "most-added-to-cart": popular,
  trending: popular,
  "view-to-cart-rate": popular,
  "view-to-purchase-rate": popular,
  "new-arrivals": popular,
  "buy-again": again,
  "next-basket": { ...plain, keepsPurchased: true },
  replenishment: again,
  "price-drop": promise,
  "back-in-stock": promise,
};

/** One reason in words a shopper may read, with a code that does not change. */
export type Reason = { readonly code: string; readonly text: string };
