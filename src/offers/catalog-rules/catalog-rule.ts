import type { JsonValue, Money } from "../../kernel/index.ts";

/** What a rule does to the running price. */
export type PriceAction =
  /** Decimal text, 0 to 100: so much off, or so much of the price left. */
  | { readonly type: "by_percent" | "to_percent"; readonly percent: string }
  /** So much off, or at most so much: one amount a currency; a price in another currency takes the first at today's rate. */
  | { readonly type: "by_fixed" | "to_fixed"; readonly amounts: readonly Money[] };

/** A catalog price rule as it is edited. Store views are its scope; its schedule holds beside the days. */
export type CatalogRuleBody = {
  readonly description?: string;
  /** 0 to 1,000,000; lower first, then the older rule. */
  readonly priority: number;
  /** Absent = all. */
  readonly websites?: readonly string[];
  /** `not_logged_in` is a group like any other; absent = all. */
  readonly customerGroups?: readonly string[];
  /** First and last day, `YYYY-MM-DD` in the shop's time zone, both inclusive. */
  readonly from?: string;
  readonly to?: string;
  /** A rule on `product.`; prices in it are list prices. Absent = every product. */
  readonly conditions?: JsonValue;
  readonly action: PriceAction;
  /** Rules behind this one do nothing to the products that it reached. */
  readonly stop?: boolean;
  /** Only members of any of them, when the storefront says who asks; absent = everybody. */
  readonly audiences?: readonly string[];
  /** Keys of blocks that are shown with the rule. */
  readonly blocks?: readonly string[];
};

/** Where and when a price is asked for. */
export type PriceContext = {
  readonly storeView: string;
  readonly website: string;
  readonly customerGroup: string;
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** Local day of `nowMs`: days since 1970-01-01. */
  readonly day: number;
  /** Whether who asks is in an audience; absent = nobody is known. */
  readonly isMember?: (key: string) => boolean;
};

/** The group of everybody who is not signed in. */
export const notLoggedIn = "not_logged_in";
