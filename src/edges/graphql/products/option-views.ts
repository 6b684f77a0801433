import type { CatalogProduct, CatalogSnapshot } from "../../../catalog/index.ts";

type OptionValueView = {
  readonly __typename: "ProductViewOptionValueSwatch";
  readonly id: string;
  readonly title: string;
  readonly inStock: boolean;
  readonly type: "TEXT";
  readonly value: string;
};

export type OptionView = {
  readonly id: string;
  readonly title: string;
  readonly multi: boolean;
  readonly required: boolean;
  readonly values: readonly OptionValueView[];
};

/** What a shopper chooses a variant by, in the order of the variants; a value is in stock while one of its variants is. */
export function optionViews(
  product: CatalogProduct,
  catalog: Pick<CatalogSnapshot, "get" | "attributes">,
): readonly OptionView[] {
  const stockByOption = new Map<string, Map<string, boolean>>();
  for (const sku of product.variants) {
    const variant = catalog.get(sku);
    if (!variant) continue;
    for (const [code, value] of Object.entries(variant.options)) {
      const values = stockByOption.get(code) ?? new Map<string, boolean>();
      values.set(value, (values.get(value) ?? false) || variant.inStock);
      stockByOption.set(code, values);
    }
  }
  return [...stockByOption].map(([code, values]) => ({
    id: code,
    title: catalog.attributes.get(code)?.label.split("\n")[0]?.trim() || code,
    multi: false,
    required: true,
    values: [...values].map(([value, inStock]) => ({
      __typename: "ProductViewOptionValueSwatch",
      id: Buffer.from(`configurable/${code}/${value}`).toString("base64"),
      title: value,
      inStock,
      type: "TEXT",
      value,
    })),
  }));
}
