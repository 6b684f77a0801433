import { messages } from "../messages.data.ts";

const m = messages.units;

/** Strategies by what they start from, as the picker groups them. */
export const strategyGroups = [
  { id: "personal", strategies: ["recommended-for-you", "next", "recently-viewed", "buy-again", "replenishment"] },
  {
    id: "product",
    strategies: [
      "viewed-also-viewed",
      "viewed-then-bought",
      "bought-together",
      "frequently-bought-together",
      "more-like-this",
      "visual-similarity",
      "substitutes",
      "complete-the-look",
    ],
  },
  {
    id: "popular",
    strategies: [
      "most-viewed",
      "most-purchased",
      "most-added-to-cart",
      "trending",
      "view-to-cart-rate",
      "view-to-purchase-rate",
    ],
  },
  { id: "changed", strategies: ["new-arrivals", "price-drop", "back-in-stock"] },
] as const;

type Strategy = (typeof strategyGroups)[number]["strategies"][number];

const fromProduct: ReadonlySet<string> = new Set(strategyGroups[1].strategies);
/** Lists that promise something of each product are filled with nothing else. */
const unfilled: ReadonlySet<string> = new Set([
  "recently-viewed",
  "buy-again",
  "replenishment",
  "price-drop",
  "back-in-stock",
  "frequently-bought-together",
  "complete-the-look",
]);

export const isKnown = (strategy: string): boolean => strategy in m.strategies;
/** Starts from the product being looked at, or the lines of the cart. */
export const needsProduct = (strategy: string): boolean => fromProduct.has(strategy);
export const isFillable = (strategy: string): boolean => !unfilled.has(strategy);

/** Of a strategy, of what fills places up, or of a foreign name as it is. */
export function strategyTexts(key: string): { readonly label: string; readonly text: string } {
  return m.strategies[key as Strategy] ?? { label: m.rungs[key as keyof typeof m.rungs] ?? key, text: "" };
}
