/** How a text becomes terms: running words, words that count once a field, or a product code. */
export type TextKind = "words" | "set" | "code";

export type FieldText = { readonly field: number; readonly text: string; readonly kind: TextKind };

/** What the index is told about one product. */
export type IndexDocument = {
  readonly sku: string;
  readonly name: string;
  /** In ascending order of `field`. */
  readonly texts: readonly FieldText[];
  /** Attribute and value; a number keeps its numeric meaning for ranges. */
  readonly values: readonly (readonly [attribute: string, value: string | number])[];
  /** What the shopper pays in minor units; NaN without a price. */
  readonly priceMinor: number;
  /** Average rating; NaN without one. */
  readonly rating: number;
  readonly createdAt: number;
  /** Bits `shownInSearch`, `shownInCategory`, `inStockFlag`. */
  readonly flags: number;
};
