import type { Money } from "../../kernel/index.ts";
import type { Channel } from "./channels.ts";
import type { Person } from "./person.ts";

/** What reminders read of a cart price rule. */
export type Promotion = {
  readonly name: string;
  readonly coupon:
    | { readonly type: "none" }
    | { readonly type: "specific"; readonly code: string }
    | { readonly type: "pool" };
  /** Uses of one code; null = no limit. */
  readonly usesPerCoupon: number | null;
  readonly usesPerCustomer: number | null;
};

/** A code of a pool that belongs to one customer. `expires`: local date, inclusive; null = with the rule. */
export type IssuedCode = { readonly code: string; readonly expires: string | null };

/** What reminders need of coupons. */
export type CouponPort = {
  /**
   * Gives a customer a code of a rule's pool. The same key gives the same code, so it may be repeated after a crash.
   *
   * @param expires local date, inclusive; null = with the rule
   * @returns undefined when the pool has none
   */
  readonly issueCode: (
    ruleKey: string,
    profileId: string,
    idempotencyKey: string,
    expires: string | null,
  ) => Promise<IssuedCode | undefined>;
};

export type CartLineVariable = {
  readonly sku: string;
  readonly name: string;
  readonly qty: number;
  readonly lineTotal: Money;
  readonly imageUrl: string | null;
};

export type ProductVariable = { readonly sku: string; readonly name: string; readonly imageUrl: string | null };

/** Variables of the template, by the names of offers-and-segments 5. */
export type ReminderVariables = {
  readonly customer_name: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly promotion_name: string;
  readonly promotion_description: string;
  readonly coupon_code: string;
  /** Last day of the code, YYYY-MM-DD; empty = with the promotion. */
  readonly coupon_expires: string;
  /** Uses of the code; null = no limit. */
  readonly usage_limit: number | null;
  readonly per_customer_limit: number | null;
  readonly account_url: string;
  readonly store_name: string;
  readonly store_url: string;
  readonly logo_url: string;
  readonly cart_items: readonly CartLineVariable[];
  readonly wishlist_skus: readonly string[];
  /** What the reminder is about: got cheaper, is back in stock, was looked at or may run out. */
  readonly products: readonly ProductVariable[];
  /** Opens the cart again on any device; empty without a cart. */
  readonly recovery_url: string;
  /** SKUs. */
  readonly recommendations: readonly string[];
};

/** A mail for the sender. */
export type DueReminder = {
  /** The same however often the mail is given out: the sender must not send two of one id. */
  readonly id: string;
  /** Names this hand-out: `settle` of an older one counts no more. */
  readonly claim: string;
  readonly rule: { readonly id: string; readonly key: string; readonly name: string };
  readonly sequence: number;
  readonly step: number;
  readonly profileId: string;
  readonly channel: Channel;
  /** Mail address, phone number, or the newest device. */
  readonly address: string;
  /** Of push messages: every device; else the one address. */
  readonly addresses: readonly string[];
  readonly storeView: string;
  readonly template: string;
  readonly sender: string;
  readonly variables: ReminderVariables;
  readonly code?: string;
};

/**
 * What became of a mail. `failed` with `isPermanent: false` is tried again, five times at most; `skipped` is over, with the reason of
 * the sender, such as `template_error`.
 */
export type ReminderOutcome =
  | { readonly status: "sent" }
  | { readonly status: "failed"; readonly isPermanent: boolean; readonly reason: string }
  | { readonly status: "skipped"; readonly reason: string };

/** Facts of a product for a mail; undefined for one that is gone. */
export type ProductFacts = (sku: string) => { readonly name: string; readonly imageUrl: string | null } | undefined;

/** Products for somebody, best first; may be empty. */
export type Recommend = (person: Person, limit: number) => Promise<readonly string[]>;
