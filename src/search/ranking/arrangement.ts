/** What the merchandiser makes of one list. Only the default order is arranged; what is hidden is hidden in every order. */
export type Arrangement = {
  /** SKUs that are left out before counting. */
  readonly hidden: ReadonlySet<string>;
  /** Factor of each candidate, in their order: intelligent ranking, boosts and buries together. Asked once a list. */
  readonly factorsOf: (skus: readonly string[]) => Float64Array;
  /** 1-based positions; of two pins of one position the second moves down. A pin that does not match the query is not shown. */
  readonly pins: readonly Pin[];
  /** What changed the place of a product; asked for the products of the page only. */
  readonly effectsOf: (sku: string) => readonly RuleEffect[];
};

export type Pin = { readonly sku: string; readonly position: number };

export type RuleEffect = {
  readonly action: "boost" | "bury" | "pin" | "rank";
  readonly ruleId: string;
  readonly ruleName: string;
  /** 1 for a pin. */
  readonly factor: number;
  readonly text: string;
};
