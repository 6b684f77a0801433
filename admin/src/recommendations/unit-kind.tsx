import type { Json } from "../api/shapes.ts";
import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { UnitForm } from "./unit-form.tsx";
import { UnitSide } from "./unit-side.tsx";

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

/** Strategies that start from the product being looked at. */
export const needsProduct: ReadonlySet<string> = new Set([
  "viewed-also-viewed",
  "viewed-then-bought",
  "bought-together",
  "more-like-this",
]);

export const maxProducts = 20;

export type UnitBody = {
  readonly placement: string;
  /** Lower first. */
  readonly priority: number;
  readonly label: string;
  /** One of `strategies`, or a foreign name that the server knows. */
  readonly strategy: string;
  readonly limit?: number;
  /** Fill up with other strategies. */
  readonly fallback?: boolean;
  readonly audiences: readonly string[];
  readonly rule?: Json;
  readonly excludeCart?: boolean;
  readonly excludePurchased?: boolean;
  readonly category?: string;
};

export const unitKind: KindPage<UnitBody> = {
  kind: "unit",
  path: "/units",
  texts: messages.units.kind,
  columns: [],
  emptyBody: () => ({
    placement: "home.recommendations",
    priority: 10,
    label: messages.units.defaultLabel,
    strategy: "recommended-for-you",
    limit: 8,
    fallback: true,
    audiences: [],
    excludeCart: true,
    excludePurchased: false,
  }),
  Form: UnitForm,
  Side: UnitSide,
  tabs: [],
};
