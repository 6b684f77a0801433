// What a replay found. Amounts are minor units of the currency beside them.

export type Side = "live" | "draft";

/** All orders of one currency. */
export type CurrencyTotals = {
  readonly currency: string;
  readonly orders: number;
  /** Orders for which the two sets of rules differ. */
  readonly changed: number;
  /** Of them, orders whose shopper gets more; and those who get less. */
  readonly better: number;
  readonly worse: number;
  readonly betterBy: number;
  readonly worseBy: number;
  /** Before any discount. */
  readonly subtotal: number;
  readonly discount: Readonly<Record<Side, number>>;
  /** Of lines whose cost is known: what is left of the price after discount and cost. */
  readonly margin: Readonly<Record<Side, number>>;
  /** Value of the lines whose cost is known. */
  readonly costedSubtotal: number;
  /** Orders with a line below the margin floor. */
  readonly belowFloor: Readonly<Record<Side, number>>;
};

export type RuleResult = {
  readonly key: string;
  readonly name: string;
  readonly priority: number;
  readonly isChanged: boolean;
  readonly orders: Readonly<Record<Side, number>>;
  readonly discount: readonly ({ readonly currency: string } & Readonly<Record<Side, number>>)[];
  /** With the draft: how often it was looked at without applying, by outcome. */
  readonly missed: Readonly<Record<string, number>>;
  /** With the draft: orders in which a line that it discounts falls below the margin floor. */
  readonly belowFloor: number;
};

export type Finding = {
  readonly code: "neverReached" | "alwaysShadowed" | "belowFloor" | "overlap" | "notAnswered";
  readonly rules: readonly string[];
  readonly orders: number;
  readonly text: string;
};

export type SampledRule = {
  readonly rule: string;
  /** Null = not a candidate. */
  readonly outcome: Readonly<Record<Side, string | null>>;
  readonly discount: Readonly<Record<Side, number>>;
  /** The condition that kept it from applying, in words; never what was seen of the shopper. */
  readonly failing?: string;
};

/** A changed order without anything that names it or its shopper. */
export type SampledOrder = {
  /** YYYY-MM-DD, of the store. */
  readonly day: string;
  readonly storeView: string;
  readonly currency: string;
  readonly subtotal: number;
  readonly discount: Readonly<Record<Side, number>>;
  readonly lines: readonly {
    readonly sku: string;
    readonly name: string;
    readonly qty: number;
    readonly discount: Readonly<Record<Side, number>>;
  }[];
  readonly rules: readonly SampledRule[];
};

export type SimulationReport = {
  readonly orders: number;
  /** Orders that could not be read as carts. */
  readonly unreadable: number;
  readonly totals: readonly CurrencyTotals[];
  readonly rules: readonly RuleResult[];
  readonly findings: readonly Finding[];
  readonly sample: readonly SampledOrder[];
};
