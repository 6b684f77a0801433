import type { ProductPrices } from "../catalog/index.ts";
import type { Money } from "../kernel/index.ts";
import type { Cart, ProfileState } from "../profiles/index.ts";
import type { UnitBody } from "./unit.ts";

/** What to recommend: the settings of a unit, or a strategy by name. */
export type RecommendationQuery = {
  readonly unit?: Pick<UnitBody, "strategy"> & Partial<UnitBody>;
  readonly strategy?: string;
  /** Null = nobody known. */
  readonly profile: ProfileState | null;
  /** SKUs that the page is about, oldest first. */
  readonly items?: readonly string[];
  /** Default: the cart of the profile. */
  readonly cart?: Cart | null;
  readonly categoryPath?: string | null;
  /** 1 to 100; default: the unit's, else 5. */
  readonly limit?: number;
  /** SKUs shown elsewhere on the page; takes what is recommended here. */
  readonly seen?: Set<string>;
  /** Default: now. */
  readonly nowMs?: number;
  /** Price of the product of the page; default: what it costs the shopper. */
  readonly currentPrice?: Money | null;
  /** What products cost the shopper; default: what the catalog says. */
  readonly prices?: ProductPrices | undefined;
  /** Also tell what was left out, and why. Default false. */
  readonly explain?: boolean;
};
