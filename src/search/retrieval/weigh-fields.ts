import type { ProductIndex } from "../indexing/product-index.ts";

/** What a match in a field counts, by the name of the field; one that is not named keeps its own weight. */
export type FieldWeights = Readonly<Record<string, number | undefined>>;

/**
 * The same index with other weights: they count at query time only. What is made is kept until the index or the weights change; `weights`
 * is told by identity.
 */
export function createFieldWeigher() {
  const made = new WeakMap<FieldWeights, { readonly statistics: object; readonly index: ProductIndex }>();
  return (index: ProductIndex, weights: FieldWeights | undefined): ProductIndex => {
    if (!weights) return index;
    const statistics = index.statistics();
    const known = made.get(weights);
    if (known?.statistics === statistics) return known.index;
    const fields = index.fields.map((field) => ({ ...field, weight: weights[field.name] ?? field.weight }));
    // Tables that follow from the weights are kept by the statistics: these need some of their own.
    const own = { ...statistics };
    const weighted: ProductIndex = { ...index, fields, statistics: () => own };
    made.set(weights, { statistics, index: weighted });
    return weighted;
  };
}
