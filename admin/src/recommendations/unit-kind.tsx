import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.ts";
import { UnitForm } from "./unit-form.tsx";
import { UnitSide } from "./unit-side.tsx";

export const strategies = [
  "most-viewed",
  "most-purchased",
  "trending",
  "viewed-also-viewed",
  "bought-together",
  "recently-viewed",
  "recommended-for-you",
  "more-like-this",
  "new-arrivals",
] as const;

export type Strategy = (typeof strategies)[number];

/** Strategies that start from the product being looked at. */
export const needsProduct: ReadonlySet<Strategy> = new Set(["viewed-also-viewed", "bought-together", "more-like-this"]);

export type UnitBody = {
  readonly placement: string;
  /** Lower first. */
  readonly priority?: number;
  readonly label: string;
  readonly strategy: Strategy;
  readonly limit: number;
  readonly fallback?: Strategy | null;
  readonly audiences: readonly string[];
  readonly excludeCart: boolean;
  readonly excludePurchased: boolean;
  readonly category?: string | null;
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
    fallback: "most-viewed",
    audiences: [],
    excludeCart: true,
    excludePurchased: false,
  }),
  Form: UnitForm,
  Side: UnitSide,
  tabs: [],
};
